//! A new credential, to hand over.

use poterne::OtpauthNames;
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::argument::Name;
use crate::error::raised;
use crate::once::{Once, no_copy, no_truth};
use crate::provisioning::OtpauthUri;

#[doc = doc!("Enrollment")]
#[pyclass(frozen, module = "poterne")]
pub(crate) struct Enrollment(Once<poterne::Enrollment>);

impl Enrollment {
    pub(crate) fn new(enrollment: poterne::Enrollment) -> Self {
        Self(Once::new(enrollment, "the enrollment was wiped: read its record and its URI before"))
    }
}

#[pymethods]
impl Enrollment {
    #[doc = doc!("Enrollment.record")]
    #[getter]
    fn record<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyString>> {
        let record = self.0.read(|enrollment| enrollment.record().clone())?;
        Ok(PyString::new(py, record.as_str()))
    }

    #[doc = doc!("Enrollment.otpauth_uri")]
    fn otpauth_uri(&self, issuer: Name, label: Name) -> PyResult<OtpauthUri> {
        let names = OtpauthNames { issuer: &issuer, label: &label };
        let uri = self.0.read(|enrollment| enrollment.otpauth_uri(names))?;
        uri.map(OtpauthUri).map_err(raised)
    }

    #[doc = doc!("Enrollment.wipe")]
    fn wipe(&self) {
        drop(self.0.take());
    }

    fn __enter__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __exit__(&self, _type: &Bound<'_, PyAny>, _value: &Bound<'_, PyAny>, _traceback: &Bound<'_, PyAny>) {
        self.wipe();
    }

    fn __bool__(&self) -> PyResult<bool> {
        Err(no_truth("an enrollment is not stored yet: insert its record"))
    }

    fn __repr__(&self) -> &'static str {
        "<poterne.Enrollment>"
    }

    fn __reduce_ex__(&self, _protocol: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(no_copy())
    }
}
