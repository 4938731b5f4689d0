using System.Text.Json.Serialization;
using Npgsql;
using PgAspire.Cli;

namespace PgAspire.Benchmarks;

/// <summary>The sample API's point read and insert straight on ASP.NET Core and Npgsql, with none of our layers.</summary>
internal static class BareApi
{
    public const string Command = "bare-api";
    public const string ConnectionVariable = "BARE_CONNECTION";

    public const string Read = "SELECT id, customer, item, quantity, created_at FROM orders WHERE id = $1 AND customer = $2";
    public const string Insert =
        "INSERT INTO orders (id, customer, item, quantity) VALUES ($1, $2, $3, $4) RETURNING id, customer, item, quantity, created_at";

    public static async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.TypeInfoResolverChain.Insert(0, BareJson.Default));
        var connection = new NpgsqlConnectionStringBuilder(Environment.GetEnvironmentVariable(ConnectionVariable)) { MaxAutoPrepare = 10, AutoPrepareMinUsages = 2 };
        await using var source = new NpgsqlSlimDataSourceBuilder(connection.ConnectionString).Build();
        await using var app = builder.Build();

        app.MapGet("/alive", () => "ok");
        app.MapGet("/customers/{customer}/orders/{id:guid}", async (string customer, Guid id) =>
        {
            await using var command = source.CreateCommand(Read);
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = customer });
            return Results.Ok(await SingleAsync(command));
        });
        app.MapPost("/customers/{customer}/orders", async (string customer, BareRequest request) =>
        {
            await using var command = source.CreateCommand(Insert);
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = Guid.CreateVersion7() });
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = customer });
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = request.Item });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = request.Quantity });
            var order = await SingleAsync(command);
            return Results.Created($"/customers/{customer}/orders/{order.Id}", order);
        });
        await app.RunAsync(cancellationToken);
        return ExitCodes.Done;
    }

    private static async Task<BareOrder> SingleAsync(NpgsqlCommand command)
    {
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return new(reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetInt32(3), reader.GetFieldValue<DateTime>(4));
    }
}

internal sealed record BareRequest(string Item, int Quantity);

internal sealed record BareOrder(Guid Id, string Customer, string Item, int Quantity, DateTime CreatedAt);

[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(BareRequest))]
[JsonSerializable(typeof(BareOrder))]
internal sealed partial class BareJson : JsonSerializerContext;
