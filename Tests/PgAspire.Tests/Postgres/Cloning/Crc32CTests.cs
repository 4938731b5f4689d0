using System.Text;
using PgAspire.Postgres.Cloning;

namespace PgAspire.Tests.Postgres.Cloning;

public sealed class Crc32CTests
{
    [Theory]
    [InlineData("", 0x00000000u)]
    [InlineData("a", 0xC1D04330u)]
    [InlineData("123456789", 0xE3069283u)] // The check value of CRC-32C.
    public void ItIsTheCastagnoliChecksum(string text, uint expected) =>
        Assert.Equal(expected, ~Encoding.ASCII.GetBytes(text).Aggregate(uint.MaxValue, Crc32C.Append));

    [Fact]
    public void ItIsThatOfRfc3720()
    {
        Assert.Equal(0x8A9136AAu, ~new byte[32].Aggregate(uint.MaxValue, Crc32C.Append));
        Assert.Equal(0x62A8AB43u, ~Enumerable.Repeat((byte)0xFF, 32).Aggregate(uint.MaxValue, Crc32C.Append));
    }
}
