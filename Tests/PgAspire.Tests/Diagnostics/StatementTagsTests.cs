using CsCheck;
using PgAspire.Postgres.Diagnostics;
using PgAspire.Postgres.Diagnostics.Statements;
using PgAspire.ServiceDefaults;

namespace PgAspire.Tests.Diagnostics;

public sealed class StatementTagsTests
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";

    [Theory]
    [InlineData("SELECT 1 /*application='api',route='GET%20%2Fa%2F%7Bb%7D'*/", "api", "GET /a/{b}", null)]
    [InlineData("SELECT 1 /* route='/a' , application='api' */;\n", "api", "/a", null)]
    [InlineData("/*application='api'*/ SELECT 1 -- cut off where the server cuts", "api", null, null)]
    [InlineData($"SELECT 1 /*traceparent='00-{Trace}-b7ad6b7169203331-01'*/", null, null, Trace)]
    [InlineData("SELECT 1 /*controller='orders',action='index',framework='rails'*/", null, "orders#index", null)]
    [InlineData("SELECT 1 /*action='index'*/", null, "index", null)]
    [InlineData("SELECT 1 /*action='index',route='/orders'*/", null, "/orders", null)]
    [InlineData("SELECT 1 /*route='/a'*/ + 2 /*a remark*/", null, "/a", null)]
    [InlineData("SELECT 1 /*route='/a'*/ + 2 /*route='/b'*/", null, "/b", null)]
    [InlineData("SELECT 1 /*user='bob',route='/a',tracestate='congo%3Dbob'*/", null, "/a", null)]
    [InlineData("SELECT 1 /*traceparent='bob'*/", null, null, null)]
    [InlineData("SELECT 1 /*route='%1B%5B2Jbob'*/", null, null, null)]
    [InlineData("SELECT 1 /*route=''*/", null, null, null)]
    [InlineData("SELECT 1 /*route='bob", null, null, null)]
    [InlineData("SELECT 1 /*route='bob'", null, null, null)]
    [InlineData("SELECT 1 /*/", null, null, null)]
    [InlineData("SELECT 1 /* is route='bob' */", null, null, null)]
    [InlineData("SELECT 1 -- /*route='bob'*/", null, null, null)]
    [InlineData("SELECT '/*route=''bob''*/'", null, null, null)]
    [InlineData(@"SELECT E'\'/*route=\'bob\'*/'", null, null, null)]
    [InlineData("SELECT $$ /*route='bob'*/ $$", null, null, null)]
    [InlineData("SELECT $$ /*route='bob'*/", null, null, null)]
    [InlineData("SELECT \"/*route='bob'*/\"", null, null, null)]
    [InlineData(@"SELECT 'C:\' /*route='bob'*/'", null, null, null)]
    [InlineData("*/", null, null, null)]
    [InlineData("", null, null, null)]
    public void OnlyWhatSaysWhoAndForWhatIsReadAndOnlyFromComments(string sql, string? application, string? route, string? trace) =>
        Assert.Equal(new(application, route, trace), StatementTags.Of(sql));

    [Fact]
    public void ANameOfAPagesLengthIsNone() => Assert.Null(StatementTags.Of($"SELECT 1 /*route='{new string('a', 201)}'*/").Route);

    [Fact]
    public void WhatIsWrittenIsRead() => Gen.String[Gen.Char[' ', '~'], 1, 20].Array[2].Sample(values =>
        StatementTags.Of(QueryTags.Append("SELECT '/*'", (QueryTags.Application, values[0]), (QueryTags.Route, values[1]), ("user", "bob"))) == new StatementTags(values[0], values[1], null));

    [Fact]
    public void AStatementOfNoRouteIsSaidToBeIssuedByNobody()
    {
        Assert.Equal(", issued by GET /a of api", StatementTags.IssuedBy(Rows.Of(("route", "GET /a"), ("application", "api"))));
        Assert.Equal(", issued by GET /a", StatementTags.IssuedBy(Rows.Of(("route", "GET /a"))));
        Assert.Equal("", StatementTags.IssuedBy(Rows.Of(("application", "api"))));
    }

    [Theory]
    [InlineData("slow-queries", ", issued by GET /a of api (its first caller)", "mean_ms", 1000.0)]
    [InlineData("running", ", issued by GET /a of api: its locks", "transaction_seconds", 300.0)]
    [InlineData("blocking", ", issued by GET /a of api", "waiting", 1)]
    public void AFindingSaysWhoIssuedTheStatement(string diagnostic, string expected, string column, object value)
    {
        var finding = Assert.Single(Rows.Judge(diagnostic, ("statement", "SELECT 1"), ("route", "GET /a"), ("application", "api"), (column, value)));
        Assert.Contains(expected, finding.Meaning, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryDiagnosticOfStatementsHasTheColumnsOfTheirTags() => Assert.All(
        DiagnosticCatalog.All.Where(diagnostic => diagnostic.Columns.Any(column => column.Unit == Unit.Statement)),
        diagnostic => Assert.Superset(new HashSet<string> { "application", "route", "trace" }, diagnostic.Columns.Select(column => column.Name).ToHashSet()));
}
