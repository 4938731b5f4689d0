using System.Buffers;
using System.IO.Hashing;
using System.Text;

namespace PgAspire.SampleApi.Clusters;

/// <summary>
/// Rendezvous hashing: every node has a score for a key, the highest wins. One node more takes its share of the keys
/// from all others and moves no other key. XXH3 over UTF-8, so that every process on every platform agrees.
/// </summary>
public sealed class Rendezvous
{
    private const int StackLimit = 1024;
    private readonly ulong[] _seeds;

    public Rendezvous(IEnumerable<string> nodes)
    {
        _seeds = [.. nodes.Select(Hash)];
        ArgumentOutOfRangeException.ThrowIfZero(_seeds.Length, nameof(nodes));
    }

    /// <summary>The index of the node that the key belongs to, in the order in which the nodes were given.</summary>
    public int Choose(string key)
    {
        var hash = Hash(key);
        var chosen = 0;
        var highest = Mix(hash ^ _seeds[0]);
        for (var node = 1; node < _seeds.Length; node++)
        {
            var score = Mix(hash ^ _seeds[node]);
            if (score > highest)
            {
                (chosen, highest) = (node, score);
            }
        }

        return chosen;
    }

    private static ulong Hash(string text)
    {
        var size = Encoding.UTF8.GetMaxByteCount(text.Length);
        var rented = size > StackLimit ? ArrayPool<byte>.Shared.Rent(size) : null;
        var buffer = rented is null ? stackalloc byte[StackLimit] : rented;
        var hash = XxHash3.HashToUInt64(buffer[..Encoding.UTF8.GetBytes(text, buffer)]);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return hash;
    }

    // SplitMix64's finaliser: without it the scores of two nodes would differ by the same bits for every key.
    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
        value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
        return value ^ (value >> 31);
    }
}
