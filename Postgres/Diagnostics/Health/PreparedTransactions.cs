namespace PgAspire.Postgres.Diagnostics.Health;

/// <summary>Prepared transactions that nobody has ended.</summary>
internal static class PreparedTransactions
{
    private const double LongSeconds = 3600;

    public static Diagnostic Diagnostic { get; } = new("prepared-transactions", "Prepared transactions that nobody has ended")
    {
        Columns = [new("gid"), new("database"), new("user"), new("prepared", Unit.Time), new("seconds", Unit.Seconds), new("age", Unit.Count)],
        Sql = _ =>
            $"""
            SELECT p.gid, p.database::text AS database, p.owner::text AS "user", p.prepared, {SqlParts.SecondsSince("p.prepared")} AS seconds, age(p.transaction)::bigint AS age
            FROM pg_prepared_xacts p
            ORDER BY p.prepared
            """,
        Judge = Diagnostic.Each(Judge),
    };

    internal static Finding Judge(Row row) => new(
        row.Number("seconds") >= LongSeconds ? Severity.Critical : Severity.Warning,
        row.Text("gid"),
        $"was prepared {Readable.Seconds(row.Number("seconds"))} ago by {row.Text("user")} in {row.Text("database")}: its locks stay, over restarts too, and VACUUM is held back",
        "ask the transaction manager what became of it; then end it, in its database",
        $"COMMIT PREPARED {Quote.Text(row.Text("gid"))}", $"ROLLBACK PREPARED {Quote.Text(row.Text("gid"))}");
}
