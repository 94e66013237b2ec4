//! Messages for people, in English and French: what happened, and what to do next. None holds a secret, a code or a record.

use crate::error::ErrorKind;

/// The language of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Language {
    /// English.
    English,
    /// French.
    French,
}

impl Language {
    /// The language of a tag as in HTTP or HTML: `en`, `fr`, `fr-FR`; none for others.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        [("en", Self::English), ("fr", Self::French)]
            .into_iter()
            .find(|(name, _)| primary.eq_ignore_ascii_case(name))
            .map(|(_, language)| language)
    }

    /// One of two texts.
    pub(crate) const fn choose(self, english: &'static str, french: &'static str) -> &'static str {
        match self {
            Self::English => english,
            Self::French => french,
        }
    }
}

impl ErrorKind {
    /// What the help desk and the operators may read, and do next.
    ///
    /// ```
    /// use poterne::{ErrorKind, Language};
    ///
    /// assert_eq!(
    ///     ErrorKind::Store.message(Language::French),
    ///     "La base de données ne répond pas. Prévenez l'exploitation ; personne ne peut se connecter d'ici là."
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
                "The application and the library do not fit together. Report it to the developers of the application: struct_size is not set, or the header is of another version.",
                "L'application et la bibliothèque ne vont pas ensemble. Signalez-le aux développeurs de l'application : struct_size n'est pas renseigné ou l'en-tête est d'une autre version.",
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
                "The record is damaged, or belongs to another account. Look at the row of the table, or enroll the agent again.",
                "L'enregistrement est endommagé ou appartient à un autre compte. Examinez la ligne de la table ou enrôlez de nouveau l'agent.",
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
                "This is not possible in the authenticator's present state. Look at its state first.",
                "C'est impossible dans l'état actuel de l'authentifiant. Consultez d'abord son état.",
            ),
            Self::Rows => (
                "The update did not change exactly one row. Report it to the developers of the application.",
                "La mise à jour n'a pas modifié une ligne et une seule. Signalez-le aux développeurs de l'application.",
            ),
            Self::Attempt => (
                "The attempt has nothing to give: it was used already, or its outcome was not asked first. Report it to the developers of the application.",
                "La tentative n'a rien à donner : elle a déjà servi ou son résultat n'a pas été demandé d'abord. Signalez-le aux développeurs de l'application.",
            ),
            Self::Keyring => (
                "The keyring is damaged. Restore it from its backup.",
                "Le trousseau est endommagé. Restaurez-le à partir de sa sauvegarde.",
            ),
            Self::KeyringFile => (
                "The keyring's file cannot be read, or others can read it. Check its path and its permissions.",
                "Le fichier du trousseau est illisible, ou lisible par d'autres. Vérifiez son chemin et ses droits d'accès.",
            ),
            Self::Secret => (
                "The shared secret is wrong or too short. Copy it whole, or have a new one made.",
                "Le secret partagé est incorrect ou trop court. Recopiez-le en entier ou faites-en créer un nouveau.",
            ),
            Self::Uri => (
                "The otpauth URI cannot be made or read. Check the names, or copy the URI whole.",
                "L'URI otpauth ne peut pas être produit ou lu. Vérifiez les noms ou recopiez l'URI en entier.",
            ),
            Self::Counter => (
                "The authenticator's counter is at its end. Enroll a new authenticator.",
                "Le compteur de l'authentifiant est arrivé à sa fin. Enrôlez un nouvel authentifiant.",
            ),
            Self::Random => (
                "The system gives no random numbers. Tell the operators.",
                "Le système ne fournit pas de nombres aléatoires. Prévenez l'exploitation.",
            ),
            Self::Store => (
                "The database does not answer. Tell the operators; until then nobody can sign in.",
                "La base de données ne répond pas. Prévenez l'exploitation ; personne ne peut se connecter d'ici là.",
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
                "The token file was changed on its way. Ask its sender for it again.",
                "Le fichier de jetons a été modifié en chemin. Demandez-le de nouveau à son expéditeur.",
            ),
            Self::TokenUnsupported => (
                "The token file asks for what the library does not have. Ask its sender for another format.",
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

#[cfg(feature = "getrandom")]
mod refusal {
    use alloc::format;
    use alloc::string::String;

    use super::Language;
    use crate::outcome::Refusal;

    impl Refusal {
        /// What the end user may read: one and the same text, but for [`Refusal::Wait`] and [`Refusal::Locked`], which only an
        /// application that has found the password right shows.
        ///
        /// ```
        /// use poterne::{Language, Refusal};
        ///
        /// let wrong = Refusal::WrongCode.message_to_user(Language::French);
        /// assert_eq!(wrong, "Connexion refusée. Vérifiez votre mot de passe, attendez le code suivant, puis réessayez.");
        /// assert_eq!(Refusal::Revoked.message_to_user(Language::French), wrong);
        /// ```
        pub fn message_to_user(self, language: Language) -> String {
            match self {
                Self::Wait { seconds } => match language {
                    Language::English => format!("Too many failed attempts. Try again in {}.", seconds_en(seconds)),
                    Language::French => format!("Trop d'essais infructueux. Réessayez dans {}.", seconds_fr(seconds)),
                },
                Self::Locked => language
                    .choose(
                        "Your access is locked. Call the help desk.",
                        "Votre accès est bloqué. Appelez le service d'assistance.",
                    )
                    .into(),
                _ => language
                    .choose(
                        "Sign-in refused. Check your password, wait for the next code, then try again.",
                        "Connexion refusée. Vérifiez votre mot de passe, attendez le code suivant, puis réessayez.",
                    )
                    .into(),
            }
        }

        /// What the help desk may read, and do next. Not for the end user: it tells a thief what to try.
        pub fn message(self, language: Language) -> String {
            let (english, french) = match self {
                Self::Wait { seconds } => {
                    return match language {
                        Language::English => {
                            format!(
                                "Several attempts failed. The next one is possible in {}.",
                                seconds_en(seconds)
                            )
                        }
                        Language::French => {
                            format!(
                                "Plusieurs essais ont échoué. Le prochain est possible dans {}.",
                                seconds_fr(seconds)
                            )
                        }
                    };
                }
                Self::ClockOff { steps } => return clock_off(steps, language),
                Self::WrongCode => (
                    "The code is wrong, and the attempt was counted. Ask for the next code; if it is refused too, check the phone's clock or resynchronize the token.",
                    "Le code est incorrect et l'essai a été compté. Demandez le code suivant ; s'il est refusé aussi, vérifiez l'horloge du téléphone ou resynchronisez le jeton.",
                ),
                Self::Replayed => (
                    "This code has been used already. Ask for the next one.",
                    "Ce code a déjà servi. Demandez le suivant.",
                ),
                Self::Malformed => (
                    "What was typed is not a code. Have the agent type the digits that the authenticator shows, or a recovery or temporary code.",
                    "La saisie n'est pas un code. Faites saisir les chiffres affichés par l'authentifiant, ou un code de secours ou temporaire.",
                ),
                Self::Locked => (
                    "Too many attempts failed. Make sure who is calling, then unlock the account.",
                    "Trop d'essais ont échoué. Assurez-vous de l'identité de l'appelant, puis débloquez le compte.",
                ),
                Self::Pending => (
                    "The authenticator is not confirmed yet. Have the agent type a first code on the enrollment page.",
                    "L'authentifiant n'est pas encore confirmé. Faites saisir un premier code sur la page d'enrôlement.",
                ),
                Self::Revoked => (
                    "The authenticator is revoked. Enroll the agent again.",
                    "L'authentifiant est révoqué. Enrôlez de nouveau l'agent.",
                ),
                Self::NotYetValid => (
                    "The authenticator is not valid yet. Check the dates of its validity.",
                    "L'authentifiant n'est pas encore valable. Vérifiez ses dates de validité.",
                ),
                Self::Expired => (
                    "The authenticator's validity is over. Enroll the agent again.",
                    "La validité de l'authentifiant est terminée. Enrôlez de nouveau l'agent.",
                ),
                Self::ClockBehind => (
                    "The server's clock is behind. Tell the operators; once it is set, unlock the account.",
                    "L'horloge du serveur est en retard. Prévenez l'exploitation ; une fois l'heure rétablie, débloquez le compte.",
                ),
                Self::Conflict => (
                    "The record changed at the same moment. Try again.",
                    "L'enregistrement a changé au même moment. Recommencez.",
                ),
                Self::NotEnrolled => (
                    "The account has no authenticator. Enroll the agent.",
                    "Le compte n'a pas d'authentifiant. Enrôlez l'agent.",
                ),
                Self::Suspended => (
                    "The authenticator is suspended. Issue a temporary code, or resume the authenticator if it was found.",
                    "L'authentifiant est suspendu. Délivrez un code temporaire, ou rétablissez l'authentifiant s'il a été retrouvé.",
                ),
                Self::NotPending => (
                    "The authenticator is confirmed already. The agent can sign in.",
                    "L'authentifiant est déjà confirmé. L'agent peut se connecter.",
                ),
            };
            language.choose(english, french).into()
        }
    }

    fn clock_off(steps: i64, language: Language) -> String {
        let count = steps.unsigned_abs();
        let (slow, one) = (steps < 0, count == 1);
        match language {
            _ if steps == 0 => language
                .choose(
                    "The phone's clock is right. Have the agent try the next code.",
                    "L'horloge du téléphone est à l'heure. Faites essayer le code suivant.",
                )
                .into(),
            Language::English => format!(
                "The phone's clock is {} by {count} code {}. Have the agent set date and time automatically.",
                if slow { "slow" } else { "fast" },
                if one { "interval" } else { "intervals" },
            ),
            Language::French => format!(
                "L'horloge du téléphone {} de {count} {} de code. Faites régler la date et l'heure automatiquement.",
                if slow { "retarde" } else { "avance" },
                if one { "intervalle" } else { "intervalles" },
            ),
        }
    }

    fn seconds_en(seconds: u64) -> String {
        if seconds == 1 { "1 second".into() } else { format!("{seconds} seconds") }
    }

    fn seconds_fr(seconds: u64) -> String {
        if seconds < 2 { format!("{seconds} seconde") } else { format!("{seconds} secondes") }
    }
}

#[cfg(all(test, feature = "getrandom"))]
mod tests {
    use std::collections::HashSet;
    use std::string::{String, ToString};
    use std::vec::Vec;

    use super::*;
    use crate::outcome::Refusal;

    const REFUSALS: [Refusal; 15] = [
        Refusal::WrongCode,
        Refusal::Replayed,
        Refusal::Malformed,
        Refusal::Wait { seconds: 5 },
        Refusal::Locked,
        Refusal::Pending,
        Refusal::Revoked,
        Refusal::NotYetValid,
        Refusal::Expired,
        Refusal::ClockBehind,
        Refusal::ClockOff { steps: -3 },
        Refusal::Conflict,
        Refusal::NotEnrolled,
        Refusal::Suspended,
        Refusal::NotPending,
    ];

    #[test]
    fn every_refusal_and_error_has_its_own_words_in_each_language() {
        for language in [Language::English, Language::French] {
            let mut messages: Vec<String> = REFUSALS.map(|refusal| refusal.message(language)).into();
            messages.extend(ErrorKind::ALL.iter().map(|kind| kind.message(language).to_string()));
            assert_eq!(messages.len(), 15 + 24);
            assert_eq!(messages.iter().collect::<HashSet<_>>().len(), messages.len());
            for message in &messages {
                assert!(message.ends_with('.') && message.contains(' ') && message.len() < 200, "{message}");
            }
        }
        for (number, refusal) in (1..).zip(REFUSALS) {
            assert_eq!(refusal.number(), number);
            assert_ne!(refusal.message(Language::English), refusal.message(Language::French));
        }
    }

    #[test]
    fn the_user_reads_one_refusal_but_for_wait_and_locked() {
        for language in [Language::English, Language::French] {
            let texts: HashSet<_> = REFUSALS.map(|refusal| refusal.message_to_user(language)).into();
            assert_eq!(texts.len(), 3);
        }
    }

    #[test]
    fn numbers_agree_with_their_nouns() {
        let wait = |seconds| Refusal::Wait { seconds }.message_to_user(Language::French);
        assert_eq!(wait(1), "Trop d'essais infructueux. Réessayez dans 1 seconde.");
        assert_eq!(wait(900), "Trop d'essais infructueux. Réessayez dans 900 secondes.");
        let off = |steps| Refusal::ClockOff { steps }.message(Language::French);
        assert!(off(-1).starts_with("L'horloge du téléphone retarde de 1 intervalle de code."));
        assert!(off(10).starts_with("L'horloge du téléphone avance de 10 intervalles de code."));
        assert!(off(0).starts_with("L'horloge du téléphone est à l'heure."));
        let wait = |seconds| Refusal::Wait { seconds }.message_to_user(Language::English);
        assert!(wait(1).ends_with("in 1 second."), "{}", wait(1));
        assert!(wait(900).ends_with("in 900 seconds."), "{}", wait(900));
        let off = |steps| Refusal::ClockOff { steps }.message(Language::English);
        assert!(off(-1).starts_with("The phone's clock is slow by 1 code interval."));
        assert!(off(10).starts_with("The phone's clock is fast by 10 code intervals."));
    }

    #[test]
    fn tags_of_languages() {
        for (tag, language) in [
            ("fr", Some(Language::French)),
            ("FR-fr", Some(Language::French)),
            ("en_GB", Some(Language::English)),
            ("de", None),
            ("", None),
            ("français", None),
        ] {
            assert_eq!(Language::from_tag(tag), language, "{tag}");
        }
    }
}
