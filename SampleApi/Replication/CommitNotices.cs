using Npgsql;

namespace PgAspire.SampleApi.Replication;

/// <summary>
/// Listens for a warning while something is committed. PostgreSQL reports a commit as done also where its wait for a replica
/// was cancelled, by an administrator for one, and says so in a warning only: such a commit can be lost with the primary.
/// </summary>
internal sealed class CommitNotices : IDisposable
{
    private readonly NpgsqlConnection _connection;
    private string? _warning;

    public CommitNotices(NpgsqlConnection connection)
    {
        _connection = connection;
        connection.Notice += Note;
    }

    /// <exception cref="NpgsqlException">There was a warning: what was committed has to be confirmed.</exception>
    public void ThrowIfWarned()
    {
        if (_warning is not null)
        {
            throw new NpgsqlException($"The commit came with a warning: {_warning}");
        }
    }

    public void Dispose() => _connection.Notice -= Note;

    private void Note(object sender, NpgsqlNoticeEventArgs arguments)
    {
        if (arguments.Notice.InvariantSeverity == "WARNING")
        {
            _warning = arguments.Notice.MessageText;
        }
    }
}
