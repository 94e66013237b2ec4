//! A credential from another system.

use crate::credential::{Credential, MAX_DRIFT, State, check_record_time_step};
use crate::error::{Error, ErrorKind};
use crate::otp::{Algorithm, Secret};
use crate::parameters::{COUNTER_TOO_HIGH, MAX_IMPORTED_FACTOR, MovingFactor, Parameters};
use crate::record::RECORD_SECRET_LENS;
use crate::time::UnixTime;
#[cfg(feature = "token-files")]
use crate::token::TokenEntry;

/// A credential to import from another system, with [`Verifier::import`](crate::Verifier::import).
///
/// Import its counter or watermark too. Otherwise a code that the other system has accepted is accepted once more.
///
/// ```
/// use poterne::{ExistingCredential, Parameters, Secret};
///
/// let secret = Secret::from_base32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")?;
/// let existing = ExistingCredential::new(secret, Parameters::totp()).with_watermark(Some(58_793_333));
/// # Ok::<(), poterne::Error>(())
/// ```
///
/// Source: semantics [8.3](crate::guide::semantics#8.3).
#[derive(Debug)]
pub struct ExistingCredential {
    secret: Secret,
    parameters: Parameters,
    state: State,
    watermark: Option<u64>,
    drift: i16,
    last_sync: Option<u16>,
}

impl ExistingCredential {
    /// Creates an active credential. The counter of a counter-based one is in the parameters.
    pub fn new(secret: Secret, parameters: Parameters) -> Self {
        Self { secret, parameters, state: State::Active, watermark: None, drift: 0, last_sync: None }
    }

    /// Sets the state: any state except revoked.
    #[must_use]
    pub fn with_state(self, state: State) -> Self {
        Self { state, ..self }
    }

    /// Sets the highest time step that was accepted, at most 2^63 - 1.
    #[must_use]
    pub fn with_watermark(self, watermark: Option<u64>) -> Self {
        Self { watermark, ..self }
    }

    /// Sets the drift of a token's clock, at most 200 time steps either way.
    #[must_use]
    pub fn with_drift(self, drift: i16) -> Self {
        Self { drift, ..self }
    }

    /// Sets the 30-day period in which a token's clock was last seen. The default is the period of the import; then the first
    /// resynchronization searches as far as the policy allows.
    #[must_use]
    pub fn with_last_sync(self, last_sync: Option<u16>) -> Self {
        Self { last_sync, ..self }
    }

    /// Builds the credential if its values fit together (semantics 1.3 to 1.5 and 8.3).
    pub(super) fn into_credential(
        self,
        code_key: [u8; 16],
        allow_short_secret: bool,
        now: UnixTime,
    ) -> Result<Credential, Error> {
        let secret = record_secret(self.secret, self.parameters.algorithm(), allow_short_secret)?;
        check_times(&self.parameters, now)?;
        if self.state == State::Revoked {
            return Err(Error::new(ErrorKind::Argument, "a revoked credential cannot be imported"));
        }
        if self.watermark.is_some_and(|watermark| watermark > MAX_IMPORTED_FACTOR) {
            return Err(COUNTER_TOO_HIGH);
        }
        let mut credential = Credential::new(self.state, secret, &self.parameters, code_key, now);
        if self.watermark.is_some() && credential.moving_factor == MovingFactor::Counter {
            return Err(Error::new(ErrorKind::Argument, "a counter-based credential has no watermark"));
        }
        if (self.drift != 0 || self.last_sync.is_some()) && !credential.is_time_based_token() {
            return Err(Error::new(ErrorKind::Argument, "drift and last_sync belong to time-based tokens"));
        }
        if i64::from(self.drift).abs() > MAX_DRIFT {
            return Err(Error::new(ErrorKind::Argument, "a drift is at most 200 time steps either way"));
        }
        if self.parameters.confirm_by().is_some() && self.state != State::Pending {
            return Err(Error::new(ErrorKind::Argument, "only a pending credential has a confirm_by"));
        }
        credential.watermark = self.watermark;
        credential.drift = self.drift;
        if self.last_sync.is_some() {
            credential.last_sync = self.last_sync;
            credential.seen = true;
        }
        Ok(credential)
    }
}

#[cfg(feature = "token-files")]
impl TokenEntry {
    /// Makes a credential to import in this state, with [`Verifier::import`](crate::Verifier::import): counter, watermark and drift
    /// come along.
    pub fn into_existing(self, state: State) -> ExistingCredential {
        let (watermark, drift) = (self.watermark(), self.drift());
        let (secret, parameters) = self.into_parts();
        ExistingCredential::new(secret, parameters)
            .with_state(state)
            .with_watermark(watermark)
            .with_drift(drift)
    }
}

/// Returns the secret to store for an imported one (semantics 1.4). A long one becomes the key that HMAC derives from it.
pub(super) fn record_secret(
    secret: Secret,
    algorithm: Algorithm,
    allow_short_secret: bool,
) -> Result<Secret, Error> {
    let secret = algorithm.hmac_key(secret)?;
    let len = secret.as_bytes().len();
    if len > *RECORD_SECRET_LENS.end() {
        return Err(Error::new(
            ErrorKind::Secret,
            "for SHA-512 a secret has at most 64 bytes, or more than 128: a record cannot hold this one",
        ));
    }
    if len < *RECORD_SECRET_LENS.start() {
        return Err(Error::new(ErrorKind::Secret, "a secret in a record has at least 16 bytes"));
    }
    if len < FULL_SECRET_LEN && !allow_short_secret {
        return Err(Error::new(
            ErrorKind::Secret,
            "the secret has fewer than 16 bytes (RFC 4226 R6): replace the authenticator, or set allow_short_secret",
        ));
    }
    Ok(secret)
}

/// Checks that `confirm_by` can be met (semantics 8.12), and that the time steps fit a record and have begun.
pub(super) fn check_times(parameters: &Parameters, now: UnixTime) -> Result<(), Error> {
    let first = parameters.not_before().map_or(now, |not_before| not_before.max(now));
    if parameters.confirm_by().is_some_and(|confirm_by| confirm_by < first) {
        return Err(Error::new(
            ErrorKind::Argument,
            "confirm_by is past, or before not_before: the credential could never be confirmed",
        ));
    }
    let Ok(steps) = parameters.time_steps() else { return Ok(()) };
    check_record_time_step(steps.time_step())?;
    if steps.t0() > now {
        return Err(Error::new(ErrorKind::Time, "the credential's first time step is in the future"));
    }
    Ok(())
}

/// RFC 4226 R6: the secret has at least 128 bits.
pub(super) const FULL_SECRET_LEN: usize = 16;
