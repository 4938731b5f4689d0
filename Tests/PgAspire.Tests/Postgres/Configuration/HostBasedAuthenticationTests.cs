using PgAspire.Postgres.Configuration;

namespace PgAspire.Tests.Postgres.Configuration;

public sealed class HostBasedAuthenticationTests
{
    [Fact]
    public void ClientsOfThisMachineGiveAPasswordAndOnlyTheReplicatorStreams() => Assert.Equal(
        [
            "local all all scram-sha-256",
            "local replication replicator scram-sha-256",
            "host all all 127.0.0.1/32 scram-sha-256",
            "host replication replicator 127.0.0.1/32 scram-sha-256",
            "host all all ::1/128 scram-sha-256",
            "host replication replicator ::1/128 scram-sha-256",
        ],
        Rules(HostBasedAuthentication.Loopback));

    [Fact]
    public void NobodyIsTrustedInAContainerEither() => Assert.Equal(
        [
            "local all all scram-sha-256",
            "local replication replicator scram-sha-256",
            "host all all 0.0.0.0/0 scram-sha-256",
            "host replication replicator 0.0.0.0/0 scram-sha-256",
            "host all all ::/0 scram-sha-256",
            "host replication replicator ::/0 scram-sha-256",
        ],
        Rules(HostBasedAuthentication.ContainerNetwork));

    private static IEnumerable<string> Rules(string file) =>
        file.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
}
