//! The policy of a verifier.

use crate::error::{Error, ErrorKind};

macro_rules! policy_options {
    ($($(#[$doc:meta])* $variant:ident, $name:ident: $type:ident = $number:literal, $min:literal..=$max:literal, $default:literal;)*) => {
        /// The options of a [`Policy`], with the numbers that every language uses (semantics [12](crate::guide::semantics#12)).
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

            /// Returns the option with this number, if there is one.
            pub const fn from_number(number: i32) -> Option<Self> {
                match number {
                    $($number => Some(Self::$variant),)*
                    _ => None,
                }
            }

            /// Returns the number, the same in every language.
            pub const fn number(self) -> i32 {
                self as i32
            }

            /// Returns the name in snake case.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => stringify!($name),)*
                }
            }

            /// Returns the smallest and the largest value.
            pub const fn bounds(self) -> (i64, i64) {
                match self {
                    $(Self::$variant => ($min, $max),)*
                }
            }

            /// Returns the value in [`Policy::default`].
            pub const fn default_value(self) -> i64 {
                match self {
                    $(Self::$variant => $default,)*
                }
            }

            const fn out_of_bounds(self) -> Error {
                Error::new(ErrorKind::Argument, match self {
                    $(Self::$variant => concat!("the policy option ", stringify!($name), " is ", $min, " to ", $max),)*
                })
            }
        }

        /// Limits and switches of a verifier. A policy belongs to the verifier and is never stored in a record (semantics [12](crate::guide::semantics#12)).
        ///
        /// ```
        /// use poterne::Policy;
        ///
        /// let policy = Policy::builder().max_failures(10).confirm_at_first_login(true).build()?;
        /// assert_eq!(policy.max_failures(), 10);
        /// let error = Policy::builder().max_failures(200).build().expect_err("at most 100");
        /// assert_eq!(error.to_string(), "the policy option max_failures is 1 to 100");
        /// # Ok::<(), poterne::Error>(())
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct Policy {
            $($name: $type,)*
        }

        impl Default for Policy {
            fn default() -> Self {
                Self { $($name: policy_options!(@default $type, $default),)* }
            }
        }

        impl Policy {
            /// Sets one option, for settings that come by name or number. On is 1 and off is 0.
            ///
            /// # Errors
            /// [`ErrorKind::Argument`] if the value is out of the option's bounds.
            pub fn with(self, option: PolicyOption, value: i64) -> Result<Self, Error> {
                let (min, max) = option.bounds();
                match option {
                    $(PolicyOption::$variant => {
                        let value = Some(value).filter(|value| (min..=max).contains(value)).and_then(Number::from_number);
                        Ok(Self { $name: value.ok_or(option.out_of_bounds())?, ..self })
                    })*
                }
            }

            /// Returns the value of an option, by name or number. On is 1 and off is 0.
            pub fn get(&self, option: PolicyOption) -> i64 {
                match option {
                    $(PolicyOption::$variant => self.$name.into(),)*
                }
            }

            $(
                $(#[$doc])*
                pub const fn $name(&self) -> $type {
                    self.$name
                }
            )*
        }

        impl PolicyBuilder {
            $(
                $(#[$doc])*
                #[doc = concat!("\n\n", $min, " to ", $max, ", default ", $default, ".")]
                pub const fn $name(mut self, value: $type) -> Self {
                    self.0.$name = value;
                    self
                }
            )*
        }
    };
    (@default bool, $default:literal) => {
        $default != 0
    };
    (@default $type:ident, $default:literal) => {
        $default
    };
}

policy_options! {
    /// Time steps before the present one, for an app. They allow for typing and for the way to the server.
    AppStepsBackward, app_steps_backward: u8 = 1, 0..=10, 1;
    /// Time steps after the present one, for an app.
    AppStepsForward, app_steps_forward: u8 = 2, 0..=10, 1;
    /// Time steps before the present one, for a hardware token.
    TokenStepsBackward, token_steps_backward: u8 = 3, 0..=10, 2;
    /// Time steps after the present one, for a hardware token.
    TokenStepsForward, token_steps_forward: u8 = 4, 0..=10, 1;
    /// Counters to try: s of RFC 4226 7.4.
    LookAhead, look_ahead: u8 = 5, 1..=100, 10;
    /// Failures that lock a credential.
    MaxFailures, max_failures: u8 = 6, 1..=100, 20;
    /// Largest difference of a token's clock, in time steps.
    MaxDrift, max_drift: u8 = 7, 1..=200, 120;
    /// Counters to try in a resynchronization.
    ResyncLookAhead, resync_look_ahead: u16 = 8, 1..=10_000, 1000;
    /// Recovery codes that a confirmation issues.
    RecoveryCodes, recovery_codes: u8 = 9, 0..=10, 8;
    /// On: the first login with a pending authenticator confirms it (for roll-outs by letter).
    ConfirmAtFirstLogin, confirm_at_first_login: bool = 10, 0..=1, 0;
    /// On: secrets of 10 to 15 bytes may be imported.
    AllowShortSecret, allow_short_secret: bool = 11, 0..=1, 0;
    /// On: parameters and names that some authenticator apps do not honor may be enrolled.
    AllowIncompatible, allow_incompatible: bool = 12, 0..=1, 0;
    /// Days within which an app must be confirmed, from its enrollment.
    ConfirmWithinDays, confirm_within_days: u16 = 13, 1..=365, 30;
    /// Lifetime of a ticket, in seconds.
    TicketSeconds, ticket_seconds: u16 = 14, 1..=600, 300;
}

impl Policy {
    /// Starts a policy with the default values.
    pub fn builder() -> PolicyBuilder {
        PolicyBuilder(Self::default())
    }
}

/// A [`Policy`] under construction. [`Policy::builder`] makes it.
#[derive(Clone, Copy, Debug)]
#[must_use = "call build"]
pub struct PolicyBuilder(Policy);

impl PolicyBuilder {
    /// Builds the policy.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] if a value is out of its option's bounds; the message names the first such option, and its bounds.
    pub fn build(self) -> Result<Policy, Error> {
        PolicyOption::ALL.iter().try_fold(self.0, |policy, option| policy.with(*option, policy.get(*option)))
    }
}

/// The type of an option's value.
trait Number: Sized {
    fn from_number(number: i64) -> Option<Self>;
}

impl Number for u8 {
    fn from_number(number: i64) -> Option<Self> {
        number.try_into().ok()
    }
}

impl Number for u16 {
    fn from_number(number: i64) -> Option<Self> {
        number.try_into().ok()
    }
}

impl Number for bool {
    fn from_number(number: i64) -> Option<Self> {
        Some(number == 1)
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn numbers_have_no_gap_and_values_are_in_bounds() {
        for (option, number) in PolicyOption::ALL.iter().zip(1..) {
            assert_eq!(option.number(), number);
            assert_eq!(PolicyOption::from_number(number), Some(*option));
            let (min, max) = option.bounds();
            assert!((min..=max).contains(&option.default_value()));
            assert_eq!(Policy::default().get(*option), option.default_value());
            for value in [min, max] {
                assert_eq!(Policy::default().with(*option, value).expect("a bound").get(*option), value);
            }
            for value in [min - 1, max + 1, i64::MIN, i64::MAX] {
                let error = Policy::default().with(*option, value).expect_err("out of bounds");
                assert!(error.to_string().contains(option.name()));
            }
        }
        assert_eq!(PolicyOption::from_number(0), None);
    }
}
