//! The verifier: a keyring, the name of an application, and a policy.

mod attempt;
mod change;
mod decoys;
mod enrollment;
mod imported;
mod status;

pub use attempt::Attempt;
pub use change::{Change, Rename, Stored};
pub use enrollment::Enrollment;
pub use imported::Imported;
pub use status::{Status, TemporaryStatus};

use self::decoys::{DECOY_ACCOUNT, Decoys, DecoysInState};
use crate::credential::{self, Account, Application, Keyring, Opened, Record};
use crate::error::{Error, ErrorKind};
use crate::outcome::{Outcome, Refusal};
use crate::parameters::{Authenticator, Parameters};
use crate::policy::{Policy, PolicyOption};
use crate::provisioning::{self, OtpauthUri};
use crate::random;
use crate::recovery::{CodeSet, MAX_LIFETIME, MAX_USES, RECOVERY_SLOTS, RecoveryCodes, TemporaryCode};
use crate::secret::Secret;
use crate::time::UnixTime;
use crate::token::TokenRecord;
use crate::verify::{Credential, Decision, State};
use crate::wipe;

/// Makes and checks the records of one application.
///
/// No call does I/O but for the system's randomness; a verifier is shared between threads by reference. The times are the
/// caller's, Unix seconds.
///
/// ```
/// use poterne::{Keyring, Outcome, Parameters, Refusal, UnixTime, Verifier};
///
/// let verifier = Verifier::new(Keyring::generate(20261121)?, "grand-angle")?;
/// let now = UnixTime::from_secs(1_763_800_000)?;
/// let enrollment = verifier.enroll("a.martin", Parameters::totp(), now)?;
/// let record = enrollment.record().as_str(); // into the table
///
/// let attempt = verifier.confirm(record, "a.martin", "000000", now)?;
/// let rows = 1; // UPDATE poterne SET record = :new WHERE account = :account AND record = :old; COMMIT
/// assert!(matches!(attempt.outcome(rows)?, Outcome::Refused(Refusal::WrongCode)));
/// # Ok::<(), poterne::Error>(())
/// ```
pub struct Verifier {
    keyring: Keyring,
    application: Application,
    policy: Policy,
    decoys: Decoys,
}

impl Verifier {
    /// A verifier with the default policy. The application's name is part of every record: 1 to 64 bytes, the same on all
    /// servers, and for ever.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] for a name that is empty, too long or has control characters; [`ErrorKind::Random`] if the
    /// system gives no randomness.
    pub fn new(keyring: Keyring, application: &str) -> Result<Self, Error> {
        let application = Application::new(application)?;
        let decoys = wipe::after_record(|| Decoys::new(&keyring, &application))?;
        Ok(Self { keyring, application, policy: Policy::default(), decoys })
    }

    /// This verifier with another policy.
    #[must_use]
    pub fn with_policy(self, policy: Policy) -> Self {
        Self { policy, ..self }
    }

    /// The policy.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Makes a credential with a fresh secret, pending until its first code is confirmed.
    ///
    /// An application is to be confirmed within the days of [`PolicyOption::ConfirmWithinDays`], from now or from when it is valid,
    /// unless the parameters name another date.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] for an account of no or more than 255 bytes or with control characters, or a time step outside
    /// 30..=120, or a date to confirm by that is over or before it is valid; [`ErrorKind::Uri`] for an application, if other parameters than the common ones are asked for and the policy
    /// does not have [`PolicyOption::AllowIncompatible`]; [`ErrorKind::Time`] if `t0` is in the future;
    /// [`ErrorKind::Random`] if the system gives no randomness.
    pub fn enroll(&self, account: &str, parameters: Parameters, now: UnixTime) -> Result<Enrollment, Error> {
        if parameters.authenticator() == Authenticator::App
            && !self.policy.is_on(PolicyOption::AllowIncompatible)
        {
            provisioning::check_compatible(&parameters, parameters.secret_len())?;
        }
        let account = Account::new(account)?;
        imported::check_times(&parameters, now)?;
        let parameters =
            parameters.with_confirm_by(parameters.confirm_by().or(self.confirm_by(&parameters, now)));
        self.enroll_pending(account, Secret::generate(parameters.secret_len())?, parameters, now)
    }

