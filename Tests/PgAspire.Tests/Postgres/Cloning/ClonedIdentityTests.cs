using CsCheck;
using PgAspire.Postgres.Cloning;

namespace PgAspire.Tests.Postgres.Cloning;

/// <summary>On made-up files; Cli/TemplateTests does the same with initdb's.</summary>
public sealed class ClonedIdentityTests
{
    [Fact]
    public void WhatIsWrittenIsReadBackAndTheRestStays() => Gen.Select(Gen.Byte.Array[200, 400], Gen.ULong, Gen.ULong).Sample((content, first, second) =>
    {
        var file = ControlFile(content, first);
        var original = file.ToArray();
        if (ClonedIdentity.Read(file) != first)
        {
            return false;
        }

        ClonedIdentity.Write(file, second);
        var readBack = ClonedIdentity.Read(file);
        ClonedIdentity.Write(file, first);
        return readBack == second && file.SequenceEqual(original);
    });

    [Fact]
    public void AFlippedBitIsADamagedFile() => Gen.Select(Gen.Byte.Array[280, 280], Gen.Int[0, (280 * 8) - 1]).Sample((content, bit) =>
    {
        var file = ControlFile(content, 1);
        file[bit / 8] ^= (byte)(1 << (bit % 8));
        return Throws(() => ClonedIdentity.Read(file)) && Throws(() => ClonedIdentity.Write(file, 2));
    });

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(203)]
    [InlineData(8192)]
    public void AFileOfAnotherKindIsRefused(int length) => Assert.Throws<InvalidDataException>(() => ClonedIdentity.Read(Enumerable.Repeat((byte)7, length).ToArray()));

    [Fact]
    public void AWalPageOfTheSameClusterGetsTheNewIdentity()
    {
        var page = Enumerable.Range(0, 40).Select(value => (byte)value).ToArray();
        BitConverter.TryWriteBytes(page.AsSpan(24), 77ul);
        ClonedIdentity.WriteWal(page, 77, 99);
        Assert.Equal(99ul, BitConverter.ToUInt64(page, 24));
        Assert.Equal(Enumerable.Range(0, 24).Select(value => (byte)value), page[..24]);
        Assert.Equal(Enumerable.Range(32, 8).Select(value => (byte)value), page[32..]);
        Assert.Throws<InvalidDataException>(() => ClonedIdentity.WriteWal(page, 77, 1));
    }

    [Fact]
    public void ASystemIdentifierHoldsTheTimeAndIsNeverTheSame()
    {
        var now = new DateTimeOffset(2026, 5, 4, 3, 2, 1, TimeSpan.Zero);
        var made = Enumerable.Range(0, 1000).Select(_ => SystemIdentifier.Generate(now)).ToList();
        Assert.All(made, identifier => Assert.Equal(now.ToUnixTimeSeconds(), (long)(identifier >> 32)));
        Assert.InRange(made.Distinct().Count(), 999, 1000);
    }

    internal static byte[] ControlFile(byte[] content, ulong identifier)
    {
        var file = new byte[8192];
        var length = content.Length / 8 * 8;
        content.AsSpan(0, length).CopyTo(file);
        BitConverter.TryWriteBytes(file, identifier);
        BitConverter.TryWriteBytes(file.AsSpan(length), ~file[..length].Aggregate(uint.MaxValue, Crc32C.Append));
        return file;
    }

    private static bool Throws(Action action)
    {
        try
        {
            action();
            return false;
        }
        catch (InvalidDataException)
        {
            return true;
        }
    }
}
