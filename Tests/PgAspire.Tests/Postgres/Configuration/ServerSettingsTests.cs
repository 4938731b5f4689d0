using CsCheck;
using PgAspire.Postgres.Configuration;
using PgAspire.Postgres.Declaration;

namespace PgAspire.Tests.Postgres.Configuration;

public sealed class ServerSettingsTests
{
    [Fact]
    public void ADeclaredSettingWins()
    {
        var settings = ServerSettings.For(new() { Settings = new Dictionary<string, string> { ["shared_buffers"] = "1GB", ["work_mem"] = "8MB" } }, 15);
        Assert.Equal(("1GB", "8MB"), (settings["shared_buffers"], settings["work_mem"]));
    }

    [Theory]
    [InlineData(Durability.Safe, "on")]
    [InlineData(Durability.Fast, "off")]
    public void DurabilityDecidesWhatIsFlushed(Durability durability, string expected)
    {
        var settings = ServerSettings.For(new() { Durability = durability }, 15);
        Assert.Equal((expected, expected, expected), (settings["fsync"], settings["full_page_writes"], settings["synchronous_commit"]));
    }

    [Theory]
    [InlineData(14, false)]
    [InlineData(17, false)]
    [InlineData(18, true)]
    public void OneWorkerReadsWhereTheVersionHasWorkers(int major, bool expected) =>
        Assert.Equal(expected, ServerSettings.For(new(), major).ContainsKey("io_workers"));

    [Fact]
    public void PasswordsAreScramAndTimesAreUtcAndMessagesAreReadable()
    {
        var settings = ServerSettings.For(new(), 15);
        Assert.Equal(("scram-sha-256", "UTC", "UTC", "C"), (settings["password_encryption"], settings["timezone"], settings["log_timezone"], settings["lc_messages"]));
    }

    [Fact]
    public void EverySettingIsOneQuotedLine() => Assert.Equal(
        "a = 'it''s'\nb = 'C:\\\\data'\nc = ''\n",
        ServerSettings.ToFile(new Dictionary<string, string> { ["a"] = "it's", ["b"] = @"C:\data", ["c"] = "" }));

    [Fact]
    public void QuotingIsReadBackAsPostgresReadsIt() => Gen.String[Gen.Char[' ', '~'], 0, 40].Sample(value =>
    {
        var line = ServerSettings.ToFile([KeyValuePair.Create("name", value)]);
        return line.StartsWith("name = '", StringComparison.Ordinal) && line.EndsWith("'\n", StringComparison.Ordinal) && Unquote(line[8..^2]) == value;
    });

    /// <summary>guc-file.l: a doubled quote is one, and a backslash takes the next character as it is where it is no letter of an escape.</summary>
    private static string Unquote(string text)
    {
        var plain = new System.Text.StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is '\'' or '\\')
            {
                Assert.Equal(text[i], text[i + 1]); // Else the value would end here, or the escape be another one.
                i++;
            }

            plain.Append(text[i]);
        }

        return plain.ToString();
    }
}
