namespace PgAspire.Postgres.Cloning;

/// <summary>
/// Gives a copied data directory a system identifier of its own: in the control file, which carries a checksum, and in the
/// first page of the one WAL segment that a cluster has after initdb.
/// </summary>
/// <remarks>
/// The layout is PostgreSQL's: ControlFileData begins with system_identifier and ends with its CRC-32C; the long page header
/// of a WAL segment has xlp_sysid after the 24 bytes of the short one, and no checksum.
/// </remarks>
public static class ClonedIdentity
{
    private const int SmallestControlFile = 200;
    private const int LargestControlFile = 512;
    private const int WalSystemIdentifierOffset = 24;

    /// <summary>Reads the system identifier of a control file.</summary>
    /// <exception cref="InvalidDataException">Its checksum does not fit, so it is damaged or of an unknown layout.</exception>
    public static ulong Read(ReadOnlySpan<byte> controlFile)
    {
        FindChecksum(controlFile);
        return BitConverter.ToUInt64(controlFile);
    }

    /// <summary>Writes a system identifier into a control file, checksum included.</summary>
    /// <exception cref="InvalidDataException">Its checksum does not fit, so it is damaged or of an unknown layout.</exception>
    public static void Write(Span<byte> controlFile, ulong systemIdentifier)
    {
        var end = FindChecksum(controlFile);
        BitConverter.TryWriteBytes(controlFile, systemIdentifier);
        var state = uint.MaxValue;
        foreach (var value in controlFile[..end])
        {
            state = Crc32C.Append(state, value);
        }

        BitConverter.TryWriteBytes(controlFile[end..], ~state);
    }

    /// <summary>Writes a system identifier into the first page of a WAL segment.</summary>
    /// <param name="firstPage">At least its first 32 bytes.</param>
    /// <param name="expected">The identifier that must stand there.</param>
    /// <param name="systemIdentifier">The new one.</param>
    /// <exception cref="InvalidDataException">Another identifier stands there.</exception>
    public static void WriteWal(Span<byte> firstPage, ulong expected, ulong systemIdentifier)
    {
        var place = firstPage.Slice(WalSystemIdentifierOffset, sizeof(ulong));
        if (BitConverter.ToUInt64(place) != expected)
        {
            throw new InvalidDataException("The WAL segment is not of the same cluster as the control file.");
        }

        BitConverter.TryWriteBytes(place, systemIdentifier);
    }

    /// <summary>The place of the checksum, which differs from version to version, is where it fits all before it.</summary>
    private static int FindChecksum(ReadOnlySpan<byte> controlFile)
    {
        var state = uint.MaxValue;
        for (var end = 0; end <= Math.Min(LargestControlFile, controlFile.Length - sizeof(uint)); end++)
        {
            if (end >= SmallestControlFile && end % sizeof(uint) == 0 && BitConverter.ToUInt32(controlFile[end..]) == ~state)
            {
                return end;
            }

            state = Crc32C.Append(state, controlFile[end]);
        }

        throw new InvalidDataException("The control file's checksum does not fit: it is damaged, or of a PostgreSQL unknown here.");
    }
}
