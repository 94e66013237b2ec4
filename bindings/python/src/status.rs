//! What the help desk may see.

use poterne::{Algorithm, Authenticator, MovingFactor, State, UnixTime};
use pyo3::prelude::*;

use crate::enumeration::{Factor, Member};

#[doc = doc!("Status")]
#[pyclass(frozen, eq, module = "poterne")]
#[derive(PartialEq)]
pub(crate) struct Status(pub(crate) poterne::Status);

#[pymethods]
impl Status {
    #[doc = doc!("Status.state")]
    #[getter]
    fn state(&self) -> Member<State> {
        Member(self.0.state())
    }

    #[doc = doc!("Status.authenticator")]
    #[getter]
    fn authenticator(&self) -> Member<Authenticator> {
        Member(self.0.authenticator())
    }

    #[doc = doc!("Status.moving_factor")]
    #[getter]
    fn moving_factor(&self) -> Member<Factor> {
        Member(self.0.moving_factor().into())
    }

    #[doc = doc!("Status.time_step")]
    #[getter]
    fn time_step(&self) -> Option<u32> {
        match self.0.moving_factor() {
            MovingFactor::Counter => None,
            MovingFactor::Time(steps) => Some(steps.time_step()),
        }
    }

    #[doc = doc!("Status.t0")]
    #[getter]
    fn t0(&self) -> Option<u64> {
        match self.0.moving_factor() {
            MovingFactor::Counter => None,
            MovingFactor::Time(steps) => Some(steps.t0().as_secs()),
        }
    }

    #[doc = doc!("Status.algorithm")]
    #[getter]
    fn algorithm(&self) -> Member<Algorithm> {
        Member(self.0.algorithm())
    }

    #[doc = doc!("Status.digits")]
    #[getter]
    fn digits(&self) -> usize {
        self.0.digits().as_usize()
    }

    #[doc = doc!("Status.failures")]
    #[getter]
    fn failures(&self) -> u32 {
        self.0.failures()
    }

    #[doc = doc!("Status.wait_seconds")]
    #[getter]
    fn wait_seconds(&self) -> u64 {
        self.0.wait_seconds()
    }

    #[doc = doc!("Status.is_locked")]
    #[getter]
    fn is_locked(&self) -> bool {
        self.0.is_locked()
    }

    #[doc = doc!("Status.drift")]
    #[getter]
    fn drift(&self) -> i16 {
        self.0.drift()
    }

    #[doc = doc!("Status.recovery_codes_left")]
    #[getter]
    fn recovery_codes_left(&self) -> u32 {
        self.0.recovery_codes_left()
    }

    #[doc = doc!("Status.temporary_code")]
    #[getter]
    fn temporary_code(&self) -> Option<TemporaryStatus> {
        self.0.temporary_code().map(TemporaryStatus)
    }

    #[doc = doc!("Status.not_before")]
    #[getter]
    fn not_before(&self) -> Option<u64> {
        self.0.not_before().map(UnixTime::as_secs)
    }

    #[doc = doc!("Status.not_after")]
    #[getter]
    fn not_after(&self) -> Option<u64> {
        self.0.not_after().map(UnixTime::as_secs)
    }

    #[doc = doc!("Status.confirm_by")]
    #[getter]
    fn confirm_by(&self) -> Option<u64> {
        self.0.confirm_by().map(UnixTime::as_secs)
    }

    #[doc = doc!("Status.is_secret_weak")]
    #[getter]
    fn is_secret_weak(&self) -> bool {
        self.0.is_secret_weak()
    }

    #[doc = doc!("Status.key_id")]
    #[getter]
    fn key_id(&self) -> u32 {
        self.0.key_id()
    }

    #[doc = doc!("Status.needs_reseal")]
    #[getter]
    fn needs_reseal(&self) -> bool {
        self.0.needs_reseal()
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        shown(slf, STATUS)
    }
}

#[doc = doc!("TemporaryStatus")]
#[pyclass(frozen, eq, module = "poterne")]
#[derive(PartialEq)]
pub(crate) struct TemporaryStatus(poterne::TemporaryStatus);

#[pymethods]
impl TemporaryStatus {
    #[doc = doc!("TemporaryStatus.expiry")]
    #[getter]
    fn expiry(&self) -> u64 {
        self.0.expiry().as_secs()
    }

    #[doc = doc!("TemporaryStatus.uses_left")]
    #[getter]
    fn uses_left(&self) -> u32 {
        self.0.uses_left()
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        shown(slf, TEMPORARY_STATUS)
    }
}

/// An object with its fields: they are what the help desk may see.
fn shown(object: &Bound<'_, PyAny>, fields: &[&str]) -> PyResult<String> {
    let mut shown = format!("<poterne.{}", object.get_type().name()?);
    for field in fields {
        shown += &format!(" {field}={}", object.getattr(*field)?.str()?);
    }
    Ok(shown + ">")
}

const STATUS: &[&str] = &[
    "state",
    "authenticator",
    "moving_factor",
    "time_step",
    "t0",
    "algorithm",
    "digits",
    "failures",
    "wait_seconds",
    "is_locked",
    "drift",
    "recovery_codes_left",
    "temporary_code",
    "not_before",
    "not_after",
    "confirm_by",
    "is_secret_weak",
    "key_id",
    "needs_reseal",
];

const TEMPORARY_STATUS: &[&str] = &["expiry", "uses_left"];
