//! `Parameters`: Java keeps them packed, as they are written here.

use poterne::{Algorithm, Authenticator, Digits, ErrorKind, MovingFactor, OtpFormat, Parameters};

use crate::request::Request;
use crate::response::{Failure, Response};

/// The defaults of a moving factor.
pub(crate) fn defaults(_: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let parameters = if moving_factor_is_time(request)? { Parameters::totp() } else { Parameters::hotp() };
    Ok(Response::done().nested(&write(Response::done(), &parameters)))
}

/// Parameters with another value.
pub(crate) fn with(_: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let parameters = read(request)?;
    let parameters = match request.number()? {
        AUTHENTICATOR => parameters.with_authenticator(request.choice(Authenticator::from_number)?),
        ALGORITHM => parameters.with_algorithm(request.choice(Algorithm::from_number)?),
        DIGITS => parameters.with_digits(digits(request)?),
        TIME_STEP => parameters.with_time_step(request.small()?)?,
        T0 => parameters.with_t0(request.time()?)?,
        COUNTER => parameters.with_counter(request.factor()?)?,
        SECRET_LEN => parameters.with_secret_len(request.small()?)?,
        VALIDITY => {
            parameters.with_validity(request.optional(Request::time)?, request.optional(Request::time)?)?
        }
        CONFIRM_BY => parameters.with_confirm_by(request.optional(Request::time)?),
        _ => return Err(Failure::of(ErrorKind::Version)),
    };
    Ok(Response::done().nested(&write(Response::done(), &parameters)))
}

pub(crate) fn read(request: &mut Request<'_>) -> Result<Parameters, Failure> {
    let mut packed = Request::new(request.bytes()?);
    let request = &mut packed;
    let is_time = moving_factor_is_time(request)?;
    let (authenticator, algorithm, digits) = (
        request.choice(Authenticator::from_number)?,
        request.choice(Algorithm::from_number)?,
        digits(request)?,
    );
    let parameters = if is_time {
        Parameters::totp().with_time_step(request.small()?)?.with_t0(request.time()?)?
    } else {
        Parameters::hotp().with_counter(request.factor()?)?
    };
    let parameters = parameters
        .with_authenticator(authenticator)
        .with_algorithm(algorithm)
        .with_digits(digits)
        .with_secret_len(request.small()?)?
        .with_validity(request.optional(Request::time)?, request.optional(Request::time)?)?
        .with_confirm_by(request.optional(Request::time)?);
    packed.end()?;
    Ok(parameters)
}

/// How a moving factor becomes an OTP, which the bare layer takes.
pub(crate) fn format(request: &mut Request<'_>) -> Result<OtpFormat, Failure> {
    Ok(OtpFormat::default()
        .with_algorithm(request.choice(Algorithm::from_number)?)
        .with_digits(digits(request)?))
}

pub(crate) fn write(response: Response, parameters: &Parameters) -> Response {
    let is_time = matches!(parameters.moving_factor(), MovingFactor::Time(_));
    let response = response
        .number(if is_time { TIME } else { COUNTER_BASED })
        .number(parameters.authenticator().number().into())
        .number(parameters.algorithm().number().into())
        .count(parameters.digits().as_usize());
    let response = match parameters.moving_factor() {
        MovingFactor::Time(steps) => response.number(steps.time_step().into()).time(steps.t0()),
        MovingFactor::Counter => response.factor(parameters.counter()),
    };
    response
        .count(parameters.secret_len())
        .optional(parameters.not_before(), Response::time)
        .optional(parameters.not_after(), Response::time)
        .optional(parameters.confirm_by(), Response::time)
}

pub(crate) fn digits(request: &mut Request<'_>) -> Result<Digits, Failure> {
    Ok(Digits::new(request.small()?)?)
}

fn moving_factor_is_time(request: &mut Request<'_>) -> Result<bool, Failure> {
    match request.number()? {
        TIME => Ok(true),
        COUNTER_BASED => Ok(false),
        _ => Err(Failure::of(ErrorKind::Argument)),
    }
}

pub(crate) const COUNTER_BASED: i64 = 1;
pub(crate) const TIME: i64 = 2;

// What `with` changes.
const AUTHENTICATOR: i64 = 1;
const ALGORITHM: i64 = 2;
const DIGITS: i64 = 3;
const TIME_STEP: i64 = 4;
const T0: i64 = 5;
const COUNTER: i64 = 6;
const SECRET_LEN: i64 = 7;
const VALIDITY: i64 = 8;
const CONFIRM_BY: i64 = 9;
