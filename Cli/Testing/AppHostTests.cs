using PgAspire.Cli.Aspire;
using PgAspire.Cli.Processes;

namespace PgAspire.Cli.Testing;

/// <summary>The tests of the app host: all of them, those that need no container, or none, as the machine allows. What is left out counts as skipped.</summary>
internal static class AppHostTests
{
    private const string Project = "PgAspire.AppHost.Tests";
    private static readonly string[] InContainers = ["-trait", "Category=Containers"];

    public static async Task<TestReport> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        if (SiblingAssembly.TryFind(Project, $"{Project}.dll") is not { } assembly)
        {
            Console.WriteLine($"{Project} [SKIP] left out as a whole: Aspire's packages could not be restored here.");
            return new(0, 0, 1, []);
        }

        if (await ContainerEngine.AnswersAsync(cancellationToken))
        {
            return await TestProgram.RunAsync(assembly, arguments, cancellationToken);
        }

        var listed = await new ExternalProgram("dotnet", [assembly, "-noLogo", "-list", "full/json", .. InContainers, .. arguments]).RunAsync(cancellationToken);
        using var tests = System.Text.Json.JsonDocument.Parse(listed.Output);
        var left = tests.RootElement.GetArrayLength();
        Console.WriteLine($"{Project} [SKIP] {left} tests on containers left out: no container engine answers ({ContainerEngine.Program} version).");
        return await TestProgram.RunAsync(assembly, ["-trait-", "Category=Containers", .. arguments], cancellationToken) + new TestReport(0, 0, left, []);
    }
}
