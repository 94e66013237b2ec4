//! The policy of a verifier.

use crate::error::{Error, ErrorKind};

macro_rules! policy_options {
    ($($(#[$doc:meta])* $variant:ident = $number:literal, $name:literal, $min:literal..=$max:literal, $default:literal;)*) => {
        /// The options of a [`Policy`], with the numbers that every language uses (guide, semantics 12).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        #[repr(i32)]
        pub enum PolicyOption {
            $(
                $(#[$doc])*
                #[doc = concat!("\n\n", $min, " to ", $max, ", default ", $default, ".")]
                $variant = $number,
            )*
        }

        impl PolicyOption {
            /// Every option, in the order of the numbers.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The number in every language.
            pub const fn number(self) -> i32 {
                self as i32
            }

            /// The name in snake case.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// The smallest and the largest value.
            pub const fn bounds(self) -> (i64, i64) {
                match self {
                    $(Self::$variant => ($min, $max),)*
                }
            }

            /// The value in [`Policy::default`].
            pub const fn default_value(self) -> i64 {
                match self {
                    $(Self::$variant => $default,)*
                }
            }
        }

        impl Default for Policy {
            fn default() -> Self {
                Self { values: [$($default),*] }
            }
        }

        const OPTIONS: usize = [$($number),*].len();
    };
}

policy_options! {
    /// Time steps before the present one whose code an application may still show: typing, and the way to the server.
    AppStepsBackward = 1, "app_steps_backward", 0..=10, 1;
    /// Time steps after the present one, for an application.
    AppStepsForward = 2, "app_steps_forward", 0..=10, 1;
    /// Time steps before the present one, for a hardware token.
    TokenStepsBackward = 3, "token_steps_backward", 0..=10, 2;
    /// Time steps after the present one, for a hardware token.
    TokenStepsForward = 4, "token_steps_forward", 0..=10, 1;
    /// Counters that are tried: s of RFC 4226 7.4.
    LookAhead = 5, "look_ahead", 1..=100, 10;
    /// Failures after which a credential is locked.
    MaxFailures = 6, "max_failures", 1..=100, 20;
    /// Time steps by which a token's clock may differ.
    MaxDrift = 7, "max_drift", 1..=200, 120;
    /// Counters that are tried in a resynchronization.
    ResyncLookAhead = 8, "resync_look_ahead", 1..=10_000, 1000;
    /// Recovery codes that a confirmation issues.
    RecoveryCodes = 9, "recovery_codes", 0..=10, 8;
    /// 1: the first login with a pending authenticator confirms it (roll-outs by letter).
    ConfirmAtFirstLogin = 10, "confirm_at_first_login", 0..=1, 0;
    /// 1: secrets of 10 to 15 bytes may be brought in.
    AllowShortSecret = 11, "allow_short_secret", 0..=1, 0;
    /// 1: parameters and names that some authenticator applications do not honor may be enrolled.
    AllowIncompatible = 12, "allow_incompatible", 0..=1, 0;
    /// Days within which an application must be confirmed, counted from its enrollment.
    ConfirmWithinDays = 13, "confirm_within_days", 1..=365, 30;
}

/// What a verifier allows: one per verifier, none in the record.
///
/// ```
/// use poterne::{Policy, PolicyOption};
///
/// let policy = Policy::default().with(PolicyOption::MaxFailures, 10)?;
/// assert_eq!(policy.get(PolicyOption::MaxFailures), 10);
/// assert!(policy.with(PolicyOption::MaxFailures, 1000).is_err());
/// # Ok::<(), poterne::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    values: [i64; OPTIONS],
}

impl Policy {
    /// This policy with another value for an option.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] if the value is out of the option's bounds.
    pub fn with(mut self, option: PolicyOption, value: i64) -> Result<Self, Error> {
        let (min, max) = option.bounds();
        if value < min || value > max {
            return Err(Error::new(ErrorKind::Argument, "the value is out of the policy option's bounds"));
        }
        if let Some(slot) = self.values.get_mut(option.index()) {
            *slot = value;
        }
        Ok(self)
    }

    /// The value of an option.
    pub fn get(&self, option: PolicyOption) -> i64 {
        self.values.get(option.index()).copied().unwrap_or_default()
    }

    /// Whether an option of 0 or 1 is on.
    #[cfg(feature = "getrandom")]
    pub(crate) fn is_on(&self, option: PolicyOption) -> bool {
        self.get(option) == 1
    }
}

impl PolicyOption {
    /// The place in [`Policy`]; the numbers begin at 1 and have no gap.
    fn index(self) -> usize {
        usize::try_from(self.number()).unwrap_or_default().saturating_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_no_gap_and_defaults_are_in_bounds() {
        for (index, option) in PolicyOption::ALL.iter().enumerate() {
            assert_eq!(option.index(), index);
            let (min, max) = option.bounds();
            assert!((min..=max).contains(&option.default_value()));
            assert_eq!(Policy::default().get(*option), option.default_value());
            assert!(Policy::default().with(*option, min - 1).is_err());
            assert!(Policy::default().with(*option, max + 1).is_err());
        }
    }
}
