//! The login, step by step: Java does the I/O between the steps, and is never called from here.

use std::sync::{Arc, Mutex};

use poterne::{Error, ErrorKind, Login, LoginStep};

use crate::attempt::write_outcome;
use crate::request::Request;
use crate::response::{Failure, Response};
use crate::slots::{self, Object};

/// A login under way, and the verifier that it uses.
pub(crate) struct OwnedLogin {
    // Dropped in this order.
    login: Login<'static>,
    _verifier: Arc<Object>,
}

/// The handle of a login, whose first step is to load.
pub(crate) fn start(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let object = slots::get(handle)?;
    let (account, submitted, now) = (request.text()?, request.submitted()?, request.time()?);
    let verifier = std::ptr::from_ref(slots::verifier(&object)?);
    // SAFETY: the verifier lies in the object, which does not move, is not changed, and is held as long as the login is.
    let login = unsafe { &*verifier }.start_login(account, submitted, now);
    let owned = OwnedLogin { login, _verifier: object };
    Ok(Response::done().number(slots::keep(Object::Login(Mutex::new(Some(owned))))?))
}

/// Takes what was loaded, and says what to do next.
pub(crate) fn loaded(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let record = request.optional(Request::text)?;
    go_on(handle, |login| login.loaded(record))
}

/// Takes how many rows were updated, and says what to do next.
pub(crate) fn swapped(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let rows = rows(request)?;
    go_on(handle, |login| login.swapped(rows))
}

fn go_on(
    handle: i64,
    report: impl FnOnce(&mut Login<'static>) -> Result<(), Error>,
) -> Result<Response, Failure> {
    let object = slots::get(handle)?;
    let mut slot = slots::login(&object)?;
    let mut owned = slot.take().ok_or_else(|| Failure::of(ErrorKind::Attempt))?;
    report(&mut owned.login)?;
    let response = match owned.login.step() {
        LoginStep::Load => Response::done().number(LOAD),
        LoginStep::Swap { old, new } => Response::done().number(SWAP).text(old).text(new.as_str()),
        LoginStep::Done => {
            return Ok(write_outcome(Response::done().number(DONE), &owned.login.outcome()?));
        }
    };
    *slot = Some(owned);
    Ok(response)
}

/// A negative number is no number of rows: the library refuses it.
pub(crate) fn rows(request: &mut Request<'_>) -> Result<u64, Failure> {
    Ok(u64::try_from(request.number()?).unwrap_or(u64::MAX))
}

// What Java does next.
const LOAD: i64 = 1;
const SWAP: i64 = 2;
const DONE: i64 = 3;
