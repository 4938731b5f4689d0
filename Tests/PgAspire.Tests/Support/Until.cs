using PgAspire.Cli.Processes;

namespace PgAspire.Tests.Support;

/// <summary>Waits for states, with a budget that a loaded machine keeps.</summary>
public static class Until
{
    private static readonly TimeSpan Budget = TimeSpan.FromMinutes(2);

    public static async Task TrueAsync(Func<bool> reached, string what) =>
        Assert.True(await Wait.UntilAsync(reached, Budget, TestContext.Current.CancellationToken), $"It was not to be seen that {what}.");

    public static async Task TrueAsync(Func<Task<bool>> reached, string what)
    {
        using var budget = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        budget.CancelAfter(Budget);
        while (!await reached())
        {
            Assert.False(budget.IsCancellationRequested, $"It was not to be seen that {what}.");
            await Task.Delay(50, CancellationToken.None);
        }
    }
}
