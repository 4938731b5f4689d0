using System.Globalization;
using System.Text.RegularExpressions;

namespace PgAspire.Postgres.Declaration;

/// <summary>What a declaration may say, field by field.</summary>
public static partial class DeclarationRules
{
    /// <summary>The largest number of clusters.</summary>
    public const int MostClusters = 500;

    /// <summary>The largest number of instances in a cluster.</summary>
    public const int MostInstances = 9;

    /// <summary>The longest <see cref="TopologyDeclaration.UnresponsiveAfter"/> in seconds.</summary>
    public const int LongestUnresponsiveAfter = 300;

    /// <summary>What each field allows, by its name in <c>topology.json</c>.</summary>
    public static IReadOnlyDictionary<string, string> Allowed { get; } = new Dictionary<string, string>
    {
        ["name"] = "lower-case letters, digits and single hyphens, a letter first, no hyphen last, at most 40 characters",
        ["version"] = $"a PostgreSQL major version from {PostgresVersions.Oldest} to {PostgresVersions.Newest}",
        ["clusters"] = $"a whole number from 1 to {MostClusters}",
        ["instances"] = $"a whole number from 1 to {MostInstances}",
        ["database"] = "lower-case letters, digits and underscores, no digit first, at most 63 characters, not postgres, template0 or template1",
        ["initScripts"] = "a folder, relative to the declaration's file, or \"\" for none",
        ["settings"] = "an object of postgresql.conf settings: { \"work_mem\": \"8MB\" }",
        ["firstPort"] = "a port from 1024 to 65535, or null for any free ports",
        ["durability"] = "safe or fast",
        ["synchronous"] = "none, or any 1, any 2, … up to instances - 1",
        ["unresponsiveAfter"] = $"a whole number of seconds from 1 to {LongestUnresponsiveAfter}",
    };

    /// <summary>Settings that PgAspire makes itself, and what each is or follows from.</summary>
    internal static readonly IReadOnlyDictionary<string, string> OwnedSettings = new Dictionary<string, string>
    {
        ["port"] = "follows from firstPort",
        ["listen_addresses"] = "is loopback only",
        ["unix_socket_directories"] = "lies in the state folder",
        ["data_directory"] = "lies in the state folder or the data volume",
        ["config_file"] = "is generated",
        ["hba_file"] = "is generated",
        ["ident_file"] = "is generated",
        ["cluster_name"] = "is the instance's name",
        ["password_encryption"] = "is scram-sha-256",
        ["synchronous_standby_names"] = "follows from synchronous",
        ["primary_conninfo"] = "follows from the cluster's primary",
        ["primary_slot_name"] = "follows from the instance's name",
        ["fsync"] = "follows from durability",
        ["full_page_writes"] = "follows from durability",
        ["include"] = "is a directive, which could set any of the others",
        ["include_dir"] = "is a directive, which could set any of the others",
        ["include_if_exists"] = "is a directive, which could set any of the others",
    };

    /// <summary>Checks a declaration as a whole.</summary>
    /// <returns>What is wrong, in the order of the fields; empty where nothing is.</returns>
    public static IReadOnlyList<DeclarationProblem> Check(TopologyDeclaration declaration)
    {
        var problems = new List<DeclarationProblem>();
        void Require(bool holds, string field, object? value, string? allowed = null)
        {
            if (!holds)
            {
                problems.Add(new(field, Convert.ToString(value, CultureInfo.InvariantCulture), allowed ?? Allowed[field]));
            }
        }

        Require(declaration.Name.Length <= 40 && NamePattern().IsMatch(declaration.Name), "name", declaration.Name);
        Require(declaration.Version is >= PostgresVersions.Oldest and <= PostgresVersions.Newest, "version", declaration.Version);
        Require(declaration.Clusters is >= 1 and <= MostClusters, "clusters", declaration.Clusters);
        Require(declaration.Instances is >= 1 and <= MostInstances, "instances", declaration.Instances);
        Require(DatabasePattern().IsMatch(declaration.Database), "database", declaration.Database);
        Require(!declaration.InitScripts.Contains('\0'), "initScripts", declaration.InitScripts);
        foreach (var (name, value) in declaration.Settings)
        {
            Require(SettingPattern().IsMatch(name), $"settings.{name}", value, "a setting's name has lower-case letters, digits and underscores");
            Require(!OwnedSettings.ContainsKey(name), $"settings.{name}", value, $"not to be set: it {OwnedSettings.GetValueOrDefault(name)}");
            Require(!value.Any(char.IsControl), $"settings.{name}", value, "a value on one line");
        }

        var last = (declaration.FirstPort ?? 1024) + ((long)declaration.Clusters * declaration.Instances) - 1;
        Require(declaration.FirstPort is null or (>= 1024 and <= 65535), "firstPort", declaration.FirstPort);
        Require(
            declaration.FirstPort is not (>= 1024 and <= 65535) || last <= 65535, "firstPort", declaration.FirstPort,
            $"low enough that all {(long)declaration.Clusters * declaration.Instances} instances find a port up to 65535");
        Require(Enum.IsDefined(declaration.Durability), "durability", declaration.Durability);
        Require(
            declaration.EffectiveSynchronous.Count == 0 || declaration.EffectiveSynchronous.Count < declaration.Instances,
            "synchronous", declaration.EffectiveSynchronous,
            $"{Allowed["synchronous"]} (instances is {declaration.Instances})");
        Require(declaration.UnresponsiveAfter is >= 1 and <= LongestUnresponsiveAfter, "unresponsiveAfter", declaration.UnresponsiveAfter);
        return problems;
    }

    [GeneratedRegex(@"^[a-z][a-z0-9]*(-[a-z0-9]+)*\z")]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"^(?!postgres\z|template[01]\z)[a-z_][a-z0-9_]{0,62}\z")]
    private static partial Regex DatabasePattern();

    [GeneratedRegex(@"^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?\z")]
    private static partial Regex SettingPattern();
}
