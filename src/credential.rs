//! The state machine: how a submitted code changes a credential. No encryption, no I/O, and no randomness except for new codes.

// In the order of their dependencies: each uses only what stands above it, and this file.
mod clocks;
mod policy;
mod recovery;
mod outcome;
mod message;
mod drift;
mod throttle;
mod lifetime;
mod window;
mod watermark;
mod resync;
mod lifecycle;

// Kept with the tests: the published crate has no test code.
#[cfg(test)]
#[path = "../tests/credential/properties.rs"]
mod properties;

pub use outcome::{Accepted, Answer, Confirmed, Denial, Denied, Method, NotStored, Refusal, Resynchronized};
pub use policy::{Policy, PolicyBuilder, PolicyOption};
pub use recovery::{CodeSet, RecoveryCodes, TemporaryCode};

pub(crate) use clocks::{CLOCK_TOLERANCE, RECORD_TIME_STEPS, check_record_time_step};
pub(crate) use drift::{MAX_DRIFT, is_time_based_token};
pub(crate) use recovery::{CodeHash, CodeSlots, MAX_LIFETIME, MAX_USES, RECOVERY_SLOTS, TemporarySlot};

use recovery::CodeKind;

use crate::error::{Error, ErrorKind};
use crate::numbered::numbered;
use crate::otp::{Algorithm, Code, Digits, HmacKey, OtpFormat, Secret, Submitted, TimeSteps};
use crate::parameters::{Authenticator, MovingFactor, Parameters};
use crate::time::UnixTime;

/// The content of an opened record: everything that is known about a credential.
pub(crate) struct Credential {
    pub(crate) state: State,
    pub(crate) authenticator: Authenticator,
    pub(crate) moving_factor: MovingFactor,
    pub(crate) algorithm: Algorithm,
    pub(crate) digits: Digits,
    /// `None` once it is revoked.
    pub(crate) secret: Option<Secret>,
    /// Counter-based: the next counter. Otherwise 0.
    pub(crate) counter: u64,
    /// Time-based: the highest accepted time step, as long as it matters.
    pub(crate) watermark: Option<u64>,
    pub(crate) drift: i16,
    pub(crate) last_sync: Option<u16>,
    /// Time-based tokens: whether one of its codes was accepted here, or `last_sync` was imported (semantics 4.2).
    pub(crate) seen: bool,
    pub(crate) failures: u8,
    /// The failures that no login has told its user yet (semantics 4.8).
    pub(crate) untold: u8,
    pub(crate) last_failure: Option<UnixTime>,
    pub(crate) not_before: Option<UnixTime>,
    pub(crate) not_after: Option<UnixTime>,
    /// Pending: the last second in which it can be confirmed.
    pub(crate) confirm_by: Option<UnixTime>,
    pub(crate) codes: CodeSlots,
}

numbered! {
    /// The state of a credential (semantics [8](crate::guide::semantics#8)).
    pub enum State {
        /// Enrolled, and not confirmed yet.
        Pending = 0, "pending";
        /// In use.
        Active = 1, "active";
        /// The authenticator is out of use. Recovery and temporary codes still work.
        Suspended = 2, "suspended";
        /// Ended.
        Revoked = 3, "revoked";
    }
}

/// An answer. If the credential changed, it must be stored before anybody may read the answer.
pub(crate) struct Decision<T> {
    pub(crate) answer: Result<T, Refusal>,
    pub(crate) changed: bool,
}

impl<T> Decision<T> {
    fn granted(answer: T) -> Self {
        Self { answer: Ok(answer), changed: true }
    }

    /// Makes a refusal that leaves the credential unchanged.
    fn unchanged(refusal: Refusal) -> Self {
        Self { answer: Err(refusal), changed: false }
    }

    /// Makes a refusal that the credential has recorded.
    fn counted(refusal: Refusal) -> Self {
        Self { answer: Err(refusal), changed: true }
    }
}

impl Credential {
    /// Makes a new credential, which nobody has used yet.
    pub(crate) fn new(
        state: State,
        secret: Secret,
        parameters: &Parameters,
        code_key: [u8; 16],
        now: UnixTime,
    ) -> Self {
        let mut credential = Self {
            state,
            authenticator: parameters.authenticator(),
            moving_factor: parameters.moving_factor(),
            algorithm: parameters.algorithm(),
            digits: parameters.digits(),
            secret: Some(secret),
            counter: parameters.counter(),
            watermark: None,
            drift: 0,
            last_sync: None,
            seen: false,
            failures: 0,
            untold: 0,
            last_failure: None,
            not_before: parameters.not_before(),
            not_after: parameters.not_after(),
            confirm_by: parameters.confirm_by(),
            codes: CodeSlots::new(code_key),
        };
        credential.synchronize(now);
        credential
    }

