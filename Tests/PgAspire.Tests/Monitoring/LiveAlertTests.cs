using System.Collections.Concurrent;
using System.Net.Http.Json;

namespace PgAspire.Tests.Monitoring;

/// <summary>Every cause is brought about in a running topology, and what a person would be told is awaited, and told to be over.</summary>
public sealed class LiveAlertTests(LiveTopology topology) : IClassFixture<LiveTopology>
{
    private static readonly Dictionary<string, LiveCase> Cases = new()
    {
        ["ReplayPaused"] = new(LiveCauses.ReplayPausedAsync, [new("PostgresReplicationLagSeconds", "warning", "pg1-2", "replica")]),
        ["Deadlock"] = new(LiveCauses.DeadlockAsync, [new("PostgresDeadlocks", "warning", "pg1-1", "primary")]),
        ["IdleTransaction"] = new(LiveCauses.IdleTransactionAsync, [new("PostgresIdleInTransaction", "warning", "pg1-1", "primary")]),
        ["LockStorm"] = new(LiveCauses.LockStormAsync, [new("PostgresLockStorm", "critical", "pg1-1", "primary")]),
        ["ConnectionsExhausted"] = new(LiveCauses.ConnectionsExhaustedAsync, [new("PostgresConnectionsExhausted", "critical", "pg1-2", "replica")]),
        ["DiskAlmostFull"] = new(LiveCauses.DiskAlmostFullAsync, [new("PostgresDiskAlmostFull", "critical", "pg2-2", "replica")]),
        ["InstanceKilled"] = new(LiveCauses.InstanceKilledAsync,
            [new("PostgresInstanceDown", "critical", "pg2-1", "primary"), new("PostgresNoPrimary", "critical", null, null, "pg2")]),
    };

    private static readonly ConcurrentDictionary<string, Task> Running = new();

    public static TheoryData<string> Causes => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Causes))]
    public async Task WhatGoesWrongIsToldWithItsLabelsAndItsEndIsToldToo(string cause)
    {
        MonitoringTool.Require("prometheus");
        MonitoringTool.Require("alertmanager");
        Assert.SkipUnless(LiveTopology.HasDisk || cause != "DiskAlmostFull", "A small disk takes a mount, and that takes root.");
        await topology.StartAsync();

        // They do not touch each other, so that all go wrong at once rather than one after the other.
        foreach (var (name, wrong) in Cases.Where(entry => LiveTopology.HasDisk || entry.Key != "DiskAlmostFull"))
        {
            _ = Running.GetOrAdd(name, _ => wrong.RunAsync(topology));
        }

        await Running[cause];
    }

    [Fact]
    public async Task WhatFollowsFromAnInstanceThatIsDownIsHeldBack()
    {
        MonitoringTool.Require("prometheus");
        MonitoringTool.Require("alertmanager");
        await topology.StartAsync();
        using var client = new HttpClient();
        object Alert(string name, string instance) => new { labels = new { alertname = name, cluster = "elsewhere", instance, severity = "warning" } };
        async Task TellAsync(params object[] alerts) =>
            (await client.PostAsJsonAsync(new Uri($"http://{topology.Alertmanager}/api/v2/alerts"), alerts)).EnsureSuccessStatusCode();

        await TellAsync(Alert("PostgresInstanceDown", "one"));
        await topology.Webhook.WaitAsync("firing", "PostgresInstanceDown", ("instance", "one"));
        await TellAsync(Alert("PostgresConnectionsNearLimit", "one"), Alert("PostgresConnectionsNearLimit", "other"));
        await topology.Webhook.WaitAsync("firing", "PostgresConnectionsNearLimit", ("instance", "other"));

        Assert.DoesNotContain(topology.Webhook.Told, told => told.Is("PostgresConnectionsNearLimit", ("instance", "one")));
    }

    private sealed record Expected(string Alert, string Severity, string? Instance, string? Role, string? Cluster = null)
    {
        public (string Label, string Value)[] Labels =>
        [
            .. new (string Label, string? Value)[]
            {
                ("severity", Severity), ("cluster", Cluster ?? Instance!.Split('-')[0]), ("instance", Instance), ("role", Role),
            }.Where(label => label.Value is not null).Select(label => (label.Label, label.Value!)),
        ];
    }

    private sealed record LiveCase(Func<LiveTopology, Task<IAsyncDisposable>> CauseAsync, Expected[] Alerts)
    {
        public async Task RunAsync(LiveTopology topology)
        {
            await using (await CauseAsync(topology))
            {
                await Task.WhenAll(Alerts.Select(async expected =>
                {
                    var told = await topology.Webhook.WaitAsync("firing", expected.Alert, expected.Labels);
                    Assert.EndsWith($"docs/runbook.md#{expected.Alert.ToLowerInvariant()}", told.Annotations["runbook_url"], StringComparison.Ordinal);
                    Assert.Contains(expected.Instance ?? expected.Cluster!, told.Annotations["summary"], StringComparison.Ordinal);
                }));
            }

            await Task.WhenAll(Alerts.Select(expected => topology.Webhook.WaitAsync("resolved", expected.Alert, expected.Labels)));
        }
    }
}
