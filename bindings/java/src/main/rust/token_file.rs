//! `TokenFile`.

use poterne::token::{CsvLayout, CsvOptions, Encoding, FileKey, Separator, TokenEntry, TokenFile};
use poterne::{Algorithm, Digits, ErrorKind, State};

use crate::attempt::write_change;
use crate::parameters;
use crate::request::Request;
use crate::response::{Failure, Response};
use crate::slots::{self, Object};
use crate::verifier::kept as kept_enrollment;

pub(crate) fn pskc(_: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let (file, kind, key) = (request.bytes()?, request.number()?, request.bytes()?);
    let key = match kind {
        NO_KEY => FileKey::None,
        PRE_SHARED => FileKey::PreShared(key),
        PASSWORD => FileKey::Password(key),
        _ => return Err(Failure::of(ErrorKind::Version)),
    };
    kept(poterne::token::read_pskc(file, key)?)
}

pub(crate) fn etoken(_: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let (file, algorithm) = (request.bytes()?, declared(request, Algorithm::from_number)?);
    kept(poterne::token::read_etoken(file, algorithm)?)
}

pub(crate) fn csv(_: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let (file, options) = (request.bytes()?, options(request)?);
    kept(poterne::token::read_csv(file, &options)?)
}

pub(crate) fn prove(_: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let (file, options) = (request.bytes()?, options(request)?);
    let (serial, code) = (request.text()?, request.text()?);
    let fits = poterne::token::prove_csv(file, &options, serial, code, request.time()?)?;
    Ok(fits.iter().fold(Response::done().count(fits.len()), |response, (encoding, algorithm)| {
        response.number(encoding.number().into()).number(algorithm.number().into())
    }))
}

/// Everything of an entry but its secret.
pub(crate) fn entry(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let object = slots::get(handle)?;
    let (index, ignores_dates) = (request.small::<usize>()?, request.flag()?);
    let entry = slots::token_file(&object)?.entries().get(index);
    let entry = entry.ok_or_else(|| Failure::of(ErrorKind::Argument))?;
    let text = |response: Response, text: &str| response.text(text);
    Ok(match entry {
        Err(fault) => Response::done()
            .count(fault.line())
            .optional(fault.serial(), text)
            .flag(true)
            .number(fault.kind().number().into())
            .text(&fault.to_string()),
        Ok(token) => {
            let token = if ignores_dates { token.copy().ignore_dates() } else { token.copy() };
            Response::done()
                .count(token.line())
                .optional(Some(token.serial()), text)
                .flag(false)
                .optional(token.manufacturer(), text)
                .optional(token.model(), text)
                .optional(token.account(), text)
                .nested(&parameters::write(Response::done(), token.parameters()))
                .number(token.drift().into())
                .optional(token.watermark(), Response::factor)
        }
    })
}

pub(crate) fn enroll(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let object = slots::get(handle)?;
    let (account, token) = (request.text()?, token(request)?);
    kept_enrollment(slots::verifier(&object)?.enroll_token(
        account,
        token.into_hardware_token(),
        request.time()?,
    )?)
}

pub(crate) fn import(handle: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let object = slots::get(handle)?;
    let (account, token) = (request.text()?, token(request)?);
    let existing = token.into_existing(request.choice(State::from_number)?);
    write_change(slots::verifier(&object)?.import(account, existing, request.time()?)?)
}

/// A copy of the token that a request names.
fn token(request: &mut Request<'_>) -> Result<TokenEntry, Failure> {
    let object = slots::get(request.number()?)?;
    let (index, ignores_dates) = (request.small::<usize>()?, request.flag()?);
    match slots::token_file(&object)?.entries().get(index) {
        Some(Ok(token)) if ignores_dates => Ok(token.copy().ignore_dates()),
        Some(Ok(token)) => Ok(token.copy()),
        Some(Err(fault)) => Err(Failure::new(fault.kind(), &fault.to_string())),
        None => Err(Failure::of(ErrorKind::Argument)),
    }
}

fn options(request: &mut Request<'_>) -> Result<CsvOptions, Failure> {
    let (layout, columns) = (declared(request, CsvLayout::from_number)?, request.text()?);
    let mut options = match layout {
        Some(layout) => CsvOptions::new(layout),
        None => CsvOptions::of_columns(columns)?,
    };
    if let Some(encoding) = declared(request, Encoding::from_number)? {
        options = options.with_encoding(encoding);
    }
    if let Some(algorithm) = declared(request, Algorithm::from_number)? {
        options = options.with_algorithm(algorithm);
    }
    if let Some(digits) = request.optional(Request::small)? {
        options = options.with_digits(Digits::new(digits)?);
    }
    if let Some(time_step) = request.optional(Request::small)? {
        options = options.with_time_step(time_step);
    }
    options = options.with_separator(request.choice(Separator::from_number)?);
    if request.flag()? {
        options = options.with_header();
    }
    Ok(if request.flag()? { options.with_counter_based() } else { options })
}

/// A choice, or 0 for none.
fn declared<T>(request: &mut Request<'_>, from_number: fn(i32) -> Option<T>) -> Result<Option<T>, Failure> {
    match request.small()? {
        0 => Ok(None),
        number => from_number(number).map(Some).ok_or_else(|| Failure::of(ErrorKind::Argument)),
    }
}

/// The handle and the number of entries.
fn kept(file: TokenFile) -> Result<Response, Failure> {
    let count = file.entries().len();
    Ok(Response::done().number(slots::keep(Object::TokenFile(Box::new(file)))?).count(count))
}

// What the key of a PSKC file is.
const NO_KEY: i64 = 0;
const PRE_SHARED: i64 = 1;
const PASSWORD: i64 = 2;
