//! What authenticator applications honor of an otpauth URI, as plain values: `poterne.apps` gives them names.

use poterne::apps::{APPS, Fact, Feature, Support, html, markdown};
use pyo3::prelude::*;

use crate::argument::Name;
use crate::message::language;

/// Support, and the place and date of its source.
type PlainFact = (&'static str, Option<&'static str>, Option<&'static str>);

/// Name, platforms, whether it is free of charge, and each feature.
type PlainApp = (&'static str, &'static str, PlainFact, Vec<(&'static str, PlainFact)>);

#[pyfunction]
pub(crate) fn apps() -> Vec<PlainApp> {
    let plain = |app: &poterne::apps::App| {
        let facts = Feature::ALL.map(|feature| (name(feature), fact(app.fact(feature))));
        (app.name(), app.platforms(), fact(app.free_of_charge()), facts.into())
    };
    APPS.iter().map(plain).collect()
}

#[pyfunction]
pub(crate) fn apps_markdown(tag: Name) -> PyResult<String> {
    Ok(markdown(language(&tag)?))
}

#[pyfunction]
pub(crate) fn apps_html(tag: Name) -> PyResult<String> {
    Ok(html(language(&tag)?))
}

fn fact(fact: Fact) -> PlainFact {
    let support = match fact.support() {
        Support::Honored => "honored",
        Support::Ignored => "ignored",
        Support::Fails => "fails",
        Support::Refused => "refused",
        Support::Unknown => "unknown",
    };
    let source = fact.source();
    (support, source.map(|source| source.place()), source.map(|source| source.date()))
}

fn name(feature: Feature) -> &'static str {
    match feature {
        Feature::Sha256 => "sha256",
        Feature::Sha512 => "sha512",
        Feature::SevenDigits => "seven_digits",
        Feature::EightDigits => "eight_digits",
        Feature::SixtySeconds => "sixty_seconds",
        Feature::Hotp => "hotp",
        Feature::LongSecret => "long_secret",
        _ => "other",
    }
}
