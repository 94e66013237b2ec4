//! How a credential is enrolled.

use crate::error::{Error, ErrorKind};
use crate::numbered::numbered;
use crate::otp::{Algorithm, Digits, OtpFormat, TimeSteps};
use crate::time::UnixTime;

numbered! {
    /// The device that holds the secret and shows the codes.
    pub enum Authenticator {
        /// An authenticator app on a phone, whose clock is set by its network.
        App = 1, "app";
        /// A hardware token, whose clock drifts.
        Token = 2, "token";
    }
}

/// The value that changes with each OTP (RFC 4226 5.1, RFC 6238 4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MovingFactor {
    /// HOTP: a counter that the device increments with each code.
    Counter,
    /// TOTP: the number of time steps since `t0`.
    Time(TimeSteps),
}

/// How a credential is enrolled: its OTPs, its kind of authenticator, its secret and its dates.
///
/// The defaults are the only combination that every authenticator app honors: SHA-1, 6 digits, 30 seconds, 20 bytes.
///
/// ```
/// use poterne::{Algorithm, Authenticator, Digits, Parameters};
///
/// let token = Parameters::totp()
///     .with_authenticator(Authenticator::Token)
///     .with_algorithm(Algorithm::Sha256)
///     .with_digits(Digits::Eight)
///     .with_time_step(60)?;
/// # Ok::<(), poterne::Error>(())
/// ```
///
/// Source: semantics [1.4](crate::guide::semantics#1.4), [1.5](crate::guide::semantics#1.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameters {
    pub(crate) authenticator: Authenticator,
    pub(crate) moving_factor: MovingFactor,
    pub(crate) format: OtpFormat,
    pub(crate) secret_len: usize,
    pub(crate) counter: u64,
    pub(crate) not_before: Option<UnixTime>,
    pub(crate) not_after: Option<UnixTime>,
    pub(crate) confirm_by: Option<UnixTime>,
}

impl Parameters {
    /// Time-based (RFC 6238): SHA-1, 6 digits, 30 seconds from 1970, for an app, with a secret of 20 bytes.
    pub fn totp() -> Self {
        Self {
            authenticator: Authenticator::App,
            moving_factor: MovingFactor::Time(TimeSteps::default()),
            format: OtpFormat::default(),
            secret_len: 20,
            counter: 0,
            not_before: None,
            not_after: None,
            confirm_by: None,
        }
    }

    /// Counter-based (RFC 4226): SHA-1, 6 digits, from counter 0, for a hardware token, with a secret of 20 bytes.
    pub fn hotp() -> Self {
        Self { authenticator: Authenticator::Token, moving_factor: MovingFactor::Counter, ..Self::totp() }
    }

    /// Sets the kind of authenticator.
    #[must_use]
    pub fn with_authenticator(self, authenticator: Authenticator) -> Self {
        Self { authenticator, ..self }
    }

    /// Sets the hash.
    #[must_use]
    pub fn with_algorithm(self, algorithm: Algorithm) -> Self {
        Self { format: self.format.with_algorithm(algorithm), ..self }
    }

    /// Sets the number of digits.
    #[must_use]
    pub fn with_digits(self, digits: Digits) -> Self {
        Self { format: self.format.with_digits(digits), ..self }
    }

    /// Sets the time step, 1 to 86,400 seconds; a record takes only 30 to 120.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] for another length, or if the OTP is counter-based.
    pub fn with_time_step(self, time_step: u32) -> Result<Self, Error> {
        let steps = TimeSteps::new(time_step, self.time_steps()?.t0())?;
        Ok(Self { moving_factor: MovingFactor::Time(steps), ..self })
    }

    /// Sets the time from which steps are counted.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] if the OTP is counter-based.
    pub fn with_t0(self, t0: UnixTime) -> Result<Self, Error> {
        let steps = TimeSteps::new(self.time_steps()?.time_step(), t0)?;
        Ok(Self { moving_factor: MovingFactor::Time(steps), ..self })
    }

