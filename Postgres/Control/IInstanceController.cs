using NpgsqlTypes;
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

/// <summary>What there is of an instance's server.</summary>
public enum ServerProcess
{
    /// <summary>Nothing: it is certain to write nothing.</summary>
    Gone,

    /// <summary>The server itself, in whatever state.</summary>
    Running,

    /// <summary>Some of its processes without the server itself, which was killed: they may still write, and end by themselves at their leisure.</summary>
    Headless,
}

/// <summary>
/// What starts and stops instances: the one thing that differs between hosts, so that the rules above it are
/// written once. Every method may be called again after it was interrupted.
/// </summary>
public interface IInstanceController
{
    /// <summary>Starts the server of an instance on its data as they are; returns when it accepts connections.</summary>
    Task StartAsync(Instance instance, CancellationToken cancellationToken);

    /// <summary>Shuts the server down; returns when it is gone. Nothing happens where it does not run.</summary>
    Task StopAsync(Instance instance, ShutdownMode mode, CancellationToken cancellationToken);

    /// <summary>Whether the server's process exists, whatever state it is in.</summary>
    bool IsRunning(Instance instance);
}

/// <summary>What a supervisor needs of a host beyond starting and stopping.</summary>
public interface IClusterController : IInstanceController
{
    /// <summary>Whether an exception of this host's means that a step could not be done, as against a defect.</summary>
    bool IsFailure(Exception exception);

    /// <summary>Whether a finished data directory exists.</summary>
    bool HasData(Instance instance);

    /// <summary>What there is of the server. <see cref="ServerProcess.Gone"/> is a promise.</summary>
    ServerProcess ProcessOf(Instance instance);

    /// <summary>
    /// Where the last WAL record of a primary begins that is being shut down and writes nothing more, so that it counts as gone though
    /// some of its processes are still there; null where that is not so, or cannot be told.
    /// </summary>
    NpgsqlLogSequenceNumber? EndOfWal(Instance instance);

    /// <summary>Why a server ended that nobody stopped; null where its log does not say.</summary>
    Task<string?> WhyEndedAsync(Instance instance, CancellationToken cancellationToken);

    /// <summary>Kills every process of the instance, and returns when it is certain that none is left.</summary>
    Task FenceAsync(Instance instance, CancellationToken cancellationToken);

    /// <summary>
    /// Starts a stopped instance as a replica: on its data where they are a replica's, rewound where they were a primary's, copied
    /// from the primary where there are none. Returns when it accepts connections.
    /// </summary>
    /// <param name="instance">The replica.</param>
    /// <param name="primary">A running primary.</param>
    /// <param name="anew">Whether to discard its data and copy the primary's.</param>
    Task StartReplicaAsync(Instance instance, Instance primary, bool anew, CancellationToken cancellationToken);
}
