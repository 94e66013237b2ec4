//! The features of otpauth URIs that authenticator apps honor: a table that an organization can publish. The library refuses
//! features that the table does not allow.
//!
//! The table is `src/provisioning/apps.txt`, in lines that anybody can correct.
//!
//! Each fact has its source and a date: the date of the source, or the day on which a copy without a date was read. What is not
//! known is `unknown`. The sources are the code and tests of others; nothing was tried on a phone for this table. Every app honors
//! the defaults: SHA-1, 6 digits, 30 seconds and 20 bytes.
//!
//! ```
//! use poterne::Language;
//! use poterne::apps::{self, Feature, Support};
//!
//! let microsoft = apps::APPS.iter().find(|app| app.name() == "Microsoft Authenticator").expect("in the table");
//! assert_eq!(microsoft.fact(Feature::Sha256).support(), Support::Ignored);
//! let page = apps::html(Language::French);
//! # assert!(page.contains("<td>Microsoft Authenticator</td>"));
//! ```

mod table;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::message::Language;

/// A feature beyond the defaults.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Feature {
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
    /// 7 digits.
    SevenDigits,
    /// 8 digits.
    EightDigits,
    /// A time step of 60 seconds.
    SixtySeconds,
    /// Counter-based OTPs.
    Hotp,
    /// A secret of 32 bytes: 52 characters of base32.
    LongSecret,
}

impl Feature {
    /// Every feature, in the order of the columns.
    pub const ALL: [Self; 7] = [
        Self::Sha256,
        Self::Sha512,
        Self::SevenDigits,
        Self::EightDigits,
        Self::SixtySeconds,
        Self::Hotp,
        Self::LongSecret,
    ];

    /// Returns whether every app of the table is known to honor it.
    pub(crate) fn is_honored_everywhere(self) -> bool {
        APPS.iter().all(|app| matches!(app.fact(self).support, Support::Honored))
    }

    const fn title(self, language: Language) -> &'static str {
        let (english, french) = match self {
            Self::Sha256 => ("SHA-256", "SHA-256"),
            Self::Sha512 => ("SHA-512", "SHA-512"),
            Self::SevenDigits => ("7 digits", "7 chiffres"),
            Self::EightDigits => ("8 digits", "8 chiffres"),
            Self::SixtySeconds => ("60 seconds", "60 secondes"),
            Self::Hotp => ("HOTP", "HOTP"),
            Self::LongSecret => ("32-byte secret", "Secret de 32 octets"),
        };
        language.choose(english, french)
    }
}

/// How an app treats a feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Support {
    /// It computes correct codes.
    Honored,
    /// It computes wrong codes and says nothing: dangerous.
    Ignored,
    /// A test says that it does not work, without details.
    Fails,
    /// It refuses the URI.
    Refused,
    /// No source was found.
    Unknown,
}

impl Support {
    const fn title(self, language: Language) -> &'static str {
        let (english, french) = match self {
            Self::Honored => ("yes", "oui"),
            Self::Ignored => ("ignored: wrong codes", "ignoré : codes faux"),
            Self::Fails => ("fails", "échoue"),
            Self::Refused => ("refused", "refusé"),
            Self::Unknown => ("unknown", "inconnu"),
        };
        language.choose(english, french)
    }
}

/// The source of a fact.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    key: &'static str,
    kind: SourceKind,
    place: &'static str,
    date: &'static str,
}

/// The kind of source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SourceKind {
    Code,
    Test,
    Documentation,
    Page,
}

impl Source {
    /// Returns the address, or the repository, file and commit.
    pub fn place(&self) -> &'static str {
        self.place
    }

    /// Returns the date of the source, or the day on which a copy without a date was read.
    pub fn date(&self) -> &'static str {
        self.date
    }

    fn described(&self, language: Language) -> String {
        let (english, french) = match self.kind {
            SourceKind::Code => ("source code", "code source"),
            SourceKind::Test => ("test report", "compte rendu d’essai"),
            SourceKind::Documentation => ("documentation", "documentation"),
            SourceKind::Page => ("page", "page"),
        };
        let date = match language {
            Language::English => self.date.into(),
            Language::French => self.date.replace("read ", "lu le "),
        };
        format!("{}, {}, {date}", language.choose(english, french), self.place)
    }
}

/// A fact about one app and one feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fact {
    support: Support,
    source: Option<&'static Source>,
}

impl Fact {
    const UNKNOWN: Self = Self { support: Support::Unknown, source: None };

    /// Returns how the app treats the feature.
    pub fn support(&self) -> Support {
        self.support
    }

    /// Returns the source; `None` if the fact is unknown.
    pub fn source(&self) -> Option<&'static Source> {
        self.source
    }
}

/// An authenticator app.
#[derive(Debug)]
pub struct App {
    name: &'static str,
    platforms: &'static str,
    free_of_charge: Fact,
    facts: [Fact; 7],
}

