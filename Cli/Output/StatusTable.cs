using System.Globalization;
using System.Net;
using PgAspire.Cli.Embedded;
using PgAspire.Postgres.Roles;
using PgAspire.Postgres.Topology;
using Spectre.Console;

namespace PgAspire.Cli.Output;

/// <summary>The table of instances that <c>up</c> and <c>status</c> end with.</summary>
internal static class StatusTable
{
    private static readonly Dictionary<string, string> Colours = new() { ["running"] = "green", ["stopped"] = "grey" };

    public static void Write(TopologyStatus status)
    {
        var table = new Table().Border(TableBorder.Rounded);
        var hasReplicas = status.Instances.Any(instance => instance.Timeline is not null);
        string[] replication = hasReplicas ? ["timeline", "lag"] : [];
        // A terminal of 80 columns has no room for both: an instance of several has its cluster in its name.
        string[] first = hasReplicas ? [] : ["cluster"];
        foreach (var heading in first.Concat(["instance", "role", "state", "address", "version"]).Concat(replication))
        {
            table.AddColumn(new TableColumn(heading).NoWrap());
        }

        foreach (var instance in status.Instances)
        {
            string[] cells =
            [
                .. hasReplicas ? [] : new[] { Markup.Escape(instance.Cluster) },
                Markup.Escape(instance.Instance),
                instance.Role,
                $"[{Colours.GetValueOrDefault(instance.State, "yellow")}]{instance.State}[/]",
                instance.Port is { } port ? string.Create(CultureInfo.InvariantCulture, $"{instance.Host}:{port}") : "-",
                instance.Version ?? "-",
                .. hasReplicas ? [$"{instance.Timeline}", instance.LagBytes is { } lag ? string.Create(CultureInfo.InvariantCulture, $"{lag} B") : ""] : Array.Empty<string>(),
            ];
            table.AddRow(cells);
        }

        AnsiConsole.Write(table);
        foreach (var cluster in status.Instances.GroupBy(instance => instance.Cluster))
        {
            Console.WriteLine($"{cluster.Key}  {Form(cluster)};Password=…");
        }

        var addresses = new (string Name, string? Url)[]
        {
            ("API", status.Api.Url ?? "not running"),
            ("metrics", status.Metrics.Url ?? "not running"),
            ("monitor", status.Monitor.Url ?? "not running"),
            ("dashboard", status.Dashboard?.Url),
            ("Prometheus", status.Prometheus?.Url),
            ("alerts", status.Alertmanager?.Url),
        };
        foreach (var (name, url) in addresses.Where(address => address.Url is not null))
        {
            Console.WriteLine($"{name,-10}  {url}");
        }
    }

    private static string Form(IGrouping<string, InstanceStatus> cluster) => ConnectionStrings.For(
        [.. cluster.Select(instance => new DnsEndPoint(instance.Host, instance.Port ?? 0))], cluster.First().Database, RoleNames.Application, password: null);
}
