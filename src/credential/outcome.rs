//! Answers, refusals and errors.

use core::convert::Infallible;
use core::fmt;

use super::recovery::{RecoveryCodes, TemporaryCode};
use crate::error::Error;
use crate::numbered::numbered;

/// The reason why there is no login, no confirmation or no resynchronization: a refusal or an error. Neither lets anybody in.
///
/// ```
/// use poterne::{Accepted, Denied, Language, Store, UnixTime, Verifier};
///
/// fn sign_in(verifier: &Verifier, table: &mut impl Store, code: &str) -> Result<Accepted, String> {
///     match verifier.login("a.martin", code, UnixTime::now().map_err(|error| error.to_string())?, table) {
///         Ok(accepted) => Ok(accepted),
///         Err(Denied::Refused(refusal)) => Err(refusal.message_to_user(Language::English).into()),
///         Err(Denied::Error(error)) => Err(error.kind().message_to_user(Language::English).into()),
///     }
/// }
/// ```
///
/// Source: semantics [7.6](crate::guide::semantics#7.6).
#[derive(Debug)]
pub enum Denied {
    /// The library's verdict on what the user typed.
    Refused(Refusal),
    /// There is no verdict. Refuse the login, and tell the operators.
    Error(Error),
}

/// The reason why a change by the help desk was not stored.
///
/// Source: semantics [7.8](crate::guide::semantics#7.8).
#[derive(Debug)]
pub enum NotStored {
    /// Somebody else changed the record in the meantime. Load it and make the change again.
    Conflict,
    /// The change could not be made.
    Error(Error),
}

/// How a call says no: [`Denied`] for calls that take a code, [`NotStored`] for changes by the help desk.
pub trait Denial: From<Error> + sealed::Sealed {
    /// The library's own reason: a [`Refusal`] of a code; changes by the help desk have none.
    type Reason: Into<Self>;

    /// Zero rows were updated (semantics [7.2](crate::guide::semantics#7.2)).
    const CONFLICT: Self;
}

impl Denial for Denied {
    type Reason = Refusal;
    const CONFLICT: Self = Self::Refused(Refusal::Conflict);
}

impl Denial for NotStored {
    type Reason = Infallible;
    const CONFLICT: Self = Self::Conflict;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Denied {}
    impl Sealed for super::NotStored {}
}

/// Any answer, for programs that keep attempts of all kinds in one type.
/// [`Attempt::with_any_answer`](crate::Attempt::with_any_answer) makes it.
#[derive(Debug)]
#[non_exhaustive]
pub enum Answer {
    /// A login.
    Accepted(Accepted),
    /// A first code. It is not a login.
    Confirmed(Confirmed),
    /// Two codes in a row. They are not a login.
    Resynchronized(Resynchronized),
    /// A change that returns nothing.
    Changed,
    /// A change that returns recovery codes.
    RecoveryCodes(RecoveryCodes),
    /// A change that returns a temporary code.
    TemporaryCode(TemporaryCode),
}

impl From<Accepted> for Answer {
    fn from(accepted: Accepted) -> Self {
        Self::Accepted(accepted)
    }
}

impl From<Confirmed> for Answer {
    fn from(confirmed: Confirmed) -> Self {
        Self::Confirmed(confirmed)
    }
}

impl From<Resynchronized> for Answer {
    fn from(resynchronized: Resynchronized) -> Self {
        Self::Resynchronized(resynchronized)
    }
}

impl From<()> for Answer {
    fn from((): ()) -> Self {
        Self::Changed
    }
}

impl From<RecoveryCodes> for Answer {
    fn from(codes: RecoveryCodes) -> Self {
        Self::RecoveryCodes(codes)
    }
}

impl From<TemporaryCode> for Answer {
    fn from(code: TemporaryCode) -> Self {
        Self::TemporaryCode(code)
    }
}

impl Denied {
    /// Returns the refusal; `None` if it is an error.
    pub fn refusal(&self) -> Option<Refusal> {
        match self {
            Self::Refused(refusal) => Some(*refusal),
            Self::Error(_) => None,
        }
    }

