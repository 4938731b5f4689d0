namespace PgAspire.Postgres.Declaration;

/// <summary>The PostgreSQL major versions that PgAspire knows.</summary>
public static class PostgresVersions
{
    /// <summary>The oldest major version supported.</summary>
    public const int Oldest = 14;

    /// <summary>The newest major version supported.</summary>
    public const int Newest = 18;

    /// <summary>The major version where none is declared.</summary>
    public const int Default = 18;
}
