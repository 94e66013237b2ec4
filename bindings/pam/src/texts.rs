//! What the user reads, in English and French. The library has the texts of refusals.

use poterne::{Authenticator, Language};

use crate::devices::Device;

/// Asks for the code, of the first of several devices. A host that has one question only still asks for that one.
pub(crate) fn ask_code(language: Language, devices: &[Device]) -> String {
    let [first, others @ ..] = devices else { return ask(language, "") };
    if others.is_empty() {
        return ask(language, "");
    }
    let other = |device: &Device| {
        let (number, name) = (device.number, name(language, device));
        choose(language, format!("{number} for {name}"), format!("{number} pour {name}"))
    };
    let others = others.iter().map(other).collect::<Vec<_>>().join(", ");
    let hint = choose(language, format!(" (type {others})"), format!(" (tapez {others})"));
    ask(language, &(of_device(language, first) + &hint))
}

/// Asks for the code of the device that the user has chosen.
pub(crate) fn ask_code_of(language: Language, device: &Device) -> String {
    ask(language, &of_device(language, device))
}

fn ask(language: Language, of: &str) -> String {
    choose(language, format!("One-time code{of}: "), format!("Code à usage unique{of} : "))
}

fn of_device(language: Language, device: &Device) -> String {
    let (number, name) = (device.number, name(language, device));
    choose(language, format!(" of device {number}, {name}"), format!(" de l'appareil {number}, {name}"))
}

fn name(language: Language, device: &Device) -> &'static str {
    match device.kind() {
        Some(Authenticator::App) => choose(language, "the phone", "le téléphone"),
        Some(Authenticator::Token) => choose(language, "the token", "le jeton"),
        _ => choose(language, "the other", "l'autre"),
    }
}

pub(crate) fn ask_password_and_code(language: Language) -> &'static str {
    choose(language, "Password and one-time code: ", "Mot de passe suivi du code à usage unique : ")
}

/// Of an accepted login: how many attempts were refused since the last one.
pub(crate) fn refused_before(language: Language, count: u32) -> Option<String> {
    let is_french = language == Language::French;
    match count {
        0 => None,
        1 if is_french => Some("Depuis votre dernière connexion, un essai a été refusé. S'il ne vient pas de vous, changez votre mot de passe et appelez le service d'assistance.".into()),
        1 => Some("One attempt was refused since your last login. If it was not yours, change your password and call the help desk.".into()),
        _ if is_french => Some(format!("Depuis votre dernière connexion, {count} essais ont été refusés. S'ils ne viennent pas de vous, changez votre mot de passe et appelez le service d'assistance.")),
        _ => Some(format!("{count} attempts were refused since your last login. If they were not yours, change your password and call the help desk.")),
    }
}

fn choose<T>(language: Language, english: T, french: T) -> T {
    if language == Language::French { french } else { english }
}
