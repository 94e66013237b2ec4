//! `Verifier`: the changes of the help desk.

use poterne::{Change, CodeSet, Error, ErrorKind, Meanwhile, Verifier};

use crate::attempt::{Answer, write_change, write_rename};
use crate::request::Request;
use crate::response::{Failure, Response};
use crate::slots;

pub(crate) fn recovery_codes(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let object = slots::get(handle)?;
    let (record, account, count) = (request.text()?, request.text()?, request.small()?);
    write_change(slots::verifier(&object)?.recovery_codes(record, account, count)?)
}

pub(crate) fn temporary_code(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let object = slots::get(handle)?;
    let (record, account) = (request.text()?, request.text()?);
    let (expiry, uses) = (request.optional(Request::time)?, request.small()?);
    let meanwhile = if request.flag()? { Meanwhile::Suspend } else { Meanwhile::Keep };
    let now = request.time()?;
    write_change(slots::verifier(&object)?.temporary_code(record, account, expiry, uses, meanwhile, now)?)
}

pub(crate) fn unlock(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    change(handle, request, Verifier::unlock)
}

pub(crate) fn repair_clock(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let object = slots::get(handle)?;
    let (record, account, now) = (request.text()?, request.text()?, request.time()?);
    write_change(slots::verifier(&object)?.repair_clock(record, account, now)?)
}

pub(crate) fn end_codes(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let object = slots::get(handle)?;
    let (record, account, number) = (request.text()?, request.text()?, request.number()?);
    let codes = CodeSet::ALL.iter().find(|codes| i64::from(codes.number()) == number);
    let codes = codes.ok_or_else(|| Failure::of(ErrorKind::Argument))?;
    write_change(slots::verifier(&object)?.end_codes(record, account, *codes)?)
}

pub(crate) fn forget(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let object = slots::get(handle)?;
    let (record, account, now) = (request.text()?, request.text()?, request.time()?);
    write_change(slots::verifier(&object)?.forget(record, account, now)?)
}

pub(crate) fn suspend(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    change(handle, request, Verifier::suspend)
}

pub(crate) fn resume(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    change(handle, request, Verifier::resume)
}

pub(crate) fn revoke(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    change(handle, request, Verifier::revoke)
}

pub(crate) fn reseal(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    change(handle, request, Verifier::reseal)
}

pub(crate) fn rename(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let object = slots::get(handle)?;
    let (record, account, new_account) = (request.text()?, request.text()?, request.text()?);
    Ok(write_rename(&slots::verifier(&object)?.rename(record, account, new_account)?))
}

fn change<T: Answer>(
    handle: i64,
    request: &mut Request<'_>,
    change: fn(&Verifier, &str, &str) -> Result<Change<T>, Error>,
) -> Result<Response, Failure> {
    let object = slots::get(handle)?;
    let (record, account) = (request.text()?, request.text()?);
    write_change(change(slots::verifier(&object)?, record, account)?)
}
