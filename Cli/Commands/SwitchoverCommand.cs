using System.CommandLine;
using PgAspire.Cli.Embedded;
using PgAspire.Postgres.Declaration;

namespace PgAspire.Cli.Commands;

/// <summary><c>switchover</c> and <c>promote</c>: another primary, planned or by force.</summary>
internal static class SwitchoverCommand
{
    private static readonly Argument<string> Cluster = new("cluster") { Description = "The cluster" };
    private static readonly Option<string?> To = new("--to") { Description = "The instance that takes over (default: the replica with the most WAL)", HelpName = "instance" };
    private static readonly Argument<string> Instance = new("instance") { Description = "The replica that is to be the primary" };
    private static readonly Option<bool> AcceptLoss = new("--accept-loss") { Description = "Promote it although acknowledged writes that it lacks are lost" };

    public static Command CreateSwitchover()
    {
        var command = new Command("switchover", "Makes a replica of a cluster its primary; no write is lost.") { Cluster, To };
        command.SetAction((parse, cancellationToken) => RunAsync(
            CommonOptions.StateFolder(parse), parse.GetRequiredValue(Cluster), parse.GetValue(To), acceptLoss: false, cancellationToken));
        return command;
    }

    public static Command CreatePromote()
    {
        var command = new Command("promote", "Makes a replica the primary by force, where the supervisor says that it cannot choose one.") { Instance, AcceptLoss };
        command.SetAction((parse, cancellationToken) =>
        {
            var instance = parse.GetRequiredValue(Instance);
            return parse.GetValue(AcceptLoss)
                ? RunAsync(CommonOptions.StateFolder(parse), ClusterOf(instance), instance, acceptLoss: true, cancellationToken)
                : throw new CliException(
                    $"Writes that were acknowledged and that {instance} lacks would be lost: say --accept-loss. pgaspire switchover {ClusterOf(instance)} --to {instance} loses none.", ExitCodes.WrongInput);
        });
        return command;
    }

    private static string ClusterOf(string instance) => instance.LastIndexOf('-') is > 0 and var place ? instance[..place] : instance;

    private static async Task<int> RunAsync(StateFolder folder, string cluster, string? to, bool acceptLoss, CancellationToken cancellationToken)
    {
        var status = await StatusReader.ReadAsync(folder, cancellationToken);
        var clusters = status.Instances.Select(instance => instance.Cluster).Distinct().ToList();
        if (!clusters.Contains(cluster))
        {
            throw new CliException(
                $"No cluster is called {cluster}{(NearestName.Of(cluster, clusters) is { } nearest ? $": did you mean {nearest}?" : $": there are {string.Join(", ", clusters)}.")}", ExitCodes.WrongInput);
        }

        var members = status.Instances.Where(instance => instance.Cluster == cluster).ToList();
        var target = to is null ? null : OrdinalOf(cluster, to, members);
        try
        {
            var reply = await SupervisorAccess.Of(folder, cluster, members).AskAsync(new(cluster, target, acceptLoss), cancellationToken);
            if (!reply.IsDone)
            {
                throw new CliException($"{cluster}: {reply.Message}.");
            }

            Console.WriteLine($"{cluster}: {reply.Message}.");
            return ExitCodes.Done;
        }
        catch (TimeoutException exception)
        {
            throw new CliException($"{cluster}: {exception.Message}", inner: exception);
        }
    }

    private static int? OrdinalOf(string cluster, string instance, IEnumerable<InstanceStatus> members)
    {
        var known = members.Select(member => member.Instance).ToList();
        return known.IndexOf(instance) is >= 0 and var place
            ? place + 1
            : throw new CliException($"{cluster} has no instance {instance}: there are {string.Join(", ", known)}.", ExitCodes.WrongInput);
    }
}
