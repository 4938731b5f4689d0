using PgAspire.Monitor;
using PgAspire.Monitor.Diagnostics;
using PgAspire.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddInstanceMetrics();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapDiagnostics(WatchedInstance.Read(app.Configuration));
app.Run();
