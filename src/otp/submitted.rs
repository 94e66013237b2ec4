//! The text that a user typed.

use zeroize::Zeroize;

use super::digits::Digits;
use super::separators::{self, Separator};
use crate::wipe;

/// The text that a user typed, sorted only by its shape (semantics [2](crate::guide::semantics#2)).
pub(crate) enum Submitted {
    /// An OTP of the right number of digits, as a number.
    Otp(u32),
    /// A recovery or temporary code, normalized.
    Code(Code),
    /// Anything else.
    Malformed,
}

/// A code of section 5, normalized: upper case, O as 0, I and L as 1.
pub(crate) struct Code([u8; Code::LEN]);

impl Submitted {
    pub(crate) fn parse(text: &str, digits: Digits) -> Self {
        // Most users type it like this.
        if let Some(otp) = Self::otp(text.as_bytes(), digits) {
            return otp;
        }
        if text.len() > MAX_LEN || text.chars().count() > MAX_CHARACTERS {
            return Self::Malformed;
        }
        let mut characters = [0_u8; Code::LEN];
        let mut len = 0_usize;
        for byte in separators::without(text) {
            if let Some(slot) = characters.get_mut(len) {
                *slot = byte;
            }
            len = len.saturating_add(1);
        }
        let submitted = match characters.get(..len) {
            Some(typed) if len == Code::LEN => typed.try_into().ok().and_then(Code::parse).map(Self::Code),
            Some(typed) => Self::otp(typed, digits),
            None => None,
        };
        wipe::value(&mut characters);
        submitted.or_else(|| Self::from_french_keyboard(text, digits)).unwrap_or(Self::Malformed)
    }

    /// Returns an OTP if the text is that many ASCII digits.
    #[inline(always)]
    fn otp(typed: &[u8], digits: Digits) -> Option<Self> {
        let value = match digits {
            Digits::Six => number::<6>(typed),
            Digits::Seven => number::<7>(typed),
            Digits::Eight => number::<8>(typed),
        };
        value.map(Self::Otp)
    }

    /// Returns the number of digits if the text is an OTP, otherwise 6.
    pub(crate) fn typed_digits(text: &str) -> Digits {
        if text.len() > MAX_LEN {
            return Digits::Six;
        }
        let (mut others, mut dashes, mut is_plain) = (0_usize, 0_usize, false);
        for character in text.chars() {
            match Separator::of(character) {
                // Longer than any OTP.
                None if others == 8 => return Digits::Six,
                None => others = others.saturating_add(1),
                Some(Separator::Dash) => dashes = dashes.saturating_add(1),
                Some(_) => {}
            }
            is_plain |= character.is_ascii_digit();
        }
        // On a French keyboard a dash is a digit, and no digit is there.
        match if is_plain { others } else { others.saturating_add(dashes) } {
            7 => Digits::Seven,
            8 => Digits::Eight,
            _ => Digits::Six,
        }
    }

    /// Returns the OTP that a token typed on a French keyboard without Shift (semantics [2.4](crate::guide::semantics#2.4)).
    fn from_french_keyboard(text: &str, digits: Digits) -> Option<Self> {
        let (mut value, mut len) = (0, 0_usize);
        for character in text.chars() {
            // Here a dash is the key of 6.
            if !matches!(Separator::of(character), None | Some(Separator::Dash)) {
                continue;
            }
            let digit = match character {
                'à' => 0,
                '&' => 1,
                'é' => 2,
                '"' => 3,
                '\'' => 4,
                '(' => 5,
                '-' | '§' => 6,
                'è' => 7,
                '_' | '!' => 8,
                'ç' => 9,
                _ => return None,
            };
            value = digit_behind(value, digit);
            len = len.saturating_add(1);
        }
        (len == digits.as_usize()).then_some(Self::Otp(value))
    }
}

/// Returns the number that `N` ASCII digits are.
#[inline(always)]
fn number<const N: usize>(typed: &[u8]) -> Option<u32> {
    let typed: &[u8; N] = typed.try_into().ok()?;
    let is_number = typed.iter().fold(true, |is_number, byte| is_number & byte.is_ascii_digit());
    is_number.then(|| typed.iter().fold(0, |value, byte| digit_behind(value, byte.wrapping_sub(b'0'))))
}

/// Appends a decimal digit on the right. Texts with more digits than an OTP are refused elsewhere.
fn digit_behind(value: u32, digit: u8) -> u32 {
    value.wrapping_mul(10).wrapping_add(digit.into())
}

impl Drop for Submitted {
    fn drop(&mut self) {
        match self {
            Self::Otp(value) => value.zeroize(),
            // A code wipes itself.
            Self::Code(_) | Self::Malformed => {}
        }
    }
}

impl Code {
    /// The length of a code in characters.
    pub(crate) const LEN: usize = 13;

