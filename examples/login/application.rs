//! What the application does with records: every change of one goes through the same compare-and-swap.

use poterne::{Change, Enrollment, Error, Outcome, Record, Status, Store, Stored, UnixTime, Verifier};

use crate::store::SqliteStore;

pub(crate) struct Application {
    pub(crate) verifier: Verifier,
    pub(crate) store: SqliteStore,
}

/// A new authenticator, for an account that keeps the old one until this is confirmed.
#[derive(Clone)]
pub(crate) struct Replacement {
    pub(crate) pending: Record,
    /// The record in the table when it was enrolled. If it has changed since, suspended or revoked perhaps, it stays.
    pub(crate) old: String,
}

impl Application {
    pub(crate) fn login(&mut self, account: &str, submitted: &str, now: UnixTime) -> Result<Outcome, Error> {
        self.verifier.login(account, submitted, now, &mut self.store)
    }

    /// Puts the record of a new authenticator into the table, unless the account has one already.
    pub(crate) fn insert(&mut self, account: &str, enrollment: &Enrollment) -> Result<bool, Error> {
        Ok(self.store.swap(account, None, enrollment.record())? == 1)
    }

    pub(crate) fn confirm(
        &mut self,
        account: &str,
        submitted: &str,
        now: UnixTime,
    ) -> Result<Outcome, Error> {
        let Self { verifier, store } = self;
        store.attempt(account, |record| verifier.confirm(record, account, submitted, now))
    }

    /// Tried once: whatever changed the old record since the enrollment, it stays.
    pub(crate) fn replace(
        &mut self,
        account: &str,
        Replacement { pending, old }: &Replacement,
        submitted: &str,
        now: UnixTime,
    ) -> Result<Outcome, Error> {
        let attempt = self.verifier.replace(old, pending.as_str(), account, submitted, now)?;
        let rows =
            if attempt.changed() { self.store.swap(account, Some(old), attempt.record())? } else { 0 };
        attempt.outcome(rows)
    }

    pub(crate) fn resynchronize(
        &mut self,
        account: &str,
        [first, second]: [&str; 2],
        now: UnixTime,
    ) -> Result<Outcome, Error> {
        let Self { verifier, store } = self;
        store.attempt(account, |record| verifier.resynchronize(record, account, first, second, now))
    }

    /// What the help desk may see; none if the account has no record.
    pub(crate) fn inspect(&mut self, account: &str, now: UnixTime) -> Result<Option<Status>, Error> {
        let record = self.store.load(account)?;
        record.map(|record| self.verifier.inspect(&record, account, now)).transpose()
    }

    /// A change of the help desk.
    pub(crate) fn change<T>(
        &mut self,
        account: &str,
        change: impl Fn(&Verifier, &str) -> Result<Change<T>, Error>,
    ) -> Result<Stored<T>, Error> {
        let Self { verifier, store } = self;
        store.change(account, |record| change(verifier, record))
    }
}
