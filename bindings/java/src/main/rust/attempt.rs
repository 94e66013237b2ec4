//! Attempts, changes and their answers.
//!
//! An answer goes to Java packed, with the attempt, and comes back with the number of updated rows: so there is nothing to free
//! when the application gives up in between. It is unpacked for Java only in [`outcome`].

use poterne::{
    Accepted, Attempt, Change, Confirmed, ErrorKind, Outcome, RecoveryCodes, Refusal, Rename, Resynchronized,
    TemporaryCode,
};

use crate::request::Request;
use crate::response::{Failure, Response};

/// The answer of an attempt, for a number of updated rows.
pub(crate) fn outcome(_: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let mut packed = Request::new(request.bytes()?);
    if packed.end().is_ok() {
        // Java hands over nothing for an attempt that is spent.
        return Err(Failure::of(ErrorKind::Attempt));
    }
    // Semantics 7.2 and 7.3.
    match (packed.flag()?, request.number()?) {
        (false, _) | (true, 1) => Ok(Response::done().raw(packed.rest())),
        (true, 0) => Ok(refused(Response::done(), Refusal::Conflict)),
        _ => Err(Failure::of(ErrorKind::Rows)),
    }
}

/// The record, if there is one to store, and the answer behind it.
pub(crate) fn write_attempt<T: Judged>(attempt: Attempt) -> Result<Response, Failure> {
    let changed = attempt.changed();
    let response = Response::attempt()
        .optional(changed.then(|| attempt.record()), |response, record| response.text(record.as_str()));
    let answer = Response::done().flag(changed);
    let answer = match attempt.outcome(1)? {
        Outcome::Refused(refusal) => refused(answer, refusal),
        outcome => match T::of(outcome) {
            Some(value) => value.write(answer.flag(true)),
            None => return Err(Failure::of(ErrorKind::Internal)),
        },
    };
    Ok(response.nested(&answer))
}

/// The record, if there is one to store, and what the change gives.
pub(crate) fn write_change<T: Answer>(change: Change<T>) -> Result<Response, Failure> {
    let changed = change.changed();
    let response = Response::attempt()
        .optional(changed.then(|| change.record()), |response, record| response.text(record.as_str()));
    match change.stored(1)?.done() {
        Some(value) => Ok(response.nested(&value.write(Response::done().flag(changed).flag(true)))),
        None => Err(Failure::of(ErrorKind::Internal)),
    }
}

/// The record of a renamed account.
pub(crate) fn write_rename(rename: &Rename) -> Response {
    let answer = Response::done().flag(true).flag(true);
    Response::attempt().flag(true).text(rename.record().as_str()).nested(&answer)
}

/// A refusal, and the seconds or steps of those that have them.
fn refused(response: Response, refusal: Refusal) -> Response {
    let detail = match refusal {
        Refusal::Wait { seconds } => i64::try_from(seconds).unwrap_or(i64::MAX),
        Refusal::ClockOff { steps } => steps,
        _ => 0,
    };
    response.flag(false).number(refusal.number().into()).number(detail)
}

/// What Java reads where nothing was refused.
pub(crate) trait Answer {
    fn write(&self, response: Response) -> Response;
}

/// The answer to a question that can be refused; none for the answer to another one.
pub(crate) trait Judged: Answer + Sized {
    fn of(outcome: Outcome) -> Option<Self>;
}

impl Judged for Accepted {
    fn of(outcome: Outcome) -> Option<Self> {
        if let Outcome::Accepted(accepted) = outcome { Some(accepted) } else { None }
    }
}

impl Judged for Confirmed {
    fn of(outcome: Outcome) -> Option<Self> {
        if let Outcome::Confirmed(confirmed) = outcome { Some(confirmed) } else { None }
    }
}

impl Judged for Resynchronized {
    fn of(outcome: Outcome) -> Option<Self> {
        if let Outcome::Resynchronized(resynchronized) = outcome { Some(resynchronized) } else { None }
    }
}

impl Answer for Accepted {
    fn write(&self, response: Response) -> Response {
        response
            .number(self.method().number().into())
            .optional(self.moving_factor(), Response::factor)
            .number(self.drift().into())
            .number(self.recovery_codes_left().into())
            .number(self.failures_before().into())
    }
}

impl Answer for Confirmed {
    fn write(&self, response: Response) -> Response {
        self.recovery_codes().write(response.factor(self.moving_factor()).number(self.drift().into()))
    }
}

impl Answer for Resynchronized {
    fn write(&self, response: Response) -> Response {
        response.factor(self.moving_factor()).number(self.drift().into())
    }
}

impl Answer for () {
    fn write(&self, response: Response) -> Response {
        response
    }
}

impl Answer for RecoveryCodes {
    fn write(&self, response: Response) -> Response {
        self.iter().fold(response.count(self.len()), Response::text)
    }
}

impl Answer for TemporaryCode {
    fn write(&self, response: Response) -> Response {
        response.text(self.as_str())
    }
}
