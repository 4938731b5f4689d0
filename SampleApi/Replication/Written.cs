using Npgsql;
using PgAspire.SampleApi.Clusters;

namespace PgAspire.SampleApi.Replication;

/// <summary>What was written, and a position in the log after its commit; that is null where there is no replica to compare with.</summary>
public sealed record Written<T>(T Value, WalPosition? At);

internal static class Writing
{
    /// <summary>
    /// Makes certain that what was found on the primary is as durable as the cluster promises. Found is not enough: the
    /// commit may be one whose wait for a replica was cut short, by a timeout or a restart.
    /// </summary>
    public static Task<Written<T>> ConfirmAsync<T>(this Cluster cluster, T found, CancellationToken cancellationToken)
        => cluster.Replicated is null
            ? Task.FromResult(new Written<T>(found, null))
            : cluster.OnPrimaryAsync(async source =>
            {
                await using var connection = await source.OpenConnectionAsync(cancellationToken);
                using var notices = new CommitNotices(connection);
                await using var command = new NpgsqlCommand(WalPosition.Confirmed, connection);
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                await reader.ReadAsync(cancellationToken);
                var position = WalPosition.Read(reader);
                // The commit is over, and its warnings are read, with the last message of the answer.
                await reader.CloseAsync();
                notices.ThrowIfWarned();
                return new Written<T>(found, position);
            });
}
