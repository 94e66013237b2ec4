//! The enumerations, which are declared in Python, by their numbers.

use poterne::token::{CsvLayout, Encoding, Separator};
use poterne::{Algorithm, Authenticator, CodeSet, ErrorKind, Method, MissingAuthenticator, Refusal, State};
use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyType};

/// What has a member of an enumeration.
pub(crate) trait Numbered: Copy {
    fn number(self) -> i32;

    fn class(py: Python<'_>) -> PyResult<&Bound<'_, PyType>>;

    /// The members by their numbers. To call the class would run Python above frames of Rust: see [`crate::store`].
    fn members(py: Python<'_>) -> PyResult<&Bound<'_, PyDict>>;
}

/// A choice of the library.
pub(crate) trait Choice: Numbered {
    fn from_number(number: i32) -> Option<Self>;

    /// What to give.
    const WANTED: &'static str;
}

/// A choice as an argument and as an answer: a member of its enumeration.
pub(crate) struct Member<T>(pub(crate) T);

impl<'py, T: Choice> FromPyObject<'_, 'py> for Member<T> {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let py = object.py();
        let wanted = || PyTypeError::new_err(T::WANTED);
        if !object.is_instance(T::class(py)?)? {
            return Err(wanted());
        }
        let number = object.getattr(intern!(py, "value"))?.extract()?;
        T::from_number(number).map(Self).ok_or_else(wanted)
    }
}

impl<'py, T: Numbered> IntoPyObject<'py> for Member<T> {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        T::members(py)?.as_any().get_item(self.0.number())
    }
}

macro_rules! numbered {
    ($($type:ident $name:literal;)*) => {
        $(
            impl Numbered for $type {
                fn number(self) -> i32 {
                    $type::number(self)
                }

                fn class(py: Python<'_>) -> PyResult<&Bound<'_, PyType>> {
                    static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
                    CLASS.import(py, "poterne._enums", $name)
                }

                fn members(py: Python<'_>) -> PyResult<&Bound<'_, PyDict>> {
                    static MEMBERS: PyOnceLock<Py<PyDict>> = PyOnceLock::new();
                    let members = MEMBERS.get_or_try_init(py, || {
                        let members = PyDict::new(py);
                        for member in Self::class(py)?.try_iter()? {
                            let member = member?;
                            members.set_item(member.getattr(intern!(py, "value"))?, member)?;
                        }
                        PyResult::Ok(members.unbind())
                    })?;
                    Ok(members.bind(py))
                }
            }
        )*
    };
}

macro_rules! choices {
    ($($type:ident $name:literal;)*) => {
        numbered! { $($type $name;)* }

        $(
            impl Choice for $type {
                fn from_number(number: i32) -> Option<Self> {
                    $type::from_number(number)
                }

                const WANTED: &'static str = concat!("give a member of poterne.", $name);
            }
        )*
    };
}

choices! {
    Algorithm "Algorithm";
    Authenticator "Authenticator";
    CodeSet "CodeSet";
    CsvLayout "CsvLayout";
    Encoding "SecretEncoding";
    Factor "MovingFactor";
    MatchResult "MatchResult";
    Method "Method";
    MissingAuthenticator "MissingAuthenticator";
    Separator "CsvSeparator";
    State "State";
}

numbered! {
    ErrorKind "ErrorKind";
    Refusal "Refusal";
}

/// What changes from code to code, with the numbers of the C interface.
#[derive(Clone, Copy)]
pub(crate) enum Factor {
    Counter = 1,
    Time = 2,
}

impl Factor {
    fn number(self) -> i32 {
        self as i32
    }

    fn from_number(number: i32) -> Option<Self> {
        [Self::Counter, Self::Time].into_iter().find(|each| each.number() == number)
    }
}

impl From<poterne::MovingFactor> for Factor {
    fn from(factor: poterne::MovingFactor) -> Self {
        match factor {
            poterne::MovingFactor::Counter => Self::Counter,
            poterne::MovingFactor::Time(_) => Self::Time,
        }
    }
}

/// What the stateless search found.
#[derive(Clone, Copy)]
pub(crate) enum MatchResult {
    Found = 1,
    Replayed = 2,
    NotFound = 3,
    Malformed = 4,
}

impl MatchResult {
    fn number(self) -> i32 {
        self as i32
    }

    fn from_number(number: i32) -> Option<Self> {
        [Self::Found, Self::Replayed, Self::NotFound, Self::Malformed]
            .into_iter()
            .find(|each| each.number() == number)
    }
}
