using PgAspire.Monitor;
using PgAspire.Monitor.Diagnostics;
using PgAspire.Monitor.Runbook;
using PgAspire.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddInstanceMetrics();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapDiagnostics(WatchedInstance.Read(app.Configuration));
app.MapRunbook();
app.Run();
