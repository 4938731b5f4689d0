using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Aspire.Hosting;
using Microsoft.Extensions.Configuration;

namespace PgAspire.Hosting.Metrics;

/// <summary>
/// Lets containers reach an endpoint of this machine's loopback where Aspire's own tunnel is switched off: passes on what
/// arrives at the container engine's gateway, an address that only this machine and its containers have.
/// </summary>
internal sealed class EngineGateway(IConfiguration configuration, ContainerEngine engine) : IDisposable
{
    private const string TunnelKey = "ASPIRE_ENABLE_CONTAINER_TUNNEL";

    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Whether it is needed: engines other than Linux's own bring an address of the host into their containers.</summary>
    public bool IsNeeded => OperatingSystem.IsLinux() && !configuration.GetValue(TunnelKey, true);

    /// <summary>Opens a way to a port of the loopback, until the app host ends.</summary>
    /// <returns>Host and port as containers see them.</returns>
    public async Task<string> OpenAsync(int port, CancellationToken cancellationToken)
    {
        var subnet = await engine.RunAsync(
            null, ["network", "inspect", "bridge", "--format", "{{(index .IPAM.Config 0).Subnet}}"], cancellationToken);
        var listener = new TcpListener(OwnAddressIn(IPNetwork.Parse(subnet.Trim())), 0);
        listener.Start();
        _ = AcceptAsync(listener, port);
        return listener.LocalEndpoint.ToString()!;
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    private async Task AcceptAsync(TcpListener listener, int port)
    {
        using (listener)
        {
            while (!_stopping.IsCancellationRequested)
            {
                var client = await listener.AcceptTcpClientAsync(_stopping.Token);
                _ = PassAsync(client, port, _stopping.Token);
            }
        }
    }

    private static async Task PassAsync(TcpClient client, int port, CancellationToken cancellationToken)
    {
        using (client)
        using (var server = new TcpClient())
        {
            await server.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            await using var near = client.GetStream();
            await using var far = server.GetStream();
            await Task.WhenAny(near.CopyToAsync(far, cancellationToken), far.CopyToAsync(near, cancellationToken));
        }
    }

    private static IPAddress OwnAddressIn(IPNetwork subnet) =>
        NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(network => network.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .FirstOrDefault(subnet.Contains)
        ?? throw new DistributedApplicationException($"This machine has no address in the container engine's network {subnet}.");
}
