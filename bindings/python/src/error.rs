//! From the library's errors to Python's exceptions, which are declared in `poterne._errors`.

use poterne::{Denied, ErrorKind, Refusal};
use pyo3::exceptions::{PyBaseException, PyTypeError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyDict;

use crate::enumeration::Member;

mod declared {
    pyo3::import_exception!(poterne._errors, Refused);
}

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
            Python::attach(|py| {
                let class = || Ok(py.get_type::<declared::Refused>().into_any());
                made(py, class, "refusal", Member(refusal), detail)
            })
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

/// A function that was to make an attempt.
pub(crate) fn not_attempt() -> PyErr {
    PyTypeError::new_err("the function must return an Attempt, such as credential.unlock() does")
}

fn of_kind(kind: ErrorKind, message: impl Into<String>) -> PyErr {
    Python::attach(|py| {
        let class = || {
            let classes = CLASSES.import(py, "poterne._errors", "CLASSES")?;
            classes.as_any().get_item(kind.number())
        };
        made(py, class, "kind", Member(kind), message.into())
    })
}

/// Makes an exception as its `__init__` would, but without a line of Python, which must not run above frames of Rust: see
/// [`crate::store`].
fn made<'py>(
    py: Python<'py>,
    class: impl FnOnce() -> PyResult<Bound<'py, PyAny>>,
    name: &str,
    member: impl IntoPyObject<'py, Error = PyErr, Output = Bound<'py, PyAny>, Target = PyAny>,
    detail: impl IntoPyObject<'py>,
) -> PyErr {
    let make = || {
        let member = member.into_pyobject(py)?;
        let made = py
            .get_type::<PyBaseException>()
            .call_method1(intern!(py, "__new__"), (class()?, &member, detail))?;
        made.setattr(name, member)?;
        Ok(PyErr::from_value(made))
    };
    make().unwrap_or_else(|error| error)
}

static CLASSES: PyOnceLock<Py<PyDict>> = PyOnceLock::new();
