namespace PgAspire.Postgres.Diagnostics.Running;

/// <summary>Arranges sessions that wait below those that they wait for.</summary>
internal static class BlockingTree
{
    /// <summary>The process that pg_blocking_pids names for a prepared transaction.</summary>
    public const string Prepared = "prepared transaction";

    private const string PreparedId = "0";

    /// <summary>
    /// Every session once, below one that it waits for: one that waits for nobody where there is such a one, since a queue for one lock
    /// has everybody wait for all before. A root knows how many are below it, and how long the longest has waited.
    /// </summary>
    public static IReadOnlyList<Row> Arrange(IReadOnlyList<Row> rows)
    {
        var byId = rows.DistinctBy(row => row.Text("session")).ToDictionary(row => row.Text("session"));
        var parents = byId.Values.ToDictionary(row => row.Text("session"), row => ParentOf(row, byId));
        var children = byId.Values.ToLookup(row => parents[row.Text("session")] ?? "", row => row.Text("session"));
        var arranged = new List<Row>();
        var seen = new HashSet<string>();
        foreach (var root in children[""])
        {
            Add(root, 0);
        }

        // A deadlock that the server has not broken yet has no root.
        foreach (var left in byId.Keys)
        {
            Add(left, 0);
        }

        return arranged;

        int Add(string id, int depth)
        {
            if (!seen.Add(id))
            {
                return 0;
            }

            var place = arranged.Count;
            arranged.Add(byId[id]);
            var below = children[id].Sum(child => Add(child, depth + 1));
            var longest = arranged.Skip(place).Max(row => row.Number("waits_seconds"));
            arranged[place] = byId[id]
                .With("session", new string(' ', depth * 2) + (id == PreparedId ? Prepared : id))
                .With("waiting", (long)below)
                .With("waits_seconds", depth == 0 && below > 0 ? longest : byId[id]["waits_seconds"]);
            return below + 1;
        }
    }

    private static string? ParentOf(Row row, Dictionary<string, Row> byId)
    {
        var blockers = row.Texts("blocked_by").Where(id => id != row.Text("session") && byId.ContainsKey(id)).ToList();
        return blockers.Find(id => byId[id].Texts("blocked_by").Count == 0) ?? blockers.FirstOrDefault();
    }
}
