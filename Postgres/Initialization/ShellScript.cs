namespace PgAspire.Postgres.Initialization;

/// <summary>How a shell script of the init bundle is run where it is not executable: sourced, its failing line reported.</summary>
public static class ShellScript
{
    /// <summary>The bash program that sources its first argument.</summary>
    public const string Wrapper = """
        set -Eeo pipefail
        trap 'echo "pgaspire-init-failed:$LINENO" >&2' ERR
        . "$1"
        """;
}
