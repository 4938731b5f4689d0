using Aspire.Hosting.ApplicationModel;
using PgAspire.Hosting.Options;
using PgAspire.Hosting.Resources;
using PgAspire.Postgres.Declaration;

namespace Aspire.Hosting;

/// <summary>
/// Changes a topology or a cluster in code. The order of calls never matters: what was said is looked at when the app host
/// starts, a cluster's own value before its topology's, a later one before an earlier one.
/// </summary>
public static class PostgresGroupBuilderExtensions
{
    /// <summary>
    /// Keeps the data in a named volume. That is so anyway; the name matters where it is to be known elsewhere.
    /// </summary>
    /// <param name="builder">The topology or the cluster.</param>
    /// <param name="name">
    /// The volume's name. Of a cluster it is the first instance's, and its replicas have <c>{name}-pg1-2</c> and so on; of a topology every
    /// instance has its own, <c>{name}-pg1-1</c>. By default one from the app host's name and path.
    /// </param>
    public static IResourceBuilder<T> WithDataVolume<T>(this IResourceBuilder<T> builder, string? name = null)
        where T : IPostgresGroup => builder.With(new VolumeOption(name));

    /// <summary>Keeps the data in a folder of the host instead of a volume.</summary>
    /// <param name="builder">The topology or the cluster.</param>
    /// <param name="source">
    /// The folder, relative to the declaration's. Of a cluster it is the first instance's, and its replicas have <c>{source}-pg1-2</c> and
    /// so on beside it; of a topology every instance has its own in it.
    /// </param>
    public static IResourceBuilder<T> WithDataBindMount<T>(this IResourceBuilder<T> builder, string source)
        where T : IPostgresGroup
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        return builder.With(new FolderOption(source));
    }

    /// <summary>Runs the scripts of another folder than the declared one when a cluster is first made.</summary>
    /// <param name="builder">The topology or the cluster.</param>
    /// <param name="source">The folder, relative to the declaration's; empty for none.</param>
    public static IResourceBuilder<T> WithInitFiles<T>(this IResourceBuilder<T> builder, string source)
        where T : IPostgresGroup
    {
        ArgumentNullException.ThrowIfNull(source);
        return builder.With(new InitFilesOption(source));
    }

    /// <summary>Uses another image, which has to behave as the official one: entrypoint, environment, data path, gosu.</summary>
    /// <param name="builder">The topology or the cluster.</param>
    /// <param name="image">Its name without registry and tag.</param>
    /// <param name="tag">Its tag, which begins with the major version; by default the pinned one of the declared version.</param>
    /// <param name="registry">Its registry; by default none is named.</param>
    public static IResourceBuilder<T> WithPostgresImage<T>(this IResourceBuilder<T> builder, string image, string? tag = null, string? registry = null)
        where T : IPostgresGroup
    {
        ArgumentException.ThrowIfNullOrEmpty(image);
        return builder.With(new ImageOption(registry, image, tag));
    }

    /// <summary>Uses another tag of the official image; the data path follows its major version.</summary>
    /// <param name="builder">The topology or the cluster.</param>
    /// <param name="tag">The tag, for example <c>17.12</c>.</param>
    public static IResourceBuilder<T> WithPostgresTag<T>(this IResourceBuilder<T> builder, string tag)
        where T : IPostgresGroup
    {
        ArgumentException.ThrowIfNullOrEmpty(tag);
        return builder.With(new ImageOption(null, null, tag));
    }

    /// <summary>Sets the host port of the first instance; the rest of the group follows on.</summary>
    /// <param name="builder">The topology or the cluster.</param>
    /// <param name="first">The port; null for any free ones.</param>
    public static IResourceBuilder<T> WithHostPorts<T>(this IResourceBuilder<T> builder, int? first)
        where T : IPostgresGroup => builder.With(new HostPortOption(first));

    /// <summary>Sets a postgresql.conf setting of every instance.</summary>
    /// <param name="builder">The topology or the cluster.</param>
    /// <param name="name">The setting; one that PgAspire owns is refused when the app host starts.</param>
    /// <param name="value">Its value as in postgresql.conf, unquoted.</param>
    public static IResourceBuilder<T> WithSetting<T>(this IResourceBuilder<T> builder, string name, string value)
        where T : IPostgresGroup
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(value);
        return builder.With(new SettingOption(name, value));
    }

    /// <summary>Sets what a crash of the machine may cost.</summary>
    /// <param name="builder">The topology or the cluster.</param>
    /// <param name="durability">Safe, or fast for tests whose data may be lost.</param>
    public static IResourceBuilder<T> WithDurability<T>(this IResourceBuilder<T> builder, Durability durability)
        where T : IPostgresGroup => builder.With(new DurabilityOption(durability));

    private static IResourceBuilder<T> With<T>(this IResourceBuilder<T> builder, IResourceAnnotation option)
        where T : IPostgresGroup
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Resource.Annotations.Add(option);
        return builder;
    }
}
