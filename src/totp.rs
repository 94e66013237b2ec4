//! TOTP, RFC 6238: the bare, stateless generation.

use crate::error::Error;
use crate::hotp;
use crate::otp::Otp;
use crate::parameters::Parameters;
use crate::secret::Secret;
use crate::time::UnixTime;

/// The OTP of a time.
///
/// ```
/// use poterne::{Digits, Parameters, Secret, UnixTime, totp};
///
/// // RFC 6238 appendix B.
/// let secret = Secret::from_bytes(b"12345678901234567890")?;
/// let parameters = Parameters::totp().with_digits(Digits::Eight);
/// let otp = totp::generate(&secret, &parameters, UnixTime::from_secs(1_111_111_109)?)?;
/// assert_eq!(otp.as_str(), "07081804");
/// # Ok::<(), poterne::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::Time`](crate::ErrorKind::Time) if `now` is before `t0`,
/// [`ErrorKind::Argument`](crate::ErrorKind::Argument) if the parameters are counter-based.
pub fn generate(secret: &Secret, parameters: &Parameters, now: UnixTime) -> Result<Otp, Error> {
    Ok(hotp::generate(secret, parameters, parameters.time_steps()?.at(now)?))
}
