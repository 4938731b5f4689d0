using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using PgAspire.Hosting.Options;
using PgAspire.Hosting.Resources;
using PgAspire.Postgres.Containers;

namespace PgAspire.Hosting.Instances;

/// <summary>
/// The image of an instance, part by part: what Aspire's own methods have set on it, otherwise what the With* methods say of its
/// cluster, then of its topology, and what is pinned where nobody says anything.
/// </summary>
internal static class InstanceImage
{
    public static ContainerImageAnnotation Of(PostgresInstanceResource instance)
    {
        var cluster = instance.Cluster;
        var own = instance.Annotations.OfType<ContainerImageAnnotation>().Last();
        if (own.SHA256 is not null)
        {
            return own;
        }

        var pinnedTag = ContainerImages.PostgresTags[cluster.Declaration.Version];
        var options = (cluster.Topology?.Annotations ?? []).Concat(cluster.Annotations).OfType<ImageOption>().ToList();
        // A registry belongs to the image that it was named with.
        var image = options.LastOrDefault(option => option.Image is not null) ?? new(ContainerImages.Registry, ContainerImages.Postgres, null);
        return new()
        {
            Registry = own.Registry != ContainerImages.Registry ? own.Registry : image.Registry,
            Image = own.Image != ContainerImages.Postgres ? own.Image : image.Image!,
            Tag = own.Tag != pinnedTag ? own.Tag : options.LastOrDefault(option => option.Tag is not null)?.Tag ?? pinnedTag,
        };
    }

    /// <summary>The major version that a cluster's images are of; the declared one where no tag names any.</summary>
    /// <exception cref="DistributedApplicationException">They are of several: none of them could follow another.</exception>
    public static int MajorVersion(this PostgresClusterResource cluster)
    {
        var majors = cluster.Instances.Select(instance => ImageVersion.MajorOf(Of(instance).Tag ?? "") ?? cluster.Declaration.Version).Distinct().Order().ToList();
        return majors switch
        {
            [] => cluster.Declaration.Version,
            [var only] => only,
            _ => throw new DistributedApplicationException(
                $"{cluster.Name}: the images of its instances are of PostgreSQL {string.Join(" and ", majors)}; instances of one cluster need one major version."),
        };
    }
}
