using Microsoft.Extensions.Configuration;
using PgAspire.Postgres.Declaration;
using PgAspire.Tests.Support;

namespace PgAspire.Tests.Postgres.Declaration;

public sealed class DeclarationFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("3")]
    [InlineData("{ \"clusters\": 3 \"instances\": 1 }")]
    [InlineData("{ \"clusters\": 3, \"clusters\": 4 }")]
    [InlineData("clusters: 3")]
    public void WhatIsNoJsonObjectIsOneProblemOfTheFile(string content)
    {
        var path = _folder.Write("topology.json", content);
        var problem = Assert.Single(Assert.Throws<DeclarationException>(() => Read(path, optional: false)).Problems);
        Assert.Equal(("topology.json", path), (problem.Path, problem.Value));
        Assert.StartsWith("must be readable JSON: ", problem.Allowed, StringComparison.Ordinal);
    }

    [Fact]
    public void ASyntaxErrorNamesItsLine()
    {
        var path = _folder.Write("topology.json", "{\n  \"clusters\": 3,\n  \"name\": oops\n}");
        Assert.Contains("LineNumber: 2", Assert.Throws<DeclarationException>(() => Read(path, optional: false)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CommentsAndACommaTooManyAreAllowed() =>
        Assert.Equal(4, Read(_folder.Write("topology.json", "{ // four\n \"clusters\": 4, }"), optional: false).Clusters);

    [Fact]
    public void AMissingFileIsAnErrorOnlyWhereItWasNamed()
    {
        var path = _folder.Of("elsewhere.json");
        Assert.Equivalent(new TopologyDeclaration(), Read(path, optional: true), strict: true);
        Assert.Equal(
            [new("topology.json", path, "a declaration's file; there is none at this path")],
            Assert.Throws<DeclarationException>(() => Read(path, optional: false)).Problems);
    }

    [Fact]
    public void TheProblemNamesTheFileAsItIsCalled() =>
        Assert.Equal("other.json", Assert.Single(Assert.Throws<DeclarationException>(() => Read(_folder.Write("other.json", """{ "clusters": 0 }"""), optional: false)).Problems).Source);

    [Fact]
    public void TheRepositorysOwnDeclarationIsValid() =>
        Assert.Equivalent(new TopologyDeclaration(), Read(Path.Combine(Repository.Root, "topology.json"), optional: false), strict: true);

    private static TopologyDeclaration Read(string path, bool optional) =>
        DeclarationReader.Read(new ConfigurationBuilder().AddTopologyFile(path, optional).Build());
}
