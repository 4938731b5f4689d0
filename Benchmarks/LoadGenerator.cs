using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using PgAspire.Cli;

namespace PgAspire.Benchmarks;

/// <summary>
/// Sends one request over and over on some kept-alive connections of loopback. It parses no more than the end of each
/// response, so that on a machine that it shares with the server it takes little of the processor.
/// </summary>
internal static class LoadGenerator
{
    /// <summary>Requests a second over a time; the connections are opened before it begins.</summary>
    /// <exception cref="CliException">A response has another status than 2xx.</exception>
    public static async Task<double> RunAsync(Uri address, string request, int connections, TimeSpan time, CancellationToken cancellationToken)
    {
        if (!address.IsLoopback)
        {
            throw new CliException($"{address} is not on this machine.");
        }

        var bytes = Encoding.ASCII.GetBytes(request);
        var watch = Stopwatch.StartNew();
        var counts = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => RepeatAsync(address, bytes, watch, time, cancellationToken)));
        return counts.Sum() / watch.Elapsed.TotalSeconds;
    }

    public static string Get(string path) => $"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n";

    public static string Post(string path, string json) =>
        $"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {json.Length}\r\n\r\n{json}";

    private static async Task<long> RepeatAsync(Uri address, byte[] request, Stopwatch watch, TimeSpan time, CancellationToken cancellationToken)
    {
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(address.Host, address.Port, cancellationToken);
        var stream = client.GetStream();
        var buffer = new byte[16 * 1024];
        long count = 0;
        for (; watch.Elapsed < time; count++)
        {
            await stream.WriteAsync(request, cancellationToken);
            var filled = 0;
            while (!IsWhole(buffer.AsSpan(0, filled)))
            {
                var read = await stream.ReadAsync(buffer.AsMemory(filled), cancellationToken);
                filled += read > 0 ? read : throw new CliException("The server closed a connection under load.");
            }
        }

        return count;
    }

    private static bool IsWhole(ReadOnlySpan<byte> response)
    {
        var head = response.IndexOf("\r\n\r\n"u8);
        if (head < 0)
        {
            return false;
        }

        if (response[9] != (byte)'2')
        {
            throw new CliException($"Under load: {Encoding.ASCII.GetString(response)}");
        }

        var lengthAt = response[..head].IndexOf("Content-Length: "u8);
        if (lengthAt < 0)
        {
            return response.EndsWith("0\r\n\r\n"u8);
        }

        var length = response[(lengthAt + "Content-Length: ".Length)..head];
        var end = length.IndexOf((byte)'\r');
        return response.Length >= head + 4 + int.Parse(end < 0 ? length : length[..end], System.Globalization.CultureInfo.InvariantCulture);
    }
}
