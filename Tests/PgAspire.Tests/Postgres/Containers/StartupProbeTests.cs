using System.Text;
using PgAspire.Postgres.Probing;
using PgAspire.Postgres.Roles;

namespace PgAspire.Tests.Postgres.Containers;

public sealed class StartupProbeTests
{
    [Fact]
    public void TheFirstMessageIsThatOfProtocolThree()
    {
        var message = StartupProbe.StartupMessage("app", "orders");

        Assert.Equal([0, 0, 0, (byte)message.Length, 0, 3, 0, 0], message[..8]);
        Assert.Equal("user\0app\0database\0orders\0application_name\0pgaspire\0\0", Encoding.ASCII.GetString(message, 8, message.Length - 8));
    }

    [Fact]
    public void ARequestForAPasswordMeansThatTheServerIsOpen() =>
        Assert.Equal(new StartupAnswer(true, true, null), StartupProbe.Read("R\0\0\0\u0017"u8));

    [Theory]
    [InlineData("SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0", "57P03")]
    [InlineData("SFATAL\0C28000\0", "28000")]
    [InlineData("SFATAL\0VFA", null)]
    [InlineData("", null)]
    public void AnErrorIsReadToItsSqlState(string fields, string? sqlState) =>
        Assert.Equal(new StartupAnswer(true, false, sqlState), StartupProbe.Read(Encoding.ASCII.GetBytes($"E\0\0\0\0{fields}")));

    [Fact]
    public async Task NobodyListeningIsAnAnswer() => Assert.Equal(
        default, await StartupProbe.AskAsync("127.0.0.1", 1, "app", "app", TestContext.Current.CancellationToken));

    [Fact]
    public void ARepairOnlyAddsAndSetsPasswords()
    {
        var script = RepairStatements.For(role => $"verifier-of-{role}", "app");

        Assert.DoesNotContain("DROP", script, StringComparison.Ordinal);
        Assert.Contains("ALTER ROLE app LOGIN PASSWORD 'verifier-of-app';\n", script, StringComparison.Ordinal);
        Assert.Contains("SELECT 'CREATE ROLE monitor' WHERE NOT EXISTS", script, StringComparison.Ordinal);
        Assert.DoesNotContain("CREATE ROLE postgres", script, StringComparison.Ordinal);
    }
}
