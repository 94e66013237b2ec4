//! What a morning needs of a database, and how the time in it is measured.

use std::error::Error;
use std::time::Instant;

use poterne::{Record, Store};

/// A table of records, which many threads use, each by a connection of its own.
pub(crate) trait Database: Sync {
    type Connection: Store + Send;

    fn name(&self) -> &'static str;

    /// Fills the empty table.
    fn fill(&self, rows: &mut dyn Iterator<Item = Row>) -> Result<(), Box<dyn Error>>;

    fn connect(&self) -> Result<Self::Connection, Box<dyn Error>>;
}

/// An account's name and its record.
pub(crate) type Row = Result<(String, Record), poterne::Error>;

/// A connection that looks at the clock around each call.
pub(crate) struct Timed<S> {
    store: S,
    pub(crate) nanoseconds: u64,
    pub(crate) loads: u64,
    /// Swaps that updated no row, because another one came first.
    pub(crate) conflicts: u64,
}

impl<S> Timed<S> {
    pub(crate) fn new(store: S) -> Self {
        Self { store, nanoseconds: 0, loads: 0, conflicts: 0 }
    }

    fn timed<T>(&mut self, call: impl FnOnce(&mut S) -> T) -> T {
        let begin = Instant::now();
        let result = call(&mut self.store);
        self.nanoseconds += begin.elapsed().as_nanos() as u64;
        result
    }
}

impl<S: Store> Store for Timed<S> {
    fn load(&mut self, account: &str) -> Result<Option<String>, poterne::Error> {
        self.loads += 1;
        self.timed(|store| store.load(account))
    }

    fn swap(&mut self, account: &str, old: Option<&str>, new: &Record) -> Result<u64, poterne::Error> {
        let rows = self.timed(|store| store.swap(account, old, new))?;
        self.conflicts += u64::from(rows == 0);
        Ok(rows)
    }
}
