//! The module's arguments on its line of the stack.

use poterne::{Digits, Language, UnixTime};

use crate::date;
use crate::verdict::Fault;

/// What the line says. Everything that the servers of an application share stands in the settings file instead.
pub(crate) struct Options {
    pub(crate) mode: Mode,
    pub(crate) settings: String,
    /// How long a code at the end of the one field is.
    pub(crate) digits: Digits,
    pub(crate) strip_domain: bool,
    pub(crate) lowercase: bool,
    /// The members of this group must have a code; without it, everybody.
    pub(crate) group: Option<String>,
    pub(crate) min_uid: u32,
    pub(crate) max_uid: u32,
    pub(crate) from: Option<UnixTime>,
    pub(crate) no_record: NoRecord,
    pub(crate) language: Option<Language>,
    /// Whether the code is shown while it is typed.
    pub(crate) is_shown: bool,
    /// Whether the first factor is checked elsewhere, such as a key of SSH.
    pub(crate) is_without_password: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Asks for the code, behind the module that has checked the password.
    Prompt,
    /// Takes the code from the end of the password, before the module that checks the password.
    Split,
    /// Checks that code, behind it.
    Verify,
}

/// What happens to those who must have a code and have no record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoRecord {
    Refuse,
    Allow,
}

impl Options {
    /// An argument that is unknown or wrong is a fault, and nobody logs in: the administrator relies on it.
    pub(crate) fn parse<'a>(mut arguments: impl Iterator<Item = &'a [u8]>) -> Result<Self, Fault> {
        let mode = match arguments.next() {
            Some(b"prompt") => Mode::Prompt,
            Some(b"split") => Mode::Split,
            Some(b"verify") => Mode::Verify,
            _ => return Err(Fault::Options),
        };
        let mut options = Self {
            mode,
            settings: SETTINGS.into(),
            digits: Digits::Six,
            strip_domain: false,
            lowercase: false,
            group: None,
            min_uid: 0,
            max_uid: u32::MAX,
            from: None,
            no_record: NoRecord::Refuse,
            language: None,
            is_shown: false,
            is_without_password: false,
        };
        for argument in arguments {
            let argument = std::str::from_utf8(argument).map_err(|_| Fault::Options)?;
            options.set(argument).ok_or(Fault::Options)?;
        }
        Ok(options)
    }

    fn set(&mut self, argument: &str) -> Option<()> {
        let (name, value) =
            argument.split_once('=').map_or((argument, None), |(name, value)| (name, Some(value)));
        match (name, value.filter(|value| !value.is_empty())) {
            ("settings", Some(path)) if path.starts_with('/') => self.settings = path.into(),
            ("digits", Some("6")) => self.digits = Digits::Six,
            ("digits", Some("7")) => self.digits = Digits::Seven,
            ("digits", Some("8")) => self.digits = Digits::Eight,
            ("strip_domain", None) => self.strip_domain = true,
            ("lowercase", None) => self.lowercase = true,
            ("group", Some(name)) => self.group = Some(name.into()),
            ("min_uid", Some(uid)) => self.min_uid = uid.parse().ok()?,
            ("max_uid", Some(uid)) => self.max_uid = uid.parse().ok()?,
            ("from", Some(day)) => self.from = Some(date::first_second(day)?),
            ("no_record", Some("refuse")) => self.no_record = NoRecord::Refuse,
            ("no_record", Some("allow")) => self.no_record = NoRecord::Allow,
            ("language", Some("en")) => self.language = Some(Language::English),
            ("language", Some("fr")) => self.language = Some(Language::French),
            ("echo", None) => self.is_shown = true,
            ("without_password", None) if self.mode == Mode::Prompt => self.is_without_password = true,
            _ => return None,
        }
        // `echo=` is neither a word alone nor a value.
        (value != Some("")).then_some(())
    }
}

/// Where `poterne init` writes it.
const SETTINGS: &str = "/etc/poterne/poterne.conf";

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Option<Options> {
        Options::parse(line.split_whitespace().map(str::as_bytes)).ok()
    }

    #[test]
    fn lines_are_read() {
        let options = parse("prompt").expect("right");
        assert_eq!(
            (options.mode, options.no_record, options.is_shown),
            (Mode::Prompt, NoRecord::Refuse, false)
        );
        assert_eq!(options.settings, SETTINGS);
        let options = parse(
            "verify settings=/x digits=8 strip_domain lowercase group=vpn min_uid=1000 max_uid=60000 from=2027-01-04 \
             no_record=allow language=fr",
        )
        .expect("right");
        assert_eq!((options.mode, options.digits), (Mode::Verify, Digits::Eight));
        assert_eq!((options.group.as_deref(), options.min_uid, options.max_uid), (Some("vpn"), 1000, 60_000));
        assert!(options.strip_domain && options.lowercase && options.from.is_some());
        assert_eq!((options.no_record, options.language), (NoRecord::Allow, Some(Language::French)));
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for wrong in [
            "",
            "settings=/x",
            "check",
            "prompt verify",
            "prompt nullok",
            "prompt settings=relative",
            "prompt settings=",
            "prompt settings",
            "prompt digits=5",
            "prompt echo=yes",
            "prompt echo=",
            "prompt min_uid=-1",
            "prompt max_uid=4294967296",
            "prompt from=2027-02-30",
            "prompt no_record=ask",
            "prompt language=de",
            "prompt group=",
            "verify without_password",
            "split without_password",
            "prompt \u{e9}",
        ] {
            assert!(parse(wrong).is_none(), "{wrong}");
        }
        assert!(Options::parse([&b"prompt"[..], b"group=\xe9"].into_iter()).is_err());
    }
}
