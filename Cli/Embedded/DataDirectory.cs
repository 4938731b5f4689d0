using System.Globalization;
using PgAspire.Postgres.Cloning;
using PgAspire.Postgres.Supervision;

namespace PgAspire.Cli.Embedded;

/// <summary>What a data directory holds.</summary>
internal enum DataDirectoryState
{
    /// <summary>Nothing.</summary>
    Absent,

    /// <summary>A cluster whose making was interrupted: it is made anew.</summary>
    Unfinished,

    /// <summary>A whole cluster.</summary>
    Finished,

    /// <summary>Something that PgAspire did not make, and does not touch.</summary>
    Foreign,
}

/// <summary>The data directory of one instance. A marker file tells a finished one from one whose making was interrupted.</summary>
internal sealed class DataDirectory(string path, StateFolder folder)
{
    private const string MakingMarker = "pgaspire.making";
    private const int OtherDevice = 18; // EXDEV
    private const string FinishedMarker = "pgaspire.made";

    public string FullPath { get; } = path;

    public DataDirectoryState State => true switch
    {
        _ when !Directory.Exists(FullPath) => DataDirectoryState.Absent,
        _ when File.Exists(Marker(FinishedMarker)) => DataDirectoryState.Finished,
        _ when File.Exists(Marker(MakingMarker)) => DataDirectoryState.Unfinished,
        _ when !Directory.EnumerateFileSystemEntries(FullPath).Any() => DataDirectoryState.Absent,
        _ => DataDirectoryState.Foreign,
    };

    /// <summary>Major version of its data; null where there are none yet.</summary>
    public int? Major =>
        File.Exists(Path.Combine(FullPath, "PG_VERSION"))
        && int.TryParse(File.ReadAllText(Path.Combine(FullPath, "PG_VERSION")), CultureInfo.InvariantCulture, out var major) ? major : null;

    /// <summary>
    /// The newest timeline that its WAL belongs to, by the names of the segments, whose first eight digits it is; 0 where there is none.
    /// </summary>
    public uint Timeline => Directory.Exists(Path.Combine(FullPath, "pg_wal"))
        ? Directory.EnumerateFiles(Path.Combine(FullPath, "pg_wal"))
            .Select(file => Path.GetFileName(file))
            .Where(name => name.Length == 24)
            .Select(name => uint.TryParse(name.AsSpan(0, 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var timeline) ? timeline : 0)
            .DefaultIfEmpty().Max()
        : 0;

    public bool IsReplica => File.Exists(Signal);

    private string Signal => Path.Combine(FullPath, "standby.signal");

    /// <summary>Has the server start as a replica.</summary>
    public void BecomeReplica()
    {
        if (!IsReplica)
        {
            folder.WriteOwned(Signal, "");
            DurableFile.FlushFolder(FullPath);
        }
    }

    /// <summary>Begins to make it: from here on until <see cref="Finish"/> it counts as unfinished.</summary>
    public void Begin()
    {
        folder.MakeOwned(FullPath);
        using (StateFolder.CreatePrivate(Marker(MakingMarker)))
        {
            // Empty, and at once under its own name: anything else here would make the folder a stranger's.
        }

        folder.User.Own(Marker(MakingMarker));
    }

    /// <summary>Marks it as whole; from here on no start discards it, and no power cut takes that back.</summary>
    public void Finish()
    {
        File.Move(Marker(MakingMarker), Marker(FinishedMarker));
        DurableFile.FlushFolder(FullPath);
    }

    /// <summary>Takes a finished one back: it is to be made anew.</summary>
    public void Reopen()
    {
        File.Move(Marker(FinishedMarker), Marker(MakingMarker));
        DurableFile.FlushFolder(FullPath);
    }

    /// <summary>Removes one that is unfinished. The marker goes last, so that an interrupted removal is taken up again.</summary>
    public async Task DiscardAsync(CancellationToken cancellationToken)
    {
        if (State != DataDirectoryState.Unfinished)
        {
            return;
        }

        foreach (var entry in new DirectoryInfo(FullPath).EnumerateFileSystemInfos().Where(entry => entry.Name != MakingMarker))
        {
            await StateFolder.RemoveBusyAsync(entry, cancellationToken);
        }

        await StateFolder.RemoveBusyAsync(new DirectoryInfo(FullPath), cancellationToken);
    }

    /// <summary>Fills it with a copy of a prepared directory, under a system identifier of its own.</summary>
    public void CloneFrom(string template)
    {
        folder.CopyOwned(new DirectoryInfo(template), FullPath);
        var control = Path.Combine(FullPath, "global", "pg_control");
        var bytes = File.ReadAllBytes(control);
        var (before, after) = (ClonedIdentity.Read(bytes), SystemIdentifier.Generate(TimeProvider.System.GetUtcNow()));
        ClonedIdentity.Write(bytes, after);
        using (var segment = new FileStream(Directory.GetFiles(Path.Combine(FullPath, "pg_wal")).Single(), FileMode.Open))
        {
            var page = new byte[32];
            segment.ReadExactly(page);
            ClonedIdentity.WriteWal(page, before, after);
            segment.Position = 0;
            segment.Write(page);
        }

        File.WriteAllBytes(control, bytes);
    }

    /// <summary>Becomes a prepared directory, which is no more after it. It counts as unfinished at every moment.</summary>
    public void TakeOver(string template)
    {
        folder.WriteOwned(Path.Combine(template, MakingMarker), "");
        Directory.Delete(FullPath, recursive: true);
        try
        {
            Directory.Move(template, FullPath);
        }
        catch (IOException exception) when (exception.HResult == OtherDevice)
        {
            // The data lie on another disk than the templates.
            File.Delete(Path.Combine(template, MakingMarker));
            folder.MakeOwned(FullPath);
            folder.WriteOwned(Marker(MakingMarker), "");
            folder.CopyOwned(new DirectoryInfo(template), FullPath);
        }
    }

    /// <summary>Forgets the marker that came with a copy of a finished directory.</summary>
    public void ForgetCopiedMarker() => File.Delete(Marker(FinishedMarker));

    private string Marker(string name) => Path.Combine(FullPath, name);
}
