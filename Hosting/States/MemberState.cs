using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using PgAspire.Hosting.Supervision;

namespace PgAspire.Hosting.States;

/// <summary>What is known of a member of a group.</summary>
/// <param name="Name">Its name.</param>
/// <param name="State">Its state, one of <see cref="KnownResourceStates"/>.</param>
/// <param name="Health">Its health; null where nothing is known yet.</param>
/// <param name="ExitCode">The exit code of its container, once that has ended.</param>
/// <param name="Message">What there is to say: a failing check, a failing init script.</param>
/// <param name="WasReady">Whether it has been ready since its last start.</param>
/// <param name="Supervision">What is known of its cluster's supervisor; null where it has no replicas and so none.</param>
internal sealed record MemberState(
    string Name, string? State, HealthStatus? Health, int? ExitCode, string? Message, bool WasReady, SupervisionState? Supervision = null)
{
    public bool Ended => !IsLookedAfter && HasEnded;

    private bool HasEnded => State is not null && KnownResourceStates.TerminalStates.Contains(State);

    /// <summary>Whether its cluster could not be supervised, and so never starts it.</summary>
    public bool IsGivenUp => Supervision is { IsOver: true };

    /// <summary>Whether a supervisor starts it again when it ends, and knows what to do.</summary>
    private bool IsLookedAfter => Supervision is { Problem: null };

    /// <summary>Whether its cluster goes on without it.</summary>
    private bool IsCarried => IsLookedAfter && Supervision is { WasWhole: true };

    public bool Failed => NoEngine || IsGivenUp || (!IsLookedAfter && HasFailed);

    private bool HasFailed => State == KnownResourceStates.FailedToStart || (HasEnded && ExitCode is not (null or 0));

    /// <summary>Whether there is no container engine to run it.</summary>
    public bool NoEngine => State == KnownResourceStates.RuntimeUnhealthy;

    /// <summary>A member that was ready and is unhealthy now still runs; its health says the rest.</summary>
    public bool Ready => IsCarried || IsUp;

    /// <summary>Whether it is itself ready, whatever its cluster does without it.</summary>
    public bool IsUp => State == KnownResourceStates.Running && (WasReady || Health == HealthStatus.Healthy);
}
