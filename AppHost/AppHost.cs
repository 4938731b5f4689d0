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

// It watches every instance: metrics, and diagnostics on pages of its own.
builder.AddProject<Projects.Monitor>("monitor")
    .WithHttpEndpoint()
    .WithInstancesOf(postgres)
    .WithHttpHealthCheck("/health")
    .WithMetricsEndpoint();

// It reads them all, and has the alert rules; section Alerts of the configuration says who is told.
builder.AddPrometheus("prometheus")
    .WithRules(builder.AddAlertmanager("alertmanager"))
    .WithOptionalGrafana();

builder.Build().Run();
