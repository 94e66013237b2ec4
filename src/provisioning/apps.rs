//! What authenticator applications honor of an otpauth URI: the table that an administration can publish, and from which the
//! builder knows what to refuse.
//!
//! Each fact has its source and a date: of the source, or of the day when a copy without a date was read. Unknown is unknown.
//! Code and tests of others were read; nothing was tried on a telephone for this table. The defaults, SHA-1, 6 digits, 30
//! seconds and 20 bytes, are what every application honors.
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

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::message::Language;

/// What goes beyond the defaults.
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

    /// Whether every application of the table is known to honor it.
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

/// What an application does with a feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Support {
    /// It computes right codes.
    Honored,
    /// It computes other codes and says nothing: dangerous.
    Ignored,
    /// A test says that it does not work, without saying how.
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
            Self::Ignored => ("ignored: wrong codes", "ignoré : codes faux"),
            Self::Fails => ("fails", "échoue"),
            Self::Refused => ("refused", "refusé"),
            Self::Unknown => ("unknown", "inconnu"),
        };
        language.choose(english, french)
    }
}

/// Where a fact was found.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    kind: SourceKind,
    place: &'static str,
    date: &'static str,
}

/// What kind of source it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SourceKind {
    Code,
    Test,
    Documentation,
    Page,
}

impl Source {
    /// The address, or the repository, file and commit.
    pub fn place(&self) -> &'static str {
        self.place
    }

    /// The date of the source, or the day when a copy without a date was read.
    pub fn date(&self) -> &'static str {
        self.date
    }

    fn described(&self, language: Language) -> String {
        let (english, french) = match self.kind {
            SourceKind::Code => ("source code", "code source"),
            SourceKind::Test => ("test report", "compte rendu d'essai"),
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

/// What is known of one application and one feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fact {
    support: Support,
    source: Option<&'static Source>,
}

impl Fact {
    const UNKNOWN: Self = Self { support: Support::Unknown, source: None };

    const fn new(support: Support, source: &'static Source) -> Self {
        Self { support, source: Some(source) }
    }

    /// What the application does.
    pub fn support(&self) -> Support {
        self.support
    }

    /// Who says so; none if it is unknown.
    pub fn source(&self) -> Option<&'static Source> {
        self.source
    }
}

/// An authenticator application.
#[derive(Debug)]
pub struct App {
    name: &'static str,
    platforms: &'static str,
    free_of_charge: Fact,
    facts: [Fact; 7],
}

impl App {
    /// Its name, with the platform where its versions differ.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Where it runs.
    pub fn platforms(&self) -> &'static str {
        self.platforms
    }

    /// Whether it is free of charge: [`Support::Honored`] or [`Support::Unknown`].
    pub fn free_of_charge(&self) -> Fact {
        self.free_of_charge
    }

    /// What it does with a feature.
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

/// The table in Markdown, with its sources.
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

/// The table as an HTML fragment, with its sources.
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

/// A fact and the number of its source.
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

