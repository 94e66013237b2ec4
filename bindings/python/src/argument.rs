//! What Python hands over. A wrong type is a TypeError, and no message repeats what was given.

use std::ops::Deref;
use std::time::SystemTime;

use poterne::UnixTime;
use pyo3::exceptions::{PyOverflowError, PyTypeError, PyUnicodeError, PyValueError};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::types::{PyBool, PyString};

use crate::error::raised;

/// A name: text that must be text.
pub(crate) struct Name(PyBackedStr);

impl<'py> FromPyObject<'_, 'py> for Name {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        match utf8(object)? {
            Some(text) => Ok(Self(text)),
            // Python's own error would carry the whole text.
            None => Err(PyValueError::new_err("a name has a lone surrogate, which is no character")),
        }
    }
}

impl Deref for Name {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// What a user typed, or what was read somewhere. It is never an error of Python's: what is no text is no code, record, URI
/// or keyring either, and the library says so.
pub(crate) struct Text(Option<PyBackedStr>);

impl<'py> FromPyObject<'_, 'py> for Text {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        utf8(object).map(Self)
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        self.0.as_deref().unwrap_or("\u{fffd}")
    }
}

/// The text in UTF-8; none if it has lone surrogates.
fn utf8(object: Borrowed<'_, '_, PyAny>) -> PyResult<Option<PyBackedStr>> {
    let text = object.cast::<PyString>()?;
    match PyBackedStr::try_from(text.to_owned()) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.is_instance_of::<PyUnicodeError>(object.py()) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A number of updated rows. A number that cannot be one (-1, 2**64) is left to the library, which refuses it.
pub(crate) struct Rows(pub(crate) u64);

impl<'py> FromPyObject<'_, 'py> for Rows {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        // `rowcount == 1` is True, and True would count as one row.
        if object.is_instance_of::<PyBool>() {
            return Err(PyTypeError::new_err("give the number of updated rows, not a bool"));
        }
        match object.extract::<u64>() {
            Ok(rows) => Ok(Self(rows)),
            Err(error) if error.is_instance_of::<PyOverflowError>(object.py()) => Ok(Self(u64::MAX)),
            Err(error) => Err(error),
        }
    }
}

/// A time; none is the system's clock.
pub(crate) fn time(seconds: Option<i64>) -> PyResult<UnixTime> {
    match seconds {
        Some(seconds) => UnixTime::from_secs(seconds),
        None => UnixTime::try_from(SystemTime::now()),
    }
    .map_err(raised)
}
