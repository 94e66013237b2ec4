//! A table in memory, to measure the library alone.

use std::collections::HashMap;
use std::error::Error;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use poterne::{Record, Store};

use crate::database::{Database, Row};

/// Split into shards, so that threads seldom wait for each other.
#[derive(Clone)]
pub(crate) struct Memory {
    shards: Arc<[Shard]>,
    hasher: RandomState,
    compares: bool,
}

type Shard = Mutex<HashMap<String, String>>;

impl Memory {
    pub(crate) fn new() -> Self {
        let shards = (0..256).map(|_| Mutex::default()).collect();
        Self { shards, hasher: RandomState::new(), compares: true }
    }

    /// Overwrites any stored record, like an UPDATE without `AND record = :old`.
    pub(crate) fn without_comparison(self) -> Self {
        Self { compares: false, ..self }
    }

    fn shard(&self, account: &str) -> MutexGuard<'_, HashMap<String, String>> {
        let shard = self.hasher.hash_one(account) as usize % self.shards.len();
        self.shards[shard].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Database for Memory {
    type Connection = Self;

    fn name(&self) -> &'static str {
        if self.compares { "memory" } else { "careless" }
    }

    fn fill(&self, rows: &mut dyn Iterator<Item = Row>) -> Result<(), Box<dyn Error>> {
        for row in rows {
            let (account, record) = row?;
            self.shard(&account).insert(account, record.as_str().to_owned());
        }
        Ok(())
    }

    fn connect(&self) -> Result<Self, Box<dyn Error>> {
        Ok(self.clone())
    }
}

impl Store for Memory {
    fn load(&mut self, account: &str) -> Result<Option<String>, poterne::Error> {
        Ok(self.shard(account).get(account).cloned())
    }

    fn swap(&mut self, account: &str, old: Option<&str>, new: &Record) -> Result<u64, poterne::Error> {
        let mut shard = self.shard(account);
        if self.compares && shard.get(account).map(String::as_str) != old {
            return Ok(0);
        }
        shard.insert(account.to_owned(), new.as_str().to_owned());
        Ok(1)
    }
}
