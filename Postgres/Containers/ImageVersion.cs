using System.Globalization;
using System.Text.RegularExpressions;

namespace PgAspire.Postgres.Containers;

/// <summary>What the tag of a <c>postgres</c> image says of the server in it.</summary>
public static partial class ImageVersion
{
    /// <summary>The major version that a tag names: 18 of <c>18</c>, <c>18.6</c>, <c>18-alpine</c>, <c>18.6-trixie</c>.</summary>
    /// <returns>The major version, or null of a tag that names none (<c>latest</c>, <c>alpine</c>).</returns>
    public static int? MajorOf(string tag) =>
        LeadingNumber().Match(tag) is { Success: true } match
            ? int.Parse(match.Groups["major"].ValueSpan, CultureInfo.InvariantCulture)
            : null;

    [GeneratedRegex(@"^(?<major>\d{1,4})(?:[.\-]|$)")]
    private static partial Regex LeadingNumber();
}
