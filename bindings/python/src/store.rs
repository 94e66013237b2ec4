//! The loops over the application's table, without its calls: those are Python's, in `poterne._store`.
//!
//! No frame of Rust stands below a line of the application. At the end of the interpreter CPython before 3.14 ends a thread wherever it
//! takes the lock of the interpreter again, by `pthread_exit`. That unwinds the stack, and where it comes to a frame of Rust the process
//! is aborted.

use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};

use poterne::{Answer, CheckStep, Denied, Step, TicketBinding, UnixTime, is_stored};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::PyString;

use crate::answer::into_python;
use crate::argument::{Name, Rows, Text, Time, now};
use crate::attempt::Attempt;
use crate::credential::StoredCredential;
use crate::error::{denied, no_store, not_attempt, raised};
use crate::once::no_copy;
use crate::verifier::Verifier;

/// A login or a change: what to do next (semantics 7.7). It holds the records: a local variable of Python's is shown by those who
/// report an exception.
#[pyclass(frozen, module = "poterne._poterne")]
pub(crate) struct Steps {
    verifier: Py<Verifier>,
    account: Name,
    progress: Mutex<Progress>,
}

#[derive(Default)]
struct Progress {
    loaded: Option<Text>,
    steps: poterne::Steps<Answer, Denied, Text>,
}

#[pymethods]
impl Steps {
    #[new]
    fn new(verifier: Py<Verifier>, account: Name) -> PyResult<Self> {
        check_name(&verifier.get().0, &account)?;
        Ok(Self { verifier, account, progress: Mutex::default() })
    }

    /// Takes the record that the application has loaded already.
    fn begin(&self, py: Python<'_>, record: Option<Text>) -> PyResult<StoredCredential> {
        let credential = StoredCredential::new(self.verifier.bind(py), &self.account, record.as_deref())?;
        lock(&self.progress).loaded = record;
        Ok(credential)
    }

    /// Takes the record that the store has loaded.
    fn loaded(&self, py: Python<'_>, record: &Bound<'_, PyAny>) -> PyResult<StoredCredential> {
        self.begin(py, loaded(record)?)
    }

    /// Takes the attempt on what was loaded. Returns whether to swap.
    fn made(&self, attempt: &Bound<'_, PyAny>) -> PyResult<bool> {
        let attempt = attempt.cast::<Attempt>().map_err(|_| not_attempt())?.get().take()?;
        let mut progress = lock(&self.progress);
        let record = progress.loaded.take();
        progress.steps.loaded(record, |_| Ok(attempt)).map_err(raised)?;
        Ok(matches!(progress.steps.step(), Step::Swap { .. }))
    }

    /// Returns the record to replace, and the one to store.
    fn swap<'py>(&self, py: Python<'py>) -> Option<(Bound<'py, PyString>, Bound<'py, PyString>)> {
        match lock(&self.progress).steps.step() {
            Step::Swap { old, new } => Some((PyString::new(py, old), PyString::new(py, new.as_str()))),
            _ => None,
        }
    }

    /// Takes the number of updated rows. Returns whether to load again.
    fn swapped(&self, rows_updated: &Bound<'_, PyAny>) -> PyResult<bool> {
        let rows = swapped(rows_updated)?;
        let mut progress = lock(&self.progress);
        progress.steps.swapped(rows).map_err(raised)?;
        Ok(matches!(progress.steps.step(), Step::Load))
    }

    fn outcome(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let ended = mem::take(&mut *lock(&self.progress));
        into_python(ended.steps.outcome().map_err(denied)?, py)
    }

    fn __reduce_ex__(&self, _protocol: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(no_copy())
    }
}

/// What a user typed for a login, and when.
#[pyclass(frozen, module = "poterne._poterne")]
pub(crate) struct Submission {
    submitted: Text,
    now: UnixTime,
}

#[pymethods]
impl Submission {
    #[new]
    fn new(submitted: Text, now: Option<Time>) -> PyResult<Self> {
        Ok(Self { submitted, now: self::now(now)? })
    }

    /// Whether the ticket that came with it is valid, at the same second (semantics 7.9), before a store is asked.
    fn check_ticket(
        &self,
        verifier: &Bound<'_, Verifier>,
        account: Name,
        ticket: Text,
        purpose: Name,
        context: PyBackedBytes,
    ) -> PyResult<()> {
        let binding = TicketBinding { purpose: &purpose, context: &context };
        verifier.get().0.check_ticket(&account, &ticket, binding, self.now).map_err(denied)
    }

