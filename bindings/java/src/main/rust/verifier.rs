//! `Verifier`: enrollment, attempts, inspection.

use poterne::{
    Enrollment, ExistingCredential, HardwareToken, Keyring, MovingFactor, OtpauthNames, Replacement, Secret,
    State, Verifier,
};

use crate::attempt::{on_credential, write_attempt, write_change, write_replacement};
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

/// Says whether an account is a name (semantics 9.7), before a database is asked for it.
pub(crate) fn account_name(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let object = slots::get(handle)?;
    slots::verifier(&object)?.credential(request.text()?, None)?;
    Ok(Response::done())
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
    let token = HardwareToken::new(secret, parameters::read(request)?);
    kept(slots::verifier(&object)?.enroll_token(account, token, request.time()?)?)
}

/// The handle and the record.
pub(crate) fn kept(enrollment: Enrollment) -> Result<Response, Failure> {
    let record = enrollment.record().clone();
    let handle = slots::keep(Object::Enrollment(Box::new(enrollment)))?;
    Ok(Response::done().number(handle).text(record.as_str()))
}

pub(crate) fn enrollment_uri(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let object = slots::get(handle)?;
    let uri = slots::enrollment(&object)?
        .otpauth_uri(OtpauthNames { issuer: request.text()?, label: request.text()? })?;
    Ok(Response::done().text(uri.as_str()))
}

pub(crate) fn import(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let object = slots::get(handle)?;
    let (account, secret) = (request.text()?, Secret::from_bytes(request.bytes()?)?);
    let existing = ExistingCredential::new(secret, parameters::read(request)?)
        .with_state(request.choice(State::from_number)?)
        .with_watermark(request.optional(Request::factor)?)
        .with_drift(request.small()?)
        .with_last_sync(request.optional(Request::small)?);
    write_change(slots::verifier(&object)?.import(account, existing, request.time()?)?)
}

pub(crate) fn otpauth_uri(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    on_credential(handle, request, |credential, request| {
        let names = OtpauthNames { issuer: request.text()?, label: request.text()? };
        Ok(Response::done().text(credential.otpauth_uri(names, request.time()?)?.as_str()))
    })
}

pub(crate) fn verify(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    on_credential(handle, request, |credential, request| {
        write_attempt(credential.verify(request.submitted()?, request.time()?)?)
    })
}

pub(crate) fn confirm(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    on_credential(handle, request, |credential, request| {
        write_attempt(credential.confirm(request.submitted()?, request.time()?)?)
    })
}

pub(crate) fn replace(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let object = slots::get(handle)?;
    let (old, account, pending) = (request.text()?, request.text()?, request.text()?);
    let replacement = Replacement { account, old, pending };
    write_replacement(slots::verifier(&object)?.replace(
        replacement,
        request.submitted()?,
        request.time()?,
    )?)
}

pub(crate) fn resynchronize(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    on_credential(handle, request, |credential, request| {
        write_attempt(credential.resynchronize(
            request.submitted()?,
            request.submitted()?,
            request.time()?,
        )?)
    })
}

pub(crate) fn inspect(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let status =
        on_credential(handle, request, |credential, request| Ok(credential.inspect(request.time()?)?))?;
    let response = Response::done()
        .number(status.state().number().into())
        .number(status.authenticator().number().into());
    let response = match status.moving_factor() {
        MovingFactor::Counter => response.number(parameters::COUNTER_BASED).number(0).number(0),
        MovingFactor::Time(steps) => {
            response.number(parameters::TIME).number(steps.time_step().into()).time(steps.t0())
        }
    };
    Ok(response
        .number(status.algorithm().number().into())
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
