namespace PgAspire.SampleApi.Replication;

/// <summary>Which instance is taken for the primary, by what the instances say of themselves.</summary>
internal static class PrimaryChoice
{
    /// <summary>Whether the other one was promoted after this one: then this one takes no writes that last.</summary>
    public static bool Supersedes(Standing other, Standing known)
        => other.System == known.System && other.Timeline is { } timeline && timeline > known.Timeline;

    /// <summary>
    /// The primary, or null where none is to be seen. A primary of an older timeline than the known one is one that was
    /// given up and has come back: it is never taken. Data made anew begin with timeline 1 again; those are taken where
    /// the known primary is gone.
    /// </summary>
    public static T? From<T>(T? known, IEnumerable<T> answers, Func<T, Standing> standing) where T : class
    {
        T[] primaries = [.. answers.Where(answer => standing(answer).IsPrimary).OrderByDescending(answer => standing(answer).Timeline)];
        return known is null
            ? primaries.FirstOrDefault()
            : primaries.FirstOrDefault(other => Supersedes(standing(other), standing(known)))
                ?? primaries.FirstOrDefault(other => other.Equals(known))
                ?? primaries.FirstOrDefault(other => standing(other).System != standing(known).System);
    }
}
