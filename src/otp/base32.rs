//! Base32: the alphabet of RFC 4648 for shared secrets, keys and records, and Crockford's for codes that people type.
//!
//! Eight characters are five bytes. No table is indexed by a secret and no branch depends on one: that would show in the cache or in
//! the time.

use alloc::string::String;
use alloc::vec;

use zeroize::Zeroizing;

use super::separators;
use crate::error::{Error, ErrorKind};
use crate::wipe;

/// The 32 characters of an encoding.
#[derive(Clone, Copy)]
pub(crate) enum Alphabet {
    /// `A` to `Z`, `2` to `7` (RFC 4648 section 6).
    Rfc4648,
    /// Digits and letters without `I`, `L`, `O` and `U`.
    Crockford,
}

impl Alphabet {
    /// Returns the character of a five-bit value.
    #[inline(always)]
    fn character(self, value: u8) -> u8 {
        match self {
            // Letters begin at `A`; 26 is `2`.
            Self::Rfc4648 => value.wrapping_add(b'A').wrapping_sub(at_least(26, value) & (b'A' + 26 - b'2')),
            // Seven characters lie between the digits and the letters; then one for each letter left out.
            Self::Crockford => value
                .wrapping_add(b'0')
                .wrapping_add(at_least(10, value) & (b'A' - b'9' - 1))
                .wrapping_add(at_least(18, value) & 1)
                .wrapping_add(at_least(20, value) & 1)
                .wrapping_add(at_least(22, value) & 1)
                .wrapping_add(at_least(27, value) & 1),
        }
    }
}

/// Returns all ones if a five-bit value is at least `least`, otherwise 0.
#[inline(always)]
const fn at_least(least: u8, value: u8) -> u8 {
    // The sign of the difference.
    (value.wrapping_sub(least) >> 7).wrapping_sub(1)
}

/// Returns the value of a character of RFC 4648, upper case. The second byte is 0 if it is one.
#[inline(always)]
fn value(character: u8) -> (u8, u8) {
    // A digit lacks the bit that letters have: all ones.
    let digit = (character >> 6 & 1).wrapping_sub(1);
    // Of five bits, `A` is 1 and gives 0; `2` is 18 and gives 26.
    let value = (character & 0x1f).wrapping_sub(1).wrapping_add(digit & 9);
    // A character is the one of its value.
    (value, (Alphabet::Rfc4648.character(value) ^ character) | (value & 0xe0))
}

/// Returns the eight five-bit values of the low 40 bits, one in each byte, the first in the lowest.
#[inline(always)]
const fn spread(bytes: u64) -> u64 {
    // Halves move apart until there are five bits in each byte.
    let twenties = bytes >> 20 | (bytes & 0xf_ffff) << 32;
    let tens = (twenties >> 10 & 0x03ff_0000_03ff) | (twenties & 0x03ff_0000_03ff) << 16;
    (tens >> 5 & 0x001f_001f_001f_001f) | (tens & 0x001f_001f_001f_001f) << 8
}

/// The inverse of [`spread`]; the bits above the low 40 are any.
#[inline(always)]
const fn gather(values: u64) -> u64 {
    let tens = (values & 0x001f_001f_001f_001f) << 5 | (values >> 8 & 0x001f_001f_001f_001f);
    let twenties = (tens & 0x03ff_0000_03ff) << 10 | (tens >> 16 & 0x03ff_0000_03ff);
    twenties << 20 | twenties >> 32
}

/// Encodes five bytes. No copy is left behind.
#[inline(always)]
pub(crate) fn encode_block([a, b, c, d, e]: &[u8; 5], alphabet: Alphabet, text: &mut [u8; 8]) {
    *text = spread(u64::from_be_bytes([0, 0, 0, *a, *b, *c, *d, *e])).to_le_bytes();
    for character in text {
        *character = alphabet.character(*character);
    }
}

/// Decodes eight characters of RFC 4648, and changes them to their values. Returns 0 if all eight are valid. No copy is left behind.
#[inline(always)]
fn decode_block(text: &mut [u8; 8], bytes: &mut [u8; 5]) -> u8 {
    let mut wrong = 0;
    for character in text.iter_mut() {
        let (value, wrong_here) = value(*character);
        *character = value;
        wrong |= wrong_here;
    }
    let [.., a, b, c, d, e] = gather(u64::from_le_bytes(*text)).to_be_bytes();
    *bytes = [a, b, c, d, e];
    wrong
}

