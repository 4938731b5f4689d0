using PgAspire.Postgres.Topology;

namespace PgAspire.Postgres.Control;

/// <summary>How an instance is shut down.</summary>
public enum ShutdownMode
{
    /// <summary>Sessions are ended, a shutdown checkpoint is written: a clean stop.</summary>
    Fast,

    /// <summary>At once, without a checkpoint: the next start recovers from the WAL.</summary>
    Immediate,
}

/// <summary>
/// What starts and stops instances: the one thing that differs between hosts, so that the rules above it are
/// written once. Every method may be called again after it was interrupted.
/// </summary>
public interface IInstanceController
{
    /// <summary>Starts the server of an instance whose data exist; returns when it accepts connections.</summary>
    Task StartAsync(Instance instance, CancellationToken cancellationToken);

    /// <summary>Shuts the server down; returns when it is gone. Nothing happens where it does not run.</summary>
    Task StopAsync(Instance instance, ShutdownMode mode, CancellationToken cancellationToken);

    /// <summary>Whether the server's process exists, whatever state it is in.</summary>
    bool IsRunning(Instance instance);
}
