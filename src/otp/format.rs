//! The format of an OTP.

use super::algorithm::Algorithm;
use super::digits::Digits;

/// How a moving factor becomes an OTP: the hash of RFC 6238 1.2 and the number of digits of RFC 4226 5.3. The default is SHA-1 and
/// 6 digits.
///
/// ```
/// use poterne::{Algorithm, Digits, OtpFormat};
///
/// let format = OtpFormat::default().with_algorithm(Algorithm::Sha256).with_digits(Digits::Eight);
/// # let _ = format;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OtpFormat {
    algorithm: Algorithm,
    digits: Digits,
}

impl OtpFormat {
    /// Sets the hash.
    #[must_use]
    pub const fn with_algorithm(self, algorithm: Algorithm) -> Self {
        Self { algorithm, ..self }
    }

    /// Sets the number of digits.
    #[must_use]
    pub const fn with_digits(self, digits: Digits) -> Self {
        Self { digits, ..self }
    }

    /// Returns the hash.
    pub const fn algorithm(self) -> Algorithm {
        self.algorithm
    }

    /// Returns the number of digits.
    pub const fn digits(self) -> Digits {
        self.digits
    }
}

impl Default for OtpFormat {
    fn default() -> Self {
        Self { algorithm: Algorithm::Sha1, digits: Digits::Six }
    }
}
