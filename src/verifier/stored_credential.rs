//! What can be done to a credential that is stored.

use core::fmt;

use super::attempt::{Attempt, Change, Rename};
use super::decoys::{DECOY_ACCOUNT, DecoysInState};
use super::status::Status;
use super::{DAY, Verifier, trimmed};
use crate::credential::{
    Accepted, CodeSet, Confirmed, Credential, Decision, MAX_LIFETIME, MAX_USES, RECOVERY_SLOTS,
    RecoveryCodes, Refusal, Resynchronized, State, TemporaryCode,
};
use crate::error::{Error, ErrorKind};
use crate::numbered::numbered;
use crate::provisioning::{OtpauthNames, OtpauthUri};
use crate::record::{self, Account, Opened, Record};
use crate::time::UnixTime;

/// A stored credential, as [`Verifier::credential`] and [`Store::apply`](crate::Store::apply) give it: an account and its sealed record.
///
/// Each method opens the record, does its work and wipes what it has opened.
#[derive(Clone, Copy)]
pub struct StoredCredential<'a> {
    pub(super) verifier: &'a Verifier,
    pub(super) account: Account<'a>,
    /// Without the trailing spaces of CHAR columns; empty if there is none.
    pub(super) record: &'a str,
}

impl<'a> StoredCredential<'a> {
    pub(super) fn new(verifier: &'a Verifier, account: Account<'a>, record: Option<&'a str>) -> Self {
        Self { verifier, account, record: trimmed(record.unwrap_or_default()) }
    }

    /// A login: checks what the user typed, OTP, recovery code or temporary code.
    ///
    /// An account without a record is [`Refusal::NotEnrolled`], after the work that a login takes.
    ///
    /// Source: semantics [3](crate::guide::semantics#3).
    ///
    /// # Errors
    /// [`ErrorKind::Record`], [`ErrorKind::UnknownKey`] or [`ErrorKind::RecordFormat`] if the record does not open;
    /// [`ErrorKind::Time`] before `t0`; [`ErrorKind::Counter`] if no
    /// moving factor is left; [`ErrorKind::Random`] if the system gives no randomness. Whatever the user typed is an outcome,
    /// never an error.
    pub fn verify(&self, submitted: &str, now: UnixTime) -> Result<Attempt<Accepted>, Error> {
        self.attempt(&self.verifier.decoys.active, submitted, |credential| {
            credential.verify(submitted, now, &self.verifier.policy)
        })
    }

    /// The first code of a pending authenticator. It is not a login.
    ///
    /// Source: semantics [8.2](crate::guide::semantics#8.2).
    ///
    /// # Errors
    /// As [`verify`](Self::verify).
    pub fn confirm(&self, submitted: &str, now: UnixTime) -> Result<Attempt<Confirmed>, Error> {
        self.attempt(&self.verifier.decoys.pending, submitted, |credential| {
            self.verifier.confirm_credential(credential, submitted, now)
        })
    }

    /// Two codes in a row, for a token whose clock or counter is out of reach; by the help desk, or once the password is
    /// right. It is not a login.
    ///
    /// Source: semantics [8.4](crate::guide::semantics#8.4).
    ///
    /// # Errors
    /// As [`verify`](Self::verify).
    pub fn resynchronize(
        &self,
        first: &str,
        second: &str,
        now: UnixTime,
    ) -> Result<Attempt<Resynchronized>, Error> {
        self.attempt(&self.verifier.decoys.active, first, |credential| {
            credential.resynchronize(first, second, now, &self.verifier.policy)
        })
    }

