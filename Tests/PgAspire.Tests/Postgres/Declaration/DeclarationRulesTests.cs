using CsCheck;
using PgAspire.Postgres.Declaration;

namespace PgAspire.Tests.Postgres.Declaration;

public sealed class DeclarationRulesTests
{
    private static readonly TopologyDeclaration Default = new();

    [Fact]
    public void TheDefaultsBreakNoRule() => Assert.Empty(DeclarationRules.Check(Default));

    [Theory]
    [InlineData("pg", true)]
    [InlineData("a-b-3", true)]
    [InlineData("", false)]
    [InlineData("3pg", false)]
    [InlineData("pg-", false)]
    [InlineData("-pg", false)]
    [InlineData("a--b", false)]
    [InlineData("Pg", false)]
    [InlineData("pg\n", false)]
    [InlineData("pg/..", false)]
    [InlineData("a123456789012345678901234567890123456789", true)]
    [InlineData("a1234567890123456789012345678901234567890", false)]
    public void NamesAreJudged(string name, bool valid) => Judge(Default with { Name = name }, "name", name, valid);

    [Theory]
    [InlineData("app", true)]
    [InlineData("_x", true)]
    [InlineData("postgres", false)]
    [InlineData("template1", false)]
    [InlineData("template2", true)]
    [InlineData("1st", false)]
    [InlineData("my-db", false)]
    [InlineData("app\n", false)]
    [InlineData("App", false)]
    [InlineData("a\"; DROP", false)]
    public void DatabasesAreJudged(string database, bool valid) => Judge(Default with { Database = database }, "database", database, valid);

    [Fact]
    public void ADatabaseHasAtMost63Characters()
    {
        Assert.Empty(DeclarationRules.Check(Default with { Database = new string('a', 63) }));
        Assert.Single(DeclarationRules.Check(Default with { Database = new string('a', 64) }));
    }

    [Theory]
    [InlineData("work_mem", "8MB", true)]
    [InlineData("pg_stat_statements.max", "100", true)]
    [InlineData("Work_Mem", "8MB", false)]
    [InlineData("a.b.c", "1", false)]
    [InlineData("work mem", "1", false)]
    [InlineData("work_mem", "8MB\nfsync = off", false)]
    [InlineData("include", "/tmp/other.conf", false)]
    [InlineData("include_if_exists", "/tmp/other.conf", false)]
    [InlineData("include_dir", "/tmp", false)]
    public void SettingsAreJudged(string name, string value, bool valid) =>
        Judge(Default with { Settings = new Dictionary<string, string> { [name] = value } }, $"settings.{name}", value, valid);

    [Theory]
    [InlineData(1024, 1, 1, true)]
    [InlineData(65535, 1, 1, true)]
    [InlineData(65533, 3, 1, true)]
    [InlineData(65534, 3, 1, false)]
    [InlineData(65527, 3, 3, true)]
    [InlineData(65528, 3, 3, false)]
    [InlineData(1023, 1, 1, false)]
    [InlineData(65536, 1, 1, false)]
    public void EveryInstanceFindsAPortFromTheFirstOneOn(int firstPort, int clusters, int instances, bool valid) => Judge(
        Default with { FirstPort = firstPort, Clusters = clusters, Instances = instances }, "firstPort", $"{firstPort}", valid);

    [Theory]
    [InlineData(1, 0, true)]
    [InlineData(1, 1, false)]
    [InlineData(2, 1, true)]
    [InlineData(3, 2, true)]
    [InlineData(3, 3, false)]
    public void ACommitWaitsForNoMoreReplicasThanThereAre(int instances, int replicas, bool valid) => Judge(
        Default with { Instances = instances, Synchronous = new(replicas) }, "synchronous", new SynchronousReplicas(replicas).ToString(), valid);

    [Theory]
    [InlineData(1, "none")]
    [InlineData(2, "none")]
    [InlineData(3, "any 1")]
    [InlineData(9, "any 1")]
    public void CommitsWaitForOneReplicaFromThreeInstancesOn(int instances, string expected) =>
        Assert.Equal(expected, (Default with { Instances = instances }).EffectiveSynchronous.ToString());

    [Fact]
    public void SynchronousIsReadAsItIsWritten() => Gen.Int[0, 100_000].Sample(count =>
        SynchronousReplicas.TryParse(new SynchronousReplicas(count).ToString(), out var read) && read.Count == count);

    [Fact]
    public void AnyTextIsJudgedWithoutAnException() => Gen.Select(Gen.String, Gen.String, Gen.String, Gen.Int, Gen.Int).Sample(
        (name, database, setting, clusters, firstPort) => DeclarationRules.Check(Default with
        {
            Name = name, Database = database, Clusters = clusters, FirstPort = firstPort, Settings = new Dictionary<string, string> { [setting] = name },
        }).All(problem => problem.Allowed.Length > 0));

    private static void Judge(TopologyDeclaration declaration, string path, string value, bool valid)
    {
        var problems = DeclarationRules.Check(declaration);
        if (valid)
        {
            Assert.Empty(problems);
            return;
        }

        var problem = Assert.Single(problems);
        Assert.Equal((path, value), (problem.Path, problem.Value));
    }
}
