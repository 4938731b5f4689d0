using System.Globalization;
using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.UserSecrets;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using PgAspire.Hosting.Instances;
using PgAspire.Hosting.Options;
using PgAspire.Hosting.Resources;
using PgAspire.Hosting.Supervision;

namespace PgAspire.Hosting.States;

/// <summary>
/// Tells another process, such as <c>./pgaspire up</c>, how the topology is: a JSON file (<see cref="StateDocument"/>) at
/// the path in configuration <see cref="Key"/>, replaced as a whole at every change, readable by its owner only.
/// </summary>
internal sealed class StateFile(IConfiguration configuration, DistributedApplicationModel model, GroupStates states, SupervisionStates supervision)
{
    /// <summary>Configuration key of the path; nothing is written where it is absent.</summary>
    public const string Key = "PgAspire:StateFile";

    private const string Monitor = "monitor";
    private readonly Dictionary<string, ResourceEvent> _events = [];
    private string? _written;

    /// <summary>Takes note of a change and writes the file where it makes a difference.</summary>
    public async Task ChangedAsync(ResourceEvent change, CancellationToken cancellationToken)
    {
        _events[change.Resource.Name] = change;
        await WriteAsync(cancellationToken);
    }

    /// <summary>Writes the file where it makes a difference.</summary>
    public Task WriteAsync(CancellationToken cancellationToken) =>
        configuration[Key] is { Length: > 0 } path ? WriteAsync(path, Describe(), cancellationToken) : Task.CompletedTask;

    /// <summary>Says that the app host ends; its instances are being stopped.</summary>
    public async Task EndAsync()
    {
        if (configuration[Key] is { Length: > 0 } path)
        {
            var instances = Describe().Instances.Select(instance => instance with { State = "stopped" });
            await WriteAsync(path, Describe() with { State = "stopped", Instances = [.. instances] }, CancellationToken.None);
        }
    }

    private async Task WriteAsync(string path, StateDocument document, CancellationToken cancellationToken)
    {
        var text = document.ToJson();
        if (text == _written)
        {
            return;
        }

        var next = $"{path}.next";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using (var stream = new FileStream(next, options))
        await using (var writer = new StreamWriter(stream))
        {
            await writer.WriteAsync(text.AsMemory(), cancellationToken);
        }

        File.Move(next, path, overwrite: true);
        _written = text;
    }

    private StateDocument Describe()
    {
        var instances = model.Resources.OfType<PostgresInstanceResource>().Select(Describe).ToList();
        var problems = model.Resources.OfType<PostgresClusterResource>().Select(cluster => (cluster.Name, State: supervision.Of(cluster.Name)))
            .Where(cluster => cluster.State is { Problem: not null, IsOver: false }).Select(cluster => $"{cluster.Name}: {cluster.State.Problem}")
            .Concat(instances.Select(instance => instance.Message).OfType<string>().Where(PasswordDrift.IsTold)).ToList();
        var state = problems.Count > 0 || instances.Any(instance => instance.State == "failed") ? "failed"
            : instances.All(instance => instance.State == "ready") ? "ready"
            : instances.All(instance => instance.State == "stopped") ? "stopped"
            : "starting";
        return new(
            "aspire", state, Environment.ProcessId, UrlOf(model.Resources.OfType<ProjectResource>().FirstOrDefault()),
            UrlOf(model.Resources.OfType<ProjectResource>().FirstOrDefault(project => project.Name == Monitor)),
            UrlOf(model.Resources.FirstOrDefault(resource => resource is PrometheusResource)),
            UrlOf(model.Resources.FirstOrDefault(resource => resource is AlertmanagerResource)), Dashboard(),
            Assembly.GetEntryAssembly()?.GetCustomAttribute<UserSecretsIdAttribute>()?.UserSecretsId, problems, instances);
    }

    private InstanceEntry Describe(PostgresInstanceResource instance)
    {
        var current = _events.GetValueOrDefault(instance.Name);
        var declaration = instance.Cluster.EffectiveDeclaration();
        var endpoint = instance.PrimaryEndpoint;
        return new(
            instance.Cluster.Name,
            instance.Name,
            instance.Ordinal == Math.Max(1, supervision.Of(instance.Cluster.Name).Primary) ? "primary" : "replica",
            StateOf(current?.Snapshot, states.Of(instance)),
            endpoint.IsAllocated ? endpoint.Host : "localhost",
            endpoint.IsAllocated ? endpoint.Port : null,
            declaration.Database,
            $"{declaration.Version}",
            InstanceContainer.DataOf(instance).Source!,
            current is null ? null : InstanceData.ContainerOf(current),
            states.Of(instance).Message,
            NumberOf(current, StandingWatch.Timeline),
            NumberOf(current, StandingWatch.Lag));
    }

    private static long? NumberOf(ResourceEvent? current, string property) =>
        long.TryParse(current?.Snapshot.Properties.FirstOrDefault(known => known.Name == property)?.Value as string, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string StateOf(CustomResourceSnapshot? snapshot, MemberState member) => snapshot switch
    {
        _ when member.Failed => "failed",
        { State.Text: "Running", HealthStatus: HealthStatus.Healthy } => "ready",
        { State.Text: "Running", HealthStatus: HealthStatus.Unhealthy, HealthReports: var reports } when reports.Any(report => report.Description is not null) => "unhealthy",
        { State.Text: { } text } when KnownResourceStates.TerminalStates.Contains(text) => "stopped",
        _ => "starting",
    };

    private Address? UrlOf(IResource? resource) =>
        resource is not null && _events.GetValueOrDefault(resource.Name)?.Snapshot is { State.Text: "Running", Urls: var urls }
            && urls.FirstOrDefault(url => !url.IsInternal && !url.IsInactive)?.Url is { } address
                ? new(address)
                : null;

    private Address? Dashboard()
    {
        if (configuration["ASPNETCORE_URLS"]?.Split(';')[0] is not { Length: > 0 } url
            || !model.Resources.Any(resource => resource.Name == "aspire-dashboard"))
        {
            return null;
        }

        return new(configuration["AppHost:BrowserToken"] is { Length: > 0 } token ? $"{url}/login?t={token}" : url);
    }
}
