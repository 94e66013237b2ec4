//! The table, over a connection of this login's own: opened, used and closed in it.
//!
//! A pool would live in the host, beside its forks and threads. No client library is linked: the one that is configured is loaded, and
//! stays loaded, since libraries that it loads itself do not all bear to be unloaded.

mod library;
mod mariadb;
mod postgresql;
mod sqlite;

use poterne::{Error, Record, Store};
use poterne_settings::{Product, Settings};
use zeroize::Zeroizing;

use crate::verdict::{Fault, Verdict};

/// How long to wait for a connection, and for the answer to a statement.
const TIMEOUT_SECONDS: u16 = 2;

/// How long the server lets a statement wait for a lock. That is a lost swap, after which there is time for another.
const LOCK_TIMEOUT_SECONDS: u16 = 1;

/// The application's table.
pub(crate) struct Table {
    connection: Box<dyn Connection>,
}

/// An account's row.
pub(crate) struct Row {
    /// As it is spelled in the table.
    pub(crate) account: String,
    pub(crate) record: Option<String>,
}

/// A connection to a database, every statement a transaction of its own.
trait Connection {
    /// The row of an account.
    fn row(&mut self, account: &str) -> Result<Option<Row>, Unavailable>;

    /// Puts a record in the place of another. Returns the number of updated rows, 0 after a lost swap.
    fn swap(&mut self, account: &str, old: &str, new: &str) -> Result<u64, Unavailable>;
}

/// The database did not do what it was asked for. Its text is not kept: it may hold the account.
struct Unavailable;

/// The names that stand in the statements; the settings let nothing but letters, digits and underscores pass.
struct Names {
    table: String,
    account: String,
    record: String,
}

impl Table {
    pub(crate) fn open(settings: &Settings, password: Option<Zeroizing<String>>) -> Result<Self, Verdict> {
        let names = Names {
            table: settings.table().to_owned(),
            account: settings.account_column().to_owned(),
            record: settings.record_column().to_owned(),
        };
        let database = settings.database();
        let connection: Box<dyn Connection> = match database.product() {
            Product::Postgresql => Box::new(postgresql::Postgresql::open(database, password, names)?),
            Product::Mariadb => Box::new(mariadb::Mariadb::open(database, password, names)?),
            Product::Sqlite => Box::new(sqlite::Sqlite::open(database, names)?),
            _ => return Err(Fault::Product.into()),
        };
        Ok(Self { connection })
    }

    pub(crate) fn row(&mut self, account: &str) -> Result<Option<Row>, Error> {
        Ok(self.connection.row(account)?)
    }

    /// The rows of a person. Asked for one by one: a database may give another spelling back, which does not tell whose row it is.
    pub(crate) fn rows(&mut self, accounts: &[String; 3]) -> Result<[Option<Row>; 3], Error> {
        let [first, second, third] = accounts;
        Ok([self.row(first)?, self.row(second)?, self.row(third)?])
    }
}

impl Row {
    /// Whether it has a record (semantics 3.0).
    pub(crate) fn has_record(&self) -> bool {
        self.record.as_deref().is_some_and(|record| !record.trim_end_matches(' ').is_empty())
    }
}

impl Store for Table {
    fn load(&mut self, account: &str) -> Result<Option<String>, Error> {
        Ok(self.connection.row(account)?.and_then(|row| row.record))
    }

    fn swap(&mut self, account: &str, old: Option<&str>, new: &Record) -> Result<u64, Error> {
        // A login never stores a first record.
        let old = old.ok_or(Unavailable)?;
        Ok(self.connection.swap(account, old, new.as_str())?)
    }
}

impl From<Unavailable> for Error {
    fn from(_: Unavailable) -> Self {
        Self::unavailable("the database did not answer as it should")
    }
}

impl From<Unavailable> for Verdict {
    fn from(unavailable: Unavailable) -> Self {
        Error::from(unavailable).into()
    }
}

/// A text of a client library.
///
/// # Safety
/// `text` is null or points to `len` bytes.
unsafe fn text(text: *const std::ffi::c_char, len: usize) -> Result<String, Unavailable> {
    if text.is_null() {
        return Err(Unavailable);
    }
    // SAFETY: the caller's.
    let bytes = unsafe { std::slice::from_raw_parts(text.cast::<u8>(), len) };
    String::from_utf8(bytes.to_vec()).map_err(|_| Unavailable)
}
