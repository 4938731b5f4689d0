using System.Globalization;
using System.Xml.Linq;
using PgAspire.Cli.Processes;

namespace PgAspire.Cli.Testing;

/// <summary>How many tests ended how.</summary>
internal sealed record TestCounts(int Passed, int Failed, int Skipped)
{
    public static TestCounts operator +(TestCounts left, TestCounts right) =>
        new(left.Passed + right.Passed, left.Failed + right.Failed, left.Skipped + right.Skipped);
}

/// <summary>Runs one test program of xunit.v3, which is a program of its own.</summary>
internal static class TestProgram
{
    /// <summary>Runs it on this terminal.</summary>
    /// <returns>What its own report counts; a program that ends without one has failed.</returns>
    public static async Task<TestCounts> RunAsync(string assembly, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var report = Path.Combine(Path.GetTempPath(), $"pgaspire-test-{Guid.NewGuid():N}.xml");
        try
        {
            var code = await new ExternalProgram("dotnet", [assembly, "-noLogo", "-result-xml", report, .. arguments]).RunAttachedAsync();
            if (!File.Exists(report))
            {
                Console.Error.WriteLine($"{Path.GetFileName(assembly)} ended with exit code {code} and without a report.");
                return new(0, 1, 0);
            }

            await using var stream = File.OpenRead(report);
            var document = await XDocument.LoadAsync(stream, LoadOptions.None, cancellationToken);
            var counts = document.Descendants("assembly").Select(Count).Aggregate(new TestCounts(0, 0, 0), (sum, next) => sum + next);
            return code != 0 && counts.Failed == 0 ? counts with { Failed = 1 } : counts;
        }
        finally
        {
            File.Delete(report);
        }
    }

    private static TestCounts Count(XElement assembly) =>
        new(Number(assembly, "passed"), Number(assembly, "failed") + Number(assembly, "errors"), Number(assembly, "skipped"));

    private static int Number(XElement element, string name) => int.Parse(element.Attribute(name)?.Value ?? "0", CultureInfo.InvariantCulture);
}
