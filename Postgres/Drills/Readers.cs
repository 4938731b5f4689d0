using Npgsql;

namespace PgAspire.Postgres.Drills;

/// <summary>Reads the ledger where an application would: on the primary, or on a replica where there is one.</summary>
internal sealed class Readers(NpgsqlMultiHostDataSource source, TargetSessionAttributes target) : Client(source, target)
{
    protected override async Task<bool> DoAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"SELECT number FROM {Ledger.Table} LIMIT 1", connection);
        await command.ExecuteScalarAsync(cancellationToken);
        Pulse.Beat();
        return true;
    }
}
