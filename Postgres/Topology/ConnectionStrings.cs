using System.Net;
using Npgsql;

namespace PgAspire.Postgres.Topology;

/// <summary>The connection strings of a cluster.</summary>
public static class ConnectionStrings
{
    /// <summary>A connection string for Npgsql; of several instances it lists all and asks for the primary.</summary>
    /// <param name="instances">Where the cluster's instances listen, at least one.</param>
    /// <param name="database">The database.</param>
    /// <param name="role">The role.</param>
    /// <param name="password">Its password; null leaves it out, for what is shown.</param>
    /// <exception cref="ArgumentException">There is no instance.</exception>
    public static string For(IReadOnlyCollection<DnsEndPoint> instances, string database, string role, string? password)
    {
        if (instances.Count == 0)
        {
            throw new ArgumentException("A cluster has at least one instance.", nameof(instances));
        }

        var builder = new NpgsqlConnectionStringBuilder();
        if (instances.Count == 1)
        {
            builder.Host = instances.First().Host;
            builder.Port = instances.First().Port;
        }
        else
        {
            builder.Host = string.Join(',', instances.Select(instance => $"{instance.Host}:{instance.Port}"));
            builder.TargetSessionAttributes = "primary";
            // Npgsql believes for 10 seconds what it saw an instance to be, and takes a promoted replica for one that long.
            builder.HostRecheckSeconds = 1;
        }

        builder.Database = database;
        builder.Username = role;

        if (password is not null)
        {
            builder.Password = password;
        }

        return builder.ConnectionString;
    }
}
