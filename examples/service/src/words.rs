//! What the pages say, in the language that the browser asks for.

use std::collections::HashMap;
use std::sync::LazyLock;

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;
use poterne::Language;

/// Returns the first language of the browser's list that the library speaks, else English.
pub(crate) fn language(headers: &HeaderMap) -> Language {
    let list = headers.get(ACCEPT_LANGUAGE).and_then(|list| list.to_str().ok()).unwrap_or_default();
    // Browsers put them in the order of preference: the weights only repeat it.
    let tags = list.split(',').filter_map(|entry| entry.split(';').next());
    tags.map(str::trim).find_map(Language::from_tag).unwrap_or(Language::English)
}

/// Returns the text `group.name`.
pub(crate) fn say(language: Language, key: &str) -> &'static str {
    let words = TEXTS.get(key);
    words.and_then(|words| words.get(tag(language))).map(String::as_str).unwrap_or_default()
}

/// Returns a text with its number.
pub(crate) fn say_count(language: Language, key: &str, count: u32) -> String {
    say(language, key).replace("{count}", &count.to_string())
}

/// Whether there is such a text.
pub(crate) fn is_text(key: &str) -> bool {
    TEXTS.contains_key(key)
}

/// Returns the tag for `<html lang>`.
pub(crate) fn tag(language: Language) -> &'static str {
    match language {
        Language::French => "fr",
        _ => "en",
    }
}

type Group = HashMap<String, HashMap<String, String>>;

static TEXTS: LazyLock<HashMap<String, HashMap<String, String>>> = LazyLock::new(|| {
    let files = [include_str!("../../../bindings/web/texts.toml"), include_str!("../texts.toml")];
    let groups = files.into_iter().flat_map(|file| {
        toml::from_str::<HashMap<String, Group>>(file).expect("a file that the tests have read")
    });
    let texts = groups.flat_map(|(group, texts)| {
        texts.into_iter().map(move |(name, words)| (format!("{group}.{name}"), words))
    });
    texts.collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    /// The keys between quotation marks that the sources name.
    fn named(source: &str) -> Vec<&str> {
        let is_key = |word: &&str| {
            let parts: Vec<&str> = word.split('.').collect();
            let is_name = |part: &&str| {
                !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
            };
            parts.len() == 2
                && parts.iter().all(is_name)
                && !word.ends_with(".css")
                && !word.ends_with(".keys")
        };
        let (source, _) = source.split_once("#[cfg(test)]").unwrap_or((source, ""));
        source.split('"').filter(is_key).collect()
    }

    #[test]
    fn every_text_that_is_named_is_there_in_each_language() {
        let sources = [
            include_str!("pages.rs"),
            include_str!("sign_in.rs"),
            include_str!("enroll.rs"),
            include_str!("account.rs"),
            include_str!("payments.rs"),
            include_str!("visitor.rs"),
        ];
        let keys: Vec<&str> = sources.into_iter().flat_map(named).collect();
        assert!(keys.len() > 50, "{keys:?}");
        let missing = |keys: &[&str]| -> Vec<String> {
            let languages = [Language::English, Language::French];
            let lacks = |key: &&&str| languages.iter().any(|language| say(*language, key).is_empty());
            keys.iter().filter(lacks).map(|key| (*key).to_owned()).collect()
        };
        assert_eq!(missing(&keys), Vec::<String>::new());
        // The control.
        assert_eq!(missing(&["code.titel"]), ["code.titel"]);
    }

    #[test]
    fn the_first_language_of_the_list_that_there_is() {
        let said = |list: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, list.parse().expect("a header"));
            language(&headers)
        };
        assert_eq!(said("fr-FR,fr;q=0.9,en;q=0.8"), Language::French);
        assert_eq!(said("de, en-GB;q=0.7, fr;q=0.3"), Language::English);
        assert_eq!(said("br,fr;q=0.5"), Language::French);
        assert_eq!(said("*"), Language::English);
        assert_eq!(language(&HeaderMap::new()), Language::English);
    }
}
