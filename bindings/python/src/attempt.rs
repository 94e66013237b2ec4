//! One login try, whose verdict cannot be read yet.

use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::argument::Rows;
use crate::error::raised;
use crate::once::{Once, no_copy, no_truth};
use crate::outcome::Outcome;

#[pyclass(frozen, module = "poterne")]
pub(crate) struct Attempt(Once<poterne::Attempt>);

impl Attempt {
    pub(crate) fn new(attempt: poterne::Attempt) -> Self {
        Self(Once::new(attempt, "the attempt was used already: load the record and verify again"))
    }

    pub(crate) fn take(&self) -> PyResult<poterne::Attempt> {
        self.0.take()
    }
}

#[pymethods]
impl Attempt {
    #[getter]
    fn record<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyString>> {
        let record = self.0.read(|attempt| attempt.record().clone())?;
        Ok(PyString::new(py, record.as_str()))
    }

    #[getter]
    fn changed(&self) -> PyResult<bool> {
        self.0.read(poterne::Attempt::changed)
    }

    fn outcome(&self, rows_updated: Rows) -> PyResult<Outcome> {
        self.take()?.outcome(rows_updated.0).map(Outcome).map_err(raised)
    }

    fn __bool__(&self) -> PyResult<bool> {
        Err(no_truth("an attempt is no verdict: store its record, commit, and ask for its outcome"))
    }

    fn __repr__(&self) -> &'static str {
        "<poterne.Attempt>"
    }

    fn __reduce_ex__(&self, _protocol: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(no_copy())
    }
}
