//! Reads `apps.txt`, whose lines a person can correct. The compiler reads it, so a wrong line is a build error that shows the line.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "evaluated by the compiler"
)]

use super::{App, Fact, Feature, Source, SourceKind, Support};
use crate::message::Language;

/// The table.
const TEXT: &str = include_str!("../apps.txt");

/// The line before the sources.
const SOURCES_BEGIN: &str = "[sources]";

/// The number of apps in the table.
pub(super) const APPS_LEN: usize = count(TEXT).0;

static SOURCES: [Source; count(TEXT).1] = match sources(TEXT) {
    Ok(sources) => sources,
    Err(line) => panic!("{}", line),
};

/// The apps of the table.
pub(super) const fn apps_of_table() -> [App; APPS_LEN] {
    match apps(TEXT, &SOURCES) {
        Ok(apps) => apps,
        Err(line) => panic!("{}", line),
    }
}

/// Returns the number of apps and sources in a text.
const fn count(text: &'static str) -> (usize, usize) {
    let mut lines = Lines(text.as_bytes());
    let (mut apps, mut sources, mut is_source) = (0, 0, false);
    while let Some(line) = lines.next() {
        if is_source {
            sources += 1;
        } else if is(line, SOURCES_BEGIN) {
            is_source = true;
        } else if name(line).is_some() {
            apps += 1;
        }
    }
    (apps, sources)
}

/// Returns the sources, in the order of their keys, or else the wrong line.
const fn sources<const N: usize>(text: &'static str) -> Result<[Source; N], &'static str> {
    let mut lines = Lines(text.as_bytes());
    while let Some(line) = lines.next() {
        if is(line, SOURCES_BEGIN) {
            break;
        }
    }
    let mut sources = [NO_SOURCE; N];
    let (mut read, mut last) = (0, "");
    while let Some(line) = lines.next() {
        match source(line) {
            Some(source) if read < N && is_before(last, source.key) => {
                last = source.key;
                sources[read] = source;
            }
            _ => return Err(line),
        }
        read += 1;
    }
    if read == N { Ok(sources) } else { Err(ENDS_EARLY) }
}

/// `KEY = KIND, DATE, PLACE`.
const fn source(line: &'static str) -> Option<Source> {
    let Some((key, described)) = split(line, " = ") else { return None };
    let Some((kind, dated)) = split(described, ", ") else { return None };
    let Some((date, place)) = split(dated, ", ") else { return None };
    let kind = match kind.as_bytes() {
        b"code" => SourceKind::Code,
        b"test" => SourceKind::Test,
        b"documentation" => SourceKind::Documentation,
        b"page" => SourceKind::Page,
        _ => return None,
    };
    let known = is_key(key) && is_date(date) && place.len() > 10;
    if known { Some(Source { key, kind, date, place }) } else { None }
}

/// Returns the apps, in the order of their names, or else the wrong line.
const fn apps<const N: usize>(
    text: &'static str,
    sources: &'static [Source],
) -> Result<[App; N], &'static str> {
    let mut lines = Lines(text.as_bytes());
    let mut apps = [NOTHING_KNOWN; N];
    let (mut read, mut last) = (0, "");
    while let Some(line) = lines.next() {
        if is(line, SOURCES_BEGIN) {
            return if read == N { Ok(apps) } else { Err(line) };
        }
        let name = match name(line) {
            Some(name) if read < N && is_before(last, name) => name,
            _ => return Err(line),
        };
        last = name;
        apps[read].name = name;
        apps[read].platforms = match lines.value("platforms") {
            Ok(platforms) if are_platforms(platforms) => platforms,
            Ok(wrong) | Err(wrong) => return Err(wrong),
        };
        apps[read].free_of_charge = match lines.fact("free of charge", sources) {
            Ok(fact) if matches!(fact.support, Support::Honored | Support::Unknown) => fact,
            Ok(_) => return Err(name),
            Err(wrong) => return Err(wrong),
        };
        let mut number = 0;
        while number < Feature::ALL.len() {
            let title = Feature::ALL[number].title(Language::English);
            apps[read].facts[number] = match lines.fact(title, sources) {
                Ok(fact) => fact,
                Err(wrong) => return Err(wrong),
            };
            number += 1;
        }
        read += 1;
    }
    Err(ENDS_EARLY)
}

