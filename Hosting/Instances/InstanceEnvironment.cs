using Aspire.Hosting.ApplicationModel;
using PgAspire.Hosting.Options;
using PgAspire.Hosting.Resources;
using PgAspire.Postgres.Configuration;
using PgAspire.Postgres.Containers;
using PgAspire.Postgres.Declaration;
using PgAspire.Postgres.Initialization;
using PgAspire.Postgres.Roles;

namespace PgAspire.Hosting.Instances;

/// <summary>What an instance's container is told. Passwords leave this process as verifiers only.</summary>
internal static class InstanceEnvironment
{
    public static async Task FillAsync(PostgresInstanceResource instance, EnvironmentCallbackContext context)
    {
        var cluster = instance.Cluster;
        var declaration = cluster.EffectiveDeclaration();
        var variables = context.EnvironmentVariables;
        if (!context.ExecutionContext.IsRunMode)
        {
            // Elsewhere the image's own entrypoint runs, and the passwords are the deployment's.
            variables["POSTGRES_PASSWORD"] = cluster.Secrets.Superuser;
            variables["POSTGRES_DB"] = declaration.Database;
            return;
        }

        variables["PGASPIRE_MAJOR"] = $"{declaration.Version}";
        variables["PGASPIRE_DATABASE"] = declaration.Database;
        variables["PGASPIRE_SETTINGS"] = ServerSettings.ToFile(ServerSettings.For(declaration, declaration.Version).Append(new("cluster_name", cluster.IsSupervised ? instance.Name : cluster.Name)));
        variables["PGASPIRE_DURABILITY"] = declaration.Durability == Durability.Safe ? "safe" : "fast";
        variables["PGASPIRE_HBA"] = ContainerAuthentication.WhenMade;
        variables["PGASPIRE_HBA_MAKING"] = ContainerAuthentication.WhileMaking;
        variables["PGASPIRE_IDENT"] = ContainerAuthentication.Identities;
        variables["PGASPIRE_INITDB"] = string.Join('\n', InitdbArguments.For(declaration.Version, hasUtf8CLocale: true));
        variables["PGASPIRE_SHELL"] = ShellScript.Wrapper;
        variables["PGASPIRE_HANDOVER"] = $"{OwnershipStatement.Sql};\n{MonitorRights.Sql};\n{RoleStatements.AdmitApplication};";
        variables["PGASPIRE_MONITOR"] = $"{MonitorRights.Sql};";
        var verifiers = await VerifiersAsync(cluster, context.CancellationToken);
        variables["PGASPIRE_BOOTSTRAP"] = string.Concat(RoleStatements.For(verifiers, declaration.Database).Select(statement => $"{statement};\n"));
    }

    /// <summary>The same password gives the same verifier, so that a container that is kept between runs is recognised.</summary>
    public static async Task<Func<string, string>> VerifiersAsync(PostgresClusterResource cluster, CancellationToken cancellationToken)
    {
        var passwords = await cluster.Secrets.GetPasswordsAsync(cancellationToken);
        return role => StableVerifier.Create(cluster.Name, role, passwords.Of(role));
    }
}
