using PgAspire.Hosting.Commands;
using PgAspire.Hosting.Resources;

namespace PgAspire.Hosting.Instances;

/// <summary>What is said where the data were made with other passwords, or by others.</summary>
internal static class PasswordDrift
{
    public static string Message(PostgresInstanceResource instance, string reason) =>
        $"The data of {instance.Name} were made with other passwords or roles than this app host has ({reason}). " +
        $"Run the command \"{ClusterCommands.RepairName}\" on {instance.Cluster.Name} to give them the declared ones, " +
        "or put the old password back into the app host's user secrets. Nothing has been changed.";
}
