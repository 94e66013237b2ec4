//! The verdict.

use poterne::Refusal;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyString, PyTuple, PyType};

use crate::argument::Name;
use crate::message::language;
use crate::once::{no_copy, no_truth};

#[pyclass(frozen, module = "poterne")]
pub(crate) struct Outcome(pub(crate) poterne::Outcome);

impl Outcome {
    fn refusal_value(&self) -> Option<Refusal> {
        match self.0 {
            poterne::Outcome::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }

    fn accepted_value(&self) -> Option<&poterne::Accepted> {
        match &self.0 {
            poterne::Outcome::Accepted(accepted) => Some(accepted),
            _ => None,
        }
    }
}

#[pymethods]
impl Outcome {
    #[getter]
    pub(crate) fn accepted(&self) -> bool {
        matches!(self.0, poterne::Outcome::Accepted(_))
    }

    #[getter]
    fn confirmed(&self) -> bool {
        matches!(self.0, poterne::Outcome::Confirmed(_))
    }

    #[getter]
    fn resynchronized(&self) -> bool {
        matches!(self.0, poterne::Outcome::Resynchronized(_))
    }

    #[getter]
    fn refusal<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.refusal_value().map(|refusal| REFUSAL.member(py, refusal.number())).transpose()
    }

    #[getter]
    fn code(&self) -> &'static str {
        self.0.code()
    }

    #[getter]
    fn method<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.accepted_value().map(|accepted| METHOD.member(py, accepted.method().number())).transpose()
    }

    #[getter]
    fn moving_factor(&self) -> Option<u64> {
        match &self.0 {
            poterne::Outcome::Accepted(accepted) => accepted.moving_factor(),
            poterne::Outcome::Confirmed(confirmed) => Some(confirmed.moving_factor()),
            poterne::Outcome::Resynchronized(resynchronized) => Some(resynchronized.moving_factor()),
            poterne::Outcome::Refused(_) => None,
        }
    }

    #[getter]
    fn drift(&self) -> i16 {
        match &self.0 {
            poterne::Outcome::Accepted(accepted) => accepted.drift(),
            poterne::Outcome::Confirmed(confirmed) => confirmed.drift(),
            poterne::Outcome::Resynchronized(resynchronized) => resynchronized.drift(),
            poterne::Outcome::Refused(_) => 0,
        }
    }

    #[getter]
    fn recovery_codes_left(&self) -> u32 {
        self.accepted_value().map_or(0, poterne::Accepted::recovery_codes_left)
    }

    #[getter]
    fn failures_before(&self) -> u32 {
        self.accepted_value().map_or(0, poterne::Accepted::failures_before)
    }

    #[getter]
    fn recovery_codes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        match &self.0 {
            poterne::Outcome::Confirmed(confirmed) => recovery_codes(py, confirmed.recovery_codes()),
            _ => Ok(PyTuple::empty(py)),
        }
    }

    #[getter]
    fn wait_seconds(&self) -> u64 {
        match self.0 {
            poterne::Outcome::Refused(Refusal::Wait { seconds }) => seconds,
            _ => 0,
        }
    }

    #[getter]
    fn clock_off_steps(&self) -> i64 {
        match self.0 {
            poterne::Outcome::Refused(Refusal::ClockOff { steps }) => steps,
            _ => 0,
        }
    }

    #[pyo3(signature = (tag, /))]
    fn message(&self, tag: Name) -> PyResult<Option<String>> {
        let language = language(&tag)?;
        Ok(self.refusal_value().map(|refusal| refusal.message(language)))
    }

    #[pyo3(signature = (tag, /))]
    fn message_to_user(&self, tag: Name) -> PyResult<Option<String>> {
        let language = language(&tag)?;
        Ok(self.refusal_value().map(|refusal| refusal.message_to_user(language)))
    }

    fn __bool__(&self) -> PyResult<bool> {
        Err(no_truth("an outcome has no truth value: ask accepted"))
    }

    fn __repr__(&self) -> String {
        format!("<poterne.Outcome {}>", self.0.code())
    }

    fn __reduce_ex__(&self, _protocol: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(no_copy())
    }
}

/// Recovery codes, to show now.
pub(crate) fn recovery_codes<'py>(
    py: Python<'py>,
    codes: &poterne::RecoveryCodes,
) -> PyResult<Bound<'py, PyTuple>> {
    PyTuple::new(py, codes.iter().map(|code| PyString::new(py, code)))
}

/// An enumeration declared in Python, by the numbers of the norm.
pub(crate) struct Enumeration {
    name: &'static str,
    class: PyOnceLock<Py<PyType>>,
}

impl Enumeration {
    const fn new(name: &'static str) -> Self {
        Self { name, class: PyOnceLock::new() }
    }

    pub(crate) fn class<'py>(&self, py: Python<'py>) -> PyResult<&Bound<'py, PyType>> {
        self.class.import(py, "poterne._enums", self.name)
    }

    pub(crate) fn member<'py>(&self, py: Python<'py>, number: i32) -> PyResult<Bound<'py, PyAny>> {
        self.class(py)?.call1((number,))
    }
}

static REFUSAL: Enumeration = Enumeration::new("Refusal");
static METHOD: Enumeration = Enumeration::new("Method");
pub(crate) static STATE: Enumeration = Enumeration::new("State");
pub(crate) static CODE_SET: Enumeration = Enumeration::new("CodeSet");
