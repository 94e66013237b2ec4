//! A change of the help desk, which counts once it is stored.

use poterne::{Record, RecoveryCodes, Stored, TemporaryCode};
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::argument::Rows;
use crate::error::{Conflict, raised};
use crate::once::{Once, no_copy, no_truth};
use crate::outcome::recovery_codes;

#[pyclass(frozen, generic, module = "poterne")]
pub(crate) struct Change(Once<Kind>);

/// What a change brings once it is stored.
pub(crate) enum Kind {
    Nothing(poterne::Change<()>),
    Recovery(poterne::Change<RecoveryCodes>),
    Temporary(poterne::Change<TemporaryCode>),
}

/// A value that a change brings.
pub(crate) trait Brings: Sized {
    fn kind(change: poterne::Change<Self>) -> Kind;

    /// The change, if it brings this; else it goes back.
    fn change(kind: Kind) -> Option<poterne::Change<Self>>;

    fn into_python(self, py: Python<'_>) -> PyResult<Py<PyAny>>;
}

macro_rules! brings {
    ($type:ty, $kind:ident, $into_python:expr) => {
        impl Brings for $type {
            fn kind(change: poterne::Change<Self>) -> Kind {
                Kind::$kind(change)
            }

            fn change(kind: Kind) -> Option<poterne::Change<Self>> {
                match kind {
                    Kind::$kind(change) => Some(change),
                    _ => None,
                }
            }

            fn into_python(self, py: Python<'_>) -> PyResult<Py<PyAny>> {
                $into_python(self, py)
            }
        }
    };
}

brings!((), Nothing, |(), py: Python<'_>| Ok(py.None()));
brings!(RecoveryCodes, Recovery, |codes, py| recovery_codes(py, &codes)?.into_py_any(py));
brings!(TemporaryCode, Temporary, |code: Self, py| PyString::new(py, code.as_str()).into_py_any(py));

impl Change {
    pub(crate) fn new<T: Brings>(change: poterne::Change<T>) -> Self {
        Self(Once::new(T::kind(change), "the change was used already: load the record and make it again"))
    }

    pub(crate) fn take(&self) -> PyResult<Kind> {
        self.0.take()
    }

    pub(crate) fn take_as<T: Brings>(&self) -> PyResult<poterne::Change<T>> {
        T::change(self.take()?)
            .ok_or_else(|| PyTypeError::new_err("the function must make the same change each time"))
    }
}

#[pymethods]
impl Change {
    #[getter]
    fn record<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyString>> {
        let record: Record = self.0.read(|kind| match kind {
            Kind::Nothing(change) => change.record().clone(),
            Kind::Recovery(change) => change.record().clone(),
            Kind::Temporary(change) => change.record().clone(),
        })?;
        Ok(PyString::new(py, record.as_str()))
    }

    #[getter]
    fn changed(&self) -> PyResult<bool> {
        self.0.read(|kind| match kind {
            Kind::Nothing(change) => change.changed(),
            Kind::Recovery(change) => change.changed(),
            Kind::Temporary(change) => change.changed(),
        })
    }

    fn stored(&self, py: Python<'_>, rows_updated: Rows) -> PyResult<Py<PyAny>> {
        match self.take()? {
            Kind::Nothing(change) => done(py, change.stored(rows_updated.0)),
            Kind::Recovery(change) => done(py, change.stored(rows_updated.0)),
            Kind::Temporary(change) => done(py, change.stored(rows_updated.0)),
        }
    }

    fn __bool__(&self) -> PyResult<bool> {
        Err(no_truth("a change is not stored yet: store its record, commit, and ask stored"))
    }

    fn __repr__(&self) -> &'static str {
        "<poterne.Change>"
    }

    fn __reduce_ex__(&self, _protocol: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(no_copy())
    }
}

/// The record of a renamed account, for the row of the new name.
#[pyclass(frozen, module = "poterne")]
pub(crate) struct Rename(Once<poterne::Rename>);

impl Rename {
    pub(crate) fn new(rename: poterne::Rename) -> Self {
        Self(Once::new(rename, "the renaming was used already: load the record and make it again"))
    }
}

#[pymethods]
impl Rename {
    #[getter]
    fn record<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyString>> {
        let record = self.0.read(|rename| rename.record().clone())?;
        Ok(PyString::new(py, record.as_str()))
    }

    fn stored(&self, py: Python<'_>, rows_updated: Rows) -> PyResult<Py<PyAny>> {
        done(py, self.0.take()?.stored(rows_updated.0))
    }

    fn __bool__(&self) -> PyResult<bool> {
        Err(no_truth("a renaming is not stored yet: store its record, commit, and ask stored"))
    }

    fn __repr__(&self) -> &'static str {
        "<poterne.Rename>"
    }

    fn __reduce_ex__(&self, _protocol: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(no_copy())
    }
}

/// What a stored change brings. A conflict is an exception: a return value could be overlooked.
pub(crate) fn done<T: Brings>(
    py: Python<'_>,
    stored: Result<Stored<T>, poterne::Error>,
) -> PyResult<Py<PyAny>> {
    match stored.map_err(raised)? {
        Stored::Done(value) => value.into_python(py),
        Stored::Conflict => Err(Conflict::new_err(())),
    }
}
