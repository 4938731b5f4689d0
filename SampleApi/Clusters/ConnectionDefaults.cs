using System.Data.Common;
using Npgsql;

namespace PgAspire.SampleApi.Clusters;

/// <summary>What a connection string gets where it does not say otherwise.</summary>
internal static class ConnectionDefaults
{
    private static readonly (string Keyword, object Value)[] Defaults =
    [
        ("Application Name", "PgAspire.SampleApi"),
        // Every statement of this application is one of a few, so all of them end up prepared.
        ("Max Auto Prepare", 64),
        ("Auto Prepare Min Usages", 2),
        // No pooled connection is ever left with state of its own that would have to be reset.
        ("No Reset On Close", true),
        // Seconds: a hung cluster must not hold requests for long. The first also bounds the wait for the pool, which a
        // burst of requests on a busy machine can fill.
        ("Timeout", 5),
        ("Command Timeout", 5),
        ("Maximum Pool Size", 32),
    ];

    /// <exception cref="InvalidOperationException">The string is missing, malformed, or names no host.</exception>
    public static string Apply(string cluster, string? connectionString)
    {
        if (string.IsNullOrWhiteSpace(connectionString))
        {
            throw new InvalidOperationException($"ConnectionStrings:{cluster} is empty.");
        }

        try
        {
            var given = new DbConnectionStringBuilder { ConnectionString = connectionString };
            var keywords = given.Keys.Cast<string>().Select(Normalise).ToHashSet();
            var result = new NpgsqlConnectionStringBuilder(connectionString);
            foreach (var (keyword, value) in Defaults)
            {
                if (!keywords.Contains(Normalise(keyword)))
                {
                    result[keyword] = value;
                }
            }

            return !string.IsNullOrWhiteSpace(result.Host)
                ? result.ConnectionString
                : throw new InvalidOperationException($"ConnectionStrings:{cluster} names no host.");
        }
        catch (ArgumentException)
        {
            // The parser's own message can quote the string, password and all.
            throw new InvalidOperationException($"ConnectionStrings:{cluster} is not a PostgreSQL connection string.");
        }
    }

    private static string Normalise(string keyword) => keyword.Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant();
}
