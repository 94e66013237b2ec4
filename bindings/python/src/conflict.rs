//! Which errors of a database are a lost swap, for the store in Python.

use poterne::Database;
use pyo3::prelude::*;

use crate::argument::{Number, Text};

/// The library's name of the kind of database that a product name means.
#[pyfunction]
pub(crate) fn database(product: Text) -> &'static str {
    Database::from_product_name(&product).name()
}

#[pyfunction]
pub(crate) fn is_conflict(product: Text, sqlstate: Option<Text>, code: Option<Number<i32>>) -> bool {
    poterne::is_conflict(Database::from_product_name(&product), sqlstate.as_deref(), code.map(|code| code.0))
}
