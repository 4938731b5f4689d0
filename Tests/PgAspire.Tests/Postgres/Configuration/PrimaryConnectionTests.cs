using PgAspire.Postgres.Configuration;

namespace PgAspire.Tests.Postgres.Configuration;

public sealed class PrimaryConnectionTests
{
    private const string Connection = "primary_conninfo = 'host=127.0.0.1 port=5 user=replicator passfile=pgaspire.replicator application_name=pg1_2 connect_timeout=5'\nprimary_slot_name = 'pg1_2'\n";

    [Fact]
    public void ItTakesTheOthersPlaceAndTheRestStays() => Assert.Equal(
        "# comment\nwork_mem = '8MB'\n" + Connection,
        PrimaryConnection.Apply(
            "# comment\nprimary_conninfo = 'user=replicator'\nprimary_slot_name = 'old'\nwork_mem = '8MB'\n", "127.0.0.1", 5, "pg1_2"));

    [Fact]
    public void AppliedTwiceItIsTheSame() => Assert.Equal(Connection, PrimaryConnection.Apply(Connection, "127.0.0.1", 5, "pg1_2"));

    [Fact]
    public void APasswordIsQuotedForItsFile() => Assert.Equal("*:*:*:replicator:a\\:b\\\\c\n", PrimaryConnection.Passwords("a:b\\c"));
}
