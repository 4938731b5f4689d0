namespace PgAspire.Cli;

/// <summary>Something that the user can mend: shown as one message, without a stack.</summary>
internal sealed class CliException(string message, int exitCode = ExitCodes.Failed, Exception? inner = null) : Exception(message, inner)
{
    public int ExitCode { get; } = exitCode;
}

/// <summary>The exit codes of every command.</summary>
internal static class ExitCodes
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int WrongInput = 2;
    public const int NotRunning = 3;
    public const int Interrupted = 130;
}
