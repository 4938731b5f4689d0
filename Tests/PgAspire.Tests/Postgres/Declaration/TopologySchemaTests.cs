using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CsCheck;
using PgAspire.Postgres.Declaration;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.Postgres.Declaration;

/// <summary>What an editor says of <c>topology.json</c> is what PgAspire says.</summary>
public sealed class TopologySchemaTests
{
    private static readonly JsonNode Schema = JsonNode.Parse(Repository.Read("topology.schema.json"))!;
    private static readonly TopologyDeclaration Default = new();

    [Fact]
    public void ItKnowsTheSameFieldsInTheSameOrder()
    {
        Assert.False(Schema["additionalProperties"]!.GetValue<bool>());
        Assert.Equal(["$schema", .. DeclarationRules.Allowed.Keys], Schema["properties"]!.AsObject().Select(property => property.Key));
    }

    [Fact]
    public void ItHasTheSameDefaults()
    {
        var defaults = Schema["properties"]!.AsObject().Where(property => property.Value!.AsObject().ContainsKey("default"))
            .ToDictionary(property => property.Key, property => property.Value!["default"]?.ToJsonString());
        Assert.Equivalent(
            new Dictionary<string, string?>
            {
                ["name"] = $"\"{Default.Name}\"", ["version"] = $"{Default.Version}", ["clusters"] = $"{Default.Clusters}", ["instances"] = $"{Default.Instances}",
                ["database"] = $"\"{Default.Database}\"", ["initScripts"] = $"\"{Default.InitScripts}\"", ["settings"] = "{}", ["firstPort"] = null, ["durability"] = "\"safe\"",
                ["unresponsiveAfter"] = $"{Default.UnresponsiveAfter}",
            },
            defaults,
            strict: true);
    }

    [Fact]
    public void EveryFieldIsDescribed() =>
        Assert.All(Schema["properties"]!.AsObject().Where(property => property.Key != "$schema"), property => Assert.NotEmpty(property.Value!["description"]!.GetValue<string>()));

    [Theory]
    [InlineData("version")]
    [InlineData("clusters")]
    [InlineData("instances")]
    [InlineData("firstPort")]
    [InlineData("unresponsiveAfter")]
    public void ItHasTheSameBounds(string field)
    {
        var (low, high) = (Of(field)["minimum"]!.GetValue<int>(), Of(field)["maximum"]!.GetValue<int>());
        Assert.Empty(Problems(field, low));
        Assert.NotEmpty(Problems(field, low - 1));
        Assert.Empty(Problems(field, high));
        Assert.NotEmpty(Problems(field, high + 1));
    }

    [Fact]
    public void ItJudgesNamesAlike()
    {
        var (pattern, longest) = (Pattern(Of("name")), Of("name")["maxLength"]!.GetValue<int>());
        Gen.OneOf(Gen.String["abz09-AZ_"], Gen.String["ab1-"]).Sample(name =>
            (pattern.IsMatch(name) && name.Length <= longest) == (DeclarationRules.Check(Default with { Name = name }).Count == 0));
    }

    [Fact]
    public void ItJudgesDatabasesAlike()
    {
        var pattern = Pattern(Of("database"));
        Gen.OneOf(Gen.String["abz09-AZ_"], Gen.String["a_1"], Generate.AnyOf("postgres", "template0", "template1", "template2", new string('a', 63), new string('a', 64)))
            .Sample(name => pattern.IsMatch(name) == (DeclarationRules.Check(Default with { Database = name }).Count == 0));
    }

    [Fact]
    public void ItJudgesSettingsAlike()
    {
        var names = Of("settings")["propertyNames"]!;
        var pattern = Pattern(names);
        var forbidden = names["not"]!["enum"]!.AsArray().Select(name => name!.GetValue<string>()).ToList();
        Assert.Equivalent(DeclarationRules.OwnedSettings.Keys, forbidden, strict: true);
        Gen.OneOf(Gen.String["abz09._A"], Generate.AnyOf([.. forbidden])).Sample(name =>
            (pattern.IsMatch(name) && !forbidden.Contains(name))
            == (DeclarationRules.Check(Default with { Settings = new Dictionary<string, string> { [name] = "1" } }).Count == 0));
    }

    [Fact]
    public void ItJudgesDurabilityAndSynchronousAlike()
    {
        Assert.Equal(Enum.GetNames<Durability>().Select(name => name.ToLowerInvariant()), Of("durability")["enum"]!.AsArray().Select(name => name!.GetValue<string>()));
        var pattern = Pattern(Of("synchronous"));
        Assert.All(["none", "any 1", "any 9"], text => Assert.True(pattern.IsMatch(text) && SynchronousReplicas.TryParse(text, out _)));
        Assert.All(["", "any", "any 0", "1", "first 1"], text => Assert.False(pattern.IsMatch(text) || SynchronousReplicas.TryParse(text, out _)));
    }

    private static JsonNode Of(string field) => Schema["properties"]![field]!;

    private static Regex Pattern(JsonNode node) => new(node["pattern"]!.GetValue<string>(), RegexOptions.ECMAScript);

    private static IReadOnlyList<DeclarationProblem> Problems(string field, int value) => DeclarationRules.Check(field switch
    {
        "version" => Default with { Version = value },
        "clusters" => Default with { Clusters = value },
        "instances" => Default with { Instances = value },
        "unresponsiveAfter" => Default with { UnresponsiveAfter = value },
        _ => Default with { Clusters = 1, FirstPort = value },
    });
}
