using PgAspire.Postgres.Control;

namespace PgAspire.Tests.Postgres.Control;

public sealed class ServerEndTests
{
    [Fact]
    public void TheProcessThatTookTheServerWithItHasTheWord() =>
        Assert.Equal(
            "could not extend file \"base/16387/16452\": No space left on device",
            ServerEnd.ReasonIn([
                "2026-11-26 04:37:38.745 UTC [9901] postgres@postgres/[unknown] FATAL:  could not write init file",
                "2026-11-26 04:37:38.948 UTC [9900] FATAL:  could not extend file \"base/16387/16452\": No space left on device",
                "2026-11-26 04:37:38.948 UTC [9900] HINT:  Check free disk space.",
                "2026-11-26 04:37:38.997 UTC [9897] LOG:  startup process (PID 9900) exited with exit code 1",
                "2026-11-26 04:37:39.022 UTC [9914] postgres@postgres/[unknown] FATAL:  the database system is in recovery mode",
                "2026-11-26 04:37:39.064 UTC [9897] LOG:  database system is shut down",
            ]));

    [Fact]
    public void OneThatSaidNothingWasKilled() =>
        Assert.Equal(
            "checkpointer process was terminated by signal 9: Killed",
            ServerEnd.ReasonIn(["2026-11-26 04:37:38.997 UTC [12] LOG:  checkpointer process (PID 14) was terminated by signal 9: Killed"]));

    [Fact]
    public void ACleanShutdownHasNoReason() =>
        Assert.Null(ServerEnd.ReasonIn([
            "2026-11-26 04:18:47.802 UTC [27309] app@app/[unknown] FATAL:  terminating connection due to administrator command",
            "2026-11-26 04:18:47.906 UTC [27184] LOG:  background worker \"logical replication launcher\" (PID 27257) exited with exit code 1",
            "2026-11-26 04:18:48.411 UTC [27184] LOG:  database system is shut down",
        ]));
}
