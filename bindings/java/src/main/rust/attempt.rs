//! Attempts, changes and their verdicts.
//!
//! A verdict goes to Java packed, with the attempt, and comes back with the number of updated rows: so there is nothing to free
//! when the application gives up in between. It is unpacked for Java only in [`outcome`] and [`stored`].

use poterne::{Attempt, Change, ErrorKind, Outcome, RecoveryCodes, Refusal, Rename, TemporaryCode};

use crate::request::Request;
use crate::response::{Failure, Response};

/// The verdict of an attempt, for a number of updated rows.
pub(crate) fn outcome(_: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let verdict = Verdict::read(request)?;
    // Semantics 7.2 and 7.3.
    match (verdict.changed, request.number()?) {
        (false, _) | (true, 1) => Ok(Response::done().raw(verdict.rest.rest())),
        (true, 0) => Ok(write_outcome(Response::done(), &Outcome::Refused(Refusal::Conflict))),
        _ => Err(Failure::of(ErrorKind::Rows)),
    }
}

/// Whether a change is stored, and what it brings.
pub(crate) fn stored(_: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let verdict = Verdict::read(request)?;
    // Semantics 7.8.
    match (verdict.changed, request.number()?) {
        (false, _) | (true, 1) => Ok(Response::done().flag(true).raw(verdict.rest.rest())),
        (true, 0) => Ok(Response::done().flag(false)),
        _ => Err(Failure::of(ErrorKind::Rows)),
    }
}

/// A verdict that came back.
struct Verdict<'a> {
    changed: bool,
    rest: Request<'a>,
}

impl<'a> Verdict<'a> {
    /// Java hands over nothing for an attempt that is spent.
    fn read(request: &mut Request<'a>) -> Result<Self, Failure> {
        let mut rest = Request::new(request.bytes()?);
        if rest.end().is_ok() {
            return Err(Failure::of(ErrorKind::Attempt));
        }
        Ok(Self { changed: rest.flag()?, rest })
    }
}

/// The record, whether it changed, and the verdict.
pub(crate) fn write_attempt(attempt: Attempt) -> Result<Response, Failure> {
    let changed = attempt.changed();
    let response = Response::attempt().text(attempt.record().as_str()).flag(changed);
    let verdict = write_outcome(Response::done().flag(changed), &attempt.outcome(1)?);
    Ok(response.nested(&verdict))
}

/// The record, whether it changed, and what the change brings.
pub(crate) fn write_change<T: Brought>(change: Change<T>) -> Result<Response, Failure> {
    let changed = change.changed();
    let response = Response::attempt().text(change.record().as_str()).flag(changed);
    match change.stored(1)?.done() {
        Some(value) => Ok(response.nested(&value.write(Response::done().flag(changed)))),
        None => Err(Failure::of(ErrorKind::Internal)),
    }
}

/// The record of a renamed account.
pub(crate) fn write_rename(rename: &Rename) -> Response {
    Response::attempt().text(rename.record().as_str()).flag(true).nested(&Response::done().flag(true))
}

/// What an outcome is, its numbers, and the recovery codes of a confirmation.
pub(crate) fn write_outcome(response: Response, outcome: &Outcome) -> Response {
    match outcome {
        Outcome::Accepted(accepted) => response
            .number(ACCEPTED)
            .number(accepted.method().number().into())
            .optional(accepted.moving_factor(), Response::factor)
            .number(accepted.drift().into())
            .number(accepted.recovery_codes_left().into())
            .number(accepted.failures_before().into()),
        Outcome::Confirmed(confirmed) => {
            let response =
                response.number(CONFIRMED).factor(confirmed.moving_factor()).number(confirmed.drift().into());
            confirmed.recovery_codes().write(response)
        }
        Outcome::Resynchronized(resynchronized) => response
            .number(RESYNCHRONIZED)
            .factor(resynchronized.moving_factor())
            .number(resynchronized.drift().into()),
        Outcome::Refused(refusal) => {
            let detail = match *refusal {
                Refusal::Wait { seconds } => i64::try_from(seconds).unwrap_or(i64::MAX),
                Refusal::ClockOff { steps } => steps,
                _ => 0,
            };
            response.number(REFUSED).number(refusal.number().into()).number(detail)
        }
    }
}

/// What a change may bring.
pub(crate) trait Brought {
    fn write(&self, response: Response) -> Response;
}

impl Brought for () {
    fn write(&self, response: Response) -> Response {
        response
    }
}

impl Brought for RecoveryCodes {
    fn write(&self, response: Response) -> Response {
        self.iter().fold(response.count(self.len()), Response::text)
    }
}

impl Brought for TemporaryCode {
    fn write(&self, response: Response) -> Response {
        response.text(self.as_str())
    }
}

// What an outcome is.
const ACCEPTED: i64 = 1;
const CONFIRMED: i64 = 2;
const RESYNCHRONIZED: i64 = 3;
const REFUSED: i64 = 4;