/// The applications, in the order of their names.
pub static APPS: [App; 19] = [
    App {
        name: "2FAS (Android)",
        platforms: "Android",
        free_of_charge: Fact::new(Support::Honored, &IZZY_583),
        facts: [
            Fact::new(Support::Honored, &TWOFAS_ANDROID),
            Fact::new(Support::Honored, &TWOFAS_ANDROID),
            Fact::new(Support::Honored, &TWOFAS_ANDROID),
            Fact::new(Support::Honored, &TWOFAS_ANDROID),
            Fact::new(Support::Honored, &TWOFAS_ANDROID),
            Fact::new(Support::Honored, &TWOFAS_ANDROID),
            Fact::new(Support::Honored, &TWOFAS_ANDROID),
        ],
    },
    App {
        name: "2FAS (iOS)",
        platforms: "iOS",
        free_of_charge: Fact::new(Support::Honored, &PCMAG),
        facts: [
            Fact::new(Support::Honored, &TWOFAS_IOS),
            Fact::new(Support::Honored, &TWOFAS_IOS),
            Fact::new(Support::Honored, &TWOFAS_IOS),
            Fact::new(Support::Honored, &TWOFAS_IOS),
            Fact::new(Support::Honored, &TWOFAS_IOS),
            Fact::UNKNOWN,
            Fact::new(Support::Honored, &TWOFAS_IOS_RULES),
        ],
    },
    App {
        name: "Aegis Authenticator",
        platforms: "Android",
        free_of_charge: Fact::new(Support::Honored, &AEGIS_README),
        facts: [
            Fact::new(Support::Honored, &AEGIS_URI),
            Fact::new(Support::Honored, &AEGIS_URI),
            Fact::new(Support::Honored, &AEGIS_OTP),
            Fact::new(Support::Honored, &AEGIS_OTP),
            Fact::new(Support::Honored, &AEGIS_URI),
            Fact::new(Support::Honored, &AEGIS_URI),
            Fact::new(Support::Honored, &AEGIS_URI),
        ],
    },
    App {
        name: "Authy",
        platforms: "Android, iOS",
        free_of_charge: Fact::UNKNOWN,
        facts: [
            Fact::new(Support::Ignored, &TOTP_IN_2025),
            Fact::new(Support::Fails, &CODE_FREE_TABLE),
            Fact::UNKNOWN,
            Fact::new(Support::Honored, &CODE_FREE_TABLE),
            Fact::new(Support::Fails, &PRIVACYIDEA_1156),
            Fact::UNKNOWN,
            Fact::new(Support::Honored, &TOTP_IN_2025),
        ],
    },
    App {
        name: "Bitwarden Authenticator",
        platforms: "Android, iOS",
        free_of_charge: Fact::UNKNOWN,
        facts: [
            Fact::new(Support::Honored, &BITWARDEN_SCAN),
            Fact::new(Support::Honored, &BITWARDEN_SCAN),
            Fact::new(Support::Honored, &BITWARDEN_SCAN),
            Fact::new(Support::Honored, &BITWARDEN_SCAN),
            Fact::new(Support::Honored, &BITWARDEN_SCAN),
            Fact::new(Support::Refused, &BITWARDEN_PREFIX),
            Fact::new(Support::Honored, &TOTP_IN_2025),
        ],
    },
    App {
        name: "Duo Mobile",
        platforms: "Android, iOS",
        free_of_charge: Fact::new(Support::Honored, &PCMAG),
        facts: [
            Fact::new(Support::Ignored, &TOTP_IN_2025),
            Fact::new(Support::Fails, &SEC51_11),
            Fact::UNKNOWN,
            Fact::UNKNOWN,
            Fact::UNKNOWN,
            Fact::UNKNOWN,
            Fact::new(Support::Honored, &TOTP_IN_2025),
        ],
    },
    App {
        name: "Ente Auth",
        platforms: "Android, iOS, macOS",
        free_of_charge: Fact::UNKNOWN,
        facts: [
            Fact::new(Support::Honored, &ENTE),
            Fact::new(Support::Honored, &ENTE),
            Fact::new(Support::Honored, &ENTE),
            Fact::new(Support::Honored, &ENTE),
            Fact::new(Support::Honored, &ENTE),
            Fact::new(Support::Honored, &ENTE),
            Fact::new(Support::Honored, &ENTE),
        ],
    },
    App {
        name: "FreeOTP (Android)",
        platforms: "Android",
        free_of_charge: Fact::UNKNOWN,
        facts: [
            Fact::new(Support::Honored, &FREEOTP_ANDROID),
            Fact::new(Support::Honored, &FREEOTP_ANDROID),
            Fact::new(Support::Honored, &FREEOTP_ANDROID),
            Fact::new(Support::Honored, &FREEOTP_ANDROID),
            Fact::new(Support::Honored, &FREEOTP_ANDROID),
            Fact::new(Support::Honored, &FREEOTP_ANDROID),
            Fact::new(Support::Honored, &FREEOTP_ANDROID),
        ],
    },
    App {
        name: "FreeOTP (iOS)",
        platforms: "iOS",
        free_of_charge: Fact::UNKNOWN,
        facts: [
            Fact::new(Support::Honored, &FREEOTP_IOS_OTP),
            Fact::new(Support::Honored, &FREEOTP_IOS_OTP),
            Fact::new(Support::Refused, &FREEOTP_IOS_OTP),
            Fact::new(Support::Honored, &FREEOTP_IOS_OTP),
            Fact::new(Support::Honored, &FREEOTP_IOS_TOKEN),
            Fact::new(Support::Honored, &FREEOTP_IOS_TOKEN),
            Fact::UNKNOWN,
        ],
    },
    App {
        name: "FreeOTP+",
        platforms: "Android",
        free_of_charge: Fact::UNKNOWN,
        facts: [
            Fact::new(Support::Honored, &FREEOTP_PLUS),
            Fact::new(Support::Honored, &FREEOTP_PLUS),
            Fact::new(Support::Honored, &FREEOTP_PLUS),
            Fact::new(Support::Honored, &FREEOTP_PLUS),
            Fact::new(Support::Honored, &FREEOTP_PLUS),
            Fact::new(Support::Honored, &FREEOTP_PLUS),
            Fact::new(Support::Honored, &FREEOTP_PLUS),
        ],
    },
    App {
        name: "Google Authenticator (Android)",
        platforms: "Android",
        free_of_charge: Fact::UNKNOWN,
        facts: [
            Fact::new(Support::Honored, &KEYCLOAK_27349),
            Fact::new(Support::Honored, &KEYCLOAK_27349),
            Fact::UNKNOWN,
            Fact::new(Support::Honored, &KEYCLOAK_27349),
            Fact::new(Support::Ignored, &AUTHELIA_6121),
            Fact::new(Support::Honored, &KEYCLOAK_27349),
            Fact::new(Support::Honored, &TOTP_IN_2025),
        ],
    },
    App {
        name: "Google Authenticator (iOS)",
        platforms: "iOS",
        free_of_charge: Fact::UNKNOWN,
        facts: [
            Fact::new(Support::Honored, &CODE_FREE_TABLE),
            Fact::new(Support::Honored, &CODE_FREE_TABLE),
            Fact::UNKNOWN,
            Fact::new(Support::Honored, &CODE_FREE_TABLE),
            Fact::new(Support::Honored, &GOOGLE_521),
            Fact::new(Support::Honored, &GOOGLE_WIKI),
            Fact::new(Support::Refused, &TOTP_IN_2025_SUMMARY),
        ],
    },
    App {
        name: "KeePassDX",
        platforms: "Android",
        free_of_charge: Fact::UNKNOWN,
        facts: [
            Fact::new(Support::Honored, &KEEPASSDX_FIELDS),
            Fact::new(Support::Honored, &KEEPASSDX_FIELDS),
            Fact::new(Support::Honored, &KEEPASSDX_ELEMENT),
            Fact::new(Support::Honored, &KEEPASSDX_ELEMENT),
            Fact::new(Support::Honored, &KEEPASSDX_ELEMENT),
            Fact::new(Support::Honored, &KEEPASSDX_FIELDS),
            Fact::new(Support::Honored, &KEEPASSDX_ELEMENT),
        ],
    },
    App {
        name: "KeePassXC",
        platforms: "Windows, macOS, Linux",
        free_of_charge: Fact::UNKNOWN,
        facts: [
            Fact::new(Support::Honored, &KEEPASSXC),
            Fact::new(Support::Honored, &KEEPASSXC),
            Fact::new(Support::Honored, &KEEPASSXC),
            Fact::new(Support::Honored, &KEEPASSXC),
            Fact::new(Support::Honored, &KEEPASSXC),
            Fact::new(Support::Ignored, &KEEPASSXC),
            Fact::new(Support::Honored, &KEEPASSXC),
        ],
    },
    App {
        name: "LastPass Authenticator",
        platforms: "Android, iOS",
        free_of_charge: Fact::UNKNOWN,
        facts: [
            Fact::new(Support::Honored, &TOTP_IN_2025),
            Fact::new(Support::Honored, &CODE_FREE_TABLE),
            Fact::UNKNOWN,
            Fact::new(Support::Honored, &CODE_FREE_TABLE),
            Fact::UNKNOWN,
            Fact::UNKNOWN,
            Fact::new(Support::Honored, &TOTP_IN_2025),
        ],
    },
    App {
        name: "Microsoft Authenticator",
        platforms: "Android, iOS",
        free_of_charge: Fact::UNKNOWN,
        facts: [
            Fact::new(Support::Ignored, &TOTP_IN_2025),
            Fact::new(Support::Fails, &OTP_NET_62),
            Fact::UNKNOWN,
            Fact::new(Support::Fails, &KEYCLOAK_27351),
            Fact::new(Support::Ignored, &PRIVACYIDEA_3634),
            Fact::UNKNOWN,
            Fact::new(Support::Honored, &TOTP_IN_2025),
        ],
    },
    App {
        name: "Proton Authenticator",
        platforms: "Android, iOS, Windows, macOS, Linux",
        free_of_charge: Fact::new(Support::Honored, &PLANB),
        facts: [
            Fact::new(Support::Honored, &PROTON_TOTP),
            Fact::new(Support::Honored, &PROTON_TOTP),
            Fact::new(Support::Honored, &PROTON_QUERIES),
            Fact::new(Support::Honored, &PROTON_QUERIES),
            Fact::new(Support::Honored, &PROTON_QUERIES),
            Fact::new(Support::Refused, &PROTON_TOTP),
            Fact::new(Support::Honored, &PROTON_TOTP),
        ],
    },
    App {
        name: "Stratum (Authenticator Pro)",
        platforms: "Android",
        free_of_charge: Fact::new(Support::Honored, &STRATUM_README),
        facts: [
            Fact::new(Support::Honored, &STRATUM_URI),
            Fact::new(Support::Honored, &STRATUM_URI),
            Fact::new(Support::Honored, &STRATUM_TYPE),
            Fact::new(Support::Honored, &STRATUM_TYPE),
            Fact::new(Support::Honored, &STRATUM_URI),
            Fact::new(Support::Honored, &STRATUM_URI),
            Fact::new(Support::Honored, &STRATUM_SECRET),
        ],
    },
    App {
        name: "Yubico Authenticator (with a YubiKey)",
        platforms: "Windows, macOS, Linux, Android",
        free_of_charge: Fact::UNKNOWN,
        facts: [
            Fact::new(Support::Honored, &YUBICO),
            Fact::new(Support::Honored, &YUBICO),
            Fact::new(Support::Honored, &YUBICO),
            Fact::new(Support::Honored, &YUBICO),
            Fact::new(Support::Honored, &YUBICO),
            Fact::new(Support::Honored, &YUBICO),
            Fact::new(Support::Honored, &YUBICO),
        ],
    },
];

