//! The check of a store, step by step: Java does the I/O between the steps, and is never called from here.

use std::sync::Mutex;

use poterne::{CheckStep, Error, ErrorKind, NotStored, StoreCheck, Verifier};

use crate::request::Request;
use crate::response::{Failure, Response};
use crate::slots::{self, Object, OwnedCheck};

/// The handle of a check, whose first step is to load.
pub(crate) fn start(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let verifier = slots::get(handle)?;
    let account = request.text()?;
    // Before the first load: to a database a name that is none may be a failure.
    slots::verifier(&verifier)?.credential(account, None)?;
    let owned = OwnedCheck { check: StoreCheck::new(account), verifier };
    Ok(Response::done().number(slots::keep(Object::Check(Mutex::new(Some(Box::new(owned)))))?))
}

/// Takes what was loaded, by the store or by the second one, and says what to do next.
pub(crate) fn loaded(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let record = request.optional(Request::text)?;
    go_on(handle, |check, verifier| check.loaded(verifier, record))
}

/// Takes how many rows were updated, and says what to do next.
pub(crate) fn swapped(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    // A negative number is not a number of rows: the library refuses it.
    let rows = u64::try_from(request.number()?).unwrap_or(u64::MAX);
    go_on(handle, |check, _| check.swapped(rows))
}

/// Goes on after a pause.
pub(crate) fn paused(handle: i64, _: &mut Request<'_>) -> Result<Response, Failure> {
    go_on(handle, |check, _| check.paused())
}

fn go_on(
    handle: i64,
    report: impl FnOnce(&mut StoreCheck, &Verifier) -> Result<(), Error>,
) -> Result<Response, Failure> {
    let object = slots::get(handle)?;
    let mut slot = slots::check(&object)?;
    let mut owned = slot.take().ok_or_else(|| Failure::of(ErrorKind::Attempt))?;
    report(&mut owned.check, slots::verifier(&owned.verifier)?)?;
    let response = match owned.check.step() {
        CheckStep::Load => Response::done().number(LOAD),
        CheckStep::LoadBySecond => Response::done().number(LOAD_BY_SECOND),
        CheckStep::Swap { old: None, new } => Response::done().number(INSERT).text(new.as_str()),
        CheckStep::Swap { old: Some(old), new } => Response::done().number(SWAP).text(old).text(new.as_str()),
        CheckStep::Pause { milliseconds } => Response::done().number(PAUSE).number(milliseconds.into()),
        CheckStep::Done => {
            let is_proven = match owned.check.outcome() {
                Ok(()) => true,
                Err(NotStored::Conflict) => false,
                Err(NotStored::Error(error)) => return Err(error.into()),
            };
            return Ok(Response::done().number(DONE).flag(is_proven));
        }
    };
    *slot = Some(owned);
    Ok(response)
}

// What Java does next.
const LOAD: i64 = 1;
const LOAD_BY_SECOND: i64 = 2;
const SWAP: i64 = 3;
const PAUSE: i64 = 4;
const INSERT: i64 = 5;
const DONE: i64 = 6;
