using System.Text.RegularExpressions;
using PgAspire.Postgres.Diagnostics;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.Diagnostics;

public sealed partial class CatalogTests
{
    /// <summary>The subcommands of supabase's <c>inspect db</c>, old names too.</summary>
    private static readonly string[] Supabase =
    [
        "bloat", "blocking", "cache-hit", "calls", "db-stats", "index-sizes", "index-stats", "index-usage", "locks", "long-running-queries", "outliers",
        "replication-slots", "role-configs", "role-connections", "role-stats", "seq-scans", "table-index-sizes", "table-record-counts", "table-sizes",
        "table-stats", "total-index-size", "total-table-sizes", "traffic-profile", "unused-indexes", "vacuum-stats",
    ];

    [Fact]
    public void EverySubcommandOfSupabaseHasAnAnswer() => Assert.All(Supabase, name => Assert.NotNull(DiagnosticCatalog.Find(name)));

    [Fact]
    public void NamesAreKebabCaseAndNoneIsGivenTwice()
    {
        Assert.All(DiagnosticCatalog.Names, name => Assert.Matches("^[a-z]+(-[a-z]+)*$", name));
        Assert.Equal(DiagnosticCatalog.Names.Count(), DiagnosticCatalog.Names.Distinct().Count());
        Assert.DoesNotContain("all", DiagnosticCatalog.Names);
    }

    [Fact]
    public void NoColumnIsNamedAsALabelOfItsPlace() => Assert.All(
        DiagnosticCatalog.All.SelectMany(diagnostic => diagnostic.Columns),
        column => Assert.DoesNotContain(column.Name, new[] { "cluster", "instance", "role" }));

    [Fact]
    public void AColumnOfAStatementIsOneWhoseValuesAreTakenOut() => Assert.All(
        DiagnosticCatalog.All.SelectMany(diagnostic => diagnostic.Columns).Where(column => column.Name is "statement" or "query"),
        column => Assert.Equal(Unit.Statement, column.Unit));

    [Fact]
    public void ThePageNamesEachOfThem()
    {
        var named = Heading().Matches(Repository.Read("docs/diagnostics.md")).Select(match => match.Groups["name"].Value).ToHashSet();
        Assert.Equal(DiagnosticCatalog.All.Select(diagnostic => diagnostic.Name).Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("1.9", 109)]
    [InlineData("1.10", 110)]
    [InlineData("2", 200)]
    public void AnExtensionsVersionIsComparedByItsParts(string version, int expected) => Assert.Equal(expected, InstanceInspection.VersionOf(version));

    [Theory]
    [InlineData(0.0, Unit.Bytes, "0 B")]
    [InlineData(1536.0, Unit.Bytes, "1.5 KiB")]
    [InlineData(3700.0, Unit.Seconds, "1 h 01 min")]
    [InlineData(0.973, Unit.Ratio, "97.3 %")]
    [InlineData(12345.0, Unit.Count, "12,345")]
    [InlineData(90_000.0, Unit.Milliseconds, "1 min 30 s")]
    [InlineData(null, Unit.Bytes, "-")]
    public void ValuesAreShownInTheirUnit(object? value, Unit unit, string expected) => Assert.Equal(expected, Readable.Value(value, unit));

    [GeneratedRegex(@"^\| `(?<name>[a-z-]+)`", RegexOptions.Multiline)]
    private static partial Regex Heading();
}
