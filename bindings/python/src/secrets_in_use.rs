//! Records that have one secret (semantics 16.14): for the command alone. `poterne.__all__` does not have it.

use std::sync::{Mutex, PoisonError};

use pyo3::prelude::*;

use crate::argument::{Name, Text};
use crate::error::raised;
use crate::verifier::Verifier;

#[doc = doc!("SecretsInUse")]
#[pyclass(frozen, module = "poterne")]
#[derive(Default)]
pub(crate) struct SecretsInUse(Mutex<poterne::SecretsInUse>);

#[pymethods]
impl SecretsInUse {
    #[new]
    fn new() -> Self {
        Self::default()
    }

    #[doc = doc!("SecretsInUse.insert")]
    fn insert(
        &self,
        verifier: &Bound<'_, Verifier>,
        account: Name,
        record: Text,
    ) -> PyResult<Option<String>> {
        let mut in_use = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let first = in_use.insert(&verifier.get().0, &account, &record).map_err(raised)?;
        Ok(first.map(Into::into))
    }
}
