using PgAspire.Cli.Processes;
using PgAspire.Monitor;
using PgAspire.Monitor.Host;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.Monitor;

[Collection(WatchedTopology.Collection)]
public sealed class HostMetricsTests(WatchedTopology watched)
{
    [Fact]
    public async Task ProcessesAreMeasuredAsTheyWork()
    {
        await watched.GrowAsync(
            async () =>
            {
                await watched.RunAsync("CREATE TABLE worked AS SELECT n, repeat(md5(n::text), 10) FROM generate_series(1, 100000) n");
                await watched.RunAsync("CHECKPOINT");
            },
            ("process_cpu_time_seconds_total", ["cpu_mode=user"]), ("process_cpu_time_seconds_total", ["cpu_mode=system"]),
            ("process_disk_io_bytes_total", ["disk_io_direction=write"]),
            ("system_network_io_bytes_total", ["network_interface_name=lo", "network_io_direction=receive"]),
            ("system_network_io_bytes_total", ["network_interface_name=lo", "network_io_direction=transmit"]));
        await watched.GrowsAsync("process_disk_io_bytes_total", ReadFromTheDiskAsync, "disk_io_direction=read");
        await watched.RunAsync("DROP TABLE worked");
    }

    /// <summary>Reads a table that neither the server nor the kernel has in memory any more.</summary>
    private async Task ReadFromTheDiskAsync()
    {
        await using var session = await watched.ConnectAsync();
        await using var command = new Npgsql.NpgsqlCommand("SELECT pg_relation_filepath('worked')", session);
        var path = (string)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
        var file = (await watched.TopologyAsync()).Of([".pgaspire", "data", "pg1-1", .. path.Split('/')]);
        foreach (var program in new ExternalProgram[] { new("sync", file), new("dd", $"if={file}", "iflag=nocache", "count=0") })
        {
            Assert.Equal(0, (await program.RunAsync(TestContext.Current.CancellationToken)).ExitCode);
        }

        await session.RunAsync("SELECT count(*) FROM worked");
    }

    [Fact]
    public async Task SessionsCostProcessesFilesAndMemory()
    {
        var sessions = new List<Npgsql.NpgsqlConnection>();
        foreach (var metric in new[] { "process_count", "process_unix_file_descriptor_count", "process_memory_usage_bytes" })
        {
            var enough = sessions.Count + 15;
            // Processes of other tests may still have been there before, and end meanwhile.
            await watched.GrowsInTheEndAsync(metric, async () =>
            {
                if (sessions.Count < enough)
                {
                    sessions.Add(await watched.ConnectAsync());
                    await sessions[^1].RunAsync("SET work_mem = '64MB'; CREATE TEMP TABLE kept AS SELECT count(*) FROM (SELECT DISTINCT n FROM generate_series(1, 50000) n) s");
                }
            });
        }

        foreach (var session in sessions)
        {
            await session.DisposeAsync();
        }

        await watched.SeeAsync("process_memory_usage_bytes", value => value is > 5_000_000 and < 500_000_000);
    }

    [Fact]
    public async Task TheFileSystemOfTheDataIsMeasured()
    {
        var data = new DriveInfo((await watched.TopologyAsync()).Of(".pgaspire", "data", "pg1-1"));
        await watched.SeeAsync("system_filesystem_limit_bytes", value => value == data.TotalSize);
        await watched.SeeAsync("system_filesystem_usage_bytes", value => value > 0 && value <= data.TotalSize, "system_filesystem_state=used");
        await watched.SeeAsync("system_filesystem_usage_bytes", value => Math.Abs(value!.Value - data.AvailableFreeSpace) < 1e9, "system_filesystem_state=free");
    }

    [Fact]
    public void AControlGroupIsReadWhereItIsSaid()
    {
        using var folder = new TemporaryFolder();
        folder.Write("cpu.stat", "usage_usec 3500000\nuser_usec 2500000\nsystem_usec 1000000\n");
        folder.Write("memory.stat", "anon 500\nfile 900\nshmem 200\n");
        folder.Write("pids.current", "7\n");
        folder.Write("io.stat", "8:0 rbytes=10 wbytes=20 rios=1 wios=2 dbytes=0 dios=0\n8:16 rbytes=1 wbytes=2 rios=1 wios=2 dbytes=0 dios=0\n");
        var instance = new WatchedInstance("pg1", "pg1-1", "Host=nowhere") { Cgroup = folder.FullPath };

        var sample = new HostReader(instance).Read("primary")!;

        Assert.Equal([2.5, 1], sample.Of("process.cpu.time").Select(value => value.Value));
        Assert.Equal(700, Assert.Single(sample.Of("process.memory.usage")).Value);
        Assert.Equal(7, Assert.Single(sample.Of("process.count")).Value);
        Assert.Equal([11, 22], sample.Of("process.disk.io").Select(value => value.Value));
    }

