using PgAspire.Cli.Aspire;
using PgAspire.Cli.Embedded;
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

/// <summary>The topology as processes, and the API over it.</summary>
internal sealed class EmbeddedUp(StateFolder folder, IProgressSink progress, UpRequest request, bool withApi, int? apiPort) : IUpHost
{
    private readonly ApiProcess _api = new(folder, progress);
    private readonly SupervisorProcess _supervisor = new(folder);
    private readonly EmbeddedHost _host = new(folder, new InstallationLocator(new PackageInstaller(progress.Notice), progress.Notice), progress);

    public async Task BringUpAsync(CancellationToken cancellationToken)
    {
        await _supervisor.StopAsync(cancellationToken);
        var topology = await _host.UpAsync(request, cancellationToken);
        await _supervisor.StartAsync(cancellationToken);
        if (withApi)
        {
            await _api.UpAsync(topology, request.Declaration.Database, apiPort, cancellationToken);
        }
        else
        {
            await _api.StopAsync(cancellationToken);
        }
    }

    public async Task StopAsync()
    {
        await _supervisor.StopAsync(CancellationToken.None);
        await _api.StopAsync(CancellationToken.None);
        await _host.StopAsync(CancellationToken.None);
    }
}

/// <summary>The topology as containers of the Aspire app host, which runs the API too.</summary>
internal sealed class AspireUp(StateFolder folder, IProgressSink progress, TopologyDeclaration declaration, string topologyFile) : IUpHost
{
    private readonly AppHostProcess _appHost = new(folder, progress);

    public Task BringUpAsync(CancellationToken cancellationToken) => _appHost.UpAsync(declaration, topologyFile, cancellationToken);

    public Task StopAsync() => _appHost.StopAsync(CancellationToken.None);
}
