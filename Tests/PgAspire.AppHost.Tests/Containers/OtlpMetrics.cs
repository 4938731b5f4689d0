using System.Text;

namespace PgAspire.AppHost.Tests.Containers;

/// <summary>Reads as much of an OTLP export of metrics as the tests want to know.</summary>
/// <remarks>See <see href="https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/metrics/v1/metrics.proto"/>.</remarks>
internal static class OtlpMetrics
{
    private static readonly int[] Metrics = [1, 2, 2]; // resource_metrics, scope_metrics, metrics
    private const int Name = 1;
    private static readonly int[] Kinds = [5, 7]; // gauge, sum
    private const int DataPoints = 1;
    private const int Attributes = 7;
    private const int Key = 1;
    private static readonly int[] TextValue = [2, 1];

    /// <summary>The attributes of every value of a metric that is a gauge or a sum.</summary>
    public static IEnumerable<Dictionary<string, string>> Points(ReadOnlyMemory<byte> export, string metric) => Of(export, Metrics)
        .Where(found => Of(found, Name).Select(Text).SingleOrDefault() == metric)
        .SelectMany(found => Kinds.SelectMany(kind => Of(found, kind, DataPoints)))
        .Select(point => Of(point, Attributes).ToDictionary(attribute => Text(Of(attribute, Key).Single()), attribute => Of(attribute, TextValue).Select(Text).SingleOrDefault() ?? ""));

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    /// <summary>The parts of a protobuf message at the end of a path of field numbers.</summary>
    private static IEnumerable<ReadOnlyMemory<byte>> Of(ReadOnlyMemory<byte> message, params int[] path) =>
        path.Aggregate(Enumerable.Repeat(message, 1), (messages, number) => messages.SelectMany(part => Fields(part).Where(field => field.Number == number).Select(field => field.Content)));

    private static List<(int Number, ReadOnlyMemory<byte> Content)> Fields(ReadOnlyMemory<byte> message)
    {
        var fields = new List<(int, ReadOnlyMemory<byte>)>();
        while (message.Length > 0)
        {
            var tag = Varint(ref message);
            var type = tag & 7;
            var number = type is 0 or 2 ? Varint(ref message) : 0; // A value by itself, or the length of what follows.
            var length = type switch
            {
                0 => 0,
                1 => 8,
                2 => (int)number,
                5 => 4,
                _ => throw new InvalidDataException($"{type} is no type of protobuf's."),
            };
            fields.Add(((int)(tag >> 3), message[..length]));
            message = message[length..];
        }

        return fields;
    }

    private static ulong Varint(ref ReadOnlyMemory<byte> message)
    {
        var (value, index) = (0UL, 0);
        do
        {
            value |= (ulong)(message.Span[index] & 0x7f) << (7 * index);
        }
        while ((message.Span[index++] & 0x80) != 0);

        message = message[index..];
        return value;
    }
}
