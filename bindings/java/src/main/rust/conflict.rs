//! Which errors of a database are a lost swap: the library's table, for `JdbcColumn`.

use poterne::{Database, is_conflict};

use crate::request::Request;
use crate::response::{Failure, Response};

/// For a product name, an SQLSTATE if there is one, and a vendor's code if there is one.
pub(crate) fn conflict(_: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let database = Database::from_product_name(request.text()?);
    let (sqlstate, code) = (request.optional(Request::text)?, request.optional(Request::small)?);
    Ok(Response::done().text(database.name()).flag(is_conflict(database, sqlstate, code)))
}
