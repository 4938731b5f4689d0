namespace PgAspire.Postgres.Declaration;

/// <summary>A declaration that is refused, with every wrong field at once.</summary>
public sealed class DeclarationException : Exception
{
    /// <summary>Refuses a declaration for <paramref name="problems"/>.</summary>
    public DeclarationException(IReadOnlyList<DeclarationProblem> problems)
        : base("The topology's declaration is wrong:" + string.Concat(problems.Select(problem => $"{Environment.NewLine}  {problem}")))
        => Problems = problems;

    /// <summary>What is wrong, at least one entry.</summary>
    public IReadOnlyList<DeclarationProblem> Problems { get; }
}
