//! What becomes of a login: what Linux-PAM is told, and the one word that the system's log gets.

use std::borrow::Cow;
use std::ffi::c_int;

use poterne::{Denied, ErrorKind, Language, Refusal};

use crate::libpam::{self, Pam};
use crate::options::Mode;

/// What a line of the stack comes to.
pub(crate) enum Verdict {
    /// The code was accepted.
    Accepted,
    /// Nobody is asked for a code here, or there is nothing to decide yet. By itself it lets nobody in.
    Nothing,
    /// The code was refused.
    Refused(Refusal),
    /// There is no verdict, so nobody logs in.
    Fault(Fault),
}

/// Why there is no verdict.
#[derive(Clone, Copy)]
pub(crate) enum Fault {
    /// The module's arguments are wrong.
    Options,
    /// The settings file is wrong, or somebody else can change it: the settings' own word.
    Settings(&'static str),
    /// The database is none that the module speaks, or its address has an option that the module does not know.
    Product,
    /// The login name cannot be an account.
    Account,
    /// The host did not ask the user.
    Conversation,
    /// No module asked for a password before this one.
    NoPassword,
    /// No `split` stands before `verify`.
    NoSplit,
    /// The host answered with the password: it has one field, and cannot ask for a code.
    SamePassword,
    /// The library's error.
    Library(ErrorKind),
    /// The module has a fault.
    Internal,
}

impl Verdict {
    /// A fault of `verify` is a failure like that of a password: hosts show the difference (`message`). Without a mode the line is
    /// wrong, and may be that of `verify`.
    pub(crate) fn pam_code(&self, mode: Option<Mode>) -> c_int {
        match self {
            Self::Accepted => libpam::SUCCESS,
            // Never a success: a stack in which nothing else decides must fail.
            Self::Nothing => libpam::IGNORE,
            Self::Refused(_) => libpam::AUTH_ERR,
            Self::Fault(_) if matches!(mode, None | Some(Mode::Verify)) => libpam::AUTH_ERR,
            Self::Fault(_) => libpam::AUTHINFO_UNAVAIL,
        }
    }

    /// The outcome's code, and nothing else: no account, no address, and nothing at all of a login that was accepted. With the log's
    /// own date, that would be a list of when people work.
    pub(crate) fn log(&self, pam: &Pam<'_>) {
        match self {
            Self::Accepted | Self::Nothing => {}
            Self::Refused(refusal) => pam.log(libc::LOG_NOTICE, refusal.code()),
            Self::Fault(fault) => pam.log(libc::LOG_ERR, &fault.code()),
        }
    }

    /// What the user may read; none if there is nothing to say.
    ///
    /// With password and code in one field a refusal has no text, Wait and Locked neither. `verify` is reached with a right password
    /// only: its text would tell a guesser of passwords that this one is right (semantics 7.10, 15.6). What stops `split` does not
    /// depend on the password.
    pub(crate) fn message(&self, mode: Mode, language: Language) -> Option<Cow<'static, str>> {
        match (self, mode) {
            (Self::Accepted | Self::Nothing, _) | (_, Mode::Verify) => None,
            (Self::Refused(_), Mode::Split) => None,
            (Self::Refused(refusal), _) => Some(refusal.message_to_user(language).into()),
            (Self::Fault(_), _) => Some(ErrorKind::Store.message_to_user(language).into()),
        }
    }
}

impl Fault {
    pub(crate) fn code(self) -> Cow<'static, str> {
        let code = match self {
            Self::Options => "error.options",
            Self::Settings(reason) => return format!("error.settings.{reason}").into(),
            Self::Product => "error.database",
            Self::Account => "error.account",
            Self::Conversation => "error.conversation",
            Self::NoPassword => "misplaced.no_password",
            Self::NoSplit => "misplaced.no_split",
            Self::SamePassword => "misplaced.same_password",
            Self::Library(kind) => return format!("error.{kind}").into(),
            Self::Internal => "error.internal",
        };
        code.into()
    }
}

impl From<Fault> for Verdict {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<poterne::Error> for Verdict {
    fn from(error: poterne::Error) -> Self {
        Self::Fault(Fault::Library(error.kind()))
    }
}

impl From<Denied> for Verdict {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Refused(refusal) => Self::Refused(refusal),
            Denied::Error(error) => error.into(),
        }
    }
}