    /// Sets the counter that the device shows next, at most 2^63 - 1.
    ///
    /// # Errors
    /// [`ErrorKind::Counter`] above 2^63 - 1, [`ErrorKind::Argument`] if the OTP is time-based.
    pub fn with_counter(self, counter: u64) -> Result<Self, Error> {
        if self.moving_factor != MovingFactor::Counter {
            return Err(Error::new(ErrorKind::Argument, "a time-based OTP has no counter"));
        }
        if counter > MAX_IMPORTED_FACTOR {
            return Err(COUNTER_TOO_HIGH);
        }
        Ok(Self { counter, ..self })
    }

    /// Sets the length of the generated secret, 16 to 64 bytes.
    ///
    /// # Errors
    /// [`ErrorKind::Secret`] for another length.
    pub fn with_secret_len(self, secret_len: usize) -> Result<Self, Error> {
        if !(16..=64).contains(&secret_len) {
            return Err(Error::new(ErrorKind::Secret, "a generated secret has 16 to 64 bytes"));
        }
        Ok(Self { secret_len, ..self })
    }

    /// Sets the validity, from `not_before` to `not_after`, both included. `None` means no limit.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] if the first is after the second.
    pub fn with_validity(
        self,
        not_before: Option<UnixTime>,
        not_after: Option<UnixTime>,
    ) -> Result<Self, Error> {
        match (not_before, not_after) {
            (Some(from), Some(to)) if from > to => {
                Err(Error::new(ErrorKind::Argument, "the validity ends before it begins"))
            }
            _ => Ok(Self { not_before, not_after, ..self }),
        }
    }

    /// Sets the last second in which a pending credential can be confirmed, so that a lost letter does not stay usable forever.
    ///
    /// Without it, enrolling an app sets the date that [`PolicyOption::ConfirmWithinDays`] gives, and a token has no date.
    /// Enrolling fails if the date is past, or before the credential is valid.
    ///
    /// ```
    /// use poterne::{Parameters, UnixTime};
    ///
    /// let first_day = UnixTime::from_secs(1_767_600_000)?;
    /// let letter = Parameters::totp()
    ///     .with_validity(Some(first_day), None)?
    ///     .with_confirm_by(Some(first_day.saturating_add(14 * 86_400)));
    /// # Ok::<(), poterne::Error>(())
    /// ```
    ///
    /// [`PolicyOption::ConfirmWithinDays`]: crate::PolicyOption::ConfirmWithinDays
    #[must_use]
    pub fn with_confirm_by(self, confirm_by: Option<UnixTime>) -> Self {
        Self { confirm_by, ..self }
    }

    /// Returns the kind of authenticator: app or token.
    pub fn authenticator(&self) -> Authenticator {
        self.authenticator
    }

    /// Returns the moving factor: counter or time.
    pub fn moving_factor(&self) -> MovingFactor {
        self.moving_factor
    }

    /// Returns the hash and the number of digits.
    pub fn format(&self) -> OtpFormat {
        self.format
    }

    /// Returns the hash.
    pub fn algorithm(&self) -> Algorithm {
        self.format.algorithm()
    }

    /// Returns the number of digits.
    pub fn digits(&self) -> Digits {
        self.format.digits()
    }

    /// Returns the length of a generated secret, in bytes.
    pub fn secret_len(&self) -> usize {
        self.secret_len
    }

    /// Returns the first counter.
    pub fn counter(&self) -> u64 {
        self.counter
    }

    /// Returns the first valid second.
    pub fn not_before(&self) -> Option<UnixTime> {
        self.not_before
    }

    /// Returns the last valid second.
    pub fn not_after(&self) -> Option<UnixTime> {
        self.not_after
    }

    /// Returns the last second in which it can be confirmed.
    pub fn confirm_by(&self) -> Option<UnixTime> {
        self.confirm_by
    }

    /// Returns the time steps of a time-based OTP.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] if the OTP is counter-based.
    pub fn time_steps(&self) -> Result<TimeSteps, Error> {
        match self.moving_factor {
            MovingFactor::Time(steps) => Ok(steps),
            MovingFactor::Counter => {
                Err(Error::new(ErrorKind::Argument, "a counter-based OTP has no time steps"))
            }
        }
    }
}

/// The highest counter or watermark that may be imported, so that nobody can drive a credential to the end of the counter.
pub(crate) const MAX_IMPORTED_FACTOR: u64 = u64::MAX >> 1;

pub(crate) const COUNTER_TOO_HIGH: Error =
    Error::new(ErrorKind::Counter, "a counter or watermark is at most 2^63 - 1");
