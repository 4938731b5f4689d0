using System.CommandLine;
using PgAspire.Benchmarks;
using PgAspire.Cli;

var rounds = new Option<int>("--rounds") { Description = "Runs of each side, alternating; the median counts", DefaultValueFactory = _ => 5 };
var counts = new Option<int[]>("--clusters") { Description = "Numbers of clusters", DefaultValueFactory = _ => [1, 3, 8, 16, 32], AllowMultipleArgumentsPerToken = true };
var seconds = new Option<int>("--seconds") { Description = "Length of each load", DefaultValueFactory = _ => 10 };

var start = new Command("start", "N clusters from nothing and from existing data, against raw initdb and pg_ctl start in parallel") { rounds, counts };
start.SetAction((parse, token) => StartBenchmark.RunAsync(parse.GetRequiredValue(counts), parse.GetValue(rounds), token));
var memory = new Command("memory", "What an idle instance takes of memory (PSS)");
memory.SetAction((_, token) => MemoryBenchmark.RunAsync(token));
var api = new Command("api", "The sample API's requests a second against a bare endpoint and pgbench") { rounds, seconds };
api.SetAction((parse, token) => ApiBenchmark.RunAsync(parse.GetValue(rounds), TimeSpan.FromSeconds(parse.GetValue(seconds)), token));
var stay = new Option<int>("--minutes") { Description = "How long the monitor's memory is watched", DefaultValueFactory = _ => 3 };
var monitor = new Command("monitor", "100 instances collected at once, what that costs, and the monitor's memory over time") { rounds, stay };
monitor.SetAction((parse, token) => MonitorBenchmark.RunAsync(parse.GetValue(rounds), TimeSpan.FromMinutes(parse.GetValue(stay)), token));
var drills = new Option<int>("--drills") { Description = "Drills of each fault", DefaultValueFactory = _ => 25 };
var failover = new Command("failover", "What the loss of a primary costs a synchronous cluster of three: write outage, its split, writes lost") { drills };
failover.SetAction((parse, token) => FailoverBenchmark.RunAsync(parse.GetValue(drills), token));
var supervision = new Command("supervision", "The supervisor's share of a core over 33 instances at rest") { seconds };
supervision.SetAction((parse, token) => SupervisionBenchmark.RunAsync(TimeSpan.FromSeconds(parse.GetValue(seconds)), token));
var bare = new Command(BareApi.Command, "Serves the bare endpoint (used by api)") { Hidden = true };
bare.SetAction((_, token) => BareApi.RunAsync(token));

try
{
    return await new RootCommand("Measures PgAspire against its peers, in the same run.") { start, memory, api, monitor, failover, supervision, bare }
        .Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (CliException exception)
{
    Console.Error.WriteLine($"bench: {exception.Message}");
    return exception.ExitCode;
}