    /// Returns the parameters of its codes, with its present counter.
    pub(crate) fn parameters(&self) -> Parameters {
        Parameters {
            authenticator: self.authenticator,
            moving_factor: self.moving_factor,
            format: OtpFormat::default().with_algorithm(self.algorithm).with_digits(self.digits),
            counter: self.counter,
            ..Parameters::totp()
        }
    }

    /// Checks a login (semantics 3).
    pub(crate) fn verify(
        &mut self,
        submitted: &str,
        now: UnixTime,
        policy: &Policy,
    ) -> Result<Decision<Accepted>, Error> {
        let pending = match self.state {
            State::Revoked => return Ok(Decision::unchanged(Refusal::Revoked)),
            State::Pending if !policy.confirm_at_first_login() => {
                return Ok(Decision::unchanged(Refusal::Pending));
            }
            State::Pending => true,
            State::Active | State::Suspended => false,
        };
        if let Some(refusal) = self.validity(now) {
            return Ok(Decision::unchanged(refusal));
        }
        let submitted = Submitted::parse(submitted, self.digits);
        // Semantics 5.4: codes of section 5 have enough bits to be judged before lock and throttle. A pending credential has none.
        if let (Submitted::Code(code), false) = (&submitted, pending) {
            return Ok(self.check_code(code, now));
        }
        if let Some(refusal) = self.throttle(now, policy) {
            return Ok(Decision::unchanged(refusal));
        }
        match &submitted {
            Submitted::Otp(_) if self.state == State::Suspended => {
                Ok(Decision::unchanged(Refusal::Suspended))
            }
            Submitted::Otp(value) => match self.check_otp(*value, now, policy)? {
                Ok(moving_factor) => {
                    self.activate();
                    let accepted = self.accepted(Method::Otp, Some(moving_factor));
                    // This login tells them, and no other.
                    self.untold = 0;
                    Ok(Decision::granted(accepted))
                }
                Err(miss) => Ok(self.missed(miss, now)),
            },
            Submitted::Code(_) | Submitted::Malformed => Ok(Decision::unchanged(Refusal::Malformed)),
        }
    }

    /// Checks a code of section 5 (semantics 5.4). A right one spends its slot, a wrong one changes nothing.
    fn check_code(&mut self, code: &Code, now: UnixTime) -> Decision<Accepted> {
        let method = match self.codes.spend(code, now) {
            Some(CodeKind::Recovery) => Method::RecoveryCode,
            Some(CodeKind::Temporary) => Method::TemporaryCode,
            None => return Decision::unchanged(Refusal::WrongCode),
        };
        Decision::granted(self.accepted(method, None))
    }

    /// Checks the first code of a pending authenticator (semantics 8.2). The caller, which has randomness, adds the recovery codes.
    pub(crate) fn confirm(
        &mut self,
        submitted: &str,
        now: UnixTime,
        policy: &Policy,
    ) -> Result<Decision<Confirmed>, Error> {
        match self.state {
            State::Pending => {}
            State::Revoked => return Ok(Decision::unchanged(Refusal::Revoked)),
            State::Active | State::Suspended => return Ok(Decision::unchanged(Refusal::NotPending)),
        }
        if let Some(refusal) = self.admission(now, policy) {
            return Ok(Decision::unchanged(refusal));
        }
        let Submitted::Otp(value) = Submitted::parse(submitted, self.digits) else {
            return Ok(Decision::unchanged(Refusal::Malformed));
        };
        match self.check_otp(value, now, policy)? {
            Ok(moving_factor) => {
                self.activate();
                Ok(Decision::granted(Confirmed {
                    moving_factor,
                    drift: self.drift,
                    recovery_codes: RecoveryCodes::none(),
                }))
            }
            Err(Miss::Wrong) => {
                let clock_off = self.check_clock(value, now)?;
                self.failed(now);
                let refusal = clock_off.map_or(Refusal::WrongCode, |steps| Refusal::ClockOff { steps });
                Ok(Decision::counted(refusal))
            }
            Err(miss) => Ok(self.missed(miss, now)),
        }
    }

    /// Checks two codes in a row (semantics 8.4).
    pub(crate) fn resynchronize(
        &mut self,
        first: &str,
        second: &str,
        now: UnixTime,
        policy: &Policy,
    ) -> Result<Decision<Resynchronized>, Error> {
        if self.state == State::Revoked {
            return Ok(Decision::unchanged(Refusal::Revoked));
        }
        if let Some(refusal) = self.admission(now, policy) {
            return Ok(Decision::unchanged(refusal));
        }
        let pair = (Submitted::parse(first, self.digits), Submitted::parse(second, self.digits));
        let (Submitted::Otp(first), Submitted::Otp(second)) = pair else {
            return Ok(Decision::unchanged(Refusal::Malformed));
        };
        if self.state == State::Suspended {
            return Ok(Decision::unchanged(Refusal::Suspended));
        }
        match self.check_pair([first, second], now, policy)? {
            Ok(moving_factor) => {
                self.activate();
                Ok(Decision::granted(Resynchronized { moving_factor, drift: self.drift }))
            }
            Err(miss) => Ok(self.missed(miss, now)),
        }
    }

