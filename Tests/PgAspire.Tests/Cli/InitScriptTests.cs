using System.IO.Compression;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.Cli;

public sealed class InitScriptTests : IAsyncLifetime
{
    private const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private TestTopology _topology = null!;

    public async ValueTask InitializeAsync() => _topology = await TestTopology.MakeAsync();

    public ValueTask DisposeAsync() => _topology.DisposeAsync();

    [Fact]
    public async Task EveryKindOfScriptRunsOnceInOrderAndItsObjectsAreTheApplications()
    {
        _topology.Write("initdb/1.sql", "CREATE TABLE steps (number serial, step text);\r\nINSERT INTO steps (step) VALUES ('sql');\r\n");
        WriteCompressed("initdb/2.sql.gz", "INSERT INTO steps (step) VALUES ('gz');");
        _topology.Write("initdb/3.sh", "psql -v ON_ERROR_STOP=1 -c \"INSERT INTO steps (step) VALUES ('sourced by $POSTGRES_USER in $POSTGRES_DB')\"\n");
        Run("initdb/4.sh", "#!/bin/sh\nset -e\npsql -v ON_ERROR_STOP=1 <<EOF\nINSERT INTO steps (step) VALUES ('executed');\nEOF\n");
        Run("initdb/5.sh", "psql -c \"INSERT INTO steps (step) VALUES ('executed without a first line')\"\n");
        _topology.Write("initdb/6.sql", "\\i more/included.sql\n");
        _topology.Write("initdb/more/included.sql", "INSERT INTO steps (step) VALUES ('included');");
        _topology.Write("initdb/notes.txt", "no script");
        (await _topology.UpAsync()).Succeeded();
        (await _topology.DownAsync()).Succeeded();
        (await _topology.UpAsync()).Succeeded();
        Assert.Equal(
            "sql, gz, sourced by postgres in app, executed, executed without a first line, included",
            await _topology.AskAsync("pg1-1", "SELECT string_agg(step, ', ' ORDER BY number) FROM steps"));
        Assert.Equal("app", await _topology.AskAsync("pg1-1", "SELECT pg_get_userbyid(relowner)::text FROM pg_class WHERE relname = 'steps'"));
        await _topology.AskAsync("pg1-1", "ALTER TABLE steps ADD more integer");
    }

    [Theory]
    [InlineData("1.sql", false, "SELECT 1;\nSELECT 1 / 0;\n", "pg1: init script 1.sql, line 2: ERROR:  division by zero")]
    [InlineData("1.sql.gz", false, "SELECT 1;\n\nSELECT 1 / 0;\n", "pg1: init script 1.sql.gz, line 3: ERROR:  division by zero")]
    [InlineData("1.sh", false, "true\ntrue\nfalse\n", "pg1: init script 1.sh, line 3: exit code 1")]
    [InlineData("1.sh", false, "f() {\n  nosuchcommand\n}\nf\n", "pg1: init script 1.sh, line 2: ./1.sh: line 2: nosuchcommand: command not found")]
    [InlineData("1.sh", false, "true\n\nif then\n", "pg1: init script 1.sh, line 3: ./1.sh: line 3: syntax error near unexpected token `then'")]
    [InlineData("1.sh", true, "#!/bin/bash\necho it cannot be >&2\nexit 4\n", "pg1: init script 1.sh: it cannot be")]
    [InlineData("1.sh", true, "#!/bin/bash\nexit 4\n", "pg1: init script 1.sh: exit code 4")]
    public async Task AFailingScriptIsNamedWithItsLineAndTheNextStartAfterMendingWorks(string name, bool executable, string content, string expected)
    {
        if (name.EndsWith(".gz", StringComparison.Ordinal))
        {
            WriteCompressed($"initdb/{name}", content);
        }
        else if (executable)
        {
            Run($"initdb/{name}", content);
        }
        else
        {
            _topology.Write($"initdb/{name}", content);
        }

        Assert.Equal(expected, (await _topology.UpAsync()).FailedWith(1));
        Assert.Empty(_topology.Postmasters());
        Assert.False(Directory.Exists(Path.Combine(_topology.State, "data", "pg1-1")));

        File.Delete(_topology.Of("initdb", name));
        _topology.Write("initdb/2.sql", "CREATE TABLE mended ();");
        (await _topology.UpAsync()).Succeeded();
        Assert.Equal("app", await _topology.AskAsync("pg1-1", "SELECT tableowner::text FROM pg_tables WHERE tablename = 'mended'"));
    }

    [Fact]
    public async Task AScriptThatFailsOnANewClusterLeavesTheOthersAlone()
    {
        (await _topology.UpAsync()).Succeeded();
        var before = _topology.Postmasters();
        _topology.Write("initdb/1.sql", "SELECT oops;");
        Assert.StartsWith("pg2: init script 1.sql, line 1: ERROR:  column \"oops\" does not exist", (await _topology.UpAsync("--clusters", "2")).FailedWith(1), StringComparison.Ordinal);
        Assert.Equal(before, _topology.Postmasters());
        var status = await _topology.StatusAsync();
        Assert.Equal(("partial", "pg1 running, pg2 absent"), (status.State, string.Join(", ", status.Instances.Select(instance => $"{instance.Instance} {instance.State}"))));

        _topology.Write("initdb/1.sql", "SELECT 1;");
        (await _topology.UpAsync("--clusters", "2")).Succeeded();
        Assert.Equal(before["pg1-1"], _topology.Postmasters()["pg1-1"]);
    }

    [Fact]
    public async Task ADeclaredFolderThatIsMissingIsWrongInput() => Assert.Contains(
        $"initScripts = \"sql\": {PgAspire.Postgres.Declaration.DeclarationRules.Allowed["initScripts"]}; {_topology.Of("sql")} does not exist",
        (await _topology.UpAsync("--init-scripts", "sql")).FailedWith(2),
        StringComparison.Ordinal);

    [Fact]
    public async Task ALinkThatLeadsNowhereIsNamed()
    {
        Directory.CreateDirectory(_topology.Of("initdb"));
        File.CreateSymbolicLink(_topology.Of("initdb", "1.sql"), "/nowhere/1.sql");
        Assert.Contains("1.sql", (await _topology.UpAsync()).FailedWith(1), StringComparison.Ordinal);
    }

    private void Run(string name, string content) => File.SetUnixFileMode(_topology.Write(name, content), Executable);

    private void WriteCompressed(string name, string content)
    {
        using var file = new GZipStream(File.Create(_topology.Write(name, "")), CompressionLevel.Fastest);
        file.Write(System.Text.Encoding.UTF8.GetBytes(content));
    }
}
