//! The table of records on real databases, and the faults that the controls plant.

mod mariadb;
mod postgresql;
mod sqlite;

use std::error::Error as StdError;
use std::path::Path;

use poterne::{Error, Record, Store};

/// The databases, PostgreSQL once for each isolation level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    PostgresqlReadCommitted,
    PostgresqlRepeatableRead,
    PostgresqlSerializable,
    Mariadb,
}

impl Engine {
    pub const ALL: [Self; 5] = [
        Self::Sqlite,
        Self::PostgresqlReadCommitted,
        Self::PostgresqlRepeatableRead,
        Self::PostgresqlSerializable,
        Self::Mariadb,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::PostgresqlReadCommitted => "PostgreSQL READ COMMITTED",
            Self::PostgresqlRepeatableRead => "PostgreSQL REPEATABLE READ",
            Self::PostgresqlSerializable => "PostgreSQL SERIALIZABLE",
            Self::Mariadb => "MariaDB",
        }
    }

    pub fn of(name: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|engine| engine.name() == name)
            .unwrap_or_else(|| crate::fail("no such engine"))
    }
}

/// What a store does wrong, as the control of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// The old record is not in the WHERE clause: read, check, write.
    IgnoresOld,
    /// A swap reports its rows and is committed only when the store is used next.
    ReportsBeforeCommit,
}

/// A connection of one's own to the table.
pub struct Table {
    connection: Box<dyn Connection + Send>,
    fault: Fault,
    is_open: bool,
}

impl Table {
    /// A connection; the table is made if it is not there. `folder` is where SQLite has its file.
    pub fn open(engine: Engine, folder: &Path, fault: Fault) -> Self {
        let connection = match engine {
            Engine::Sqlite => sqlite::connect(&folder.join("poterne.sqlite")),
            Engine::PostgresqlReadCommitted => postgresql::connect("READ COMMITTED"),
            Engine::PostgresqlRepeatableRead => postgresql::connect("REPEATABLE READ"),
            Engine::PostgresqlSerializable => postgresql::connect("SERIALIZABLE"),
            Engine::Mariadb => mariadb::connect(),
        };
        match connection {
            Ok(connection) => Self { connection, fault, is_open: false },
            Err(Failure::Conflict) => crate::fail(format_args!("{}: locked", engine.name())),
            Err(Failure::Other(error)) => crate::fail(format_args!("{}: {error}", engine.name())),
        }
    }

    /// The number of rows, committed.
    fn try_swap(&mut self, account: &str, old: Option<&str>, new: &str) -> Result<u64, Failure> {
        self.connection.begin()?;
        let rows = match old {
            None => self.connection.insert(account, new)?,
            Some(_) if self.fault == Fault::IgnoresOld => self.connection.update(account, None, new)?,
            Some(old) => self.connection.update(account, Some(old), new)?,
        };
        if self.fault == Fault::ReportsBeforeCommit && old.is_some() {
            self.is_open = true;
            return Ok(rows);
        }
        self.connection.commit()?;
        Ok(rows)
    }

    /// Commits what the fault left open.
    fn close_open(&mut self) -> Result<(), Error> {
        if std::mem::take(&mut self.is_open) {
            self.connection.commit().map_err(unavailable)?;
        }
        Ok(())
    }
}

impl Store for Table {
    fn load(&mut self, account: &str) -> Result<Option<String>, Error> {
        self.close_open()?;
        self.connection.select(account).map_err(unavailable)
    }

    fn swap(&mut self, account: &str, old: Option<&str>, new: &Record) -> Result<u64, Error> {
        self.close_open()?;
        match self.try_swap(account, old, new.as_str()) {
            Ok(rows) => Ok(rows),
            Err(failure) => {
                // The transaction is open still, or never began: then there is nothing to roll back.
                let _ = self.connection.rollback();
                match failure {
                    Failure::Conflict => Ok(0),
                    other => Err(unavailable(other)),
                }
            }
        }
    }
}

/// What each database does in its own way.
trait Connection {
    /// In a transaction of its own.
    fn select(&mut self, account: &str) -> Result<Option<String>, Failure>;
    fn begin(&mut self) -> Result<(), Failure>;
    /// How many rows; without `old` the fault that everybody writes first.
    fn update(&mut self, account: &str, old: Option<&str>, new: &str) -> Result<u64, Failure>;
    /// How many rows, 0 if there is one for the account.
    fn insert(&mut self, account: &str, record: &str) -> Result<u64, Failure>;
    fn commit(&mut self) -> Result<(), Failure>;
    fn rollback(&mut self) -> Result<(), Failure>;
}

/// Why a statement failed.
enum Failure {
    /// Others were faster: a serialization failure, a deadlock, a lock that was not to be had in time.
    Conflict,
    Other(Box<dyn StdError + Send + Sync>),
}

fn unavailable(failure: Failure) -> Error {
    match failure {
        Failure::Conflict => Error::unavailable("locked"),
        Failure::Other(error) => Error::unavailable(error),
    }
}

/// The port that `tests/databases` gives.
fn port(variable: &str) -> u16 {
    std::env::var(variable)
        .ok()
        .and_then(|port| port.parse().ok())
        .unwrap_or_else(|| crate::fail(format_args!("{variable} is not set: run it by tests/databases")))
}
