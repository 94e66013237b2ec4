//! The application's table in Python, and the loops over it. The steps are the library's, so other threads run while a store waits,
//! and what Python raises comes out as it is.

use std::thread::sleep;
use std::time::Duration;

use poterne::{Answer, CheckStep, Step, Steps, StoreCheck, is_stored};
use pyo3::exceptions::{PyAttributeError, PyTypeError};
use pyo3::prelude::*;
use pyo3::{intern, types::PyString};

use crate::answer::into_python;
use crate::argument::{Name, Rows, Text, Time, now};
use crate::attempt::Attempt;
use crate::credential::StoredCredential;
use crate::error::{denied, no_store, raised, unavailable};
use crate::status::Status;
use crate::verifier::Verifier;

/// An object with `load` and `swap`.
pub(crate) struct Store<'a, 'py>(pub(crate) &'a Bound<'py, PyAny>);

impl<'py> Store<'_, 'py> {
    fn load(&self, account: &str) -> PyResult<Option<Text>> {
        let record = self.call(intern!(self.0.py(), "load"), (account,))?;
        record
            .extract()
            .map_err(|_| no_store("the store's load must return the record as text, or None without a row"))
    }

    fn swap(&self, account: &str, old: Option<&str>, new: &str) -> PyResult<u64> {
        let rows = self.call(intern!(self.0.py(), "swap"), (account, old, new))?;
        match rows.extract::<Rows>() {
            Ok(rows) => Ok(rows.0),
            Err(_) => Err(no_store("the store's swap must return the number of updated rows, an int")),
        }
    }

    fn call(
        &self,
        name: &Bound<'py, PyString>,
        arguments: impl pyo3::call::PyCallArgs<'py>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = self.0.py();
        let method = self.0.getattr(name).map_err(|error| {
            let is_missing = error.is_instance_of::<PyAttributeError>(py);
            if is_missing { no_store("a store is an object with two methods, load and swap") } else { error }
        });
        method.and_then(|method| method.call1(arguments)).map_err(|error| unavailable(py, error))
    }

    /// Does what the steps ask for (semantics 7.7).
    pub(crate) fn follow(
        &self,
        account: &str,
        mut steps: Steps<Answer, poterne::Denied, Text>,
        mut make: impl FnMut(Option<&str>) -> PyResult<poterne::Attempt<Answer>>,
    ) -> PyResult<Py<PyAny>> {
        loop {
            match steps.step() {
                Step::Load => loaded(&mut steps, self.load(account)?, &mut make)?,
                Step::Swap { old, new } => {
                    let rows = self.swap(account, Some(old), new.as_str())?;
                    steps.swapped(rows).map_err(raised)?;
                }
                Step::Done => return into_python(steps.outcome().map_err(denied)?, self.0.py()),
            }
        }
    }

    /// The library's check of a store.
    pub(crate) fn check(&self, second: &Self, verifier: &poterne::Verifier, account: &str) -> PyResult<()> {
        let py = self.0.py();
        check_name(verifier, account)?;
        let mut check = StoreCheck::new(account);
        loop {
            match check.step() {
                CheckStep::Load => check.loaded(verifier, self.load(account)?.as_deref()).map_err(raised)?,
                CheckStep::LoadBySecond => {
                    check.loaded(verifier, second.load(account)?.as_deref()).map_err(raised)?;
                }
                CheckStep::Swap { old, new } => {
                    let rows = self.swap(account, old, new.as_str())?;
                    check.swapped(rows).map_err(raised)?;
                }
                CheckStep::Pause { milliseconds } => {
                    py.detach(|| sleep(Duration::from_millis(milliseconds.into())));
                    check.paused().map_err(raised)?;
                }
                CheckStep::Done => return check.outcome().map_err(|not_stored| denied(not_stored.into())),
            }
        }
    }
}

/// Before a database is asked, of which some take a name that is none for a failure of their own (semantics 9.7).
pub(crate) fn check_name(verifier: &poterne::Verifier, account: &str) -> PyResult<()> {
    verifier.credential(account, None).map(drop).map_err(raised)
}

/// Makes the attempt on what was loaded.
pub(crate) fn loaded(
    steps: &mut Steps<Answer, poterne::Denied, Text>,
    record: Option<Text>,
    make: impl FnOnce(Option<&str>) -> PyResult<poterne::Attempt<Answer>>,
) -> PyResult<()> {
    let attempt = make(record.as_deref())?;
    steps.loaded(record, |_| Ok(attempt)).map_err(raised)
}

/// The loop around a call that makes an attempt.
#[pyfunction]
pub(crate) fn apply(
    store: &Bound<'_, PyAny>,
    verifier: &Bound<'_, Verifier>,
    account: Name,
    make: &Bound<'_, PyAny>,
) -> PyResult<Py<PyAny>> {
    check_name(&verifier.get().0, &account)?;
    Store(store).follow(&account, Steps::new(), |record| {
        let made = make.call1((StoredCredential::new(verifier, &account, record)?,))?;
        let attempt = made.cast::<Attempt>().map_err(|_| {
            PyTypeError::new_err("the function must return an Attempt, such as credential.unlock() does")
        })?;
        attempt.get().take()
    })
}

#[pyfunction]
pub(crate) fn insert(store: &Bound<'_, PyAny>, account: Name, record: Text) -> PyResult<()> {
    let rows = Store(store).swap(&account, None, &record)?;
    if is_stored(rows).map_err(raised)? {
        Ok(())
    } else {
        Err(denied(poterne::Denied::Refused(poterne::Refusal::Conflict)))
    }
}

#[pyfunction]
pub(crate) fn inspect(
    store: &Bound<'_, PyAny>,
    verifier: &Bound<'_, Verifier>,
    account: Name,
    now: Option<Time>,
) -> PyResult<Status> {
    check_name(&verifier.get().0, &account)?;
    let record = Store(store).load(&account)?;
    StoredCredential::new(verifier, &account, record.as_deref())?.status(self::now(now)?)
}
