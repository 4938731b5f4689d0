using Npgsql;
using PgAspire.Postgres.Diagnostics;
using PgAspire.Postgres.Roles;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.Diagnostics;

/// <summary>Settings in which people keep passwords, on a server that has one in each.</summary>
[Collection(nameof(InspectedTopology))]
public sealed class SecretSettingsTests(InspectedTopology inspected)
{
    private const string Secret = "ZqSecret";
    private const int FdwSetting = 15; // The release that came with postgres_fdw.application_name.

    /// <summary>Settings of roles and of a database, under names of an extension and of nobody's.</summary>
    private static readonly string[] Dotted =
    [
        "ROLE monitor SET session_preload_libraries = 'postgres_fdw'", $"ROLE monitor SET postgres_fdw.application_name = '{Secret}fdw'",
        $"ROLE app SET billing.key = '{Secret}role'", $"ROLE app IN DATABASE app SET billing.token = '{Secret}both'", $"DATABASE app SET billing.key = '{Secret}database'",
    ];

    [Fact]
    public async Task NoAnswerAndNoPageHasASecretThatASettingHolds()
    {
        await using var session = await inspected.OpenAsync(RoleNames.Superuser);
        // A primary follows nobody and recovers nothing, and its archive is nowhere: what these say has no effect.
        var names = await ListAsync(session, @"SELECT name FROM pg_settings WHERE name LIKE '%\_command' OR name = 'primary_conninfo' ORDER BY name");
        Assert.Superset(
            new HashSet<string> { "archive_cleanup_command", "archive_command", "primary_conninfo", "recovery_end_command", "restore_command", "ssl_passphrase_command" }, names.ToHashSet());
        try
        {
            foreach (var name in names)
            {
                await InspectedTopology.RunAsync(session, $"ALTER SYSTEM SET {name} = '{(name == "primary_conninfo" ? $"host=nowhere password={Secret}" : $"true {Secret}")}'");
            }

            foreach (var dotted in Dotted)
            {
                await InspectedTopology.RunAsync(session, $"ALTER {dotted}");
            }

            await InspectedTopology.RunAsync(session, "SELECT pg_reload_conf()");
            await Until.TrueAsync(
                async () => (await ListAsync(session, $"SELECT name FROM pg_settings WHERE setting LIKE '%{Secret}%' ORDER BY name")).SequenceEqual(names), "the server has the secrets");

            var report = await inspected.AskAsync("settings");
            var values = report.Instances[0].Rows.Where(row => names.Append("postgres_fdw.application_name").Contains(row.Text("setting"))).ToList();
            Assert.Equal(names.Count + (session.PostgreSqlVersion.Major >= FdwSetting ? 1 : 0), values.Count);
            Assert.All(values, row => Assert.Equal(("…", null), (row.Text("value"), row["raw"])));
            Assert.Contains("billing.key=…", (await inspected.AskAsync("role-stats")).Instances[0].Rows.Single(row => row.Text("user") == "app").Texts("settings"));

            foreach (var (where, text) in await ShownAsync())
            {
                Assert.False(text.Contains(Secret, StringComparison.Ordinal), $"{where} shows a secret");
                Assert.All(RoleNames.All, role => Assert.False(text.Contains(inspected.Topology.Secrets()["pg1"].Of(role), StringComparison.Ordinal), $"{where} shows the password of {role}"));
            }
        }
        finally
        {
            foreach (var name in names)
            {
                await InspectedTopology.RunAsync(session, $"ALTER SYSTEM RESET {name}");
            }

            foreach (var dotted in Dotted)
            {
                await InspectedTopology.RunAsync(session, $"ALTER {dotted[..dotted.IndexOf(" = ", StringComparison.Ordinal)].Replace(" SET ", " RESET ", StringComparison.Ordinal)}");
            }

            await InspectedTopology.RunAsync(session, "SELECT pg_reload_conf()");
        }
    }

    /// <summary>Everything that shows diagnostics: the command line's text and JSON, the monitor's JSON and pages.</summary>
    private async Task<IReadOnlyList<(string Where, string Text)>> ShownAsync()
    {
        var shown = new List<(string, string)>();
        await using var pages = await MonitorPages.StartAsync(inspected);
        foreach (var what in new[] { "settings", "role-stats", "replication", "running", "all" })
        {
            shown.Add(($"/diagnostics/{what}", await pages.TextAsync($"/diagnostics/{what}")));
            shown.Add(($"/diagnostics/{what}.html", await pages.TextAsync($"/diagnostics/{what}.html")));
            shown.Add(($"inspect {what}", (await inspected.Topology.Command.RunAsync("inspect", what)).Succeeded().Output));
            shown.Add(($"inspect {what} --json", (await inspected.Topology.Command.RunAsync("inspect", what, "--json")).Succeeded().Output));
        }

        var all = await Inspection.RunAsync(DiagnosticCatalog.All, inspected.Targets(), TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        shown.AddRange(all.Select(report => (report.Diagnostic.Name, ReportJson.Of(report).ToJsonString(ReportJson.Options))));
        return shown;
    }

    private static async Task<List<string>> ListAsync(NpgsqlConnection session, string sql)
    {
        await using var command = new NpgsqlCommand(sql, session);
        await using var reader = await command.ExecuteReaderAsync();
        var list = new List<string>();
        while (await reader.ReadAsync())
        {
            list.Add(reader.GetString(0));
        }

        return list;
    }
}
