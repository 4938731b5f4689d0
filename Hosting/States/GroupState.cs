using Aspire.Hosting.ApplicationModel;

namespace PgAspire.Hosting.States;

/// <summary>What is shown of a cluster or a topology, which has no process of its own: it follows from its members.</summary>
internal static class GroupState
{
    /// <summary>The property that says why a group failed.</summary>
    public const string FailureProperty = "Failure";

    public static CustomResourceSnapshot Initial(string type) => new()
    {
        ResourceType = type,
        State = KnownResourceStates.NotStarted,
        Properties = [],
        CreationTimeStamp = DateTime.UtcNow,
    };

    /// <summary>The state of a group: that of its members where they agree, otherwise the one that most needs attention.</summary>
    public static ResourceStateSnapshot Of(IReadOnlyCollection<MemberState> members)
    {
        if (members.Any(member => member.Failed))
        {
            return new(KnownResourceStates.FailedToStart, KnownResourceStateStyles.Error);
        }

        if (members.All(member => member.Ready))
        {
            return new(KnownResourceStates.Running, KnownResourceStateStyles.Success);
        }

        return members.All(member => member.Ended)
            ? new(KnownResourceStates.Exited, KnownResourceStateStyles.Info)
            : new(KnownResourceStates.Starting, null);
    }

    /// <summary>A group's snapshot brought up to date.</summary>
    public static CustomResourceSnapshot Update(CustomResourceSnapshot snapshot, IReadOnlyCollection<MemberState> members)
    {
        var failures = members.Where(member => member.Failed).GroupBy(member => member.Message, member => member.Name)
            .Select(failure => $"{string.Join(", ", failure)}: {failure.Key}").ToList();
        // The connection string is its instance's too, and traces would show now the one and now the other: the instance is it.
        var properties = snapshot.Properties.Where(property =>
            property.Name != FailureProperty && property.Name != CustomResourceKnownProperties.ConnectionString);
        return snapshot with
        {
            State = Of(members),
            StartTimeStamp = snapshot.StartTimeStamp ?? DateTime.UtcNow,
            Properties = [.. properties, .. failures.Count == 0 ? [] : new[] { new ResourcePropertySnapshot(FailureProperty, string.Join('\n', failures)) }],
        };
    }
}
