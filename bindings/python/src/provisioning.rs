//! Handing a secret over: the otpauth URI and its QR code.

use poterne::OtpauthNames;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString};

use crate::argument::{Name, Text};
use crate::error::raised;
use crate::once::no_copy;
use crate::parameters::{parameters, to_dict};
use crate::secret::{Secret, SecretArgument};

#[doc = doc!("OtpauthUri")]
#[pyclass(frozen, module = "poterne")]
pub(crate) struct OtpauthUri(pub(crate) poterne::OtpauthUri);

#[pymethods]
impl OtpauthUri {
    #[doc = doc!("OtpauthUri.build")]
    #[staticmethod]
    #[pyo3(signature = (secret, issuer, label, *, allow_incompatible = false, **parameters))]
    fn build(
        secret: SecretArgument<'_>,
        issuer: Name,
        label: Name,
        allow_incompatible: bool,
        parameters: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let parameters = self::parameters(parameters)?;
        let names = OtpauthNames { issuer: &issuer, label: &label };
        poterne::OtpauthUri::build(secret.get(), &parameters, names, allow_incompatible)
            .map(Self)
            .map_err(raised)
    }

    #[doc = doc!("OtpauthUri.parse")]
    #[staticmethod]
    fn parse(text: Text) -> PyResult<OtpauthContent> {
        poterne::OtpauthUri::parse(&text).map(OtpauthContent).map_err(raised)
    }

    #[doc = doc!("OtpauthUri.from_text")]
    #[staticmethod]
    fn from_text(text: Text) -> PyResult<Self> {
        poterne::OtpauthUri::from_text(&text).map(Self).map_err(raised)
    }

    #[doc = doc!("OtpauthUri.as_str")]
    fn as_str(&self) -> &str {
        self.0.as_str()
    }

    #[doc = doc!("OtpauthUri.secret_to_type")]
    fn secret_to_type<'py>(&self, py: Python<'py>) -> Bound<'py, PyString> {
        PyString::new(py, &self.0.secret_to_type())
    }

    #[doc = doc!("OtpauthUri.qr")]
    fn qr(&self, py: Python<'_>) -> PyResult<Qr> {
        // A millisecond: other threads run.
        py.detach(|| self.0.qr()).map(Qr).map_err(raised)
    }

    fn __repr__(&self) -> &'static str {
        "<poterne.OtpauthUri>"
    }

    fn __reduce_ex__(&self, _protocol: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(no_copy())
    }
}

#[doc = doc!("OtpauthContent")]
#[pyclass(frozen, module = "poterne")]
pub(crate) struct OtpauthContent(poterne::OtpauthContent);

#[pymethods]
impl OtpauthContent {
    #[doc = doc!("OtpauthContent.secret")]
    #[getter]
    fn secret(&self) -> PyResult<Secret> {
        poterne::Secret::from_bytes(self.0.secret().as_bytes()).map(Secret).map_err(raised)
    }

    #[doc = doc!("OtpauthContent.parameters")]
    #[getter]
    fn parameters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        to_dict(py, self.0.parameters())
    }

    #[doc = doc!("OtpauthContent.issuer")]
    #[getter]
    fn issuer(&self) -> Option<&str> {
        self.0.issuer()
    }

    #[doc = doc!("OtpauthContent.label")]
    #[getter]
    fn label(&self) -> &str {
        self.0.label()
    }

    fn __repr__(&self) -> &'static str {
        "<poterne.OtpauthContent>"
    }

    fn __reduce_ex__(&self, _protocol: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(no_copy())
    }
}

#[doc = doc!("Qr")]
#[pyclass(frozen, module = "poterne")]
pub(crate) struct Qr(poterne::Qr);

#[pymethods]
impl Qr {
    #[doc = doc!("Qr.width")]
    #[getter]
    fn width(&self) -> usize {
        self.0.width()
    }

    #[doc = doc!("Qr.svg")]
    fn svg<'py>(&self, py: Python<'py>) -> Bound<'py, PyString> {
        PyString::new(py, &py.detach(|| self.0.svg()))
    }

    #[doc = doc!("Qr.png")]
    fn png<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let png = py.detach(|| self.0.png()).map_err(raised)?;
        Ok(PyBytes::new(py, &png))
    }

    #[doc = doc!("Qr.text")]
    fn text<'py>(&self, py: Python<'py>) -> Bound<'py, PyString> {
        PyString::new(py, &py.detach(|| self.0.text()))
    }

    fn __repr__(&self) -> &'static str {
        "<poterne.Qr>"
    }

    fn __reduce_ex__(&self, _protocol: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(no_copy())
    }
}
