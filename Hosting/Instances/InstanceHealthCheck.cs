using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using PgAspire.Hosting.Resources;
using PgAspire.Postgres.Probing;
using PgAspire.Postgres.Roles;

namespace PgAspire.Hosting.Instances;

/// <summary>
/// Whether the application's role gets into the application's database. Aspire asks again seconds after an answer of no;
/// this check therefore waits for a starting server and answers at the moment when it is ready.
/// </summary>
internal sealed class InstanceHealthCheck(PostgresInstanceResource instance) : IHealthCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    // A server that turns somebody away writes that into its log.
    private static readonly TimeSpan LongPause = TimeSpan.FromMilliseconds(60);

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    // How much longer than the last answer took a pause is at least: on a busy machine whoever asks takes from what is waited for.
    private const double Restraint = 6;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var passwords = await instance.Cluster.Secrets.GetPasswordsAsync(cancellationToken);
        var host = (await instance.Host.GetValueAsync(cancellationToken))!;
        var port = int.Parse((await instance.Port.GetValueAsync(cancellationToken))!, CultureInfo.InvariantCulture);
        var database = instance.Cluster.Declaration.Database;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        StartupAnswer answer = default;
        try
        {
            do
            {
                var asked = Stopwatch.GetTimestamp();
                answer = await StartupProbe.AskAsync(host, port, RoleNames.Application, database, patience.Token);
                if (answer.AsksForPassword)
                {
                    return await LogInAsync(host, port, database, passwords, patience.Token);
                }

                await Task.Delay(PauseAfter(answer, Stopwatch.GetElapsedTime(asked)), patience.Token);
            }
            while (true);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy(answer.Listens
                ? $"The server does not let {RoleNames.Application} in yet (SQLSTATE {answer.SqlState}); its log says what it is doing."
                : "Nobody listens; the server's log says why.");
        }
    }

    private static TimeSpan PauseAfter(StartupAnswer answer, TimeSpan took)
    {
        var (least, restrained) = (answer.Listens ? LongPause : Pause, took * Restraint);
        return restrained < least ? least : restrained < LongestPause ? restrained : LongestPause;
    }

    private async Task<HealthCheckResult> LogInAsync(string host, int port, string database, RolePasswords passwords, CancellationToken cancellationToken)
    {
        try
        {
            var connectionString = new NpgsqlConnectionStringBuilder
            {
                Host = host, Port = port, Username = RoleNames.Application, Password = passwords.Application, Database = database, Pooling = false,
            };
            await using var connection = new NpgsqlConnection(connectionString.ConnectionString);
            await connection.OpenAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidCatalogName)
        {
            return HealthCheckResult.Unhealthy(PasswordDrift.Message(instance, exception.MessageText));
        }
        catch (NpgsqlException exception)
        {
            return HealthCheckResult.Unhealthy(exception.Message);
        }
    }
}
