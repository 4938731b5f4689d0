using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using PgAspire.Hosting.Options;
using PgAspire.Hosting.Resources;
using PgAspire.Hosting.Supervision;
using PgAspire.Postgres.Containers;
using PgAspire.Postgres.Control;
using PgAspire.Postgres.Initialization;

namespace PgAspire.Hosting.Instances;

/// <summary>
/// Completes an instance's container when all With* methods have been called, so that their order never matters: image,
/// mounts, host port.
/// </summary>
internal static class InstanceContainer
{
    // Several app hosts of one process, as tests have them, may write the same file at once.
    private static readonly Lock StoreLock = new();

    /// <summary>The image's folder of init scripts.</summary>
    public const string ScriptsFolder = "/docker-entrypoint-initdb.d";

    internal const string ControlTarget = "/pgaspire/control";
    private const string Entrypoint = "/pgaspire/entrypoint.sh";
    private const string PreparedFolder = "/var/cache/pgaspire";
    private const string PreparedVolume = "pgaspire-prepared";
    private const string PreparedVolumeOfScopes = $"{PreparedVolume}-scopes";

    public static void Complete(PostgresInstanceResource instance, IDistributedApplicationBuilder builder, IServiceProvider services)
    {
        var scope = RunScope.Of(builder);
        var cluster = instance.Cluster;
        var declaration = cluster.EffectiveDeclaration();
        Replace(instance, InstanceImage.Of(instance));
        instance.Annotations.OfType<EndpointAnnotation>().Single(endpoint => endpoint.Name == instance.PrimaryEndpoint.EndpointName).Port =
            scope.Name is null && builder.ExecutionContext.IsRunMode && declaration.FirstPort is { } first ? first + instance.Ordinal - 1
            // A container that is started again would get another one, and nobody who knew the old one would find it.
            : cluster.IsSupervised ? FreePorts.Find(1)[0]
            : null;

        var path = DataPath.For(declaration.Version);
        Refuse(instance, path);
        var data = DataMount(instance, scope, builder);
        if (!instance.Annotations.OfType<ContainerMountAnnotation>().Any(mount => mount.Target == path.Mount))
        {
            Mount(instance, data.Source, path.Mount, data.Type, isReadOnly: false);
            if (scope.IsTransient && data.Type == ContainerMountType.Volume)
            {
                services.GetRequiredService<TransientVolumes>().Add(data.Source);
            }
        }

        if (InitBundle.Load(declaration.InitScripts, cluster.BaseFolder).Folder is { } scripts)
        {
            Mount(instance, scripts, ScriptsFolder, ContainerMountType.BindMount, isReadOnly: true);
        }

        if (builder.ExecutionContext.IsRunMode)
        {
            instance.Entrypoint = "bash";
            instance.Annotations.Add(new CommandLineArgsCallbackAnnotation(arguments => arguments.Add(Entrypoint)));
            Mount(instance, StoreEntrypoint(services.GetRequiredService<IAspireStore>()), Entrypoint, ContainerMountType.BindMount, isReadOnly: true);
            if (!cluster.IsSupervised)
            {
                KnownData.Forget(cluster, data.Source);
            }
            else
            {
                Mount(instance, services.GetRequiredService<ClusterSupervision>().FolderOf(cluster, scope).Of(instance), ControlTarget, ContainerMountType.BindMount, isReadOnly: true);
            }

            // Not even this is shared by a developer's own run and by those beside it.
            Mount(instance, scope.Name is null ? PreparedVolume : PreparedVolumeOfScopes, PreparedFolder, ContainerMountType.Volume, isReadOnly: false);
        }
    }

    /// <summary>The mount of an instance's data; there is one once the app host starts.</summary>
    public static ContainerMountAnnotation DataOf(PostgresInstanceResource instance)
    {
        var path = DataPath.For(instance.Cluster.EffectiveDeclaration().Version);
        return instance.Annotations.OfType<ContainerMountAnnotation>().Last(mount => mount.Target == path.Mount);
    }

    private static (string Source, ContainerMountType Type) DataMount(
        PostgresInstanceResource instance, RunScope scope, IDistributedApplicationBuilder builder)
    {
        var cluster = instance.Cluster;
        var own = cluster.Annotations.LastOrDefault(annotation => annotation is VolumeOption or FolderOption);
        var option = own ?? cluster.Topology?.Annotations.LastOrDefault(annotation => annotation is VolumeOption or FolderOption);
        // What is named for several clusters or instances has to be told apart; and the first one finds its data again when it gets replicas.
        var suffix = own is null || instance.Ordinal > 1 ? instance.Name : null;
        string[] Parts(string name) => [name, .. Optional(scope.Name), .. Optional(suffix)];
        return option switch
        {
            FolderOption folder when Parts(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder.Path, cluster.BaseFolder))) is var parts =>
                (own is null ? Path.Combine(parts) : string.Join('-', parts), ContainerMountType.BindMount),
            VolumeOption { Name: { } name } => (string.Join('-', Parts(name)), ContainerMountType.Volume),
            _ => (VolumeNameGenerator.Generate(builder.CreateResourceBuilder(instance), string.Join('-', [.. Optional(scope.Name), "data"])), ContainerMountType.Volume),
        };
    }

    private static void Refuse(PostgresInstanceResource instance, DataPath path)
    {
        foreach (var mount in instance.Annotations.OfType<ContainerMountAnnotation>())
        {
            if (path.Refuse(mount.Target) is { } reason)
            {
                throw new DistributedApplicationException($"{instance.Name}: {reason}");
            }
        }
    }

    private static string StoreEntrypoint(IAspireStore store)
    {
        using var script = typeof(InstanceContainer).Assembly.GetManifestResourceStream("entrypoint.sh")!;
        string path;
        lock (StoreLock)
        {
            path = store.GetFileNameWithContent("pgaspire-entrypoint.sh", script);
        }

        if (!OperatingSystem.IsWindows())
        {
            // The server's user in the container has to read it, whatever this user's umask is.
            File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.OtherRead | UnixFileMode.GroupRead);
        }

        return path;
    }

    private static IEnumerable<string> Optional(string? part) => part is null ? [] : [part];

    private static void Mount(PostgresInstanceResource instance, string source, string target, ContainerMountType type, bool isReadOnly) =>
        instance.Annotations.Add(new ContainerMountAnnotation(source, target, type, isReadOnly));

    private static void Replace(PostgresInstanceResource instance, ContainerImageAnnotation image)
    {
        foreach (var old in instance.Annotations.OfType<ContainerImageAnnotation>().ToList())
        {
            instance.Annotations.Remove(old);
        }

        instance.Annotations.Add(image);
    }
}
