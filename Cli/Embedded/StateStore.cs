using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using PgAspire.Postgres.Declaration;
using PgAspire.Postgres.Roles;
using PgAspire.Postgres.Supervision;

namespace PgAspire.Cli.Embedded;

/// <summary>Reads and writes the state and the secrets; a file is replaced whole, so that a killed command leaves the old one.</summary>
internal sealed class StateStore(StateFolder folder)
{
    private static readonly Lock Updating = new();

    /// <exception cref="CliException">The file is damaged.</exception>
    public KnownState Read()
    {
        var state = Read(folder.StateFile, StateJson.Default.KnownState,
            "It only remembers ports and processes: move it away and run up again, which finds the data and what runs by itself.", IsWhole) ?? new();
        // A file of a version that knew no services.
        return state.Services is null ? state with { Services = NoServices } : state;
    }

    /// <summary>Changes a part of it, one caller at a time.</summary>
    public void Update(Func<KnownState, KnownState> change)
    {
        lock (Updating)
        {
            Write(change(Read()));
        }
    }

    private static readonly IReadOnlyDictionary<string, KnownService> NoServices = new Dictionary<string, KnownService>();

    public void Write(KnownState state) => Write(folder.StateFile, state, StateJson.Default.KnownState);

    /// <summary>The passwords by cluster.</summary>
    /// <exception cref="CliException">The file is damaged.</exception>
    public Dictionary<string, RolePasswords> ReadSecrets() => Read(folder.SecretsFile, StateJson.Default.DictionaryStringRolePasswords,
        "It holds the clusters' passwords: restore it from a copy, or move it away and run up --reset-passwords, which gives every cluster new ones.",
        secrets => secrets.Values.All(passwords => passwords is not null)) ?? [];

    public void WriteSecrets(Dictionary<string, RolePasswords> secrets) =>
        Write(folder.SecretsFile, secrets, StateJson.Default.DictionaryStringRolePasswords);

    private static bool IsWhole(KnownState state) =>
        state is { Instances: not null, Clusters: not null, Database: not null, Binaries: not null } // A field that is missing is null.
        && state.Instances.All(instance => instance is { Cluster: not null, Port: > 0 and <= 65535 })
        && state.Instances.DistinctBy(instance => (instance.Cluster, instance.Ordinal)).Count() == state.Instances.Count
        && state.Clusters.All(cluster => cluster is not null)
        && state.InstancesPerCluster is > 0 and <= DeclarationRules.MostInstances
        && (state.Services ?? NoServices).Values.All(service => service is { Process: not null, Url: not null } && Uri.TryCreate(service.Url, UriKind.Absolute, out _));

    private static T? Read<T>(string path, JsonTypeInfo<T> type, string advice, Func<T, bool> isWhole)
        where T : class
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(path), type) is { } value && isWhole(value) ? value : throw new JsonException("it says what it never could");
        }
        catch (JsonException exception)
        {
            throw new CliException($"{path} is damaged: {exception.Message.Split(" Path:")[0].TrimEnd('.')}. {advice}", inner: exception);
        }
    }

    private static void Write<T>(string path, T value, JsonTypeInfo<T> type) =>
        DurableFile.Write(path, stream => JsonSerializer.Serialize(stream, value, type));
}
