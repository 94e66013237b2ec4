//! Base64 (RFC 4648 section 4), as XML has it: white space anywhere, padding at the end.
//!
//! No table is indexed by a secret and no branch depends on one, as in base32.

#[cfg(feature = "getrandom")]
use alloc::string::String;
use alloc::vec::Vec;

use zeroize::Zeroizing;

/// Decodes text. `None` if it is not base64, if bits are left over, or if it decodes to more than `max_len` bytes.
pub(super) fn decode(text: &str, max_len: usize) -> Option<Zeroizing<Vec<u8>>> {
    let characters = text.bytes().filter(|byte| !byte.is_ascii_whitespace());
    // Three bytes more than the text can give: the vector must not grow, since that would leave a copy.
    let mut bytes =
        Zeroizing::new(Vec::with_capacity((text.len() / 4).min(max_len).saturating_add(1).saturating_mul(3)));
    let (mut group, mut filled, mut padding, mut wrong) = (0_u32, 0_u32, 0_u32, 0_u8);
    for character in characters {
        let is_padding = character == b'=';
        if padding > 0 && !is_padding {
            return None;
        }
        padding = padding.saturating_add(u32::from(is_padding));
        let (value, wrong_here) = if is_padding { (0, 0) } else { value(character) };
        wrong |= wrong_here;
        group = group << 6 | u32::from(value);
        filled = filled.saturating_add(1);
        if filled == 4 {
            let [_, one, two, three] = group.to_be_bytes();
            match padding {
                0 => bytes.extend_from_slice(&[one, two, three]),
                1 => bytes.extend_from_slice(&[one, two]),
                2 => bytes.push(one),
                _ => return None,
            }
            // Bits that nobody reads would make two texts of one value.
            wrong |= match padding {
                1 => three,
                2 => two,
                _ => 0,
            };
            if bytes.len() > max_len {
                return None;
            }
            (group, filled) = (0, 0);
        }
    }
    // Padding that ends a group ends the text.
    (filled == 0 && padding <= 2 && wrong == 0).then_some(bytes)
}

/// Encodes what everybody may see: a ciphertext, a MAC, a salt. It takes characters from a table.
#[cfg(feature = "getrandom")]
pub(super) fn encode_public(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3).saturating_mul(4));
    for chunk in bytes.chunks(3) {
        let group =
            chunk.iter().chain(&[0; 2]).take(3).fold(0_usize, |group, byte| group << 8 | usize::from(*byte));
        for (place, shift) in [18, 12, 6, 0].into_iter().enumerate() {
            let character = ALPHABET.get(group >> shift & 63).filter(|_| place <= chunk.len());
            text.push(char::from(*character.unwrap_or(&b'=')));
        }
    }
    text
}

/// Returns the value of a character. The second value is 0 if it is one.
#[inline(always)]
fn value(character: u8) -> (u8, u8) {
    // All ones where `first <= byte < first + count`, from the borrow of a subtraction in more bits.
    let within = |first: u8, count: u16| {
        let [borrow, _] = u16::from(character.wrapping_sub(first)).wrapping_sub(count).to_be_bytes();
        borrow
    };
    let (upper, lower, digit) = (within(b'A', 26), within(b'a', 26), within(b'0', 10));
    let (plus, slash) = (within(b'+', 1), within(b'/', 1));
    let value = (upper & character.wrapping_sub(b'A'))
        | (lower & character.wrapping_sub(b'a').wrapping_add(26))
        | (digit & character.wrapping_sub(b'0').wrapping_add(52))
        | (plus & 62)
        | (slash & 63);
    (value & 0x3f, !(upper | lower | digit | plus | slash))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(text: &str) -> Option<Vec<u8>> {
        decode(text, 64).map(|bytes| bytes.to_vec())
    }

    #[test]
    fn rfc4648_section_10() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(decoded(text).as_deref(), Some(bytes.as_bytes()), "{text}");
            #[cfg(feature = "getrandom")]
            assert_eq!(encode_public(bytes.as_bytes()), text);
        }
        assert_eq!(decoded(" Zm9v\n\tYg = =\r\n").as_deref(), Some(b"foob".as_slice()));
    }

    /// The alphabet, written out, is the oracle.
    #[test]
    fn every_byte_is_told_apart() {
        const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        for byte in 0..=255_u8 {
            let expected = ALPHABET.iter().position(|character| *character == byte);
            let (read, wrong) = value(byte);
            assert_eq!((wrong == 0).then_some(usize::from(read)), expected, "{byte}");
        }
    }

    #[test]
    fn what_is_not_base64_is_refused() {
        for wrong in [
            "Z",
            "Zg",
            "Zg=",
            "Zm8",
            "Zm9v=",
            "Zm9v====",
            "Zg===",
            "Z===",
            "====",
            "=Zg=",
            "Zg==Zg==",
            "Zh==",
            "Zm9=",
            "Zm-_",
            "Zm9\u{e9}",
            "Zm9v\u{a0}",
        ] {
            assert_eq!(decoded(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_too_long_is_refused() {
        assert_eq!(decode("Zm9vYmFy", 6).map(|bytes| bytes.len()), Some(6));
        assert!(decode("Zm9vYmFy", 5).is_none());
    }
}
