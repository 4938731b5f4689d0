using PgAspire.Postgres.Configuration;

namespace PgAspire.Tests.Postgres.Configuration;

public sealed class PrimaryConnectionTests
{
    private const string Connection = "primary_conninfo = 'host=127.0.0.1 port=5 user=replicator password=''secret'' application_name=pg1_2'\n";

    [Fact]
    public void ItTakesTheOthersPlaceAndTheRestStays() => Assert.Equal(
        "# comment\nprimary_slot_name = 'pg1_2'\nwork_mem = '8MB'\n" + Connection,
        PrimaryConnection.Apply(
            "# comment\nprimary_conninfo = 'user=replicator password=old'\nprimary_slot_name = 'pg1_2'\nwork_mem = '8MB'\n", "127.0.0.1", 5, "secret", "pg1_2"));

    [Fact]
    public void AppliedTwiceItIsTheSame() => Assert.Equal(Connection, PrimaryConnection.Apply(Connection, "127.0.0.1", 5, "secret", "pg1_2"));

    [Fact]
    public void APasswordIsQuotedForLibpqAndThenForTheFile() => Assert.Equal(
        "primary_conninfo = 'host=h port=1 user=replicator password=''it\\\\''s'' application_name=r'\n", PrimaryConnection.Apply("", "h", 1, "it's", "r"));
}
