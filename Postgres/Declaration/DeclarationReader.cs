using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace PgAspire.Postgres.Declaration;

/// <summary>Reads a declaration from .NET configuration, section <see cref="Section"/>.</summary>
public static class DeclarationReader
{
    /// <summary>The configuration section that holds the declaration.</summary>
    public const string Section = "Topology";

    private const string SchemaField = "$schema";

    /// <summary>Reads the declaration, defaults filled in.</summary>
    /// <param name="configuration">Sources in the order in which later ones override earlier ones.</param>
    /// <returns>A valid declaration.</returns>
    /// <exception cref="DeclarationException">Any field is unknown or wrong; all of them are named.</exception>
    public static TopologyDeclaration Read(IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        var fields = new FieldReader(section);
        var declared = new TopologyDeclaration();
        declared = declared with
        {
            Name = fields.Text("name") ?? declared.Name,
            Version = fields.Number("version") ?? declared.Version,
            Clusters = fields.Number("clusters") ?? declared.Clusters,
            Instances = fields.Number("instances") ?? declared.Instances,
            Database = fields.Text("database") ?? declared.Database,
            InitScripts = fields.Text("initScripts") ?? declared.InitScripts,
            Settings = fields.Map("settings") ?? declared.Settings,
            FirstPort = fields.Number("firstPort"),
            Durability = fields.Parse<Durability>("durability", TryParseDurability) ?? declared.Durability,
            Synchronous = fields.Parse<SynchronousReplicas>("synchronous", SynchronousReplicas.TryParse),
            UnresponsiveAfter = fields.Number("unresponsiveAfter") ?? declared.UnresponsiveAfter,
        };

        var unreadable = fields.Problems.Select(problem => problem.Path).ToHashSet();
        var unknown = section.GetChildren()
            .Where(child => child.Key != SchemaField && !DeclarationRules.Allowed.Keys.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
            .Select(child => new DeclarationProblem(child.Key, null, Unknown(child.Key)));
        var problems = unknown
            .Concat(fields.Problems)
            .Concat(DeclarationRules.Check(declared).Where(problem => !unreadable.Contains(problem.Path)))
            .Select(problem => problem with { Source = SourceOf(configuration, problem.Path) })
            .ToList();
        return problems.Count == 0 ? declared : throw new DeclarationException(problems);
    }

    private static string Unknown(string field) =>
        NearestName.Of(field, DeclarationRules.Allowed.Keys) is { } nearest
            ? $"no such field; did you mean {nearest}?"
            : $"no such field; there are {string.Join(", ", DeclarationRules.Allowed.Keys)}";

    private static bool TryParseDurability(string? text, out Durability value) =>
        Enum.TryParse(text, ignoreCase: true, out value) && Enum.IsDefined(value) && !int.TryParse(text, out _);

    private static string? SourceOf(IConfiguration configuration, string path)
    {
        // A setting's own name may have a dot.
        var key = $"{Section}:{(path.StartsWith("settings.", StringComparison.Ordinal) ? $"settings:{path["settings.".Length..]}" : path)}";
        var provider = (configuration as IConfigurationRoot)?.Providers.Reverse()
            .FirstOrDefault(provider => provider.TryGet(key, out _) || provider.GetChildKeys([], key).Any());
        return provider switch
        {
            null => null,
            IDeclarationSource named => named.Describe(path),
            _ when provider.GetType().Name.StartsWith("EnvironmentVariables", StringComparison.Ordinal)
                => $"environment variable {key.Replace(":", "__", StringComparison.Ordinal)}",
            _ when provider.GetType().Name.StartsWith("CommandLine", StringComparison.Ordinal) => $"command line --{key}",
            _ => null,
        };
    }

    private delegate bool TryParser<T>(string? text, out T value);

    private sealed class FieldReader(IConfigurationSection section)
    {
        public List<DeclarationProblem> Problems { get; } = [];

        public string? Text(string field)
        {
            var child = section.GetSection(field);
            if (child.GetChildren().Any())
            {
                Problems.Add(new(field, null, DeclarationRules.Allowed[field]));
                return null;
            }

            return child.Value;
        }

        public int? Number(string field) => Parse<int>(field, TryParseNumber);

        public T? Parse<T>(string field, TryParser<T> parser)
            where T : struct
        {
            var text = Text(field);
            if (string.IsNullOrEmpty(text))
            {
                return null;
            }

            if (parser(text, out var value))
            {
                return value;
            }

            Problems.Add(new(field, text, DeclarationRules.Allowed[field]));
            return null;
        }

        public Dictionary<string, string>? Map(string field)
        {
            var child = section.GetSection(field);
            if (!string.IsNullOrEmpty(child.Value))
            {
                Problems.Add(new(field, child.Value, DeclarationRules.Allowed[field]));
                return null;
            }

            var map = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var entry in child.GetChildren())
            {
                if (entry.Value is { } value)
                {
                    map[entry.Key] = value;
                }
                else
                {
                    Problems.Add(new($"{field}.{entry.Key}", null, "a text, a number, true or false"));
                }
            }

            return map;
        }

        private static bool TryParseNumber(string? text, out int value) =>
            int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
    }
}
