using System.Xml.Linq;
using PgAspire.Cli.Processes;

namespace PgAspire.Cli.Testing;

/// <summary>Runs one test program of xunit.v3, which is a program of its own.</summary>
internal static class TestProgram
{
    /// <summary>Runs it on this terminal.</summary>
    /// <returns>What its own report counts; a program that ends without one has failed.</returns>
    public static async Task<TestReport> RunAsync(string assembly, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var report = Path.Combine(Path.GetTempPath(), $"pgaspire-test-{Guid.NewGuid():N}.xml");
        try
        {
            var code = await new ExternalProgram("dotnet", [assembly, "-noLogo", "-result-xml", report, .. arguments]).RunAttachedAsync();
            if (!File.Exists(report))
            {
                Console.Error.WriteLine($"{Path.GetFileName(assembly)} ended with exit code {code} and without a report.");
                return new(0, 1, 0, []);
            }

            await using var stream = File.OpenRead(report);
            var document = await XDocument.LoadAsync(stream, LoadOptions.None, cancellationToken);
            var found = TestReport.Read(document);
            return code != 0 && found.Failed == 0 ? found with { Failed = 1 } : found;
        }
        finally
        {
            File.Delete(report);
        }
    }
}
