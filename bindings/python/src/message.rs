//! Messages for people, in English and French.

use poterne::{ErrorKind, Language, Refusal};
use pyo3::prelude::*;

use crate::argument::Name;
use crate::error::bad_value;

/// A language by its tag.
pub(crate) fn language(tag: &Name) -> PyResult<Language> {
    Language::from_tag(tag).ok_or_else(|| bad_value("the languages are en and fr"))
}

#[pyfunction]
pub(crate) fn error_message(kind: i32, tag: Name) -> PyResult<&'static str> {
    Ok(error_kind(kind)?.message(language(&tag)?))
}

#[pyfunction]
pub(crate) fn error_message_to_user(kind: i32, tag: Name) -> PyResult<&'static str> {
    Ok(error_kind(kind)?.message_to_user(language(&tag)?))
}

#[pyfunction]
pub(crate) fn refusal_code(number: i32) -> PyResult<&'static str> {
    Ok(refusal(number, 0)?.code())
}

#[pyfunction]
pub(crate) fn refusal_is_clock_right(number: i32, detail: i64) -> PyResult<bool> {
    Ok(refusal(number, detail)?.is_clock_right())
}

#[pyfunction]
pub(crate) fn refusal_message(number: i32, detail: i64, tag: Name) -> PyResult<String> {
    Ok(refusal(number, detail)?.message(language(&tag)?))
}

#[pyfunction]
pub(crate) fn refusal_message_at_enrollment(number: i32, detail: i64, tag: Name) -> PyResult<String> {
    Ok(refusal(number, detail)?.message_at_enrollment(language(&tag)?))
}

#[pyfunction]
pub(crate) fn refusal_message_to_user(number: i32, detail: i64, tag: Name) -> PyResult<String> {
    Ok(refusal(number, detail)?.message_to_user(language(&tag)?))
}

fn error_kind(number: i32) -> PyResult<ErrorKind> {
    ErrorKind::from_number(number).ok_or_else(|| bad_value("no kind of error has this number"))
}

fn refusal(number: i32, detail: i64) -> PyResult<Refusal> {
    Refusal::from_number(number, detail).ok_or_else(|| bad_value("no refusal has this number"))
}
