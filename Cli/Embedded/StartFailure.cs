using PgAspire.Postgres.Topology;

namespace PgAspire.Cli.Embedded;

/// <summary>Says why a server did not start.</summary>
internal static class StartFailure
{
    public static CliException Explain(Instance instance, string log, long logStart, string fallback)
    {
        var lines = ReadFrom(log, logStart);
        if (lines.Any(line => line.Contains("Address already in use", StringComparison.Ordinal)) && instance.Port is { } port)
        {
            return PortTaken(instance, port);
        }

        if (lines.Any(line => line.Contains("No space left on device", StringComparison.Ordinal)))
        {
            return new($"{instance.Name}: no space left on the disk of {Path.GetDirectoryName(log)}.");
        }

        var reason = lines.LastOrDefault(line => line.Contains("FATAL:", StringComparison.Ordinal) || line.Contains("PANIC:", StringComparison.Ordinal))
            ?? lines.LastOrDefault() ?? fallback.Trim();
        return new($"{instance.Name} does not start: {reason} (its log: {log})");
    }

    public static CliException PortTaken(Instance instance, int port) =>
        new($"Port {port} of {instance.Name} is taken{PortOwner.Describe(port)}. Free it, or declare another firstPort (--first-port).");

    private static List<string> ReadFrom(string log, long position)
    {
        if (!File.Exists(log))
        {
            return [];
        }

        using var stream = new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        stream.Position = Math.Min(position, stream.Length);
        using var reader = new StreamReader(stream);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }
}
