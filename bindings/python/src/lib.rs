//! The Python package `poterne`: the native half, `poterne._poterne`.
//!
//! Thin: it converts what Python hands over, calls the library, and converts what comes back. The names that people import,
//! the exceptions and the enumerations stand in `python/poterne`, the documentation of every call in `_poterne.pyi`: the macro `doc`
//! brings it to run time.
//!
//! Every class is frozen, so that threads share objects without a lock. What is used once sits behind a mutex that is never
//! held while Python runs.

#![forbid(unsafe_code)]

/// A docstring of the stub, see build.rs.
macro_rules! doc {
    ($name:expr) => {
        include_str!(concat!(env!("OUT_DIR"), "/docs/", $name))
    };
}

mod argument;
mod error;
mod interpreter;
mod once;
mod message;
mod secret;
mod secrets_in_use;
mod enumeration;
mod parameters;
mod person;
mod bare;
mod provisioning;
mod apps;
mod keyring;
mod policy;
mod answer;
mod attempt;
mod enrollment;
mod status;
mod conflict;
mod store;
mod credential;
mod verifier;
mod token_file;
mod moving_out;
mod settings;

use pyo3::prelude::*;

/// Written out, and not as a declaration, because the check must come before any class is touched.
#[pymodule(gil_used = false)]
fn _poterne(module: &Bound<'_, PyModule>) -> PyResult<()> {
    interpreter::only_one()?;

    module.add_class::<answer::Accepted>()?;
    module.add_class::<answer::Confirmed>()?;
    module.add_class::<answer::Resynchronized>()?;
    module.add_class::<attempt::Attempt>()?;
    module.add_class::<attempt::Rename>()?;
    module.add_class::<attempt::ReplacementAttempt>()?;
    module.add_class::<bare::Match>()?;
    module.add_class::<credential::StoredCredential>()?;
    module.add_class::<enrollment::Enrollment>()?;
    module.add_class::<keyring::Keyring>()?;
    module.add_function(wrap_pyfunction!(keyring::key_id_of, module)?)?;
    module.add_class::<policy::Policy>()?;
    module.add_class::<provisioning::OtpauthContent>()?;
    module.add_class::<provisioning::OtpauthUri>()?;
    module.add_class::<provisioning::Qr>()?;
    module.add_class::<secret::Secret>()?;
    module.add_class::<secrets_in_use::SecretsInUse>()?;
    module.add_class::<settings::Settings>()?;
    module.add_class::<status::Status>()?;
    module.add_class::<status::TemporaryStatus>()?;
    module.add_class::<store::Steps>()?;
    module.add_class::<store::StoreCheck>()?;
    module.add_class::<store::Submission>()?;
    module.add_class::<token_file::TokenEntry>()?;
    module.add_class::<token_file::TokenFault>()?;
    module.add_class::<token_file::TokenFile>()?;
    module.add_class::<verifier::Verifier>()?;

    module.add_function(wrap_pyfunction!(apps::apps, module)?)?;
    module.add_function(wrap_pyfunction!(apps::apps_html, module)?)?;
    module.add_function(wrap_pyfunction!(apps::apps_markdown, module)?)?;
    module.add_function(wrap_pyfunction!(bare::hotp, module)?)?;
    module.add_function(wrap_pyfunction!(bare::match_otp, module)?)?;
    module.add_function(wrap_pyfunction!(bare::split_password_and_code, module)?)?;
    module.add_function(wrap_pyfunction!(bare::totp, module)?)?;
    module.add_function(wrap_pyfunction!(conflict::is_conflict, module)?)?;
    module.add_function(wrap_pyfunction!(conflict::database, module)?)?;
    module.add_function(wrap_pyfunction!(message::error_message, module)?)?;
    module.add_function(wrap_pyfunction!(message::error_message_to_user, module)?)?;
    module.add_function(wrap_pyfunction!(message::refusal_code, module)?)?;
    module.add_function(wrap_pyfunction!(message::refusal_is_clock_right, module)?)?;
    module.add_function(wrap_pyfunction!(message::refusal_message, module)?)?;
    module.add_function(wrap_pyfunction!(message::refusal_message_at_enrollment, module)?)?;
    module.add_function(wrap_pyfunction!(message::refusal_message_to_user, module)?)?;
    module.add_function(wrap_pyfunction!(moving_out::move_out_pskc, module)?)?;
    module.add_function(wrap_pyfunction!(moving_out::move_out_uris_in_clear, module)?)?;
    module.add_function(wrap_pyfunction!(moving_out::moving_out_sentence, module)?)?;
    module.add_function(wrap_pyfunction!(person::person_and_row, module)?)?;
    module.add_function(wrap_pyfunction!(person::rows_of_person, module)?)?;
    module.add_function(wrap_pyfunction!(store::inserted, module)?)?;
    module.add_function(wrap_pyfunction!(store::loaded_credential, module)?)?;

    // Of the loops, which `poterne._store` adds to the verifier.
    module.add("LOGIN", doc!("Verifier.login"))?;
    module.add("LOGIN_WITH_TICKET", doc!("Verifier.login_with_ticket"))?;
    module.add("CHECK_STORE", doc!("Verifier.check_store"))?;
    module.add("UNAVAILABLE", poterne::Error::unavailable("Python raised an exception").to_string())?;
    module.add("VERSION", env!("CARGO_PKG_VERSION"))
}
