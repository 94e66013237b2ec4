//! Tickets, for a password and a code in two requests.

use poterne::{Denied, Error, Ticket, TicketBinding, UnixTime, Verifier};

use crate::attempt::{on_credential, refused, write_attempt};
use crate::request::Request;
use crate::response::{Failure, Response};
use crate::slots;

pub(crate) fn ticket(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    make(handle, request, Verifier::ticket)
}

pub(crate) fn dud(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    make(handle, request, Verifier::dud_ticket)
}

/// Whether a login may go on: Java's store is its own, and asked only then.
pub(crate) fn check(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let object = slots::get(handle)?;
    let (account, ticket, binding) = (request.text()?, request.submitted()?, binding(request)?);
    match slots::verifier(&object)?.check_ticket(account, ticket, binding, request.time()?) {
        Ok(()) => Ok(Response::done().flag(true)),
        Err(Denied::Refused(refusal)) => Ok(refused(Response::done(), refusal)),
        Err(Denied::Error(error)) => Err(error.into()),
    }
}

pub(crate) fn verify(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    on_credential(handle, request, |credential, request| {
        let (ticket, binding) = (request.submitted()?, binding(request)?);
        write_attempt(credential.verify_with_ticket(
            ticket,
            binding,
            request.submitted()?,
            request.time()?,
        )?)
    })
}

fn make(
    handle: i64,
    request: &mut Request<'_>,
    make: fn(&Verifier, &str, TicketBinding<'_>, UnixTime) -> Result<Ticket, Error>,
) -> Result<Response, Failure> {
    let object = slots::get(handle)?;
    let (account, binding) = (request.text()?, binding(request)?);
    let ticket = make(slots::verifier(&object)?, account, binding, request.time()?)?;
    Ok(Response::done().text(ticket.as_str()))
}

fn binding<'a>(request: &mut Request<'a>) -> Result<TicketBinding<'a>, Failure> {
    Ok(TicketBinding { purpose: request.text()?, context: request.bytes()? })
}
