using PgAspire.Postgres.Metrics.Queries;

namespace PgAspire.Postgres.Metrics;

/// <summary>Every metric that a server is asked for.</summary>
public static class MetricCatalog
{
    /// <summary>The queries; the first tells the role, as its first value.</summary>
    public static IReadOnlyList<MetricQuery> Queries { get; } =
    [
        .. InstanceQueries.All, .. ActivityQueries.All, .. LockQueries.All, .. DatabaseQueries.All, .. TableQueries.All,
        .. CheckpointQueries.All, .. WalQueries.All, .. ReplicationQueries.All, .. IoQueries.All,
    ];

    /// <summary>The queries of a server.</summary>
    /// <param name="features">The server.</param>
    /// <param name="slow">Those to be asked more seldom, or the others.</param>
    public static IEnumerable<(MetricQuery Query, string Sql)> For(ServerFeatures features, bool slow) =>
        from query in Queries
        where query.IsSlow == slow
        let sql = query.Sql(features)
        where sql is not null
        select (query, sql);

    /// <summary>Each metric, and how many series an instance is expected to have of it at most.</summary>
    public static IReadOnlyList<(MetricDefinition Metric, int Series)> Metrics { get; } =
    [
        .. from query in Queries
           from column in query.Values
           group query.Rows by column.Metric into series
           select (series.Key, series.Sum()),
    ];
}
