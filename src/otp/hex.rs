//! Hexadecimal, as token manufacturers print shared secrets.
//!
//! No table is indexed by a secret and no branch depends on one, as in base32.

use super::separators;
use crate::error::{Error, ErrorKind};
use crate::wipe;

/// Decodes text that a person or a manufacturer wrote, for `take`: either case, with separators anywhere.
pub(crate) fn decode_lenient<const MAX_LEN: usize, T>(
    text: &str,
    take: impl FnOnce(&[u8]) -> Result<T, Error>,
) -> Result<T, Error> {
    let mut bytes = [0; MAX_LEN];
    let decoded =
        decode_into(separators::without(text), &mut bytes).and_then(|len| bytes.get(..len)).map(take);
    wipe::value(&mut bytes);
    decoded.unwrap_or(Err(Error::new(
        ErrorKind::Secret,
        "the secret is not hexadecimal, or is too long: copy all of it, an even number of digits 0 to 9 and A to F",
    )))
}

/// Decodes pairs of digits. Returns the number of bytes.
fn decode_into(mut characters: impl Iterator<Item = u8>, bytes: &mut [u8]) -> Option<usize> {
    let (mut len, mut wrong) = (0_usize, 0);
    while let Some(high) = characters.next() {
        let (high, wrong_high) = value(high);
        let (low, wrong_low) = value(characters.next()?);
        *bytes.get_mut(len)? = high << 4 | low;
        wrong |= wrong_high | wrong_low;
        len = len.saturating_add(1);
    }
    (wrong == 0).then_some(len)
}

/// Returns the value of a digit. The second value is 0 if it is a digit.
#[inline(always)]
fn value(digit: u8) -> (u8, u8) {
    // All ones where `first <= byte < first + count`, from the borrow of a subtraction in more bits.
    let within = |byte: u8, first: u8, count: u16| {
        let [borrow, _] = u16::from(byte.wrapping_sub(first)).wrapping_sub(count).to_be_bytes();
        borrow
    };
    let number = within(digit, b'0', 10);
    // Of a letter, bit 5 is its case.
    let letter = within(digit | 0x20, b'a', 6);
    let value = (number & digit.wrapping_sub(b'0')) | (letter & (digit | 0x20).wrapping_sub(b'a' - 10));
    (value & 0x0f, !(number | letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The standard library is the oracle.
    #[test]
    fn every_byte_is_told_apart() {
        for byte in 0..=255_u8 {
            let expected = char::from(byte).to_digit(16).map(|digit| digit as u8);
            let (read, wrong) = value(byte);
            assert_eq!((wrong == 0).then_some(read), expected, "{byte}");
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert_eq!(decode_into(b"0aFf".iter().copied(), &mut [0; 2]), Some(2));
        assert_eq!(decode_into(b"0aFf".iter().copied(), &mut [0; 1]), None);
        assert_eq!(decode_into(b"0aF".iter().copied(), &mut [0; 2]), None);
    }
}