    [Fact]
    public void AControllerThatAGroupWasNotGivenLeavesItsMetricToTheProcesses()
    {
        using var folder = new TemporaryFolder();
        folder.Write("cpu.stat", "usage_usec 3500000\nuser_usec 2500000\nsystem_usec 1000000\n");
        var instance = new WatchedInstance("pg1", "pg1-1", "Host=nowhere") { Cgroup = folder.FullPath, ProcessId = Environment.ProcessId };

        var sample = new HostReader(instance).Read("primary")!;

        Assert.Equal([2.5, 1], sample.Of("process.cpu.time").Select(value => value.Value));
        Assert.InRange(Assert.Single(sample.Of("process.memory.usage")).Value, 1, double.MaxValue);
        Assert.Equal(2, sample.Of("process.disk.io").Count);
    }

    [Theory]
    [InlineData("0::/system.slice/docker-{0}.scope", "system.slice/docker-{0}.scope")]
    [InlineData("1:cpu:/docker/{0}\n0::/docker/{0}\n", "docker/{0}")]
    [InlineData("0::/user.slice/user-1000.slice/libpod-{0}.scope/container\n", "user.slice/user-1000.slice/libpod-{0}.scope/container")]
    [InlineData("0::/user.slice/user-1000.slice/session-1.scope\n", null)]
    [InlineData("1:cpu:/docker/{0}\n", null)]
    [InlineData("0::/docker/another{0}\n", null)]
    public void AContainersOwnGroupIsFoundByAProcessOfIt(string groups, string? expected)
    {
        using var root = new TemporaryFolder();
        var id = string.Concat(Enumerable.Repeat("0a", 32));
        foreach (var group in new[] { $"system.slice/docker-{id}.scope", $"docker/{id}", $"user.slice/user-1000.slice/libpod-{id}.scope/container", "user.slice/user-1000.slice/session-1.scope" })
        {
            root.Write($"{group}/cgroup.controllers", "cpu io memory pids");
        }

        Assert.Equal(
            expected is null ? null : $"{root.FullPath}/{expected.Replace("{0}", id, StringComparison.Ordinal)}",
            CgroupView.FolderOf(groups.Replace("{0}", id, StringComparison.Ordinal), root.FullPath));
    }

    [Fact]
    public async Task TheFileSystemOfAContainersVolumeIsFoundWhereThisMachineHasIt()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "A mount that only another process sees takes root.");
        using var folder = new TemporaryFolder();
        await using var disk = await SmallDisk.UnderAsync(Directory.CreateDirectory(Path.Combine(folder.FullPath, "a disk")).FullName, megabytes: 3);
        var volume = Directory.CreateDirectory(Path.Combine(folder.FullPath, "a disk", "volumes", "data")).FullName;
        var inside = Directory.CreateDirectory(Path.Combine(folder.FullPath, "inside")).FullName;
        using var container = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(
            "unshare", ["--mount", "sh", "-c", "mount --bind \"$0\" \"$1\" && echo mounted && exec sleep 600", volume, inside]) { RedirectStandardOutput = true })!;
        try
        {
            Assert.Equal("mounted", await container.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
            var instance = new WatchedInstance("pg1", "pg1-1", "Host=nowhere") { ProcessId = container.Id, DataMount = inside };

            var sample = new HostReader(instance).Read("primary")!;

            Assert.Equal(3 << 20, Assert.Single(sample.Of("system.filesystem.limit")).Value);
            Assert.Equal(2, sample.Of("system.filesystem.usage").Count);
        }
        finally
        {
            container.Kill();
            await container.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public void AProcessThatHasEndedAndIsStillThereHasNoValue()
    {
        using var parent = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("sh", ["-c", "sh -c 'echo $$' & exec sleep 60"]) { RedirectStandardOutput = true })!;
        var zombie = int.Parse(parent.StandardOutput.ReadLine()!, System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(SpinWait.SpinUntil(() => File.ReadAllText($"/proc/{zombie}/stat").Contains(") Z ", StringComparison.Ordinal), TimeSpan.FromMinutes(1)));
        var sample = new HostReader(new("pg1", "pg1-1", "Host=nowhere") { ProcessId = zombie }).Read("primary");
        Assert.DoesNotContain("process.memory.usage", sample?.All.Select(metric => metric.Key) ?? []);
        sample = new HostReader(new("pg1", "pg1-1", "Host=nowhere") { ProcessId = parent.Id }).Read("primary");
        Assert.Equal(1, Assert.Single(sample!.Of("process.count")).Value);
        parent.Kill();
    }

    [Fact]
    public void WhatCannotBeReadHasNoValue() => Assert.Null(
        new HostReader(new("pg1", "pg1-1", "Host=nowhere") { DataDirectory = "/nowhere", Cgroup = "/nowhere" }).Read("primary"));
}
