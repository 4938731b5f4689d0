using PgAspire.SampleApi.Clusters;
using PgAspire.SampleApi.Http;
using PgAspire.SampleApi.Orders;
using PgAspire.SampleApi.Placement;
using PgAspire.SampleApi.Rebalance;
using PgAspire.SampleApi.Stats;
using PgAspire.SampleApi.TopologyInfo;
using PgAspire.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddClusters();
builder.AddHttp();
builder.Services.AddSingleton<CustomerLocator>();
builder.Services.AddSingleton<OrderStore>();
builder.Services.AddSingleton<RebalanceCommand>();

var app = builder.Build();
if (args is [RebalanceCommand.Name, ..])
{
    return await app.Services.GetRequiredService<RebalanceCommand>().RunAsync(Console.Out, Console.Error);
}

app.UseHttp();
app.MapDefaultEndpoints();
app.MapOrders();
app.MapStats();
app.MapTopology();
app.Run();
return 0;
