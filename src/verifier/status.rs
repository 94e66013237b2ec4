//! The status of a credential, for the help desk.

use super::existing::FULL_SECRET_LEN;
use crate::credential::{Policy, State};
use crate::otp::{Algorithm, Digits};
use crate::parameters::{Authenticator, MovingFactor};
use crate::record::Opened;
use crate::time::UnixTime;

/// The status of a credential, for the help desk. It never holds the secret, the counter, the watermark or a date of use.
///
/// Source: semantics [8.8](crate::guide::semantics#8.8).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    state: State,
    authenticator: Authenticator,
    moving_factor: MovingFactor,
    algorithm: Algorithm,
    digits: Digits,
    failures: u32,
    wait_seconds: u64,
    is_locked: bool,
    drift: i16,
    recovery_codes_left: u32,
    temporary_code: Option<TemporaryStatus>,
    not_before: Option<UnixTime>,
    not_after: Option<UnixTime>,
    confirm_by: Option<UnixTime>,
    is_secret_weak: bool,
    key_id: u32,
    needs_reseal: bool,
}

/// A valid temporary code.
///
/// Source: semantics [5.2](crate::guide::semantics#5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TemporaryStatus {
    expiry: UnixTime,
    uses_left: u32,
}

impl TemporaryStatus {
    /// Returns the last second in which it is valid.
    pub fn expiry(&self) -> UnixTime {
        self.expiry
    }

    /// Returns how many times it can still be used.
    pub fn uses_left(&self) -> u32 {
        self.uses_left
    }
}

impl Status {
    pub(super) fn new(opened: &Opened, policy: &Policy, primary: u32, now: UnixTime) -> Self {
        let credential = &opened.credential;
        let temporary = credential.codes.temporary.as_ref().filter(|slot| slot.is_valid(now));
        let secret = credential.secret.as_ref();
        Self {
            state: credential.state,
            authenticator: credential.authenticator,
            moving_factor: credential.moving_factor,
            algorithm: credential.algorithm,
            digits: credential.digits,
            failures: credential.failures.into(),
            wait_seconds: credential.wait(now),
            is_locked: credential.is_locked(policy),
            drift: credential.drift,
            recovery_codes_left: credential.codes.recovery_left(),
            temporary_code: temporary
                .map(|slot| TemporaryStatus { expiry: slot.expiry, uses_left: slot.uses.into() }),
            not_before: credential.not_before,
            not_after: credential.not_after,
            confirm_by: credential.confirm_by,
            is_secret_weak: secret.is_some_and(|secret| secret.as_bytes().len() < FULL_SECRET_LEN),
            key_id: opened.key_id,
            needs_reseal: opened.key_id != primary,
        }
    }

    /// Returns the state.
    pub fn state(&self) -> State {
        self.state
    }

    /// Returns the kind of authenticator: app or token.
    pub fn authenticator(&self) -> Authenticator {
        self.authenticator
    }

    /// Returns the moving factor: counter or time.
    pub fn moving_factor(&self) -> MovingFactor {
        self.moving_factor
    }

    /// Returns the hash.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Returns the number of digits.
    pub fn digits(&self) -> Digits {
        self.digits
    }

    /// Returns the number of failures that count.
    pub fn failures(&self) -> u32 {
        self.failures
    }

    /// Returns the seconds until the next attempt, 0 if it may be made now.
    pub fn wait_seconds(&self) -> u64 {
        self.wait_seconds
    }

    /// Returns whether the credential is locked, so that only the help desk can unlock it.
    pub fn is_locked(&self) -> bool {
        self.is_locked
    }

    /// Returns the drift of a token's clock, in time steps.
    pub fn drift(&self) -> i16 {
        self.drift
    }

    /// Returns the number of recovery codes that are left.
    pub fn recovery_codes_left(&self) -> u32 {
        self.recovery_codes_left
    }

    /// Returns the temporary code, if there is a valid one.
    pub fn temporary_code(&self) -> Option<TemporaryStatus> {
        self.temporary_code
    }

    /// Returns the first valid second.
    pub fn not_before(&self) -> Option<UnixTime> {
        self.not_before
    }

    /// Returns the last valid second.
    pub fn not_after(&self) -> Option<UnixTime> {
        self.not_after
    }

    /// Returns the last second in which a pending authenticator can be confirmed.
    pub fn confirm_by(&self) -> Option<UnixTime> {
        self.confirm_by
    }

    /// Returns whether the secret has fewer than 16 bytes. If so, replace the authenticator.
    pub fn is_secret_weak(&self) -> bool {
        self.is_secret_weak
    }

    /// Returns the id of the key that sealed the record.
    pub fn key_id(&self) -> u32 {
        self.key_id
    }

    /// Returns whether that key is no longer the primary one.
    pub fn needs_reseal(&self) -> bool {
        self.needs_reseal
    }
}
