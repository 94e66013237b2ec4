//! Messages to people about a refusal, in English and French. None holds a secret, a code or a record.

use alloc::format;
use alloc::string::String;

use super::outcome::Refusal;
use crate::message::Language;

impl Refusal {
    /// Returns the message for the end user. It is always the same text, except for [`Refusal::Wait`] and [`Refusal::Locked`]: show
    /// those two only once the password is right.
    ///
    /// ```
    /// use poterne::{Language, Refusal};
    ///
    /// let wrong = Refusal::WrongCode.message_to_user(Language::French);
    /// assert_eq!(wrong, "Connexion refusée. Vérifiez votre mot de passe, attendez le code suivant, puis réessayez.");
    /// assert_eq!(Refusal::Revoked.message_to_user(Language::French), wrong);
    /// ```
    ///
    /// Source: semantics [7.10](crate::guide::semantics#7.10).
    pub fn message_to_user(self, language: Language) -> String {
        match self {
            Self::Wait { seconds } => match language {
                Language::English => format!("Too many failed attempts. Try again in {}, or use a recovery code.", duration_en(seconds)),
                Language::French => format!("Trop d'essais infructueux. Réessayez dans {}, ou utilisez un code de secours.", duration_fr(seconds)),
            },
            Self::Locked => language
                .choose(
                    "Your access is locked. Use a recovery code, or call the help desk.",
                    "Votre accès est bloqué. Utilisez un code de secours, ou appelez le service d'assistance.",
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

    /// Returns the message for the page that has just shown the QR code and asks for the first code, with
    /// [`confirm`](crate::StoredCredential::confirm) or [`replace`](crate::Verifier::replace). Do not use it at a login.
    ///
    /// The page may give the reason: its reader holds the secret anyway.
    ///
    /// ```
    /// use poterne::{Language, Refusal};
    ///
    /// let slow = Refusal::ClockOff { steps: -4 }.message_at_enrollment(Language::French);
    /// assert_eq!(
    ///     slow,
    ///     "L'horloge du téléphone retarde d'environ 2 minutes. Activez le réglage automatique de la date et de l'heure, puis saisissez le code affiché."
    /// );
    /// ```
    pub fn message_at_enrollment(self, language: Language) -> String {
        let (english, french) = match self {
            Self::Wait { seconds } => {
                return match language {
                    Language::English => format!(
                        "Several codes were wrong. Wait {}, then type the code that is shown.",
                        duration_en(seconds)
                    ),
                    Language::French => format!(
                        "Plusieurs codes étaient incorrects. Attendez {}, puis saisissez le code affiché.",
                        duration_fr(seconds)
                    ),
                };
            }
            Self::ClockOff { steps } => return clock_off_at_enrollment(steps, language),
            Self::WrongCode => (
                "The code is wrong. Type the code that the app or token shows now; in the app, use the entry that you have just added.",
                "Le code est incorrect. Saisissez le code que l'application ou le jeton affiche en ce moment ; dans l'application, prenez l'entrée que vous venez d'ajouter.",
            ),
            Self::Replayed => (
                "This code has been used already. Wait until the next one is shown, then type it.",
                "Ce code a déjà servi. Attendez que le suivant s'affiche, puis saisissez-le.",
            ),
            Self::Malformed => (
                "This is not a code. Type the digits that the app or token shows now, and nothing else.",
                "La saisie n'est pas un code. Saisissez les chiffres que l'application ou le jeton affiche en ce moment, et rien d'autre.",
            ),
            Self::Locked => (
                "Too many codes were wrong. Call the help desk.",
                "Trop de codes étaient incorrects. Appelez le service d'assistance.",
            ),
            Self::Expired => (
                "The time to type the first code has passed. Call the help desk: you need a new QR code.",
                "Le délai pour saisir le premier code est écoulé. Appelez le service d'assistance : il vous faut un nouveau code QR.",
            ),
            Self::ClockBehind => (
                "The server cannot check codes at the moment. Try again in ten minutes; if it persists, call the help desk.",
                "Le serveur ne peut pas vérifier les codes pour le moment. Réessayez dans dix minutes ; si cela persiste, appelez le service d'assistance.",
            ),
            Self::Conflict => (
                "Your account changed at the same moment. Reload the page, and follow what it says.",
                "Votre compte a été modifié au même moment. Rechargez la page et suivez ses indications.",
            ),
            Self::NotPending => (
                "Your authenticator is already active, and your recovery codes were shown. If you do not have them, sign in and ask for new ones.",
                "Votre authentifiant est déjà actif et vos codes de secours ont été affichés. Si vous ne les avez pas, connectez-vous et demandez-en de nouveaux.",
            ),
            Self::Pending
            | Self::Revoked
            | Self::NotYetValid
            | Self::NotEnrolled
            | Self::Suspended
            | Self::Ticket => (
                "Your authenticator cannot be activated here. Call the help desk.",
                "Votre authentifiant ne peut pas être activé ici. Appelez le service d'assistance.",
            ),
        };
        language.choose(english, french).into()
    }

    /// Returns the message for the help desk: what happened, and what to do next. Never show it to the end user: it would tell a
    /// thief what to try.
    pub fn message(self, language: Language) -> String {
        let (english, french) = match self {
            Self::Wait { seconds } => {
                return match language {
                    Language::English => {
                        format!(
                            "Several attempts failed. The next one is possible in {}. If the user did not make them, the password is stolen: change it first.",
                            duration_en(seconds)
                        )
                    }
                    Language::French => {
                        format!(
                            "Plusieurs essais ont échoué. Le prochain est possible dans {}. S'ils ne sont pas de l'agent, son mot de passe est volé : changez-le d'abord.",
                            duration_fr(seconds)
                        )
                    }
                };
            }
            Self::ClockOff { steps } => return clock_off(steps, language),
            Self::WrongCode => (
                "The code is wrong, or it is a used recovery code or an expired temporary code. Ask for the next code; if it is refused too, check the phone's clock or resynchronize the token.",
                "Le code est incorrect, ou c'est un code de secours utilisé ou un code temporaire périmé. Demandez le code suivant ; s'il est refusé, vérifiez l'heure du téléphone ou resynchronisez le jeton.",
            ),
            Self::Replayed => (
                "This code has been used already. Ask for the next one.",
                "Ce code a déjà servi. Demandez le suivant.",
            ),
            Self::Malformed => (
                "The user did not type a code. Have the user type the digits that the authenticator shows, or a recovery or temporary code.",
                "La saisie n'est pas un code. Faites saisir les chiffres affichés par l'authentifiant, ou un code de secours ou temporaire.",
            ),
            Self::Locked => (
                "Too many attempts failed. Check the caller's identity. If the attempts are not theirs, change the password first; then unlock the account.",
                "Trop d'essais ont échoué. Assurez-vous de l'identité de l'appelant. Si ces essais ne sont pas les siens, changez d'abord le mot de passe ; puis débloquez le compte.",
            ),
            Self::Pending => (
                "The authenticator is not confirmed yet. Have the user type a first code on the enrollment page.",
                "L'authentifiant n'est pas encore confirmé. Faites saisir un premier code sur la page d'enrôlement.",
            ),
            Self::Revoked => (
                "The authenticator is revoked. Enroll the user again.",
                "L'authentifiant est révoqué. Enrôlez de nouveau l'agent.",
            ),
            Self::NotYetValid => (
                "The authenticator is not valid yet. Check the dates of its validity.",
                "L'authentifiant n'est pas encore valable. Vérifiez ses dates de validité.",
            ),
            Self::Expired => (
                "The authenticator's validity has ended, or it was not confirmed in time. Enroll the user again.",
                "La validité de l'authentifiant est terminée, ou il n'a pas été confirmé à temps. Enrôlez de nouveau l'agent.",
            ),
            Self::ClockBehind => (
                "The server's clock is behind, or a clock was ahead. Try again in ten minutes; if it persists, tell the operators: once the clock is right, they repair the records.",
                "L'horloge du serveur retarde, ou une horloge a avancé. Réessayez dans dix minutes ; si cela persiste, prévenez l'exploitation : une fois l'heure rétablie, elle répare les enregistrements.",
            ),
            Self::Conflict => (
                "The record changed at the same moment. Try again.",
                "L'enregistrement a changé au même moment. Recommencez.",
            ),
            Self::NotEnrolled => (
                "The account has no authenticator. Enroll the user.",
                "Le compte n'a pas d'authentifiant. Enrôlez l'agent.",
            ),
            Self::Suspended => (
                "The authenticator is suspended. Issue a temporary code, or resume the authenticator if it was found.",
                "L'authentifiant est suspendu. Délivrez un code temporaire, ou rétablissez l'authentifiant s'il a été retrouvé.",
            ),
            Self::NotPending => (
                "The authenticator is confirmed already. If the user has not seen the recovery codes, issue new ones.",
                "L'authentifiant est déjà confirmé. Si l'agent n'a pas vu ses codes de secours, délivrez-en de nouveaux.",
            ),
            Self::Ticket => (
                "The code came too late after the password, or from another device. Have the user start again; if it happens to everyone, compare the servers' clocks and keyrings.",
                "Le code est arrivé trop tard après le mot de passe, ou d'un autre poste. Faites recommencer la connexion ; si tous sont touchés, comparez les horloges et les trousseaux des serveurs.",
            ),
        };
        language.choose(english, french).into()
    }
}

fn clock_off(steps: i64, language: Language) -> String {
    let Some(Clock { minutes, is_slow, wait }) = Clock::new(steps) else {
        return language
            .choose(
                "The phone's clock is right. Have the user try the next code.",
                "L'horloge du téléphone est à l'heure. Faites essayer le code suivant.",
            )
            .into();
    };
    match language {
        Language::English => format!(
            "The phone's clock is about {} {}. Have the user set date and time automatically{}, then type the next code.",
            minutes_en(minutes),
            if is_slow { "slow" } else { "fast" },
            wait.map(|wait| format!(", wait {}", minutes_en(wait))).unwrap_or_default(),
        ),
        Language::French => format!(
            "L'horloge du téléphone {} d'environ {}. Faites régler la date et l'heure automatiquement{}, puis faites saisir le code suivant.",
            if is_slow { "retarde" } else { "avance" },
            minutes_fr(minutes),
            wait.map(|wait| format!(", attendez {}", minutes_fr(wait))).unwrap_or_default(),
        ),
    }
}

fn clock_off_at_enrollment(steps: i64, language: Language) -> String {
    let Some(Clock { minutes, is_slow, wait }) = Clock::new(steps) else {
        return Refusal::Replayed.message_at_enrollment(language);
    };
    match language {
        Language::English => format!(
            "The phone's clock is about {} {}. Set date and time to automatic{}, then type the code that is shown.",
            minutes_en(minutes),
            if is_slow { "slow" } else { "fast" },
            wait.map(|wait| format!(", wait {}", minutes_en(wait))).unwrap_or_default(),
        ),
        Language::French => format!(
            "L'horloge du téléphone {} d'environ {}. Activez le réglage automatique de la date et de l'heure{}, puis saisissez le code affiché.",
            if is_slow { "retarde" } else { "avance" },
            minutes_fr(minutes),
            wait.map(|wait| format!(", attendez {}", minutes_fr(wait))).unwrap_or_default(),
        ),
    }
}

/// The error of a phone's clock, in minutes. A step is 30 seconds: every app has that, unless the policy allows others.
struct Clock {
    minutes: u64,
    is_slow: bool,
    /// A code that a fast phone has shown is spent, and so are the codes before it (semantics 8.2).
    wait: Option<u64>,
}

impl Clock {
    /// Returns `None` if the clock is right.
    fn new(steps: i64) -> Option<Self> {
        let spent = u64::try_from(steps).ok().filter(|steps| *steps <= 10);
        (!Refusal::ClockOff { steps }.is_clock_right()).then(|| Self {
            minutes: steps.unsigned_abs().div_ceil(2),
            is_slow: steps < 0,
            wait: spent.map(|steps| steps.saturating_add(1).div_ceil(2)),
        })
    }
}

/// Returns seconds up to 90, and minutes above, rounded up.
fn duration_en(seconds: u64) -> String {
    match seconds {
        1 => "1 second".into(),
        0 | 2..=90 => format!("{seconds} seconds"),
        _ => minutes_en(seconds.div_ceil(60)),
    }
}

fn duration_fr(seconds: u64) -> String {
    match seconds {
        ..2 => format!("{seconds} seconde"),
        2..=90 => format!("{seconds} secondes"),
        _ => minutes_fr(seconds.div_ceil(60)),
    }
}

fn minutes_en(minutes: u64) -> String {
    if minutes == 1 { "1 minute".into() } else { format!("{minutes} minutes") }
}

fn minutes_fr(minutes: u64) -> String {
    if minutes < 2 { format!("{minutes} minute") } else { format!("{minutes} minutes") }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::string::{String, ToString};
    use std::vec::Vec;

    use super::*;
    use crate::error::ErrorKind;

    const REFUSALS: [Refusal; 16] = [
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
        Refusal::Ticket,
    ];

    #[test]
    fn every_refusal_and_error_has_its_own_words_in_each_language() {
        for language in [Language::English, Language::French] {
            let mut messages: Vec<String> = REFUSALS.map(|refusal| refusal.message(language)).into();
            messages.extend(ErrorKind::ALL.iter().map(|kind| kind.message(language).to_string()));
            assert_eq!(messages.len(), 16 + 24);
            assert_eq!(messages.iter().collect::<HashSet<_>>().len(), messages.len());
            for message in &messages {
                assert!(
                    message.ends_with('.') && message.contains(' ') && message.chars().count() < 200,
                    "{message}"
                );
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

    /// An error is no refused code: one text of its own, whatever failed.
    #[test]
    fn the_user_reads_one_text_for_every_error() {
        for language in [Language::English, Language::French] {
            let texts: HashSet<_> =
                ErrorKind::ALL.iter().map(|kind| kind.message_to_user(language)).collect();
            assert_eq!(texts.len(), 1);
            assert!(
                REFUSALS.iter().all(|refusal| !texts.contains(refusal.message_to_user(language).as_str()))
            );
        }
    }

    #[test]
    fn numbers_agree_with_their_nouns() {
        let wait = |seconds| Refusal::Wait { seconds }.message_to_user(Language::French);
        let said = |duration| {
            format!("Trop d'essais infructueux. Réessayez dans {duration}, ou utilisez un code de secours.")
        };
        assert_eq!(wait(1), said("1 seconde"));
        assert_eq!(wait(90), said("90 secondes"));
        assert_eq!(wait(91), said("2 minutes"));
        assert_eq!(wait(841), said("15 minutes"));
        let wait = |seconds| Refusal::Wait { seconds }.message_to_user(Language::English);
        assert!(wait(1).ends_with("in 1 second, or use a recovery code."), "{}", wait(1));
        assert!(wait(90).contains("in 90 seconds, "), "{}", wait(90));
        assert!(wait(91).contains("in 2 minutes, "), "{}", wait(91));
        assert!(wait(841).contains("in 15 minutes, "), "{}", wait(841));
    }

    /// Semantics 8.4. Nobody else says so: not the messages, and not another refusal.
    #[test]
    fn a_clock_that_is_right_is_told() {
        let off = |steps| Refusal::ClockOff { steps };
        for (steps, is_right) in [(i64::MIN, false), (-2, false), (-1, true), (0, true), (1, false)] {
            assert_eq!(off(steps).is_clock_right(), is_right);
            assert_eq!(
                off(steps).message(Language::English).starts_with("The phone's clock is right."),
                is_right
            );
        }
        assert!(!Refusal::ALL.iter().any(|refusal| refusal.is_clock_right() && *refusal != off(0)));
    }

    /// A step has 30 seconds; what a fast phone has shown is over when as many steps and one more have passed.
    #[test]
    fn clocks_are_told_in_minutes() {
        let off = |steps| Refusal::ClockOff { steps }.message(Language::English);
        let begin = "Have the user set date and time automatically";
        assert_eq!(
            off(-2),
            format!("The phone's clock is about 1 minute slow. {begin}, then type the next code.")
        );
        assert_eq!(
            off(-10),
            format!("The phone's clock is about 5 minutes slow. {begin}, then type the next code.")
        );
        assert_eq!(
            off(10),
            format!(
                "The phone's clock is about 5 minutes fast. {begin}, wait 6 minutes, then type the next code."
            )
        );
        // A pair, which spends nothing.
        assert_eq!(
            off(120),
            format!("The phone's clock is about 60 minutes fast. {begin}, then type the next code.")
        );
        let off = |steps| Refusal::ClockOff { steps }.message(Language::French);
        assert!(off(-3).starts_with("L'horloge du téléphone retarde d'environ 2 minutes. Faites régler"));
        assert!(
            off(2).contains("avance d'environ 1 minute. ") && off(2).contains(", attendez 2 minutes, puis")
        );
        assert!(off(0).starts_with("L'horloge du téléphone est à l'heure."));
        // Reading a code out and typing it takes time; a phone that is fast shows what no delay explains.
        assert_eq!(off(-1), off(0));
        assert!(off(1).contains("avance d'environ 1 minute. "), "{}", off(1));
    }

    /// No password was asked for there; what a login says would send the user to look for one.
    #[test]
    fn the_enrollment_page_has_its_own_words() {
        for (language, password, units) in [
            (Language::English, "password", ["interval", "step"]),
            (Language::French, "mot de passe", ["intervalle", "pas de temps"]),
        ] {
            let mut all = REFUSALS.to_vec();
            all.extend([-10, -1, 0, 1, 10, 11].map(|steps| Refusal::ClockOff { steps }));
            all.extend([0, 1, 90, 91, 900].map(|seconds| Refusal::Wait { seconds }));
            for refusal in all {
                let text = refusal.message_at_enrollment(language);
                assert!(text.ends_with('.') && text.chars().count() < 200, "{text}");
                assert!(!text.to_lowercase().contains(password), "{text}");
                assert!(units.iter().all(|unit| !text.contains(unit)), "{text}");
                assert_ne!(text, refusal.message_to_user(language));
                assert_ne!(text, refusal.message(language));
            }
            // The control: what a login says is found.
            assert!(Refusal::WrongCode.message_to_user(language).contains(password));
            // What the user can do something about has words of its own; the rest is for the help desk.
            let texts: HashSet<_> = REFUSALS.map(|refusal| refusal.message_at_enrollment(language)).into();
            assert_eq!(texts.len(), 15 - 4);
        }
    }

    #[test]
    fn the_enrollment_page_tells_minutes() {
        let off = |steps| Refusal::ClockOff { steps }.message_at_enrollment(Language::English);
        let begin = "Set date and time to automatic";
        assert_eq!(
            off(-4),
            format!("The phone's clock is about 2 minutes slow. {begin}, then type the code that is shown.")
        );
        assert_eq!(
            off(4),
            format!(
                "The phone's clock is about 2 minutes fast. {begin}, wait 3 minutes, then type the code that is shown."
            )
        );
        assert!(!off(11).contains("wait"), "{}", off(11));
        let off = |steps| Refusal::ClockOff { steps }.message_at_enrollment(Language::French);
        assert!(
            off(2).contains("avance d'environ 1 minute. ") && off(2).contains(", attendez 2 minutes, puis")
        );
        let wait = |seconds| Refusal::Wait { seconds }.message_at_enrollment(Language::English);
        assert!(wait(5).contains("Wait 5 seconds, then"), "{}", wait(5));
        assert!(wait(900).contains("Wait 15 minutes, then"), "{}", wait(900));
        let wait = |seconds| Refusal::Wait { seconds }.message_at_enrollment(Language::French);
        assert!(wait(1).contains("Attendez 1 seconde, puis"), "{}", wait(1));
        assert!(wait(900).contains("Attendez 15 minutes, puis"), "{}", wait(900));
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
