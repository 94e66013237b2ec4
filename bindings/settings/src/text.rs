//! The text of a settings file: its lines, and the values that are not places or addresses.

use poterne::Language;

use crate::fault::{Fault, Reason};
use crate::setting::Setting;

/// A line that sets something.
pub(crate) struct Line<'t> {
    pub(crate) number: usize,
    pub(crate) setting: Setting,
    pub(crate) value: &'t str,
}

/// The lines that set something, each setting once.
pub(crate) fn lines(text: &str) -> Result<Vec<Line<'_>>, Fault> {
    if text.len() > MAX_LEN {
        return Err(Fault::of_file(Reason::TooLong));
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines: Vec<Line<'_>> = Vec::new();
    for (number, line) in (1..).zip(text.split('\n')) {
        let line = line.trim_matches([' ', '\t', '\r']);
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let fault = |reason| Fault::of_line(number, reason);
        let (name, value) = line.split_once('=').ok_or_else(|| fault(Reason::NoEqualsSign))?;
        let (name, value) = (name.trim_matches([' ', '\t']), value.trim_matches([' ', '\t']));
        let setting = Setting::find(name).ok_or_else(|| fault(Reason::UnknownName(nearest(name))))?;
        if let Some(first) = lines.iter().find(|line| line.setting.name() == setting.name()) {
            return Err(fault(Reason::Twice(setting, first.number)));
        }
        if value.is_empty() {
            return Err(fault(Reason::Empty(setting)));
        }
        lines.push(Line { number, setting, value });
    }
    Ok(lines)
}

/// The text of a settings file with these values, each setting behind its description; those without a value stand as comments.
///
/// # Errors
/// A [`Fault`] if the text would not be read back: a name is unknown, a value wrong, a required one missing.
pub fn render(values: &[(&str, &str)], language: Language) -> Result<String, Fault> {
    let mut text = String::from(match language {
        Language::French => FRENCH_HEADER,
        _ => ENGLISH_HEADER,
    });
    if let Some((name, _)) = values.iter().find(|(name, _)| Setting::find(name).is_none()) {
        return Err(Fault::of_file(Reason::UnknownName(nearest(name))));
    }
    for setting in Setting::all() {
        let given = values.iter().find(|(name, _)| *name == setting.name()).map(|(_, value)| *value);
        let (mark, value) = given.map_or(("#", setting.default_value()), |value| ("", value));
        if value.contains(['\n', '\r']) {
            return Err(Fault::of_file(Reason::Value(*setting)));
        }
        text.push_str(&format!(
            "\n# {}\n{mark}{} = {value}\n",
            setting.description(language),
            setting.name()
        ));
    }
    crate::Settings::parse(&text)?;
    Ok(text)
}

/// Text on one line, as it may be printed.
pub(crate) fn is_text(value: &str, max: usize) -> bool {
    (1..=max).contains(&value.len()) && !value.contains(char::is_control)
}

/// The name of a table or column, as it may stand in a statement without quotes.
pub(crate) fn is_name(value: &str, parts: usize) -> bool {
    let is_part = |part: &str| {
        part.len() <= 128
            && part.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    value.split('.').count() <= parts && value.split('.').all(is_part)
}

/// A whole number within its bounds; `yes` and `no` where these are 0 and 1.
pub(crate) fn number(value: &str, bounds: (i64, i64)) -> Option<i64> {
    match (bounds, value) {
        ((0, 1), "yes") => Some(1),
        ((0, 1), "no") => Some(0),
        ((0, 1), _) => None,
        _ => {
            let is_plain = value.len() <= 9 && value.bytes().all(|byte| byte.is_ascii_digit());
            let number = value.parse().ok().filter(|_| is_plain)?;
            (bounds.0..=bounds.1).contains(&number).then_some(number)
        }
    }
}

/// The text of such a number.
pub(crate) fn of_number(number: i64, bounds: (i64, i64)) -> String {
    match (bounds, number) {
        ((0, 1), 1) => "yes".into(),
        ((0, 1), _) => "no".into(),
        _ => number.to_string(),
    }
}

/// The setting that was meant, if the name is at most three letters away from one.
fn nearest(name: &str) -> Option<Setting> {
    if name.len() > 40 {
        return None;
    }
    let by_distance = Setting::all().iter().map(|setting| (distance(name, setting.name()), *setting));
    by_distance
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, _)| *distance <= 3)
        .map(|(_, setting)| setting)
}

/// The edit distance of Levenshtein.
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (index, left) in one.chars().enumerate() {
        let mut next = vec![index.saturating_add(1)];
        for ((above, right), diagonal) in row.iter().skip(1).zip(other.chars()).zip(&row) {
            let before = next.last().copied().unwrap_or_default();
            let replaced = diagonal.saturating_add(usize::from(left != right));
            next.push(replaced.min(above.saturating_add(1)).min(before.saturating_add(1)));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

pub(crate) const MAX_LEN: usize = 64 * 1024;

const ENGLISH_HEADER: &str = "\
# The settings of poterne: name = value, one a line. A line that begins with # is a comment; what stands behind # below is the default.
# The servers of one application have equal settings, places and addresses apart: `poterne doctor` prints a fingerprint.
";

const FRENCH_HEADER: &str = "\
# Réglages de poterne : nom = valeur, un par ligne. Une ligne qui commence par # est un commentaire ; plus bas, ce qui suit # est la
# valeur par défaut. Tous les serveurs d’une application ont les mêmes réglages, aux chemins et adresses près : `poterne doctor` en
# affiche l’empreinte.
";
