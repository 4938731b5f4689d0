using System.Security.Cryptography;

namespace PgAspire.Postgres.Roles;

/// <summary>Passwords of roles.</summary>
public static class Password
{
    // No character here needs quoting in a connection string, a URL, a shell or a pgpass file.
    private const string Alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";

    /// <summary>A random password of 28 letters and digits, over 160 bits.</summary>
    public static string Generate() => RandomNumberGenerator.GetString(Alphabet, 28);
}
