//! Dynamic truncation (RFC 4226 5.3), and the search among candidates.

use core::ops::RangeInclusive;

use subtle::ConstantTimeEq;

use super::algorithm::{DigestParts, HmacKey};
use super::digits::Digits;
use crate::error::{Error, ErrorKind};

/// The highest moving factor that can be accepted: the next one is still a counter.
pub(crate) const LAST_FACTOR: u64 = u64::MAX - 1;

pub(crate) const NO_CANDIDATE: Error = Error::new(
    ErrorKind::Counter,
    "no moving factor is left for this credential: enroll a new authenticator",
);

/// Returns whether a candidate is above the watermark. Neither is secret.
#[inline(always)]
pub(crate) fn is_above(factor: u64, watermark: Option<u64>) -> bool {
    watermark.is_none_or(|watermark| factor > watermark)
}

/// The result of [`search`].
pub(crate) struct Found {
    /// The smallest eligible factor with this OTP.
    pub(crate) eligible: Option<u64>,
    /// Whether a factor at or below the watermark has this OTP.
    pub(crate) used: bool,
}

/// Searches the candidates for `value`. Candidates are eligible if they are above the watermark and allowed, which is not secret.
#[inline(always)]
pub(crate) fn search(
    key: &HmacKey<'_>,
    digits: Digits,
    value: u32,
    candidates: RangeInclusive<u64>,
    watermark: Option<u64>,
    is_allowed: impl Fn(u64) -> bool,
) -> Found {
    // The watermark is looked at once: the same instructions with and without one.
    let first_above = watermark.map_or(0, |watermark| watermark.saturating_add(1));
    // Bits in whole words: each operation on a `Choice` costs a trip through memory, and there is one for each candidate.
    let (mut factor, mut eligible, mut used) = (0, 0, 0);
    scan(key, digits, candidates, |candidate, candidate_value| {
        let equal = u64::from(candidate_value.ct_eq(&value).unwrap_u8());
        let above = u64::from(candidate >= first_above);
        let is_eligible = equal & above & u64::from(is_allowed(candidate));
        let is_first = is_eligible & !eligible;
        factor |= candidate & is_first.wrapping_neg();
        eligible |= is_eligible;
        used |= equal & !above;
    });
    // The end of the secret computation: the verdict tells anyway whether a code was accepted or replayed.
    Found { eligible: (eligible == 1).then_some(factor), used: used == 1 }
}

/// Computes the OTP of every candidate, in order, and shows each to `visit`.
#[inline(always)]
pub(crate) fn scan(
    key: &HmacKey<'_>,
    digits: Digits,
    candidates: RangeInclusive<u64>,
    mut visit: impl FnMut(u64, u32),
) {
    let (first, last) = candidates.into_inner();
    let count = last.saturating_sub(first).saturating_add(1);
    key.digests(first, count, |factor, parts| visit(factor, digits.reduce(truncate(&parts))));
}

/// Dynamic truncation, RFC 4226 5.3: four bytes from an offset of 0 to 15, without the sign bit.
///
/// The offset is secret. `digest[offset]` would show it in the cache, so each bit of the offset selects one half of the remaining
/// bytes.
#[inline(always)]
fn truncate(parts: &DigestParts) -> u32 {
    // The compiler must not see where the bits come from, or it could branch on them.
    let offset = u64::from(core::hint::black_box(parts.last));
    let select = |a: u64, b: u64, bit: u32| a ^ ((a ^ b) & (offset >> bit & 1).wrapping_neg());
    let [w0, w1, w2, w3, w4] = parts.head.map(u64::from);
    let (ab, bc) = (w0 << 32 | w1, w1 << 32 | w2);
    let (cd, de) = (w2 << 32 | w3, w3 << 32 | w4);
    let bytes = select(select(ab, cd, 3), select(bc, de, 3), 2);
    let bytes = select(bytes, bytes << 16, 1);
    let bytes = select(bytes, bytes << 8, 0);
    let [a, b, c, d, ..] = bytes.to_be_bytes();
    u32::from_be_bytes([a & 0x7f, b, c, d])
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;

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
