//! Hardware tokens whose secret is known.

use crate::otp::Secret;
use crate::parameters::{Authenticator, Parameters};
#[cfg(feature = "token-files")]
use crate::token::TokenEntry;

/// The manufacturer's data about a hardware token: its secret, and how it makes codes.
///
/// ```
/// use poterne::{Keyring, Parameters, Secret, HardwareToken, UnixTime, Verifier};
///
/// let verifier = Verifier::new(Keyring::generate(20261121)?, "grand-angle")?;
/// let secret = Secret::from_bytes(b"12345678901234567890")?;
/// let token = HardwareToken::new(secret, Parameters::totp().with_time_step(60)?);
/// let enrollment = verifier.enroll_token("a.martin", token, UnixTime::from_secs(1_763_800_000)?)?;
/// # Ok::<(), poterne::Error>(())
/// ```
///
/// Source: semantics [8.3](crate::guide::semantics#8.3).
#[derive(Debug)]
pub struct HardwareToken {
    pub(crate) secret: Secret,
    pub(crate) parameters: Parameters,
}

impl HardwareToken {
    /// Creates a token. Its authenticator is [`Authenticator::Token`], whatever the parameters say.
    pub fn new(secret: Secret, parameters: Parameters) -> Self {
        Self { secret, parameters: parameters.with_authenticator(Authenticator::Token) }
    }
}

#[cfg(feature = "token-files")]
impl TokenEntry {
    /// Makes a token to enroll, with [`Verifier::enroll_token`](crate::Verifier::enroll_token). Its drift and its watermark are
    /// dropped: [`TokenEntry::into_existing`] keeps them.
    pub fn into_hardware_token(self) -> HardwareToken {
        let (secret, parameters) = self.into_parts();
        HardwareToken::new(secret, parameters)
    }
}
