using PgAspire.Cli.Embedded;
using PgAspire.Cli.Processes;

[assembly: AssemblyFixture(typeof(PgAspire.Tests.Support.SharedTemplate))]

namespace PgAspire.Tests.Support;

/// <summary>One run of initdb for all tests whose servers run as the usual user: a state folder begins with a copy of it.</summary>
public sealed class SharedTemplate : IDisposable
{
    private static readonly Lazy<Task<string>> Made = new(MakeAsync);
    private static readonly Lazy<TemporaryFolder> Folder = new(() => new("-templates"));

    /// <summary>The folder of templates, filled.</summary>
    public static Task<string> GetAsync() => Made.Value;

    /// <summary>The installation that the tests' servers run on.</summary>
    internal static async Task<PostgresInstallation> InstallationAsync() =>
        await new InstallationLocator(new PackageInstaller(_ => { }), _ => { }).LocateAsync(null, 18, null, CancellationToken.None);

    public void Dispose()
    {
        if (Folder.IsValueCreated)
        {
            Folder.Value.Dispose();
        }
    }

    private static async Task<string> MakeAsync()
    {
        var folder = new StateFolder(Folder.Value.Of("state"), ServerUser.Current());
        folder.Prepare();
        await TemplateCluster.GetAsync(folder, await InstallationAsync(), 1, CancellationToken.None);
        return folder.Templates;
    }
}
