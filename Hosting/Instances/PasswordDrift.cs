using PgAspire.Hosting.Commands;
using PgAspire.Hosting.Resources;

namespace PgAspire.Hosting.Instances;

/// <summary>What is said where the data were made with other passwords, or by others.</summary>
internal static class PasswordDrift
{
    private const string Finding = "were made with other passwords or roles than this app host has";

    public static string Message(PostgresInstanceResource instance, string reason) =>
        $"The data of {instance.Name} {Finding} ({reason}). " +
        $"Run {Repair(instance.Cluster)}. Nothing has been changed.";

    /// <summary>Whether this is such a message: it stays so until somebody does something.</summary>
    public static bool IsTold(string? message) => message?.Contains(Finding, StringComparison.Ordinal) == true;

    /// <summary>What is said after the words of a server that does not let the supervisor in.</summary>
    public static string Advice(PostgresClusterResource cluster) => $"its passwords or roles are others than this app host has: run {Repair(cluster)}";

    private static string Repair(PostgresClusterResource cluster) =>
        $"the command \"{ClusterCommands.RepairName}\" on {cluster.Name} to give them the declared ones, or put the old password back into the app host's user secrets";
}
