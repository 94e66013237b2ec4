//! `Keyring`.

use std::sync::Mutex;

use poterne::{Error, Keyring};

use crate::request::Request;
use crate::response::{Failure, Response};
use crate::slots::{self, Object};

pub(crate) fn generate(_: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    kept(Keyring::generate(request.small()?)?)
}

pub(crate) fn parse(_: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    kept(Keyring::parse(request.text()?)?)
}

pub(crate) fn open(_: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    kept(Keyring::open(request.text()?)?)
}

pub(crate) fn add(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    change(handle, request, Keyring::add)
}

pub(crate) fn promote(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    change(handle, request, Keyring::promote)
}

pub(crate) fn remove(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    change(handle, request, Keyring::remove)
}

pub(crate) fn text(handle: i64, _: &mut Request<'_>) -> Result<Response, Failure> {
    let object = slots::get(handle)?;
    let text = slots::keyring(&object)?.to_text();
    Ok(Response::done().text(&text))
}

/// The primary key's id, how many keys there are, and all ids.
pub(crate) fn ids(handle: i64, _: &mut Request<'_>) -> Result<Response, Failure> {
    let object = slots::get(handle)?;
    let keyring = slots::keyring(&object)?;
    let response = Response::done().number(keyring.primary_key_id().into()).count(keyring.key_ids().len());
    Ok(keyring.key_ids().fold(response, |response, id| response.number(id.into())))
}

fn kept(keyring: Keyring) -> Result<Response, Failure> {
    Ok(Response::done().number(slots::keep(Object::Keyring(Mutex::new(keyring)))?))
}

fn change(
    handle: i64,
    request: &mut Request<'_>,
    change: fn(&mut Keyring, u32) -> Result<(), Error>,
) -> Result<Response, Failure> {
    let object = slots::get(handle)?;
    change(&mut *slots::keyring(&object)?, request.small()?)?;
    Ok(Response::done())
}
