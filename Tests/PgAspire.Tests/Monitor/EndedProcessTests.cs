using System.Diagnostics;
using PgAspire.Monitor;
using PgAspire.Monitor.Host;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.Monitor;

public sealed class EndedProcessTests
{
    [Fact]
    public async Task ASessionThatHasEndedAndIsStillInTheProcessTableIsNoFailure()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Processes are read from Linux's /proc.");

        // The shell becomes a program that never asks for its child's exit code.
        using var parent = Process.Start(new ProcessStartInfo("sh", ["-c", "sleep 0 & exec sleep 600"]))!;
        try
        {
            await Until.TrueAsync(() => Children(parent.Id).Any(IsZombie), "the child has ended and is still there");

            var sample = new HostReader(new WatchedInstance("pg1", "pg1-1", "Host=127.0.0.1") { ProcessId = parent.Id }).Read("primary");

            Assert.Equal(1, Assert.Single(sample!.Of("process.count")).Value);
            Assert.InRange(Assert.Single(sample.Of("process.memory.usage")).Value, 1, double.MaxValue);
        }
        finally
        {
            parent.Kill();
        }
    }

    private static string[] Children(int process) => File.ReadAllText($"/proc/{process}/task/{process}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static bool IsZombie(string process) => File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal);
}
