using PgAspire.Postgres.Roles;

namespace PgAspire.Tests.Postgres.Roles;

public sealed class PasswordTests
{
    [Fact]
    public void APasswordNeedsNoQuotingAnywhereAndIsNeverTheSame()
    {
        var passwords = Enumerable.Range(0, 1000).Select(_ => Password.Generate()).ToList();
        Assert.All(passwords, password => Assert.Matches("^[A-Za-z0-9]{28}$", password));
        Assert.Equal(passwords.Count, passwords.Distinct().Count());
    }

    [Fact]
    public void EveryRoleHasItsOwn()
    {
        var passwords = new RolePasswords("s", "a", "r", "m");
        Assert.Equal(["s", "a", "r", "m"], RoleNames.All.Select(passwords.Of));
        Assert.Throws<ArgumentOutOfRangeException>("role", () => passwords.Of("root"));
        Assert.Equal(4, RoleNames.All.Select(RolePasswords.Generate().Of).Distinct().Count());
    }

    [Fact]
    public void PasswordsDoNotPrintThemselves() => Assert.Equal("RolePasswords", $"{RolePasswords.Generate()}");
}
