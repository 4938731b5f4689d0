using Npgsql;
using PgAspire.SampleApi.Clusters;

namespace PgAspire.Tests.SampleApi;

public class ClusterSettingsTests
{
    [Fact]
    public void ClustersAreInTheOrderInWhichPeopleCount()
    {
        string[] names = ["pg10", "pg2", "other", "pg1", "pg02"];
        Assert.Equal(["other", "pg1", "pg02", "pg2", "pg10"], names.Order(NaturalOrder.Instance));
    }

    [Fact]
    public void AConnectionStringGetsWhatItDoesNotSay()
    {
        var result = new NpgsqlConnectionStringBuilder(ConnectionDefaults.Apply("pg1", "Host=a;MaxAutoPrepare=0;command timeout=60"));
        Assert.Equal((5, 60, 0, true), (result.Timeout, result.CommandTimeout, result.MaxAutoPrepare, result.NoResetOnClose));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Username=app;Password=hunter2")]
    [InlineData("Host=a;Password=hunter2;Nonsense=1")]
    [InlineData("hunter2")]
    public void AnUnusableConnectionStringIsNamedButNotQuoted(string? connectionString)
    {
        var message = Assert.Throws<InvalidOperationException>(() => ConnectionDefaults.Apply("pg7", connectionString)).Message;
        Assert.Contains("ConnectionStrings:pg7", message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", message, StringComparison.Ordinal);
    }
}
