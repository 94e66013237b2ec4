//! The one-time password: its digits, dynamic truncation (RFC 4226 5.3), and the search among candidates.

use core::fmt;
use core::ops::RangeInclusive;

use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroize;

use crate::algorithm::{BATCH, DigestParts, HmacKey};
use crate::error::{Error, ErrorKind};
use crate::parameters::Parameters;
use crate::secret::Secret;
use crate::submitted::Submitted;
use crate::wipe;

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
    /// The digits for a number.
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

    /// 6, 7 or 8.
    pub const fn as_usize(self) -> usize {
        match self {
            Self::Six => 6,
            Self::Seven => 7,
            Self::Eight => 8,
        }
    }

    /// The remainder of a truncated digest by 10^digits.
    ///
    /// A division would take a time that depends on the secret value. For `x < 2^31`, `(x * factor) >> shift` is the quotient:
    /// it grows with `x`, and the tests look at both sides of each of its steps.
    #[inline(always)]
    fn reduce(self, truncated: u32) -> u32 {
        let (modulus, factor, shift) = match self {
            Self::Six => (1_000_000, 1_125_899_907, 50),
            Self::Seven => (10_000_000, 1_801_439_851, 54),
            Self::Eight => (100_000_000, 1_441_151_881, 57),
        };
        let [.., a, b, c, d] = (u64::from(truncated).wrapping_mul(factor) >> shift).to_be_bytes();
        truncated.wrapping_sub(u32::from_be_bytes([a, b, c, d]).wrapping_mul(modulus))
    }
}

/// A one-time password to show; wiped when dropped, never compared.
pub struct Otp {
    text: [u8; 8],
    digits: Digits,
}