static CODE_FREE_TABLE: Source = Source {
    kind: SourceKind::Test,
    place: "gist.github.com/gwelch-contegix/afa52c7b45693a19c198ab0bfb886fe2",
    date: "2022-11-23",
};
static TOTP_IN_2025: Source =
    Source { kind: SourceKind::Test, place: "referrer.fmarier.org/posts/totp-in-2025", date: "2025" };
static TOTP_IN_2025_SUMMARY: Source = Source {
    kind: SourceKind::Page,
    place: "hb.int2inf.com, summary of \"TOTP in 2025\"",
    date: "read 2026-11-21",
};
static KEYCLOAK_27349: Source =
    Source { kind: SourceKind::Test, place: "github.com/keycloak/keycloak/issues/27349", date: "2024-02-28" };
static KEYCLOAK_27351: Source =
    Source { kind: SourceKind::Test, place: "github.com/keycloak/keycloak/pull/27351", date: "2024-02-28" };
static PRIVACYIDEA_3634: Source = Source {
    kind: SourceKind::Test,
    place: "github.com/privacyidea/privacyidea/issues/3634",
    date: "2023-05-22",
};
static AUTHELIA_6121: Source =
    Source { kind: SourceKind::Test, place: "github.com/authelia/authelia/issues/6121", date: "2023-10-11" };