    /// Checks what must hold before every OTP: validity, lock and throttle (semantics 3.4 to 3.6).
    fn admission(&self, now: UnixTime, policy: &Policy) -> Option<Refusal> {
        self.validity(now).or_else(|| self.throttle(now, policy))
    }

    /// Checks the validity (semantics 3.4). Only a pending credential has a `confirm_by`.
    fn validity(&self, now: UnixTime) -> Option<Refusal> {
        let is_too_late = self.confirm_by.is_some_and(|confirm_by| now > confirm_by);
        self.bounds(now).or_else(|| is_too_late.then_some(Refusal::Expired))
    }

    /// Checks the bounds of validity, in any state.
    fn bounds(&self, now: UnixTime) -> Option<Refusal> {
        if self.not_before.is_some_and(|not_before| now < not_before) {
            return Some(Refusal::NotYetValid);
        }
        self.not_after.is_some_and(|not_after| now > not_after).then_some(Refusal::Expired)
    }

    /// Semantics 3.5 and 3.6.
    fn throttle(&self, now: UnixTime, policy: &Policy) -> Option<Refusal> {
        if self.is_locked(policy) {
            return Some(Refusal::Locked);
        }
        match self.wait(now) {
            0 => None,
            seconds => Some(Refusal::Wait { seconds }),
        }
    }

    /// Activates a pending credential at its first accepted code.
    fn activate(&mut self) {
        self.state = State::Active;
        self.confirm_by = None;
    }

    fn accepted(&self, method: Method, moving_factor: Option<u64>) -> Accepted {
        Accepted {
            method,
            moving_factor,
            drift: self.drift,
            recovery_codes_left: self.codes.recovery_left(),
            failures_before: self.untold.into(),
        }
    }

    fn missed<T>(&mut self, miss: Miss, now: UnixTime) -> Decision<T> {
        match miss {
            Miss::Unchanged(refusal) => Decision::unchanged(refusal),
            Miss::Wrong => {
                self.failed(now);
                Decision::counted(Refusal::WrongCode)
            }
        }
    }

    /// Returns the HMAC key of a credential that has a secret.
    fn hmac_key(&self) -> Result<HmacKey<'_>, Error> {
        match &self.secret {
            Some(secret) => Ok(HmacKey::new(self.algorithm, secret)),
            None => Err(NO_SECRET),
        }
    }
}

/// The moving factor at which an OTP or a pair was accepted. The credential has recorded it.
type Checked = Result<u64, Miss>;

/// The reason why an OTP or a pair was not accepted.
enum Miss {
    /// Refused without a failure.
    Unchanged(Refusal),
    /// No candidate is equal. The failure must still be counted.
    Wrong,
}

pub(crate) const NO_SECRET: Error =
    Error::new(ErrorKind::State, "the credential is revoked: enroll a new authenticator");

/// Returns `s(now)` of a time-based credential, signed for the arithmetic of windows.
fn step_at(steps: TimeSteps, now: UnixTime) -> Result<i64, Error> {
    // At most 253402300799: the conversion cannot fail.
    Ok(i64::try_from(steps.at(now)?).unwrap_or(i64::MAX))
}

/// Converts a candidate from the signed arithmetic of windows; `None` below 0.
fn candidate(step: i64) -> Option<u64> {
    u64::try_from(step).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::otp::hotp;

    /// No record comes here, since `import` refuses such counters; the last ones work all the same, and then it is an error
    /// (semantics 1.3).
    #[test]
    fn the_last_counter_is_accepted_and_then_none_is_left() {
        let now = UnixTime::from_secs(1_700_000_010).expect("a time");
        let secret = || Secret::from_bytes(b"12345678901234567890").expect("a secret");
        let code = |factor| hotp::generate(&secret(), OtpFormat::default(), factor);
        let mut credential = Credential::new(State::Active, secret(), &Parameters::hotp(), [7; 16], now);
        let policy = Policy::default();
        let last = u64::MAX - 1;

        credential.counter = last;
        let pair = credential.resynchronize(code(last).as_str(), "000000", now, &policy);
        assert_eq!(pair.err().map(|error| error.kind()), Some(ErrorKind::Counter));
        let decision = credential.verify(code(last).as_str(), now, &policy).expect("a counter is left");
        let Ok(accepted) = decision.answer else { panic!("the last counter is refused") };
        assert_eq!((accepted.moving_factor(), credential.counter), (Some(last), u64::MAX));
        let none = credential.verify(code(last).as_str(), now, &policy);
        assert_eq!(none.err().map(|error| error.kind()), Some(ErrorKind::Counter));

        credential.counter = last - 1;
        let pair = credential.resynchronize(code(last - 1).as_str(), code(last).as_str(), now, &policy);
        assert!(pair.expect("two counters are left").answer.is_ok());
        assert_eq!(credential.counter, u64::MAX);
    }
}
