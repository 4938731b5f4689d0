using PgAspire.Cli.Aspire;
using PgAspire.Cli.Embedded;
using PgAspire.Cli.Processes;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.Cli;

public sealed class AspireVolumesTests : IDisposable
{
    private const string Document =
        """
        {
          "state": "failed", "processId": 1, "problems": [],
          "instances": [
            {
              "cluster": "pg1", "instance": "pg1-1", "role": "primary", "state": "failed", "host": "localhost", "port": 0, "database": "app",
              "version": "18", "dataDirectory": "pg1-1-data"
            }
          ]
        }
        """;

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void VolumesOfInstancesThatAreNoLongerDeclaredAreKnownToo()
    {
        var folder = new StateFolder(_folder.FullPath, ServerUser.Current());
        _folder.Write("apphost.json", Document);

        Assert.Equal(["pg1-1-data"], AspireSession.VolumesOf(folder, new()));
        Assert.Equal(["pg1-1-data", "pg1-2-data"], AspireSession.VolumesOf(folder, new() { Volumes = ["pg1-1-data", "pg1-2-data"] }));
        Assert.Equal(["pg2-1-data", "pg1-1-data"], AspireSession.VolumesOf(folder, new() { Volumes = ["pg2-1-data"] }));
    }

    [Fact]
    public void WhereNoneWasEverUpThereIsNone() => Assert.Empty(AspireSession.VolumesOf(new StateFolder(_folder.FullPath, ServerUser.Current()), new()));

    public void Dispose() => _folder.Dispose();
}
