//! The application's table in Python, and the library's own loops over it.

use std::thread::sleep;
use std::time::Duration;

use poterne::{
    CheckStep, Outcome as Verdict, Record, RecoveryCodes, Store, StoreCheck, Stored, TemporaryCode, Verifier,
};
use pyo3::exceptions::{PyAttributeError, PyTypeError};
use pyo3::prelude::*;
use pyo3::{intern, types::PyString};

use crate::argument::{Name, Rows, Text};
use crate::attempt::Attempt;
use crate::change::{Brings, Change, Kind, done};
use crate::error::{By, Raised, no_store, raised};
use crate::outcome::Outcome;

/// An object with `load` and `swap`.
pub(crate) struct PythonStore<'py> {
    object: Bound<'py, PyAny>,
    /// What was loaded already, for the first try.
    loaded: Option<Option<String>>,
}

impl<'py> PythonStore<'py> {
    pub(crate) fn new(object: &Bound<'py, PyAny>) -> Self {
        Self { object: object.clone(), loaded: None }
    }

    fn call_load(&self, account: &str) -> PyResult<Option<String>> {
        let record = self.method(intern!(self.object.py(), "load"))?.call1((account,))?;
        match record.extract::<Option<Text>>() {
            Ok(record) => Ok(record.map(|record| (*record).into())),
            Err(_) => Err(no_store("the store's load must return the record as text, or None without a row")),
        }
    }

    fn call_swap(&self, account: &str, old: Option<&str>, new: &str) -> PyResult<u64> {
        let rows = self.method(intern!(self.object.py(), "swap"))?.call1((account, old, new))?;
        match rows.extract::<Rows>() {
            Ok(rows) => Ok(rows.0),
            Err(_) => Err(no_store("the store's swap must return the number of updated rows, an int")),
        }
    }

    fn method(&self, name: &Bound<'py, PyString>) -> PyResult<Bound<'py, PyAny>> {
        self.object.getattr(name).map_err(|error| {
            let is_missing = error.is_instance_of::<PyAttributeError>(self.object.py());
            if is_missing { no_store("a store is an object with two methods, load and swap") } else { error }
        })
    }
}

impl Store for PythonStore<'_> {
    fn load(&mut self, account: &str) -> Result<Option<String>, poterne::Error> {
        match self.loaded.take() {
            Some(record) => Ok(record),
            None => self.call_load(account).map_err(|error| Raised::error(error, By::Store)),
        }
    }

    fn swap(&mut self, account: &str, old: Option<&str>, new: &Record) -> Result<u64, poterne::Error> {
        self.call_swap(account, old, new.as_str()).map_err(|error| Raised::error(error, By::Store))
    }
}

/// The loop around a call that makes an attempt.
#[pyfunction]
pub(crate) fn attempt(store: &Bound<'_, PyAny>, account: Name, make: &Bound<'_, PyAny>) -> PyResult<Outcome> {
    let make = |record: &str| {
        let made = make.call1((record,))?;
        let attempt = made.cast::<Attempt>().map_err(|_| {
            PyTypeError::new_err("the function must return an Attempt: verify, confirm or resynchronize")
        })?;
        attempt.get().take()
    };
    PythonStore::new(store)
        .attempt(&account, |record| make(record).map_err(|error| Raised::error(error, By::Caller)))
        .map(Outcome)
        .map_err(raised)
}

/// The loop around a call that makes a change.
#[pyfunction]
pub(crate) fn change(
    py: Python<'_>,
    store: &Bound<'_, PyAny>,
    account: Name,
    make: &Bound<'_, PyAny>,
) -> PyResult<Py<PyAny>> {
    let mut store = PythonStore::new(store);
    // What the change brings is known once it was made: the first one is made here, on what the loop then loads.
    let record = store.load(&account).map_err(raised)?;
    let first = make_change(make, record.as_deref().unwrap_or_default())?.get().take()?;
    store.loaded = Some(record);
    match first {
        Kind::Nothing(first) => change_as::<()>(py, store, &account, first, make),
        Kind::Recovery(first) => change_as::<RecoveryCodes>(py, store, &account, first, make),
        Kind::Temporary(first) => change_as::<TemporaryCode>(py, store, &account, first, make),
    }
}

fn change_as<T: Brings>(
    py: Python<'_>,
    mut store: PythonStore<'_>,
    account: &str,
    first: poterne::Change<T>,
    make: &Bound<'_, PyAny>,
) -> PyResult<Py<PyAny>> {
    let mut first = Some(first);
    let stored = store.change(account, |record| match first.take() {
        Some(first) => Ok(first),
        None => make_change(make, record)
            .and_then(|change| change.get().take_as::<T>())
            .map_err(|error| Raised::error(error, By::Caller)),
    });
    done(py, stored)
}

fn make_change<'py>(make: &Bound<'py, PyAny>, record: &str) -> PyResult<Bound<'py, Change>> {
    let made = make.call1((PyString::new(make.py(), record),))?;
    made.cast_into::<Change>()
        .map_err(|_| PyTypeError::new_err("the function must return a Change, such as unlock or suspend"))
}

/// The library's check of a store. It is told here step by step, so that other threads run while it waits.
pub(crate) fn check(
    py: Python<'_>,
    verifier: &Verifier,
    account: &str,
    store: &Bound<'_, PyAny>,
    second: &Bound<'_, PyAny>,
) -> Result<Stored<()>, poterne::Error> {
    let (mut store, mut second) = (PythonStore::new(store), PythonStore::new(second));
    let mut check = StoreCheck::new(account);
    loop {
        match check.step() {
            CheckStep::Load => check.loaded(verifier, store.load(account)?.as_deref())?,
            CheckStep::LoadBySecond => check.loaded(verifier, second.load(account)?.as_deref())?,
            CheckStep::Swap { old, new } => {
                let rows = store.swap(account, old, new)?;
                check.swapped(rows)?;
            }
            CheckStep::Pause { milliseconds } => {
                py.detach(|| sleep(Duration::from_millis(milliseconds.into())));
                check.paused()?;
            }
            CheckStep::Done => return check.result(),
        }
    }
}

/// Whether a login was accepted; else what to raise.
pub(crate) fn accepted(py: Python<'_>, outcome: Verdict) -> PyResult<Outcome> {
    let outcome = Outcome(outcome);
    if outcome.accepted() {
        return Ok(outcome);
    }
    Err(crate::error::Refused::new_err((Py::new(py, outcome)?,)))
}
