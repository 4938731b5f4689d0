using Aspire.Hosting.ApplicationModel;
using PgAspire.Hosting.Instances;
using PgAspire.Hosting.Resources;
using PgAspire.Postgres.Declaration;

namespace PgAspire.Hosting.Options;

/// <summary>What holds for a cluster when all With* methods have been called: its own values, then its topology's.</summary>
internal static class ClusterOptions
{
    /// <summary>The last annotation of a kind.</summary>
    public static T? Option<T>(this PostgresClusterResource cluster)
        where T : class, IResourceAnnotation =>
        cluster.Annotations.OfType<T>().LastOrDefault() ?? cluster.Topology?.Annotations.OfType<T>().LastOrDefault();

    /// <summary>The declaration with all that was changed in code.</summary>
    /// <exception cref="DeclarationException">The result breaks a rule.</exception>
    public static TopologyDeclaration EffectiveDeclaration(this PostgresClusterResource cluster)
    {
        var declared = cluster.Declaration;
        var settings = new Dictionary<string, string>(declared.Settings);
        foreach (var setting in (cluster.Topology?.Annotations ?? []).Concat(cluster.Annotations).OfType<SettingOption>())
        {
            settings[setting.Name] = setting.Value;
        }

        declared = declared with
        {
            Settings = settings,
            Version = cluster.MajorVersion(),
            InitScripts = cluster.Option<InitFilesOption>()?.Folder ?? declared.InitScripts,
            Durability = cluster.Option<DurabilityOption>()?.Durability ?? declared.Durability,
            FirstPort = cluster.FirstPort(),
        };
        return DeclarationRules.Check(declared) is { Count: > 0 } problems ? throw new DeclarationException(problems) : declared;
    }

    /// <summary>The host port of the cluster's first instance; null for any free one.</summary>
    public static int? FirstPort(this PostgresClusterResource cluster)
    {
        if (cluster.Annotations.OfType<HostPortOption>().LastOrDefault() is { } own)
        {
            return own.First;
        }

        var first = cluster.Topology is { } topology
            ? topology.Annotations.OfType<HostPortOption>().LastOrDefault() is { } given ? given.First : topology.Declaration.FirstPort
            : cluster.Declaration.FirstPort;
        var before = cluster.Topology?.Clusters.TakeWhile(other => other != cluster).Sum(other => other.Instances.Count) ?? 0;
        return first + before;
    }
}
