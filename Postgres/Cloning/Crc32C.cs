using System.Numerics;

namespace PgAspire.Postgres.Cloning;

/// <summary>CRC-32C (Castagnoli), which PostgreSQL protects its control file with.</summary>
internal static class Crc32C
{
    /// <summary>The checksum after one more byte; start with <see cref="uint.MaxValue"/>, and complement at the end.</summary>
    public static uint Append(uint state, byte value) => BitOperations.Crc32C(state, value);
}
