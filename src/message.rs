//! Messages for people, in English and French: what happened, and what to do next. None holds a secret, a code or a record.

use crate::error::ErrorKind;

/// The language of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Language {
    /// English.
    English,
    /// French, in the characters of ISO 8859-15: straight apostrophes and plain spaces, so that logs and terminals of that character set
    /// (`fr_FR@euro`) can print every message.
    French,
}

impl Language {
    /// Reads a language tag as in HTTP or HTML: `en`, `fr`, `fr-FR`. Returns `None` for others.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        [("en", Self::English), ("fr", Self::French)]
            .into_iter()
            .find(|(name, _)| primary.eq_ignore_ascii_case(name))
            .map(|(_, language)| language)
    }

    /// Returns one of two texts.
    pub(crate) const fn choose(self, english: &'static str, french: &'static str) -> &'static str {
        match self {
            Self::English => english,
            Self::French => french,
        }
    }
}

impl ErrorKind {
    /// Returns the message for the help desk and the operators: what happened, and what to do next.
    ///
    /// ```
    /// use poterne::{ErrorKind, Language};
    ///
    /// assert_eq!(
    ///     ErrorKind::Store.message(Language::French),
    ///     "La base de données ne répond pas. Prévenez l'exploitation ; personne ne peut se connecter d'ici là."
    /// );
    /// ```
    pub const fn message(self, language: Language) -> &'static str {
        let (english, french) = match self {
            Self::Argument => (
                "A value is out of its range. Report it to the developers of the application.",
                "Une valeur est hors limites. Signalez-le aux développeurs de l'application.",
            ),
            Self::Null => (
                "A value is missing. Report it to the developers of the application.",
                "Une valeur est absente. Signalez-le aux développeurs de l'application.",
            ),
            Self::Buffer => (
                "A memory area is too small. Report it to the developers of the application.",
                "Une zone de mémoire est trop petite. Signalez-le aux développeurs de l'application.",
            ),
            Self::Version => (
                "The application and the library have different versions: one was installed without the other. Report it to the developers of the application.",
                "L'application et la bibliothèque ne sont pas de la même version. Signalez-le aux développeurs de l'application : l'une a été installée sans l'autre.",
            ),
            Self::Utf8 => (
                "A text is not in UTF-8. Report it to the developers of the application.",
                "Un texte n'est pas en UTF-8. Signalez-le aux développeurs de l'application.",
            ),
            Self::Time => (
                "The date is impossible. Check the server's clock.",
                "La date est impossible. Vérifiez l'horloge du serveur.",
            ),
            Self::Record => (
                "The record does not open. Compare the keyring with the other servers' and the spelling of the account with the table's; enroll the user again only if both are right.",
                "L'enregistrement ne s'ouvre pas. Comparez le trousseau avec celui des autres serveurs et l'orthographe du compte avec la table ; n'enrôlez de nouveau l'agent que si les deux concordent.",
            ),
            Self::UnknownKey => (
                "This server's keyring does not have the record's key. Bring the keyring up to date.",
                "Le trousseau de ce serveur n'a pas la clé de l'enregistrement. Mettez le trousseau à jour.",
            ),
            Self::RecordFormat => (
                "The record was written by a later version. Update the library on this server.",
                "L'enregistrement provient d'une version plus récente. Mettez à jour la bibliothèque sur ce serveur.",
            ),
            Self::State => (
                "This is not possible in the authenticator's present state, or the account has no authenticator. Look at its state first.",
                "C'est impossible dans l'état actuel de l'authentifiant, ou le compte n'en a pas. Consultez d'abord son état.",
            ),
            Self::Rows => (
                "The application does not store records as it must: its update compares nothing, does not change exactly one row, or is not committed. Report it to its developers.",
                "L'application n'enregistre pas comme elle le doit : sa mise à jour ne compare rien, ne modifie pas exactement une ligne ou n'est pas validée. Signalez-le à ses développeurs.",
            ),
            Self::Attempt => (
                "The attempt has no result: it was already used, or its outcome was not asked for first. Report it to the developers of the application.",
                "La tentative n'a rien à donner : elle a déjà servi ou son résultat n'a pas été demandé d'abord. Signalez-le aux développeurs de l'application.",
            ),
            Self::Keyring => (
                "The keyring is damaged. Restore it from its backup.",
                "Le trousseau est endommagé. Restaurez-le à partir de sa sauvegarde.",
            ),
            Self::KeyringFile => (
                "The keyring's file cannot be read, or others can read it. Check its path, its owner and its permissions.",
                "Le fichier du trousseau est illisible, ou lisible par d'autres. Vérifiez son chemin, son propriétaire et ses droits d'accès.",
            ),
            Self::Secret => (
                "The shared secret is mistyped, too short or too long. Copy all of it, as base32 or hexadecimal; if it is refused again, enroll the user with another authenticator.",
                "Le secret partagé est mal recopié, trop court ou trop long. Recopiez-le en entier, en base32 ou en hexadécimal ; s'il est encore refusé, enrôlez l'agent avec un authentifiant qui en a un autre.",
            ),
            Self::Uri => (
                "The otpauth URI cannot be made or read. Check the names, or copy the whole URI.",
                "L'URI otpauth ne peut pas être produit ou lu. Vérifiez les noms ou recopiez l'URI en entier.",
            ),
            Self::Counter => (
                "The authenticator's counter has reached its end, or the counter that was entered is too high. Check it; if none was entered, enroll a new authenticator.",
                "Le compteur de l'authentifiant est arrivé à sa fin, ou la valeur indiquée est trop élevée. Vérifiez-la ; si aucune n'a été indiquée, enrôlez un nouvel authentifiant.",
            ),
            Self::Random => (
                "The operating system provides no random numbers. Tell the operators.",
                "Le système ne fournit pas de nombres aléatoires. Prévenez l'exploitation.",
            ),
            Self::Store => (
                "The database does not answer. Tell the operators; until then nobody can sign in.",
                "La base de données ne répond pas. Prévenez l'exploitation ; personne ne peut se connecter d'ici là.",
            ),
            Self::TokenFile => (
                "The token file is damaged. Ask its sender for it again.",
                "Le fichier de jetons est endommagé. Demandez-le de nouveau à son expéditeur.",
            ),
            Self::TokenPassword => (
                "The token file's password is wrong. Type it again.",
                "Le mot de passe du fichier de jetons est incorrect. Saisissez-le de nouveau.",
            ),
            Self::TokenMac => (
                "The token file was altered on its way. Ask its sender for it again.",
                "Le fichier de jetons a été modifié en chemin. Demandez-le de nouveau à son expéditeur.",
            ),
            Self::TokenUnsupported => (
                "The token file needs a feature that the library does not have. Ask its sender for another format.",
                "Le fichier de jetons demande ce que la bibliothèque n'offre pas. Demandez un autre format à son expéditeur.",
            ),
            Self::Internal => (
                "The library has a fault. Report it with the time and the application's name.",
                "La bibliothèque présente une anomalie. Signalez-la avec l'heure et le nom de l'application.",
            ),
        };
        language.choose(english, french)
    }
}

impl ErrorKind {
    /// Returns the message for the end user. It is the same for every error, and does not look like a refused code.
    pub const fn message_to_user(self, language: Language) -> &'static str {
        language.choose(
            "The service is unavailable. Try again in a few minutes; if it persists, call the help desk.",
            "Le service est indisponible. Réessayez dans quelques minutes ; si cela persiste, appelez le service d'assistance.",
        )
    }
}
