using System.Diagnostics;
using System.Text;
using PgAspire.Cli.Processes;

namespace PgAspire.Tests.Support;

/// <summary>A command that runs; killed at the latest when it is disposed of.</summary>
public sealed class RunningCommand : IAsyncDisposable
{
    private static readonly TimeSpan Budget = TimeSpan.FromMinutes(3);
    private readonly Process _process;
    private readonly string _name;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();

    public RunningCommand(Process process, string name)
    {
        (_process, _name) = (process, name);
        process.OutputDataReceived += (_, line) => Keep(_output, line.Data);
        process.ErrorDataReceived += (_, line) => Keep(_error, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.StandardInput.Close();
    }

    public int Id => _process.Id;

    public bool HasEnded => _process.HasExited;

    public string Output => Text(_output);

    public string Error => Text(_error);

    public void Signal(int signal) => Native.Signal(Id, signal);

    /// <summary>Kills it as nothing can be killed harder, and nothing with it.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await EndAsync();
    }

    public async Task<Outcome> EndAsync()
    {
        using var budget = new CancellationTokenSource(Budget);
        try
        {
            await _process.WaitForExitAsync(budget.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
            Assert.Fail($"pgaspire {_name} does not end.\n{Error}\n{Output}");
        }

        return new(_process.ExitCode, Output, Error);
    }

    /// <summary>Waits until it has written something.</summary>
    public Task UntilWrittenAsync(string text) => Until.TrueAsync(
        () => HasEnded ? throw new InvalidOperationException($"pgaspire {_name} ended before it wrote '{text}'.\n{Error}\n{Output}")
            : Output.Contains(text, StringComparison.Ordinal) || Error.Contains(text, StringComparison.Ordinal),
        $"pgaspire {_name} writes '{text}'");

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private static void Keep(StringBuilder kept, string? line)
    {
        if (line is not null)
        {
            lock (kept)
            {
                kept.Append(line).Append('\n');
            }
        }
    }

    private static string Text(StringBuilder kept)
    {
        lock (kept)
        {
            return kept.ToString();
        }
    }
}
