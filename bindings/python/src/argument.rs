//! What Python hands over. A wrong type is a TypeError, a wrong value an ArgumentError, and no message repeats what was given.

use std::ops::Deref;
use std::path::PathBuf;

use poterne::UnixTime;
use pyo3::exceptions::{PyOverflowError, PyTypeError, PyUnicodeError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyFloat, PyString, PyType};

use crate::error::{bad_value, raised};

/// A name: text that must be text.
pub(crate) struct Name(PyBackedStr);

impl<'py> FromPyObject<'_, 'py> for Name {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        match utf8(object)? {
            Some(text) => Ok(Self(text)),
            // Python's own error would carry the whole text.
            None => Err(bad_value("a name has a lone surrogate, which is not a character")),
        }
    }
}

impl Deref for Name {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// What a user typed, or what was read somewhere. It is never an error of Python's: what is not text is not a code, record, URI or
/// keyring either, and the library says so.
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

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        self
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

/// The path of a file.
pub(crate) struct FilePath(pub(crate) PathBuf);

impl<'py> FromPyObject<'_, 'py> for FilePath {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        object.extract().map(Self).map_err(|error: PyErr| {
            // Python's own error would carry the whole text.
            let is_unspeakable = error.is_instance_of::<PyUnicodeError>(object.py());
            if is_unspeakable { bad_value("a path has a character that no file name has") } else { error }
        })
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

/// A number. One that does not fit is as wrong as one that is out of the library's bounds.
pub(crate) struct Number<T>(pub(crate) T);

impl<'a, 'py, T: FromPyObject<'a, 'py>> FromPyObject<'a, 'py> for Number<T> {
    type Error = PyErr;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        if object.is_instance_of::<PyBool>() {
            return Err(PyTypeError::new_err("give a number, not a bool"));
        }
        let error: PyErr = match object.extract::<T>() {
            Ok(number) => return Ok(Self(number)),
            Err(error) => error.into(),
        };
        let is_too_large = error.is_instance_of::<PyOverflowError>(object.py());
        Err(if is_too_large { bad_value("a number is out of its range") } else { error })
    }
}

/// A time: Unix seconds, whole or not, or an aware datetime.
pub(crate) struct Time(pub(crate) UnixTime);

impl<'py> FromPyObject<'_, 'py> for Time {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let py = object.py();
        let of = |seconds| UnixTime::from_secs(seconds).map(Self).map_err(raised);
        if let Ok(seconds) = object.cast::<PyFloat>() {
            return of(floor(seconds.extract()?));
        }
        if object.is_instance(DATETIME.import(py, "datetime", "datetime")?)? {
            if object.call_method0(intern!(py, "utcoffset"))?.is_none() {
                return Err(PyTypeError::new_err(NAIVE));
            }
            return of(floor(object.call_method0(intern!(py, "timestamp"))?.extract()?));
        }
        if object.is_instance_of::<PyBool>() {
            return Err(PyTypeError::new_err(NO_TIME));
        }
        match object.extract::<i64>() {
            Ok(seconds) => of(seconds),
            Err(error) if error.is_instance_of::<PyOverflowError>(py) => of(i64::MIN),
            Err(_) => Err(PyTypeError::new_err(NO_TIME)),
        }
    }
}

/// The whole seconds; what is not a number, and what is too large, is no time.
fn floor(seconds: f64) -> i64 {
    if seconds.is_nan() { i64::MIN } else { seconds.floor() as i64 }
}

/// A time; none is the system's clock.
pub(crate) fn now(given: Option<Time>) -> PyResult<UnixTime> {
    given.map_or_else(|| UnixTime::now().map_err(raised), |time| Ok(time.0))
}

static DATETIME: PyOnceLock<Py<PyType>> = PyOnceLock::new();

const NO_TIME: &str = "a time is Unix seconds, such as time.time(), or an aware datetime";

const NAIVE: &str = "the datetime has no time zone: give datetime.now(timezone.utc), or local.astimezone() if it is the local time";