    /// The otpauth URI of a pending credential, once more.
    ///
    /// Source: semantics [8.1](crate::guide::semantics#8.1).
    ///
    /// # Errors
    /// [`ErrorKind::State`] if it is not pending: once confirmed, no call returns the secret; or after its
    /// [`confirm_by`](Status::confirm_by), when nobody can confirm it any more. [`ErrorKind::Uri`] for a name
    /// that cannot be shown by every authenticator app. As [`inspect`](Self::inspect).
    pub fn otpauth_uri(&self, names: OtpauthNames<'_>, now: UnixTime) -> Result<OtpauthUri, Error> {
        record::wipe_after(|| {
            let credential = self.open()?.credential;
            let (State::Pending, Some(secret)) = (credential.state, &credential.secret) else {
                return Err(Error::new(
                    ErrorKind::State,
                    "the authenticator is confirmed, and its secret is shown to nobody: enroll a new one",
                ));
            };
            if credential.confirm_by.is_some_and(|confirm_by| now > confirm_by) {
                return Err(Error::new(
                    ErrorKind::State,
                    "the time to confirm this authenticator is over: enroll a new one",
                ));
            }
            let allow_incompatible = self.verifier.policy.allow_incompatible();
            OtpauthUri::build(secret, &credential.parameters(), names, allow_incompatible)
        })
    }

