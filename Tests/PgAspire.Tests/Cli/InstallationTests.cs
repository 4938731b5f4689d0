using PgAspire.Cli.Embedded;
using PgAspire.Cli.Processes;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.Cli;

public sealed class InstallationTests
{
    private static readonly PostgresInstallation[] Installed = [Of(13), Of(15), Of(17)];

    [Theory]
    [InlineData(15, null, 15)]
    [InlineData(15, 17, 15)]
    [InlineData(18, 15, 15)]
    [InlineData(18, null, 17)]
    [InlineData(14, 13, 17)]
    public void TheDeclaredMajorIsTakenElseTheDatasElseTheNewest(int declared, int? data, int expected) =>
        Assert.Equal(expected, InstallationLocator.Choose(Installed, declared, data)?.Major);

    [Fact]
    public void WhatIsTooOldIsNoInstallation() => Assert.Null(InstallationLocator.Choose([Of(13)], 18, 13));

    [Theory]
    [InlineData("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", "15.18", 15)]
    [InlineData("postgres (PostgreSQL) 18beta1", "18beta1", 18)]
    [InlineData("postgres (PostgreSQL) 19devel", "19devel", 19)]
    [InlineData("postgres (EnterpriseDB) 16.2.0", "16.2", 16)]
    public void AVersionIsReadFromWhatTheServerSays(string text, string version, int major) =>
        Assert.Equal(new PostgresInstallation("/b", text, version, major), PostgresInstallation.Parse("/b", text));

    [Fact]
    public void WhatSaysNoVersionIsNone() => Assert.Null(PostgresInstallation.Parse("/b", "postgres: command not found"));

    [Fact]
    public async Task AFolderWithoutAWholeServerIsRefused()
    {
        await using var topology = await TestTopology.MakeAsync();
        topology.Write("bin/postgres", "#!/bin/sh\necho 'postgres (PostgreSQL) 15.1'\n");
        foreach (var folder in new[] { topology.Of("bin"), topology.Of("nowhere") })
        {
            Assert.Equal(
                $"{folder} has no PostgreSQL server: postgres, initdb, pg_ctl, pg_basebackup and psql must all be in it (--pg-bin or PGASPIRE_PG_BIN).",
                (await topology.UpAsync("--pg-bin", folder)).FailedWith(1));
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(topology.State, "data")));
    }

    [Fact]
    public async Task ALinkOnPathLeadsToTheProgramsBesideTheRealOne()
    {
        var real = await SharedTemplate.InstallationAsync();
        using var folder = new TemporaryFolder();
        File.CreateSymbolicLink(folder.Of("postgres"), real.Program("postgres"));
        Assert.Equal(real, await PostgresInstallation.ProbeAsync(folder.FullPath, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task DataOfAnotherMajorVersionAreNotTouched()
    {
        await using var topology = await TestTopology.MakeAsync();
        (await topology.UpAsync()).Succeeded();
        (await topology.DownAsync()).Succeeded();
        var file = Path.Combine(topology.State, "data", "pg1-1", "PG_VERSION");
        var real = File.ReadAllText(file);
        File.WriteAllText(file, "12\n");
        var message = (await topology.UpAsync()).FailedWith(1);
        Assert.StartsWith("pg1 has data of PostgreSQL 12, and the servers would be of ", message, StringComparison.Ordinal);
        Assert.EndsWith($"declare version 12 (--pg-version 12) and install it, or move {Path.GetDirectoryName(file)} away.", message, StringComparison.Ordinal);
        File.WriteAllText(file, real);
        (await topology.UpAsync()).Succeeded();
    }

    [Fact]
    public async Task AFolderThatPgAspireDidNotMakeIsNotTouched()
    {
        await using var topology = await TestTopology.MakeAsync();
        var stranger = topology.Write(".pgaspire/data/pg1-1/PG_VERSION", "15\n");
        Assert.Equal(
            $"{Path.GetDirectoryName(stranger)} is no data directory that PgAspire made: move it away, pg1 would be made there.",
            (await topology.UpAsync()).FailedWith(1));
        Assert.Equal("15\n", File.ReadAllText(stranger));
    }

    [Fact]
    public async Task WithoutAnyPostgresTheCommandThatInstallsItIsNamed()
    {
        Assert.SkipUnless(Native.IsRoot, "Hiding the installed PostgreSQL from a process takes a mount, and that takes root.");
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.Of("empty"));
        File.SetUnixFileMode(folder.FullPath, (UnixFileMode)0b111_111_111);
        var command = new Pgaspire(folder.FullPath) { Prefix = [.. await HidePostgresAsync(folder), "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"] };
        var message = (await command.RunAsync("up", "--host", "embedded", "--detach", "--no-api", "--no-monitor")).FailedWith(1);
        Assert.StartsWith("No PostgreSQL server is installed. Install it with: ", message, StringComparison.Ordinal);
        Assert.EndsWith("or name the folder of its programs with --pg-bin or PGASPIRE_PG_BIN.", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RootInstallsItWithAptAndSaysSo()
    {
        Assert.SkipUnless(Native.IsRoot && File.Exists("/usr/bin/apt-get"), "Hiding the installed PostgreSQL takes root, and installing one here apt-get.");
        await using var topology = await TestTopology.MakeAsync();
        topology.Write("apt/apt-get", $"#!/bin/sh\necho \"$@\" >> {topology.Of("calls")}\ncase \"$*\" in *'postgresql-18'|*' postgresql') umount /usr/lib/postgresql;; esac\n");
        topology.Write("apt/apt-cache", "#!/bin/sh\nexit 100\n");
        topology.Write("apt/rm", "#!/bin/sh\nexit 0\n");
        topology.Write("apt/sh", "#!/bin/bash\ncase \"$*\" in *createcluster.d*) exit 0;; esac\nexec /bin/sh \"$@\"\n");
        foreach (var program in Directory.EnumerateFiles(topology.Of("apt")))
        {
            File.SetUnixFileMode(program, (UnixFileMode)0b111_101_101);
        }

        using var hidden = new TemporaryFolder();
        var command = topology.Command with
        {
            Prefix = await HidePostgresAsync(hidden),
            Environment = new Dictionary<string, string?> { ["PATH"] = $"{topology.Of("apt")}:{Environment.GetEnvironmentVariable("PATH")}" },
        };
        var up = (await command.RunAsync("up", "--host", "embedded", "--detach", "--no-api", "--no-monitor")).Succeeded();
        Assert.Contains("No PostgreSQL server is installed: installing one with apt-get", up.Error, StringComparison.Ordinal);
        Assert.Equal(["update -q", "install -q -y postgresql-common", "install -q -y postgresql"], File.ReadAllLines(topology.Of("calls")));
        Assert.Single(topology.Postmasters());
    }

    private static PostgresInstallation Of(int major) => new($"/pg/{major}", "", $"{major}.1", major);

    /// <summary>A prefix of a command that then sees no PostgreSQL, in a mount namespace of its own.</summary>
    private static async Task<IReadOnlyList<string>> HidePostgresAsync(TemporaryFolder folder)
    {
        var binaries = (await SharedTemplate.InstallationAsync()).Binaries;
        Assert.SkipUnless(binaries.StartsWith("/usr/lib/postgresql/", StringComparison.Ordinal), $"Only Debian's folders are hidden here, and PostgreSQL lies in {binaries}.");
        var script = folder.Write("hide", "#!/bin/sh\nset -e\nmount -t tmpfs none /usr/lib/postgresql\nexec \"$@\"\n");
        return ["unshare", "--mount", "--", "sh", script];
    }
}
