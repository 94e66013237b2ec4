//! TOTP, RFC 6238: the bare, stateless generation.

use super::format::OtpFormat;
use super::hotp;
use super::password::Otp;
use super::secret::Secret;
use super::time_steps::TimeSteps;
use crate::error::Error;
use crate::time::UnixTime;

/// Returns the OTP of a time (RFC 6238 4.2).
///
/// ```
/// use poterne::{Digits, OtpFormat, Secret, TimeSteps, UnixTime, totp};
///
/// // RFC 6238 appendix B.
/// let secret = Secret::from_bytes(b"12345678901234567890")?;
/// let format = OtpFormat::default().with_digits(Digits::Eight);
/// let otp = totp::generate(&secret, format, TimeSteps::default(), UnixTime::from_secs(1_111_111_109)?)?;
/// assert_eq!(otp.as_str(), "07081804");
/// # Ok::<(), poterne::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::Time`](crate::ErrorKind::Time) if `now` is before `t0`.
pub fn generate(secret: &Secret, format: OtpFormat, steps: TimeSteps, now: UnixTime) -> Result<Otp, Error> {
    Ok(hotp::generate(secret, format, steps.at(now)?))
}
