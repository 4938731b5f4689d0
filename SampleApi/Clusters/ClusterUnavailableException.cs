using Npgsql;

namespace PgAspire.SampleApi.Clusters;

/// <summary>A cluster that the request needs does not answer. Trying again later can succeed.</summary>
public sealed class ClusterUnavailableException(IReadOnlyList<string> clusters, string message, Exception? inner = null)
    : Exception(message, inner)
{
    public IReadOnlyList<string> Clusters { get; } = clusters;

    public static ClusterUnavailableException For(params IReadOnlyList<string> clusters)
        => new(clusters, $"{string.Join(", ", clusters)} did not answer.");

    /// <summary>Whether this says something about the cluster rather than about the statement that was sent to it.</summary>
    public static bool IsCause(Exception exception) => exception switch
    {
        PostgresException postgres => postgres.IsTransient || postgres.SqlState is
            PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow
            or PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification
            or PostgresErrorCodes.InvalidCatalogName or PostgresErrorCodes.QueryCanceled
            or PostgresErrorCodes.ReadOnlySqlTransaction,
        NpgsqlException or TimeoutException => true,
        _ => false,
    };
}
