using System.Runtime.InteropServices;

namespace PgAspire.Cli.Commands;

/// <summary>Ctrl+C, SIGTERM and SIGHUP as a cancellation; a second one ends the process at once, and the databases go on.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _count;

    public Interruption()
    {
        foreach (var signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP })
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, Handle));
        }
    }

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _source.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _count) == 1)
        {
            _source.Cancel();
            return;
        }

        if (context.Signal == PosixSignal.SIGINT)
        {
            Console.Error.WriteLine("Interrupted again: leaving now. What still runs goes on; pgaspire down stops it.");
            Environment.Exit(ExitCodes.Interrupted);
        }
    }
}