    /// Normalizes the typed text. Returns `None` unless all characters are Crockford's and at least one is a letter.
    pub(crate) fn parse(typed: &[u8; Self::LEN]) -> Option<Self> {
        let mut code = Self([0; Self::LEN]);
        let mut letters = false;
        for (character, byte) in code.0.iter_mut().zip(typed) {
            *character = match byte.to_ascii_uppercase() {
                b'O' => b'0',
                b'I' | b'L' => b'1',
                digit @ b'0'..=b'9' => digit,
                b'U' => return None,
                letter @ b'A'..=b'Z' => {
                    letters = true;
                    letter
                }
                _ => return None,
            };
        }
        letters.then_some(code)
    }

    /// Makes a code from drawn characters of Crockford's alphabet. Returns `None` if they are digits only.
    pub(crate) fn drawn(characters: &[u8; Self::LEN]) -> Option<Self> {
        // The bit in which ASCII's letters differ from its digits.
        let letters = characters.iter().fold(0, |letters, drawn| letters | *drawn & 0x40);
        (letters != 0).then_some(Self(*characters))
    }

    /// The normalized characters.
    pub(crate) fn as_bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }

    /// Returns whether a text is a code as it is shown, `XXXXX-XXXX-XXXX`, in either case.
    fn is_shown(text: &[u8; SHOWN_LEN]) -> bool {
        let [a, b, c, d, e, b'-', f, g, h, i, b'-', j, k, l, m] = *text else { return false };
        let mut characters = [a, b, c, d, e, f, g, h, i, j, k, l, m];
        let is_code = Self::parse(&characters).is_some();
        wipe::value(&mut characters);
        is_code
    }
}

impl Drop for Code {
    fn drop(&mut self) {
        wipe::value(&mut self.0);
    }
}

/// Splits a field that holds the password followed by the code. Returns `None` for the code if there is none.
///
/// The code is the last `digits` bytes if all of them are ASCII digits. Otherwise it is the last 15 bytes if they are a recovery or
/// temporary code as it is shown, `XXXXX-XXXX-XXXX`. The password is everything before the code, byte for byte, in any encoding; it
/// may be empty. The number of digits is never guessed. Do not put a separator between password and code.
///
/// Source: semantics [10.1](crate::guide::semantics#10.1).
///
/// ```
/// use poterne::{Digits, split_password_and_code};
///
/// assert_eq!(split_password_and_code(b"s3cret99911617", Digits::Six), (&b"s3cret99"[..], Some("911617")));
/// assert_eq!(split_password_and_code(b"s3cret", Digits::Six), (&b"s3cret"[..], None));
/// // ISO-8859-1, and a temporary code of the help desk.
/// let (password, code) = split_password_and_code(b"\xe9t\xe97QWK2-M3TX-9PAB", Digits::Six);
/// assert_eq!((password, code), (&b"\xe9t\xe9"[..], Some("7QWK2-M3TX-9PAB")));
/// ```
pub fn split_password_and_code(field: &[u8], digits: Digits) -> (&[u8], Option<&str>) {
    let is_otp = |code: &[u8]| code.iter().all(u8::is_ascii_digit);
    let is_shown = |code: &[u8]| code.try_into().is_ok_and(Code::is_shown);
    split_off(field, digits.as_usize(), is_otp)
        .or_else(|| split_off(field, SHOWN_LEN, is_shown))
        .map_or((field, None), |(password, code)| (password, Some(code)))
}

/// Returns the last `len` bytes if they are a code, which is ASCII, and everything before them.
fn split_off(field: &[u8], len: usize, is_code: impl Fn(&[u8]) -> bool) -> Option<(&[u8], &str)> {
    let (password, code) = field.split_at_checked(field.len().checked_sub(len)?)?;
    let text = core::str::from_utf8(code).ok()?;
    is_code(code).then_some((password, text))
}

/// The longest input that is read, in bytes of UTF-8 and in characters.
const MAX_LEN: usize = 256;
const MAX_CHARACTERS: usize = 64;

/// A code of section 5 with its hyphens.
const SHOWN_LEN: usize = 15;

#[cfg(test)]
mod tests {
    use super::*;

    /// As many as an OTP has that was typed in any way, else 6: a decoy does the work of an account with that many.
    #[test]
    fn digits_are_counted_as_they_are_typed() {
        let long = |len: usize| format!("1234567{}", " ".repeat(len - 7));
        for (text, digits) in [
            ("123456", Digits::Six),
            ("1234567", Digits::Seven),
            ("12345678", Digits::Eight),
            ("123456789", Digits::Six),
            ("12-34-56-7", Digits::Seven),
            ("1234\u{2009}5678", Digits::Eight),
            ("-------", Digits::Seven),
            ("é&&&&&&-", Digits::Eight),
            ("ABCDE-FGHJ-KMNP", Digits::Six),
            ("", Digits::Six),
            (&long(MAX_LEN), Digits::Seven),
            (&long(MAX_LEN + 1), Digits::Six),
        ] {
            assert_eq!(Submitted::typed_digits(text), digits, "{text}");
            if text.len() <= MAX_CHARACTERS {
                let is_otp = |digits| matches!(Submitted::parse(text, digits), Submitted::Otp(_));
                let others =
                    [Digits::Six, Digits::Seven, Digits::Eight].into_iter().filter(|other| *other != digits);
                assert!(!others.into_iter().any(is_otp), "{text}");
            }
        }
    }
}
