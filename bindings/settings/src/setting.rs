//! The settings, each described once: the reader, the file that `poterne init` writes and the documentation come from here.

use std::sync::OnceLock;

use poterne::{Language, PolicyOption};

pub(crate) const APPLICATION: &str = "application";
pub(crate) const DATABASE: &str = "database";
pub(crate) const DATABASE_PASSWORD_FILE: &str = "database_password_file";
pub(crate) const TABLE: &str = "table";
pub(crate) const ACCOUNT_COLUMN: &str = "account_column";
pub(crate) const RECORD_COLUMN: &str = "record_column";
pub(crate) const KEYRING: &str = "keyring";
pub(crate) const LANGUAGE: &str = "language";
pub(crate) const ISSUER: &str = "issuer";
pub(crate) const HELP_DESK_PHONE: &str = "help_desk_phone";
pub(crate) const APPS_ADDRESS: &str = "apps_address";

/// A setting: a name, and what stands behind it.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    index: usize,
    name: &'static str,
    kind: Kind,
    default: &'static str,
    is_required: bool,
    is_shared: bool,
    english: &'static str,
    french: &'static str,
}

/// What a value is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// Text of at most so many bytes.
    Text(usize),
    /// The name of a table or column, of at most so many parts.
    Name(usize),
    /// The path of a file.
    Place,
    Language,
    Database,
    Policy(PolicyOption),
}

impl Setting {
    /// Every setting, in the order of the file.
    pub fn all() -> &'static [Self] {
        static ALL: OnceLock<Vec<Setting>> = OnceLock::new();
        ALL.get_or_init(|| {
            let of_policy = crate::options().map(|option| {
                let (english, french) = policy(option);
                Self {
                    name: option.name(),
                    kind: Kind::Policy(option),
                    default: default_of(option),
                    is_required: false,
                    is_shared: true,
                    english,
                    french,
                    index: 0,
                }
            });
            let mut all: Vec<Self> = GENERAL.iter().copied().chain(of_policy).collect();
            for (index, setting) in all.iter_mut().enumerate() {
                setting.index = index;
            }
            all
        })
    }

    /// The setting of this name.
    pub fn find(name: &str) -> Option<Self> {
        Self::all().iter().find(|setting| setting.name == name).copied()
    }

    /// The name in the file.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The value without a line; empty if there is none.
    pub fn default_value(&self) -> &'static str {
        self.default
    }

    /// Whether the file must have it.
    pub fn is_required(&self) -> bool {
        self.is_required
    }

    /// Whether it must be equal on all servers.
    pub fn is_shared(&self) -> bool {
        self.is_shared
    }

    /// What it is for.
    pub fn description(&self, language: Language) -> &'static str {
        match language {
            Language::French => self.french,
            _ => self.english,
        }
    }

    /// What a value must be, as the end of a sentence that begins with the name.
    pub fn bounds(&self, language: Language) -> String {
        let choose =
            |english: String, french: String| if language == Language::French { french } else { english };
        match self.kind {
            Kind::Text(max) => choose(
                format!("is a text of 1 to {max} bytes, without control characters"),
                format!("est un texte de 1 à {max} octets, sans caractère de contrôle"),
            ),
            Kind::Name(1) => choose(
                "is a name of letters without accents, digits and underscores".into(),
                "est un nom fait de lettres sans accent, de chiffres et de tirets bas".into(),
            ),
            Kind::Name(_) => choose(
                "is a name of letters without accents, digits and underscores, perhaps behind its schema and a dot".into(),
                "est un nom fait de lettres sans accent, de chiffres et de tirets bas, au besoin précédé du schéma et d’un point".into(),
            ),
            Kind::Place => choose(
                "is an absolute path, or $CREDENTIALS_DIRECTORY/ and a file name".into(),
                "est un chemin absolu, ou $CREDENTIALS_DIRECTORY/ suivi d’un nom de fichier".into(),
            ),
            Kind::Language => choose("is en or fr".into(), "vaut en ou fr".into()),
            Kind::Database => choose(
                "is an address such as postgresql+psycopg://user@host/name, or sqlite:/// and an absolute path".into(),
                "est une adresse telle que postgresql+psycopg://utilisateur@serveur/base, ou sqlite:/// suivi d’un chemin absolu".into(),
            ),
            Kind::Policy(option) => match option.bounds() {
                (0, 1) => choose("is yes or no".into(), "vaut yes ou no".into()),
                (min, max) => choose(
                    format!("is a whole number from {min} to {max}"),
                    format!("est un nombre entier de {min} à {max}"),
                ),
            },
        }
    }

    pub(crate) fn index(&self) -> usize {
        self.index
    }

    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }
}

const fn general(
    name: &'static str,
    kind: Kind,
    default: &'static str,
    english: &'static str,
    french: &'static str,
) -> Setting {
    Setting { index: 0, name, kind, default, is_required: false, is_shared: false, english, french }
}

