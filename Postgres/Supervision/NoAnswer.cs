using System.Net.Sockets;
using Npgsql;

namespace PgAspire.Postgres.Supervision;

/// <summary>What it means that a server was asked and has not answered.</summary>
internal static class NoAnswer
{
    /// <summary>Whether it is that, and no fault of ours.</summary>
    public static bool Is(Exception exception) =>
        exception is NpgsqlException or TimeoutException or SocketException or IOException or InvalidOperationException or OperationCanceledException;

    /// <summary>Whether it starts up, recovers or shuts down.</summary>
    public static bool IsBetween(Exception exception) =>
        exception is PostgresException { SqlState: PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.AdminShutdown };

    /// <summary>Why it does not let us in, and what to do then; null where that is not the reason.</summary>
    /// <param name="passwordAdvice">What to do where it has other passwords.</param>
    public static string? Refusal(Exception exception, string passwordAdvice) => exception switch
    {
        PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification } refused => $"{refused.MessageText}; {passwordAdvice}",
        PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } refused => $"{refused.MessageText}; make it again",
        _ => null,
    };
}
