using Microsoft.Extensions.Configuration;
using PgAspire.Postgres.Declaration;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.Postgres.Declaration;

/// <summary>Reads declarations as the command line does: file, then environment, then options.</summary>
internal static class Declared
{
    public static TopologyDeclaration By(
        string json, IReadOnlyDictionary<string, string>? environment = null, IReadOnlyDictionary<string, string?>? options = null)
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write(DeclarationSources.FileName, json);
        var prefix = $"PGASPIRE_TEST_{Guid.NewGuid():N}_";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            Environment.SetEnvironmentVariable(prefix + name, value);
        }

        try
        {
            return DeclarationReader.Read(new ConfigurationBuilder()
                .AddTopologyFile(file)
                .AddEnvironmentVariables(prefix)
                .AddTopologyOptions(options ?? new Dictionary<string, string?>())
                .Build());
        }
        finally
        {
            foreach (var name in environment?.Keys ?? [])
            {
                Environment.SetEnvironmentVariable(prefix + name, null);
            }
        }
    }

    public static IReadOnlyList<DeclarationProblem> Wrongly(
        string json, IReadOnlyDictionary<string, string>? environment = null, IReadOnlyDictionary<string, string?>? options = null) =>
        Assert.Throws<DeclarationException>(() => By(json, environment, options)).Problems;
}
