//! `Verifier`: enrollment, attempts, inspection.

use poterne::{
    Accepted, Attempt, Confirmed, Enrollment, Error, ErrorKind, Imported, Keyring, MovingFactor,
    Resynchronized, Secret, State, TokenRecord, UnixTime, Verifier,
};

use crate::attempt::{Judged, write_attempt, write_change};
use crate::request::Request;
use crate::response::{Failure, Response};
use crate::slots::{self, Object};
use crate::{parameters, policy};

/// With a copy of the keyring, whose handle this is.
pub(crate) fn new(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let object = slots::get(handle)?;
    let keyring = Keyring::parse(&slots::keyring(&object)?.to_text())?;
    let verifier = Verifier::new(keyring, request.text()?)?.with_policy(policy::read(request)?);
    Ok(Response::done().number(slots::keep(Object::Verifier(Box::new(verifier)))?))
}

/// Closes a handle of any kind.
pub(crate) fn close(handle: i64, _: &mut Request<'_>) -> Result<Response, Failure> {
    slots::close(handle);
    Ok(Response::done())
}

pub(crate) fn enroll(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let object = slots::get(handle)?;
    let (account, parameters, now) = (request.text()?, parameters::read(request)?, request.time()?);
    kept(slots::verifier(&object)?.enroll(account, parameters, now)?)
}

pub(crate) fn enroll_token(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let object = slots::get(handle)?;
    let (account, secret) = (request.text()?, Secret::from_bytes(request.bytes()?)?);
    let token = TokenRecord::new(secret, parameters::read(request)?);
    kept(slots::verifier(&object)?.enroll_token(account, token, request.time()?)?)
}

/// The handle and the record.
fn kept(enrollment: Enrollment) -> Result<Response, Failure> {
    let record = enrollment.record().clone();
    let handle = slots::keep(Object::Enrollment(Box::new(enrollment)))?;
    Ok(Response::done().number(handle).text(record.as_str()))
}

pub(crate) fn enrollment_uri(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let object = slots::get(handle)?;
    let uri = slots::enrollment(&object)?.otpauth_uri(request.text()?, request.text()?)?;
    Ok(Response::done().text(uri.as_str()))
}

pub(crate) fn import(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let object = slots::get(handle)?;
    let (account, secret) = (request.text()?, Secret::from_bytes(request.bytes()?)?);
    let imported = Imported::new(secret, parameters::read(request)?)
        .with_state(state(request)?)
        .with_watermark(request.optional(Request::factor)?)
        .with_drift(request.small()?)
        .with_last_sync(request.optional(Request::small)?);
    write_change(slots::verifier(&object)?.import(account, imported, request.time()?)?)
}

pub(crate) fn otpauth_uri(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let object = slots::get(handle)?;
    let (record, account) = (request.text()?, request.text()?);
    let (issuer, label, now) = (request.text()?, request.text()?, request.time()?);
    let uri = slots::verifier(&object)?.otpauth_uri(record, account, issuer, label, now)?;
    Ok(Response::done().text(uri.as_str()))
}

pub(crate) fn verify(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    attempt::<Accepted>(handle, request, Verifier::verify)
}

pub(crate) fn confirm(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    attempt::<Confirmed>(handle, request, Verifier::confirm)
}

pub(crate) fn replace(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let object = slots::get(handle)?;
    let (old, account, pending) = (request.text()?, request.text()?, request.text()?);
    let (submitted, now) = (request.submitted()?, request.time()?);
    write_attempt::<Confirmed>(slots::verifier(&object)?.replace(old, pending, account, submitted, now)?)
}

pub(crate) fn resynchronize(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let object = slots::get(handle)?;
    let (record, account) = (request.text()?, request.text()?);
    let (first, second, now) = (request.submitted()?, request.submitted()?, request.time()?);
    write_attempt::<Resynchronized>(
        slots::verifier(&object)?.resynchronize(record, account, first, second, now)?,
    )
}

fn attempt<T: Judged>(
    handle: i64,
    request: &mut Request<'_>,
    attempt: fn(&Verifier, &str, &str, &str, UnixTime) -> Result<Attempt, Error>,
) -> Result<Response, Failure> {
    let object = slots::get(handle)?;
    let (record, account) = (request.text()?, request.text()?);
    let (submitted, now) = (request.submitted()?, request.time()?);
    write_attempt::<T>(attempt(slots::verifier(&object)?, record, account, submitted, now)?)
}

pub(crate) fn inspect(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let object = slots::get(handle)?;
    let (record, account, now) = (request.text()?, request.text()?, request.time()?);
    let status = slots::verifier(&object)?.inspect(record, account, now)?;
    let response = Response::done()
        .number(status.state().number().into())
        .number(parameters::authenticator_number(status.authenticator()));
    let response = match status.moving_factor() {
        MovingFactor::Counter => response.number(parameters::COUNTER_BASED).number(0).number(0),
        MovingFactor::Time(steps) => {
            response.number(parameters::TIME).number(steps.time_step().into()).time(steps.t0())
        }
    };
    Ok(response
        .number(parameters::algorithm_number(status.algorithm()))
        .count(status.digits().as_usize())
        .number(status.failures().into())
        .factor(status.wait_seconds())
        .flag(status.is_locked())
        .number(status.drift().into())
        .number(status.recovery_codes_left().into())
        .optional(status.temporary_code(), |response, code| {
            response.time(code.expiry()).number(code.uses_left().into())
        })
        .optional(status.not_before(), Response::time)
        .optional(status.not_after(), Response::time)
        .optional(status.confirm_by(), Response::time)
        .flag(status.is_secret_weak())
        .number(status.key_id().into())
        .flag(status.needs_reseal()))
}

fn state(request: &mut Request<'_>) -> Result<State, Failure> {
    let number = request.number()?;
    [State::Pending, State::Active, State::Suspended, State::Revoked]
        .into_iter()
        .find(|state| i64::from(state.number()) == number)
        .ok_or_else(|| Failure::of(ErrorKind::Argument))
}
