using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace PgAspire.Postgres.Probing;

/// <summary>What a server answered to the first message of a session.</summary>
/// <param name="Listens">Whether anybody answered at all.</param>
/// <param name="AsksForPassword">Whether it lets the role try: the server is up and open.</param>
/// <param name="SqlState">The SQLSTATE it refused with, for example 57P03 while it starts; null where it did not.</param>
public readonly record struct StartupAnswer(bool Listens, bool AsksForPassword, string? SqlState);

/// <summary>
/// Asks a server whether it would let a role in, without a password and without the cost of a session: many times a second
/// while it starts, where a failing connection of a client library costs a thousand times as much.
/// </summary>
/// <remarks>Message formats: <see href="https://www.postgresql.org/docs/current/protocol-message-formats.html"/>.</remarks>
public static class StartupProbe
{
    private const int ProtocolVersion = 3 << 16;
    private const byte Authentication = (byte)'R';
    private const byte Error = (byte)'E';

    /// <summary>Sends the first message and reads the first answer; nobody listening is an answer, not an error.</summary>
    public static async Task<StartupAnswer> AskAsync(string host, int port, string role, string database, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(host, port, cancellationToken);
            var stream = client.GetStream();
            await stream.WriteAsync(StartupMessage(role, database), cancellationToken);
            var answer = new byte[1024];
            var length = await stream.ReadAsync(answer, cancellationToken);
            return length == 0 ? default : Read(answer.AsSpan(0, length));
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            return default;
        }
    }

    /// <summary>The first message of a session.</summary>
    public static byte[] StartupMessage(string role, string database)
    {
        var parameters = Encoding.UTF8.GetBytes($"user\0{role}\0database\0{database}\0application_name\0pgaspire\0\0");
        var message = new byte[8 + parameters.Length];
        BinaryPrimitives.WriteInt32BigEndian(message, message.Length);
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(4), ProtocolVersion);
        parameters.CopyTo(message, 8);
        return message;
    }

    /// <summary>Reads the beginning of an answer.</summary>
    public static StartupAnswer Read(ReadOnlySpan<byte> answer) => answer[0] switch
    {
        Authentication => new(true, true, null),
        Error => new(true, false, SqlStateOf(answer)),
        _ => new(true, false, null),
    };

    /// <summary>An error's fields follow its length: a letter and a text that a zero byte ends; C is the SQLSTATE.</summary>
    private static string? SqlStateOf(ReadOnlySpan<byte> error)
    {
        for (var rest = error.Length > 5 ? error[5..] : []; rest.Length > 1 && rest[0] != 0;)
        {
            var end = rest.IndexOf((byte)0);
            if (end < 0)
            {
                return null;
            }

            if (rest[0] == (byte)'C')
            {
                return Encoding.ASCII.GetString(rest[1..end]);
            }

            rest = rest[(end + 1)..];
        }

        return null;
    }
}
