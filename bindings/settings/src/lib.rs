//! The settings file: one file of `name = value` lines that the command `poterne` writes and every ready-made host reads.
//!
//! ```
//! use poterne_settings::Settings;
//!
//! let settings = Settings::parse("
//!     application = grand-angle
//!     database = postgresql://poterne@db.example/grand_angle
//!     database_password_file = $CREDENTIALS_DIRECTORY/database
//!     keyring = /etc/poterne/poterne.keys
//!     max_failures = 10
//! ")?;
//! assert_eq!(settings.application(), "grand-angle");
//! assert_eq!(settings.policy().max_failures(), 10);
//! assert_eq!(settings.database().host(), Some("db.example"));
//! let fault = Settings::parse("application = grand-angle\nmax_failures = 200").expect_err("at most 100");
//! assert_eq!(fault.to_string(), "line 2: max_failures is a whole number from 1 to 100");
//! # Ok::<(), poterne_settings::Fault>(())
//! ```
//!
//! The format: UTF-8, at most 64 KiB; a byte order mark and CRLF are accepted. Blank lines are skipped, and lines that begin with `#`.
//! Everything behind the first `=` is the value, without the spaces around it: there are no quotes, no escapes and no comments behind
//! a value, because a password may hold each of these characters. A name that is unknown or stands twice is refused, since a setting
//! that is not read is one that an administrator relies on in vain.
//!
//! No message repeats a value, or a name that is not a setting's: a line without its `=` may be a password.
//!
//! This crate reads no environment variable. A PAM module runs inside programs that the user starts, with the user's environment.

#![forbid(unsafe_code)]
// A test that panics has failed.
#![cfg_attr(test, allow(clippy::arithmetic_side_effects, clippy::indexing_slicing))]

mod database;
mod fault;
mod file;
mod place;
mod setting;
mod text;

pub use database::{Database, Product};
pub use fault::Fault;
pub use place::Place;
pub use setting::Setting;
pub use text::render;

use std::path::Path;

use poterne::{Keyring, Language, Policy, PolicyOption, Verifier};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::fault::Reason;
use crate::setting::Kind;

/// The settings of one application.
#[derive(Clone)]
pub struct Settings {
    values: Vec<Option<String>>,
    database: Database,
    database_password_file: Option<Place>,
    keyring: Place,
    language: Language,
    policy: Policy,
}

