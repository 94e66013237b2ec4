//! What the application does with records: every change of one goes through the same compare-and-swap.

use poterne::{
    Attempt, Change, Enrollment, Error, Outcome, Refusal, Status, Store, Stored, UnixTime, Verifier,
};

use crate::store::SqliteStore;

pub(crate) struct Application {
    pub(crate) verifier: Verifier,
    pub(crate) store: SqliteStore,
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
        self.attempt(account, |verifier, record| verifier.confirm(record, account, submitted, now))
    }

    pub(crate) fn resynchronize(
        &mut self,
        account: &str,
        [first, second]: [&str; 2],
        now: UnixTime,
    ) -> Result<Outcome, Error> {
        self.attempt(account, |verifier, record| verifier.resynchronize(record, account, first, second, now))
    }

    /// What the help desk may see; none if the account has no record.
    pub(crate) fn inspect(&mut self, account: &str, now: UnixTime) -> Result<Option<Status>, Error> {
        let record = self.store.load(account)?;
        record.map(|record| self.verifier.inspect(&record, account, now)).transpose()
    }

    /// A change of the help desk. After a conflict it is made again, on the record as it is then.
    pub(crate) fn change<T>(
        &mut self,
        account: &str,
        change: impl Fn(&Verifier, &str) -> Result<Change<T>, Error>,
    ) -> Result<Stored<T>, Error> {
        for _ in 0..SWAPS {
            let old = self.store.load(account)?.unwrap_or_default();
            let changed = change(&self.verifier, &old)?;
            let rows = self.store.swap(account, Some(&old), changed.record())?;
            if let Stored::Done(value) = changed.stored(rows)? {
                return Ok(Stored::Done(value));
            }
        }
        Ok(Stored::Conflict)
    }

    /// The loop of `Verifier::login`, for the other attempts.
    fn attempt(
        &mut self,
        account: &str,
        attempt: impl Fn(&Verifier, &str) -> Result<Attempt, Error>,
    ) -> Result<Outcome, Error> {
        for _ in 0..SWAPS {
            let old = self.store.load(account)?.unwrap_or_default();
            let outcome = finish(attempt(&self.verifier, &old)?, &mut self.store, account, &old)?;
            if !matches!(outcome, Outcome::Refused(Refusal::Conflict)) {
                return Ok(outcome);
            }
        }
        Ok(Outcome::Refused(Refusal::Conflict))
    }
}

/// Replaces the old record by that of an attempt, and reads the verdict.
pub(crate) fn finish(
    attempt: Attempt,
    store: &mut impl Store,
    account: &str,
    old: &str,
) -> Result<Outcome, Error> {
    let rows = if attempt.changed() { store.swap(account, Some(old), attempt.record())? } else { 0 };
    attempt.outcome(rows)
}

/// As `Verifier::login`.
const SWAPS: usize = 3;
