namespace PgAspire.Postgres.Roles;

/// <summary>The passwords of one cluster's roles.</summary>
/// <param name="Superuser">Of <see cref="RoleNames.Superuser"/>.</param>
/// <param name="Application">Of <see cref="RoleNames.Application"/>.</param>
/// <param name="Replicator">Of <see cref="RoleNames.Replicator"/>.</param>
/// <param name="Monitor">Of <see cref="RoleNames.Monitor"/>.</param>
public sealed record RolePasswords(string Superuser, string Application, string Replicator, string Monitor)
{
    /// <summary>Four new random passwords.</summary>
    public static RolePasswords Generate() =>
        new(Password.Generate(), Password.Generate(), Password.Generate(), Password.Generate());

    /// <summary>The password of a role by its name.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The name is none of <see cref="RoleNames.All"/>.</exception>
    public string Of(string role) => role switch
    {
        RoleNames.Superuser => Superuser,
        RoleNames.Application => Application,
        RoleNames.Replicator => Replicator,
        RoleNames.Monitor => Monitor,
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, $"A role is one of {string.Join(", ", RoleNames.All)}."),
    };

    /// <summary>Says nothing of the passwords, so that no log does.</summary>
    public override string ToString() => nameof(RolePasswords);
}
