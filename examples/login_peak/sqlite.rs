//! The table of `examples/login`, in a file of its own.

#[path = "../login/store.rs"]
#[allow(dead_code, reason = "the login desk needs more of it")]
mod store;

use std::error::Error;
use std::path::PathBuf;
use std::time::SystemTime;

use rusqlite::{Connection, params};

use self::store::SqliteStore;
use crate::database::{Database, Row};

/// Removed when dropped.
pub(crate) struct Sqlite {
    directory: PathBuf,
}

impl Sqlite {
    pub(crate) fn new() -> Result<Self, Box<dyn Error>> {
        let nanoseconds = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.subsec_nanos();
        let name = format!("poterne-login-peak-{}-{nanoseconds}", std::process::id());
        let directory = std::env::temp_dir().join(name);
        std::fs::create_dir(&directory).map_err(|error| format!("{}: {error}", directory.display()))?;
        Ok(Self { directory })
    }

    fn file(&self) -> PathBuf {
        self.directory.join("peak.sqlite")
    }
}

impl Database for Sqlite {
    type Connection = SqliteStore;

    fn name(&self) -> &'static str {
        "sqlite"
    }

    /// In one transaction: the table is made by the first connection.
    fn fill(&self, rows: &mut dyn Iterator<Item = Row>) -> Result<(), Box<dyn Error>> {
        self.connect()?;
        let mut connection = Connection::open(self.file())?;
        let transaction = connection.transaction()?;
        let mut insert = transaction.prepare("INSERT INTO poterne (account, record) VALUES (?1, ?2)")?;
        for row in rows {
            let (account, record) = row?;
            insert.execute(params![account, record.as_str()])?;
        }
        drop(insert);
        Ok(transaction.commit()?)
    }

    fn connect(&self) -> Result<SqliteStore, Box<dyn Error>> {
        Ok(SqliteStore::open(&self.file())?)
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.directory) {
            eprintln!("login_peak: {} is still there: {error}", self.directory.display());
        }
    }
}
