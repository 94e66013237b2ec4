//! The table of records, on SQLite.

use std::path::Path;
use std::time::Duration;

use poterne::{Error, Record, Store};
use rusqlite::{Connection, ErrorCode, OptionalExtension, TransactionBehavior, params};

/// One connection to the database that holds the table. Each server, and each thread, has its own.
pub(crate) struct SqliteStore {
    connection: Connection,
}

impl SqliteStore {
    pub(crate) fn open(database: &Path) -> Result<Self, Error> {
        connect(database).map(|connection| Self { connection }).map_err(Error::unavailable)
    }

    /// Returns the accounts that have a record, for the nightly work on all of them.
    pub(crate) fn accounts(&self) -> Result<Vec<String>, Error> {
        accounts(&self.connection).map_err(Error::unavailable)
    }

    /// The compare-and-swap, in a transaction of its own. Returns the updated row count once it is committed.
    fn try_swap(&mut self, account: &str, old: Option<&str>, new: &str) -> rusqlite::Result<u64> {
        // IMMEDIATE takes the write lock at once: two servers queue here, and never deadlock.
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let rows = match old {
            Some(old) => transaction.execute(
                "UPDATE poterne SET record = ?3 WHERE account = ?1 AND record = ?2",
                params![account, old, new],
            )?,
            None => transaction.execute(
                "INSERT INTO poterne (account, record) VALUES (?1, ?2) ON CONFLICT (account) DO NOTHING",
                params![account, new],
            )?,
        };
        // A failed commit stores nothing, for whatever reason: 0 rows.
        Ok(if transaction.commit().is_ok() { rows as u64 } else { 0 })
    }
}

impl Store for SqliteStore {
    fn load(&mut self, account: &str) -> Result<Option<String>, Error> {
        self.connection
            .query_row("SELECT record FROM poterne WHERE account = ?1", [account], |row| row.get(0))
            .optional()
            .map_err(Error::unavailable)
    }

    fn swap(&mut self, account: &str, old: Option<&str>, new: &Record) -> Result<u64, Error> {
        match self.try_swap(account, old, new.as_str()) {
            // Another server held the lock for too long: nothing was written.
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => Ok(0),
            swapped => swapped.map_err(Error::unavailable),
        }
    }
}

fn connect(database: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(database)?;
    // How long a swap waits for another one's lock. A login swaps at most three times.
    connection.busy_timeout(Duration::from_secs(2))?;
    enter_wal(&connection)?;
    // With NORMAL, a power cut can undo the last commits: a used code would be accepted again.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.execute(
        "CREATE TABLE IF NOT EXISTS poterne (account TEXT NOT NULL PRIMARY KEY, record TEXT NOT NULL)",
        [],
    )?;
    Ok(connection)
}

/// Write-ahead logging lets readers and a writer work at the same time. On a new file, two servers that start at the same moment
/// get "busy" here at once, whatever the timeout.
fn enter_wal(connection: &Connection) -> rusqlite::Result<()> {
    for _ in 0..100 {
        match connection.pragma_update(None, "journal_mode", "WAL") {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {
                std::thread::sleep(Duration::from_millis(20));
            }
            done => return done,
        }
    }
    connection.pragma_update(None, "journal_mode", "WAL")
}

fn accounts(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut select = connection.prepare("SELECT account FROM poterne ORDER BY account")?;
    let accounts = select.query_map([], |row| row.get(0))?;
    accounts.collect()
}
