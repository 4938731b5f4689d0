using Npgsql;

namespace PgAspire.Postgres.Drills;

/// <summary>The table that a drill writes to, in a schema of its own in the application's database.</summary>
internal sealed class Ledger(NpgsqlDataSource source)
{
    /// <summary>The table. Nothing in it is unique, so that a write that happened twice is seen.</summary>
    public const string Table = "pgaspire_drill.ledger";

    /// <summary>Makes it, in place of one that was kept or left by a drill that was killed.</summary>
    public Task MakeAsync(CancellationToken cancellationToken) => ExecuteAsync(
        $"DROP SCHEMA IF EXISTS pgaspire_drill CASCADE; CREATE SCHEMA pgaspire_drill; CREATE TABLE {Table} (number bigint NOT NULL, written timestamptz NOT NULL DEFAULT clock_timestamp())",
        cancellationToken);

    public Task RemoveAsync(CancellationToken cancellationToken) => ExecuteAsync("DROP SCHEMA IF EXISTS pgaspire_drill CASCADE", cancellationToken);

    /// <summary>The numbers in it, each as often as it is there.</summary>
    public async Task<IReadOnlyList<long>> ReadAsync(CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand($"SELECT number FROM {Table}");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var numbers = new List<long>();
        while (await reader.ReadAsync(cancellationToken))
        {
            numbers.Add(reader.GetInt64(0));
        }

        return numbers;
    }

    private async Task ExecuteAsync(string statements, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(statements);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
