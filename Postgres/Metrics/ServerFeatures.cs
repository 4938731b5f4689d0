using Npgsql;

namespace PgAspire.Postgres.Metrics;

/// <summary>What of a server decides which statements it understands.</summary>
/// <param name="VersionNumber"><c>server_version_num</c>: 150018 is 15.18.</param>
/// <param name="StatementsSchema">The schema of <c>pg_stat_statements</c> in the connection's database, quoted; null where it cannot be read.</param>
public sealed record ServerFeatures(int VersionNumber, string? StatementsSchema)
{
    /// <summary>The first major version whose statistics are understood.</summary>
    public const int OldestMajor = 14;

    // The view exists without the library, and then every use of it is an error.
    private const string Sql =
        """
        SELECT current_setting('server_version_num')::int,
               (SELECT quote_ident(n.nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
                WHERE e.extname = 'pg_stat_statements' AND current_setting('shared_preload_libraries') LIKE '%pg\_stat\_statements%')
        """;

    /// <summary>The major version.</summary>
    public int Major => VersionNumber / 10000;

    /// <summary>Asks a server.</summary>
    /// <exception cref="NotSupportedException">It is older than <see cref="OldestMajor"/>.</exception>
    /// <exception cref="NpgsqlException">It does not answer.</exception>
    public static async Task<ServerFeatures> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var features = new ServerFeatures(reader.GetInt32(0), await reader.IsDBNullAsync(1, cancellationToken) ? null : reader.GetString(1));
        return features.Major >= OldestMajor
            ? features
            : throw new NotSupportedException($"PostgreSQL {features.Major} is older than {OldestMajor}, the first one whose statistics are understood.");
    }
}
