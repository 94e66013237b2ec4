//! The bare, stateless search for a submitted code.

use core::ops::RangeInclusive;

use super::algorithm::HmacKey;
use super::format::OtpFormat;
use super::search::{self, Found, LAST_FACTOR, NO_CANDIDATE};
use super::secret::Secret;
use super::submitted::Submitted;
use crate::error::{Error, ErrorKind};

/// The result of the stateless [`match_otp`]. It is not a login: the caller keeps the watermark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
#[non_exhaustive]
pub enum Match {
    /// The smallest moving factor above the watermark that has the submitted OTP.
    Found(u64),
    /// Only moving factors at or below the watermark have this OTP: it was used before.
    Replayed,
    /// No candidate has this OTP.
    NotFound,
    /// The submitted text is not an OTP with this number of digits.
    Malformed,
}

/// Searches candidates for a submitted OTP, without any state: for applications that keep their own.
///
/// `candidates` are absolute moving factors, at most 10,000 of them. Candidates at or below `watermark` never match: they only
/// reveal a replay. The search computes and compares every candidate, whatever was submitted.
///
/// ```
/// use poterne::{Match, OtpFormat, Secret, match_otp};
///
/// // RFC 4226 appendix D.
/// let secret = Secret::from_bytes(b"12345678901234567890")?;
/// let found = match_otp(&secret, OtpFormat::default(), "162 583", 5..=9, None)?;
/// assert_eq!(found, Match::Found(7));
/// let again = match_otp(&secret, OtpFormat::default(), "162583", 5..=9, Some(7))?;
/// assert_eq!(again, Match::Replayed);
/// # Ok::<(), poterne::Error>(())
/// ```
///
/// Source: semantics [4.3](crate::guide::semantics#4.3), [4.4](crate::guide::semantics#4.4), [4.5](crate::guide::semantics#4.5).
///
/// # Errors
/// [`ErrorKind::Argument`] if there are no candidates or more than 10,000; [`ErrorKind::Counter`] if no candidate is below 2^64 -
/// 1.
pub fn match_otp(
    secret: &Secret,
    format: OtpFormat,
    submitted: &str,
    candidates: RangeInclusive<u64>,
    watermark: Option<u64>,
) -> Result<Match, Error> {
    let candidates = checked(candidates)?;
    Ok(format.algorithm().wipe_after(|| find(secret, format, submitted, candidates, watermark)))
}

/// As [`match_otp`], for bindings whose callers keep the bytes of the secret: up to 64 need no memory from the heap.
///
/// # Errors
/// As [`match_otp`], and [`ErrorKind::Secret`] unless it has 1 to 1,024 bytes.
#[doc(hidden)]
pub fn match_otp_from_bytes(
    secret: &[u8],
    format: OtpFormat,
    submitted: &str,
    candidates: RangeInclusive<u64>,
    watermark: Option<u64>,
) -> Result<Match, Error> {
    let candidates = checked(candidates)?;
    format.algorithm().wipe_after(|| {
        let secret = Secret::short(secret).map_or_else(|| Secret::from_bytes(secret), Ok)?;
        Ok(find(&secret, format, submitted, candidates, watermark))
    })
}

fn find(
    secret: &Secret,
    format: OtpFormat,
    submitted: &str,
    candidates: RangeInclusive<u64>,
    watermark: Option<u64>,
) -> Match {
    let Submitted::Otp(value) = Submitted::parse(submitted, format.digits()) else {
        return Match::Malformed;
    };
    let key = HmacKey::new(format.algorithm(), secret);
    match search::search(&key, format.digits(), value, candidates, watermark, |_| true) {
        Found { eligible: Some(factor), .. } => Match::Found(factor),
        Found { used: true, .. } => Match::Replayed,
        Found { .. } => Match::NotFound,
    }
}

/// Returns the candidates without the last counter, which cannot be accepted.
fn checked(candidates: RangeInclusive<u64>) -> Result<RangeInclusive<u64>, Error> {
    let (first, last) = (*candidates.start(), (*candidates.end()).min(LAST_FACTOR));
    if first > LAST_FACTOR {
        return Err(NO_CANDIDATE);
    }
    if last < first || last.saturating_sub(first) >= MAX_CANDIDATES {
        return Err(Error::new(ErrorKind::Argument, "a search takes 1 to 10,000 candidates"));
    }
    Ok(first..=last)
}

const MAX_CANDIDATES: u64 = 10_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::otp::password::Otp;

    /// On the heap or not, hashed or not.
    #[test]
    fn bytes_are_searched_as_their_secret_is() {
        let (format, bytes) = (OtpFormat::default(), [7; Secret::MAX_LEN + 1]);
        for len in [1, 20, 63, 64, 65, 128, 129, Secret::MAX_LEN] {
            let secret = Secret::from_bytes(&bytes[..len]).unwrap();
            let code = Otp::generate(&HmacKey::new(format.algorithm(), &secret), 8, format.digits());
            for (code, watermark, expected) in [
                (code.as_str(), None, Match::Found(8)),
                (code.as_str(), Some(8), Match::Replayed),
                ("", None, Match::Malformed),
            ] {
                let found = match_otp_from_bytes(&bytes[..len], format, code, 7..=9, watermark);
                assert_eq!(found.unwrap(), expected, "{len}");
                assert_eq!(match_otp(&secret, format, code, 7..=9, watermark).unwrap(), expected, "{len}");
            }
        }
        for bytes in [&[], &bytes[..]] {
            let error = match_otp_from_bytes(bytes, format, "123456", 7..=9, None).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Secret);
        }
    }
}