    fn verify(&self, credential: &Bound<'_, StoredCredential>) -> PyResult<Attempt> {
        credential.get().verified(&self.submitted, self.now)
    }

    fn __reduce_ex__(&self, _protocol: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(no_copy())
    }
}

/// The library's check of a store: what to do next.
#[pyclass(frozen, module = "poterne._poterne")]
pub(crate) struct StoreCheck {
    verifier: Py<Verifier>,
    account: Name,
    check: Mutex<poterne::StoreCheck>,
}

#[pymethods]
impl StoreCheck {
    #[new]
    fn new(verifier: Py<Verifier>, account: Name) -> PyResult<Self> {
        check_name(&verifier.get().0, &account)?;
        let check = Mutex::new(poterne::StoreCheck::new(&account));
        Ok(Self { verifier, account, check })
    }

    /// Returns the name of the next step, and the milliseconds of a pause; None at the end.
    fn step(&self) -> Option<(&'static str, u8)> {
        match lock(&self.check).step() {
            CheckStep::Load => Some(("load", 0)),
            CheckStep::LoadBySecond => Some(("load by second", 0)),
            CheckStep::Swap { .. } => Some(("swap", 0)),
            CheckStep::Pause { milliseconds } => Some(("pause", milliseconds)),
            CheckStep::Done => None,
        }
    }

    /// Returns the record to replace, or None for an insert, and the one to store.
    fn swap<'py>(&self, py: Python<'py>) -> Option<(Option<Bound<'py, PyString>>, Bound<'py, PyString>)> {
        match lock(&self.check).step() {
            CheckStep::Swap { old, new } => {
                Some((old.map(|old| PyString::new(py, old)), PyString::new(py, new.as_str())))
            }
            _ => None,
        }
    }

    fn loaded(&self, record: &Bound<'_, PyAny>) -> PyResult<()> {
        let record = loaded(record)?;
        lock(&self.check).loaded(&self.verifier.get().0, record.as_deref()).map_err(raised)
    }

    fn swapped(&self, rows_updated: &Bound<'_, PyAny>) -> PyResult<()> {
        let rows = swapped(rows_updated)?;
        lock(&self.check).swapped(rows).map_err(raised)
    }

    fn paused(&self) -> PyResult<()> {
        lock(&self.check).paused().map_err(raised)
    }

    fn outcome(&self) -> PyResult<()> {
        let ended = mem::replace(&mut *lock(&self.check), poterne::StoreCheck::new(&self.account));
        ended.outcome().map_err(|not_stored| denied(not_stored.into()))
    }

    fn __reduce_ex__(&self, _protocol: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(no_copy())
    }
}

/// The credential that a store has loaded.
#[pyfunction]
pub(crate) fn loaded_credential(
    verifier: &Bound<'_, Verifier>,
    account: Name,
    record: &Bound<'_, PyAny>,
) -> PyResult<StoredCredential> {
    StoredCredential::new(verifier, &account, loaded(record)?.as_deref())
}

/// Whether an insert is stored.
#[pyfunction]
pub(crate) fn inserted(rows_updated: &Bound<'_, PyAny>) -> PyResult<()> {
    if is_stored(swapped(rows_updated)?).map_err(raised)? {
        Ok(())
    } else {
        Err(denied(Denied::Refused(poterne::Refusal::Conflict)))
    }
}

/// Before a database is asked, of which some take a name that is none for a failure of their own (semantics 9.7).
fn check_name(verifier: &poterne::Verifier, account: &str) -> PyResult<()> {
    verifier.credential(account, None).map(drop).map_err(raised)
}

fn loaded(record: &Bound<'_, PyAny>) -> PyResult<Option<Text>> {
    record
        .extract()
        .map_err(|_| no_store("the store's load must return the record as text, or None without a row"))
}

fn swapped(rows_updated: &Bound<'_, PyAny>) -> PyResult<u64> {
    let rows: PyResult<Rows> = rows_updated.extract();
    rows.map(|rows| rows.0)
        .map_err(|_| no_store("the store's swap must return the number of updated rows, an int"))
}

/// No lock is held while Python runs.
fn lock<T>(value: &Mutex<T>) -> MutexGuard<'_, T> {
    value.lock().unwrap_or_else(PoisonError::into_inner)
}