impl Settings {
    /// Reads a settings file.
    ///
    /// # Errors
    /// A [`Fault`] if it is not a regular file of at most 64 KiB, if others than its owner can change it, if it belongs neither to root
    /// nor to this user, if it holds a database's password and others can read it, or if a line is wrong.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Fault> {
        let (text, is_private) = file::read_settings(path.as_ref())?;
        let settings = Self::parse(&text)?;
        if settings.database.has_password() && !is_private {
            return Err(Fault::of_file(Reason::PasswordIsReadable));
        }
        Ok(settings)
    }

    /// Reads the text of a settings file.
    ///
    /// # Errors
    /// A [`Fault`] that names the line, the setting and its bounds.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let lines = text::lines(text)?;
        let line_of = |name| lines.iter().find(|line| line.setting.name() == name).map(|line| line.number);
        let mut values = vec![None; Setting::all().len()];
        let mut policy = Policy::default();
        let (mut database, mut keyring, mut password_file) = (None, None, None);
        let mut language = Language::English;
        for line in &lines {
            let wrong = || Fault::of_line(line.number, Reason::Value(line.setting));
            let canonical = match line.setting.kind() {
                Kind::Text(max) => text::is_text(line.value, max).then(|| line.value.to_owned()),
                Kind::Name(parts) => text::is_name(line.value, parts).then(|| line.value.to_owned()),
                Kind::Language => {
                    Language::from_tag(line.value).filter(|_| matches!(line.value, "en" | "fr")).map(|tag| {
                        language = tag;
                        line.value.to_owned()
                    })
                }
                Kind::Place => Place::parse(line.value).map(|place| {
                    match line.setting.name() {
                        setting::KEYRING => keyring = Some(place),
                        _ => password_file = Some(place),
                    }
                    line.value.to_owned()
                }),
                Kind::Database => Database::parse(line.value).map(|url| {
                    let shown = url.without_password();
                    database = Some(url);
                    shown
                }),
                Kind::Policy(option) => text::number(line.value, option.bounds()).and_then(|number| {
                    policy = policy.with(option, number).ok()?;
                    Some(text::of_number(number, option.bounds()))
                }),
            };
            if let Some(place) = values.get_mut(line.setting.index()) {
                *place = Some(canonical.ok_or_else(wrong)?);
            }
        }
        let missing = |setting: &Setting| setting.is_required() && line_of(setting.name()).is_none();
        if let Some(setting) = Setting::all().iter().find(|setting| missing(setting)) {
            return Err(Fault::of_file(Reason::Missing(*setting)));
        }
        let (Some(database), Some(keyring)) = (database, keyring) else {
            return Err(Fault::of_file(Reason::NotText));
        };
        if database.has_password() && password_file.is_some() {
            let line = line_of(setting::DATABASE_PASSWORD_FILE).unwrap_or_default();
            return Err(Fault::of_line(line, Reason::TwoPasswords));
        }
        Ok(Self { values, database, database_password_file: password_file, keyring, language, policy })
    }

    /// The name that is part of every record: the same on all servers, forever.
    pub fn application(&self) -> &str {
        self.get(setting::APPLICATION)
    }

    /// The table, perhaps qualified.
    pub fn table(&self) -> &str {
        self.get(setting::TABLE)
    }

    /// The column that holds the account.
    pub fn account_column(&self) -> &str {
        self.get(setting::ACCOUNT_COLUMN)
    }

    /// The column that holds the record.
    pub fn record_column(&self) -> &str {
        self.get(setting::RECORD_COLUMN)
    }

    /// The database's address.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// The language of messages.
    pub fn language(&self) -> Language {
        self.language
    }

    /// The policy of every verifier.
    pub fn policy(&self) -> Policy {
        self.policy
    }

    /// The organization, as authenticator apps show it; `None` if the file does not say.
    pub fn issuer(&self) -> Option<&str> {
        self.given(setting::ISSUER)
    }

    /// The help desk's number, for letters and messages.
    pub fn help_desk_phone(&self) -> Option<&str> {
        self.given(setting::HELP_DESK_PHONE)
    }

    /// The address of the list of authenticator apps, for letters.
    pub fn apps_address(&self) -> Option<&str> {
        self.given(setting::APPS_ADDRESS)
    }

    /// Where the keyring is.
    pub fn keyring_place(&self) -> &Place {
        &self.keyring
    }

    /// Opens the keyring. `credentials` is systemd's folder, for a place that begins with `$CREDENTIALS_DIRECTORY`. Take it from the
    /// environment only where nobody but the administrator can have set it.
    ///
    /// # Errors
    /// A [`Fault`] if the keyring's file is refused, see [`Keyring::open`], or its text damaged.
    pub fn open_keyring(&self, credentials: Option<&Path>) -> Result<Keyring, Fault> {
        let path = self.keyring.path(credentials)?;
        let of_keyring =
            |error: poterne::Error| Fault::of_file(Reason::Keyring(error.kind(), error.to_string()));
        if self.keyring.is_credential() {
            // systemd's own permissions: root owns the file, and lets the service's user read it by an access control list.
            let text = file::read_secret(&path, false)?;
            Keyring::parse(&text).map_err(of_keyring)
        } else {
            Keyring::open(path).map_err(of_keyring)
        }
    }

    /// The database's password: of the address, or of its file. `credentials` as for [`open_keyring`](Self::open_keyring).
    ///
    /// # Errors
    /// A [`Fault`] if the file cannot be read, or others than its owner can.
    pub fn database_password(&self, credentials: Option<&Path>) -> Result<Option<Zeroizing<String>>, Fault> {
        match &self.database_password_file {
            Some(place) => {
                let text = file::read_secret(&place.path(credentials)?, !place.is_credential())?;
                let line = text
                    .strip_suffix('\n')
                    .map(|line| line.strip_suffix('\r').unwrap_or(line))
                    .unwrap_or(&text);
                if line.is_empty() || line.contains(char::is_control) {
                    return Err(Fault::of_file(Reason::PasswordFile));
                }
                Ok(Some(Zeroizing::new(line.to_owned())))
            }
            None => Ok(self.database.password().map(|password| Zeroizing::new(password.to_owned()))),
        }
    }

    /// A verifier of these settings.
    ///
    /// # Errors
    /// As [`open_keyring`](Self::open_keyring).
    pub fn verifier(&self, credentials: Option<&Path>) -> Result<Verifier, Fault> {
        let verifier = Verifier::new(self.open_keyring(credentials)?, self.application());
        Ok(verifier
            .map_err(|error| Fault::of_file(Reason::Keyring(error.kind(), error.to_string())))?
            .with_policy(self.policy))
    }

    /// The value of a setting as text, or its default; empty if it has neither. The address of the database is without its password.
    pub fn value(&self, setting: Setting) -> &str {
        self.values.get(setting.index()).and_then(Option::as_deref).unwrap_or(setting.default_value())
    }

    /// Sixteen hexadecimal digits over what must be equal on all servers: the application, the table, and the policy. Equal digits
    /// are equal settings; the servers' other settings may differ. They tell nothing secret.
    pub fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        for setting in Setting::all().iter().filter(|setting| setting.is_shared()) {
            hash.update(setting.name());
            hash.update(" = ");
            hash.update(self.value(*setting));
            hash.update("\n");
        }
        let mut digits = String::new();
        for (index, byte) in hash.finalize().iter().take(8).enumerate() {
            if index > 0 && index % 2 == 0 {
                digits.push('-');
            }
            digits.push_str(&format!("{byte:02x}"));
        }
        digits
    }

    fn get(&self, name: &str) -> &str {
        Setting::find(name).map(|setting| self.value(setting)).unwrap_or_default()
    }

    fn given(&self, name: &str) -> Option<&str> {
        Some(self.get(name)).filter(|value| !value.is_empty())
    }
}

/// Not the values: a person who has typed the password into the wrong line finds it in a journal otherwise.
impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings").field("fingerprint", &self.fingerprint()).finish_non_exhaustive()
    }
}

/// Every option of the policy is a setting.
fn options() -> impl Iterator<Item = PolicyOption> {
    PolicyOption::ALL.iter().copied()
}

#[cfg(test)]
mod tests;
