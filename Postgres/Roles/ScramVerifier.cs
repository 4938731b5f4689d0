using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace PgAspire.Postgres.Roles;

/// <summary>
/// What PostgreSQL stores of a password under scram-sha-256 (RFC 5803), made on the client, so that no statement and no
/// server log ever holds the password itself.
/// </summary>
/// <remarks>Format: <see href="https://www.postgresql.org/docs/current/catalog-pg-authid.html">pg_authid.rolpassword</see>.</remarks>
public static class ScramVerifier
{
    /// <summary>PostgreSQL's own default of <c>scram_iterations</c>.</summary>
    public const int DefaultIterations = 4096;

    /// <summary>Makes the verifier of a password with a random salt.</summary>
    /// <param name="password">ASCII letters and digits only, as <see cref="Password.Generate"/> makes: SASLprep is the identity on them.</param>
    /// <param name="iterations">PBKDF2 iterations.</param>
    public static string Create(string password, int iterations = DefaultIterations) =>
        Create(password, RandomNumberGenerator.GetBytes(16), iterations);

    /// <summary>Makes the verifier of a password with a given salt.</summary>
    /// <exception cref="ArgumentException">The password has other characters than printable ASCII.</exception>
    public static string Create(string password, byte[] salt, int iterations)
    {
        if (password.Any(character => character is < ' ' or > '~'))
        {
            throw new ArgumentException("The password must be printable ASCII.", nameof(password));
        }

        var salted = Rfc2898DeriveBytes.Pbkdf2(Encoding.ASCII.GetBytes(password), salt, iterations, HashAlgorithmName.SHA256, 32);
        var storedKey = SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8));
        var serverKey = HMACSHA256.HashData(salted, "Server Key"u8);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"SCRAM-SHA-256${iterations}:{Convert.ToBase64String(salt)}${Convert.ToBase64String(storedKey)}:{Convert.ToBase64String(serverKey)}");
    }
}
