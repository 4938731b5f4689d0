using System.CommandLine;
using PgAspire.Cli.Aspire;
using PgAspire.Cli.Embedded;
using PgAspire.Cli.Processes;
using PgAspire.Postgres.Topology;

namespace PgAspire.Cli.Commands;

/// <summary><c>rebalance</c>: has the sample application move the customers whose home has changed.</summary>
internal static class RebalanceCommand
{
    public static Command Create()
    {
        var command = new Command("rebalance", "Moves the sample API's customers whose cluster has changed, after clusters were added. Safe under writes; may be interrupted and run again.");
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        var folder = CommonOptions.StateFolder(parse);
        var status = await StatusReader.ReadAsync(folder, cancellationToken);
        if (status.State != "running")
        {
            throw new CliException($"The topology is {status.State}: every cluster must run (pgaspire up).", ExitCodes.NotRunning);
        }

        var store = new StateStore(folder);
        var state = store.Read();
        var passwords = state.Host == HostChoice.Aspire ? PasswordsOfAppHost(folder, status) : store.ReadSecrets().ToDictionary(entry => entry.Key, entry => entry.Value.Application);
        var clusters = status.Instances.GroupBy(instance => instance.Cluster).Select(group => new Cluster(
            group.Key, [.. group.Select((instance, index) => new Instance(group.Key, index + 1, instance.Instance, instance.Port))]));
        return await new ExternalProgram("dotnet", ApiProgram.FindAssembly(), "rebalance")
        {
            Environment = ApiProgram.ConnectionVariables(clusters, status.Instances[0].Database, passwords),
        }.RunAttachedAsync();
    }

    private static Dictionary<string, string> PasswordsOfAppHost(StateFolder folder, TopologyStatus status)
    {
        var secrets = AppHostDocument.Read(folder.AppHostFile)?.UserSecretsId
            ?? throw new CliException("The app host keeps its passwords nowhere that this command can read: it has no user secrets.");
        return status.Instances.Select(instance => instance.Cluster).Distinct().ToDictionary(
            cluster => cluster, cluster => UserSecrets.ApplicationPassword(secrets, cluster));
    }
}
