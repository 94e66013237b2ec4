//! `StoredCredential`: the changes of the help desk.

use poterne::{CodeSet, MissingAuthenticator};

use crate::attempt::{on_credential, write_change, write_rename};
use crate::request::Request;
use crate::response::{Failure, Response};

pub(crate) fn recovery_codes(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    on_credential(handle, request, |credential, request| {
        write_change(credential.recovery_codes(request.small()?)?)
    })
}

pub(crate) fn temporary_code(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    on_credential(handle, request, |credential, request| {
        let (expiry, uses) = (request.optional(Request::time)?, request.small()?);
        let missing = request.choice(MissingAuthenticator::from_number)?;
        write_change(credential.temporary_code(expiry, uses, missing, request.time()?)?)
    })
}

pub(crate) fn end_codes(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    on_credential(handle, request, |credential, request| {
        write_change(credential.end_codes(request.choice(CodeSet::from_number)?)?)
    })
}

pub(crate) fn unlock(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    on_credential(handle, request, |credential, _| write_change(credential.unlock()?))
}

pub(crate) fn repair_clock(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    on_credential(handle, request, |credential, request| {
        write_change(credential.repair_clock(request.time()?)?)
    })
}

pub(crate) fn forget(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    on_credential(handle, request, |credential, request| write_change(credential.forget(request.time()?)?))
}

pub(crate) fn suspend(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    on_credential(handle, request, |credential, _| write_change(credential.suspend()?))
}

pub(crate) fn resume(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    on_credential(handle, request, |credential, _| write_change(credential.resume()?))
}

pub(crate) fn revoke(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    on_credential(handle, request, |credential, _| write_change(credential.revoke()?))
}

pub(crate) fn reseal(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    on_credential(handle, request, |credential, _| write_change(credential.reseal()?))
}

pub(crate) fn rename(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    on_credential(handle, request, |credential, request| {
        Ok(write_rename(&credential.rename(request.text()?)?))
    })
}
