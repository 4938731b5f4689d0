using NpgsqlTypes;
using PgAspire.Postgres.Cloning;

namespace PgAspire.Postgres.Control;

/// <summary>What <c>global/pg_control</c> of a data directory says of its server.</summary>
/// <remarks>
/// ControlFileData of PostgreSQL's <c>catalog/pg_control.h</c>, the same from version 14 to 18 as far as it is read here: after the system
/// identifier and two versions come the state (byte 16), the time (24) and the place of the last checkpoint (32).
/// </remarks>
public static class ControlFile
{
    private const int StateOffset = 16;
    private const int CheckpointOffset = 32;

    /// <summary>DB_SHUTDOWNED.</summary>
    private const int ShutDown = 1;

    /// <summary>Where the shutdown checkpoint of a primary begins, the last record that it has written; null where it was not shut down.</summary>
    /// <exception cref="InvalidDataException">The checksum does not fit: it is damaged, of an unknown layout, or just being written.</exception>
    public static NpgsqlLogSequenceNumber? ShutdownCheckpoint(ReadOnlySpan<byte> file)
    {
        ClonedIdentity.Read(file);
        return BitConverter.ToInt32(file[StateOffset..]) == ShutDown ? new(BitConverter.ToUInt64(file[CheckpointOffset..])) : null;
    }
}
