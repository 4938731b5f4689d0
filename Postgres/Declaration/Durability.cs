namespace PgAspire.Postgres.Declaration;

/// <summary>What a crash of the machine may cost.</summary>
public enum Durability
{
    /// <summary>PostgreSQL's own guarantees: an acknowledged commit survives.</summary>
    Safe,

    /// <summary>Nothing is flushed to disk: quick, for tests whose data may be lost.</summary>
    Fast,
}
