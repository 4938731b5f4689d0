using System.Diagnostics;
using System.Globalization;

namespace PgAspire.Benchmarks;

/// <summary>Medians and how they are written.</summary>
internal static class Statistics
{
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
    }

    /// <summary>The smallest value that this share of all does not exceed.</summary>
    public static double Percentile(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToList();
        return sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Count) - 1)];
    }

    public static async Task<double> SecondsAsync(Func<Task> work)
    {
        var watch = Stopwatch.StartNew();
        await work();
        return watch.Elapsed.TotalSeconds;
    }

    public static string Seconds(double value) => value.ToString("0.00 s", CultureInfo.InvariantCulture);

    public static string Rate(double value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    public static string Ratio(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);

    /// <summary>Writes one row of a Markdown table.</summary>
    public static void Row(params IEnumerable<string> cells) => Console.WriteLine($"| {string.Join(" | ", cells)} |");

    public static void Heading(params IReadOnlyCollection<string> cells)
    {
        Row(cells);
        Row(cells.Select((_, index) => index == 0 ? "---" : "---:"));
    }
}