    /// Makes a credential of a hardware token whose secret is known, pending until its first code is confirmed.
    ///
    /// A token that comes back from somebody else waits as long as [`Policy::code_lifetime`] says before it is given out again: a
    /// code that its last holder saw must be dead. A secret of more than 64 bytes is stored as the key that HMAC makes of it.
    ///
    /// # Errors
    /// As [`enroll`](Self::enroll), and [`ErrorKind::Secret`] for a secret that is too short or too long.
    pub fn enroll_token(
        &self,
        account: &str,
        token: TokenRecord,
        now: UnixTime,
    ) -> Result<Enrollment, Error> {
        let account = Account::new(account)?;
        let secret = imported::record_secret(
            token.secret,
            token.parameters.algorithm(),
            self.policy.is_on(PolicyOption::AllowShortSecret),
        )?;
        imported::check_times(&token.parameters, now)?;
        self.enroll_pending(account, secret, token.parameters, now)
    }

    /// Brings in a credential that exists elsewhere.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`], [`ErrorKind::Secret`], [`ErrorKind::Counter`] or [`ErrorKind::Time`] for what is out of range
    /// (guide, semantics 1.3 to 1.5 and 8.3); [`ErrorKind::Random`] if the system gives no randomness.
    pub fn import(&self, account: &str, imported: Imported, now: UnixTime) -> Result<Change<()>, Error> {
        let account = Account::new(account)?;
        wipe::after_record(|| {
            let allow_short_secret = self.policy.is_on(PolicyOption::AllowShortSecret);
            let credential = imported.into_credential(random::array()?, allow_short_secret, now)?;
            Ok(Change::new(self.seal(account, &credential)?, ()))
        })
    }

    /// The otpauth URI of a pending credential, once more.
    ///
    /// # Errors
    /// [`ErrorKind::State`] if it is not pending: once confirmed, no call returns the secret; or after its
    /// [`confirm_by`](Status::confirm_by), when nobody can confirm it any more. [`ErrorKind::Uri`] for a name
    /// that cannot be shown by every authenticator application. As [`inspect`](Self::inspect) for the record.
    pub fn otpauth_uri(
        &self,
        record: &str,
        account: &str,
        issuer: &str,
        label: &str,
        now: UnixTime,
    ) -> Result<OtpauthUri, Error> {
        let account = Account::new(account)?;
        wipe::after_record(|| {
            let credential = self.open(trimmed(record), account)?.credential;
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
            let allow_incompatible = self.policy.is_on(PolicyOption::AllowIncompatible);
            OtpauthUri::build(secret, &credential.parameters(), issuer, label, allow_incompatible)
        })
    }

    /// A login: checks what the user typed, OTP, recovery code or temporary code.
    ///
    /// `record` is what the table holds for the account, `account` the name as it is stored there.
    ///
    /// # Errors
    /// [`ErrorKind::Record`], [`ErrorKind::UnknownKey`] or [`ErrorKind::RecordFormat`] if the record does not open;
    /// [`ErrorKind::Argument`] for an account that is no name; [`ErrorKind::Time`] before `t0`; [`ErrorKind::Counter`] if no
    /// moving factor is left; [`ErrorKind::Random`] if the system gives no randomness. Whatever the user typed is an outcome,
    /// never an error.
    pub fn verify(
        &self,
        record: &str,
        account: &str,
        submitted: &str,
        now: UnixTime,
    ) -> Result<Attempt, Error> {
        self.attempt(record, account, &self.decoys.active, submitted, |credential| {
            credential.verify(submitted, now, &self.policy)
        })
    }

    /// A login of an account that has no record: [`Refusal::NotEnrolled`], after the work that a login takes. As
    /// [`verify`](Self::verify) with an empty record.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] for an account that is no name; [`ErrorKind::Random`] if the system gives no randomness.
    pub fn verify_absent(&self, account: &str, submitted: &str, now: UnixTime) -> Result<Attempt, Error> {
        self.verify("", account, submitted, now)
    }

    /// The first code of a pending authenticator. It is not a login.
    ///
    /// # Errors
    /// As [`verify`](Self::verify).
    pub fn confirm(
        &self,
        record: &str,
        account: &str,
        submitted: &str,
        now: UnixTime,
    ) -> Result<Attempt, Error> {
        self.attempt(record, account, &self.decoys.pending, submitted, |credential| {
            self.confirm_credential(credential, submitted, now)
        })
    }

