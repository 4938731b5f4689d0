using System.Diagnostics;
using Aspire.Hosting;

namespace PgAspire.Hosting.Instances;

/// <summary>The volumes of a run that nobody can come back to; they are removed when its app host is disposed of.</summary>
internal sealed class TransientVolumes(ContainerEngine engine) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<string> _names = [];

    public void Add(string name) => _names.Add(name);

    public async ValueTask DisposeAsync()
    {
        if (_names.Count == 0)
        {
            return;
        }

        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await engine.RunAsync(null, ["volume", "rm", "-f", .. _names], CancellationToken.None);
                return;
            }
            catch (DistributedApplicationException) when (waited.Elapsed < Patience)
            {
                // A container that Aspire is still removing holds it.
                await Task.Delay(TimeSpan.FromMilliseconds(200));
            }
        }
    }
}
