namespace PgAspire.Postgres.Declaration;

/// <summary>One wrong field of a declaration.</summary>
/// <param name="Path">The field, as it stands in <c>topology.json</c>, for example <c>settings.port</c>.</param>
/// <param name="Value">The value given; null where the field as such is wrong.</param>
/// <param name="Allowed">What is allowed instead.</param>
/// <param name="Source">Where it was said: a file, an environment variable, the command line; null where unknown.</param>
public sealed record DeclarationProblem(string Path, string? Value, string Allowed, string? Source = null)
{
    /// <inheritdoc/>
    public override string ToString()
    {
        var where = Source is null ? "" : $" ({Source})";
        return Value is null ? $"{Path}{where}: {Allowed}" : $"{Path} = \"{Value}\"{where}: {Allowed}";
    }
}
