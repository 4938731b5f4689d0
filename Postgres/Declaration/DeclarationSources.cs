using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace PgAspire.Postgres.Declaration;

/// <summary>A configuration provider that can say where a field of the declaration was given.</summary>
public interface IDeclarationSource
{
    /// <summary>Where the field was given, in the user's words.</summary>
    string Describe(string field);
}

/// <summary>Configuration sources of a declaration: its file, and what the command line says.</summary>
public static class DeclarationSources
{
    /// <summary>The declaration's file name.</summary>
    public const string FileName = "topology.json";

    /// <summary>Adds the fields of a declaration's file.</summary>
    /// <param name="builder">The configuration; sources added later override the file.</param>
    /// <param name="path">The file; one that is missing is an error unless <paramref name="optional"/>.</param>
    /// <param name="optional">Whether the file may be missing.</param>
    /// <exception cref="DeclarationException">At build: the file is missing or is not JSON.</exception>
    public static IConfigurationBuilder AddTopologyFile(this IConfigurationBuilder builder, string path, bool optional = false) =>
        builder.Add(new TopologyFileSource(Path.GetFullPath(path), optional));

    /// <summary>Adds fields given on the command line.</summary>
    /// <param name="builder">The configuration.</param>
    /// <param name="fields">Value by field path (<c>clusters</c>, <c>settings:work_mem</c>); a null value says nothing.</param>
    public static IConfigurationBuilder AddTopologyOptions(this IConfigurationBuilder builder, IEnumerable<KeyValuePair<string, string?>> fields) =>
        builder.Add(new OptionsSource(fields.Where(field => field.Value is not null).ToList()));

    private sealed class TopologyFileSource(string path, bool optional) : IConfigurationSource
    {
        public IConfigurationProvider Build(IConfigurationBuilder builder) => new TopologyFileProvider(path, optional);
    }

    private sealed class TopologyFileProvider(string path, bool optional) : ConfigurationProvider, IDeclarationSource
    {
        public string Describe(string field) => Path.GetFileName(path);

        public override void Load()
        {
            if (!File.Exists(path))
            {
                if (!optional)
                {
                    throw new DeclarationException([new(FileName, path, "a declaration's file; there is none at this path")]);
                }

                return;
            }

            try
            {
                var content = File.ReadAllBytes(path);
                var file = new ConfigurationBuilder().AddJsonStream(new MemoryStream(content)).Build();
                foreach (var (key, value) in file.AsEnumerable().Concat(EmptyOnes(content)))
                {
                    Data[ConfigurationPath.Combine(DeclarationReader.Section, key)] = value;
                }
            }
            catch (Exception exception) when (exception is FormatException or InvalidDataException or JsonException or IOException or UnauthorizedAccessException)
            {
                var reason = exception.InnerException?.Message ?? exception.Message;
                throw new DeclarationException([new(FileName, path, $"must be readable JSON: {reason}")]);
            }
        }
    }

    /// <summary>Fields that are <c>[]</c> or <c>{}</c>, which configuration takes for not said.</summary>
    private static IEnumerable<KeyValuePair<string, string?>> EmptyOnes(byte[] json)
    {
        using var document = JsonDocument.Parse(json, new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        return [.. document.RootElement.EnumerateObject()
            .Where(field => field.Value.ValueKind == JsonValueKind.Array ? field.Value.GetArrayLength() == 0
                : field.Value.ValueKind == JsonValueKind.Object && !field.Value.EnumerateObject().Any() && field.Name != "settings")
            .Select(field => KeyValuePair.Create(field.Name, (string?)field.Value.GetRawText()))];
    }

    private sealed class OptionsSource(IReadOnlyList<KeyValuePair<string, string?>> fields) : IConfigurationSource
    {
        public IConfigurationProvider Build(IConfigurationBuilder builder) => new OptionsProvider(fields);
    }

    private sealed class OptionsProvider(IReadOnlyList<KeyValuePair<string, string?>> fields) : ConfigurationProvider, IDeclarationSource
    {
        public string Describe(string field) => "command line";

        public override void Load()
        {
            foreach (var (field, value) in fields)
            {
                Data[ConfigurationPath.Combine(DeclarationReader.Section, field)] = value;
            }
        }
    }
}
