using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CsCheck;
using PgAspire.Postgres.Roles;

namespace PgAspire.Tests.Postgres.Roles;

public sealed class ScramVerifierTests
{
    // The exchange of RFC 7677, section 3: user "user", password "pencil".
    private const string Salt = "W22ZaJ0SNY7soEsUEjb6gQ==";
    private const string Nonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    private const string Exchange = $"n=user,r=rOprNGfwEbeRWgbNEkqO,r={Nonce},s={Salt},i=4096,c=biws,r={Nonce}";
    private const string ClientProof = "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
    private const string ServerSignature = "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

    [Fact]
    public void ItIsTheVerifierOfTheRfcsExample()
    {
        var (iterations, salt, storedKey, serverKey) = Parse(ScramVerifier.Create("pencil", Convert.FromBase64String(Salt), 4096));
        Assert.Equal((4096, Salt), (iterations, Convert.ToBase64String(salt)));
        Assert.Equal(ServerSignature, Convert.ToBase64String(HMACSHA256.HashData(serverKey, Encoding.ASCII.GetBytes(Exchange))));
        var signature = HMACSHA256.HashData(storedKey, Encoding.ASCII.GetBytes(Exchange));
        var clientKey = Convert.FromBase64String(ClientProof).Zip(signature, (proof, sign) => (byte)(proof ^ sign)).ToArray();
        Assert.Equal(storedKey, SHA256.HashData(clientKey));
    }

    [Fact]
    public void EveryOneHasASaltOfItsOwn()
    {
        var (first, second) = (ScramVerifier.Create("secret"), ScramVerifier.Create("secret"));
        Assert.NotEqual(first, second);
        var (iterations, salt, storedKey, serverKey) = Parse(first);
        Assert.Equal((4096, 16, 32, 32), (iterations, salt.Length, storedKey.Length, serverKey.Length));
    }

    [Fact]
    public void NoVerifierNeedsQuotingInSqlOrHoldsThePassword() => Gen.String[Gen.Char[' ', '~'], 8, 40].Sample(
        password => ScramVerifier.Create(password, iterations: 1) is var verifier && !verifier.Contains('\'', StringComparison.Ordinal) && !verifier.Contains(password, StringComparison.Ordinal));

    [Theory]
    [InlineData("pässword")]
    [InlineData("pass\nword")]
    public void APasswordThatWouldNeedPreparationIsRefused(string password) => Assert.Throws<ArgumentException>(nameof(password), () => ScramVerifier.Create(password));

    private static (int Iterations, byte[] Salt, byte[] StoredKey, byte[] ServerKey) Parse(string verifier)
    {
        var parts = verifier.Split('$', ':');
        Assert.Equal((5, "SCRAM-SHA-256"), (parts.Length, parts[0]));
        return (int.Parse(parts[1], CultureInfo.InvariantCulture), Convert.FromBase64String(parts[2]), Convert.FromBase64String(parts[3]), Convert.FromBase64String(parts[4]));
    }
}
