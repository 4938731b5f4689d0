using System.Diagnostics;

namespace PgAspire.Tests.Support;

/// <summary>Waits for a state.</summary>
internal static class Until
{
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    public static Task TrueAsync(Func<bool> state, string what) => TrueAsync(() => Task.FromResult(state()), what);

    public static async Task TrueAsync(Func<Task<bool>> state, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!await state())
        {
            Assert.True(watch.Elapsed < Budget, $"Waited in vain until {what}");
            await Task.Delay(Interval);
        }
    }
}
