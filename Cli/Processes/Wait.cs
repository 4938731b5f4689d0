using System.Diagnostics;

namespace PgAspire.Cli.Processes;

/// <summary>Waits for a state that nothing announces.</summary>
internal static class Wait
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);

    /// <summary>Looks until the state is there; false where the patience ran out.</summary>
    public static async Task<bool> UntilAsync(Func<bool> reached, TimeSpan patience, CancellationToken cancellationToken)
    {
        for (var watch = Stopwatch.StartNew(); !reached();)
        {
            if (watch.Elapsed > patience)
            {
                return false;
            }

            await Task.Delay(Interval, cancellationToken);
        }

        return true;
    }
}
