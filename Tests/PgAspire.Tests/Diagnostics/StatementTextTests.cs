using CsCheck;
using PgAspire.Postgres.Diagnostics.Statements;

namespace PgAspire.Tests.Diagnostics;

public sealed class StatementTextTests
{
    [Theory]
    [InlineData("SELECT * FROM t WHERE a = 'x' AND b = 12", "SELECT * FROM t WHERE a = ? AND b = ?")]
    [InlineData("SELECT 'it''s', '', 1.5e-3, .5, 0x1F, 1_000", "SELECT ?, …")]
    [InlineData(@"SELECT E'a\'b' || c", "SELECT ? || c")]
    [InlineData(@"SELECT e'a''b\\' || c", "SELECT ? || c")]
    [InlineData("SELECT B'01', X'ff', N'x', U&'\\0041' || d", "SELECT ?, …, U&? || d")]
    [InlineData("SELECT $$body 'x' $$ || $tag$ $$ $tag$ || c", "SELECT ? || ? || c")]
    [InlineData("SELECT $1, $23 + a.b1", "SELECT $1, $23 + a.b1")]
    [InlineData("SELECT \"Odd 'name' 1\", t1.c2 FROM pg1", "SELECT \"Odd 'name' 1\", t1.c2 FROM pg1")]
    [InlineData("SELECT 1 -- secret 'x'\n, a", "SELECT ? , a")]
    [InlineData("/* user='bob' /* nested */ still */ SELECT a", "SELECT a")]
    [InlineData("INSERT INTO t VALUES ('a', 2), ('b', 3)", "INSERT INTO t VALUES (?, …), (?, …)")]
    [InlineData("SELECT a FROM t WHERE b IN (1,\n  2,3)", "SELECT a FROM t WHERE b IN (?, …)")]
    [InlineData("SELECT date '2026-01-01', interval '1 day'", "SELECT date ?, interval ?")]
    [InlineData("SELECT 'cut off in the mid", "SELECT ? …")]
    [InlineData("SELECT $x$cut off", "SELECT ? …")]
    [InlineData("SELECT \"cut off", "SELECT \"cut off")]
    [InlineData(@"SELECT 'C:\', 'secret'", "SELECT ? …")]
    [InlineData(@"SELECT 'C:\dir', b", "SELECT ?, b")]
    [InlineData("ALTER ROLE app PASSWORD 'p'", "ALTER ROLE app PASSWORD ?")]
    [InlineData("SELECT a[1:2], b::varchar(20)", "SELECT a[?:?], b::varchar(?)")]
    [InlineData("", "")]
    public void EveryValueBecomesAQuestionMark(string sql, string expected) => Assert.Equal(expected, StatementText.Normalise(sql));

    [Fact]
    public void NoValueIsLeftWhateverItHolds() => Gen.Select(Gen.String[Gen.Char[' ', '~'], 0, 30], Gen.Int[0, 4]).Sample((value, form) =>
    {
        // Letters that stand nowhere else, so that any rest of the value shows.
        var secret = "Zq" + value.Replace('?', 'Z') + "qZ";
        var literal = form switch
        {
            0 => $"'{secret.Replace("'", "''", StringComparison.Ordinal)}'",
            1 => $"E'{secret.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'",
            2 => $"$q1${secret}$q1$",
            3 => $"/* {secret.Replace("*/", "", StringComparison.Ordinal).Replace("/*", "", StringComparison.Ordinal).Replace("*", "", StringComparison.Ordinal)} */ NULL",
            _ => $"NULL -- {secret}\n",
        };
        var shown = StatementText.Normalise($"SELECT a FROM b WHERE c = {literal} AND d = e");
        return !shown.Contains("Zq", StringComparison.Ordinal) && !shown.Contains("qZ", StringComparison.Ordinal)
            && shown.StartsWith("SELECT a FROM b WHERE c = ", StringComparison.Ordinal);
    });

    [Fact]
    public void WhatIsCutOffAnywhereShowsNoValue()
    {
        const string Sql = "UPDATE t SET a = 'zq one', b = E'zq \\' two', c = $x$ zq three $x$ WHERE d = 'zq' /* zq */";
        for (var length = 0; length <= Sql.Length; length++)
        {
            Assert.DoesNotContain("zq", StatementText.Normalise(Sql[..length]), StringComparison.Ordinal);
        }
    }
}
