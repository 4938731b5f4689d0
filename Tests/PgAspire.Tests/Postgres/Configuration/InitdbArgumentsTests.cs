using PgAspire.Postgres.Configuration;

namespace PgAspire.Tests.Postgres.Configuration;

public sealed class InitdbArgumentsTests
{
    private static readonly string[] Common = ["--username=postgres", "--encoding=UTF8", "--auth=scram-sha-256", "--data-checksums"];

    [Theory]
    [InlineData(14, true, "--locale=C.UTF-8")]
    [InlineData(16, true, "--locale=C.UTF-8")]
    [InlineData(16, false, "--locale=C")]
    [InlineData(17, true, "--locale-provider=builtin --builtin-locale=C.UTF-8 --locale=C")]
    [InlineData(18, false, "--locale-provider=builtin --builtin-locale=C.UTF-8 --locale=C")]
    public void TheLocaleIsTheSameOnEverySystemWhereItCanBe(int major, bool hasUtf8CLocale, string locale) =>
        Assert.Equal([.. Common, .. locale.Split(' ')], InitdbArguments.For(major, hasUtf8CLocale));
}
