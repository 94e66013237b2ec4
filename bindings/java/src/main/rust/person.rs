//! The rows of a person.

use poterne::{person_and_row, rows_of_person};

use crate::request::Request;
use crate::response::{Failure, Response};

/// The accounts of a person's rows.
pub(crate) fn rows(_: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let rows = rows_of_person(request.text()?)?;
    Ok(rows.iter().fold(Response::done().count(rows.len()), |response, row| response.text(row)))
}

/// The person and the number of the row of a login name.
pub(crate) fn of_login_name(_: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let (person, row) = person_and_row(request.text()?);
    Ok(Response::done().text(person).number(row.into()))
}
