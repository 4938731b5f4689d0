using PgAspire.Tests.Support;
using YamlDotNet.RepresentationModel;

namespace PgAspire.Tests.Monitoring;

/// <summary>One alert as its rule file has it.</summary>
public sealed record AlertRule(string Name, string File, string Expression, IReadOnlyDictionary<string, string> Labels, IReadOnlyDictionary<string, string> Annotations)
{
    public override string ToString() => Name;
}

/// <summary>What stands in <c>monitoring/prometheus</c>.</summary>
internal static class AlertRules
{
    private static readonly string Folder = Path.Combine(Repository.Root, "monitoring", "prometheus");

    public static IReadOnlyList<string> Files { get; } = [.. Directory.EnumerateFiles(Path.Combine(Folder, "rules"), "*.yml").Order(StringComparer.Ordinal)];

    public static IReadOnlyList<string> TestFiles { get; } = [.. Directory.EnumerateFiles(Path.Combine(Folder, "tests"), "*.yml").Order(StringComparer.Ordinal)];

    public static IReadOnlyList<AlertRule> All { get; } = [.. Files.SelectMany(file => Rules(Load(file)).Select(rule => new AlertRule(
        Text(rule, "alert"), file, Text(rule, "expr"), Map(rule, "labels"), Map(rule, "annotations"))))];

    /// <summary>What the tests of promtool expect of an alert: the labels of what fires, none where it says that nothing does.</summary>
    public static IEnumerable<IReadOnlyList<IReadOnlyDictionary<string, string>>> Expectations(string alert) => TestFiles
        .SelectMany(file => Sequence(Load(file), "tests"))
        .SelectMany(test => Sequence(test, "alert_rule_test"))
        .Where(expected => Text(expected, "alertname") == alert)
        .Select(expected => (IReadOnlyList<IReadOnlyDictionary<string, string>>)[.. Sequence(expected, "exp_alerts").Select(fired => Map(fired, "exp_labels"))]);

    public static YamlMappingNode Load(string file)
    {
        using var reader = new StreamReader(file);
        var stream = new YamlStream();
        stream.Load(reader);
        return (YamlMappingNode)stream.Documents[0].RootNode;
    }

    public static IEnumerable<YamlMappingNode> Rules(YamlMappingNode file) => Sequence(file, "groups").SelectMany(group => Sequence(group, "rules"));

    public static string Text(YamlMappingNode node, string key) => ((YamlScalarNode)node.Children[key]).Value!;

    private static IEnumerable<YamlMappingNode> Sequence(YamlMappingNode node, string key) => ((YamlSequenceNode)node.Children[key]).Children.Cast<YamlMappingNode>();

    private static Dictionary<string, string> Map(YamlMappingNode node, string key) => ((YamlMappingNode)node.Children[key]).Children
        .ToDictionary(entry => ((YamlScalarNode)entry.Key).Value!, entry => ((YamlScalarNode)entry.Value).Value!);
}
