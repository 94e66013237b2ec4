//! SQLite, as the guide says: WAL, synchronous FULL, BEGIN IMMEDIATE.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection as Sqlite, ErrorCode, OptionalExtension, params};

use super::{Connection, Failure};

pub(super) fn connect(file: &Path) -> Result<Box<dyn Connection + Send>, Failure> {
    let connection = Sqlite::open(file)?;
    connection.busy_timeout(Duration::from_secs(2))?;
    // The switch to WAL does not wait: of two that begin at once on a new file, one finds it locked.
    for _ in 0..100 {
        match connection.pragma_update(None, "journal_mode", "WAL") {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {
                std::thread::sleep(Duration::from_millis(20));
            }
            done => {
                done?;
                break;
            }
        }
    }
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.execute(
        "CREATE TABLE IF NOT EXISTS poterne (account TEXT NOT NULL PRIMARY KEY, record TEXT NOT NULL)",
        [],
    )?;
    let mode: String = connection.query_row("PRAGMA journal_mode", [], |row| row.get(0))?;
    if mode != "wal" {
        return Err(Failure::Other("SQLite is not in WAL mode".into()));
    }
    Ok(Box::new(connection))
}

impl Connection for Sqlite {
    fn select(&mut self, account: &str) -> Result<Option<String>, Failure> {
        Ok(self
            .query_row("SELECT record FROM poterne WHERE account = ?1", [account], |row| row.get(0))
            .optional()?)
    }

    fn begin(&mut self) -> Result<(), Failure> {
        Ok(self.execute_batch("BEGIN IMMEDIATE")?)
    }

    fn update(&mut self, account: &str, old: Option<&str>, new: &str) -> Result<u64, Failure> {
        let rows = match old {
            Some(old) => self.execute(
                "UPDATE poterne SET record = ?3 WHERE account = ?1 AND record = ?2",
                params![account, old, new],
            ),
            None => self.execute("UPDATE poterne SET record = ?2 WHERE account = ?1", params![account, new]),
        };
        Ok(rows? as u64)
    }

    fn insert(&mut self, account: &str, record: &str) -> Result<u64, Failure> {
        Ok(self.execute(
            "INSERT INTO poterne (account, record) VALUES (?1, ?2) ON CONFLICT (account) DO NOTHING",
            params![account, record],
        )? as u64)
    }

    fn commit(&mut self) -> Result<(), Failure> {
        Ok(self.execute_batch("COMMIT")?)
    }

    fn rollback(&mut self) -> Result<(), Failure> {
        Ok(self.execute_batch("ROLLBACK")?)
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy) => Self::Conflict,
            _ => Self::Other(error.into()),
        }
    }
}
