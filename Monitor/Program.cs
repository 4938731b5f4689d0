using PgAspire.Monitor;
using PgAspire.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddInstanceMetrics();

var app = builder.Build();
app.MapDefaultEndpoints();
app.Run();
