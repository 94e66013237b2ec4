//! The database of a morning, and the measurement of the time spent in it.

use std::error::Error;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use poterne::{NotStored, Record, Store};

use crate::play::DoubleClick;

/// A table of records that many threads use, each with a connection of its own.
pub(crate) trait Database: Sync {
    type Connection: Store + Send;

    fn name(&self) -> &'static str;

    /// Fills the empty table.
    fn fill(&self, rows: &mut dyn Iterator<Item = Row>) -> Result<(), Box<dyn Error>>;

    fn connect(&self) -> Result<Self::Connection, Box<dyn Error>>;
}

/// An account's name and its record.
pub(crate) type Row = Result<(String, Record), NotStored>;

/// A connection that times each call, and makes a race certain where one is wanted.
pub(crate) struct Timed<'d, S> {
    store: S,
    /// After the next load, wait for the other half of the double click, unless a thread has failed.
    pub(crate) race: Option<(&'d DoubleClick, &'d AtomicBool)>,
    pub(crate) waited: Duration,
    pub(crate) nanoseconds: u64,
    pub(crate) loads: u64,
    /// The number of swaps that updated no row because another one came first.
    pub(crate) conflicts: u64,
}

impl<S> Timed<'_, S> {
    pub(crate) fn new(store: S) -> Self {
        Self { store, race: None, waited: Duration::ZERO, nanoseconds: 0, loads: 0, conflicts: 0 }
    }

    fn timed<T>(&mut self, call: impl FnOnce(&mut S) -> T) -> T {
        let begin = Instant::now();
        let result = call(&mut self.store);
        self.nanoseconds += begin.elapsed().as_nanos() as u64;
        result
    }
}

impl<S: Store> Store for Timed<'_, S> {
    fn load(&mut self, account: &str) -> Result<Option<String>, poterne::Error> {
        self.loads += 1;
        let record = self.timed(|store| store.load(account));
        if let Some((click, has_failed)) = self.race.take() {
            let begin = Instant::now();
            click.wait_for_the_other(has_failed);
            self.waited += begin.elapsed();
        }
        record
    }

    fn swap(&mut self, account: &str, old: Option<&str>, new: &Record) -> Result<u64, poterne::Error> {
        let rows = self.timed(|store| store.swap(account, old, new))?;
        self.conflicts += u64::from(rows == 0);
        Ok(rows)
    }
}
