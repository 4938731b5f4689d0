using System.Security.Cryptography;
using System.Text;
using PgAspire.Postgres.Roles;

namespace PgAspire.Postgres.Containers;

/// <summary>A password verifier that comes out the same every time, for what is compared from run to run.</summary>
public static class StableVerifier
{
    /// <summary>Makes the verifier with a salt that follows from the password, the cluster and the role.</summary>
    public static string Create(string cluster, string role, string password) => ScramVerifier.Create(
        password,
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(password), Encoding.UTF8.GetBytes($"{cluster}/{role}"))[..16],
        ScramVerifier.DefaultIterations);
}