    /// Returns the error; `None` if it is a refusal.
    pub fn error(&self) -> Option<&Error> {
        match self {
            Self::Refused(_) => None,
            Self::Error(error) => Some(error),
        }
    }
}

impl NotStored {
    /// Returns the error; `None` if it is a conflict.
    pub fn error(&self) -> Option<&Error> {
        match self {
            Self::Conflict => None,
            Self::Error(error) => Some(error),
        }
    }
}

impl From<Error> for Denied {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl From<Refusal> for Denied {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Infallible> for Refusal {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

impl From<Infallible> for NotStored {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

impl From<Error> for NotStored {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// Converts a conflict to [`Refusal::Conflict`], so that a program can treat both as one type.
impl From<NotStored> for Denied {
    fn from(not_stored: NotStored) -> Self {
        match not_stored {
            NotStored::Conflict => Self::CONFLICT,
            NotStored::Error(error) => Self::Error(error),
        }
    }
}

/// Shows a refusal's code, or an error's message.
impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => f.write_str(refusal.code()),
            Self::Error(error) => error.fmt(f),
        }
    }
}

impl fmt::Display for NotStored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Conflict => f.write_str("the record changed in between: load it and make the change again"),
            Self::Error(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for Denied {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Refused(_) => None,
            Self::Error(error) => core::error::Error::source(error),
        }
    }
}

impl core::error::Error for NotStored {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Conflict => None,
            Self::Error(error) => core::error::Error::source(error),
        }
    }
}

/// An accepted and stored login. Nothing else lets a user in.
///
/// Only this library makes one, from an attempt whose record was stored (semantics [7.5](crate::guide::semantics#7.5)):
///
/// ```compile_fail,E0451
/// let forged = poterne::Accepted {
///     method: poterne::Method::Otp,
///     moving_factor: None,
///     drift: 0,
///     recovery_codes_left: 8,
///     failures_before: 0,
/// };
/// ```
///
/// A confirmation is not a login:
///
/// ```compile_fail,E0308
/// # fn let_in(accepted: poterne::Accepted) {}
/// # fn confirm(attempt: poterne::Attempt<poterne::Confirmed>) -> Result<(), poterne::Denied> {
/// let_in(attempt.outcome(1)?);
/// # Ok(())
/// # }
/// ```
#[must_use = "let them in, and show failures_before()"]
pub struct Accepted {
    pub(crate) method: Method,
    pub(crate) moving_factor: Option<u64>,
    pub(crate) drift: i16,
    pub(crate) recovery_codes_left: u32,
    pub(crate) failures_before: u32,
}

/// Shows only the code: it may reach a log.
impl fmt::Debug for Accepted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Accepted({})", self.code())
    }
}

impl Accepted {
    /// Returns a stable text for the application's own journal, without date, code or secret: `accepted.otp` (semantics
    /// [12](crate::guide::semantics#12)).
    pub fn code(&self) -> &'static str {
        match self.method {
            Method::Otp => "accepted.otp",
            Method::RecoveryCode => "accepted.recovery_code",
            Method::TemporaryCode => "accepted.temporary_code",
        }
    }

    /// Returns the kind of code that was accepted.
    pub fn method(&self) -> Method {
        self.method
    }

    /// Returns the counter or time step of the OTP; `None` for other methods.
    pub fn moving_factor(&self) -> Option<u64> {
        self.moving_factor
    }

    /// Returns the drift of a token's clock, in time steps; 0 for an app.
    pub fn drift(&self) -> i16 {
        self.drift
    }

    /// Returns the number of recovery codes that are left.
    pub fn recovery_codes_left(&self) -> u32 {
        self.recovery_codes_left
    }

    /// Returns the number of refused attempts that no login has told the user yet, at most 255. Show it to the user. Only a login
    /// by OTP resets the count (semantics [4.8](crate::guide::semantics#4.8)), so a thief with a stolen recovery code cannot erase
    /// the alarm.
    pub fn failures_before(&self) -> u32 {
        self.failures_before
    }
}

