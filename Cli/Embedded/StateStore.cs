using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using PgAspire.Postgres.Roles;

namespace PgAspire.Cli.Embedded;

/// <summary>Reads and writes the state and the secrets; a file is replaced whole, so that a killed command leaves the old one.</summary>
internal sealed class StateStore(StateFolder folder)
{
    /// <exception cref="CliException">The file is damaged.</exception>
    public KnownState Read() => Read(folder.StateFile, StateJson.Default.KnownState,
        "It only remembers ports and processes: move it away and run up again, which finds the data and what runs by itself.") ?? new();

    public void Write(KnownState state) => Write(folder.StateFile, state, StateJson.Default.KnownState);

    /// <summary>The passwords by cluster.</summary>
    /// <exception cref="CliException">The file is damaged.</exception>
    public Dictionary<string, RolePasswords> ReadSecrets() => Read(folder.SecretsFile, StateJson.Default.DictionaryStringRolePasswords,
        "It holds the clusters' passwords: restore it from a copy, or move it away and run up --reset-passwords, which gives every cluster new ones.") ?? [];

    public void WriteSecrets(Dictionary<string, RolePasswords> secrets) =>
        Write(folder.SecretsFile, secrets, StateJson.Default.DictionaryStringRolePasswords);

    private static T? Read<T>(string path, JsonTypeInfo<T> type, string advice)
        where T : class
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(path), type) ?? throw new JsonException("it is null");
        }
        catch (JsonException exception)
        {
            throw new CliException($"{path} is damaged: {exception.Message.Split(" Path:")[0].TrimEnd('.')}. {advice}", inner: exception);
        }
    }

    private static void Write<T>(string path, T value, JsonTypeInfo<T> type)
    {
        var temporary = path + ".new";
        using (var stream = StateFolder.CreatePrivate(temporary))
        {
            JsonSerializer.Serialize(stream, value, type);
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
