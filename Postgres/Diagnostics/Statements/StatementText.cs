using System.Text;
using System.Text.RegularExpressions;

namespace PgAspire.Postgres.Diagnostics.Statements;

/// <summary>Takes every value out of a statement's text, so that it can be shown: literals become <c>?</c>, comments go.</summary>
/// <remarks>
/// Lexical rules: <see href="https://www.postgresql.org/docs/current/sql-syntax-lexical.html">SQL Syntax, Lexical Structure</see>.
/// What cannot be told for certain, the end of a text that was cut off or a backslash before a quote (an escape or not, depending on
/// the session's standard_conforming_strings), is taken for a value.
/// </remarks>
public static partial class StatementText
{
    private const char Unknown = '?';
    private const string Rest = "? …";

    /// <summary>The statement without its values, on one line.</summary>
    public static string Normalise(string sql)
    {
        var text = new StringBuilder(sql.Length);
        var at = 0;
        while (at < sql.Length)
        {
            var end = Next(sql, at, text);
            if (end < 0)
            {
                text.Append(Rest);
                break;
            }

            at = end;
        }

        return Lists().Replace(Blanks().Replace(text.ToString(), " ").Trim(), "?, …");
    }

    /// <summary>What its <c>/* comments */</c> say; none after a place from which on all is taken for a value.</summary>
    internal static IEnumerable<string> Comments(string sql)
    {
        var passed = new StringBuilder();
        for (var (at, end) = (0, 0); at < sql.Length; at = end)
        {
            end = Next(sql, at, passed.Clear());
            if (end < 0)
            {
                yield break;
            }

            if (end - at >= 4 && sql[at] == '/' && sql[at + 1] == '*' && sql[end - 2] == '*' && sql[end - 1] == '/')
            {
                yield return sql[(at + 2)..(end - 2)];
            }
        }
    }

    /// <summary>Copies or replaces the token at a place.</summary>
    /// <returns>Where the next one begins; negative where all that follows is to be taken for a value.</returns>
    private static int Next(string sql, int at, StringBuilder text)
    {
        var (current, next) = (sql[at], at + 1 < sql.Length ? sql[at + 1] : '\0');
        switch (current)
        {
            case '\'':
                return Value(text, EndOfText(sql, at + 1, isEscaped: false));
            case '"':
                var close = EndOfQuoted(sql, at + 1);
                text.Append(sql, at, (close < 0 ? sql.Length : close) - at);
                return close < 0 ? sql.Length : close;
            case '-' when next == '-':
                text.Append(' ');
                return sql.IndexOfAny(['\n', '\r'], at) is >= 0 and var line ? line : sql.Length;
            case '/' when next == '*':
                text.Append(' ');
                return EndOfComment(sql, at + 2);
            case '$' when char.IsAsciiDigit(next):
                var parameter = at + 1;
                while (parameter < sql.Length && char.IsAsciiDigit(sql[parameter]))
                {
                    parameter++;
                }

                text.Append(sql, at, parameter - at);
                return parameter;
            case '$' when DollarTag().Match(sql, at) is { Success: true } tag:
                var body = sql.IndexOf(tag.Value, at + tag.Length, StringComparison.Ordinal);
                return Value(text, body < 0 ? -1 : body + tag.Length);
            default:
                return Word(sql, at, text);
        }
    }

    private static int Word(string sql, int at, StringBuilder text)
    {
        if (Number().Match(sql, at) is { Success: true } number)
        {
            return Value(text, at + number.Length);
        }

        if (Identifier().Match(sql, at) is not { Success: true } word)
        {
            text.Append(sql[at]);
            return at + 1;
        }

        // E'…', B'…', X'…', N'…' and U&'…'; a name before a text is a type: date '2026-01-01'.
        var end = at + word.Length;
        var isText = end < sql.Length && sql[end] == '\'';
        if (isText && word.Value is "e" or "E")
        {
            return Value(text, EndOfText(sql, end + 1, isEscaped: true));
        }

        if (isText && word.Value is "b" or "B" or "x" or "X" or "n" or "N")
        {
            return end;
        }

        text.Append(word.Value);
        return end;
    }

    private static int Value(StringBuilder text, int end)
    {
        if (end >= 0)
        {
            text.Append(Unknown);
        }

        return end;
    }

    /// <summary>Where a text ends; negative where it does not, or where nobody can tell.</summary>
    private static int EndOfText(string sql, int at, bool isEscaped)
    {
        for (; at < sql.Length; at++)
        {
            if (sql[at] == '\\')
            {
                if (!isEscaped && at + 1 < sql.Length && sql[at + 1] == '\'')
                {
                    return -1;
                }

                at += isEscaped ? 1 : 0;
            }
            else if (sql[at] == '\'')
            {
                if (at + 1 >= sql.Length || sql[at + 1] != '\'')
                {
                    return at + 1;
                }

                at++;
            }
        }

        return -1;
    }

    private static int EndOfQuoted(string sql, int at)
    {
        for (; at < sql.Length; at++)
        {
            if (sql[at] != '"')
            {
                continue;
            }

            if (at + 1 >= sql.Length || sql[at + 1] != '"')
            {
                return at + 1;
            }

            at++;
        }

        return -1;
    }

    /// <summary>Comments nest.</summary>
    private static int EndOfComment(string sql, int at)
    {
        for (var depth = 1; at < sql.Length; at++)
        {
            if (sql[at] == '/' && at + 1 < sql.Length && sql[at + 1] == '*')
            {
                (depth, at) = (depth + 1, at + 1);
            }
            else if (sql[at] == '*' && at + 1 < sql.Length && sql[at + 1] == '/')
            {
                (depth, at) = (depth - 1, at + 1);
                if (depth == 0)
                {
                    return at + 1;
                }
            }
        }

        return sql.Length;
    }

    [GeneratedRegex(@"\G\$([\p{L}_][\p{L}\p{Nd}_]*)?\$")]
    private static partial Regex DollarTag();

    [GeneratedRegex(@"\G(0[xX][0-9a-fA-F_]+|0[oObB][0-7_]+|\.?[0-9][0-9_]*(\.[0-9_]*)?([eE][+-]?[0-9_]+)?)\w*")]
    private static partial Regex Number();

    [GeneratedRegex(@"\G[\p{L}_][\p{L}\p{Nd}_$]*")]
    private static partial Regex Identifier();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    [GeneratedRegex(@"\?(?:\s*,\s*\?)+")]
    private static partial Regex Lists();
}
