using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using PgAspire.Postgres.Roles;

namespace PgAspire.Hosting.Resources;

/// <summary>The passwords of a cluster's roles, as parameters.</summary>
/// <param name="Superuser">Of <see cref="RoleNames.Superuser"/>: <c>pg1-password</c>.</param>
/// <param name="Application">Of <see cref="RoleNames.Application"/>: <c>pg1-app-password</c>.</param>
/// <param name="Replicator">Of <see cref="RoleNames.Replicator"/>: <c>pg1-replicator-password</c>.</param>
/// <param name="Monitor">Of <see cref="RoleNames.Monitor"/>: <c>pg1-monitor-password</c>.</param>
public sealed record ClusterSecrets(
    ParameterResource Superuser, ParameterResource Application, ParameterResource Replicator, ParameterResource Monitor)
{
    /// <summary>Waits for all values.</summary>
    /// <exception cref="MissingParameterValueException">One has none.</exception>
    public async Task<RolePasswords> GetPasswordsAsync(CancellationToken cancellationToken) => new(
        await ValueAsync(Superuser, cancellationToken),
        await ValueAsync(Application, cancellationToken),
        await ValueAsync(Replicator, cancellationToken),
        await ValueAsync(Monitor, cancellationToken));

    private static async Task<string> ValueAsync(ParameterResource parameter, CancellationToken cancellationToken) =>
        await parameter.GetValueAsync(cancellationToken)
        ?? throw new MissingParameterValueException($"The parameter {parameter.Name} has no value.");
}
