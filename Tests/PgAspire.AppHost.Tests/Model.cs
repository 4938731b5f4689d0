using Aspire.Hosting.Eventing;
using Microsoft.Extensions.DependencyInjection;
using PgAspire.Hosting.Resources;

namespace PgAspire.AppHost.Tests;

/// <summary>An app host whose model is complete and that runs nothing.</summary>
internal sealed class Model : IAsyncDisposable
{
    private readonly DistributedApplication _application;

    private Model(DistributedApplication application) => _application = application;

    public IServiceProvider Services => _application.Services;

    public IReadOnlyList<IResource> Resources => [.. _application.Services.GetRequiredService<DistributedApplicationModel>().Resources];

    public static IDistributedApplicationBuilder Builder(params string[] args) =>
        DistributedApplication.CreateBuilder(new DistributedApplicationOptions
        {
            AssemblyName = typeof(Projects.AppHost).Assembly.GetName().Name,
            DisableDashboard = true,
            Args = ["--PgAspire:Scope=model", .. args],
        });

    public static async Task<Model> CompleteAsync(IDistributedApplicationBuilder builder)
    {
        var application = builder.Build();
        var model = application.Services.GetRequiredService<DistributedApplicationModel>();
        await application.Services.GetRequiredService<IDistributedApplicationEventing>()
            .PublishAsync(new BeforeStartEvent(application.Services, model), TestContext.Current.CancellationToken);
        return new(application);
    }

    public T Get<T>(string name)
        where T : IResource => Assert.IsType<T>(Resources.Single(resource => resource.Name == name), exactMatch: false);

    public PostgresInstanceResource Instance(string name) => Get<PostgresInstanceResource>(name);

    public async Task<IReadOnlyDictionary<string, string>> EnvironmentAsync(string name) =>
        await ((IResourceWithEnvironment)Resources.Single(resource => resource.Name == name)).EnvironmentOfAsync(_application.Services);

    public ValueTask DisposeAsync() => _application.DisposeAsync();
}

internal static class EnvironmentReader
{
    /// <summary>The environment as the container gets it; what is still an expression is shown as in a manifest.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> EnvironmentOfAsync(this IResourceWithEnvironment resource, IServiceProvider services)
    {
        var context = new EnvironmentCallbackContext(services.GetRequiredService<DistributedApplicationExecutionContext>(), resource);
        foreach (var callback in resource.Annotations.OfType<EnvironmentCallbackAnnotation>())
        {
            await callback.Callback(context);
        }

        return context.EnvironmentVariables.ToDictionary(
            variable => variable.Key,
            variable => variable.Value is IManifestExpressionProvider expression ? expression.ValueExpression : $"{variable.Value}");
    }
}

internal static class ContainerFilesReader
{
    /// <summary>The files that a container is given, by path.</summary>
    public static async Task<IReadOnlyDictionary<string, string?>> ContainerFilesAsync(this IResource resource, IServiceProvider services)
    {
        var files = new Dictionary<string, string?>();
        foreach (var annotation in resource.Annotations.OfType<ContainerFileSystemCallbackAnnotation>())
        {
            var items = await annotation.Callback(
                new ContainerFileSystemCallbackContext { Services = services, Model = resource }, TestContext.Current.CancellationToken);
            foreach (var file in items.OfType<ContainerFile>())
            {
                files[$"{annotation.DestinationPath}/{file.Name}"] = file.Contents;
            }
        }

        return files;
    }
}
