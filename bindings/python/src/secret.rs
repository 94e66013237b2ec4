//! The shared secret.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyString};
use zeroize::Zeroizing;

use crate::argument::{Number, Text};
use crate::error::raised;
use crate::once::no_copy;

#[doc = doc!("Secret")]
#[pyclass(frozen, module = "poterne")]
pub(crate) struct Secret(pub(crate) poterne::Secret);

#[pymethods]
impl Secret {
    #[new]
    fn new(secret: &Bound<'_, PyAny>) -> PyResult<Self> {
        from_bytes(secret).map(Self)
    }

    #[doc = doc!("Secret.from_base32")]
    #[staticmethod]
    fn from_base32(text: Text) -> PyResult<Self> {
        poterne::Secret::from_base32(&text).map(Self).map_err(raised)
    }

    #[doc = doc!("Secret.from_hex")]
    #[staticmethod]
    fn from_hex(text: Text) -> PyResult<Self> {
        poterne::Secret::from_hex(&text).map(Self).map_err(raised)
    }

    #[doc = doc!("Secret.generate")]
    #[staticmethod]
    #[pyo3(signature = (length = Number(20)), text_signature = "(length=20)")]
    fn generate(length: Number<usize>) -> PyResult<Self> {
        poterne::Secret::generate(length.0).map(Self).map_err(raised)
    }

    #[doc = doc!("Secret.to_base32")]
    fn to_base32<'py>(&self, py: Python<'py>) -> Bound<'py, PyString> {
        PyString::new(py, &self.0.to_base32())
    }

    #[doc = doc!("Secret.to_bytes")]
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.0.as_bytes())
    }

    fn __repr__(&self) -> &'static str {
        "<poterne.Secret>"
    }

    fn __reduce_ex__(&self, _protocol: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(no_copy())
    }
}

/// A secret as an argument: bytes, or a [`Secret`].
pub(crate) enum SecretArgument<'py> {
    Shared(Bound<'py, Secret>),
    Own(poterne::Secret),
}

impl SecretArgument<'_> {
    pub(crate) fn get(&self) -> &poterne::Secret {
        match self {
            Self::Shared(secret) => &secret.get().0,
            Self::Own(secret) => secret,
        }
    }

    /// One that can be given away.
    pub(crate) fn into_own(self) -> PyResult<poterne::Secret> {
        match self {
            Self::Shared(secret) => poterne::Secret::from_bytes(secret.get().0.as_bytes()).map_err(raised),
            Self::Own(secret) => Ok(secret),
        }
    }
}

impl<'py> FromPyObject<'_, 'py> for SecretArgument<'py> {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        match object.cast::<Secret>() {
            Ok(secret) => Ok(Self::Shared(secret.to_owned())),
            Err(_) => from_bytes(&object).map(Self::Own),
        }
    }
}

fn from_bytes(object: &Bound<'_, PyAny>) -> PyResult<poterne::Secret> {
    if let Ok(bytes) = object.cast::<PyBytes>() {
        poterne::Secret::from_bytes(bytes.as_bytes()).map_err(raised)
    } else if let Ok(bytes) = object.cast::<PyByteArray>() {
        poterne::Secret::from_bytes(&Zeroizing::new(bytes.to_vec())).map_err(raised)
    } else {
        Err(PyTypeError::new_err("a secret is bytes, Secret.from_base32(text) or Secret.from_hex(text)"))
    }
}
