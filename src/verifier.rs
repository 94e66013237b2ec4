//! The verifier: a keyring, the name of the application, and a policy.

mod attempt;
mod decoys;
mod enrollment;
mod existing;
mod hardware_token;
#[cfg(feature = "token-files")]
mod secrets_in_use;
mod status;
mod stored_credential;
mod ticket;

pub use attempt::{Attempt, Change, Rename, ReplacementAttempt, is_stored};
pub use enrollment::Enrollment;
pub use existing::ExistingCredential;
pub use hardware_token::HardwareToken;
#[cfg(feature = "token-files")]
pub use secrets_in_use::SecretsInUse;
pub use status::{Status, TemporaryStatus};
pub use stored_credential::{MissingAuthenticator, StoredCredential};

use self::decoys::Decoys;
use crate::credential::{Confirmed, Credential, Decision, Policy, State};
use crate::error::Error;
#[cfg(doc)]
use crate::error::ErrorKind;
use crate::otp::Secret;
use crate::parameters::{Authenticator, Parameters};
use crate::provisioning::OtpauthUri;
use crate::random;
use crate::record::{self, Account, Application, Keyring, Opened, Record};
use crate::time::UnixTime;

/// Makes and checks the records of one application.
///
/// Methods perform no I/O except reading the system's randomness. Share a verifier between threads by reference. The caller passes
/// the time.
///
/// ```
/// use poterne::{Denied, Keyring, Parameters, Refusal, UnixTime, Verifier};
///
/// let verifier = Verifier::new(Keyring::generate(20261121)?, "grand-angle")?;
/// let now = UnixTime::from_secs(1_763_800_000)?;
/// let enrollment = verifier.enroll("a.martin", Parameters::totp(), now)?;
/// let record = enrollment.record().as_str(); // into the table
///
/// let attempt = verifier.credential("a.martin", Some(record))?.confirm("000000", now)?;
/// # let rows = 1;
/// // let rows = UPDATE poterne SET record = :new WHERE account = :account AND record = :old; COMMIT
/// assert!(matches!(attempt.outcome(rows), Err(Denied::Refused(Refusal::WrongCode))));
/// # Ok::<(), poterne::Error>(())
/// ```
pub struct Verifier {
    keyring: Keyring,
    application: Application,
    policy: Policy,
    decoys: Decoys,
}

