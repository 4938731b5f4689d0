namespace PgAspire.Postgres.Supervision;

/// <summary>Where a host without a state folder of its own keeps what a supervisor needs, passwords among it.</summary>
public static class SupervisionFolder
{
    /// <summary>The folder of a cluster, in the user's own application data; it may not exist.</summary>
    /// <param name="data">What tells this cluster's data from all others on this machine: the volume or folder of its first instance.</param>
    public static string Of(string data) => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "pgaspire", NameOf(data));

    /// <summary>The folder in it where the cluster's supervisor hears requests.</summary>
    public static string RequestsOf(string data) => Path.Combine(Of(data), Requests);

    /// <summary>The name of that folder.</summary>
    public const string Requests = "requests";

    /// <summary>The same as a name of a folder.</summary>
    public static string NameOf(string data) => string.Concat(data.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-' ? letter : '_'));
}
