//! Operations on a stored credential.

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

/// A stored credential: an account and its sealed record. [`Verifier::credential`] and [`Store::apply`](crate::Store::apply) make
/// it.
///
/// Each method opens the record, does its work, and wipes the opened credential.
#[derive(Clone, Copy)]
pub struct StoredCredential<'a> {
    pub(super) verifier: &'a Verifier,
    pub(super) account: Account<'a>,
    /// The record, without the trailing spaces of CHAR columns; empty if there is none.
    pub(super) record: &'a str,
}

impl<'a> StoredCredential<'a> {
    pub(super) fn new(verifier: &'a Verifier, account: Account<'a>, record: Option<&'a str>) -> Self {
        Self { verifier, account, record: trimmed(record.unwrap_or_default()) }
    }

    /// Checks a login. `submitted` is what the user typed: an OTP, a recovery code or a temporary code.
    ///
    /// If the account has no record, the attempt does the work of a login and then refuses it with [`Refusal::NotEnrolled`].
    ///
    /// Source: semantics [3](crate::guide::semantics#3).
    ///
    /// # Errors
    /// [`ErrorKind::Record`], [`ErrorKind::UnknownKey`] or [`ErrorKind::RecordFormat`] if the record does not open;
    /// [`ErrorKind::Time`] before `t0`; [`ErrorKind::Counter`] if no moving factor is left; [`ErrorKind::Random`] if the system
    /// gives no randomness. What the user typed never causes an error.
    pub fn verify(&self, submitted: &str, now: UnixTime) -> Result<Attempt<Accepted>, Error> {
        self.attempt(&self.verifier.decoys.active, submitted, |credential| {
            credential.verify(submitted, now, &self.verifier.policy)
        })
    }

    /// Checks the first code of a pending authenticator. It is not a login.
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

    /// Checks two codes in a row, for a token whose clock or counter is out of reach. It is not a login: call it from the help
    /// desk, or once the password is right.
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

    /// Returns the otpauth URI of a pending credential once more.
    ///
    /// Source: semantics [8.1](crate::guide::semantics#8.1).
    ///
    /// # Errors
    /// [`ErrorKind::State`] if the credential is not pending: once it is confirmed, no call of a verifier returns the secret. Also
    /// [`ErrorKind::State`] after its [`confirm_by`](Status::confirm_by), when it can no longer be confirmed. [`ErrorKind::Uri`] if
    /// some authenticator apps cannot show a name. Otherwise as [`inspect`](Self::inspect).
    pub fn otpauth_uri(&self, names: OtpauthNames<'_>, now: UnixTime) -> Result<OtpauthUri, Error> {
        record::wipe_after(|| {
            let credential = self.open()?.credential;
            let (State::Pending, Some(secret)) = (credential.state, &credential.secret) else {
                return Err(Error::new(
                    ErrorKind::State,
                    "the authenticator is already confirmed, so its secret is never shown again: enroll a new one",
                ));
            };
            if credential.confirm_by.is_some_and(|confirm_by| now > confirm_by) {
                return Err(Error::new(
                    ErrorKind::State,
                    "the time to confirm this authenticator has passed: enroll a new one",
                ));
            }
            let allow_incompatible = self.verifier.policy.allow_incompatible();
            OtpauthUri::build(secret, &credential.parameters(), names, allow_incompatible)
        })
    }

    /// Issues 1 to 10 recovery codes. They replace the former ones.
    ///
    /// Source: semantics [5.1](crate::guide::semantics#5.1), [8.6](crate::guide::semantics#8.6).
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] for another count; [`ErrorKind::State`] unless the credential is active or suspended; as
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

    /// Issues a temporary code. It replaces the former one, and works even while the account is locked or has to wait.
    ///
    /// The code is valid until `expiry`, at most 30 days from now; the default is 24 hours. It works `uses` times, 1 to 50.
    ///
    /// Source: semantics [5.2](crate::guide::semantics#5.2).
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] for another expiry or number of uses; [`ErrorKind::State`] unless the credential is active or
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

    /// Ends the recovery codes, the temporary code, or both. Use it when they were lost with the phone or told to the wrong person.
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

    /// Clears the failures: the account is no longer locked and does not have to wait.
    ///
    /// Source: semantics [8.5](crate::guide::semantics#8.5).
    ///
    /// # Errors
    /// [`ErrorKind::State`] if the credential is revoked; as [`inspect`](Self::inspect).
    pub fn unlock(&self) -> Result<Change<()>, Error> {
        self.change(Credential::unlock)
    }

    /// Undoes what a fast clock has written: a watermark in the future, and failures or a last use in the future.
    ///
    /// Call it on all records once the clock is right. [`Attempt::record`] is `None` if there is nothing to repair. A lock that an
    /// attack has caused stays. Check this server's own clock first: if it is behind, used codes would work once more.
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

    /// Suspends the authenticator. Recovery and temporary codes still work.
    ///
    /// Source: semantics [8.6](crate::guide::semantics#8.6).
    ///
    /// # Errors
    /// [`ErrorKind::State`] unless the credential is active or suspended; as [`inspect`](Self::inspect).
    pub fn suspend(&self) -> Result<Change<()>, Error> {
        self.change(Credential::suspend)
    }

    /// Resumes a suspended authenticator.
    ///
    /// Source: semantics [8.6](crate::guide::semantics#8.6).
    ///
    /// # Errors
    /// As [`suspend`](Self::suspend).
    pub fn resume(&self) -> Result<Change<()>, Error> {
        self.change(Credential::resume)
    }

    /// Ends a credential: erases its secret and its codes.
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

    /// Erases traces of use that are no longer needed. Run it on all records every night: then the record of an app does not reveal
    /// when its user last logged in.
    ///
    /// Source: semantics [8.7](crate::guide::semantics#8.7).
    ///
    /// # Errors
    /// [`ErrorKind::Time`] before the credential's `t0`; as [`inspect`](Self::inspect).
    pub fn forget(&self, now: UnixTime) -> Result<Change<()>, Error> {
        self.change(|credential| credential.forget(now))
    }

    /// Seals the same credential under the primary key.
    ///
    /// Source: semantics [8.8](crate::guide::semantics#8.8).
    ///
    /// # Errors
    /// As [`inspect`](Self::inspect).
    pub fn reseal(&self) -> Result<Change<()>, Error> {
        self.change(|_| Ok(()))
    }

    /// Moves the credential to another account name: for a user who is renamed, or a token that leaves the stock. Its recovery and
    /// temporary codes move along. Issue new ones before you hand out a token that came back.
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

    /// Returns the status of a credential, for the help desk.
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

    /// Returns the record, sealed under the primary key.
    pub(crate) fn resealed(&self) -> Result<Record, Error> {
        record::wipe_after(|| self.seal(&self.open()?.credential))
    }

    /// Makes an attempt on the record. If there is none, makes the same attempt on a decoy, and refuses (semantics 3.0).
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

    /// Opens the record and lets `decide` change the credential. If it did, seals the credential again.
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

/// Prints neither the account nor the record.
impl fmt::Debug for StoredCredential<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoredCredential { .. }")
    }
}

numbered! {
    /// How to treat an authenticator that is not at hand when a temporary code is issued (semantics
    /// [5.2](crate::guide::semantics#5.2)).
    pub enum MissingAuthenticator {
        /// Keep it as it is: the user forgot it at home.
        Keep = 1, "keep";
        /// Suspend it: it was lost or stolen.
        Suspend = 2, "suspend";
    }
}
