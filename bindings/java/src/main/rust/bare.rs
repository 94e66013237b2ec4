//! The bare RFC layer, stateless, and what an application needs beside it.

use poterne::{
    Algorithm, Digits, ErrorKind, Match, OtpFormat, Secret, match_otp, match_otp_from_bytes,
    split_password_and_code,
};

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

/// As [`find`], for a code of so many ASCII characters, the last one in the lowest byte: how far the factor is from the first, or a
/// negative number.
pub(crate) fn find_number(
    secret: &[u8],
    (algorithm, digits): (i32, i32),
    code: i64,
    (first, last): (i64, i64),
    watermark: Option<i64>,
) -> i64 {
    let search = || {
        let algorithm = Algorithm::from_number(algorithm)?;
        let digits = Digits::new(u8::try_from(digits).ok()?.into()).ok()?;
        let code = code.to_be_bytes();
        let (_, code) = code.split_at_checked(code.len().checked_sub(digits.as_usize())?)?;
        let code = std::str::from_utf8(code).ok()?;
        let format = OtpFormat::default().with_algorithm(algorithm).with_digits(digits);
        let factor = |bits: i64| u64::from_be_bytes(bits.to_be_bytes());
        let (candidates, watermark) = (factor(first)..=factor(last), watermark.map(factor));
        match match_otp_from_bytes(secret, format, code, candidates, watermark) {
            Ok(Match::Found(found)) => i64::try_from(found.wrapping_sub(factor(first))).ok(),
            Ok(Match::Replayed) => Some(REPLAYED),
            Ok(Match::NotFound) => Some(NOT_FOUND),
            _ => None,
        }
    };
    search().unwrap_or(OTHERWISE)
}

const REPLAYED: i64 = -1;
const NOT_FOUND: i64 = -2;

/// There is no number for it: [`find`] says what is wrong.
pub(crate) const OTHERWISE: i64 = -3;

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
