//! The policy of a verifier.

use poterne::PolicyOption;
use pyo3::prelude::*;

use crate::argument::Name;
use crate::error::raised;
use crate::parameters;

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
            fn new($($name: Option<$type>),*) -> PyResult<Self> {
                let mut policy = poterne::Policy::default();
                $(
                    if let Some(value) = $name {
                        policy = policy.with(PolicyOption::$option, value.into()).map_err(raised)?;
                    }
                )*
                Ok(Self(policy))
            }

            $(
                #[getter]
                fn $name(&self) -> $type {
                    <$type as FromValue>::from_value(self.0.get(PolicyOption::$option))
                }
            )*

            fn code_lifetime(&self, authenticator: Name, time_step: u32) -> PyResult<u64> {
                self.0.code_lifetime(parameters::authenticator(&authenticator)?, time_step).map_err(raised)
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
}

// A new option of the library is a new line above.
const _: () = assert!(COUNT == PolicyOption::ALL.len());

trait FromValue {
    fn from_value(value: i64) -> Self;
}

impl FromValue for i64 {
    fn from_value(value: i64) -> Self {
        value
    }
}

impl FromValue for bool {
    fn from_value(value: i64) -> Self {
        value == 1
    }
}
