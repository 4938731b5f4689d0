namespace PgAspire.Postgres.Diagnostics;

/// <summary>An instance to be asked.</summary>
/// <param name="Cluster">Its cluster.</param>
/// <param name="Instance">Its name.</param>
/// <param name="ConnectionString">How to reach its application database as role <c>monitor</c>, for Npgsql.</param>
public sealed record InspectionTarget(string Cluster, string Instance, string ConnectionString)
{
    /// <summary>Reads the end of its log; null where the log is out of reach.</summary>
    public Func<CancellationToken, Task<string?>>? Log { get; init; }

    /// <summary>Memory of its machine in bytes; null where nobody knows.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Says nothing of the password, so that no log does.</summary>
    public override string ToString() => Instance;
}
