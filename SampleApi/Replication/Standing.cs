namespace PgAspire.SampleApi.Replication;

/// <summary>What an instance says of itself.</summary>
/// <param name="System">The system identifier: of one making of the cluster, the same on all of its instances.</param>
/// <param name="Timeline">The timeline that it writes, one higher with every promotion; null where it is a replica.</param>
internal sealed record Standing(long System, long? Timeline)
{
    public bool IsPrimary => Timeline is not null;
}
