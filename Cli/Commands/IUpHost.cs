using PgAspire.Cli.Aspire;
using PgAspire.Cli.Embedded;
using PgAspire.Cli.Monitoring;
using PgAspire.Monitoring;
using PgAspire.Postgres.Declaration;

namespace PgAspire.Cli.Commands;

/// <summary>What an <c>up</c> brings up and stops.</summary>
internal interface IUpHost
{
    /// <summary>Returns when everything is ready.</summary>
    Task BringUpAsync(CancellationToken cancellationToken);

    /// <summary>Shuts everything down cleanly.</summary>
    Task StopAsync();
}

/// <summary>Which services an <c>up</c> wants beside the instances, and on which ports; null for any.</summary>
internal sealed record UpServices(bool Api, int? ApiPort, bool Monitor, int? MonitorPort);

/// <summary>The topology as processes, and the services over it.</summary>
/// <param name="receivers">Who is told of alerts; null where nothing watches for them.</param>
internal sealed class EmbeddedUp(
    StateFolder folder, IProgressSink progress, UpRequest request, UpServices services, AlertReceivers? receivers) : IUpHost
{
    private readonly SupervisorProcess _supervisor = new(folder);
    private readonly MonitoringStack _monitoring = new(folder, progress);
    private readonly EmbeddedHost _host = new(folder, new InstallationLocator(new PackageInstaller(progress.Notice), progress.Notice), progress);

    public async Task BringUpAsync(CancellationToken cancellationToken)
    {
        await _supervisor.StopAsync(cancellationToken);
        var programs = receivers is null ? null : MonitoringPrograms.Find(Environment.GetEnvironmentVariable("PATH"));
        EmbeddedTopology topology;
        try
        {
            topology = await _host.UpAsync(request, cancellationToken);
        }
        catch (CliException)
        {
            // What runs is to be kept whole, and a cluster that waits for a person takes the person's word through its supervisor.
            _supervisor.Start();
            throw;
        }

        _supervisor.Start();
        var database = request.Declaration.Database;
        await Task.WhenAll(
            ServiceAsync(ApiProgram.Name, services.Api, services.ApiPort, () => ApiProgram.For(topology, database), cancellationToken),
            ServiceAsync(MonitorProgram.Name, services.Monitor, services.MonitorPort, () => MonitorProgram.For(folder, topology, database), cancellationToken),
            programs is null ? _monitoring.StopAsync(cancellationToken) : Task.CompletedTask);
        if (programs is not null)
        {
            await _monitoring.UpAsync(programs, receivers!, Scraped(), cancellationToken);
        }
    }

    public async Task StopAsync()
    {
        await _supervisor.StopAsync(CancellationToken.None);
        await StopServicesAsync(folder, progress, CancellationToken.None);
        await _host.StopAsync(CancellationToken.None);
    }

    /// <summary>Stops every service that runs beside the instances.</summary>
    public static Task StopServicesAsync(StateFolder folder, IProgressSink progress, CancellationToken cancellationToken) => Task.WhenAll(
        new StateStore(folder).Read().Services.Keys.Select(name => new ServiceProcess(folder, progress, name).StopAsync(cancellationToken)));

    private Dictionary<string, string> Scraped()
    {
        var known = new StateStore(folder).Read().Services;
        var wanted = new[] { (ApiProgram.Name, services.Api), (MonitorProgram.Name, services.Monitor) }.Where(service => service.Item2);
        return wanted.ToDictionary(service => service.Name, service => known[service.Name].Url);
    }

    private Task ServiceAsync(string name, bool wanted, int? port, Func<ServiceProgram> program, CancellationToken cancellationToken)
    {
        var service = new ServiceProcess(folder, progress, name);
        return wanted ? service.UpAsync(program(), port, cancellationToken) : service.StopAsync(cancellationToken);
    }
}

/// <summary>The topology as containers of the Aspire app host, which runs the API too.</summary>
internal sealed class AspireUp(StateFolder folder, IProgressSink progress, TopologyDeclaration declaration, string topologyFile, AlertReceivers? receivers) : IUpHost
{
    private readonly AppHostProcess _appHost = new(folder, progress);

    public Task BringUpAsync(CancellationToken cancellationToken) => _appHost.UpAsync(declaration, topologyFile, receivers?.ToEnvironment() ?? [], cancellationToken);

    public Task StopAsync() => _appHost.StopAsync(CancellationToken.None);
}
