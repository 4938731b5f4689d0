using PgAspire.Postgres.Declaration;

namespace PgAspire.Tests.Postgres.Declaration;

public sealed class DeclarationReaderTests
{
    [Fact]
    public void AnEmptyObjectIsTheDefaultTopology() => Assert.Equivalent(new TopologyDeclaration(), Declared.By("{}"), strict: true);

    [Fact]
    public void TheDefaultsAreTheDesigns()
    {
        var declared = Declared.By("{}");
        Assert.Equal(("pg", 18, 3, 1), (declared.Name, declared.Version, declared.Clusters, declared.Instances));
        Assert.Equal(("app", "initdb", null, Durability.Safe), (declared.Database, declared.InitScripts, declared.FirstPort, declared.Durability));
        Assert.Empty(declared.Settings);
        Assert.Null(declared.Synchronous);
        Assert.Equal(SynchronousReplicas.None, declared.EffectiveSynchronous);
    }

    [Fact]
    public void EveryFieldIsReadFromTheFile() => Assert.Equivalent(
        new TopologyDeclaration
        {
            Name = "shop", Version = 16, Clusters = 5, Instances = 3, Database = "orders", InitScripts = "sql", FirstPort = 15432,
            Settings = new Dictionary<string, string> { ["work_mem"] = "8MB", ["jit"] = "False", ["max_connections"] = "40", ["auto_explain.log_min_duration"] = "1s" },
            Durability = Durability.Fast, Synchronous = new SynchronousReplicas(2),
        },
        Declared.By("""
            { "$schema": "./topology.schema.json", "name": "shop", "version": 16, "clusters": 5, "instances": 3, "database": "orders",
              "initScripts": "sql", "firstPort": 15432, "durability": "fast", "synchronous": "any 2",
              "settings": { "work_mem": "8MB", "jit": false, "max_connections": 40, "auto_explain.log_min_duration": "1s" } }
            """),
        strict: true);

    [Fact]
    public void TheEnvironmentOverridesTheFileAndTheCommandLineBoth()
    {
        var declared = Declared.By(
            """{ "clusters": 5, "instances": 2, "name": "file", "settings": { "work_mem": "1MB", "jit": "off" } }""",
            new Dictionary<string, string> { ["Topology__clusters"] = "6", ["Topology__instances"] = "3", ["Topology__settings__work_mem"] = "2MB" },
            new Dictionary<string, string?> { ["clusters"] = "7", ["instances"] = null, ["settings:jit"] = "on" });
        Assert.Equal((7, 3, "file"), (declared.Clusters, declared.Instances, declared.Name));
        Assert.Equivalent(new Dictionary<string, string> { ["work_mem"] = "2MB", ["jit"] = "on" }, declared.Settings, strict: true);
    }

    [Fact]
    public void AllWrongFieldsAreReportedAtOnceWithPathValueAllowedAndSource()
    {
        var problems = Declared.Wrongly(
            """{ "clusters": 0, "version": "sixteen", "durability": "2", "settings": { "port": 5432, "nested": { "a": 1 } }, "firstPort": 80 }""",
            new Dictionary<string, string> { ["Topology__instances"] = "10", ["Topology__name"] = "Pg" },
            new Dictionary<string, string?> { ["database"] = "postgres" });
        Assert.Equivalent(
            new DeclarationProblem[]
            {
                new("version", "sixteen", DeclarationRules.Allowed["version"], "topology.json"),
                new("settings.nested", null, "a text, a number, true or false", "topology.json"),
                new("durability", "2", "safe or fast", "topology.json"),
                new("name", "Pg", DeclarationRules.Allowed["name"], "environment variable Topology__name"),
                new("clusters", "0", "a whole number from 1 to 500", "topology.json"),
                new("instances", "10", "a whole number from 1 to 9", "environment variable Topology__instances"),
                new("database", "postgres", DeclarationRules.Allowed["database"], "command line"),
                new("settings.port", "5432", "not to be set: it follows from firstPort", "topology.json"),
                new("firstPort", "80", DeclarationRules.Allowed["firstPort"], "topology.json"),
            },
            problems,
            strict: true);
    }

    [Fact]
    public void TheMessageHasOneLineAProblem()
    {
        var exception = Assert.Throws<DeclarationException>(() => Declared.By("""{ "clusters": 0, "instances": 77 }"""));
        Assert.Equal(
            [
                "The topology's declaration is wrong:",
                "  clusters = \"0\" (topology.json): a whole number from 1 to 500",
                "  instances = \"77\" (topology.json): a whole number from 1 to 9",
            ],
            exception.Message.Split(Environment.NewLine));
    }

    [Theory]
    [InlineData("""{ "clusterz": 3 }""", "clusterz", "no such field; did you mean clusters?")]
    [InlineData("""{ "first_port": 3 }""", "first_port", "no such field; did you mean firstPort?")]
    [InlineData("""{ "initScript": { "a": "b" } }""", "initScript", "no such field; did you mean initScripts?")]
    [InlineData("""{ "xyzzy": 1 }""", "xyzzy", "no such field; there are name, version, clusters, instances, database, initScripts, settings, firstPort, durability, synchronous, unresponsiveAfter")]
    public void AnUnknownFieldIsRefusedWithTheNearestName(string json, string path, string allowed) =>
        Assert.Equal([new(path, null, allowed, "topology.json")], Declared.Wrongly(json));

    [Fact]
    public void AnUnknownFieldOfTheEnvironmentIsRefusedToo() => Assert.Equal(
        [new("clusterz", null, "no such field; did you mean clusters?", "environment variable Topology__clusterz")],
        Declared.Wrongly("{}", new Dictionary<string, string> { ["Topology__clusterz"] = "3" }));

    [Fact]
    public void TheSourceOfASettingWithAPrefixIsFound() => Assert.Equal(
        [new("settings.my_settings.limit", "a\tb", "a value on one line", "command line")],
        Declared.Wrongly("{}", options: new Dictionary<string, string?> { ["settings:my_settings.limit"] = "a\tb" }));

    [Theory]
    [InlineData("clusters", "[]")]
    [InlineData("clusters", "{}")]
    [InlineData("clusters", "[3]")]
    [InlineData("clusters", "3.5")]
    [InlineData("clusters", "true")]
    [InlineData("clusters", "99999999999")]
    [InlineData("name", "{ \"a\": 1 }")]
    [InlineData("settings", "\"work_mem\"")]
    [InlineData("settings", "[ \"work_mem\" ]")]
    [InlineData("synchronous", "\"any\"")]
    [InlineData("synchronous", "\"any 0\"")]
    [InlineData("synchronous", "1")]
    [InlineData("firstPort", "\"none\"")]
    public void AValueOfTheWrongKindIsRefused(string field, string value) =>
        Assert.StartsWith(field, Assert.Single(Declared.Wrongly($$"""{ "{{field}}": {{value}} }""")).Path, StringComparison.Ordinal);

    [Fact]
    public void NullsSayNothing() => Assert.Equivalent(
        new TopologyDeclaration(),
        Declared.By("""{ "name": null, "clusters": null, "firstPort": null, "settings": null, "synchronous": null, "durability": null, "initScripts": null }"""),
        strict: true);

    [Fact]
    public void InitScriptsMayBeNone() => Assert.Equal("", Declared.By("""{ "initScripts": "" }""").InitScripts);
}
