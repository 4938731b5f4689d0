using System.Text;
using PgAspire.SampleApi.Replication;

namespace PgAspire.SampleApi.Orders;

/// <summary>What a request may contain. Each method returns the errors by field, or null where there are none.</summary>
public static class OrderRules
{
    public const int LongestText = 200;
    public const int LongestKey = 200;
    public const int LargestPage = 500;
    public const int DefaultPage = 50;

    public static Dictionary<string, string[]>? Check(string customer, string? consistency = null, string? token = null)
        => Collect(
            ("customer", TextError(customer)),
            ("consistency", ConsistencyError(consistency)),
            (ConsistencyToken.Header, TokenError(token)));

    public static Dictionary<string, string[]>? Check(string customer, NewOrder order, string? key, string? token = null)
        => Collect(
            ("customer", TextError(customer)),
            ("item", TextError(order.Item)),
            ("quantity", order.Quantity is > 0 ? null : $"must be a whole number from 1 to {int.MaxValue}"),
            ("Idempotency-Key", KeyError(key)),
            (ConsistencyToken.Header, TokenError(token)));

    public static Dictionary<string, string[]>? Check(
        string customer, int? limit, string? after, string? consistency = null, string? token = null)
        => Collect(
            ("customer", TextError(customer)),
            ("limit", limit is null or (>= 1 and <= LargestPage) ? null : $"must be from 1 to {LargestPage}"),
            ("after", after is null || OrderCursor.TryParse(after, out _) ? null : "must be the 'next' of an earlier page"),
            ("consistency", ConsistencyError(consistency)),
            (ConsistencyToken.Header, TokenError(token)));

    private static Dictionary<string, string[]>? Collect(params ReadOnlySpan<(string Field, string? Error)> checks)
    {
        Dictionary<string, string[]>? errors = null;
        foreach (var (field, error) in checks)
        {
            if (error is not null)
            {
                (errors ??= [])[field] = [error];
            }
        }

        return errors;
    }

    private static string? TextError(string? text)
    {
        if (string.IsNullOrWhiteSpace(text) || text.Length > LongestText)
        {
            return $"must have 1 to {LongestText} characters, not only white space";
        }

        // PostgreSQL refuses U+0000, UTF-8 has no lone surrogates, and no name needs the other control characters.
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(rest, out var rune, out var length) != System.Buffers.OperationStatus.Done || Rune.IsControl(rune))
            {
                return "must contain no control characters and no broken surrogate pairs";
            }

            rest = rest[length..];
        }

        return null;
    }

    private static string? ConsistencyError(string? consistency)
        => consistency is null or ReadPreference.Strong or ReadPreference.Eventual
            ? null : $"must be {ReadPreference.Strong} or {ReadPreference.Eventual}";

    private static string? TokenError(string? token)
        => ConsistencyToken.TryParse(token, out _) ? null : $"must be the {ConsistencyToken.Header} of an earlier answer";

    private static string? KeyError(string? key)
        => key is null || (key.Length is >= 1 and <= LongestKey && !key.AsSpan().ContainsAnyExceptInRange('!', '~'))
            ? null : $"must have 1 to {LongestKey} visible ASCII characters";
}
