// The application's table on SQLite, by ADO.NET: a connection of its own, in one thread.
using System;
using System.Data;
using System.IO;
using Mono.Data.Sqlite;

namespace Poterne.Examples
{
    public class SqliteTable : ITable, IDisposable
    {
        private readonly string file;
        private readonly int seconds;
        private SqliteConnection opened;

        public SqliteTable(string file, int waitSeconds = 2)
        {
            this.file = file;
            seconds = waitSeconds;
        }

        public string Load(string account)
        {
            using (IDbCommand select = Command("SELECT record FROM poterne WHERE account = @account", null, "@account", account))
                return (string)select.ExecuteScalar();
        }

        public virtual long Swap(string account, string old, string record)
        {
            // The old record in the WHERE clause makes a code work only once.
            string sql = old == null
                ? "INSERT INTO poterne (account, record) VALUES (@account, @record) ON CONFLICT (account) DO NOTHING"
                : "UPDATE poterne SET record = @record WHERE account = @account AND record = @old";
            try
            {
                // Serializable is BEGIN IMMEDIATE: two programs queue here, and never deadlock.
                using (IDbTransaction transaction = Connection().BeginTransaction(IsolationLevel.Serializable))
                {
                    long rows;
                    using (IDbCommand write = Command(sql, transaction, "@account", account, "@record", record, "@old", old))
                        rows = write.ExecuteNonQuery();
                    return Commit(transaction) ? rows : 0;
                }
            }
            catch (SqliteException failure) when (Library.IsConflict(Number.DATABASE_SQLITE, null, (int)failure.ErrorCode))
            {
                return 0;
            }
        }

        /// <summary>A transaction that stays open, for a test.</summary>
        public IDisposable Lock() => Connection().BeginTransaction(IsolationLevel.Serializable);

        public void Dispose() => opened?.Dispose();

        // A failed commit stores nothing, for whatever reason.
        private static bool Commit(IDbTransaction transaction)
        {
            try
            {
                transaction.Commit();
                return true;
            }
            catch (SqliteException)
            {
                return false;
            }
        }

        private SqliteConnection Connection()
        {
            if (opened != null)
                return opened;
            // A file that is not there is a database that is down, and not a new one.
            if (!File.Exists(file))
                throw new FileNotFoundException();
            // The provider waits for a lock by itself, 30 seconds if it is not told otherwise; a login swaps at most three times.
            var connection = new SqliteConnection($"Data Source={file};Version=3;Pooling=False;Default Timeout={seconds}");
            connection.Open();
            opened = connection;
            // With NORMAL, a power cut can undo the last commits: a used code would be accepted again.
            Execute("PRAGMA synchronous = FULL");
            return opened;
        }

        private void Execute(string sql)
        {
            using (IDbCommand command = Command(sql, null))
                command.ExecuteNonQuery();
        }

        private IDbCommand Command(string sql, IDbTransaction transaction, params string[] values)
        {
            IDbCommand command = Connection().CreateCommand();
            command.CommandText = sql;
            command.Transaction = transaction;
            for (int at = 0; at < values.Length; at += 2)
                if (values[at + 1] != null)
                    command.Parameters.Add(new SqliteParameter(values[at], values[at + 1]));
            return command;
        }
    }
}
