using Aspire.Hosting.ApplicationModel;

namespace PgAspire.Hosting.Resources;

/// <summary>What the With* methods apply to: a topology, or one cluster, whose own values go before its topology's.</summary>
public interface IPostgresGroup : IResource;