// What is written over.
const NO_SOURCE: Source = Source { key: "", kind: SourceKind::Page, date: "", place: "" };
const NOTHING_KNOWN: App =
    App { name: "", platforms: "", free_of_charge: Fact::UNKNOWN, facts: [Fact::UNKNOWN; 7] };

const ENDS_EARLY: &str = "the table ends too early";

/// The remaining lines.
struct Lines(&'static [u8]);

impl Lines {
    /// Returns the next line that is neither blank nor a comment, without Windows line ends.
    const fn next(&mut self) -> Option<&'static str> {
        while !self.0.is_empty() {
            let mut len = 0;
            while len < self.0.len() && self.0[len] != b'\n' {
                len += 1;
            }
            let (line, rest) = self.0.split_at(len);
            self.0 = match rest {
                [_, rest @ ..] => rest,
                [] => rest,
            };
            match line {
                [] | [b'\r'] | [b'#', ..] => {}
                [line @ .., b'\r'] => return Some(text(line)),
                line => return Some(text(line)),
            }
        }
        None
    }

    /// Returns the value of the next line, `KEY = VALUE`, or else that line.
    const fn value(&mut self, key: &str) -> Result<&'static str, &'static str> {
        let Some(line) = self.next() else { return Err(ENDS_EARLY) };
        match split(line, " = ") {
            Some((found, value)) if is(found, key) => Ok(value),
            _ => Err(line),
        }
    }

    /// Returns the fact of the next line, `TITLE = WORD [SOURCE]` or `TITLE = unknown`, or else that line or its value.
    const fn fact(&mut self, title: &str, sources: &'static [Source]) -> Result<Fact, &'static str> {
        let value = match self.value(title) {
            Ok(value) => value,
            Err(line) => return Err(line),
        };
        if is(value, "unknown") {
            return Ok(Fact::UNKNOWN);
        }
        let Some((word, rest)) = split(value, " [") else { return Err(value) };
        let [key @ .., b']'] = rest.as_bytes() else { return Err(value) };
        let support = match word.as_bytes() {
            b"yes" => Support::Honored,
            b"ignored" => Support::Ignored,
            b"fails" => Support::Fails,
            b"refused" => Support::Refused,
            _ => return Err(value),
        };
        let mut number = 0;
        while number < sources.len() {
            if are_same(sources[number].key.as_bytes(), key) {
                return Ok(Fact { support, source: Some(&sources[number]) });
            }
            number += 1;
        }
        Err(value)
    }
}

/// `[NAME]`.
const fn name(line: &'static str) -> Option<&'static str> {
    match line.as_bytes() {
        [b'[', name @ .., b']'] if !name.is_empty() => Some(text(name)),
        _ => None,
    }
}

const fn are_platforms(platforms: &'static str) -> bool {
    let (platform, others) = match split(platforms, ", ") {
        Some((platform, others)) => (platform, Some(others)),
        None => (platforms, None),
    };
    let known = matches!(platform.as_bytes(), b"Android" | b"iOS" | b"Windows" | b"macOS" | b"Linux");
    match others {
        Some(others) => known && are_platforms(others),
        None => known,
    }
}

/// Returns whether a key has only small letters, digits and dashes.
const fn is_key(key: &str) -> bool {
    let mut bytes = key.as_bytes();
    while let [byte, rest @ ..] = bytes {
        if !matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-') {
            return false;
        }
        bytes = rest;
    }
    !key.is_empty()
}

/// Returns whether a text is a year or a day, with `read` before it or not.
const fn is_date(date: &'static str) -> bool {
    let day = match date.as_bytes() {
        [b'r', b'e', b'a', b'd', b' ', day @ ..] => day,
        day => day,
    };
    match day {
        [b'2', b'0', a, b] => number(*a, *b) < 100,
        [b'2', b'0', a, b, b'-', c, d, b'-', e, f] => {
            let (year, month, day) = (number(*a, *b), number(*c, *d), number(*e, *f));
            year < 100 && 0 < month && month <= 12 && 0 < day && day <= 31
        }
        _ => false,
    }
}

/// Returns a number of two digits, or else 100.
const fn number(ten: u8, one: u8) -> u8 {
    if ten.is_ascii_digit() && one.is_ascii_digit() { (ten - b'0') * 10 + (one - b'0') } else { 100 }
}

/// Returns the text before and after the first separator.
const fn split(line: &'static str, separator: &str) -> Option<(&'static str, &'static str)> {
    let mut at = 0;
    while at + separator.len() <= line.len() {
        let (before, rest) = line.as_bytes().split_at(at);
        let (found, behind) = rest.split_at(separator.len());
        if are_same(found, separator.as_bytes()) {
            return Some((text(before), text(behind)));
        }
        at += 1;
    }
    None
}

/// Converts part of a text, cut at ASCII characters.
const fn text(bytes: &'static [u8]) -> &'static str {
    match core::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(_) => panic!("cut within a character"),
    }
}

const fn is(one: &str, other: &str) -> bool {
    are_same(one.as_bytes(), other.as_bytes())
}

const fn are_same(mut one: &[u8], mut other: &[u8]) -> bool {
    while let ([a, rest @ ..], [b, other_rest @ ..]) = (one, other) {
        if *a != *b {
            return false;
        }
        (one, other) = (rest, other_rest);
    }
    one.is_empty() && other.is_empty()
}

/// Returns whether two texts are in byte order and differ.
const fn is_before(one: &str, other: &str) -> bool {
    let (mut one, mut other) = (one.as_bytes(), other.as_bytes());
    while let ([a, rest @ ..], [b, other_rest @ ..]) = (one, other) {
        if *a != *b {
            return *a < *b;
        }
        (one, other) = (rest, other_rest);
    }
    one.is_empty() && !other.is_empty()
}

#[cfg(test)]
mod tests {
    use std::boxed::Box;
    use std::string::String;
    use std::vec::Vec;

    use super::*;

    const SOURCES_LEN: usize = count(TEXT).1;

    /// What the compiler made of the table is what the text says when it is read now.
    #[test]
    fn the_compiler_has_read_the_table() {
        assert_eq!(count(TEXT), (super::super::APPS.len(), SOURCES.len()));
        for (now, compiled) in apps_of_table().iter().zip(&super::super::APPS) {
            assert_eq!(std::format!("{now:?}"), std::format!("{compiled:?}"));
        }
        // A text without sources has none to count, and no app that ends before them.
        let only_apps = TEXT.split_once(SOURCES_BEGIN).expect("sources").0;
        assert_eq!(count(only_apps), (APPS_LEN, 0));
        assert_eq!(apps::<APPS_LEN>(only_apps, &SOURCES).err(), Some(ENDS_EARLY));
    }

    /// The line that is wrong in a text that should be as long as the table.
    fn wrong(text: String) -> Option<&'static str> {
        let text: &'static str = Box::leak(text.into_boxed_str());
        match sources::<SOURCES_LEN>(text) {
            Ok(sources) => apps::<APPS_LEN>(text, Box::leak(Box::new(sources))).err(),
            Err(line) => Some(line),
        }
    }

    /// A line that is missing, there twice or unlike what stands there is found, whichever it is: no line is skipped.
    #[test]
    fn every_line_is_read() {
        assert_eq!(wrong(TEXT.into()), None);
        assert_eq!(wrong(TEXT.replace('\n', "\r\n")), None);
        let lines: Vec<&str> = TEXT.lines().collect();
        let mut read = 0;
        for (number, line) in lines.iter().enumerate() {
            let with = |instead: &[&str]| {
                let (before, rest) = lines.split_at(number);
                wrong([before, instead, &rest[1..]].concat().join("\n"))
            };
            let is_read = !line.is_empty() && !line.starts_with('#');
            assert_eq!(with(&[]).is_some(), is_read, "{line}");
            assert_eq!(with(&[line, line]).is_some(), is_read, "{line}");
            assert_eq!(with(&[&line.replacen(['=', '['], "", 1)]).is_some(), is_read, "{line}");
            read += usize::from(is_read);
        }
        assert_eq!(read, APPS_LEN * 10 + 1 + SOURCES_LEN);
        assert_eq!(wrong(String::new()), Some(ENDS_EARLY));
        assert_eq!(wrong(lines[..30].join("\n")), Some(ENDS_EARLY));
        assert_eq!(wrong(TEXT.replace(SOURCES_BEGIN, "[Zzz]")), Some(ENDS_EARLY));
    }

    /// Each field of each kind of line, with a fault: the line or its value is what the build shows.
    #[test]
    fn every_field_is_checked() {
        for (right, fault, shown) in [
            ("[Authy]", "[]", "[]"),
            ("[Authy]", "[Zzz]", "[Bitwarden Authenticator]"),
            ("platforms = iOS\n", "platforms = iPhone\n", "iPhone"),
            ("platforms = Android, iOS\n", "platforms = Android, \n", "Android, "),
            (
                "platforms = Windows, macOS, Linux\n",
                "platforms = Windows, Mac, Linux\n",
                "Windows, Mac, Linux",
            ),
            ("platforms = iOS\n", "platform = iOS\n", "platform = iOS"),
            ("free of charge = yes [pcmag]", "free of charge = refused [pcmag]", "2FAS (iOS)"),
            ("free of charge = yes [pcmag]", "free of charge = yes [pcmac]", "yes [pcmac]"),
            ("HOTP = ignored [keepassxc]", "HOTP = ignored", "ignored"),
            ("HOTP = ignored [keepassxc]", "HOTP = unknown [keepassxc]", "unknown [keepassxc]"),
            ("HOTP = ignored [keepassxc]", "HOTP = ignores [keepassxc]", "ignores [keepassxc]"),
            ("HOTP = ignored [keepassxc]", "HOTP = ignored [keepassxc", "ignored [keepassxc"),
            ("HOTP = ignored [keepassxc]", "HOTP = ignored [keepassxc] ", "ignored [keepassxc] "),
            ("HOTP = ignored [keepassxc]", "TOTP = ignored [keepassxc]", "TOTP = ignored [keepassxc]"),
            ("ente = code, ", "Ente = code, ", "Ente = code, "),
            ("ente = code, ", "zente = code, ", "freeotp-android = "),
            ("ente = code, ", "ente = rumor, ", "ente = rumor, "),
            ("ente = code, read 2026-11-21, ", "ente = code, 2026-11-21 ", "ente = code, 2026-11-21 "),
            ("= test, 2025, ", "= test, 25, ", "totp-in-2025 = test, 25, "),
            ("= test, 2025, ", "= test, 20xy, ", "totp-in-2025 = test, 20xy, "),
            ("= page, 2025-08-19, ", "= page, 2025-18-19, ", "planb = page, 2025-18-19, "),
            ("= page, 2025-08-19, ", "= page, 2025-08-32, ", "planb = page, 2025-08-32, "),
            ("= page, 2025-08-19, ", "= page, 2025-08-00, ", "planb = page, 2025-08-00, "),
            ("= page, 2025-08-19, ", "= page, red 2025-08-19, ", "planb = page, red 2025-08-19, "),
            ("planb.academy, tutorial \"Proton Authenticator\"", "planb", "planb = page, 2025-08-19, planb"),
        ] {
            assert!(TEXT.contains(right), "{right}");
            let line =
                wrong(TEXT.replacen(right, fault, 1)).unwrap_or_else(|| panic!("{fault} was not found"));
            assert!(line.starts_with(shown), "{fault}: {line}");
        }
    }

    /// A source that nothing cites belongs out of the table.
    #[test]
    fn every_source_is_cited() {
        for source in &SOURCES {
            assert!(TEXT.contains(&std::format!("[{}]\n", source.key)), "{}", source.key);
        }
    }
}
