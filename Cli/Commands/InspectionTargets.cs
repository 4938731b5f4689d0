using Npgsql;
using PgAspire.Cli.Aspire;
using PgAspire.Cli.Embedded;
using PgAspire.Postgres.Diagnostics;
using PgAspire.Postgres.Diagnostics.Logs;
using PgAspire.Postgres.Roles;

namespace PgAspire.Cli.Commands;

/// <summary>How to reach the instances of a topology as role <c>monitor</c>, and their logs, on either host.</summary>
internal sealed class InspectionTargets(StateFolder folder)
{
    private const int LogLines = 50_000;

    private readonly StateStore _store = new(folder);

    public IReadOnlyList<InspectionTarget> Of(IEnumerable<InstanceStatus> instances)
    {
        var password = _store.Read().Host == HostChoice.Aspire ? AspirePasswords() : EmbeddedPasswords();
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return [.. instances.Select(instance => new InspectionTarget(instance.Cluster, instance.Instance, ConnectionString(instance, password(instance.Cluster)))
        {
            Log = LogOf(instance),
            MemoryBytes = memory,
        })];
    }

    private Func<string, string> EmbeddedPasswords()
    {
        var secrets = _store.ReadSecrets();
        return cluster => secrets.GetValueOrDefault(cluster)?.Monitor
            ?? throw new CliException($"The passwords of {cluster} are lost: up --reset-passwords gives it new ones.");
    }

    private Func<string, string> AspirePasswords()
    {
        var id = AppHostDocument.Read(folder.AppHostFile)?.UserSecretsId
            ?? throw new CliException("The app host has no user secrets, and so no password of the role monitor to be read.");
        return cluster => UserSecrets.Password(id, cluster, RoleNames.Monitor);
    }

    private Func<CancellationToken, Task<string?>> LogOf(InstanceStatus instance) => _store.Read().Host == HostChoice.Aspire
        ? async token => await ReadContainersAsync(instance, token)
        : token => LogEnd.ReadAsync(Path.Combine(folder.Logs, Path.GetFileName(instance.DataDirectory) + ".log"), token);

    private async Task<string> ReadContainersAsync(InstanceStatus instance, CancellationToken cancellationToken)
    {
        try
        {
            return await AspireSession.LogAsync(folder, instance, LogLines, cancellationToken);
        }
        catch (CliException exception)
        {
            throw new IOException(exception.Message, exception); // One log that cannot be had is no reason to fail for all.
        }
    }

    private static string ConnectionString(InstanceStatus instance, string password) => new NpgsqlConnectionStringBuilder
    {
        Host = instance.Host,
        Port = instance.Port!.Value,
        Database = instance.Database.Length > 0 ? instance.Database : "postgres",
        Username = RoleNames.Monitor,
        Password = password,
    }.ConnectionString;
}
