//! The bare RFC layer, stateless, and what an application needs beside it.

use poterne::{ErrorKind, Match, Secret, match_otp, split_password_and_code};

use crate::parameters;
use crate::request::Request;
use crate::response::{Failure, Response};

pub(crate) fn hotp(_: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let (secret, format) = (Secret::from_bytes(request.bytes()?)?, parameters::format(request)?);
    let otp = poterne::hotp::generate(&secret, format, request.factor()?);
    Ok(Response::done().text(otp.as_str()))
}

pub(crate) fn totp(_: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let (secret, parameters) = (Secret::from_bytes(request.bytes()?)?, parameters::read(request)?);
    let otp =
        poterne::totp::generate(&secret, parameters.format(), parameters.time_steps()?, request.time()?)?;
    Ok(Response::done().text(otp.as_str()))
}

/// The time step of a time.
pub(crate) fn time_step(_: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let steps = parameters::read(request)?.time_steps()?;
    Ok(Response::done().factor(steps.at(request.time()?)?))
}

/// Looks for a submitted code among candidates.
pub(crate) fn find(_: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let (secret, format) = (Secret::from_bytes(request.bytes()?)?, parameters::format(request)?);
    let (submitted, candidates) = (request.submitted()?, request.factor()?..=request.factor()?);
    let watermark = request.optional(Request::factor)?;
    let (found, factor) = match match_otp(&secret, format, submitted, candidates, watermark)? {
        Match::Found(factor) => (1, factor),
        Match::Replayed => (2, 0),
        Match::NotFound => (3, 0),
        Match::Malformed => (4, 0),
        _ => return Err(Failure::of(ErrorKind::Version)),
    };
    Ok(Response::done().number(found).factor(factor))
}

/// The code at the end of a field, if there is one. The end of the field is enough.
pub(crate) fn split(_: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let (field, digits) = (request.bytes()?, parameters::digits(request)?);
    let (_, code) = split_password_and_code(field, digits);
    Ok(Response::done().optional(code, Response::text))
}

pub(crate) fn secret_generate(_: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    Ok(Response::done().bytes(Secret::generate(request.small()?)?.as_bytes()))
}

/// Bytes from base32 or hexadecimal, or bytes that are a secret's as they are.
pub(crate) fn secret_decode(_: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let secret = match request.number()? {
        0 => Secret::from_bytes(request.bytes()?)?,
        1 => Secret::from_base32(request.text()?)?,
        2 => Secret::from_hex(request.text()?)?,
        _ => return Err(Failure::of(ErrorKind::Version)),
    };
    Ok(Response::done().bytes(secret.as_bytes()))
}

pub(crate) fn secret_encode(_: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    Ok(Response::done().text(&Secret::from_bytes(request.bytes()?)?.to_base32()))
}
