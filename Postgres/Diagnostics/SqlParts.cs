namespace PgAspire.Postgres.Diagnostics;

/// <summary>Pieces that several diagnostics' SQL have in common.</summary>
internal static class SqlParts
{
    /// <summary>Whether schema <c>n</c> is the user's.</summary>
    public const string IsUserSchema = "n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'";

    /// <summary>How many rows are shown at most where there may be many.</summary>
    public const int Most = 50;

    /// <summary>Seconds from a point in time to now.</summary>
    public static string SecondsSince(string time) => $"extract(epoch FROM clock_timestamp() - {time})::float8";

    /// <summary>The trace's id that a statement names in a comment, as OpenTelemetry's SQL commenter has it; null where it does not.</summary>
    /// <remarks>Source: <see href="https://google.github.io/sqlcommenter/spec/">sqlcommenter</see>; the value is W3C's traceparent.</remarks>
    public static string TraceOf(string statement) => $"substring({statement} from 'traceparent=''[0-9a-f]+-([0-9a-f]+)-[0-9a-f]+-[0-9a-f]+''')";
}