static GOOGLE_521: Source = Source {
    kind: SourceKind::Test,
    place: "github.com/google/google-authenticator/issues/521",
    date: "2019-07-11",
};
static GOOGLE_WIKI: Source = Source {
    kind: SourceKind::Documentation,
    place: "github.com/google/google-authenticator/wiki/Key-Uri-Format",
    date: "2018-11-26",
};
static OTP_NET_62: Source =
    Source { kind: SourceKind::Test, place: "github.com/kspearrin/Otp.NET/issues/62", date: "2024-11-25" };
static SEC51_11: Source =
    Source { kind: SourceKind::Test, place: "github.com/sec51/twofactor/issues/11", date: "2018-02-12" };
static PRIVACYIDEA_1156: Source = Source {
    kind: SourceKind::Test,
    place: "github.com/privacyidea/privacyidea/issues/1156",
    date: "2018-08-03",
};
static PROTON_TOTP: Source = Source {
    kind: SourceKind::Code,
    place: "protonpass/proton-pass-common proton-pass-totp/src/totp.rs 6be45ee6ce98",
    date: "read 2026-11-21",
};
static PROTON_QUERIES: Source = Source {
    kind: SourceKind::Code,
    place: "protonpass/proton-pass-common proton-pass-totp/src/queries.rs 796c3cc683ce",
    date: "read 2026-11-21",
};
static BITWARDEN_SCAN: Source = Source {
    kind: SourceKind::Code,
    place: "bitwarden/android authenticator QrCodeScanViewModel.kt 482cfabef6cf",
    date: "read 2026-11-21",
};
static BITWARDEN_PREFIX: Source = Source {
    kind: SourceKind::Code,
    place: "bitwarden/android authenticator TotpCodeManager.kt 91f3e2eca327",
    date: "read 2026-11-21",
};
static TWOFAS_ANDROID: Source = Source {
    kind: SourceKind::Code,
    place: "twofas/2fas-android ServiceParser.kt dce7c141eb0b, OtpLinkParser.kt f9bd06eb3b56",
    date: "read 2026-11-21",
};
static TWOFAS_IOS: Source = Source {
    kind: SourceKind::Code,
    place: "twofas/2fas-ios CodeParser.swift 6de7fe112645, Digits.swift 100d3ca61b36",
    date: "read 2026-11-21",
};
static TWOFAS_IOS_RULES: Source = Source {
    kind: SourceKind::Code,
    place: "twofas/2fas-ios ServiceRules.swift 8e5f529a4d8a",
    date: "read 2026-11-21",
};
static AEGIS_URI: Source = Source {
    kind: SourceKind::Code,
    place: "beemdevelopment/Aegis GoogleAuthInfo.java bc665b698008",
    date: "read 2026-11-21",
};
static AEGIS_OTP: Source = Source {
    kind: SourceKind::Code,
    place: "beemdevelopment/Aegis OtpInfo.java 1dd5f893da8c",
    date: "read 2026-11-21",
};
static FREEOTP_ANDROID: Source = Source {
    kind: SourceKind::Code,
    place: "freeotp/freeotp-android Token.java, Code.java 8f7988980264",
    date: "read 2026-11-21",
};
static FREEOTP_IOS_OTP: Source = Source {
    kind: SourceKind::Code,
    place: "freeotp/freeotp-ios OTP.swift 53847addc2b5",
    date: "read 2026-11-21",
};
static FREEOTP_IOS_TOKEN: Source = Source {
    kind: SourceKind::Code,
    place: "freeotp/freeotp-ios Token.swift 684cb7815827",
    date: "read 2026-11-21",
};
static FREEOTP_PLUS: Source = Source {
    kind: SourceKind::Code,
    place: "helloworld1/FreeOTPPlus OtpTokenFactory.kt f2dc184000bf",
    date: "read 2026-11-21",
};
static STRATUM_URI: Source = Source {
    kind: SourceKind::Code,
    place: "stratumauth/app UriParser.cs bb381e98ae93",
    date: "read 2026-11-21",
};
static STRATUM_TYPE: Source = Source {
    kind: SourceKind::Code,
    place: "jamie-mh/AuthenticatorPro AuthenticatorType.cs 0738f744b3a5",
    date: "read 2026-11-21",
};
static STRATUM_SECRET: Source = Source {
    kind: SourceKind::Code,
    place: "stratumauth/app SecretUtil.cs e533bfa94889",
    date: "read 2026-11-21",
};
static ENTE: Source = Source {
    kind: SourceKind::Code,
    place: "ente-io/ente auth/lib/models/code.dart 9a527a15f50c",
    date: "read 2026-11-21",
};
static YUBICO: Source = Source {
    kind: SourceKind::Code,
    place: "Yubico/yubikey-manager yubikit/oath.py 04c8cda4b7c2",
    date: "read 2026-11-21",
};
static KEEPASSXC: Source = Source {
    kind: SourceKind::Code,
    place: "keepassxreboot/keepassxc src/core/Totp.cpp 17606d9a2867",
    date: "read 2026-11-21",
};
static KEEPASSDX_FIELDS: Source = Source {
    kind: SourceKind::Code,
    place: "Kunzisoft/KeePassDX OtpEntryFields.kt ada8f74e2c4f",
    date: "read 2026-11-21",
};
static KEEPASSDX_ELEMENT: Source = Source {
    kind: SourceKind::Code,
    place: "Kunzisoft/KeePassDX OtpElement.kt 64b4a2f31753",
    date: "read 2026-11-21",
};
static PCMAG: Source = Source {
    kind: SourceKind::Page,
    place: "pcmag.com/picks/the-best-authenticator-apps",
    date: "read 2026-11-21",
};
static PLANB: Source = Source {
    kind: SourceKind::Page,
    place: "planb.academy, tutorial \"Proton Authenticator\"",
    date: "2025-08-19",
};
static IZZY_583: Source = Source {
    kind: SourceKind::Page,
    place: "gitlab.com/IzzyOnDroid/repo/-/issues/583",
    date: "read 2026-11-21",
};
static AEGIS_README: Source = Source {
    kind: SourceKind::Page,
    place: "README of Aegis, as in github.com/ewouth/aegis",
    date: "read 2026-11-21",
};
static STRATUM_README: Source = Source {
    kind: SourceKind::Page,
    place: "README of github.com/jamie-mh/AuthenticatorPro",
    date: "read 2026-11-21",
};

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
