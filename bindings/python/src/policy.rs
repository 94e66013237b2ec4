//! The policy of a verifier.

use poterne::{Authenticator, PolicyOption};
use pyo3::prelude::*;

use crate::argument::Number;
use crate::enumeration::Member;
use crate::error::raised;

#[doc = doc!("Policy")]
#[pyclass(frozen, eq, module = "poterne")]
#[derive(PartialEq)]
pub(crate) struct Policy(pub(crate) poterne::Policy);

/// The class from the list of options: each is a keyword and a property.
macro_rules! options {
    ($($name:ident: $type:ty = $option:ident;)*) => {
        #[pymethods]
        impl Policy {
            #[new]
            #[pyo3(signature = (*, $($name = None),*))]
            #[allow(clippy::too_many_arguments, reason = "each is an option by name")]
            fn new($($name: Option<<$type as FromValue>::Given>),*) -> PyResult<Self> {
                let mut policy = poterne::Policy::default();
                $(
                    if let Some(value) = $name {
                        policy = policy.with(PolicyOption::$option, <$type as FromValue>::value(value)).map_err(raised)?;
                    }
                )*
                Ok(Self(policy))
            }

            $(
                #[doc = doc!(concat!("Policy.", stringify!($name)))]
                #[getter]
                fn $name(&self) -> $type {
                    <$type as FromValue>::from_value(self.0.get(PolicyOption::$option))
                }
            )*

            #[doc = doc!("Policy.code_lifetime")]
            fn code_lifetime(&self, authenticator: Member<Authenticator>, time_step: Number<u32>) -> PyResult<u64> {
                self.0.code_lifetime(authenticator.0, time_step.0).map_err(raised)
            }

            fn __repr__(&self) -> String {
                let options = [$(format!(
                    "{}={}",
                    PolicyOption::$option.name(),
                    self.0.get(PolicyOption::$option)
                )),*];
                format!("<poterne.Policy {}>", options.join(" "))
            }
        }

        const COUNT: usize = [$(PolicyOption::$option),*].len();
    };
}

options! {
    app_steps_backward: i64 = AppStepsBackward;
    app_steps_forward: i64 = AppStepsForward;
    token_steps_backward: i64 = TokenStepsBackward;
    token_steps_forward: i64 = TokenStepsForward;
    look_ahead: i64 = LookAhead;
    max_failures: i64 = MaxFailures;
    max_drift: i64 = MaxDrift;
    resync_look_ahead: i64 = ResyncLookAhead;
    recovery_codes: i64 = RecoveryCodes;
    confirm_at_first_login: bool = ConfirmAtFirstLogin;
    allow_short_secret: bool = AllowShortSecret;
    allow_incompatible: bool = AllowIncompatible;
    confirm_within_days: i64 = ConfirmWithinDays;
    ticket_seconds: i64 = TicketSeconds;
}

// A new option of the library is a new line above.
const _: () = assert!(COUNT == PolicyOption::ALL.len());

trait FromValue {
    /// As an argument.
    type Given;

    fn value(given: Self::Given) -> i64;

    fn from_value(value: i64) -> Self;
}

impl FromValue for i64 {
    type Given = Number<i64>;

    fn value(given: Number<i64>) -> i64 {
        given.0
    }

    fn from_value(value: i64) -> Self {
        value
    }
}

impl FromValue for bool {
    type Given = bool;

    fn value(given: bool) -> i64 {
        given.into()
    }

    fn from_value(value: i64) -> Self {
        value == 1
    }
}
