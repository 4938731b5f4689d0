using System.Diagnostics;
using PgAspire.Cli.Embedded;
using PgAspire.Postgres.Roles;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.Cli;

public sealed class SecretsTests
{
    [Fact]
    public async Task PasswordsAreInNoLogNoOutputAndNoProcessListAndTheirFileIsTheOwnersAlone()
    {
        await using var topology = await TestTopology.MakeAsync("""{ "clusters": 1, "instances": 2 }""");
        topology.Write("initdb/1.sh", "psql -c 'SELECT 1'\n");
        var waiting = await MakeWaitAsync(topology, "pg_basebackup");
        var command = topology.Command with { Environment = new Dictionary<string, string?> { [InstallationLocator.Variable] = Path.GetDirectoryName(waiting) } };
        await using var up = command.Start("up", "--host", "embedded", "--detach", "--no-api", "--no-monitor");
        var seen = new HashSet<string>();
        while (!up.HasEnded)
        {
            seen.UnionWith(CommandLines());
            if (seen.Any(line => line.Contains(waiting, StringComparison.Ordinal)))
            {
                topology.Write("seen", "");
            }

            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        var outcome = (await up.EndAsync()).Succeeded();
        Assert.Contains(seen, line => line.Contains(waiting, StringComparison.Ordinal));
        var status = await topology.Command.RunAsync("status");
        var passwords = topology.Secrets().Values.SelectMany(set => RoleNames.All.Select(set.Of)).ToList();
        var places = seen.Append(outcome.Output).Append(outcome.Error).Append(status.Output).Append(File.ReadAllText(Path.Combine(topology.State, "state.json")))
            .Concat(Directory.EnumerateFiles(Path.Combine(topology.State, "logs")).Select(File.ReadAllText)).ToList();
        Assert.Equal(4, passwords.Count);
        Assert.All(places, place => Assert.All(passwords, password => Assert.DoesNotContain(password, place, StringComparison.Ordinal)));
        Assert.DoesNotContain(places, place => place.Contains("SCRAM-SHA-256$", StringComparison.Ordinal));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(topology.State, "secrets.json")));
    }

    [Fact]
    public async Task TheServerTakesEveryRolesPasswordAndNoOther()
    {
        await using var topology = await TestTopology.MakeAsync();
        (await topology.UpAsync()).Succeeded();
        await Assert.AllAsync(RoleNames.All, async role => Assert.Equal(role, await topology.AskAsync("pg1-1", "SELECT current_user::text", role)));
        var port = await topology.AskAsync("pg1-1", "SHOW port");
        foreach (var password in new[] { "", "Password=wrong;" })
        {
            await using var source = Npgsql.NpgsqlDataSource.Create($"Host=127.0.0.1;Port={port};Database=app;Username=postgres;{password}Passfile=/dev/null");
            await Assert.ThrowsAnyAsync<Npgsql.NpgsqlException>(async () => await source.OpenConnectionAsync(TestContext.Current.CancellationToken));
        }

        Assert.Equal("scram-sha-256", await topology.AskAsync("pg1-1", "SELECT string_agg(DISTINCT auth_method, ',') FROM pg_hba_file_rules", RoleNames.Superuser));
    }

    [Fact]
    public async Task LostSecretsAreToldAndNewPasswordsGivenOnDemand()
    {
        await using var topology = await TestTopology.MakeAsync();
        (await topology.UpAsync()).Succeeded();
        var before = topology.Secrets()["pg1"];
        await topology.AskAsync("pg1-1", "CREATE TABLE kept AS SELECT 42 AS answer");
        File.Delete(Path.Combine(topology.State, "secrets.json"));
        Assert.Equal(
            "The passwords of pg1 are lost: secrets.json does not have them. Restore it from a copy, or run up --reset-passwords, which gives the cluster new ones.",
            (await topology.UpAsync()).FailedWith(1));
        Assert.Single(topology.Postmasters());

        (await topology.UpAsync("--reset-passwords")).Succeeded();
        Assert.NotEqual(before, topology.Secrets()["pg1"]);
        Assert.Equal(42, await topology.AskAsync("pg1-1", "SELECT answer FROM kept"));
        Assert.DoesNotContain("not properly shut down", topology.Log("pg1-1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task NewPasswordsAreNewWhereTheOldOnesAreKnownToo()
    {
        await using var topology = await TestTopology.MakeAsync();
        (await topology.UpAsync()).Succeeded();
        var before = topology.Secrets()["pg1"];
        (await topology.UpAsync("--reset-passwords")).Succeeded();
        var after = topology.Secrets()["pg1"];
        Assert.All(RoleNames.All, role => Assert.NotEqual(before.Of(role), after.Of(role)));
        Assert.Equal("postgres", await topology.AskAsync("pg1-1", "SELECT current_user::text", RoleNames.Superuser));
    }

    [Fact]
    public async Task APasswordChangedBehindOurBackIsToldAndMended()
    {
        await using var topology = await TestTopology.MakeAsync();
        (await topology.UpAsync()).Succeeded();
        await topology.AskAsync("pg1-1", "ALTER ROLE app PASSWORD 'another'", RoleNames.Superuser);
        Assert.Equal(
            "pg1 refuses the role app in database app: its password is another one than in secrets.json: up --reset-passwords gives it new ones.",
            (await topology.UpAsync()).FailedWith(1));
        (await topology.UpAsync("--reset-passwords")).Succeeded();
    }

    /// <summary>An installation one of whose programs begins when the test has seen its command line.</summary>
    /// <returns>The path of that program.</returns>
    private static async Task<string> MakeWaitAsync(TestTopology topology, string program)
    {
        foreach (var real in Directory.EnumerateFiles((await SharedTemplate.InstallationAsync()).Binaries))
        {
            var wait = Path.GetFileName(real) == program ? $"until test -e {topology.Of("seen")}; do sleep 0.05; done\n" : "";
            File.SetUnixFileMode(topology.Write(Path.Combine("bin", Path.GetFileName(real)), $"#!/bin/sh\n{wait}exec {real} \"$@\"\n"), (UnixFileMode)0b111_101_101);
        }

        return topology.Of("bin", program);
    }

    private static IEnumerable<string> CommandLines()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0])))
        {
            string line;
            try
            {
                line = File.ReadAllText(Path.Combine(folder, "cmdline"));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                Trace.TraceInformation($"{folder} is gone or closed: {exception.Message}");
                continue;
            }

            yield return line.Replace('\0', ' ');
        }
    }
}