    /// The first code of a new authenticator that replaces an old one. It is not a login.
    ///
    /// `old` is the record that was stored when the new authenticator was enrolled, `pending` the new one, kept outside the
    /// table. The swap compares with `old`; whatever is refused leaves it as it is, and the old authenticator works on. The old one
    /// may be locked or suspended (a phone that is lost), not revoked or out of its validity; a bound of validity that the new one
    /// does not set is taken over from it.
    ///
    /// # Errors
    /// As [`verify`](Self::verify), for both records; [`ErrorKind::Argument`] if both have the same secret.
    pub fn replace(
        &self,
        old: &str,
        pending: &str,
        account: &str,
        submitted: &str,
        now: UnixTime,
    ) -> Result<Attempt, Error> {
        let account = Account::new(account)?;
        let old = trimmed(old);
        wipe::after_record(|| {
            let kept = |refusal| Ok(Attempt::new(Record::of_text(old), Decision::unchanged(refusal)));
            let replaced = self.open(old, account)?.credential;
            if let Some(refusal) = replaced.bars_replacing(now) {
                return kept(refusal);
            }
            let mut credential = self.open(trimmed(pending), account)?.credential;
            credential.take_over(&replaced)?;
            let decision = self.confirm_credential(&mut credential, submitted, now)?;
            if let Outcome::Refused(refusal) = decision.outcome {
                return kept(refusal);
            }
            Ok(Attempt::new(self.seal(account, &credential)?, decision))
        })
    }

    /// Two codes in a row, for a token whose clock or counter is out of reach; by the help desk, or once the password is
    /// right. It is not a login.
    ///
    /// # Errors
    /// As [`verify`](Self::verify).
    pub fn resynchronize(
        &self,
        record: &str,
        account: &str,
        first: &str,
        second: &str,
        now: UnixTime,
    ) -> Result<Attempt, Error> {
        self.attempt(record, account, &self.decoys.active, first, |credential| {
            credential.resynchronize(first, second, now, &self.policy)
        })
    }

    /// Issues 1 to 10 recovery codes in place of the former ones.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] for another count, [`ErrorKind::State`] unless the credential is active or suspended; as
    /// [`inspect`](Self::inspect) for the record.
    pub fn recovery_codes(
        &self,
        record: &str,
        account: &str,
        count: u32,
    ) -> Result<Change<RecoveryCodes>, Error> {
        let count = u8::try_from(count)
            .ok()
            .filter(|count| (1..=RECOVERY_SLOTS).contains(&usize::from(*count)))
            .ok_or(Error::new(ErrorKind::Argument, "1 to 10 recovery codes can be issued"))?;
        self.change(record, account, |credential| {
            credential.in_use()?;
            credential.codes.issue_recovery(count)
        })
    }

    /// Issues a temporary code in place of the former one. It works while the account is locked or has to wait.
    ///
    /// Without an expiry it is valid for 24 hours, at most for 30 days; `uses` is 1 to 50.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] for another expiry or number of uses, [`ErrorKind::State`] unless the credential is active or
    /// suspended; as [`inspect`](Self::inspect) for the record.
    pub fn temporary_code(
        &self,
        record: &str,
        account: &str,
        expiry: Option<UnixTime>,
        uses: u32,
        meanwhile: Meanwhile,
        now: UnixTime,
    ) -> Result<Change<TemporaryCode>, Error> {
        let expiry = expiry.unwrap_or(now.saturating_add(DEFAULT_LIFETIME));
        if expiry < now || expiry > now.saturating_add(MAX_LIFETIME) {
            return Err(Error::new(ErrorKind::Argument, "a temporary code expires within the next 30 days"));
        }
        let uses = u8::try_from(uses)
            .ok()
            .filter(|uses| (1..=MAX_USES).contains(uses))
            .ok_or(Error::new(ErrorKind::Argument, "a temporary code has 1 to 50 uses"))?;
        self.change(record, account, |credential| {
            credential.in_use()?;
            if meanwhile == Meanwhile::Suspend {
                credential.suspend()?;
            }
            credential.codes.issue_temporary(expiry, uses)
        })
    }

