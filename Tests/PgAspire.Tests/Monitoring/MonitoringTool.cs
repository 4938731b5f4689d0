using PgAspire.Cli.Processes;

namespace PgAspire.Tests.Monitoring;

/// <summary>The programs of Prometheus and Alertmanager; a test that needs one is skipped where it is not installed.</summary>
internal static class MonitoringTool
{
    private static readonly Dictionary<string, string> Packages = new()
    {
        ["promtool"] = "prometheus", ["prometheus"] = "prometheus", ["amtool"] = "prometheus-alertmanager", ["alertmanager"] = "prometheus-alertmanager",
    };

    /// <summary>Path of a program; skips the test where there is none.</summary>
    public static string Require(string name)
    {
        var path = Locate(name) ?? Locate($"prometheus-{name}");
        Assert.SkipWhen(path is null, $"{name} is not installed here; Debian has it in {Packages[name]}.");
        return path;
    }

    /// <summary>Path of a program that is installed; null where it is not.</summary>
    public static string? Locate(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    /// <summary>Runs a program to its end; fails the test with all that it wrote where it fails.</summary>
    public static async Task<string> RunAsync(string name, params string[] arguments)
    {
        var result = await new ExternalProgram(Require(name), arguments).RunAsync(TestContext.Current.CancellationToken);
        Assert.True(result.ExitCode == 0, $"{name} {string.Join(' ', arguments)}\n{result.Output}\n{result.Error}");
        return result.Output;
    }
}
