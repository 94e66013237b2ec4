//! The otpauth URI (Key URI format), as authenticator apps really read it.

use alloc::format;
use alloc::string::String;
use core::fmt;

use zeroize::Zeroizing;

use super::apps::Feature;
use super::parse::{OtpauthContent, is_unseen};
#[cfg(feature = "qr")]
use super::qr::Qr;
use crate::error::{Error, ErrorKind};
use crate::otp::{Algorithm, Digits, Secret, TimeSteps, separators};
use crate::parameters::{Authenticator, MovingFactor, Parameters};
use crate::time::UnixTime;

/// An otpauth URI, the text of the QR code. It holds the secret: dropping it wipes it, and it is never printed by accident.
///
/// ```
/// use poterne::{OtpauthNames, OtpauthUri, Parameters, Secret};
///
/// let secret = Secret::from_bytes(b"12345678901234567890")?;
/// let names = OtpauthNames { issuer: "Département", label: "a.martin" };
/// let uri = OtpauthUri::build(&secret, &Parameters::totp(), names, false)?;
/// assert_eq!(
///     uri.as_str(),
///     "otpauth://totp/D%C3%A9partement:a.martin?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=D%C3%A9partement"
/// );
/// # Ok::<(), poterne::Error>(())
/// ```
pub struct OtpauthUri(Zeroizing<String>);

/// The names that an authenticator app shows next to its code.
///
/// ```
/// let names = poterne::OtpauthNames { issuer: "Département", label: "a.martin" };
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OtpauthNames<'a> {
    /// The organization, 1 to 64 bytes.
    pub issuer: &'a str,
    /// The account as its user knows it, 1 to 255 bytes.
    pub label: &'a str,
}

impl OtpauthUri {
    /// Builds a URI.
    ///
    /// It leaves out what every app assumes: SHA-1, 6 digits, 30 seconds. `allow_incompatible` permits what some apps are known to
    /// ignore or to misread.
    ///
    /// # Errors
    /// [`ErrorKind::Uri`] unless the issuer has 1 to 64 bytes and the label 1 to 255; if one of them has a colon, a control or
    /// format character, or a line or paragraph separator (Unicode Cc, Cf, Zl, Zp); if `t0` is not 0, which a URI cannot express.
    /// Without `allow_incompatible` also: if a name has one of `& ? # % + /`; if the authenticator is an app and the parameters are
    /// not time-based with SHA-1, 6 digits, 30 seconds and 20 bytes.
    pub fn build(
        secret: &Secret,
        parameters: &Parameters,
        names: OtpauthNames<'_>,
        allow_incompatible: bool,
    ) -> Result<Self, Error> {
        let OtpauthNames { issuer, label } = names;
        check_name(issuer, 64, allow_incompatible)?;
        check_name(label, 255, allow_incompatible)?;
        if !allow_incompatible && parameters.authenticator() == Authenticator::App {
            Self::check_compatible(parameters, secret.as_bytes().len())?;
        }
        let kind = match parameters.moving_factor() {
            MovingFactor::Counter => "hotp",
            MovingFactor::Time(_) => "totp",
        };
        let (issuer, label, secret) = (encoded(issuer), encoded(label), secret.to_base32());
        // One allocation from the start: a growing text would leave copies of the secret behind.
        let longest = issuer.len().saturating_mul(2).saturating_add(label.len()).saturating_add(secret.len());
        let mut uri = Zeroizing::new(String::with_capacity(longest.saturating_add(128)));
        for part in ["otpauth://", kind, "/", &issuer, ":", &label, "?secret=", &secret, "&issuer=", &issuer]
        {
            uri.push_str(part);
        }
        if parameters.algorithm() != Algorithm::Sha1 {
            uri.push_str("&algorithm=");
            uri.push_str(parameters.algorithm().name());
        }
        if parameters.digits() != Digits::Six {
            uri.push_str(&format!("&digits={}", parameters.digits().as_usize()));
        }
        match parameters.moving_factor() {
            MovingFactor::Counter => uri.push_str(&format!("&counter={}", parameters.counter())),
            MovingFactor::Time(steps) if steps.t0() != UnixTime::EPOCH => {
                return Err(Error::new(ErrorKind::Uri, "a URI cannot express a t0 other than 0"));
            }
            MovingFactor::Time(steps) if steps.time_step() != TimeSteps::default().time_step() => {
                uri.push_str(&format!("&period={}", steps.time_step()));
            }
            MovingFactor::Time(_) => {}
        }
        Ok(Self(uri))
    }

