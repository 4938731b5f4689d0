using System.Globalization;
using System.Xml.Linq;

namespace PgAspire.Cli.Testing;

/// <summary>How many tests ended how, and what those that failed said.</summary>
internal sealed record TestReport(int Passed, int Failed, int Skipped, IReadOnlyList<TestFailure> Failures)
{
    public static TestReport operator +(TestReport left, TestReport right) =>
        new(left.Passed + right.Passed, left.Failed + right.Failed, left.Skipped + right.Skipped, [.. left.Failures, .. right.Failures]);

    /// <summary>Reads a report of xunit in its XML format, version 2 or later. What fails outside a test, as in a fixture's end, counts as failed.</summary>
    public static TestReport Read(XDocument report)
    {
        var assemblies = report.Descendants("assembly").ToList();
        return new(
            assemblies.Sum(assembly => Number(assembly, "passed")),
            assemblies.Sum(assembly => Number(assembly, "failed") + Number(assembly, "errors")),
            assemblies.Sum(assembly => Number(assembly, "skipped")),
            [.. report.Descendants("failure").Select(TestFailure.Read)]);
    }

    private static int Number(XElement element, string name) => int.Parse(element.Attribute(name)?.Value ?? "0", CultureInfo.InvariantCulture);
}

/// <summary>One failure: the test's name or what else failed, the message, and where it was thrown (empty where unknown).</summary>
internal sealed record TestFailure(string Name, string Message, string StackTrace)
{
    public static TestFailure Read(XElement failure) =>
        new(
            failure.Parent?.Attribute("name")?.Value ?? failure.Parent?.Attribute("type")?.Value ?? "unknown",
            (failure.Element("message")?.Value ?? "").Trim(),
            (failure.Element("stack-trace")?.Value ?? "").TrimEnd());

    /// <summary>Several lines: the output of a test program is long, and a failure in its middle is lost in it.</summary>
    public override string ToString()
    {
        IEnumerable<string> rest = [.. Message.Split('\n'), .. StackTrace.Split('\n')];
        return string.Join(Environment.NewLine, rest.Where(line => line.Trim().Length > 0).Select(line => "  " + line.TrimEnd()).Prepend($"{Name} [FAIL]"));
    }
}
