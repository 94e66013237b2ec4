//! The number of digits of a one-time password.

use crate::error::{Error, ErrorKind};

/// The number of digits of an OTP (RFC 4226 5.3, "Digit").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Digits {
    /// 6 digits, the default.
    Six,
    /// 7 digits.
    Seven,
    /// 8 digits.
    Eight,
}

impl Digits {
    /// Converts a number.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] unless it is 6, 7 or 8.
    pub fn new(digits: u32) -> Result<Self, Error> {
        match digits {
            6 => Ok(Self::Six),
            7 => Ok(Self::Seven),
            8 => Ok(Self::Eight),
            _ => Err(Error::new(ErrorKind::Argument, "an OTP has 6, 7 or 8 digits")),
        }
    }

    /// Returns 6, 7 or 8.
    pub const fn as_usize(self) -> usize {
        match self {
            Self::Six => 6,
            Self::Seven => 7,
            Self::Eight => 8,
        }
    }

    /// Returns the remainder of a truncated digest divided by 10^digits.
    ///
    /// A division would take a time that depends on the secret value. For `x < 2^31`, `(x * factor) >> shift` is the quotient: it
    /// grows with `x`, and the tests check both sides of each of its steps.
    #[inline(always)]
    pub(crate) fn reduce(self, truncated: u32) -> u32 {
        let (modulus, factor, shift) = match self {
            Self::Six => (1_000_000, 1_125_899_907, 50),
            Self::Seven => (10_000_000, 1_801_439_851, 54),
            Self::Eight => (100_000_000, 1_441_151_881, 57),
        };
        let [.., a, b, c, d] = (u64::from(truncated).wrapping_mul(factor) >> shift).to_be_bytes();
        truncated.wrapping_sub(u32::from_be_bytes([a, b, c, d]).wrapping_mul(modulus))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The quotient of `reduce` does not fall when `x` grows, so it is right everywhere if it is right on both sides of each
    /// multiple of the modulus, and at the end.
    #[test]
    fn reduction_is_the_remainder_for_all_31_bit_values() {
        for (digits, modulus) in
            [(Digits::Six, 1_000_000), (Digits::Seven, 10_000_000), (Digits::Eight, 100_000_000)]
        {
            let mut steps = 0;
            for multiple in (0..1_u32 << 31).step_by(modulus) {
                for value in [multiple.saturating_sub(1), multiple] {
                    assert_eq!(digits.reduce(value) as usize, value as usize % modulus, "{value}");
                }
                steps += 1;
            }
            assert_eq!(steps, (1_usize << 31) / modulus + 1);
            assert_eq!(digits.reduce((1 << 31) - 1) as usize, ((1 << 31) - 1) % modulus);
        }
    }
}
