//! The application's table, and the login loop.

mod check;
mod conflict;
mod steps;

use alloc::boxed::Box;
use alloc::string::String;

pub use self::check::{CheckStep, StoreCheck};
pub use self::conflict::{Database, is_conflict};
pub use self::steps::{Step, Steps};
#[cfg(doc)]
use crate::credential::Refusal;
use crate::credential::{Accepted, Denial, Denied, NotStored};
use crate::error::Error;
#[cfg(doc)]
use crate::error::ErrorKind;
use crate::record::{Account, Record, TicketBinding};
use crate::time::UnixTime;
use crate::verifier::{Attempt, StoredCredential, Verifier};

/// The table in which the application keeps records, one row per account.
///
/// ```sql
/// CREATE TABLE poterne (account VARCHAR(255) PRIMARY KEY, record VARCHAR(504) NOT NULL)
/// ```
///
/// Make errors with [`Error::unavailable`]: the database did not answer, so nobody logs in.
pub trait Store {
    /// Loads the stored record of an account; `None` if there is no row. Read from the database that `swap` writes to, never from a
    /// replica.
    ///
    /// # Errors
    /// The database's errors, as [`Error::unavailable`].
    fn load(&mut self, account: &str) -> Result<Option<String>, Error>;

    /// Replaces `old` with `new`, or inserts `new` if there is no old record. Then COMMITS. It runs in a transaction of its own:
    ///
    /// ```sql
    /// UPDATE poterne SET record = :new WHERE account = :account AND record = :old
    /// ```
    ///
    /// If `old` is `None`, `new` is the account's first record: INSERT it, or UPDATE `record IS NULL` if the row exists without
    /// one. If a record is already there, leave it and return 0; this is not an error (semantics 7.2).
    ///
    /// Returns the updated row count. These count as 0 rows: a serialization failure, a deadlock, a lock timeout, a commit that
    /// failed or whose answer was lost. [`is_conflict`](crate::is_conflict) knows the codes of databases. A login can wait for a
    /// lock three times, so set the lock timeout to a second or two.
    ///
    /// Source: semantics [7.2](crate::guide::semantics#7.2).
    ///
    /// # Errors
    /// The database's other errors, as [`Error::unavailable`].
    fn swap(&mut self, account: &str, old: Option<&str>, new: &Record) -> Result<u64, Error>;

    /// Makes an attempt on the stored record and stores the result. After a conflict it starts again, up to three tries in all
    /// (semantics [7.7](crate::guide::semantics#7.7)). Use it for confirmations, resynchronizations and changes by the help desk.
    /// [`Verifier::login`] is the same with [`StoredCredential::verify`].
    ///
    /// ```
    /// use poterne::{Confirmed, Denied, NotStored, Store, UnixTime, Verifier};
    ///
    /// fn confirm(verifier: &Verifier, table: &mut impl Store, code: &str, now: UnixTime) -> Result<Confirmed, Denied> {
    ///     table.apply(verifier, "a.martin", |credential| credential.confirm(code, now))
    /// }
    ///
    /// fn unlock(verifier: &Verifier, table: &mut impl Store) -> Result<(), NotStored> {
    ///     table.apply(verifier, "a.martin", |credential| credential.unlock())
    /// }
    /// ```
    ///
    /// # Errors
    /// The errors of `make` and of the store; the refusal or the conflict; [`ErrorKind::Rows`] if a swap updates more than one row;
    /// [`ErrorKind::Argument`] if `make` uses another credential than the one it receives.
    fn apply<T, D: Denial>(
        &mut self,
        verifier: &Verifier,
        account: &str,
        make: impl FnMut(StoredCredential<'_>) -> Result<Attempt<T, D>, Error>,
    ) -> Result<T, D>
    where
        Self: Sized,
    {
        follow(self, verifier, account, Steps::new(), make)
    }
}

/// A reference to a store is a store, so a function can take `&mut dyn Store`.
impl<S: Store + ?Sized> Store for &mut S {
    fn load(&mut self, account: &str) -> Result<Option<String>, Error> {
        (**self).load(account)
    }

    fn swap(&mut self, account: &str, old: Option<&str>, new: &Record) -> Result<u64, Error> {
        (**self).swap(account, old, new)
    }
}

impl<S: Store + ?Sized> Store for Box<S> {
    fn load(&mut self, account: &str) -> Result<Option<String>, Error> {
        (**self).load(account)
    }

    fn swap(&mut self, account: &str, old: Option<&str>, new: &Record) -> Result<u64, Error> {
        (**self).swap(account, old, new)
    }
}

impl Verifier {
    /// Logs a user in: loads, verifies and swaps. After a conflict it starts again, up to three tries in all (semantics
    /// [7.7](crate::guide::semantics#7.7)).
    ///
    /// Only `Ok` is a login. A wrong code is an `Err`, and so is a database that does not answer.
    ///
    /// # Errors
    /// [`Denied::Refused`](crate::Denied::Refused) for what the user typed. [`Denied::Error`](crate::Denied::Error) as
    /// [`StoredCredential::verify`], for the store's errors, and with [`ErrorKind::Rows`] if a swap updates more than one row.
    pub fn login(
        &self,
        account: &str,
        submitted: &str,
        now: UnixTime,
        store: &mut impl Store,
    ) -> Result<Accepted, Denied> {
        store.apply(self, account, |credential| credential.verify(submitted, now))
    }