impl App {
    /// Returns its name, with the platform if its versions differ.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the platforms on which it runs.
    pub fn platforms(&self) -> &'static str {
        self.platforms
    }

    /// Returns whether it is free of charge: [`Support::Honored`] or [`Support::Unknown`].
    pub fn free_of_charge(&self) -> Fact {
        self.free_of_charge
    }

    /// Returns the fact about a feature.
    pub fn fact(&self, feature: Feature) -> Fact {
        let [sha256, sha512, seven, eight, sixty, hotp, long] = self.facts;
        match feature {
            Feature::Sha256 => sha256,
            Feature::Sha512 => sha512,
            Feature::SevenDigits => seven,
            Feature::EightDigits => eight,
            Feature::SixtySeconds => sixty,
            Feature::Hotp => hotp,
            Feature::LongSecret => long,
        }
    }

    fn cells(&self, language: Language, sources: &mut Vec<&'static Source>) -> Vec<String> {
        let mut cells: Vec<String> = [self.name, self.platforms].map(String::from).into();
        cells.push(cell(self.free_of_charge, language, sources));
        cells.extend(Feature::ALL.map(|feature| cell(self.fact(feature), language, sources)));
        cells
    }
}

/// Returns the table in Markdown, with its sources.
pub fn markdown(language: Language) -> String {
    let mut sources = Vec::new();
    let mut text = row(&titles(language));
    text.push_str(&row(&titles(language).map(|_| "---".into())));
    for app in &APPS {
        text.push_str(&row(&app.cells(language, &mut sources)));
    }
    text.push('\n');
    for (number, source) in (1..).zip(&sources) {
        text.push_str(&format!("{number}. {}\n", source.described(language)));
    }
    text
}

/// Returns the table as an HTML fragment, with its sources.
pub fn html(language: Language) -> String {
    let mut sources = Vec::new();
    let mut text = String::from("<table>\n<thead><tr>");
    for title in titles(language) {
        text.push_str(&format!("<th scope=\"col\">{}</th>", escaped(&title)));
    }
    text.push_str("</tr></thead>\n<tbody>\n");
    for app in &APPS {
        text.push_str("<tr>");
        for cell in app.cells(language, &mut sources) {
            text.push_str(&format!("<td>{}</td>", escaped(&cell)));
        }
        text.push_str("</tr>\n");
    }
    text.push_str("</tbody>\n</table>\n<ol>\n");
    for source in sources {
        text.push_str(&format!("<li>{}</li>\n", escaped(&source.described(language))));
    }
    text.push_str("</ol>\n");
    text
}

fn titles(language: Language) -> [String; 10] {
    let [a, b, c, d, e, f, g] = Feature::ALL.map(|feature| feature.title(language));
    let (platforms, free) =
        (language.choose("Platforms", "Plateformes"), language.choose("Free of charge", "Gratuite"));
    ["Application", platforms, free, a, b, c, d, e, f, g].map(String::from)
}

/// Returns a fact and the number of its source.
fn cell(fact: Fact, language: Language, sources: &mut Vec<&'static Source>) -> String {
    let title = fact.support.title(language);
    let Some(source) = fact.source else { return title.into() };
    let position = sources.iter().position(|other| *other == source).unwrap_or_else(|| {
        sources.push(source);
        sources.len().saturating_sub(1)
    });
    format!("{title} [{}]", position.saturating_add(1))
}

fn row(cells: &[String]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The apps, in the order of their names.
pub static APPS: [App; table::APPS_LEN] = table::apps_of_table();

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fact_has_a_source_and_a_date() {
        let mut known = 0;
        for app in &APPS {
            for fact in app.facts.iter().chain([&app.free_of_charge]) {
                assert_eq!(fact.source.is_none(), fact.support == Support::Unknown, "{}", app.name);
                if let Some(source) = fact.source {
                    known += 1;
                    assert!(source.place.len() > 10 && source.date.contains("20"), "{}", source.place);
                }
            }
        }
        assert!(known > 100);
        assert!(APPS.windows(2).all(|pair| pair[0].name < pair[1].name));
    }

    /// No feature beyond the defaults works everywhere: the builder refuses them all.
    #[test]
    fn the_defaults_are_the_only_common_ground() {
        for feature in Feature::ALL {
            assert!(!feature.is_honored_everywhere(), "{feature:?}");
            let lacks = |app: &App| !matches!(app.fact(feature).support, Support::Honored | Support::Unknown);
            assert!(APPS.iter().any(lacks), "{feature:?}");
        }
    }

    #[test]
    fn both_languages_and_forms_have_the_same_rows() {
        for language in [Language::English, Language::French] {
            let (markdown, html) = (markdown(language), html(language));
            assert_eq!(markdown.lines().filter(|line| line.starts_with("| ")).count(), APPS.len() + 2);
            assert_eq!(html.matches("<tr>").count(), APPS.len() + 1);
            assert_eq!(html.matches("<td>").count(), APPS.len() * 10);
            assert_eq!(
                html.matches("<li>").count(),
                markdown.lines().filter(|line| line.starts_with(char::is_numeric)).count()
            );
        }
    }
}
