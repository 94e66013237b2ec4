//! What a person typed.

#![cfg_attr(
    not(feature = "getrandom"),
    allow(dead_code, reason = "codes other than OTPs need a sealed record")
)]

use zeroize::Zeroize;

use crate::digits::Digits;
use crate::separators;

/// What the user typed, sorted by its shape alone (guide, semantics 2).
pub(crate) enum Submitted {
    /// An OTP of the right number of digits, as a number.
    Otp(u32),
    /// A recovery or temporary code, normalized.
    Code(Code),
    /// Anything else.
    Malformed,
}

/// A code of section 5, normalized: upper case, O as 0, I and L as 1.
pub(crate) struct Code {
    characters: [u8; TEMPORARY_LEN],
    kind: CodeKind,
}

/// The kinds of codes that are not OTPs; told apart by their length.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum CodeKind {
    /// 10 characters, 50 bits.
    Recovery,
    /// 12 characters, 60 bits.
    Temporary,
}

impl Submitted {
    pub(crate) fn parse(text: &str, digits: Digits) -> Self {
        if text.len() > MAX_LEN {
            return Self::Malformed;
        }
        let mut characters = [0_u8; TEMPORARY_LEN];
        let mut len = 0_usize;
        for byte in separators::without(text) {
            // The longest thing to type has 12 characters.
            let Some(slot) = characters.get_mut(len) else { return Self::wiped(characters) };
            *slot = byte;
            len = len.saturating_add(1);
        }
        let submitted = match characters.get(..len) {
            Some(typed) if len == digits.as_usize() && typed.iter().all(u8::is_ascii_digit) => {
                let value = |value: u32, byte: &u8| {
                    value.wrapping_mul(10).wrapping_add(u32::from(byte.wrapping_sub(b'0')))
                };
                Self::Otp(typed.iter().fold(0, value))
            }
            Some(typed) => match CodeKind::of_len(len) {
                Some(kind) => Code::parse(typed, kind).map_or(Self::Malformed, Self::Code),
                None => Self::Malformed,
            },
            None => Self::Malformed,
        };
        characters.zeroize();
        submitted
    }

    fn wiped(mut characters: [u8; TEMPORARY_LEN]) -> Self {
        characters.zeroize();
        Self::Malformed
    }
}

impl Drop for Submitted {
    fn drop(&mut self) {
        match self {
            Self::Otp(value) => value.zeroize(),
            Self::Code(code) => code.characters.zeroize(),
            Self::Malformed => {}
        }
    }
}

impl Code {
    /// Normalizes `typed`, whose length is that of `kind`; none unless all characters are Crockford's and a letter is there.
    pub(crate) fn parse(typed: &[u8], kind: CodeKind) -> Option<Self> {
        let mut code = Self { characters: [0; TEMPORARY_LEN], kind };
        let mut letters = false;
        for (character, byte) in code.characters.iter_mut().zip(typed) {
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

    /// A code that was drawn: characters of Crockford's alphabet, at least as many as it has; none if they are digits only.
    #[cfg(feature = "getrandom")]
    pub(crate) fn drawn(characters: &[u8], kind: CodeKind) -> Option<Self> {
        let mut code = Self { characters: [0; TEMPORARY_LEN], kind };
        let mut letters = 0;
        for (character, drawn) in code.characters.iter_mut().zip(characters).take(kind.code_len()) {
            *character = *drawn;
            // The bit in which ASCII's letters differ from its digits.
            letters |= *drawn & 0x40;
        }
        (letters != 0).then_some(code)
    }

    pub(crate) fn kind(&self) -> CodeKind {
        self.kind
    }

    /// The normalized characters.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.characters.get(..self.kind.code_len()).unwrap_or_default()
    }
}

impl Drop for Code {
    fn drop(&mut self) {
        self.characters.zeroize();
    }
}

impl CodeKind {
    /// How many characters a code of this kind has.
    pub(crate) const fn code_len(self) -> usize {
        match self {
            Self::Recovery => 10,
            Self::Temporary => TEMPORARY_LEN,
        }
    }

    fn of_len(len: usize) -> Option<Self> {
        [Self::Recovery, Self::Temporary].into_iter().find(|kind| kind.code_len() == len)
    }
}

/// Splits a field in which the password is typed first and the code behind it; none if there is no code.
///
/// The code is the last `digits` bytes if all of them are ASCII digits; the password is what stands before it, untouched, and
/// may be empty. The length is never guessed: a password that ends in digits stays whole only if no code is behind it.
///
/// ```
/// use poterne::{Digits, split_password_and_code};
///
/// assert_eq!(split_password_and_code("s3cret99911617", Digits::Six), ("s3cret99", Some("911617")));
/// assert_eq!(split_password_and_code("s3cret", Digits::Six), ("s3cret", None));
/// ```
pub fn split_password_and_code(field: &str, digits: Digits) -> (&str, Option<&str>) {
    let split = field.len().checked_sub(digits.as_usize()).and_then(|at| field.split_at_checked(at));
    match split {
        Some((password, code)) if code.bytes().all(|byte| byte.is_ascii_digit()) => (password, Some(code)),
        _ => (field, None),
    }
}

/// The longest input that is looked at, in bytes.
const MAX_LEN: usize = 64;

const TEMPORARY_LEN: usize = 12;
