//! The version, numbers with their names, and messages for people.

use poterne::token::{CsvLayout, Encoding, Separator};
use poterne::{
    Algorithm, Authenticator, CodeSet, ErrorKind, Language, Method, MissingAuthenticator, Refusal, State,
};

use crate::request::Request;
use crate::response::{Failure, Response};

pub(crate) fn version(_: i64, _: &mut Request<'_>) -> Result<Response, Failure> {
    Ok(Response::done().text(env!("CARGO_PKG_VERSION")))
}

/// What a refusal says to the help desk, to the end user, or on the page of an enrollment.
pub(crate) fn refusal_message(_: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let refusal = Refusal::from_number(request.small()?, request.number()?);
    let refusal = refusal.ok_or_else(|| Failure::of(ErrorKind::Argument))?;
    let language = language_of(request)?;
    Ok(Response::done().text(&match request.number()? {
        HELP_DESK => refusal.message(language),
        USER => refusal.message_to_user(language),
        AT_ENROLLMENT => refusal.message_at_enrollment(language),
        _ => return Err(Failure::of(ErrorKind::Argument)),
    }))
}

/// What an error says to the help desk, or to the end user.
pub(crate) fn error_message(_: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let kind = request.choice(ErrorKind::from_number)?;
    let (language, is_for_user) = (language_of(request)?, request.flag()?);
    Ok(Response::done().text(if is_for_user {
        kind.message_to_user(language)
    } else {
        kind.message(language)
    }))
}

/// The language of a tag; none for others.
pub(crate) fn language(_: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let number = Language::from_tag(request.text()?)
        .and_then(|language| LANGUAGES.iter().zip(1..).find(|(other, _)| **other == language))
        .map_or(0, |(_, number)| number);
    Ok(Response::done().number(number))
}

pub(crate) fn language_of(request: &mut Request<'_>) -> Result<Language, Failure> {
    let number = request.number()?;
    let found = LANGUAGES.into_iter().zip(1..).find(|(_, other)| *other == number);
    found.map(|(language, _)| language).ok_or_else(|| Failure::of(ErrorKind::Argument))
}

/// Every choice with its number, and its name or text code: what the enums of Java are compared with.
pub(crate) fn numbers(_: i64, _: &mut Request<'_>) -> Result<Response, Failure> {
    macro_rules! numbers {
        ($($choice:ident::$text:ident),*) => {
            Response::done()$(.count($choice::ALL.len()).each($choice::ALL, |response, value| {
                response.number(value.number().into()).text(value.$text())
            }))*
        };
    }
    Ok(numbers!(
        ErrorKind::name,
        Refusal::code,
        CodeSet::name,
        Algorithm::name,
        Authenticator::name,
        State::name,
        MissingAuthenticator::name,
        Method::name,
        CsvLayout::name,
        Encoding::name,
        Separator::name
    ))
}

const LANGUAGES: [Language; 2] = [Language::English, Language::French];

// Whom a refusal speaks to.
const HELP_DESK: i64 = 1;
const USER: i64 = 2;
const AT_ENROLLMENT: i64 = 3;
