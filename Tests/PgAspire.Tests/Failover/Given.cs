using System.Text.Json;
using System.Text.Json.Serialization;
using NpgsqlTypes;
using PgAspire.Postgres.Failover;

namespace PgAspire.Tests.Failover;

/// <summary>A cluster of three that is well: commits wait for any one replica. Tests say what is different.</summary>
internal static class Given
{
    private static readonly JsonSerializerOptions Shape = new() { Converters = { new LsnConverter() } };

    public static FailoverRules Rules { get; } = new() { Quorum = 1 };

    public static ClusterMemory Memory { get; } = new() { Primary = 1, Timeline = 1, Quorum = 1, Voters = [1, 2, 3] };

    public static ClusterMemory Asynchronous { get; } = Memory with { Quorum = 0 };

    public static NpgsqlLogSequenceNumber Lsn(ulong position) => new(position);

    public static InstanceObservation Primary(int ordinal = 1, ulong flushed = 100, uint timeline = 1, string synchronous = "any 1 of 1,2,3") => new(ordinal)
    {
        HasData = true,
        IsRunning = true,
        Answer = new(InRecovery: false, timeline, new(flushed), IsSettled: true, Upstream: null, IsStreaming: false, synchronous, Others(ordinal)),
    };

    public static InstanceObservation Replica(
        int ordinal, ulong flushed = 100, int upstream = 1, uint timeline = 1, bool streams = true, bool settled = true, string synchronous = "any 1 of 1,2,3", params int[] slots) => new(ordinal)
        {
            HasData = true,
            IsRunning = true,
            Answer = new(InRecovery: true, timeline, new(flushed), settled, upstream, streams, synchronous, slots.ToHashSet()),
        };

    /// <summary>It ran until a second ago.</summary>
    public static InstanceObservation Gone(int ordinal = 1) => new(ordinal) { HasData = true, GoneFor = TimeSpan.FromSeconds(1), LastAnswer = Primary(ordinal).Answer };

    /// <summary>It runs and gives no answer.</summary>
    public static InstanceObservation Silent(int ordinal, double seconds) => new(ordinal) { HasData = true, IsRunning = true, SilentFor = TimeSpan.FromSeconds(seconds) };

    /// <summary>It runs, and does not let the supervisor in.</summary>
    public static InstanceObservation Refusing(int ordinal, double seconds) =>
        new(ordinal) { HasData = true, IsRunning = true, Refusal = "wrong password", RefusingFor = TimeSpan.FromSeconds(seconds) };

    /// <summary>What is said of it.</summary>
    public static FailoverStep Refused(int ordinal) => new FailoverStep.Report(FailoverProblem.LoginRefused, $"{ordinal} refuses the supervisor's login: wrong password");

    public static IReadOnlyList<FailoverStep> Next(ClusterMemory memory, params IReadOnlyList<InstanceObservation> observations) =>
        FailoverDecision.Next(memory, observations, Rules with { Quorum = memory.Quorum });

    /// <summary>The steps are these, in this order, with everything that they say.</summary>
    public static void Are(this IReadOnlyList<FailoverStep> steps, params IReadOnlyList<FailoverStep> expected) => Assert.Equal(expected.Select(Text), steps.Select(Text));

    public static HashSet<int> Others(int ordinal, int instances = 3) => [.. Enumerable.Range(1, instances).Where(other => other != ordinal)];

    // Records compare lists and sets by reference.
    private static string Text(FailoverStep step) => $"{step.GetType().Name} {JsonSerializer.Serialize(step, step.GetType(), Shape)}";

    private sealed class LsnConverter : JsonConverter<NpgsqlLogSequenceNumber>
    {
        public override NpgsqlLogSequenceNumber Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => new(reader.GetUInt64());

        public override void Write(Utf8JsonWriter writer, NpgsqlLogSequenceNumber value, JsonSerializerOptions options) => writer.WriteNumberValue((ulong)value);
    }
}
