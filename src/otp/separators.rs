//! Separators that people, phones and editors put between the characters of a code or a secret (semantics
//! [2.1](crate::guide::semantics#2.1)).

/// A character that is dropped. The list is closed: Unicode grows, and every language must drop the same characters.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Separator {
    Space,
    /// Marks without a width, which come along when text is copied.
    Invisible,
    Dash,
}

impl Separator {
    #[inline(always)]
    pub(crate) const fn of(character: char) -> Option<Self> {
        // ASCII first: it is what nearly everybody types.
        match character {
            '\t' | '\n' | '\r' | ' ' => Some(Self::Space),
            '-' => Some(Self::Dash),
            '\0'..='\x7f' => None,
            _ => Self::beyond_ascii(character),
        }
    }

    #[inline(never)]
    const fn beyond_ascii(character: char) -> Option<Self> {
        match character {
            '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => {
                Some(Self::Space)
            }
            '\u{ad}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'
            | '\u{2066}'..='\u{2069}'
            | '\u{feff}' => Some(Self::Invisible),
            '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}' => Some(Self::Dash),
            _ => None,
        }
    }
}

/// Returns whether a character is dropped.
#[inline(always)]
pub(crate) fn is_separator(character: char) -> bool {
    Separator::of(character).is_some()
}

/// Returns whether a character is a space or has no width.
pub(crate) fn is_blank(character: char) -> bool {
    matches!(Separator::of(character), Some(Separator::Space | Separator::Invisible))
}

/// Returns the characters of a text without separators, one byte each. A character outside ASCII becomes a byte that no caller
/// reads as a character.
#[inline(always)]
pub(crate) fn without(text: &str) -> impl Iterator<Item = u8> {
    text.chars()
        .filter(|character| !is_separator(*character))
        .map(|character| u8::try_from(character).unwrap_or(u8::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counted in the norm: 4 and 7 spaces and a range of 11, 4 invisible ones and three ranges, 5 dashes and a range.
    #[test]
    fn the_list_is_closed() {
        let count =
            |kind| ('\0'..=char::MAX).filter(|character| Separator::of(*character) == Some(kind)).count();
        assert_eq!(count(Separator::Space), 4 + 1 + 1 + 11 + 1 + 1 + 1);
        assert_eq!(count(Separator::Invisible), 1 + 5 + 5 + 1 + 4 + 1);
        assert_eq!(count(Separator::Dash), 1 + 6 + 1 + 1 + 1 + 1);
    }

    #[test]
    fn what_is_not_ascii_stays_so() {
        assert!(without("é１٣\u{2022}\u{1f600}").all(|byte| !byte.is_ascii()));
        assert!(without("1\u{2009}2\u{2212}3\u{feff}").eq(*b"123"));
    }
}
