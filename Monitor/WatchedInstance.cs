using Npgsql;

namespace PgAspire.Monitor;

/// <summary>One instance to watch, an entry of section <c>Instances</c>.</summary>
/// <param name="Cluster">The cluster it belongs to.</param>
/// <param name="Name">Its name.</param>
/// <param name="ConnectionString">Of the role <c>monitor</c>, to this instance alone, in the application's database.</param>
public sealed record WatchedInstance(string Cluster, string Name, string ConnectionString)
{
    /// <summary>The section's name.</summary>
    public const string Section = "Instances";

    /// <summary>The name by which servers see the monitor.</summary>
    public const string ApplicationName = "pgaspire-monitor";

    /// <summary>Its data directory, where this machine sees it; null otherwise.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>Where its data are mounted as its own processes see it: in a container; null where nobody knows.</summary>
    public string? DataMount { get; init; }

    /// <summary>Any process of it, where <see cref="DataDirectory"/> does not tell one.</summary>
    public int? ProcessId { get; init; }

    /// <summary>A file with the number of its first process, which changes with every start; null where nobody writes one.</summary>
    public string? ProcessFile { get; init; }

    /// <summary>Its log, where this machine sees it as a file; null otherwise.</summary>
    public string? LogFile { get; init; }

    /// <summary>A file with the command that prints its log, a word a line, which changes with every start; null where there is none.</summary>
    public string? LogCommandFile { get; init; }

    /// <summary>The folder of its control group, version 2; null for a container's own, or none.</summary>
    public string? Cgroup { get; init; }

    /// <summary>Reads the section.</summary>
    /// <exception cref="InvalidOperationException">An entry is incomplete, or two have the same name.</exception>
    public static IReadOnlyList<WatchedInstance> Read(IConfiguration configuration)
    {
        var instances = configuration.GetSection(Section).GetChildren().Select(Read).ToList();
        return instances.GroupBy(instance => instance.Name).FirstOrDefault(group => group.Count() > 1) is { } twice
            ? throw new InvalidOperationException($"{Section}: {twice.Key} is there twice.")
            : instances;
    }

    /// <summary>Connections that cannot write, wait for nothing long, and find no function but PostgreSQL's own.</summary>
    /// <param name="timeout">What a connection and a statement may take.</param>
    public NpgsqlDataSource CreateSource(TimeSpan timeout)
    {
        var (milliseconds, seconds) = ((int)timeout.TotalMilliseconds, Math.Max(1, (int)Math.Ceiling(timeout.TotalSeconds)));
        var connection = new NpgsqlConnectionStringBuilder(ConnectionString)
        {
            ApplicationName = ApplicationName,
            Pooling = false,
            Timeout = seconds,
            CommandTimeout = seconds,
            CancellationTimeout = -1, // A hung server confirms no cancellation.
            Options = $"-c default_transaction_read_only=on -c statement_timeout={milliseconds} -c lock_timeout=500 -c search_path=pg_catalog -c jit=off",
        };
        var builder = new NpgsqlDataSourceBuilder(connection.ConnectionString) { Name = Name };
        // A span for each of the monitor's own rounds would bury the application's.
        builder.ConfigureTracing(tracing => tracing.ConfigureCommandFilter(_ => false).ConfigureBatchFilter(_ => false));
        return builder.Build();
    }

    private static WatchedInstance Read(IConfigurationSection section)
    {
        string Required(string name) => section[name] is { Length: > 0 } value
            ? value
            : throw new InvalidOperationException($"{section.Path}:{name} is missing.");

        return new(Required(nameof(Cluster)), Required(nameof(Name)), Checked(Required(nameof(ConnectionString)), section.Path))
        {
            DataDirectory = section[nameof(DataDirectory)],
            DataMount = section[nameof(DataMount)],
            ProcessId = section.GetValue<int?>(nameof(ProcessId)),
            ProcessFile = section[nameof(ProcessFile)],
            LogFile = section[nameof(LogFile)],
            LogCommandFile = section[nameof(LogCommandFile)],
            Cgroup = section[nameof(Cgroup)],
        };
    }

    // The parser's own message can quote the string, password and all.
    private static string Checked(string connectionString, string path)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(connectionString).Host is { Length: > 0 } host && !host.Contains(',', StringComparison.Ordinal)
                ? connectionString
                : throw new InvalidOperationException($"{path}:{nameof(ConnectionString)} must name one host.");
        }
        catch (ArgumentException)
        {
            throw new InvalidOperationException($"{path}:{nameof(ConnectionString)} is not a PostgreSQL connection string.");
        }
    }
}