    /// Logs a user in like [`login`](Self::login), but starts with a record that the application has loaded with its own row.
    /// `None` means that the account has no record.
    ///
    /// After a conflict, the store loads the record again. A refusal with nothing to store is not checked against the table, so
    /// load the record when you judge the code, not when you made the page.
    ///
    /// Source: semantics [7.7](crate::guide::semantics#7.7).
    ///
    /// # Errors
    /// As [`login`](Self::login).
    pub fn login_with_record(
        &self,
        account: &str,
        record: Option<String>,
        submitted: &str,
        now: UnixTime,
        store: &mut impl Store,
    ) -> Result<Accepted, Denied> {
        let mut steps = Steps::new();
        steps.loaded(record, |record| self.credential(account, record)?.verify(submitted, now))?;
        follow(store, self, account, steps, |credential| credential.verify(submitted, now))
    }

    /// Checks the ticket, and then logs the user in like [`login`](Self::login).
    ///
    /// If the ticket is not valid, for any reason, the answer is [`Refusal::Ticket`]: no record is loaded and no failure is
    /// counted. Check again that the person may log in: the ticket only says that the password was right a moment ago.
    ///
    /// Source: semantics [15.4](crate::guide::semantics#15.4).
    ///
    /// # Errors
    /// As [`login`](Self::login); [`ErrorKind::Argument`] if the purpose or the context is not as [`ticket`](Self::ticket) takes
    /// it.
    pub fn login_with_ticket(
        &self,
        account: &str,
        ticket: &str,
        binding: TicketBinding<'_>,
        submitted: &str,
        now: UnixTime,
        store: &mut impl Store,
    ) -> Result<Accepted, Denied> {
        self.check_ticket(account, ticket, binding, now)?;
        self.login(account, submitted, now, store)
    }

    /// Checks that a store swaps, compares, commits and keeps. Call it when the application starts, before the first login.
    ///
    /// It cannot detect a store that compares in the application and then writes without a condition, because nobody else writes
    /// during the check. The comparison must be in the UPDATE itself.
    ///
    /// `account` is an account kept for this check, with a revoked record, or any account that has a record. Its credential stays
    /// the same and is sealed anew. `second` is another handle on the same table. Open it separately: on a shared connection it
    /// would see what `store` has not committed. [`NotStored::Conflict`] proves nothing either way: others kept writing this
    /// record.
    ///
    /// Source: semantics [7.9](crate::guide::semantics#7.9).
    ///
    /// ```
    /// use poterne::{NotStored, Store, Verifier};
    ///
    /// /// `second` has a connection of its own.
    /// fn at_start(verifier: &Verifier, table: &mut impl Store, second: &mut impl Store) -> Result<(), NotStored> {
    ///     match verifier.check_store("poterne check", table, second) {
    ///         // Others are at work: nothing is proven.
    ///         Err(NotStored::Conflict) => Ok(()),
    ///         checked => checked,
    ///     }
    /// }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Rows`] if the store updates without comparing, updates nothing, takes a first record for an account that has
    /// one, does not keep what it has committed, or reports 0 rows for what it wrote; [`ErrorKind::Record`] if the loaded record
    /// does not open: the column cuts or alters the text; [`ErrorKind::State`] if the account has no record; as
    /// [`StoredCredential::inspect`] for its record; the store's errors.
    pub fn check_store(
        &self,
        account: &str,
        store: &mut impl Store,
        second: &mut impl Store,
    ) -> Result<(), NotStored> {
        Account::new(account)?;
        let mut check = StoreCheck::new(account);
        loop {
            match check.step() {
                CheckStep::Load => check.loaded(self, store.load(account)?.as_deref())?,
                CheckStep::LoadBySecond => check.loaded(self, second.load(account)?.as_deref())?,
                CheckStep::Swap { old, new } => {
                    let rows = store.swap(account, old, new)?;
                    check.swapped(rows)?;
                }
                CheckStep::Pause { milliseconds } => {
                    pause(milliseconds);
                    check.paused()?;
                }
                CheckStep::Done => return check.outcome(),
            }
        }
    }
}

/// Carries out the steps.
fn follow<T, D: Denial>(
    store: &mut impl Store,
    verifier: &Verifier,
    account: &str,
    mut steps: Steps<T, D>,
    mut make: impl FnMut(StoredCredential<'_>) -> Result<Attempt<T, D>, Error>,
) -> Result<T, D> {
    // Never ask the database for a name that cannot be an account: it may take it for a fault of its own.
    Account::new(account)?;
    loop {
        match steps.step() {
            Step::Load => {
                let record = store.load(account)?;
                steps.loaded(record, |record| make(verifier.credential(account, record)?))?;
            }
            Step::Swap { old, new } => {
                let rows = store.swap(account, Some(old), new)?;
                steps.swapped(rows)?;
            }
            Step::Done => return steps.outcome(),
        }
    }
}

/// Lets the others go first. Without a clock it does not wait.
fn pause(milliseconds: u8) {
    #[cfg(feature = "std")]
    std::thread::sleep(core::time::Duration::from_millis(milliseconds.into()));
    #[cfg(not(feature = "std"))]
    let _ = milliseconds;
}
