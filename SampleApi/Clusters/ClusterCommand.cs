using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Npgsql;
using PgAspire.ServiceDefaults;

namespace PgAspire.SampleApi.Clusters;

/// <summary>Commands that say which request they are for.</summary>
public static class ClusterCommand
{
    private const string Application = "PgAspire.SampleApi";
    private static readonly HttpContextAccessor Requests = new();
    private static readonly ConcurrentDictionary<(string Sql, Endpoint Endpoint), string> Tagged = new(new ByReference());

    /// <summary>
    /// A command whose text ends in the route of the current request. The route and not the request: so the text is one of
    /// a few, and is prepared like any other. A slow statement's trace is the one whose span has the session's number
    /// (<c>db.npgsql.connection_id</c>) at that time.
    /// </summary>
    /// <param name="cluster">The cluster to ask.</param>
    /// <param name="sql">The statement, a constant.</param>
    public static NpgsqlCommand CreateCommand(this Cluster cluster, string sql)
    {
        ArgumentNullException.ThrowIfNull(cluster);

        return cluster.DataSource.CreateCommand(
            Requests.HttpContext?.GetEndpoint() is { } endpoint ? Tagged.GetOrAdd((sql, endpoint), static key => Tag(key.Sql, key.Endpoint)) : sql);
    }

    private static string Tag(string sql, Endpoint endpoint)
    {
        var method = endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods is [var only] ? $"{only} " : "";
        var route = (endpoint as RouteEndpoint)?.RoutePattern.RawText ?? endpoint.DisplayName ?? "";
        return QueryTags.Append(sql, (QueryTags.Application, Application), (QueryTags.Route, method + route));
    }

    // The statements are constants and the endpoints are made once: to hash their texts at every request would be a waste.
    private sealed class ByReference : IEqualityComparer<(string Sql, Endpoint Endpoint)>
    {
        public bool Equals((string Sql, Endpoint Endpoint) x, (string Sql, Endpoint Endpoint) y) =>
            ReferenceEquals(x.Sql, y.Sql) && ReferenceEquals(x.Endpoint, y.Endpoint);

        public int GetHashCode((string Sql, Endpoint Endpoint) key) =>
            HashCode.Combine(RuntimeHelpers.GetHashCode(key.Sql), RuntimeHelpers.GetHashCode(key.Endpoint));
    }
}
