//! Attempts, changes and their answers.
//!
//! An answer goes to Java packed, with the attempt, and comes back with the number of updated rows: so there is nothing to free
//! when the application gives up in between. It is unpacked for Java only in [`outcome`].

use poterne::{
    Accepted, Attempt, Change, Confirmed, Denied, ErrorKind, Record, RecoveryCodes, Refusal, Rename,
    ReplacementAttempt, Resynchronized, StoredCredential, TemporaryCode, is_stored,
};

use crate::request::Request;
use crate::response::{Failure, Response};
use crate::slots;

/// The answer of an attempt, for a number of updated rows.
pub(crate) fn outcome(_: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let mut packed = Request::new(request.bytes()?);
    if packed.end().is_ok() {
        // Java hands over nothing for an attempt that is spent.
        return Err(Failure::of(ErrorKind::Attempt));
    }
    let is_changed = packed.flag()?;
    // Semantics 7.3; a negative number is not a number of rows.
    let rows = u64::try_from(request.number()?).unwrap_or(u64::MAX);
    if !is_changed || is_stored(rows)? {
        Ok(Response::done().raw(packed.rest()))
    } else {
        Ok(refused(Response::done(), Refusal::Conflict))
    }
}

/// Whether the answer of an attempt is given as it is (semantics 7.2, 7.3): else [`outcome`] says what there is instead.
pub(crate) fn gives(is_changed: bool, rows: i64) -> bool {
    !is_changed || u64::try_from(rows).is_ok_and(|rows| matches!(is_stored(rows), Ok(true)))
}

/// What a call makes of the credential that the request begins with: a record and its account.
pub(crate) fn on_credential<T>(
    handle: i64,
    request: &mut Request<'_>,
    work: impl FnOnce(&StoredCredential<'_>, &mut Request<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let object = slots::get(handle)?;
    let (record, account) = (request.text()?, request.text()?);
    work(&slots::verifier(&object)?.credential(account, Some(record))?, request)
}

/// The record, if there is one to store, and the answer behind it.
pub(crate) fn write_attempt<T: Answer>(attempt: Attempt<T>) -> Result<Response, Failure> {
    let (response, is_changed) = begin(attempt.record());
    finish(response, is_changed, attempt.outcome(1))
}

/// As [`write_attempt`], of an attempt that is made once.
pub(crate) fn write_replacement(attempt: ReplacementAttempt) -> Result<Response, Failure> {
    let (response, is_changed) = begin(attempt.record());
    finish(response, is_changed, attempt.outcome(1))
}

fn begin(record: Option<&Record>) -> (Response, bool) {
    let response = Response::attempt().optional(record, |response, record| response.text(record.as_str()));
    (response, record.is_some())
}

fn finish<T: Answer>(
    response: Response,
    is_changed: bool,
    outcome: Result<T, Denied>,
) -> Result<Response, Failure> {
    response.within(|response| {
        let answer = response.flag(is_changed);
        match outcome {
            Ok(value) => Ok(value.write(answer.flag(true))),
            Err(Denied::Refused(refusal)) => Ok(refused(answer, refusal)),
            Err(Denied::Error(error)) => Err(error.into()),
        }
    })
}

/// The record, if there is one to store, and what the change gives.
pub(crate) fn write_change<T: Answer>(change: Change<T>) -> Result<Response, Failure> {
    write_attempt(change.into())
}

/// The record of a renamed account.
pub(crate) fn write_rename(rename: &Rename) -> Response {
    let answer = Response::done().flag(true).flag(true);
    Response::attempt().flag(true).text(rename.record().as_str()).nested(&answer)
}

/// A refusal, and the seconds or steps of those that have them.
pub(crate) fn refused(response: Response, refusal: Refusal) -> Response {
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
