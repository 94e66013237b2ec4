//! From the library's errors to Python's exceptions, which are declared in `poterne._errors`.

use std::error::Error as _;
use std::fmt;

use poterne::ErrorKind;
use pyo3::exceptions::PyException;
use pyo3::prelude::*;

mod declared {
    pyo3::import_exception!(poterne._errors, Error);
    pyo3::import_exception!(poterne._errors, Refused);
    pyo3::import_exception!(poterne._errors, Conflict);
}

pub(crate) use declared::{Conflict, Error, Refused};

/// The exception of an error. What Python code raised below the library comes out again, see [`Raised`].
pub(crate) fn raised(error: poterne::Error) -> PyErr {
    match error.source().and_then(|source| source.downcast_ref::<Raised>()) {
        Some(raised) => raised.come_out(&error),
        None => of_kind(error.kind(), &error.to_string()),
    }
}

/// An attempt, a change or an enrollment that was used already.
pub(crate) fn spent(message: &'static str) -> PyErr {
    of_kind(ErrorKind::Attempt, message)
}

/// A store that does not keep to its interface.
pub(crate) fn no_store(message: &'static str) -> PyErr {
    of_kind(ErrorKind::Store, message)
}

fn of_kind(kind: ErrorKind, message: &str) -> PyErr {
    Error::new_err((kind.number(), message.to_owned()))
}

/// An exception on its way through the library.
#[derive(Debug)]
pub(crate) struct Raised {
    exception: PyErr,
    by: By,
}

/// Who raised it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum By {
    /// The application's store: whatever it says, the store is unavailable. What it says may show a record.
    Store,
    /// The application's function: it comes out as it is.
    Caller,
}

impl Raised {
    pub(crate) fn error(exception: PyErr, by: By) -> poterne::Error {
        poterne::Error::unavailable(Self { exception, by })
    }

    fn come_out(&self, unavailable: &poterne::Error) -> PyErr {
        Python::attach(|py| {
            let exception = self.exception.clone_ref(py);
            // Errors of this package say by themselves what they are. KeyboardInterrupt and the like concern nobody here.
            let is_plain =
                exception.is_instance_of::<PyException>(py) && !exception.is_instance_of::<Error>(py);
            if self.by == By::Caller || !is_plain {
                return exception;
            }
            let message = unavailable.to_string();
            let instead = || {
                py.import("poterne._errors")?
                    .getattr("unavailable")?
                    .call1((exception.value(py), message.as_str()))
            };
            let error = instead().map_or_else(|_| of_kind(unavailable.kind(), &message), PyErr::from_value);
            // Before Python 3.12 the place is kept beside the exception, not in it.
            error.set_traceback(py, exception.traceback(py));
            error
        })
    }
}

impl fmt::Display for Raised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Python raised an exception")
    }
}

impl std::error::Error for Raised {}
