//! The Python package `poterne`: the native half, `poterne._poterne`.
//!
//! Thin: it converts what Python hands over, calls the library, and converts what comes back. The names that people import,
//! the exceptions and the enumerations stand in `python/poterne`, the documentation of every call in `_poterne.pyi`.
//!
//! Every class is frozen, so that threads share objects without a lock. What is used once sits behind a mutex that is never
//! held while Python runs.

#![forbid(unsafe_code)]

mod argument;
mod error;
mod once;
mod message;
mod secret;
mod parameters;
mod bare;
mod provisioning;
mod apps;
mod keyring;
mod policy;
mod outcome;
mod attempt;
mod change;
mod enrollment;
mod status;
mod store;
mod verifier;

use pyo3::prelude::*;

#[pymodule(gil_used = false)]
mod _poterne {
    #[pymodule_export]
    use crate::apps::{apps, apps_html, apps_markdown};
    #[pymodule_export]
    use crate::attempt::Attempt;
    #[pymodule_export]
    use crate::bare::{Match, hotp, match_otp, split_password_and_code, totp};
    #[pymodule_export]
    use crate::change::{Change, Rename};
    #[pymodule_export]
    use crate::enrollment::Enrollment;
    #[pymodule_export]
    use crate::keyring::Keyring;
    #[pymodule_export]
    use crate::message::error_message;
    #[pymodule_export]
    use crate::outcome::Outcome;
    #[pymodule_export]
    use crate::policy::Policy;
    #[pymodule_export]
    use crate::provisioning::{OtpauthContent, OtpauthUri, Qr};
    #[pymodule_export]
    use crate::secret::Secret;
    #[pymodule_export]
    use crate::status::{Status, TemporaryStatus};
    #[pymodule_export]
    use crate::store::{attempt, change};
    #[pymodule_export]
    use crate::verifier::Verifier;

    #[pymodule_export]
    const VERSION: &str = env!("CARGO_PKG_VERSION");
}
