//! HOTP, RFC 4226: the bare, stateless generation.

use super::algorithm::HmacKey;
use super::format::OtpFormat;
use super::password::Otp;
use super::secret::Secret;

/// Returns the OTP of a counter (RFC 4226 5.2).
///
/// ```
/// use poterne::{OtpFormat, Secret, hotp};
///
/// // RFC 4226 appendix D.
/// let secret = Secret::from_bytes(b"12345678901234567890")?;
/// assert_eq!(hotp::generate(&secret, OtpFormat::default(), 7).as_str(), "162583");
/// # Ok::<(), poterne::Error>(())
/// ```
pub fn generate(secret: &Secret, format: OtpFormat, counter: u64) -> Otp {
    format.algorithm().wipe_after(|| {
        let key = HmacKey::new(format.algorithm(), secret);
        Otp::generate(&key, counter, format.digits())
    })
}
