using Npgsql;

namespace PgAspire.Tests.Support;

/// <summary>
/// Throw-away PostgreSQL servers <c>pg1</c> … <c>pgN</c>, one a cluster, with the project's init scripts applied and
/// everything owned by the role <c>app</c>. Everything is gone when this is disposed.
/// </summary>
public sealed class PostgresServers : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;

    private PostgresServers(DirectoryInfo folder, IReadOnlyList<PostgresServer> all) => (_folder, All) = (folder, all);

    public IReadOnlyList<PostgresServer> All { get; }

    public PostgresServer this[string cluster] => All.Single(server => server.Cluster == cluster);

    public static async Task<PostgresServers> StartAsync(int clusters)
    {
        var folder = Directory.CreateTempSubdirectory("pgaspire-test-");
        PostgresTools.OpenToServers(folder.FullName);
        var servers = Enumerable.Range(1, clusters).Select(number => new PostgresServer(folder.FullName, $"pg{number}")).ToList();
        var result = new PostgresServers(folder, servers);
        try
        {
            await Task.WhenAll(servers.Select(async server =>
            {
                await server.CreateAsync();
                await server.StartAsync();
                await server.InitialiseAsync();
            }));
            return result;
        }
        catch
        {
            await result.DisposeAsync();
            throw;
        }
    }

    /// <summary>The configuration that an application gets for the first <paramref name="clusters"/> clusters.</summary>
    public Dictionary<string, string> ConnectionStrings(int clusters)
        => All.Take(clusters).ToDictionary(server => $"ConnectionStrings__{server.Cluster}", server => server.ConnectionString);

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await Task.WhenAll(All.Select(server => server.KillAsync()));
        _folder.Delete(recursive: true);
    }
}
