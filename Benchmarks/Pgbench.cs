using System.Globalization;
using System.Text.RegularExpressions;
using PgAspire.Cli;
using PgAspire.Cli.Embedded;
using PgAspire.Cli.Processes;
using PgAspire.Postgres.Roles;

namespace PgAspire.Benchmarks;

/// <summary>The server's own rate for the statements that the endpoints send.</summary>
internal sealed partial class Pgbench(Workspace workspace, PostgresInstallation postgres, int port, string password, int connections, TimeSpan time)
{
    public Task<double> ReadAsync(string id, CancellationToken cancellationToken) => RunAsync(
        $"SELECT id, customer, item, quantity, created_at FROM orders WHERE id = '{id}' AND customer = 'ada';", cancellationToken);

    public Task<double> InsertAsync(CancellationToken cancellationToken) => RunAsync(
        "INSERT INTO orders (id, customer, item, quantity) VALUES (gen_random_uuid(), 'ada', 'tea', 2) RETURNING id, customer, item, quantity, created_at;",
        cancellationToken);

    private async Task<double> RunAsync(string statement, CancellationToken cancellationToken)
    {
        var script = Path.Combine(workspace.Root, "pgbench.sql");
        await File.WriteAllTextAsync(script, statement, cancellationToken);
        var program = new ExternalProgram(
            postgres.Program("pgbench"), "-n", "-M", "prepared", "-f", script,
            "-c", connections.ToString(CultureInfo.InvariantCulture), "-T", time.TotalSeconds.ToString("0", CultureInfo.InvariantCulture))
        {
            Environment = new Dictionary<string, string?>
            {
                ["PGHOST"] = "127.0.0.1",
                ["PGPORT"] = port.ToString(CultureInfo.InvariantCulture),
                ["PGUSER"] = RoleNames.Application,
                ["PGPASSWORD"] = password,
                ["PGDATABASE"] = "app",
            },
        };
        var result = await program.RunAsync(cancellationToken);
        return Rate().Match(result.Output) is { Success: true } match
            ? double.Parse(match.Groups["rate"].ValueSpan, CultureInfo.InvariantCulture)
            : throw new CliException($"pgbench failed: {result.Error.Trim()}");
    }

    [GeneratedRegex(@"tps = (?<rate>[\d.]+)")]
    private static partial Regex Rate();
}
