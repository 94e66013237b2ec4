//! Base32: the alphabet of RFC 4648 for shared secrets, keys and records, and Crockford's for codes that people type.
//!
//! It handles eight characters, five bytes, at a time, all eight in one word. No table is indexed by a secret and no branch depends
//! on one: that would show in the cache or in the time.

use alloc::boxed::Box;
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
    /// Returns the characters of eight five-bit values.
    #[inline(always)]
    const fn characters(self, values: u64) -> u64 {
        match self {
            // Letters begin at `A`; 26 is `2`.
            Self::Rfc4648 => {
                values.wrapping_add(each(b'A') ^ times(b'A' ^ (b'2' - 26), at_least(26, values)))
            }
            // Seven characters lie between the digits and the letters; then one for each letter left out.
            Self::Crockford => each(b'0')
                .wrapping_add(values)
                .wrapping_add(times(b'A' - b'9' - 1, at_least(10, values)))
                .wrapping_add(at_least(18, values) >> 7)
                .wrapping_add(at_least(20, values) >> 7)
                .wrapping_add(at_least(22, values) >> 7)
                .wrapping_add(at_least(27, values) >> 7),
        }
    }
}

/// Returns the eight five-bit values of the five low bytes of `bytes`, one in each byte.
#[inline(always)]
const fn spread(bytes: u64) -> u64 {
    // Halves move apart until there are five bits in each byte.
    let twenties = (bytes << 12 & 0xf_ffff << 32) | (bytes & 0xf_ffff);
    let tens = (twenties << 6 & 0x03ff_0000_03ff_0000) | (twenties & 0x03ff_0000_03ff);
    (tens << 3 & 0x1f00_1f00_1f00_1f00) | (tens & 0x001f_001f_001f_001f)
}

/// The inverse of [`spread`].
#[inline(always)]
const fn gather(values: u64) -> u64 {
    let tens = (values >> 3 & 0x03e0_03e0_03e0_03e0) | (values & 0x001f_001f_001f_001f);
    let twenties = (tens >> 6 & 0x000f_fc00_000f_fc00) | (tens & 0x0000_03ff_0000_03ff);
    (twenties >> 12 & 0xf_ffff << 20) | (twenties & 0xf_ffff)
}

/// Returns the values of eight characters of RFC 4648, upper case. The second word is 0 if all eight are valid.
#[inline(always)]
const fn values(characters: u64) -> (u64, u64) {
    // Above 7 bits the sums below would run into each other; such a block is refused as a whole.
    let ascii = characters & each(0x7f);
    let letters = at_least(b'A', ascii) & !at_least(b'Z' + 1, ascii);
    let digits = at_least(b'2', ascii) & !at_least(b'7' + 1, ascii);
    let wrong = (characters & each(0x80)) | ((letters | digits) ^ each(0x80));
    // Of five bits, `A` is 1 and gives 0; `2` is 18 and gives 26.
    (((ascii & each(0x1f)).wrapping_sub(letters >> 7)).wrapping_add(digits >> 4), wrong)
}

/// Encodes five bytes.
pub(crate) const fn encode_block(bytes: [u8; 5], alphabet: Alphabet) -> [u8; 8] {
    let [a, b, c, d, e] = bytes;
    alphabet.characters(spread(u64::from_be_bytes([0, 0, 0, a, b, c, d, e]))).to_be_bytes()
}

/// Decodes eight characters of RFC 4648. The second value is 0 if all eight are valid.
const fn decode_block(characters: [u8; 8]) -> ([u8; 5], u64) {
    let (values, wrong) = values(u64::from_be_bytes(characters));
    let [.., a, b, c, d, e] = gather(values).to_be_bytes();
    ([a, b, c, d, e], wrong)
}

/// Returns a word with this byte eight times.
const fn each(byte: u8) -> u64 {
    u64::from_be_bytes([byte; 8])
}

/// Returns the high bit of each byte that is at least `least`. The bytes must be below 128.
#[inline(always)]
const fn at_least(least: u8, bytes: u64) -> u64 {
    bytes.wrapping_add(each(0x80_u8.wrapping_sub(least))) & each(0x80)
}

/// Returns `factor`, below 128, in each byte whose high bit is set, and 0 in each byte that is 0. Vectors of words have no
/// multiplication.
#[inline(always)]
const fn times(factor: u8, high: u64) -> u64 {
    high.wrapping_sub(high >> 7) & each(factor)
}

/// Encodes whole blocks in RFC 4648. Each step is a loop of its own, so that the compiler handles several blocks at once.
#[inline(always)]
pub(crate) fn encode_blocks<const N: usize>(bytes: &[[u8; 5]; N], text: &mut [[u8; 8]; N]) {
    let mut words = [0; N];
    for (word, [a, b, c, d, e]) in words.iter_mut().zip(bytes) {
        *word = u64::from_be_bytes([0, 0, 0, *a, *b, *c, *d, *e]);
    }
    for word in &mut words {
        *word = Alphabet::Rfc4648.characters(spread(*word));
    }
    for (block, word) in text.iter_mut().zip(words) {
        *block = word.to_be_bytes();
    }
}

/// Decodes whole blocks of RFC 4648, upper case.
#[inline(always)]
pub(crate) fn decode_blocks<const N: usize>(text: &[[u8; 8]; N], bytes: &mut [[u8; 5]; N]) -> Option<()> {
    let (mut words, mut wrong) = ([0; N], 0);
    for (word, block) in words.iter_mut().zip(text) {
        *word = u64::from_be_bytes(*block);
    }
    for word in &mut words {
        let (values, wrong_here) = values(*word);
        *word = gather(values);
        wrong |= wrong_here;
    }
    for (block, word) in bytes.iter_mut().zip(words) {
        let [.., a, b, c, d, e] = word.to_be_bytes();
        *block = [a, b, c, d, e];
    }
    (wrong == 0).then_some(())
}

/// Decodes text that a person or an application wrote: either case, with separators anywhere and padding at the end. Ignores spare
/// bits of the last character, as authenticator apps do.
pub(crate) fn decode_lenient<const MAX_LEN: usize>(text: &str) -> Result<Box<[u8]>, Error> {
    let mut bytes = [0; MAX_LEN];
    let unpadded = text.trim_end_matches(|character| character == '=' || separators::is_separator(character));
    let characters = separators::without(unpadded).map(|byte| byte.to_ascii_uppercase());
    let decoded = decode_into(characters, &mut bytes).and_then(|len| bytes.get(..len)).map(Box::from);
    wipe::value(&mut bytes);
    decoded.ok_or(Error::new(
        ErrorKind::Secret,
        "the secret is not base32, or is too long: copy all of it, letters A to Z and digits 2 to 7",
    ))
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
        let (mut decoded, wrong_here) = decode_block(block);
        let (field, rest) = core::mem::take(&mut room).split_at_mut_checked(whole_bytes)?;
        for (byte, decoded) in field.iter_mut().zip(&decoded) {
            *byte = *decoded;
        }
        wipe::value(&mut decoded);
        wipe::value(&mut block);
        room = rest;
        wrong |= wrong_here;
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
        let mut encoded = encode_block(block, Alphabet::Rfc4648);
        for (character, encoded) in characters.iter_mut().zip(&encoded) {
            *character = *encoded;
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
                assert_eq!(decode_block(block).1 == 0, is_character, "{byte} at {place}");
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
            let text = encode_block(bytes, Alphabet::Crockford);
            let oracle = base32::encode(base32::Alphabet::Crockford, &bytes);
            prop_assert_eq!(text.as_slice(), oracle.as_bytes());
        }
    }
}
