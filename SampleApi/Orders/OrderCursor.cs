using System.Buffers.Binary;
using System.Buffers.Text;

namespace PgAspire.SampleApi.Orders;

/// <summary>A place in a customer's orders, newest first: the order after which the next page begins. Opaque to clients.</summary>
public readonly record struct OrderCursor(DateTime CreatedAt, Guid Id)
{
    private const int Size = sizeof(long) + 16;

    /// <summary>Before the newest order.</summary>
    public static readonly OrderCursor Start = new(DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Utc), Guid.AllBitsSet);

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        BinaryPrimitives.WriteInt64BigEndian(bytes, CreatedAt.Ticks);
        Id.TryWriteBytes(bytes[sizeof(long)..], bigEndian: true, out _);
        return Base64Url.EncodeToString(bytes);
    }

    public static bool TryParse(string text, out OrderCursor cursor)
    {
        cursor = default;
        Span<byte> bytes = stackalloc byte[Size];
        if (!Base64Url.IsValid(text, out var length) || length != Size || !Base64Url.TryDecodeFromChars(text, bytes, out _))
        {
            return false;
        }

        var ticks = BinaryPrimitives.ReadInt64BigEndian(bytes);
        if (ticks < DateTime.MinValue.Ticks || ticks > DateTime.MaxValue.Ticks)
        {
            return false;
        }

        cursor = new(new DateTime(ticks, DateTimeKind.Utc), new Guid(bytes[sizeof(long)..], bigEndian: true));
        return true;
    }
}
