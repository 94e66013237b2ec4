//! The verdict: what an attempt came to.

use core::fmt;

use crate::recovery::RecoveryCodes;

/// What an attempt came to. Only [`Outcome::Accepted`] is a login.
///
/// It can only be made by this library, from an attempt whose record was stored:
///
/// ```compile_fail,E0451
/// let forged = poterne::Outcome::Accepted(poterne::Accepted {
///     method: poterne::Method::Otp,
///     moving_factor: None,
///     drift: 0,
///     recovery_codes_left: 8,
///     failures_before: 0,
/// });
/// ```
#[must_use = "a login is granted only by Outcome::Accepted"]
pub enum Outcome {
    /// The login is accepted.
    Accepted(Accepted),
    /// The authenticator is confirmed. Not a login.
    Confirmed(Confirmed),
    /// The authenticator is resynchronized. Not a login.
    Resynchronized(Resynchronized),
    /// Refused.
    Refused(Refusal),
}

impl Outcome {
    /// A stable text for the application's own journal, without date, code or secret: `accepted.otp`, `refused.replayed`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Accepted(accepted) => match accepted.method {
                Method::Otp => "accepted.otp",
                Method::RecoveryCode => "accepted.recovery_code",
                Method::TemporaryCode => "accepted.temporary_code",
            },
            Self::Confirmed(_) => "confirmed",
            Self::Resynchronized(_) => "resynchronized",
            Self::Refused(refusal) => refusal.code(),
        }
    }
}

/// Shows the code only: an outcome may reach a log.
impl fmt::Debug for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Outcome({})", self.code())
    }
}

/// A login that was accepted and stored.
#[must_use]
pub struct Accepted {
    pub(crate) method: Method,
    pub(crate) moving_factor: Option<u64>,
    pub(crate) drift: i16,
    pub(crate) recovery_codes_left: u32,
    pub(crate) failures_before: u32,
}

impl Accepted {
    /// By what.
    pub fn method(&self) -> Method {
        self.method
    }

    /// The counter or time step of the OTP; none for other methods.
    pub fn moving_factor(&self) -> Option<u64> {
        self.moving_factor
    }

    /// The drift of a token's clock, in time steps; 0 for an application.
    pub fn drift(&self) -> i16 {
        self.drift
    }

    /// How many recovery codes are left.
    pub fn recovery_codes_left(&self) -> u32 {
        self.recovery_codes_left
    }

    /// How many attempts were refused and not told to the user by a login yet, at most 255: show it. Only a login by OTP ends the count
    /// (guide, semantics 4.8), so that whoever holds a stolen recovery code does not erase the alarm.
    pub fn failures_before(&self) -> u32 {
        self.failures_before
    }
}

/// An authenticator that was confirmed, with the recovery codes to show now: they cannot be had again.
#[must_use]
pub struct Confirmed {
    pub(crate) moving_factor: u64,
    pub(crate) drift: i16,
    pub(crate) recovery_codes: RecoveryCodes,
}

impl Confirmed {
    /// The counter or time step of the OTP.
    pub fn moving_factor(&self) -> u64 {
        self.moving_factor
    }

    /// The drift of a token's clock, in time steps; 0 for an application.
    pub fn drift(&self) -> i16 {
        self.drift
    }

    /// The recovery codes, as many as the policy says.
    pub fn recovery_codes(&self) -> &RecoveryCodes {
        &self.recovery_codes
    }
}

/// An authenticator that was resynchronized.
#[must_use]
pub struct Resynchronized {
    pub(crate) moving_factor: u64,
    pub(crate) drift: i16,
}

impl Resynchronized {
    /// The counter or time step of the second OTP.
    pub fn moving_factor(&self) -> u64 {
        self.moving_factor
    }

    /// The drift of a token's clock, in time steps.
    pub fn drift(&self) -> i16 {
        self.drift
    }
}

/// By what a login was accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(i32)]
pub enum Method {
    /// A one-time password of the authenticator.
    Otp = 1,
    /// A recovery code, which is spent.
    RecoveryCode = 2,
    /// A temporary code of the help desk.
    TemporaryCode = 3,
}

impl Method {
    /// The number in every language.
    pub const fn number(self) -> i32 {
        self as i32
    }
}

macro_rules! refusals {
    ($($(#[$doc:meta])* $variant:ident $({ $(#[$field_doc:meta])* $field:ident: $type:ty })? = $number:literal, $code:literal;)*) => {
        /// Why an attempt was refused: for the application and the help desk.
        ///
        /// The end user sees one and the same refusal, except [`Refusal::Wait`] and [`Refusal::Locked`], which may be shown
        /// once the password is right.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Refusal {
            $($(#[$doc])* $variant $({ $(#[$field_doc])* $field: $type })?,)*
        }

        impl Refusal {
            /// The number in every language (guide, semantics 12).
            pub const fn number(self) -> i32 {
                match self {
                    $(Self::$variant { .. } => $number,)*
                }
            }

            /// A stable text for the application's own journal, as [`Outcome::code`].
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$variant { .. } => concat!("refused.", $code),)*
                }
            }
        }
    };
}

refusals! {
    /// The code is wrong. Of an OTP or a pair, a failure was counted; a wrong recovery or temporary code changes nothing.
    WrongCode = 1, "wrong_code";
    /// The code was used before. Not a failure.
    Replayed = 2, "replayed";
    /// What was typed is not a code.
    Malformed = 3, "malformed";
    /// Too many failures: the code was not looked at.
    Wait {
        /// Seconds until the next attempt.
        seconds: u64
    } = 4, "wait";
    /// Locked until the help desk unlocks it.
    Locked = 5, "locked";
    /// The authenticator was not confirmed yet.
    Pending = 6, "pending";
    /// The credential is revoked.
    Revoked = 7, "revoked";
    /// Before the validity begins.
    NotYetValid = 8, "not_yet_valid";
    /// After the validity ended, or after the date by which it had to be confirmed.
    Expired = 9, "expired";
    /// The server's clock is behind an accepted code.
    ClockBehind = 10, "clock_behind";
    /// The phone's clock is wrong.
    ClockOff {
        /// Time steps; negative: the phone is slow.
        steps: i64
    } = 11, "clock_off";
    /// The stored record changed in between: load it and try again.
    Conflict = 12, "conflict";
    /// The account has no record.
    NotEnrolled = 13, "not_enrolled";
    /// The authenticator is suspended; recovery and temporary codes work.
    Suspended = 14, "suspended";
    /// The authenticator is confirmed already.
    NotPending = 15, "not_pending";
}
