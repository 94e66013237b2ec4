//! What the help desk may see.

use poterne::{MovingFactor, UnixTime};
use pyo3::prelude::*;

use crate::outcome::STATE;
use crate::parameters::authenticator_name;

#[pyclass(frozen, eq, module = "poterne")]
#[derive(PartialEq)]
pub(crate) struct Status(pub(crate) poterne::Status);

#[pymethods]
impl Status {
    #[getter]
    fn state<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        STATE.member(py, self.0.state().number())
    }

    #[getter]
    fn authenticator(&self) -> &'static str {
        authenticator_name(self.0.authenticator())
    }

    #[getter]
    fn moving_factor(&self) -> &'static str {
        match self.0.moving_factor() {
            MovingFactor::Counter => "counter",
            MovingFactor::Time(_) => "time",
        }
    }

    #[getter]
    fn time_step(&self) -> Option<u32> {
        match self.0.moving_factor() {
            MovingFactor::Counter => None,
            MovingFactor::Time(steps) => Some(steps.time_step()),
        }
    }

    #[getter]
    fn t0(&self) -> Option<u64> {
        match self.0.moving_factor() {
            MovingFactor::Counter => None,
            MovingFactor::Time(steps) => Some(steps.t0().as_secs()),
        }
    }

    #[getter]
    fn algorithm(&self) -> &'static str {
        self.0.algorithm().name()
    }

    #[getter]
    fn digits(&self) -> usize {
        self.0.digits().as_usize()
    }

    #[getter]
    fn failures(&self) -> u32 {
        self.0.failures()
    }

    #[getter]
    fn wait_seconds(&self) -> u64 {
        self.0.wait_seconds()
    }

    #[getter]
    fn is_locked(&self) -> bool {
        self.0.is_locked()
    }

    #[getter]
    fn drift(&self) -> i16 {
        self.0.drift()
    }

    #[getter]
    fn recovery_codes_left(&self) -> u32 {
        self.0.recovery_codes_left()
    }

    #[getter]
    fn temporary_code(&self) -> Option<TemporaryStatus> {
        self.0.temporary_code().map(TemporaryStatus)
    }

    #[getter]
    fn not_before(&self) -> Option<u64> {
        self.0.not_before().map(UnixTime::as_secs)
    }

    #[getter]
    fn not_after(&self) -> Option<u64> {
        self.0.not_after().map(UnixTime::as_secs)
    }

    #[getter]
    fn confirm_by(&self) -> Option<u64> {
        self.0.confirm_by().map(UnixTime::as_secs)
    }

    #[getter]
    fn is_secret_weak(&self) -> bool {
        self.0.is_secret_weak()
    }

    #[getter]
    fn key_id(&self) -> u32 {
        self.0.key_id()
    }

    #[getter]
    fn needs_reseal(&self) -> bool {
        self.0.needs_reseal()
    }

    fn __repr__(&self) -> &'static str {
        "<poterne.Status>"
    }
}

/// A temporary code that is valid.
#[pyclass(frozen, eq, module = "poterne")]
#[derive(PartialEq)]
pub(crate) struct TemporaryStatus(poterne::TemporaryStatus);

#[pymethods]
impl TemporaryStatus {
    #[getter]
    fn expiry(&self) -> u64 {
        self.0.expiry().as_secs()
    }

    #[getter]
    fn uses_left(&self) -> u32 {
        self.0.uses_left()
    }

    fn __repr__(&self) -> &'static str {
        "<poterne.TemporaryStatus>"
    }
}
