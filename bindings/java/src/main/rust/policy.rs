//! `Policy`: Java keeps the values of all options, in the order of their numbers.

use poterne::{Authenticator, Policy, PolicyOption};

use crate::request::Request;
use crate::response::{Failure, Response};

/// Of each option its number, name, bounds and default.
pub(crate) fn options(_: i64, _: &mut Request<'_>) -> Result<Response, Failure> {
    let response = Response::done().count(PolicyOption::ALL.len());
    Ok(PolicyOption::ALL.iter().fold(response, |response, option| {
        let (min, max) = option.bounds();
        let response = response.number(option.number().into()).text(option.name());
        response.number(min).number(max).number(option.default_value())
    }))
}

/// The values with another one for an option.
pub(crate) fn with(_: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let policy = read(request)?;
    let policy = policy.with(request.choice(PolicyOption::from_number)?, request.number()?)?;
    Ok(PolicyOption::ALL
        .iter()
        .fold(Response::done(), |response, option| response.number(policy.get(*option))))
}

/// For how many seconds a code lives.
pub(crate) fn code_lifetime(_: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let (policy, authenticator) = (read(request)?, request.choice(Authenticator::from_number)?);
    Ok(Response::done().factor(policy.code_lifetime(authenticator, request.small()?)?))
}

/// Reads all values.
pub(crate) fn read(request: &mut Request<'_>) -> Result<Policy, Failure> {
    PolicyOption::ALL
        .iter()
        .try_fold(Policy::default(), |policy, option| Ok(policy.with(*option, request.number()?)?))
}
