//! The user's authenticator: a phone with an app, or a hardware token.

use poterne::{
    Error, HardwareToken, Otp, OtpFormat, OtpauthUri, Parameters, Secret, TimeSteps, UnixTime, totp,
};

/// A device that shows codes.
pub(crate) struct Authenticator {
    secret: Secret,
    /// Seconds by which its clock is fast.
    pub(crate) fast: i64,
}

impl Authenticator {
    /// Makes a phone that scans the URI. Every app assumes all parameters except the secret.
    pub(crate) fn scan(uri: &OtpauthUri) -> Result<Self, Error> {
        Ok(Self { secret: Secret::from_base32(&uri.secret_to_type())?, fast: 0 })
    }

    /// Makes a hardware token, and the manufacturer's data about it.
    pub(crate) fn token() -> Result<(Self, HardwareToken), Error> {
        let secret = Secret::generate(20)?;
        let copy = Secret::from_bytes(secret.as_bytes())?;
        Ok((Self { secret, fast: 0 }, HardwareToken::new(copy, Parameters::totp())))
    }

    /// Returns the code that it shows.
    pub(crate) fn code(&self, now: UnixTime) -> Result<Otp, Error> {
        totp::generate(&self.secret, OtpFormat::default(), TimeSteps::default(), later(now, self.fast)?)
    }

    /// Returns a code that it shows neither now nor half a minute before or after.
    pub(crate) fn wrong_code(&self, now: UnixTime) -> Result<&'static str, Error> {
        let shown = [self.code(later(now, -STEP)?)?, self.code(now)?, self.code(later(now, STEP)?)?];
        let is_wrong = |code: &&str| shown.iter().all(|shown| shown.as_str() != *code);
        let code = ["000000", "111111", "222222", "333333"].into_iter().find(is_wrong);
        Ok(code.expect("three of these four at most are shown"))
    }
}

/// Returns a time some seconds later; earlier if they are negative.
pub(crate) fn later(time: UnixTime, seconds: i64) -> Result<UnixTime, Error> {
    let time = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    UnixTime::from_secs(time.saturating_add(seconds))
}

/// The seconds for which a code is shown.
pub(crate) const STEP: i64 = 30;
