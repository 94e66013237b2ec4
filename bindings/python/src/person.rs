//! The rows of a person who has a phone and a token.

use pyo3::prelude::*;

use crate::argument::Name;
use crate::error::raised;

#[doc = doc!("rows_of_person")]
#[pyfunction]
pub(crate) fn rows_of_person(person: Name) -> PyResult<(String, String, String)> {
    let [first, second, third] = poterne::rows_of_person(&person).map_err(raised)?;
    Ok((first, second, third))
}

#[doc = doc!("person_and_row")]
#[pyfunction]
pub(crate) fn person_and_row(login_name: Name) -> (String, u8) {
    let (person, row) = poterne::person_and_row(&login_name);
    (person.into(), row)
}
