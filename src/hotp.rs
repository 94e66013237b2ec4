//! HOTP, RFC 4226: the bare, stateless generation.

use crate::algorithm::HmacKey;
use crate::otp::Otp;
use crate::parameters::Parameters;
use crate::secret::Secret;
use crate::wipe;

/// The OTP of a counter. Of `parameters` the algorithm and the digits count.
///
/// ```
/// use poterne::{Parameters, Secret, hotp};
///
/// // RFC 4226 appendix D.
/// let secret = Secret::from_bytes(b"12345678901234567890")?;
/// assert_eq!(hotp::generate(&secret, &Parameters::hotp(), 7).as_str(), "162583");
/// # Ok::<(), poterne::Error>(())
/// ```
pub fn generate(secret: &Secret, parameters: &Parameters, counter: u64) -> Otp {
    let algorithm = parameters.algorithm();
    wipe::after_otp(algorithm, || {
        let key = HmacKey::new(algorithm, secret.as_bytes());
        Otp::generate(&key, counter, parameters.digits())
    })
}
