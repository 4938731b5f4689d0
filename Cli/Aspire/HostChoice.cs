namespace PgAspire.Cli.Aspire;

/// <summary>Which host an <c>up</c> uses, and why.</summary>
/// <param name="IsAspire">Whether it is Aspire; the embedded one otherwise.</param>
/// <param name="Reason">Why, as a clause; null where the user said so.</param>
internal sealed record HostChoice(bool IsAspire, string? Reason)
{
    public const string Auto = "auto";
    public const string Embedded = "embedded";
    public const string Aspire = "aspire";

    public string Name => IsAspire ? Aspire : Embedded;

    /// <summary>Chooses.</summary>
    /// <param name="said">What the user said: <see cref="Auto"/>, <see cref="Embedded"/> or <see cref="Aspire"/>.</param>
    /// <param name="last">The host that the topology was last up on; null where it never was. Its data are there and not on the other.</param>
    /// <exception cref="CliException">The user said Aspire, and it cannot run here.</exception>
    public static async Task<HostChoice> ChooseAsync(string said, string? last, CancellationToken cancellationToken)
    {
        if (said == Embedded)
        {
            return new(false, null);
        }

        if (said == Auto && last is not null)
        {
            return new(last == Aspire, "this topology's data are there; --host chooses another");
        }

        var obstacle = await ObstacleAsync(cancellationToken);
        if (said == Aspire && obstacle is not null)
        {
            throw new CliException($"The Aspire host cannot run here: {obstacle}.");
        }

        return new(obstacle is null, obstacle ?? "its packages are there and a container engine answers");
    }

    internal static async Task<string?> ObstacleAsync(CancellationToken cancellationToken)
    {
        if (!AppHostProcess.IsBuilt)
        {
            return "Aspire's packages could not be restored; PGASPIRE_ASPIRE=true tries again";
        }

        return await ContainerEngine.AnswersAsync(cancellationToken) ? null : $"no container engine answers ({ContainerEngine.Program} version)";
    }
}