    /// Ends the recovery codes, the temporary code, or both: they were lost with the phone, or told to the wrong person.
    ///
    /// ```
    /// # use poterne::{Error, Store, Stored, Verifier};
    /// use poterne::CodeSet;
    ///
    /// # fn stolen(verifier: &Verifier, table: &mut impl Store) -> Result<Stored<()>, Error> {
    /// table.change("a.martin", |record| verifier.end_codes(record, "a.martin", CodeSet::Both))
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::State`] unless the credential is active or suspended; as [`inspect`](Self::inspect) for the record.
    pub fn end_codes(&self, record: &str, account: &str, codes: CodeSet) -> Result<Change<()>, Error> {
        self.change(record, account, |credential| credential.end_codes(codes))
    }

    /// Clears the failures: the account is neither locked nor has to wait.
    ///
    /// # Errors
    /// [`ErrorKind::State`] if the credential is revoked; as [`inspect`](Self::inspect) for the record.
    pub fn unlock(&self, record: &str, account: &str) -> Result<Change<()>, Error> {
        self.change(record, account, Credential::unlock)
    }

    /// Takes back what a clock that was ahead has written: a watermark that is not reached yet, failures and a last use of the future.
    ///
    /// For all records, once the clock is right: [`Change::changed`] says whether there was anything. A thief's lock stays. Look at
    /// the clock of this server first: on one that is itself behind, used codes would work once more.
    ///
    /// ```
    /// # use poterne::{Error, Imported, Keyring, Parameters, Secret, UnixTime, Verifier};
    /// # let verifier = Verifier::new(Keyring::generate(1)?, "grand-angle")?;
    /// let now = UnixTime::from_secs(1_763_800_000)?;
    /// // A login on a server that was a day ahead.
    /// let ahead = Imported::new(Secret::generate(20)?, Parameters::totp()).with_watermark(Some((1_763_800_000 + 86_400) / 30));
    /// let record = verifier.import("a.martin", ahead, now)?.record().clone();
    ///
    /// let change = verifier.repair_clock(record.as_str(), "a.martin", now)?;
    /// assert!(change.changed()); // something to store; and then nothing any more
    /// assert!(!verifier.repair_clock(change.record().as_str(), "a.martin", now)?.changed());
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::State`] if the credential is revoked, [`ErrorKind::Time`] before its `t0`; as [`inspect`](Self::inspect)
    /// for the record.
    pub fn repair_clock(&self, record: &str, account: &str, now: UnixTime) -> Result<Change<()>, Error> {
        let account = Account::new(account)?;
        wipe::after_record(|| {
            let record = trimmed(record);
            let mut credential = self.open(record, account)?.credential;
            if !credential.repair_clock(now)? {
                return Ok(Change::nothing(Record::of_text(record), ()));
            }
            Ok(Change::new(self.seal(account, &credential)?, ()))
        })
    }

    /// Puts the authenticator out of use; recovery and temporary codes work.
    ///
    /// # Errors
    /// [`ErrorKind::State`] unless the credential is active or suspended; as [`inspect`](Self::inspect) for the record.
    pub fn suspend(&self, record: &str, account: &str) -> Result<Change<()>, Error> {
        self.change(record, account, Credential::suspend)
    }

    /// Puts the authenticator back in use.
    ///
    /// # Errors
    /// As [`suspend`](Self::suspend).
    pub fn resume(&self, record: &str, account: &str) -> Result<Change<()>, Error> {
        self.change(record, account, Credential::resume)
    }

    /// Ends a credential: its secret and codes are erased.
    ///
    /// # Errors
    /// As [`inspect`](Self::inspect) for the record.
    pub fn revoke(&self, record: &str, account: &str) -> Result<Change<()>, Error> {
        self.change(record, account, |credential| {
            credential.revoke();
            Ok(())
        })
    }

    /// Drops what no longer matters: run it on all records every night, and an application's record tells nobody when its
    /// owner last logged in.
    ///
    /// # Errors
    /// [`ErrorKind::Time`] before the credential's `t0`; as [`inspect`](Self::inspect) for the record.
    pub fn forget(&self, record: &str, account: &str, now: UnixTime) -> Result<Change<()>, Error> {
        self.change(record, account, |credential| credential.forget(now))
    }

    /// The same credential under the primary key.
    ///
    /// # Errors
    /// As [`inspect`](Self::inspect) for the record.
    pub fn reseal(&self, record: &str, account: &str) -> Result<Change<()>, Error> {
        self.change(record, account, |_| Ok(()))
    }

    /// The same credential for another name of the account: an agent who is renamed, a token that leaves the stock. Recovery and
    /// temporary codes go along: issue new ones before a token that came back is handed out again.
    ///
    /// # Errors
    /// As [`inspect`](Self::inspect), for both accounts.
    pub fn rename(&self, record: &str, account: &str, new_account: &str) -> Result<Rename, Error> {
        let (account, new_account) = (Account::new(account)?, Account::new(new_account)?);
        wipe::after_record(|| {
            let credential = self.open(trimmed(record), account)?.credential;
            Ok(Rename::new(self.seal(new_account, &credential)?))
        })
    }

    /// What the help desk may see of a credential.
    ///
    /// # Errors
    /// [`ErrorKind::Record`], [`ErrorKind::UnknownKey`] or [`ErrorKind::RecordFormat`] if the record does not open;
    /// [`ErrorKind::Argument`] for an account that is no name.
    pub fn inspect(&self, record: &str, account: &str, now: UnixTime) -> Result<Status, Error> {
        let account = Account::new(account)?;
        wipe::after_record(|| {
            let opened = self.open(trimmed(record), account)?;
            Ok(Status::new(&opened, &self.policy, self.keyring.primary_key_id(), now))
        })
    }

    fn enroll_pending(
        &self,
        account: Account<'_>,
        secret: Secret,
        parameters: Parameters,
        now: UnixTime,
    ) -> Result<Enrollment, Error> {
        wipe::after_record(|| {
            let copy = Secret::from_bytes(secret.as_bytes())?;
            let credential = Credential::new(State::Pending, copy, &parameters, random::array()?, now);
            let record = self.seal(account, &credential)?;
            let allow_incompatible = self.policy.is_on(PolicyOption::AllowIncompatible);
            Ok(Enrollment::new(record, secret, parameters, allow_incompatible))
        })
    }

    /// Confirms, and issues the recovery codes that the policy says.
    fn confirm_credential(
        &self,
        credential: &mut Credential,
        submitted: &str,
        now: UnixTime,
    ) -> Result<Decision, Error> {
        let mut decision = credential.confirm(submitted, now, &self.policy)?;
        if let Outcome::Confirmed(confirmed) = &mut decision.outcome {
            let count = u8::try_from(self.policy.get(PolicyOption::RecoveryCodes)).unwrap_or_default();
            confirmed.recovery_codes = credential.codes.issue_recovery(count)?;
        }
        Ok(decision)
    }

    /// An attempt on a record. Without one, the same attempt on a decoy, and a refusal (semantics 3.0).
    fn attempt(
        &self,
        record: &str,
        account: &str,
        decoys: &DecoysInState,
        submitted: &str,
        decide: impl FnOnce(&mut Credential) -> Result<Decision, Error>,
    ) -> Result<Attempt, Error> {
        let account = Account::new(account)?;
        let record = trimmed(record);
        let is_absent = record.is_empty();
        let (record, account) = if is_absent {
            (decoys.for_digits_of(submitted), Account::new(DECOY_ACCOUNT)?)
        } else {
            (record, account)
        };
        let attempt = self.attempt_on(record, account, decide)?;
        if is_absent {
            return Ok(Attempt::new(Record::of_text(""), Decision::unchanged(Refusal::NotEnrolled)));
        }
        Ok(attempt)
    }

    /// When an application that is enrolled now must be confirmed (semantics 8.12): its days count from when it is valid.
    fn confirm_by(&self, parameters: &Parameters, now: UnixTime) -> Option<UnixTime> {
        let days = self.policy.get(PolicyOption::ConfirmWithinDays).unsigned_abs();
        (parameters.authenticator() == Authenticator::App)
            .then(|| parameters.not_before().map_or(now, |not_before| not_before.max(now)))
            .map(|first| first.saturating_add(days.saturating_mul(DAY)))
    }

    /// Opens the record, lets `decide` change the credential, and seals it again if it did.
    fn attempt_on(
        &self,
        record: &str,
        account: Account<'_>,
        decide: impl FnOnce(&mut Credential) -> Result<Decision, Error>,
    ) -> Result<Attempt, Error> {
        wipe::after_record(|| {
            let mut credential = self.open(record, account)?.credential;
            let decision = decide(&mut credential)?;
            let record =
                if decision.changed { self.seal(account, &credential)? } else { Record::of_text(record) };
            Ok(Attempt::new(record, decision))
        })
    }

    fn change<T>(
        &self,
        record: &str,
        account: &str,
        change: impl FnOnce(&mut Credential) -> Result<T, Error>,
    ) -> Result<Change<T>, Error> {
        let account = Account::new(account)?;
        wipe::after_record(|| {
            let mut credential = self.open(trimmed(record), account)?.credential;
            let value = change(&mut credential)?;
            Ok(Change::new(self.seal(account, &credential)?, value))
        })
    }

    fn open(&self, record: &str, account: Account<'_>) -> Result<Opened, Error> {
        credential::open(&self.keyring, &self.application, account, record)
    }

    fn seal(&self, account: Account<'_>, credential: &Credential) -> Result<Record, Error> {
        credential::seal(&self.keyring, &self.application, account, credential)
    }
}

/// What becomes of the authenticator when a temporary code is issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Meanwhile {
    /// It is suspended: lost or stolen.
    Suspend,
    /// It is kept as it is: forgotten at home.
    Keep,
}

/// The keyring's ids and the application: no key is printed.
impl core::fmt::Debug for Verifier {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Verifier")
            .field("keyring", &self.keyring)
            .field("application", &self.application.as_str())
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}

/// A record without the trailing spaces of CHAR columns.
fn trimmed(record: &str) -> &str {
    record.trim_end_matches(' ')
}

/// 24 hours, in seconds.
const DEFAULT_LIFETIME: u64 = DAY;

const DAY: u64 = 86_400;