    /// Refuses features that some apps of the table do not honor: those apps would show wrong codes.
    pub(crate) fn check_compatible(parameters: &Parameters, secret_len: usize) -> Result<(), Error> {
        if features(parameters, secret_len).iter().flatten().all(|feature| feature.is_honored_everywhere()) {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Uri,
            "some authenticator apps ignore these parameters: use SHA-1, 6 digits, 30 seconds and 20 bytes, or set allow_incompatible",
        ))
    }

    /// Reads a URI that another system made.
    ///
    /// Source: semantics [8.10](crate::guide::semantics#8.10).
    ///
    /// # Errors
    /// [`ErrorKind::Uri`] if the text is not an otpauth URI or could be misunderstood; [`ErrorKind::Secret`] if the secret is not
    /// base32 or is too long; [`ErrorKind::Counter`] if the counter is above 2^63 - 1.
    pub fn parse(text: &str) -> Result<OtpauthContent, Error> {
        OtpauthContent::parse(text)
    }

    /// Takes a text that is an otpauth URI, to make its QR code. Keeps the text as it is, without blanks around it.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn from_text(text: &str) -> Result<Self, Error> {
        Self::parse(text)?;
        Ok(Self(Zeroizing::new(text.trim_matches(separators::is_blank).into())))
    }

    /// Returns the text. It holds the secret: show it, and do not keep it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the secret in groups of four characters, for users who cannot scan and have to type it. Dropping it wipes it.
    ///
    /// ```
    /// # use poterne::{OtpauthNames, OtpauthUri, Parameters, Secret};
    /// # let secret = Secret::from_bytes(b"12345678901234567890")?;
    /// # let names = OtpauthNames { issuer: "Département", label: "a.martin" };
    /// let uri = OtpauthUri::build(&secret, &Parameters::totp(), names, false)?;
    /// assert_eq!(uri.secret_to_type().as_str(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
    /// # Ok::<(), poterne::Error>(())
    /// ```
    pub fn secret_to_type(&self) -> Zeroizing<String> {
        // The URI was built here, or read before.
        let content = OtpauthContent::parse(&self.0).ok();
        let secret = content.map(|content| content.secret().to_base32()).unwrap_or_default();
        // One allocation: a growing text would leave copies of the secret behind.
        let mut grouped = Zeroizing::new(String::with_capacity(secret.len().saturating_mul(2)));
        for group in secret.as_bytes().chunks(4) {
            if !grouped.is_empty() {
                grouped.push(' ');
            }
            grouped.extend(group.iter().copied().map(char::from));
        }
        grouped
    }

    /// The QR code to scan.
    ///
    /// # Errors
    /// [`ErrorKind::Uri`] if the URI is too long for a QR code.
    #[cfg(feature = "qr")]
    pub fn qr(&self) -> Result<Qr, Error> {
        Qr::new(&self.0)
    }
}

impl fmt::Debug for OtpauthUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OtpauthUri { .. }")
    }
}

/// Returns the features beyond the defaults that every app honors.
fn features(parameters: &Parameters, secret_len: usize) -> [Option<Feature>; 4] {
    let moving_factor = match parameters.moving_factor() {
        MovingFactor::Counter => Some(Feature::Hotp),
        MovingFactor::Time(steps) => (steps != TimeSteps::default()).then_some(Feature::SixtySeconds),
    };
    let algorithm = match parameters.algorithm() {
        Algorithm::Sha1 => None,
        Algorithm::Sha256 => Some(Feature::Sha256),
        Algorithm::Sha512 => Some(Feature::Sha512),
    };
    let digits = match parameters.digits() {
        Digits::Six => None,
        Digits::Seven => Some(Feature::SevenDigits),
        Digits::Eight => Some(Feature::EightDigits),
    };
    [moving_factor, algorithm, digits, (secret_len != 20).then_some(Feature::LongSecret)]
}

fn check_name(name: &str, max_len: usize, allow_incompatible: bool) -> Result<(), Error> {
    if name.is_empty() || name.len() > max_len {
        return Err(Error::new(ErrorKind::Uri, "an issuer has 1 to 64 bytes, a label 1 to 255"));
    }
    if name.chars().any(|character| is_unseen(character) || character == ':') {
        return Err(Error::new(
            ErrorKind::Uri,
            "an issuer or label cannot have a colon, a control character or an invisible one: type the name again",
        ));
    }
    // Some apps decode the whole URI before they take it apart.
    if !allow_incompatible && name.contains(['&', '?', '#', '%', '+', '/']) {
        return Err(Error::new(
            ErrorKind::Uri,
            "some authenticator apps misread & ? # % + / in a name: leave them out, or set allow_incompatible",
        ));
    }
    Ok(())
}

/// Percent-encodes as in RFC 3986. `@` stays: it is allowed in paths and queries.
fn encoded(name: &str) -> String {
    let mut text = String::with_capacity(name.len().saturating_mul(3));
    for byte in name.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'@' => {
                text.push(byte.into())
            }
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}
