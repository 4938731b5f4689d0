using System.Globalization;

namespace PgAspire.Postgres.Diagnostics;

/// <summary>Values as people read them.</summary>
public static class Readable
{
    private const int LongestText = 100;
    private static readonly string[] ByteUnits = ["B", "KiB", "MiB", "GiB", "TiB"];

    /// <summary>A value of a row in its unit; <c>-</c> where there is none.</summary>
    public static string Value(object? value, Unit unit) => value switch
    {
        null => "-",
        bool flag => flag ? "yes" : "no",
        DateTime time => time.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        string[] texts => string.Join(", ", texts),
        long or double => Number(Convert.ToDouble(value, CultureInfo.InvariantCulture), unit),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    /// <summary>What fits on a line of a text.</summary>
    public static string Cut(string text) => text.Length <= LongestText ? text : text[..(LongestText - 1)] + "…";

    /// <summary>For example <c>1.5 GiB</c>.</summary>
    public static string Bytes(double bytes)
    {
        var unit = 0;
        while (Math.Abs(bytes) >= 1024 && unit < ByteUnits.Length - 1)
        {
            bytes /= 1024;
            unit++;
        }

        return bytes.ToString(unit == 0 ? "0" : "0.#", CultureInfo.InvariantCulture) + " " + ByteUnits[unit];
    }

    /// <summary>For example <c>1 h 05 min</c>.</summary>
    public static string Seconds(double seconds) => seconds switch
    {
        < 60 => seconds.ToString("0.#", CultureInfo.InvariantCulture) + " s",
        < 3600 => string.Create(CultureInfo.InvariantCulture, $"{(int)seconds / 60} min {(int)seconds % 60:00} s"),
        < 86400 => string.Create(CultureInfo.InvariantCulture, $"{(int)seconds / 3600} h {(int)seconds / 60 % 60:00} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(long)seconds / 86400} d {(long)seconds / 3600 % 24} h"),
    };

    /// <summary>For example <c>97.3 %</c>.</summary>
    public static string Ratio(double ratio) => (ratio * 100).ToString("0.#", CultureInfo.InvariantCulture) + " %";

    /// <summary>For example <c>12,345</c>.</summary>
    public static string Count(double count) => count.ToString(count == Math.Floor(count) ? "#,0" : "#,0.#", CultureInfo.InvariantCulture);

    private static string Number(double number, Unit unit) => unit switch
    {
        Unit.Bytes => Bytes(number),
        Unit.Seconds => Seconds(number),
        Unit.Milliseconds when number >= 60_000 => Seconds(number / 1000),
        Unit.Milliseconds => number.ToString(number < 10 ? "0.##" : "#,0", CultureInfo.InvariantCulture) + " ms",
        Unit.Ratio => Ratio(number),
        _ => Count(number),
    };
}
