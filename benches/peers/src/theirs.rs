//! The crates. Each gets the secret in the form that it keeps, once, as an application would hold it.

use libreauth::oath::{TOTP, TOTPBuilder};
use totp_rfc::{Algorithm, Digits, Secret, Totp, ValidationWindow};

use crate::{Contestant, NOW, SECRET};

pub(crate) struct TotpRs(totp_rs::Totp);

impl TotpRs {
    pub(crate) fn new() -> Self {
        // The defaults: SHA-1, 6 digits, a skew of 1, 30 seconds.
        Self(totp_rs::Builder::new().with_secret(*SECRET).build().expect("20 bytes"))
    }
}

impl Contestant for TotpRs {
    fn accepts(&mut self, code: &str) -> bool {
        self.0.check(code, NOW).is_some()
    }
}

pub(crate) struct TotpRfc {
    totp: Totp,
    secret: Secret<'static>,
}

impl TotpRfc {
    pub(crate) fn new() -> Self {
        let digits = Digits::new(6).expect("6 digits");
        let totp = Totp::new(Algorithm::Sha1, digits, 30, 0).expect("the usual parameters");
        Self { totp, secret: Secret::new(SECRET).expect("20 bytes") }
    }
}

impl Contestant for TotpRfc {
    fn accepts(&mut self, code: &str) -> bool {
        let window = ValidationWindow::new(1, 1);
        matches!(self.totp.verify_window(&self.secret, NOW, window, code), Ok(Some(_)))
    }
}

/// It only generates codes, so the caller searches, and tries the present step first.
pub(crate) struct TotpLite;

impl Contestant for TotpLite {
    fn accepts(&mut self, code: &str) -> bool {
        [NOW, NOW - 30, NOW + 30]
            .into_iter()
            .any(|time| totp_lite::totp_custom::<totp_lite::Sha1>(30, 6, SECRET, time) == code)
    }
}

pub(crate) struct Libreauth(TOTP);

impl Libreauth {
    pub(crate) fn new() -> Self {
        let mut builder = TOTPBuilder::new();
        builder.key(SECRET).tolerance(1).timestamp(NOW.try_into().expect("small"));
        Self(builder.finalize().expect("the usual parameters"))
    }
}

impl Contestant for Libreauth {
    /// It keeps a difference to the system's clock, which runs on, so each round sets the same time again.
    fn begin(&mut self) {
        *self = Self::new();
    }

    fn accepts(&mut self, code: &str) -> bool {
        self.0.is_valid(code)
    }
}
