using System.Globalization;
using System.Net.Sockets;
using Npgsql;

namespace PgAspire.Postgres.Diagnostics;

/// <summary>Asks one instance, over one connection that can change nothing.</summary>
internal static class InstanceInspection
{
    private const string FactsSql =
        """
        SELECT current_setting('server_version_num')::int AS version, pg_is_in_recovery() AS is_replica, current_database() AS database,
            (SELECT extversion FROM pg_extension WHERE extname = 'pg_stat_statements') AS statements_version,
            (SELECT quote_ident(extnamespace::regnamespace::name) FROM pg_extension WHERE extname = 'pg_stat_statements') AS statements_schema,
            coalesce(current_setting('shared_preload_libraries', true) ~ '\mpg_stat_statements\M', false) AS is_statements_loaded,
            has_column_privilege('pg_catalog.pg_statistic', 'stawidth', 'SELECT') AND has_column_privilege('pg_catalog.pg_statistic', 'stanullfrac', 'SELECT')
                AND has_column_privilege('pg_catalog.pg_statistic', 'starelid', 'SELECT') AND has_column_privilege('pg_catalog.pg_statistic', 'staattnum', 'SELECT')
                AND has_column_privilege('pg_catalog.pg_statistic', 'stainherit', 'SELECT') AS can_read_widths,
            has_table_privilege('pg_catalog.pg_hba_file_rules', 'SELECT')
                AND has_function_privilege('pg_catalog.pg_hba_file_rules()', 'EXECUTE') AS can_read_authentication
        """;

    public static async Task<IReadOnlyList<InstanceReport>> RunAsync(
        IReadOnlyList<Diagnostic> diagnostics, InspectionTarget target, TimeSpan patience, CancellationToken cancellationToken)
    {
        var reports = new List<InstanceReport>();
        try
        {
            await using var connection = new NpgsqlConnection(ConnectionString(target, patience));
            await connection.OpenAsync(cancellationToken);
            var server = await FactsAsync(connection, target, cancellationToken);
            foreach (var diagnostic in diagnostics)
            {
                reports.Add(await AskAsync(diagnostic, connection, target, server, cancellationToken));
            }
        }
        catch (Exception exception) when (exception is NpgsqlException or SocketException or TimeoutException)
        {
            var failure = exception is PostgresException refusal ? refusal.MessageText
                : exception is TimeoutException || exception.InnerException is TimeoutException ? $"no answer within {patience.TotalSeconds:0.#} s"
                : exception.Message;
            reports.AddRange(diagnostics.Skip(reports.Count).Select(_ => new InstanceReport(target.Cluster, target.Instance, null, []) { Failure = failure }));
        }

        return reports;
    }

    private static async Task<InstanceReport> AskAsync(
        Diagnostic diagnostic, NpgsqlConnection connection, InspectionTarget target, ServerFacts server, CancellationToken cancellationToken)
    {
        var report = new InstanceReport(target.Cluster, target.Instance, server, []);
        if ((diagnostic.IsOfPrimary && server.IsReplica ? "as on its primary" : diagnostic.Obstacle(server)) is { } obstacle)
        {
            return report with { Skipped = obstacle };
        }

        try
        {
            var logged = diagnostic.FromLog is { } read && target.Log is { } log && await log(cancellationToken) is { } text ? read(text) : Array.Empty<Row>();
            var rows = await RowReader.ReadAsync(connection, diagnostic.Sql(server), diagnostic.Columns, cancellationToken);
            return report with { Rows = diagnostic.Arrange([.. logged, .. rows]) };
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            return report with { Skipped = $"the role monitor may not: {exception.MessageText}" };
        }
        catch (PostgresException exception) when (connection.State == System.Data.ConnectionState.Open)
        {
            return report with { Failure = exception.MessageText };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return report with { Failure = $"its log cannot be read: {exception.Message}" };
        }
    }

    private static async Task<ServerFacts> FactsAsync(NpgsqlConnection connection, InspectionTarget target, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(FactsSql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var extension = reader["statements_version"] as string;
        return new((int)reader["version"], (bool)reader["is_replica"], (string)reader["database"])
        {
            StatementsVersion = extension is null ? null : VersionOf(extension),
            StatementsSchema = reader["statements_schema"] as string ?? "",
            IsStatementsLoaded = (bool)reader["is_statements_loaded"],
            CanReadWidths = (bool)reader["can_read_widths"],
            CanReadAuthentication = (bool)reader["can_read_authentication"],
            MemoryBytes = target.MemoryBytes,
        };
    }

    /// <summary>1.9 is 109, and 1.10 is 110: later.</summary>
    internal static int VersionOf(string extension)
    {
        var parts = extension.Split('.');
        return (int.Parse(parts[0], CultureInfo.InvariantCulture) * 100) + (parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0);
    }

    private static string ConnectionString(InspectionTarget target, TimeSpan patience)
    {
        var milliseconds = (long)patience.TotalMilliseconds;
        return new NpgsqlConnectionStringBuilder(target.ConnectionString)
        {
            Pooling = false,
            Timeout = Math.Max(1, (int)patience.TotalSeconds),
            CommandTimeout = Math.Max(1, (int)patience.TotalSeconds + 1),
            CancellationTimeout = -1, // A hung server confirms no cancellation.
            ApplicationName = "pgaspire inspect",
            // Nobody's functions and operators but PostgreSQL's own, no writes, and no wait for anybody's lock.
            Options = string.Create(CultureInfo.InvariantCulture,
                $"-c search_path=pg_catalog -c default_transaction_read_only=on -c statement_timeout={milliseconds} -c lock_timeout={milliseconds / 2} -c jit=off"),
        }.ConnectionString;
    }
}
