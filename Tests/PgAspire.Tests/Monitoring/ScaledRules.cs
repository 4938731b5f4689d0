using System.Globalization;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;
using YamlDotNet.Serialization;

namespace PgAspire.Tests.Monitoring;

/// <summary>
/// The rule files with a minute made a second: how long an alert waits, the ranges that it looks back, and the thresholds that
/// are written as minutes (<c>5 * 60</c>). The expressions are the same otherwise.
/// </summary>
internal static partial class ScaledRules
{
    /// <summary>Writes them into a folder.</summary>
    public static void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var file in AlertRules.Files)
        {
            var root = AlertRules.Load(file);
            foreach (var rule in AlertRules.Rules(root))
            {
                if (rule.Children.TryGetValue("for", out var wait))
                {
                    rule.Children["for"] = new YamlScalarNode(Seconds(((YamlScalarNode)wait).Value!, 1));
                }

                var expression = Ranges().Replace(AlertRules.Text(rule, "expr"), range => $"[{Seconds(range.Groups[1].Value, 10)}]");
                rule.Children["expr"] = new YamlScalarNode(Minutes().Replace(expression, "$1 * 1"));
            }

            File.WriteAllText(Path.Combine(folder, Path.GetFileName(file)), new SerializerBuilder().Build().Serialize(root));
        }
    }

    /// <summary>A sixtieth of a duration, and not less than what a scrape every two seconds needs.</summary>
    private static string Seconds(string duration, int least)
    {
        var seconds = int.Parse(duration[..^1], CultureInfo.InvariantCulture) * duration[^1] switch { 'h' => 3600, 'm' => 60, _ => 1 };
        return string.Create(CultureInfo.InvariantCulture, $"{Math.Max(least, seconds / 60)}s");
    }

    [GeneratedRegex(@"\[(\d+[smh])\]")]
    private static partial Regex Ranges();

    [GeneratedRegex(@"\b(\d+) \* 60\b")]
    private static partial Regex Minutes();
}
