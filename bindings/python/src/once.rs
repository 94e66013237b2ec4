//! What is used once.

use std::sync::{Mutex, MutexGuard, PoisonError};

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;

use crate::error::spent;

/// A value that can be taken once. The lock is held for a move or a copy only, never while Python runs.
pub(crate) struct Once<T> {
    value: Mutex<Option<T>>,
    spent: &'static str,
}

impl<T> Once<T> {
    pub(crate) fn new(value: T, spent: &'static str) -> Self {
        Self { value: Mutex::new(Some(value)), spent }
    }

    pub(crate) fn take(&self) -> PyResult<T> {
        self.lock().take().ok_or_else(|| spent(self.spent))
    }

    /// Reads the value, by code that does not call Python.
    pub(crate) fn read<R>(&self, read: impl FnOnce(&T) -> R) -> PyResult<R> {
        self.lock().as_ref().map(read).ok_or_else(|| spent(self.spent))
    }

    fn lock(&self) -> MutexGuard<'_, Option<T>> {
        self.value.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why objects cannot be pickled or copied: what could be built could be forged, and secrets would be kept.
pub(crate) fn no_copy() -> PyErr {
    PyTypeError::new_err("it can be neither copied nor pickled")
}

/// Why objects have no truth value: `if verifier.verify(...)` would let everybody in.
pub(crate) fn no_truth(instead: &'static str) -> PyErr {
    PyTypeError::new_err(instead)
}