/// A confirmed authenticator, with its recovery codes. Show them now: no call returns them again.
///
/// Source: semantics [8.2](crate::guide::semantics#8.2).
#[must_use]
pub struct Confirmed {
    pub(crate) moving_factor: u64,
    pub(crate) drift: i16,
    pub(crate) recovery_codes: RecoveryCodes,
}

/// Shows only the code: it may reach a log.
impl fmt::Debug for Confirmed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Confirmed({})", self.code())
    }
}

impl Confirmed {
    /// Returns a stable text for the application's own journal: `confirmed` (semantics [12](crate::guide::semantics#12)).
    pub fn code(&self) -> &'static str {
        "confirmed"
    }

    /// Returns the counter or time step of the OTP.
    pub fn moving_factor(&self) -> u64 {
        self.moving_factor
    }

    /// Returns the drift of a token's clock, in time steps; 0 for an app.
    pub fn drift(&self) -> i16 {
        self.drift
    }

    /// Returns the recovery codes. The policy sets their number.
    pub fn recovery_codes(&self) -> &RecoveryCodes {
        &self.recovery_codes
    }
}

/// A resynchronized authenticator.
///
/// Source: semantics [8.4](crate::guide::semantics#8.4).
#[must_use]
pub struct Resynchronized {
    pub(crate) moving_factor: u64,
    pub(crate) drift: i16,
}

/// Shows only the code: it may reach a log.
impl fmt::Debug for Resynchronized {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Resynchronized({})", self.code())
    }
}

impl Resynchronized {
    /// Returns a stable text for the application's own journal: `resynchronized` (semantics [12](crate::guide::semantics#12)).
    pub fn code(&self) -> &'static str {
        "resynchronized"
    }

    /// Returns the counter or time step of the second OTP.
    pub fn moving_factor(&self) -> u64 {
        self.moving_factor
    }

    /// Returns the drift of a token's clock, in time steps.
    pub fn drift(&self) -> i16 {
        self.drift
    }
}

numbered! {
    /// The kind of code that was accepted.
    #[non_exhaustive]
    pub enum Method {
        /// A one-time password of the authenticator.
        Otp = 1, "otp";
        /// A recovery code. It is spent.
        RecoveryCode = 2, "recovery_code";
        /// A temporary code of the help desk.
        TemporaryCode = 3, "temporary_code";
    }
}

macro_rules! refusals {
    ($($(#[$doc:meta])* $variant:ident $({ $(#[$field_doc:meta])* $field:ident: $type:ty = $example:literal })? = $number:literal, $code:literal;)*) => {
        /// The reason why an attempt was refused, for the application and the help desk.
        ///
        /// The end user always sees the same refusal. [`Refusal::Wait`] and [`Refusal::Locked`] are the exceptions, once the
        /// password is right: [`message_to_user`](Self::message_to_user). The enrollment page says more:
        /// [`message_at_enrollment`](Self::message_at_enrollment).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Refusal {
            $($(#[$doc])* $variant $({ $(#[$field_doc])* $field: $type })?,)*
        }

        impl Refusal {
            /// Every refusal, in the order of the numbers. Seconds and steps are 0.
            pub const ALL: &'static [Self] = &[$(Self::$variant $({ $field: $example })?),*];

            /// Returns the refusal with this number, if there is one. `detail` is the seconds of [`Wait`](Self::Wait) or the steps
            /// of [`ClockOff`](Self::ClockOff); the others ignore it.
            pub fn from_number(number: i32, detail: i64) -> Option<Self> {
                match number {
                    $($number => {
                        let _ = detail;
                        Some(Self::$variant $({ $field: detail.try_into().ok()? })?)
                    })*
                    _ => None,
                }
            }

            /// Returns the number, the same in every language (semantics [12](crate::guide::semantics#12)).
            pub const fn number(self) -> i32 {
                match self {
                    $(Self::$variant { .. } => $number,)*
                }
            }

            /// Returns a stable text for the application's own journal, as [`Accepted::code`].
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$variant { .. } => concat!("refused.", $code),)*
                }
            }

            /// Returns whether a [`ClockOff`](Self::ClockOff) tells of a clock that is right: a step may end while a code is read out.
            ///
            /// Source: semantics [8.4](crate::guide::semantics#8.4).
            pub const fn is_clock_right(self) -> bool {
                matches!(self, Self::ClockOff { steps: -1 | 0 })
            }
        }
    };
}

