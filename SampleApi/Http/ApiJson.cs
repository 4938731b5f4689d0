using System.Text.Json;
using System.Text.Json.Serialization;
using PgAspire.SampleApi.Orders;
using PgAspire.SampleApi.Stats;
using PgAspire.SampleApi.TopologyInfo;

namespace PgAspire.SampleApi.Http;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, NumberHandling = JsonNumberHandling.Strict)]
[JsonSerializable(typeof(NewOrder))]
[JsonSerializable(typeof(Order))]
[JsonSerializable(typeof(OrderPage))]
[JsonSerializable(typeof(TopologyStats))]
[JsonSerializable(typeof(TopologyView))]
internal sealed partial class ApiJson : JsonSerializerContext;
