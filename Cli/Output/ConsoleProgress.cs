using PgAspire.Cli.Embedded;
using Spectre.Console;

namespace PgAspire.Cli.Output;

/// <summary>Shows progress on standard error, so that standard output has the results alone: a live line on a terminal, a line an event elsewhere.</summary>
internal sealed class ConsoleProgress : IProgressSink
{
    private readonly IAnsiConsole _console = Create();
    private readonly Dictionary<string, string> _phases = [];
    private readonly Lock _lock = new();
    private Action<string>? _live;

    public void Notice(string message)
    {
        lock (_lock)
        {
            _console.Write(new Text(message + Environment.NewLine, new Style(Color.Yellow)) { Overflow = Overflow.Fold });
        }
    }

    public void Report(string name, string phase)
    {
        lock (_lock)
        {
            if (_phases.GetValueOrDefault(name) == phase)
            {
                return;
            }

            _phases[name] = phase;
            if (_live is null)
            {
                _console.WriteLine($"{name}: {phase}");
                return;
            }

            _live(string.Join("  ", _phases.GroupBy(entry => entry.Value).Select(group => $"{group.Key} {Names(group.Select(entry => entry.Key))}")));
        }
    }

    /// <summary>Runs some work under a live line.</summary>
    public async Task ShowAsync(string title, Func<Task> work)
    {
        if (!_console.Profile.Capabilities.Interactive || Console.IsErrorRedirected)
        {
            await work();
            return;
        }

        try
        {
            await _console.Status().StartAsync(title, context =>
            {
                _live = text => context.Status(Markup.Escape($"{title}  {text}"));
                return work();
            });
        }
        finally
        {
            _live = null;
            _phases.Clear();
        }
    }

    private static IAnsiConsole Create()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        if (Console.IsErrorRedirected)
        {
            console.Profile.Width = int.MaxValue; // A log wraps its lines itself.
        }

        return console;
    }

    private static string Names(IEnumerable<string> names)
    {
        var all = names.ToList();
        return all.Count <= 4 ? string.Join(' ', all) : $"{all[0]} … {all[^1]} ({all.Count})";
    }
}
