using CsCheck;

namespace PgAspire.Tests.Support;

/// <summary>Generators beyond CsCheck's own.</summary>
public static class Generate
{
    public static Gen<T> AnyOf<T>(params IReadOnlyList<T> values) => Gen.Int[0, values.Count - 1].Select(index => values[index]);
}
