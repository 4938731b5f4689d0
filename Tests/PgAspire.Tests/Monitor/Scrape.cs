using System.Globalization;
using System.Text.RegularExpressions;

namespace PgAspire.Tests.Monitor;

/// <summary>What <c>/metrics</c> said at one time.</summary>
public sealed partial class Scrape(string text)
{
    private readonly List<(string Name, Dictionary<string, string> Labels, double Value)> _series =
        [.. text.Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(Parse)];

    public string Text => text;

    public IReadOnlySet<string> Names => _series.Select(series => series.Name).ToHashSet();

    /// <summary>The sum of all series of this name that have these labels, <c>label=value</c>; null where there is none.</summary>
    public double? Of(string name, params string[] labels)
    {
        var values = _series.Where(series => series.Name == name && labels.All(label => series.Labels.GetValueOrDefault(label.Split('=')[0]) == label.Split('=', 2)[1]))
            .Select(series => series.Value).ToList();
        return values.Count == 0 ? null : values.Sum();
    }

    public IEnumerable<IReadOnlyDictionary<string, string>> LabelsOf(string name) => _series.Where(series => series.Name == name).Select(series => series.Labels);

    private static (string, Dictionary<string, string>, double) Parse(string line)
    {
        var (open, close) = (line.IndexOf('{', StringComparison.Ordinal), line.LastIndexOf('}'));
        var labels = Label().Matches(line[(open + 1)..close]).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);
        return (line[..open], labels, double.Parse(line[(close + 1)..], CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(@"(\w+)=""((?:[^""\\]|\\.)*)""")]
    private static partial Regex Label();
}
