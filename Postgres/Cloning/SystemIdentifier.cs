using System.Security.Cryptography;

namespace PgAspire.Postgres.Cloning;

/// <summary>The number that tells one cluster's data from every other's.</summary>
public static class SystemIdentifier
{
    /// <summary>Makes one as initdb does, time above and chance below, with chance where initdb has its process number.</summary>
    /// <remarks>initdb: seconds in the upper 32 bits, microseconds in the next 20, the process number in the lowest 12.</remarks>
    public static ulong Generate(DateTimeOffset now) =>
        ((ulong)now.ToUnixTimeSeconds() << 32) | BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(sizeof(uint)));
}
