namespace PgAspire.Postgres.Initialization;

/// <summary>How an init script is run.</summary>
public enum InitScriptKind
{
    /// <summary>SQL, by psql.</summary>
    Sql,

    /// <summary>SQL compressed with gzip, by psql.</summary>
    CompressedSql,

    /// <summary>A shell script: run where it is executable, sourced by bash otherwise.</summary>
    Shell,
}

/// <summary>One script of the init bundle.</summary>
/// <param name="Name">File name, by which the scripts are ordered.</param>
/// <param name="Kind">How it is run.</param>
public sealed record InitScript(string Name, InitScriptKind Kind)
{
    /// <summary>What a file's name makes of it.</summary>
    /// <returns>The script, or null for a file that is none.</returns>
    public static InitScript? FromFileName(string name) => name switch
    {
        _ when name.EndsWith(".sql", StringComparison.Ordinal) => new(name, InitScriptKind.Sql),
        _ when name.EndsWith(".sql.gz", StringComparison.Ordinal) => new(name, InitScriptKind.CompressedSql),
        _ when name.EndsWith(".sh", StringComparison.Ordinal) => new(name, InitScriptKind.Shell),
        _ => null,
    };
}