refusals! {
    /// The code is wrong. A wrong OTP or pair counts as a failure. A wrong recovery or temporary code changes nothing.
    ///
    /// Source: semantics [4.6](crate::guide::semantics#4.6), [5.4](crate::guide::semantics#5.4).
    WrongCode = 1, "wrong_code";
    /// The code was used before. It does not count as a failure.
    ///
    /// Source: semantics [4.5](crate::guide::semantics#4.5), [4.7](crate::guide::semantics#4.7).
    Replayed = 2, "replayed";
    /// The submitted text is not a code.
    ///
    /// Source: semantics [2.3](crate::guide::semantics#2.3), [3.7](crate::guide::semantics#3.7).
    Malformed = 3, "malformed";
    /// Too many failures. The code was not checked.
    ///
    /// Source: semantics [3.6](crate::guide::semantics#3.6), [6.1](crate::guide::semantics#6.1).
    Wait {
        /// Seconds until the next attempt.
        seconds: u64 = 0
    } = 4, "wait";
    /// Locked until the help desk unlocks it.
    ///
    /// Source: semantics [3.5](crate::guide::semantics#3.5), [6.2](crate::guide::semantics#6.2).
    Locked = 5, "locked";
    /// The authenticator is not confirmed yet.
    ///
    /// Source: semantics [3.3](crate::guide::semantics#3.3).
    Pending = 6, "pending";
    /// The credential is revoked.
    ///
    /// Source: semantics [3.2](crate::guide::semantics#3.2).
    Revoked = 7, "revoked";
    /// The validity has not begun.
    ///
    /// Source: semantics [3.4](crate::guide::semantics#3.4).
    NotYetValid = 8, "not_yet_valid";
    /// The validity has ended, or the authenticator was not confirmed in time.
    ///
    /// Source: semantics [3.4](crate::guide::semantics#3.4), [8.12](crate::guide::semantics#8.12).
    Expired = 9, "expired";
    /// The server's clock is behind a code that was already accepted.
    ///
    /// Source: semantics [3.8](crate::guide::semantics#3.8), [8.4](crate::guide::semantics#8.4).
    ClockBehind = 10, "clock_behind";
    /// The phone's clock is wrong.
    ///
    /// Source: semantics [8.2](crate::guide::semantics#8.2), [8.4](crate::guide::semantics#8.4).
    ClockOff {
        /// The difference in time steps. It is negative if the phone is slow.
        steps: i64 = 0
    } = 11, "clock_off";
    /// The stored record changed in the meantime. Load it and try again.
    ///
    /// Source: semantics [7.2](crate::guide::semantics#7.2), [7.7](crate::guide::semantics#7.7).
    Conflict = 12, "conflict";
    /// The account has no record.
    ///
    /// Source: semantics [3.0](crate::guide::semantics#3.0).
    NotEnrolled = 13, "not_enrolled";
    /// The authenticator is suspended. Recovery and temporary codes still work.
    ///
    /// Source: semantics [3.7b](crate::guide::semantics#3.7b).
    Suspended = 14, "suspended";
    /// The authenticator is already confirmed.
    ///
    /// Source: semantics [8.2](crate::guide::semantics#8.2).
    NotPending = 15, "not_pending";
    /// The password's ticket is late, altered, or made for another person or purpose. The login starts again with the password.
    ///
    /// Source: semantics [15.4](crate::guide::semantics#15.4).
    Ticket = 16, "ticket";
}
