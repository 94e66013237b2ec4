//! What is proposed for storing, and the answer that waits for it.

use poterne::{Answer, NotStored, Record};
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::answer::into_python;
use crate::argument::Rows;
use crate::error::denied;
use crate::once::{Once, no_copy, no_truth};

#[doc = doc!("Attempt")]
#[pyclass(frozen, generic, module = "poterne")]
pub(crate) struct Attempt(Once<poterne::Attempt<Answer>>);

impl Attempt {
    pub(crate) fn new(attempt: poterne::Attempt<Answer>) -> Self {
        Self(Once::new(attempt, "the attempt was used already: load the record and make it again"))
    }

    pub(crate) fn take(&self) -> PyResult<poterne::Attempt<Answer>> {
        self.0.take()
    }
}

#[pymethods]
impl Attempt {
    #[doc = doc!("Attempt.record")]
    #[getter]
    fn record<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyString>>> {
        let record: Option<Record> = self.0.read(|attempt| attempt.record().cloned())?;
        Ok(record.map(|record| PyString::new(py, record.as_str())))
    }

    #[doc = doc!("Attempt.outcome")]
    fn outcome(&self, py: Python<'_>, rows_updated: Rows) -> PyResult<Py<PyAny>> {
        into_python(self.take()?.outcome(rows_updated.0).map_err(denied)?, py)
    }

    fn __bool__(&self) -> PyResult<bool> {
        Err(no_truth("an attempt is not a verdict: store its record, commit, and ask for its outcome"))
    }

    fn __repr__(&self) -> &'static str {
        "<poterne.Attempt>"
    }

    fn __reduce_ex__(&self, _protocol: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(no_copy())
    }
}

#[doc = doc!("ReplacementAttempt")]
#[pyclass(frozen, module = "poterne")]
pub(crate) struct ReplacementAttempt(Once<poterne::ReplacementAttempt>);

impl ReplacementAttempt {
    pub(crate) fn new(attempt: poterne::ReplacementAttempt) -> Self {
        Self(Once::new(attempt, "the attempt was used already: enroll the new authenticator again"))
    }
}

#[pymethods]
impl ReplacementAttempt {
    #[doc = doc!("ReplacementAttempt.record")]
    #[getter]
    fn record<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyString>>> {
        let record: Option<Record> = self.0.read(|attempt| attempt.record().cloned())?;
        Ok(record.map(|record| PyString::new(py, record.as_str())))
    }

    #[doc = doc!("ReplacementAttempt.outcome")]
    fn outcome(&self, py: Python<'_>, rows_updated: Rows) -> PyResult<Py<PyAny>> {
        let confirmed = self.0.take()?.outcome(rows_updated.0).map_err(denied)?;
        into_python(Answer::Confirmed(confirmed), py)
    }

    fn __bool__(&self) -> PyResult<bool> {
        Err(no_truth("an attempt is not a verdict: store its record, commit, and ask for its outcome"))
    }

    fn __repr__(&self) -> &'static str {
        "<poterne.ReplacementAttempt>"
    }

    fn __reduce_ex__(&self, _protocol: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(no_copy())
    }
}

#[doc = doc!("Rename")]
#[pyclass(frozen, module = "poterne")]
pub(crate) struct Rename(Once<poterne::Rename>);

impl Rename {
    pub(crate) fn new(rename: poterne::Rename) -> Self {
        Self(Once::new(rename, "the renaming was used already: load the record and make it again"))
    }
}

#[pymethods]
impl Rename {
    #[doc = doc!("Rename.record")]
    #[getter]
    fn record<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyString>> {
        let record = self.0.read(|rename| rename.record().clone())?;
        Ok(PyString::new(py, record.as_str()))
    }

    #[doc = doc!("Rename.outcome")]
    fn outcome(&self, rows_updated: Rows) -> PyResult<()> {
        self.0.take()?.outcome(rows_updated.0).map_err(|not_stored: NotStored| denied(not_stored.into()))
    }

    fn __bool__(&self) -> PyResult<bool> {
        Err(no_truth("a renaming is not stored yet: store its record, commit, and ask for its outcome"))
    }

    fn __repr__(&self) -> &'static str {
        "<poterne.Rename>"
    }

    fn __reduce_ex__(&self, _protocol: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(no_copy())
    }
}
