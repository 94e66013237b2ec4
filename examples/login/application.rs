//! The application's calls on records. Every change of a record goes through the same compare-and-swap.

use poterne::{
    Accepted, Attempt, Confirmed, Denial, Denied, Enrollment, Error, Record, Refusal, Replacement, Status,
    Store, StoredCredential, UnixTime, Verifier,
};

use crate::store::SqliteStore;

pub(crate) struct Application {
    pub(crate) verifier: Verifier,
    pub(crate) store: SqliteStore,
}

/// A new authenticator, for an account that keeps the old one until the new one is confirmed.
pub(crate) struct NewAuthenticator {
    pub(crate) pending: Record,
    /// The record in the table at the time of the enrollment.
    pub(crate) old: String,
}

impl Application {
    pub(crate) fn login(
        &mut self,
        account: &str,
        submitted: &str,
        now: UnixTime,
    ) -> Result<Accepted, Denied> {
        self.verifier.login(account, submitted, now, &mut self.store)
    }

    /// Confirms, resynchronizes, unlocks: makes any change of the account's record.
    pub(crate) fn apply<T, D: Denial>(
        &mut self,
        account: &str,
        make: impl FnMut(StoredCredential<'_>) -> Result<Attempt<T, D>, Error>,
    ) -> Result<T, D> {
        self.store.apply(&self.verifier, account, make)
    }

    /// Stores the record of a new authenticator, unless the account already has a record.
    pub(crate) fn insert(&mut self, account: &str, enrollment: &Enrollment) -> Result<bool, Error> {
        Ok(self.store.swap(account, None, enrollment.record())? == 1)
    }

    pub(crate) fn replace(
        &mut self,
        account: &str,
        NewAuthenticator { pending, old }: &NewAuthenticator,
        submitted: &str,
        now: UnixTime,
    ) -> Result<Confirmed, Denied> {
        let replacement = Replacement { account, old, pending: pending.as_str() };
        let attempt = self.verifier.replace(replacement, submitted, now)?;
        let rows = swap_once(&mut self.store, account, old, attempt.record())?;
        attempt.outcome(rows)
    }

    /// Returns the status, for the help desk.
    pub(crate) fn inspect(&mut self, account: &str, now: UnixTime) -> Result<Status, Denied> {
        let record = self.store.load(account)?.ok_or(Denied::Refused(Refusal::NotEnrolled))?;
        Ok(self.verifier.credential(account, Some(&record))?.inspect(now)?)
    }
}

/// Stores the record of an attempt, and returns the updated row count. A record that has changed in the meantime stays as it is.
pub(crate) fn swap_once(
    store: &mut SqliteStore,
    account: &str,
    old: &str,
    new: Option<&Record>,
) -> Result<u64, Error> {
    new.map_or(Ok(0), |new| store.swap(account, Some(old), new))
}
