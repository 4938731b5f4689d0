using Aspire.Hosting.ApplicationModel;
using PgAspire.Postgres.Declaration;

namespace PgAspire.Hosting.Options;

/// <summary>Another image than the pinned one; null keeps what is pinned.</summary>
internal sealed record ImageOption(string? Registry, string? Image, string? Tag) : IResourceAnnotation;

/// <summary>A named volume for the data.</summary>
internal sealed record VolumeOption(string? Name) : IResourceAnnotation;

/// <summary>A folder of the host for the data.</summary>
internal sealed record FolderOption(string Path) : IResourceAnnotation;

/// <summary>The folder of init scripts.</summary>
internal sealed record InitFilesOption(string Folder) : IResourceAnnotation;

/// <summary>The host port of a group's first instance.</summary>
internal sealed record HostPortOption(int? First) : IResourceAnnotation;

/// <summary>One postgresql.conf setting.</summary>
internal sealed record SettingOption(string Name, string Value) : IResourceAnnotation;

/// <summary>What a crash may cost.</summary>
internal sealed record DurabilityOption(Durability Durability) : IResourceAnnotation;
