//! `OtpauthUri`, its QR code, and the table of applications.

use poterne::apps::{APPS, Fact, Feature, Support, html, markdown};
use poterne::{ErrorKind, OtpauthNames, OtpauthUri, Secret};

use crate::parameters;
use crate::request::Request;
use crate::response::{Failure, Response};
use crate::text::language_of;

pub(crate) fn build(_: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let (secret, parameters) = (Secret::from_bytes(request.bytes()?)?, parameters::read(request)?);
    let names = OtpauthNames { issuer: request.text()?, label: request.text()? };
    let uri = OtpauthUri::build(&secret, &parameters, names, request.flag()?)?;
    Ok(Response::done().text(uri.as_str()))
}

pub(crate) fn parse(_: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let content = OtpauthUri::parse(request.text()?)?;
    let packed = parameters::write(Response::done(), content.parameters());
    Ok(Response::done()
        .bytes(content.secret().as_bytes())
        .nested(&packed)
        .optional(content.issuer(), Response::text)
        .text(content.label()))
}

pub(crate) fn secret_to_type(_: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    Ok(Response::done().text(&OtpauthUri::from_text(request.text()?)?.secret_to_type()))
}

/// The QR code: its width, or one of its forms.
pub(crate) fn qr(_: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let qr = OtpauthUri::from_text(request.text()?)?.qr()?;
    Ok(match request.number()? {
        0 => Response::done().count(qr.width()),
        1 => Response::done().text(&qr.svg()),
        2 => Response::done().bytes(&qr.png()?),
        3 => Response::done().text(&qr.text()),
        _ => return Err(Failure::of(ErrorKind::Version)),
    })
}

/// The table, in the order of its rows and columns.
pub(crate) fn apps(_: i64, _: &mut Request<'_>) -> Result<Response, Failure> {
    let response = Response::done().count(APPS.len()).count(Feature::ALL.len());
    Ok(APPS.iter().fold(response, |response, app| {
        let response = response.text(app.name()).text(app.platforms());
        let facts = Feature::ALL.into_iter().map(|feature| app.fact(feature));
        std::iter::once(app.free_of_charge()).chain(facts).fold(response, write_fact)
    }))
}

fn write_fact(response: Response, fact: Fact) -> Response {
    let support = match fact.support() {
        Support::Honored => 1,
        Support::Ignored => 2,
        Support::Fails => 3,
        Support::Refused => 4,
        Support::Unknown => 5,
    };
    response
        .number(support)
        .optional(fact.source(), |response, source| response.text(source.place()).text(source.date()))
}

/// The table as a document.
pub(crate) fn apps_table(_: i64, request: &mut Request<'_>) -> Result<Response, Failure> {
    let (language, is_html) = (language_of(request)?, request.flag()?);
    Ok(Response::done().text(&if is_html { html(language) } else { markdown(language) }))
}
