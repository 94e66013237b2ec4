//! The keys that seal records.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::argument::{FilePath, Number, Text};
use crate::error::raised;
use crate::once::no_copy;

#[doc = doc!("Keyring")]
#[pyclass(frozen, module = "poterne")]
pub(crate) struct Keyring(Mutex<poterne::Keyring>);

impl Keyring {
    pub(crate) fn new(keyring: poterne::Keyring) -> Self {
        Self(Mutex::new(keyring))
    }

    /// The keyring as it is now, for a verifier.
    pub(crate) fn copy(&self) -> PyResult<poterne::Keyring> {
        poterne::Keyring::parse(&self.lock().to_text()).map_err(raised)
    }

    fn lock(&self) -> MutexGuard<'_, poterne::Keyring> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The error of a file, with its path and what the system says of it: the library's has neither.
fn of_file(py: Python<'_>, path: PathBuf, error: &poterne::Error) -> PyErr {
    let named = || {
        py.import("poterne._errors")?.getattr("of_keyring_file")?.call1((
            path,
            error.kind().number(),
            error.to_string(),
        ))
    };
    named().map_or_else(|error| error, PyErr::from_value)
}

#[doc = doc!("key_id_of")]
#[pyfunction]
pub(crate) fn key_id_of(record: Text) -> PyResult<u32> {
    poterne::Record::key_id_of(&record).map_err(raised)
}

#[pymethods]
impl Keyring {
    #[doc = doc!("Keyring.generate")]
    #[staticmethod]
    fn generate(key_id: Number<u32>) -> PyResult<Self> {
        poterne::Keyring::generate(key_id.0).map(Self::new).map_err(raised)
    }

    #[doc = doc!("Keyring.parse")]
    #[staticmethod]
    fn parse(text: Text) -> PyResult<Self> {
        poterne::Keyring::parse(&text).map(Self::new).map_err(raised)
    }

    #[doc = doc!("Keyring.open")]
    #[staticmethod]
    fn open(py: Python<'_>, path: FilePath) -> PyResult<Self> {
        // A file may lie on a slow disk: other threads run.
        let opened = py.detach(|| poterne::Keyring::open(&path.0));
        opened.map(Self::new).map_err(|error| of_file(py, path.0, &error))
    }

    #[doc = doc!("Keyring.add")]
    fn add(&self, key_id: Number<u32>) -> PyResult<()> {
        let added = self.lock().add(key_id.0);
        added.map_err(raised)
    }

    #[doc = doc!("Keyring.promote")]
    fn promote(&self, key_id: Number<u32>) -> PyResult<()> {
        let promoted = self.lock().promote(key_id.0);
        promoted.map_err(raised)
    }

    #[doc = doc!("Keyring.remove")]
    fn remove(&self, key_id: Number<u32>) -> PyResult<()> {
        let removed = self.lock().remove(key_id.0);
        removed.map_err(raised)
    }

    #[doc = doc!("Keyring.to_text")]
    fn to_text<'py>(&self, py: Python<'py>) -> Bound<'py, PyString> {
        let text = self.lock().to_text();
        PyString::new(py, &text)
    }

    #[doc = doc!("Keyring.primary_key_id")]
    #[getter]
    fn primary_key_id(&self) -> u32 {
        self.lock().primary_key_id()
    }

    #[doc = doc!("Keyring.key_ids")]
    #[getter]
    fn key_ids(&self) -> Vec<u32> {
        self.lock().key_ids().collect()
    }

    fn __repr__(&self) -> String {
        let keyring = self.lock();
        format!("<poterne.Keyring primary={} keys={}>", keyring.primary_key_id(), keyring.key_ids().len())
    }

    fn __reduce_ex__(&self, _protocol: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(no_copy())
    }
}
