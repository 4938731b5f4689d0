using PgAspire.Postgres.Control;
using PgAspire.Postgres.Topology;

namespace PgAspire.Cli.Embedded;

/// <summary>Says why a server did not start.</summary>
internal static class StartFailure
{
    private const string NoSpace = "No space left on device";
    private const int Tail = 64 * 1024;
    private const int NoSpaceUnix = 28;
    private const int NoSpaceWindows = 0x70;

    public static CliException Explain(Instance instance, string data, string log, long logStart, string fallback)
    {
        var lines = ReadFrom(log, logStart);
        if (lines.Any(line => line.Contains("Address already in use", StringComparison.Ordinal)) && instance.Port is { } port)
        {
            return PortTaken(instance, port);
        }

        if (lines.Any(line => line.Contains(NoSpace, StringComparison.Ordinal)))
        {
            return new($"{instance.Name}: no space left on the disk of {data}.");
        }

        if (lines.Any(line => line.Contains("contains errors", StringComparison.Ordinal)))
        {
            return new($"{instance.Name} does not start, a declared setting is wrong: {WrongSettings(lines)}");
        }

        return new($"{instance.Name} does not start: {LastWords(lines) ?? fallback.Trim()} (its log: {log})");
    }

    /// <summary>The last line of a server that gave up, otherwise the last line; null where there is none.</summary>
    public static string? LastWords(IEnumerable<string> lines) =>
        lines.LastOrDefault(line => line.Contains("FATAL:", StringComparison.Ordinal) || line.Contains("PANIC:", StringComparison.Ordinal)) ?? lines.LastOrDefault();

    /// <summary>Why a server ended that nobody stopped; null where its log does not say.</summary>
    public static string? WhyEnded(string data, string log) =>
        ServerEnd.ReasonIn(ReadFrom(log, -Tail)) is { } reason
            ? reason.Contains(NoSpace, StringComparison.Ordinal) ? $"no space left on the disk of {data}" : reason
            : null;

    /// <summary>What a server says of the settings in its files.</summary>
    public static string WrongSettings(IEnumerable<string> lines) => string.Join("; ", lines
        .Where(line => line.Contains("LOG:", StringComparison.Ordinal) && line.Contains("parameter", StringComparison.Ordinal))
        .Select(line => line[(line.IndexOf("LOG:", StringComparison.Ordinal) + "LOG:".Length)..].Trim()));

    /// <summary>Whether a failure of our own, or of a program that we ran, is a full disk.</summary>
    public static bool IsNoSpace(Exception exception) =>
        (exception is IOException && (exception.HResult & 0xFFFF) is NoSpaceUnix or NoSpaceWindows) || exception.Message.Contains(NoSpace, StringComparison.Ordinal);

    /// <summary>Whether a server wrote so into its log.</summary>
    public static bool SaysNoSpace(string log, long logStart) => ReadFrom(log, logStart).Any(line => line.Contains(NoSpace, StringComparison.Ordinal));

    public static CliException PortTaken(Instance instance, int port) =>
        new($"Port {port} of {instance.Name} is taken{PortOwner.Describe(port)}. Free it, or declare another firstPort (--first-port).");

    /// <param name="log">The log; it may be missing.</param>
    /// <param name="position">Where to begin; negative: that far from its end.</param>
    private static List<string> ReadFrom(string log, long position)
    {
        if (!File.Exists(log))
        {
            return [];
        }

        using var stream = new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        stream.Position = position < 0 ? Math.Max(0, stream.Length + position) : Math.Min(position, stream.Length);
        using var reader = new StreamReader(stream);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }
}
