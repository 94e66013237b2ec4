//! The keys that seal records.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::argument::Text;
use crate::error::raised;
use crate::once::no_copy;

#[pyclass(frozen, module = "poterne")]
pub(crate) struct Keyring(Mutex<poterne::Keyring>);

impl Keyring {
    fn new(keyring: poterne::Keyring) -> Self {
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

#[pymethods]
impl Keyring {
    #[staticmethod]
    fn generate(key_id: u32) -> PyResult<Self> {
        poterne::Keyring::generate(key_id).map(Self::new).map_err(raised)
    }

    #[staticmethod]
    fn parse(text: Text) -> PyResult<Self> {
        poterne::Keyring::parse(&text).map(Self::new).map_err(raised)
    }

    #[staticmethod]
    fn open(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        // A file may lie on a slow disk: other threads run.
        let opened = py.detach(|| poterne::Keyring::open(&path));
        opened.map(Self::new).map_err(|error| of_file(py, path, &error))
    }

    fn add(&self, key_id: u32) -> PyResult<()> {
        let added = self.lock().add(key_id);
        added.map_err(raised)
    }

    fn promote(&self, key_id: u32) -> PyResult<()> {
        let promoted = self.lock().promote(key_id);
        promoted.map_err(raised)
    }

    fn remove(&self, key_id: u32) -> PyResult<()> {
        let removed = self.lock().remove(key_id);
        removed.map_err(raised)
    }

    fn to_text<'py>(&self, py: Python<'py>) -> Bound<'py, PyString> {
        let text = self.lock().to_text();
        PyString::new(py, &text)
    }

    #[getter]
    fn primary_key_id(&self) -> u32 {
        self.lock().primary_key_id()
    }

    #[getter]
    fn key_ids(&self) -> Vec<u32> {
        self.lock().key_ids().collect()
    }

    /// The ids alone.
    fn __repr__(&self) -> String {
        let keyring = self.lock();
        format!("<poterne.Keyring primary={} keys={}>", keyring.primary_key_id(), keyring.key_ids().len())
    }

    fn __reduce_ex__(&self, _protocol: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(no_copy())
    }
}
