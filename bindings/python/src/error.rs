//! From the library's errors to Python's exceptions, which are declared in `poterne._errors`.

use poterne::{Denied, ErrorKind, Refusal};
use pyo3::exceptions::PyException;
use pyo3::prelude::*;

mod declared {
    pyo3::import_exception!(poterne._errors, Error);
    pyo3::import_exception!(poterne._errors, Refused);
}

pub(crate) use declared::{Error, Refused};

/// The exception of an error.
pub(crate) fn raised(error: poterne::Error) -> PyErr {
    of_kind(error.kind(), error.to_string())
}

/// The exception of a refusal or an error.
pub(crate) fn denied(denied: Denied) -> PyErr {
    match denied {
        Denied::Refused(refusal) => {
            let detail = match refusal {
                Refusal::Wait { seconds } => i64::try_from(seconds).unwrap_or(i64::MAX),
                Refusal::ClockOff { steps } => steps,
                _ => 0,
            };
            Refused::new_err((refusal.number(), detail))
        }
        Denied::Error(error) => raised(error),
    }
}

/// What is wrong with the settings.
pub(crate) fn of_fault(fault: &poterne_settings::Fault, language: poterne::Language) -> PyErr {
    of_kind(fault.kind(), fault.message(language))
}

/// A value that is wrong by itself.
pub(crate) fn bad_value(message: &'static str) -> PyErr {
    of_kind(ErrorKind::Argument, message)
}

/// An attempt or an enrollment that was used already.
pub(crate) fn spent(message: &'static str) -> PyErr {
    of_kind(ErrorKind::Attempt, message)
}

/// A store that does not keep to its interface.
pub(crate) fn no_store(message: &'static str) -> PyErr {
    of_kind(ErrorKind::Store, message)
}

/// What the application's store has raised: whatever it says, the store is unavailable. What it says may show a record.
pub(crate) fn unavailable(py: Python<'_>, exception: PyErr) -> PyErr {
    // Errors of this package say by themselves what they are. KeyboardInterrupt and the like concern nobody here.
    if !exception.is_instance_of::<PyException>(py) || exception.is_instance_of::<Error>(py) {
        return exception;
    }
    let unavailable = poterne::Error::unavailable("Python raised an exception");
    let message = unavailable.to_string();
    let instead = || {
        py.import("poterne._errors")?.getattr("unavailable")?.call1((exception.value(py), message.as_str()))
    };
    let error = instead().map_or_else(|_| raised(unavailable), PyErr::from_value);
    // Before Python 3.12 the place is kept beside the exception, not in it.
    error.set_traceback(py, exception.traceback(py));
    error
}

fn of_kind(kind: ErrorKind, message: impl Into<String>) -> PyErr {
    Error::new_err((kind.number(), message.into()))
}
