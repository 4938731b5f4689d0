using PgAspire.Hosting.Resources;
using PgAspire.Postgres.Declaration;

namespace PgAspire.AppHost.Tests;

/// <summary>What the dashboard offers for clusters and instances.</summary>
public sealed class CommandTests
{
    private static readonly string[] Harmless = ["Connection string", "psql"];

    [Theory]
    [InlineData(1, "Connection string, Reset data, Reset passwords, Restart", "psql")]
    [InlineData(
        3, "Connection string, Reset data, Reset passwords, Restart, Switchover",
        "Drill: kill, Drill: partition, Drill: pause, Drill: restart, Promote, accept loss, psql")]
    public async Task EachHasAnIconAndAQuestionWhereSomethingEndsOrIsLost(int instances, string ofCluster, string ofInstance)
    {
        var builder = Model.Builder();
        builder.AddPostgresTopology("postgres", new TopologyDeclaration { Clusters = 1, Instances = instances, InitScripts = "" });
        await using var model = await Model.CompleteAsync(builder);
        var cluster = Own(model.Get<PostgresClusterResource>("pg1"));
        var instance = Own(model.Instance("pg1-1"));

        Assert.Equal(ofCluster, Names(cluster));
        Assert.Equal(ofInstance, Names(instance));
        Assert.All([.. cluster, .. instance], command =>
        {
            Assert.False(string.IsNullOrEmpty(command.IconName), $"{command.DisplayName} has an icon");
            Assert.False(string.IsNullOrEmpty(command.DisplayDescription), $"{command.DisplayName} says what it does");
            Assert.Equal(Harmless.Contains(command.DisplayName), command.ConfirmationMessage is null);
        });
    }

    private static List<ResourceCommandAnnotation> Own(IResource resource) =>
        [.. resource.Annotations.OfType<ResourceCommandAnnotation>().Where(command => command.Name.StartsWith("pgaspire-", StringComparison.Ordinal))];

    private static string Names(IEnumerable<ResourceCommandAnnotation> commands) => string.Join(", ", commands.Select(command => command.DisplayName).Order(StringComparer.OrdinalIgnoreCase));
}