const GENERAL: &[Setting] = &[
    Setting {
        is_required: true,
        is_shared: true,
        ..general(
            APPLICATION,
            Kind::Text(255),
            "",
            "The name that is sealed into every record: the same on all servers, forever.",
            "Nom scellé dans chaque enregistrement : le même sur tous les serveurs, pour toujours.",
        )
    },
    Setting {
        is_required: true,
        ..general(
            DATABASE,
            Kind::Database,
            "",
            "The database, as an address of SQLAlchemy. With a password in it, this file must be of mode 0600.",
            "Base de données, sous forme d’adresse SQLAlchemy. Si elle contient un mot de passe, ce fichier doit être en mode 0600.",
        )
    },
    general(
        DATABASE_PASSWORD_FILE,
        Kind::Place,
        "",
        "A file with the database's password, of mode 0600, or a credential of systemd.",
        "Fichier contenant le mot de passe de la base, en mode 0600, ou « credential » de systemd.",
    ),
    Setting {
        is_shared: true,
        ..general(
            TABLE,
            Kind::Name(3),
            "poterne",
            "The table, one row for each account.",
            "Table, une ligne par compte.",
        )
    },
    Setting {
        is_shared: true,
        ..general(
            ACCOUNT_COLUMN,
            Kind::Name(1),
            "account",
            "Its column with the account.",
            "Colonne du compte.",
        )
    },
    Setting {
        is_shared: true,
        ..general(
            RECORD_COLUMN,
            Kind::Name(1),
            "record",
            "Its column with the record.",
            "Colonne de l’enregistrement.",
        )
    },
    Setting {
        is_required: true,
        ..general(
            KEYRING,
            Kind::Place,
            "",
            "The keyring: a file of mode 0600 that belongs to the application's user, or a credential of systemd.",
            "Trousseau de clés : fichier en mode 0600 appartenant à l’utilisateur de l’application, ou « credential » de systemd.",
        )
    },
    general(
        LANGUAGE,
        Kind::Language,
        "en",
        "The language of messages and letters: en or fr.",
        "Langue des messages et des courriers : fr ou en.",
    ),
    general(
        ISSUER,
        Kind::Text(100),
        "",
        "The organization, as the authenticator app shows it.",
        "Organisme, tel que l’affiche l’application d’authentification.",
    ),
    general(
        HELP_DESK_PHONE,
        Kind::Text(40),
        "",
        "The help desk's telephone number, for letters.",
        "Numéro du service d’assistance, pour les courriers.",
    ),
    general(
        APPS_ADDRESS,
        Kind::Text(255),
        "",
        "The address on the intranet that lists the compatible apps, for letters.",
        "Adresse intranet de la liste des applications compatibles, pour les courriers.",
    ),
];

/// Settings are text.
fn default_of(option: PolicyOption) -> &'static str {
    static DEFAULTS: OnceLock<Vec<String>> = OnceLock::new();
    let all =
        || crate::options().map(|option| crate::text::of_number(option.default_value(), option.bounds()));
    let position = crate::options().position(|other| other == option).unwrap_or_default();
    DEFAULTS.get_or_init(|| all().collect()).get(position).map(String::as_str).unwrap_or_default()
}

/// What an administrator needs to know of an option.
fn policy(option: PolicyOption) -> (&'static str, &'static str) {
    match option {
        PolicyOption::AppStepsBackward => (
            "Time steps before the present one whose code an app may still show.",
            "Pas de temps passés dont le code d’une application reste accepté.",
        ),
        PolicyOption::AppStepsForward => (
            "Time steps after the present one whose code an app may already show.",
            "Pas de temps à venir dont le code d’une application est déjà accepté.",
        ),
        PolicyOption::TokenStepsBackward => (
            "The same before the present one, for hardware tokens.",
            "De même, pas passés pour un jeton matériel.",
        ),
        PolicyOption::TokenStepsForward => (
            "The same after the present one, for hardware tokens.",
            "De même, pas à venir pour un jeton matériel.",
        ),
        PolicyOption::LookAhead => (
            "Counters that are tried for a counter-based token.",
            "Compteurs essayés pour un jeton à compteur.",
        ),
        PolicyOption::MaxFailures => (
            "Failures after which an account is locked until the help desk unlocks it.",
            "Échecs au bout desquels un compte est verrouillé, jusqu’à l’intervention du service d’assistance.",
        ),
        PolicyOption::MaxDrift => (
            "Time steps by which the clock of a token may differ.",
            "Écart d’horloge toléré pour un jeton, en pas de temps.",
        ),
        PolicyOption::ResyncLookAhead => (
            "Counters that are tried when a token is resynchronized.",
            "Compteurs essayés lors de la resynchronisation d’un jeton.",
        ),
        PolicyOption::RecoveryCodes => {
            ("Recovery codes that a confirmation issues.", "Codes de secours remis à la confirmation.")
        }
        PolicyOption::ConfirmAtFirstLogin => (
            "Whether the first login confirms a new app: yes for a roll-out by letter.",
            "La première connexion confirme une nouvelle application : yes pour un déploiement par courrier.",
        ),
        PolicyOption::AllowShortSecret => (
            "Whether secrets of 10 to 15 bytes may be brought in from another system.",
            "Reprise admise des secrets de 10 à 15 octets d’un autre système.",
        ),
        PolicyOption::AllowIncompatible => (
            "Whether parameters may be enrolled that some apps do not honor.",
            "Paramètres admis que certaines applications ne respectent pas.",
        ),
        PolicyOption::ConfirmWithinDays => (
            "Days within which a new app must be confirmed.",
            "Délai de confirmation d’une nouvelle application, en jours.",
        ),
        PolicyOption::TicketSeconds => (
            "Seconds between the password and the code, where they come in two requests.",
            "Délai entre le mot de passe et le code, en secondes, lorsqu’ils arrivent en deux requêtes.",
        ),
        _ => ("", ""),
    }
}
