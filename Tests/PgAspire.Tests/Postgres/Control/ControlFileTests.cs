using NpgsqlTypes;
using PgAspire.Postgres.Control;
using PgAspire.Tests.Postgres.Cloning;

namespace PgAspire.Tests.Postgres.Control;

/// <summary>On made-up files; Cli/TemplateTests compares with what pg_controldata says.</summary>
public sealed class ControlFileTests
{
    /// <summary>DBState of PostgreSQL's catalog/pg_control.h, in its order.</summary>
    [Theory]
    [InlineData("starting up", 0, null)]
    [InlineData("shut down", 1, 0x2_0000_0028UL)]
    [InlineData("shut down in recovery", 2, null)]
    [InlineData("shutting down", 3, null)]
    [InlineData("in crash recovery", 4, null)]
    [InlineData("in archive recovery", 5, null)]
    [InlineData("in production", 6, null)]
    public void OnlyAPrimaryThatWasShutDownHasWrittenItsLast(string meaning, int state, ulong? expected)
    {
        var content = new byte[288];
        BitConverter.TryWriteBytes(content.AsSpan(16), state);
        BitConverter.TryWriteBytes(content.AsSpan(32), 0x2_0000_0028UL);
        var found = ControlFile.ShutdownCheckpoint(ClonedIdentityTests.ControlFile(content, 7));
        Assert.True(found == (expected is { } place ? new NpgsqlLogSequenceNumber(place) : null), meaning);
    }

    [Fact]
    public void OneThatIsHalfWrittenIsRefused()
    {
        var file = ClonedIdentityTests.ControlFile(new byte[288], 7);
        file[16] = 1;
        Assert.Throws<InvalidDataException>(() => ControlFile.ShutdownCheckpoint(file));
    }
}
