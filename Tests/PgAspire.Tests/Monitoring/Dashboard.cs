using System.Text.Json;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.Monitoring;

/// <summary>One panel of a dashboard.</summary>
internal sealed record DashboardPanel(string Dashboard, string Title, string Type, int X, int Y, int Width, int Height, string? Datasource, IReadOnlyList<string> Queries)
{
    public override string ToString() => $"{Dashboard}: {Title}";
}

/// <summary>One dashboard file.</summary>
internal sealed record Dashboard(string File, string Id, string Title, IReadOnlyDictionary<string, string> Variables, IReadOnlyList<DashboardPanel> Panels)
{
    public static IReadOnlyList<Dashboard> All { get; } =
        [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "monitoring", "grafana", "dashboards"), "*.json").Order(StringComparer.Ordinal).Select(Read)];

    private static Dashboard Read(string path)
    {
        using var document = JsonDocument.Parse(System.IO.File.ReadAllText(path));
        var root = document.RootElement;
        var name = Path.GetFileName(path);
        return new(
            name,
            root.GetProperty("uid").GetString()!,
            root.GetProperty("title").GetString()!,
            root.GetProperty("templating").GetProperty("list").EnumerateArray().ToDictionary(
                variable => variable.GetProperty("name").GetString()!,
                variable => variable.TryGetProperty("definition", out var definition) ? definition.GetString()! : variable.GetProperty("query").GetString()!),
            [.. root.GetProperty("panels").EnumerateArray().Select(panel => Panel(name, panel))]);
    }

    private static DashboardPanel Panel(string dashboard, JsonElement panel)
    {
        var place = panel.GetProperty("gridPos");
        int Side(string name) => place.GetProperty(name).GetInt32();
        return new(
            dashboard, panel.GetProperty("title").GetString()!, panel.GetProperty("type").GetString()!, Side("x"), Side("y"), Side("w"), Side("h"),
            panel.TryGetProperty("datasource", out var source) ? source.GetProperty("uid").GetString() : null,
            panel.TryGetProperty("targets", out var targets) ? [.. targets.EnumerateArray().Select(target => target.GetProperty("expr").GetString()!)] : []);
    }
}
