namespace PgAspire.Postgres.Containers;

/// <summary>Where the official image keeps its data: since 18 in a folder a major version, below it in a fixed one.</summary>
/// <param name="Mount">Where a volume or a folder of the host has to be mounted.</param>
/// <param name="Data">The data directory (PGDATA), in or below <paramref name="Mount"/>.</param>
public sealed record DataPath(string Mount, string Data)
{
    /// <summary>The paths of a major version's image.</summary>
    /// <remarks>See <see href="https://github.com/docker-library/postgres/pull/1259"/>.</remarks>
    public static DataPath For(int major) => major >= 18
        ? new("/var/lib/postgresql", $"/var/lib/postgresql/{major}/docker")
        : new("/var/lib/postgresql/data", "/var/lib/postgresql/data");

    /// <summary>Why a mount would look as if it kept the data and would lose them, or null where it does not.</summary>
    /// <param name="target">Where something is mounted in the container.</param>
    public string? Refuse(string target) =>
        target.TrimEnd('/') is var path && path is "/var/lib/postgresql" or "/var/lib/postgresql/data" && path != Mount
            ? $"a mount at {target} would not keep the data: this image has them in {Data}, so that the mount belongs at {Mount}"
            : null;
}
