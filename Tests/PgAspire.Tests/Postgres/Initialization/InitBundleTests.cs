using PgAspire.Postgres.Declaration;
using PgAspire.Postgres.Initialization;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.Postgres.Initialization;

public sealed class InitBundleTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ScriptsRunInByteOrderAndOtherFilesNot() => Assert.Equal(
        [
            new("001_a.sql", InitScriptKind.Sql), new("010_b.sql.gz", InitScriptKind.CompressedSql), new("02.sh", InitScriptKind.Shell),
            new("B.sql", InitScriptKind.Sql), new("_.sql", InitScriptKind.Sql), new("a.sql", InitScriptKind.Sql), new("ä.sql", InitScriptKind.Sql),
        ],
        InitBundle.InOrder(["a.sql", "ä.sql", "README.md", "B.sql", "02.sh", "010_b.sql.gz", "x.SQL", "001_a.sql", "_.sql", "dump.gz", "sql", "y.sql.bak"]));

    [Fact]
    public void FilesInTheFolderAreTheBundleAndItsSubfoldersAreNot()
    {
        _folder.Write("sql/2.sql", "");
        _folder.Write("sql/1.sh", "");
        _folder.Write("sql/notes.txt", "");
        _folder.Write("sql/more/0.sql", "");
        Assert.Equivalent(
            new InitBundle(_folder.Of("sql"), [new("1.sh", InitScriptKind.Shell), new("2.sql", InitScriptKind.Sql)]),
            InitBundle.Load("sql", _folder.FullPath),
            strict: true);
    }

    [Fact]
    public void AFullPathIsTakenAsItIs() => Assert.Equal(_folder.FullPath, InitBundle.Load(_folder.FullPath, "/").Folder);

    [Fact]
    public void OnlyTheDefaultFolderMayBeMissing()
    {
        Assert.Equivalent(new InitBundle(null, []), InitBundle.Load("initdb", _folder.FullPath), strict: true);
        Assert.Equivalent(new InitBundle(null, []), InitBundle.Load("", _folder.FullPath), strict: true);
        var problem = Assert.Single(Assert.Throws<DeclarationException>(() => InitBundle.Load("sql", _folder.FullPath)).Problems);
        Assert.Equal(("initScripts", "sql"), (problem.Path, problem.Value));
        Assert.EndsWith($"{_folder.Of("sql")} does not exist", problem.Allowed, StringComparison.Ordinal);
    }
}
