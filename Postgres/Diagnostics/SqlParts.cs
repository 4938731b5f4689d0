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
}