/// Encodes whole blocks in RFC 4648. Each step is a loop of its own, so that the compiler handles several blocks at once.
#[inline(always)]
pub(crate) fn encode_blocks<const N: usize>(bytes: &[[u8; 5]; N], text: &mut [[u8; 8]; N]) {
    let mut words = [0; N];
    for (word, [first @ .., last]) in words.iter_mut().zip(bytes) {
        *word = u64::from(u32::from_be_bytes(*first)) << 8 | u64::from(*last);
    }
    for (values, word) in text.iter_mut().zip(&words) {
        *values = spread(*word).to_le_bytes();
    }
    for character in text.as_flattened_mut() {
        *character = Alphabet::Rfc4648.character(*character);
    }
}

/// Decodes whole blocks of RFC 4648, upper case.
#[inline(always)]
pub(crate) fn decode_blocks<const N: usize>(text: &[[u8; 8]; N], bytes: &mut [[u8; 5]; N]) -> Option<()> {
    let (mut values, mut wrong) = ([[0; 8]; N], 0);
    for (of, character) in values.as_flattened_mut().iter_mut().zip(text.as_flattened()) {
        let (value, wrong_here) = value(*character);
        *of = value;
        wrong |= wrong_here;
    }
    let mut words = [0; N];
    for (word, values) in words.iter_mut().zip(&values) {
        *word = gather(u64::from_le_bytes(*values));
    }
    for ([first @ .., last], word) in bytes.iter_mut().zip(&words) {
        // Two stores: the compiler makes five of five bytes.
        *first = ((word >> 8) as u32).to_be_bytes();
        *last = *word as u8;
    }
    (wrong == 0).then_some(())
}

/// Decodes text that a person or an application wrote, for `take`: either case, with separators anywhere and padding at the end.
/// Ignores spare bits of the last character, as authenticator apps do.
pub(crate) fn decode_lenient<const MAX_LEN: usize, T>(
    text: &str,
    take: impl FnOnce(&[u8]) -> Result<T, Error>,
) -> Result<T, Error> {
    let mut bytes = [0; MAX_LEN];
    let unpadded = text.trim_end_matches(|character| character == '=' || separators::is_separator(character));
    let characters = separators::without(unpadded).map(|byte| byte.to_ascii_uppercase());
    let decoded = decode_into(characters, &mut bytes).and_then(|len| bytes.get(..len)).map(take);
    wipe::value(&mut bytes);
    decoded.unwrap_or(Err(Error::new(
        ErrorKind::Secret,
        "the secret is not base32, or is too long: copy all of it, letters A to Z and digits 2 to 7",
    )))
}

/// Decodes characters of RFC 4648, upper case and unpadded, and ignores spare bits. Returns the number of bytes.
pub(crate) fn decode_into(characters: impl Iterator<Item = u8>, bytes: &mut [u8]) -> Option<usize> {
    let mut characters = characters.peekable();
    let (mut len, mut room, mut wrong) = (0_usize, bytes, 0);
    while characters.peek().is_some() {
        // `A` is zero bits, which are spare behind the last character.
        let mut block = [b'A'; 8];
        let mut typed = 0_usize;
        for (character, next) in block.iter_mut().zip(&mut characters) {
            *character = next;
            typed = typed.saturating_add(1);
        }
        // One, three or six characters would leave the last byte unfinished.
        let whole_bytes = match typed {
            2 => 1,
            4 => 2,
            5 => 3,
            7 => 4,
            8 => 5,
            _ => return None,
        };
        let mut decoded = [0; 5];
        wrong |= decode_block(&mut block, &mut decoded);
        let (field, rest) = core::mem::take(&mut room).split_at_mut_checked(whole_bytes)?;
        for (byte, decoded) in field.iter_mut().zip(&decoded) {
            *byte = *decoded;
        }
        wipe::value(&mut decoded);
        wipe::value(&mut block);
        room = rest;
        len = len.saturating_add(whole_bytes);
    }
    (wrong == 0).then_some(len)
}

