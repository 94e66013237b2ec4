//! What is wrong with a settings file.

use std::fmt;

use poterne::{ErrorKind, Language};

use crate::setting::Setting;

/// What is wrong, and where. It never repeats a value.
#[derive(Debug)]
pub struct Fault {
    line: Option<usize>,
    reason: Reason,
}

#[derive(Debug)]
pub(crate) enum Reason {
    NoEqualsSign,
    UnknownName(Option<Setting>),
    Twice(Setting, usize),
    Empty(Setting),
    Value(Setting),
    Missing(Setting),
    TwoPasswords,
    TooLong,
    NotText,
    NotFound,
    NotPermitted,
    NotRead,
    NotRegular,
    Writable,
    OtherOwner,
    PasswordIsReadable,
    PasswordFile,
    PasswordFileIsOpen,
    NoCredentials,
    Keyring(ErrorKind, String),
}

impl Fault {
    pub(crate) fn of_line(line: usize, reason: Reason) -> Self {
        Self { line: Some(line), reason }
    }

    pub(crate) fn of_file(reason: Reason) -> Self {
        Self { line: None, reason }
    }

    /// The line, from 1 on; `None` if the fault is not in a line.
    pub fn line(&self) -> Option<usize> {
        self.line
    }

    /// The library's kind: the keyring's own, else [`ErrorKind::Argument`].
    pub fn kind(&self) -> ErrorKind {
        match self.reason {
            Reason::Keyring(kind, _) => kind,
            _ => ErrorKind::Argument,
        }
    }

    /// What is wrong, in one word for a log: it tells no place, no line and no value.
    pub fn code(&self) -> &'static str {
        match self.reason {
            Reason::NotFound => "missing",
            Reason::NotPermitted | Reason::NotRead | Reason::NotRegular => "unreadable",
            Reason::Writable | Reason::PasswordIsReadable | Reason::PasswordFileIsOpen => "mode",
            Reason::OtherOwner => "owner",
            Reason::PasswordFile => "password_file",
            Reason::NoCredentials => "credentials",
            Reason::Keyring(..) => "keyring",
            _ => "content",
        }
    }

    /// What is wrong, and what to do.
    pub fn message(&self, language: Language) -> String {
        let is_french = language == Language::French;
        let reason = if is_french { self.reason.french() } else { self.reason.english() };
        match self.line {
            Some(line) if is_french => format!("ligne {line} : {reason}"),
            Some(line) => format!("line {line}: {reason}"),
            None => reason,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(Language::English))
    }
}

impl std::error::Error for Fault {}

impl Reason {
    fn english(&self) -> String {
        let plain = match self {
            Self::UnknownName(Some(meant)) => {
                return format!("no setting has this name: is it {}?", meant.name());
            }
            Self::Twice(setting, first) => {
                return format!("{} stands in line {first} already", setting.name());
            }
            Self::Empty(setting) => {
                return format!("{} has no value: give it one, or remove the line", setting.name());
            }
            Self::Value(setting) => {
                return format!("{} {}", setting.name(), setting.bounds(Language::English));
            }
            Self::Missing(setting) => return format!("the setting {} is missing", setting.name()),
            Self::Keyring(_, message) => return message.clone(),
            Self::NoEqualsSign => "there is no equals sign: write name = value, or # before a comment",
            Self::UnknownName(None) => "no setting has this name",
            Self::TwoPasswords => "database has a password already: keep one of the two",
            Self::TooLong => "the file is longer than 64 KiB: is this the right file?",
            Self::NotText => "the file is not UTF-8 text",
            Self::NotFound => "the file does not exist",
            Self::NotPermitted => {
                "this user cannot read the file: check its owner and mode, and those of its folders"
            }
            Self::NotRead => "the file cannot be read: check its path, and the disk",
            Self::NotRegular => "this is not a regular file",
            Self::Writable => "group or others can change the file: chmod go-w it",
            Self::OtherOwner => "the file belongs neither to root nor to this user: chown it",
            Self::PasswordIsReadable => {
                "the file holds the database's password, and group or others can read it: chmod 600 it, or use database_password_file"
            }
            Self::PasswordFile => "the file of the database's password must hold one line, and nothing else",
            Self::PasswordFileIsOpen => {
                "group or others can read the file of the database's password: chmod 600 it"
            }
            Self::NoCredentials => {
                "the path begins with $CREDENTIALS_DIRECTORY, and systemd gave none: start this by its unit, with LoadCredential="
            }
        };
        plain.into()
    }

    fn french(&self) -> String {
        let plain = match self {
            Self::UnknownName(Some(meant)) => {
                return format!("aucun réglage ne porte ce nom : est-ce {} ?", meant.name());
            }
            Self::Twice(setting, first) => {
                return format!("{} figure déjà à la ligne {first}", setting.name());
            }
            Self::Empty(setting) => {
                return format!("{} est sans valeur : en donner une, ou supprimer la ligne", setting.name());
            }
            Self::Value(setting) => {
                return format!("{} {}", setting.name(), setting.bounds(Language::French));
            }
            Self::Missing(setting) => return format!("le réglage {} manque", setting.name()),
            // The library's messages for programmers are in English.
            Self::Keyring(_, message) => return format!("trousseau de clés refusé ({message})"),
            Self::NoEqualsSign => "il manque le signe égal : écrire nom = valeur, ou # devant un commentaire",
            Self::UnknownName(None) => "aucun réglage ne porte ce nom",
            Self::TwoPasswords => "database contient déjà un mot de passe : ne garder que l’un des deux",
            Self::TooLong => "le fichier dépasse 64 Kio : est-ce le bon ?",
            Self::NotText => "le fichier n’est pas un texte en UTF-8",
            Self::NotFound => "le fichier n’existe pas",
            Self::NotPermitted => {
                "cet utilisateur n’a pas le droit de lire le fichier : vérifier le propriétaire et les droits, dossiers compris"
            }
            Self::NotRead => "le fichier est illisible : vérifier le chemin, et le disque",
            Self::NotRegular => "ce n’est pas un fichier ordinaire",
            Self::Writable => "le groupe ou d’autres peuvent modifier le fichier : chmod go-w",
            Self::OtherOwner => "le fichier n’appartient ni à root ni à cet utilisateur : chown",
            Self::PasswordIsReadable => {
                "le fichier contient le mot de passe de la base et d’autres peuvent le lire : chmod 600, ou database_password_file"
            }
            Self::PasswordFile => {
                "le fichier du mot de passe de la base doit contenir une ligne, et rien d’autre"
            }
            Self::PasswordFileIsOpen => {
                "d’autres peuvent lire le fichier du mot de passe de la base : chmod 600"
            }
            Self::NoCredentials => {
                "le chemin commence par $CREDENTIALS_DIRECTORY et systemd n’en a pas donné : lancer par l’unité, avec LoadCredential="
            }
        };
        plain.into()
    }
}
