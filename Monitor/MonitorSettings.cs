using System.Globalization;

namespace PgAspire.Monitor;

/// <summary>How often the monitor asks, section <c>Monitor</c>. All in seconds.</summary>
/// <param name="Interval">Between two rounds.</param>
/// <param name="Timeout">That a round may take.</param>
/// <param name="SlowInterval">Between two rounds of what costs more.</param>
public sealed record MonitorSettings(TimeSpan Interval, TimeSpan Timeout, TimeSpan SlowInterval)
{
    /// <summary>The section's name.</summary>
    public const string Section = "Monitor";

    /// <summary>How long a silent instance's values are still shown: three rounds, at least 10 s.</summary>
    public TimeSpan Patience => Interval * 3 > TimeSpan.FromSeconds(10) ? Interval * 3 : TimeSpan.FromSeconds(10);

    /// <summary>Reads the section.</summary>
    /// <exception cref="InvalidOperationException">A value is no number, or out of its range.</exception>
    public static MonitorSettings Read(IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        return new(Seconds(nameof(Interval), 5, 1), Seconds(nameof(Timeout), 5, 0.1), Seconds(nameof(SlowInterval), 30, 1));

        TimeSpan Seconds(string name, double otherwise, double least)
        {
            var text = section[name];
            var value = string.IsNullOrWhiteSpace(text) ? otherwise
                : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var said) ? said : double.NaN;
            return value >= least && value <= 86400
                ? TimeSpan.FromSeconds(value)
                : throw new InvalidOperationException($"{Section}:{name} is '{text}': seconds are wanted, from {least.ToString(CultureInfo.InvariantCulture)} to 86400.");
        }
    }
}
