//! Messages for people, in English and French.

use poterne::{ErrorKind, Language};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::argument::Name;

/// A language by its tag.
pub(crate) fn language(tag: &Name) -> PyResult<Language> {
    Language::from_tag(tag).ok_or_else(|| PyValueError::new_err("the languages are en and fr"))
}

#[pyfunction]
pub(crate) fn error_message(kind: i32, tag: Name) -> PyResult<&'static str> {
    Ok(error_kind(kind)?.message(language(&tag)?))
}

#[pyfunction]
pub(crate) fn error_message_to_user(kind: i32, tag: Name) -> PyResult<&'static str> {
    Ok(error_kind(kind)?.message_to_user(language(&tag)?))
}

fn error_kind(number: i32) -> PyResult<ErrorKind> {
    let kind = ErrorKind::ALL.iter().copied().find(|each| each.number() == number);
    kind.ok_or_else(|| PyValueError::new_err("no kind of error has this number"))
}
