using System.Globalization;
using PgAspire.Benchmarks.AppHostStart;

// Measured in a process of its own: host KIND COUNT. Otherwise the runner: [--rounds R] [--counts 3,6].
if (args is ["host", var kind, var count])
{
    await MeasuredHost.RunAsync(kind, int.Parse(count, CultureInfo.InvariantCulture));
    return 0;
}

return await Runner.RunAsync(args);