/// Encodes in RFC 4648, upper case, without padding.
pub(crate) fn encode(bytes: &[u8]) -> Zeroizing<String> {
    let mut text = vec![0; bytes.len().saturating_mul(8).div_ceil(5)];
    for (characters, bytes) in text.chunks_mut(8).zip(bytes.chunks(5)) {
        let mut block = [0; 5];
        for (byte, given) in block.iter_mut().zip(bytes) {
            *byte = *given;
        }
        let mut encoded = [0; 8];
        encode_block(&block, Alphabet::Rfc4648, &mut encoded);
        for (character, encoded) in characters.iter_mut().zip(&encoded) {
            // The high bit is 0 anyway. It is looked at below, and so depends on no secret.
            *character = *encoded & 0x7f;
        }
        wipe::value(&mut block);
        wipe::value(&mut encoded);
    }
    // Base32 is UTF-8.
    Zeroizing::new(String::from_utf8(text).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use proptest::prelude::*;

    use super::*;

    /// RFC 4648 section 10, without padding.
    const RFC4648: [(&[u8], &str); 7] = [
        (b"", ""),
        (b"f", "MY"),
        (b"fo", "MZXQ"),
        (b"foo", "MZXW6"),
        (b"foob", "MZXW6YQ"),
        (b"fooba", "MZXW6YTB"),
        (b"foobar", "MZXW6YTBOI"),
    ];

    const ORACLE: base32::Alphabet = base32::Alphabet::Rfc4648 { padding: false };

    fn decode(text: &str) -> Option<Vec<u8>> {
        let mut bytes = [0; 64];
        let len = decode_into(text.bytes(), &mut bytes)?;
        Some(bytes[..len].to_vec())
    }

    #[test]
    fn rfc4648_section_10() {
        for (bytes, text) in RFC4648 {
            assert_eq!(encode(bytes).as_str(), text);
            assert_eq!(decode(text).expect("a vector").as_slice(), bytes);
        }
    }

    #[test]
    fn lengths_that_encode_nothing_are_refused() {
        for length in 0..64 {
            let text = "A".repeat(length);
            assert_eq!(decode(&text).is_none(), matches!(length % 8, 1 | 3 | 6), "{length}");
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert_eq!(decode_into("MZXW6YTBOI".bytes(), &mut [0; 6]), Some(6));
        assert_eq!(decode_into("MZXW6YTBOI".bytes(), &mut [0; 5]), None);
    }

    /// Every byte at every place of a block: 30 of 256 and 2 more are characters.
    #[test]
    fn characters_are_told_apart_from_all_other_bytes() {
        for place in 0..8 {
            for byte in 0..=255 {
                let mut block = *b"MZXW6YTB";
                block[place] = byte;
                let is_character = matches!(byte, b'A'..=b'Z' | b'2'..=b'7');
                assert_eq!(decode_block(&mut block, &mut [0; 5]) == 0, is_character, "{byte} at {place}");
            }
        }
    }

    proptest! {
        /// The crate `base32` is the oracle.
        #[test]
        fn as_the_crate_does(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let text = base32::encode(ORACLE, &bytes);
            let encoded = encode(&bytes);
            prop_assert_eq!(encoded.as_str(), text.as_str());
            prop_assert_eq!(decode(&text), Some(bytes));
        }

        #[test]
        fn blocks_as_the_crate_does(bytes in any::<[[u8; 5]; 9]>()) {
            let (mut text, mut again) = ([[0; 8]; 9], [[0; 5]; 9]);
            encode_blocks(&bytes, &mut text);
            let oracle = base32::encode(ORACLE, bytes.as_flattened());
            prop_assert_eq!(text.as_flattened(), oracle.as_bytes());
            prop_assert_eq!(decode_blocks(&text, &mut again), Some(()));
            prop_assert_eq!(again, bytes);
        }

        #[test]
        fn one_other_byte_refuses_all_blocks(at in 0_usize..72, byte in any::<u8>()) {
            let mut text = [*b"MZXW6YTB"; 9];
            text.as_flattened_mut()[at] = byte;
            let is_character = matches!(byte, b'A'..=b'Z' | b'2'..=b'7');
            prop_assert_eq!(decode_blocks(&text, &mut [[0; 5]; 9]).is_some(), is_character);
        }

        #[test]
        fn crockford_as_the_crate_does(bytes in any::<[u8; 5]>()) {
            let mut text = [0; 8];
            encode_block(&bytes, Alphabet::Crockford, &mut text);
            let oracle = base32::encode(base32::Alphabet::Crockford, &bytes);
            prop_assert_eq!(text.as_slice(), oracle.as_bytes());
        }
    }
}
