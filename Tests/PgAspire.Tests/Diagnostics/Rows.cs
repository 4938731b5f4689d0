using PgAspire.Postgres.Diagnostics;

namespace PgAspire.Tests.Diagnostics;

/// <summary>Rows as a server would give them.</summary>
internal static class Rows
{
    public static Row Of(params (string Column, object? Value)[] values) =>
        new(values.ToDictionary(entry => entry.Column, entry => entry.Value is int number ? (long)number : entry.Value));

    public static ServerFacts Server(int major = 18, bool isReplica = false) => new(major * 10000, isReplica, "app") { StatementsVersion = 112 };

    /// <summary>The findings of one diagnostic on one row.</summary>
    public static List<Finding> Judge(string diagnostic, params (string Column, object? Value)[] values) =>
        [.. DiagnosticCatalog.Find(diagnostic)!.Judge([Of(values)], Server())];

    public static InstanceReport Report(string instance, params Row[] rows) => new(instance.Split('-')[0], instance, Server(isReplica: instance.EndsWith("-2", StringComparison.Ordinal)), rows);
}