impl Verifier {
    /// Creates a verifier with the default policy.
    ///
    /// The application's name is part of every record. It has 1 to 64 bytes, must be the same on all servers, and can never change.
    ///
    /// Source: semantics [9.7](crate::guide::semantics#9.7).
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] if the name is empty, is too long or has control characters; [`ErrorKind::Random`] if the system
    /// gives no randomness.
    pub fn new(keyring: Keyring, application: &str) -> Result<Self, Error> {
        let application = Application::new(application)?;
        let decoys = record::wipe_after(|| Decoys::new(&keyring, &application))?;
        Ok(Self { keyring, application, policy: Policy::default(), decoys })
    }

    /// Replaces the policy.
    ///
    /// Source: semantics [12](crate::guide::semantics#12).
    #[must_use]
    pub fn with_policy(self, policy: Policy) -> Self {
        Self { policy, ..self }
    }

    /// Returns the policy.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Makes a credential with a fresh secret. It is pending until its first code is confirmed.
    ///
    /// An app must be confirmed within [`Policy::confirm_within_days`] days, counted from now, or from `not_before` if that is
    /// later. The parameters can set another date.
    ///
    /// Source: semantics [8.1](crate::guide::semantics#8.1), [8.12](crate::guide::semantics#8.12).
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] unless the account is 1 to 255 bytes without control characters and the time step is 30 to 120
    /// seconds, and if `confirm_by` is past or before `not_before`; [`ErrorKind::Uri`] if the credential is for an app, its
    /// parameters are not the common ones, and [`Policy::allow_incompatible`] is off; [`ErrorKind::Time`] if `t0` is in the future;
    /// [`ErrorKind::Random`] if the system gives no randomness.
    pub fn enroll(&self, account: &str, parameters: Parameters, now: UnixTime) -> Result<Enrollment, Error> {
        if parameters.authenticator() == Authenticator::App && !self.policy.allow_incompatible() {
            OtpauthUri::check_compatible(&parameters, parameters.secret_len())?;
        }
        let account = Account::new(account)?;
        existing::check_times(&parameters, now)?;
        let parameters =
            parameters.with_confirm_by(parameters.confirm_by().or(self.confirm_by(&parameters, now)));
        self.enroll_pending(account, Secret::generate(parameters.secret_len())?, parameters, now)
    }

    /// Makes a credential for a hardware token whose secret is known. It is pending until its first code is confirmed.
    ///
    /// When a user returns a token, wait for [`Policy::code_lifetime`] before you hand it to the next one: codes that the last
    /// holder saw must have expired. If the secret has more than 64 bytes, the record stores the key that HMAC derives from it.
    ///
    /// Source: semantics [1.4](crate::guide::semantics#1.4), [8.3](crate::guide::semantics#8.3).
    ///
    /// # Errors
    /// As [`enroll`](Self::enroll), and [`ErrorKind::Secret`] if the secret is too short or too long.
    pub fn enroll_token(
        &self,
        account: &str,
        token: HardwareToken,
        now: UnixTime,
    ) -> Result<Enrollment, Error> {
        let account = Account::new(account)?;
        let secret = existing::record_secret(
            token.secret,
            token.parameters.algorithm(),
            self.policy.allow_short_secret(),
        )?;
        existing::check_times(&token.parameters, now)?;
        self.enroll_pending(account, secret, token.parameters, now)
    }

    /// Imports a credential from another system.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`], [`ErrorKind::Secret`], [`ErrorKind::Counter`] or [`ErrorKind::Time`] if a value is out of range
    /// (semantics [1.3](crate::guide::semantics#1.3) to [1.5](crate::guide::semantics#1.5) and [8.3](crate::guide::semantics#8.3));
    /// [`ErrorKind::Random`] if the system gives no randomness.
    pub fn import(
        &self,
        account: &str,
        existing: ExistingCredential,
        now: UnixTime,
    ) -> Result<Change<()>, Error> {
        let account = Account::new(account)?;
        record::wipe_after(|| {
            let allow_short_secret = self.policy.allow_short_secret();
            let credential = existing.into_credential(random::array()?, allow_short_secret, now)?;
            Ok(Change::change("", Some(self.seal(account, &credential)?), ()))
        })
    }

    /// Returns the credential of an account. `record` is the stored text, or `None` if there is no row.
    ///
    /// `account` is the name as it is stored in the table. This call does not open the record; each call on the result does.
    ///
    /// ```
    /// # use poterne::{Error, UnixTime, Verifier};
    /// # fn state(verifier: &Verifier, record: Option<String>, now: UnixTime) -> Result<poterne::State, Error> {
    /// let status = verifier.credential("a.martin", record.as_deref())?.inspect(now)?;
    /// # Ok(status.state())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] unless the account is 1 to 255 bytes without control characters
    /// (semantics [9.7](crate::guide::semantics#9.7)).
    pub fn credential<'a>(
        &'a self,
        account: &'a str,
        record: Option<&'a str>,
    ) -> Result<StoredCredential<'a>, Error> {
        Ok(StoredCredential::new(self, Account::new(account)?, record))
    }

    /// Checks the first code of a new authenticator that replaces an old one. It is not a login (semantics
    /// [8.9](crate::guide::semantics#8.9)).
    ///
    /// A refusal leaves the old record unchanged, and the old authenticator keeps working. The old credential may be locked or
    /// suspended (a lost phone). It must not be revoked or outside its validity. If the new credential does not set `not_before` or
    /// `not_after`, it takes that bound from the old one. A conflict ends the replacement: enroll the new authenticator again.
    ///
    /// ```
    /// # use poterne::{Error, Replacement, ReplacementAttempt, UnixTime, Verifier};
    /// # fn replace(verifier: &Verifier, old: &str, pending: &str, code: &str, now: UnixTime) -> Result<ReplacementAttempt, Error> {
    /// verifier.replace(Replacement { account: "a.martin", old, pending }, code, now)
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`StoredCredential::verify`], for both records; [`ErrorKind::Argument`] if both have the same secret.
    pub fn replace(
        &self,
        replacement: Replacement<'_>,
        submitted: &str,
        now: UnixTime,
    ) -> Result<ReplacementAttempt, Error> {
        let account = Account::new(replacement.account)?;
        record::wipe_after(|| {
            let replaced = self.open(trimmed(replacement.old), account)?.credential;
            if let Some(refusal) = replaced.bars_replacing(now) {
                return Ok(ReplacementAttempt::new(Attempt::refused(replacement.old, refusal)));
            }
            let mut credential = self.open(trimmed(replacement.pending), account)?.credential;
            credential.take_over(&replaced)?;
            let decision = self.confirm_credential(&mut credential, submitted, now)?;
            if let Err(refusal) = decision.answer {
                return Ok(ReplacementAttempt::new(Attempt::refused(replacement.old, refusal)));
            }
            let attempt = Attempt::decided(replacement.old, Some(self.seal(account, &credential)?), decision);
            Ok(ReplacementAttempt::new(attempt))
        })
    }

    fn enroll_pending(
        &self,
        account: Account<'_>,
        secret: Secret,
        parameters: Parameters,
        now: UnixTime,
    ) -> Result<Enrollment, Error> {
        record::wipe_after(|| {
            let copy = Secret::from_bytes(secret.as_bytes())?;
            let credential = Credential::new(State::Pending, copy, &parameters, random::array()?, now);
            let record = self.seal(account, &credential)?;
            let allow_incompatible = self.policy.allow_incompatible();
            Ok(Enrollment::new(record, secret, parameters, allow_incompatible))
        })
    }

    /// Confirms, and issues as many recovery codes as the policy says.
    fn confirm_credential(
        &self,
        credential: &mut Credential,
        submitted: &str,
        now: UnixTime,
    ) -> Result<Decision<Confirmed>, Error> {
        let mut decision = credential.confirm(submitted, now, &self.policy)?;
        if let Ok(confirmed) = &mut decision.answer {
            confirmed.recovery_codes = credential.codes.issue_recovery(self.policy.recovery_codes())?;
        }
        Ok(decision)
    }

    /// Returns the `confirm_by` of an app that is enrolled now (semantics 8.12): its days count from when it is valid.
    fn confirm_by(&self, parameters: &Parameters, now: UnixTime) -> Option<UnixTime> {
        let days = u64::from(self.policy.confirm_within_days());
        (parameters.authenticator() == Authenticator::App)
            .then(|| parameters.not_before().map_or(now, |not_before| not_before.max(now)))
            .map(|first| first.saturating_add(days.saturating_mul(DAY)))
    }

    fn open(&self, record: &str, account: Account<'_>) -> Result<Opened, Error> {
        record::open(&self.keyring, &self.application, account, record)
    }

    fn seal(&self, account: Account<'_>, credential: &Credential) -> Result<Record, Error> {
        record::seal(&self.keyring, &self.application, account, credential)
    }
}

/// Names the two authenticators of a replacement (semantics [8.9](crate::guide::semantics#8.9)).
#[derive(Clone, Copy)]
pub struct Replacement<'a> {
    /// The account, as it is stored.
    pub account: &'a str,
    /// The record that was stored when the new authenticator was enrolled. The swap compares with it.
    pub old: &'a str,
    /// The pending record of the new authenticator. The application keeps it outside the table.
    pub pending: &'a str,
}

/// Prints the account only: records do not belong in a log.
impl core::fmt::Debug for Replacement<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Replacement").field("account", &self.account).finish_non_exhaustive()
    }
}

/// Prints the key ids and the application: no key is printed.
impl core::fmt::Debug for Verifier {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Verifier")
            .field("keyring", &self.keyring)
            .field("application", &self.application.as_str())
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}

/// Removes the trailing spaces of CHAR columns.
fn trimmed(record: &str) -> &str {
    record.trim_end_matches(' ')
}

const DAY: u64 = 86_400;