    /// Issues 1 to 10 recovery codes in place of the former ones.
    ///
    /// Source: semantics [5.1](crate::guide::semantics#5.1), [8.6](crate::guide::semantics#8.6).
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] for another count, [`ErrorKind::State`] unless the credential is active or suspended; as
    /// [`inspect`](Self::inspect) for the record.
    pub fn recovery_codes(&self, count: u32) -> Result<Change<RecoveryCodes>, Error> {
        let count = u8::try_from(count)
            .ok()
            .filter(|count| (1..=RECOVERY_SLOTS).contains(&usize::from(*count)))
            .ok_or(Error::new(ErrorKind::Argument, "1 to 10 recovery codes can be issued"))?;
        self.change(|credential| {
            credential.in_use()?;
            credential.codes.issue_recovery(count)
        })
    }

    /// Issues a temporary code in place of the former one. It works while the account is locked or has to wait.
    ///
    /// Without an expiry it is valid for 24 hours, at most for 30 days; `uses` is 1 to 50.
    ///
    /// Source: semantics [5.2](crate::guide::semantics#5.2).
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] for another expiry or number of uses, [`ErrorKind::State`] unless the credential is active or
    /// suspended; as [`inspect`](Self::inspect).
    pub fn temporary_code(
        &self,
        expiry: Option<UnixTime>,
        uses: u32,
        missing: MissingAuthenticator,
        now: UnixTime,
    ) -> Result<Change<TemporaryCode>, Error> {
        let expiry = expiry.unwrap_or(now.saturating_add(DAY));
        if expiry < now || expiry > now.saturating_add(MAX_LIFETIME) {
            return Err(Error::new(ErrorKind::Argument, "a temporary code expires within the next 30 days"));
        }
        let uses = u8::try_from(uses)
            .ok()
            .filter(|uses| (1..=MAX_USES).contains(uses))
            .ok_or(Error::new(ErrorKind::Argument, "a temporary code has 1 to 50 uses"))?;
        self.change(|credential| {
            credential.in_use()?;
            if missing == MissingAuthenticator::Suspend {
                credential.suspend()?;
            }
            credential.codes.issue_temporary(expiry, uses)
        })
    }

    /// Ends the recovery codes, the temporary code, or both: they were lost with the phone, or told to the wrong person.
    ///
    /// ```
    /// use poterne::{CodeSet, NotStored, Store, Verifier};
    ///
    /// fn stolen(verifier: &Verifier, table: &mut impl Store) -> Result<(), NotStored> {
    ///     table.apply(verifier, "a.martin", |credential| credential.end_codes(CodeSet::Both))
    /// }
    /// ```
    ///
    /// Source: semantics [5.5](crate::guide::semantics#5.5).
    ///
    /// # Errors
    /// [`ErrorKind::State`] unless the credential is active or suspended; as [`inspect`](Self::inspect).
    pub fn end_codes(&self, codes: CodeSet) -> Result<Change<()>, Error> {
        self.change(|credential| credential.end_codes(codes))
    }

    /// Clears the failures: the account is neither locked nor has to wait.
    ///
    /// Source: semantics [8.5](crate::guide::semantics#8.5).
    ///
    /// # Errors
    /// [`ErrorKind::State`] if the credential is revoked; as [`inspect`](Self::inspect).
    pub fn unlock(&self) -> Result<Change<()>, Error> {
        self.change(Credential::unlock)
    }

    /// Takes back what a clock that was ahead has written: a watermark that is not reached yet, failures and a last use of the future.
    ///
    /// For all records, once the clock is right: [`Attempt::record`] is none where there was nothing. A thief's lock stays. Look at
    /// the clock of this server first: on one that is itself behind, used codes would work once more.
    ///
    /// ```
    /// use poterne::{ExistingCredential, Keyring, Parameters, Secret, UnixTime, Verifier};
    ///
    /// let verifier = Verifier::new(Keyring::generate(1)?, "grand-angle")?;
    /// let now = UnixTime::from_secs(1_763_800_000)?;
    /// // A login on a server that was a day ahead.
    /// let ahead = ExistingCredential::new(Secret::generate(20)?, Parameters::totp())
    ///     .with_watermark(Some((1_763_800_000 + 86_400) / 30));
    /// let change = verifier.import("a.martin", ahead, now)?;
    ///
    /// let change = verifier.credential("a.martin", change.record().map(AsRef::as_ref))?.repair_clock(now)?;
    /// assert!(change.record().is_some());
    /// // Then there is nothing to repair.
    /// let again = verifier.credential("a.martin", change.record().map(AsRef::as_ref))?.repair_clock(now)?;
    /// assert!(again.record().is_none());
    /// # Ok::<(), poterne::Error>(())
    /// ```
    ///
    /// Source: semantics [8.5](crate::guide::semantics#8.5).
    ///
    /// # Errors
    /// [`ErrorKind::State`] if the credential is revoked, [`ErrorKind::Time`] before its `t0`; as [`inspect`](Self::inspect)
    /// for the record.
    pub fn repair_clock(&self, now: UnixTime) -> Result<Change<()>, Error> {
        record::wipe_after(|| {
            let mut credential = self.open()?.credential;
            if !credential.repair_clock(now)? {
                return Ok(Change::change(self.record, None, ()));
            }
            Ok(Change::change(self.record, Some(self.seal(&credential)?), ()))
        })
    }

    /// Puts the authenticator out of use; recovery and temporary codes work.
    ///
    /// Source: semantics [8.6](crate::guide::semantics#8.6).
    ///
    /// # Errors
    /// [`ErrorKind::State`] unless the credential is active or suspended; as [`inspect`](Self::inspect).
    pub fn suspend(&self) -> Result<Change<()>, Error> {
        self.change(Credential::suspend)
    }

    /// Puts the authenticator back in use.
    ///
    /// Source: semantics [8.6](crate::guide::semantics#8.6).
    ///
    /// # Errors
    /// As [`suspend`](Self::suspend).
    pub fn resume(&self) -> Result<Change<()>, Error> {
        self.change(Credential::resume)
    }

    /// Ends a credential: its secret and codes are erased.
    ///
    /// Source: semantics [8.6](crate::guide::semantics#8.6).
    ///
    /// # Errors
    /// As [`inspect`](Self::inspect).
    pub fn revoke(&self) -> Result<Change<()>, Error> {
        self.change(|credential| {
            credential.revoke();
            Ok(())
        })
    }

    /// Drops what no longer matters: run it on all records every night, and an application's record tells nobody when its
    /// owner last logged in.
    ///
    /// Source: semantics [8.7](crate::guide::semantics#8.7).
    ///
    /// # Errors
    /// [`ErrorKind::Time`] before the credential's `t0`; as [`inspect`](Self::inspect).
    pub fn forget(&self, now: UnixTime) -> Result<Change<()>, Error> {
        self.change(|credential| credential.forget(now))
    }

    /// The same credential under the primary key.
    ///
    /// Source: semantics [8.8](crate::guide::semantics#8.8).
    ///
    /// # Errors
    /// As [`inspect`](Self::inspect).
    pub fn reseal(&self) -> Result<Change<()>, Error> {
        self.change(|_| Ok(()))
    }

    /// The same credential for another name of the account: a user who is renamed, a token that leaves the stock. Recovery and
    /// temporary codes go along: issue new ones before a token that came back is handed out again.
    ///
    /// Source: semantics [8.8](crate::guide::semantics#8.8).
    ///
    /// # Errors
    /// As [`inspect`](Self::inspect), for both accounts.
    pub fn rename(&self, new_account: &str) -> Result<Rename, Error> {
        let new_account = Account::new(new_account)?;
        record::wipe_after(|| {
            let credential = self.open()?.credential;
            Ok(Rename::new(self.verifier.seal(new_account, &credential)?))
        })
    }

    /// What the help desk may see of a credential.
    ///
    /// Source: semantics [8.8](crate::guide::semantics#8.8).
    ///
    /// # Errors
    /// [`ErrorKind::Record`], [`ErrorKind::UnknownKey`] or [`ErrorKind::RecordFormat`] if the record does not open; [`ErrorKind::State`] if the account has none.
    pub fn inspect(&self, now: UnixTime) -> Result<Status, Error> {
        record::wipe_after(|| {
            let opened = self.open()?;
            Ok(Status::new(&opened, &self.verifier.policy, self.verifier.keyring.primary_key_id(), now))
        })
    }

    /// The record under the primary key.
    pub(crate) fn resealed(&self) -> Result<Record, Error> {
        record::wipe_after(|| self.seal(&self.open()?.credential))
    }

    /// An attempt on the record. Without one, the same attempt on a decoy, and a refusal (semantics 3.0).
    fn attempt<T>(
        &self,
        decoys: &'a DecoysInState,
        submitted: &str,
        decide: impl FnOnce(&mut Credential) -> Result<Decision<T>, Error>,
    ) -> Result<Attempt<T>, Error> {
        if !self.record.is_empty() {
            return self.decide(decide);
        }
        let account = Account::new(DECOY_ACCOUNT)?;
        let _ = Self { account, record: decoys.for_digits_of(submitted), ..*self }.decide(decide)?;
        Ok(Attempt::refused("", Refusal::NotEnrolled))
    }

    /// Opens the record, lets `decide` change the credential, and seals it again if it did.
    fn decide<T>(
        &self,
        decide: impl FnOnce(&mut Credential) -> Result<Decision<T>, Error>,
    ) -> Result<Attempt<T>, Error> {
        record::wipe_after(|| {
            let mut credential = self.open()?.credential;
            let decision = decide(&mut credential)?;
            let record = if decision.changed { Some(self.seal(&credential)?) } else { None };
            Ok(Attempt::decided(self.record, record, decision))
        })
    }

    fn change<T>(
        &self,
        change: impl FnOnce(&mut Credential) -> Result<T, Error>,
    ) -> Result<Change<T>, Error> {
        record::wipe_after(|| {
            let mut credential = self.open()?.credential;
            let value = change(&mut credential)?;
            Ok(Change::change(self.record, Some(self.seal(&credential)?), value))
        })
    }

    fn open(&self) -> Result<Opened, Error> {
        self.verifier.open(self.record, self.account)
    }

    fn seal(&self, credential: &Credential) -> Result<Record, Error> {
        self.verifier.seal(self.account, credential)
    }
}

/// Neither the account nor the record.
impl fmt::Debug for StoredCredential<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoredCredential { .. }")
    }
}

numbered! {
    /// What becomes of an authenticator that is not at hand when a temporary code is issued (semantics [5.2](crate::guide::semantics#5.2)).
    pub enum MissingAuthenticator {
        /// It is kept as it is: forgotten at home.
        Keep = 1, "keep";
        /// It is suspended: lost or stolen.
        Suspend = 2, "suspend";
    }
}
