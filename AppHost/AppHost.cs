var builder = DistributedApplication.CreateBuilder(args);

// N PostgreSQL clusters, as topology.json declares them.
var postgres = builder.AddPostgresTopology("postgres")
    .WithOptionalPgAdmin();

// It finds its databases in ConnectionStrings:pg1 … pgN, and starts while they do.
builder.AddProject<Projects.SampleApi>("api")
    .WithHttpEndpoint()
    .WithReference(postgres)
    .WithHttpHealthCheck("/health")
    .WithMetricsEndpoint();

builder.AddPrometheus("prometheus");

builder.Build().Run();
