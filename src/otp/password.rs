//! The one-time password to show.

use core::fmt;

use zeroize::Zeroize;

use super::algorithm::HmacKey;
use super::digits::Digits;
use super::search::scan;

/// A one-time password to show. Dropping it wipes it, and it cannot be compared.
///
/// Source: semantics [1.1](crate::guide::semantics#1.1).
pub struct Otp {
    text: [u8; 8],
    digits: Digits,
}

impl Otp {
    pub(crate) fn generate(key: &HmacKey<'_>, factor: u64, digits: Digits) -> Self {
        let mut otp = Self { text: [0; 8], digits };
        scan(key, digits, factor..=factor, |_, mut value| {
            for digit in otp.text.iter_mut().take(digits.as_usize()).rev() {
                // floor(value / 10) for any u32, again without a division.
                let [.., a, b, c, d] = ((u64::from(value).wrapping_mul(0xcccc_cccd)) >> 35).to_be_bytes();
                let tenth = u32::from_be_bytes([a, b, c, d]);
                let [.., last] = value.wrapping_sub(tenth.wrapping_mul(10)).to_be_bytes();
                *digit = b'0' | last;
                value = tenth;
            }
        });
        otp
    }

    /// Returns the digits as text, with leading zeros.
    pub fn as_str(&self) -> &str {
        let text = self.text.get(..self.digits.as_usize()).unwrap_or_default();
        core::str::from_utf8(text).unwrap_or_default()
    }
}

impl Drop for Otp {
    fn drop(&mut self) {
        self.text.zeroize();
    }
}

impl fmt::Debug for Otp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Otp { .. }")
    }
}