impl Otp {
    pub(crate) fn generate(key: &HmacKey, factor: u64, digits: Digits) -> Self {
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

    /// The digits as text, leading zeros included.
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

/// What the stateless [`match_otp`] found. It is not a login: whoever calls it keeps the watermark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
#[non_exhaustive]
pub enum Match {
    /// The smallest moving factor above the watermark whose OTP was submitted.
    Found(u64),
    /// Only moving factors at or below the watermark have this OTP: it was used before.
    Replayed,
    /// No candidate has this OTP.
    NotFound,
    /// What was submitted is not an OTP of so many digits.
    Malformed,
}

/// Looks for a submitted OTP among candidates, without any state: for those who keep their own.
///
/// `candidates` are absolute moving factors, at most 10,000 of them; of `parameters` the algorithm and the digits count.
/// Candidates at or below `watermark` never match, they only tell a replay. Every candidate is computed and compared,
/// whatever was submitted.
///
/// ```
/// use poterne::{Match, Parameters, Secret, match_otp};
///
/// // RFC 4226 appendix D.
/// let secret = Secret::from_bytes(b"12345678901234567890")?;
/// let found = match_otp(&secret, &Parameters::hotp(), "162 583", 5..=9, None)?;
/// assert_eq!(found, Match::Found(7));
/// let again = match_otp(&secret, &Parameters::hotp(), "162583", 5..=9, Some(7))?;
/// assert_eq!(again, Match::Replayed);
/// # Ok::<(), poterne::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::Argument`] for no candidates or more than 10,000, [`ErrorKind::Counter`] if none is below 2^64 - 1.
pub fn match_otp(
    secret: &Secret,
    parameters: &Parameters,
    submitted: &str,
    candidates: RangeInclusive<u64>,
    watermark: Option<u64>,
) -> Result<Match, Error> {
    let (first, last) = (*candidates.start(), (*candidates.end()).min(LAST_FACTOR));
    if first > LAST_FACTOR {
        return Err(NO_CANDIDATE);
    }
    if last < first || last.saturating_sub(first) >= MAX_CANDIDATES {
        return Err(Error::new(ErrorKind::Argument, "a search takes 1 to 10,000 candidates"));
    }
    let Submitted::Otp(value) = Submitted::parse(submitted, parameters.digits()) else {
        return Ok(Match::Malformed);
    };
    let key = HmacKey::new(parameters.algorithm(), secret.as_bytes());
    let found = search(&key, parameters.digits(), value, first..=last, watermark, |_| Choice::from(1));
    Ok(match found {
        Found { eligible: Some(factor), .. } => Match::Found(factor),
        Found { used: true, .. } => Match::Replayed,
        Found { .. } => Match::NotFound,
    })
}

/// The highest moving factor that can be accepted: its successor is still a counter.
pub(crate) const LAST_FACTOR: u64 = u64::MAX - 1;

pub(crate) const NO_CANDIDATE: Error = Error::new(
    ErrorKind::Counter,
    "no moving factor is left for this credential: enroll a new authenticator",
);

const MAX_CANDIDATES: u64 = 10_000;

/// Whether a candidate is above the watermark; neither is secret.
#[inline(always)]
pub(crate) fn is_above(factor: u64, watermark: Option<u64>) -> Choice {
    Choice::from(u8::from(watermark.is_none_or(|watermark| factor > watermark)))
}

/// What [`search`] saw.
pub(crate) struct Found {
    /// The smallest eligible factor with this OTP.
    pub(crate) eligible: Option<u64>,
    /// Whether a factor at or below the watermark has this OTP.
    pub(crate) used: bool,
}

/// Looks for `value` among the candidates; eligible are those above the watermark that are allowed.
#[inline(always)]
pub(crate) fn search(
    key: &HmacKey,
    digits: Digits,
    value: u32,
    candidates: RangeInclusive<u64>,
    watermark: Option<u64>,
    is_allowed: impl Fn(u64) -> Choice,
) -> Found {
    let (mut factor, mut eligible, mut used) = (0, Choice::from(0), Choice::from(0));
    scan(key, digits, candidates, |candidate, candidate_value| {
        let equal = candidate_value.ct_eq(&value);
        let is_above = is_above(candidate, watermark);
        let is_eligible = equal & is_above & is_allowed(candidate);
        factor.conditional_assign(&candidate, is_eligible & !eligible);
        eligible |= is_eligible;
        used |= equal & !is_above;
    });
    // The end of the secret computation: whether a code was accepted or replayed is what the verdict tells.
    Found { eligible: bool::from(eligible).then_some(factor), used: bool::from(used) }
}

/// Computes the OTP of every candidate, in order, and shows each to `visit`.
#[inline(always)]
pub(crate) fn scan(
    key: &HmacKey,
    digits: Digits,
    candidates: RangeInclusive<u64>,
    mut visit: impl FnMut(u64, u32),
) {
    let mut parts = [DigestParts::default(); BATCH];
    let mut factor = *candidates.start();
    let mut left = candidates.end().saturating_sub(factor).saturating_add(1);
    while left > 0 {
        let len = usize::try_from(left).unwrap_or(BATCH).min(BATCH);
        let batch = parts.get_mut(..len).unwrap_or_default();
        key.digests(factor, batch);
        for parts in batch.iter() {
            visit(factor, digits.reduce(truncate(parts)));
            factor = factor.wrapping_add(1);
        }
        left = left.saturating_sub(BATCH as u64);
    }
    wipe::value(&mut parts);
}

/// Dynamic truncation, RFC 4226 5.3: four bytes from an offset of 0 to 15, without the sign bit.
///
/// The offset is secret. `digest[offset]` would show it in the cache, so each of its bits selects one half of what is left.
#[inline(always)]
fn truncate(parts: &DigestParts) -> u32 {
    let bit = |bit: u32| Choice::from(parts.last >> bit & 1);
    let [w0, w1, w2, w3, w4] = parts.head;
    let select = |a: u32, b: u32, choice: Choice| u32::conditional_select(&a, &b, choice);
    let eight = bit(3);
    let [a, b, c] = [select(w0, w2, eight), select(w1, w3, eight), select(w2, w4, eight)];
    let four = bit(2);
    let mut bytes = u64::from(select(a, b, four)) << 32 | u64::from(select(b, c, four));
    bytes.conditional_assign(&(bytes << 16), bit(1));
    bytes.conditional_assign(&(bytes << 8), bit(0));
    let [a, b, c, d, ..] = bytes.to_be_bytes();
    u32::from_be_bytes([a & 0x7f, b, c, d])
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

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

    #[test]
    fn truncation_reads_the_bytes_at_the_offset() {
        // Twenty different bytes; the example of RFC 4226 5.4 has its last byte 0x5a, so the offset 10, and gives 0x50ef7f19.
        let rfc = [0x1f86_9869, 0x0e02_ca16, 0x6185_50ef, 0x7f19_da8e, 0x945b_555a];
        assert_eq!(truncate(&DigestParts { head: rfc, last: 0x5a }), 0x50ef_7f19);
        let bytes: Vec<u8> = rfc.iter().flat_map(|word| word.to_be_bytes()).collect();
        for last in 0..=255 {
            let at = usize::from(last & 0x0f);
            let expected =
                u32::from_be_bytes(bytes[at..at + 4].try_into().expect("four bytes")) & 0x7fff_ffff;
            assert_eq!(truncate(&DigestParts { head: rfc, last }), expected, "{last}");
        }
    }
}
