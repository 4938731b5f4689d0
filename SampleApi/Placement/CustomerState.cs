using Npgsql;

namespace PgAspire.SampleApi.Placement;

/// <summary>A customer's state on one cluster, as <c>initdb/002_placement.sql</c> describes it.</summary>
public enum CustomerState
{
    Here,
    Arriving,
    Moved,
}

/// <summary>A row of <c>customers</c>. <paramref name="Since"/> tells one arrival from a later one.</summary>
public sealed record CustomerRow(CustomerState State, string? Peer, DateTime Since)
{
    /// <summary>Reads the columns <c>state</c>, <c>peer</c> and <c>since</c>, in this order, from <paramref name="first"/> on.</summary>
    public static CustomerRow Read(NpgsqlDataReader reader, int first) => new(
        Enum.Parse<CustomerState>(reader.GetString(first), ignoreCase: true),
        reader.IsDBNull(first + 1) ? null : reader.GetString(first + 1),
        reader.GetDateTime(first + 2));
}
