//! What the user reads, in English and French. The library has the texts of refusals.

use poterne::Language;

pub(crate) fn ask_code(language: Language) -> &'static str {
    choose(language, "One-time code: ", "Code à usage unique : ")
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

fn choose(language: Language, english: &'static str, french: &'static str) -> &'static str {
    if language == Language::French { french } else { english }
}
