//! Reads otpauth URIs as other systems really write them.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind};
use crate::otp::{Digits, Secret, separators};
use crate::parameters::Parameters;

/// The content of an otpauth URI, to import a credential from another system.
///
/// Parsing is tolerant where nothing can be misunderstood: letter case, separators and padding in the secret, `SHA-1` or `HmacSHA1`
/// for `SHA1`, missing defaults, unknown parameters. It is strict where something could be: a repeated parameter, a missing
/// counter, digits or a time step out of range, names that are not UTF-8.
///
/// ```
/// use poterne::{OtpauthContent, OtpauthUri};
///
/// let text = "otpauth://totp/Extranet:a.martin?secret=gezdgnbvgy3tqojqgezdgnbvgy3tqojq&issuer=Extranet";
/// let content = OtpauthUri::parse(text)?;
/// assert_eq!(content.secret().as_bytes(), b"12345678901234567890");
/// assert_eq!((content.issuer(), content.label()), (Some("Extranet"), "a.martin"));
/// # Ok::<(), poterne::Error>(())
/// ```
pub struct OtpauthContent {
    secret: Secret,
    parameters: Parameters,
    issuer: Option<String>,
    label: String,
}

impl OtpauthContent {
    /// Returns the shared secret.
    pub fn secret(&self) -> &Secret {
        &self.secret
    }

    /// Returns the secret and the parameters, to import them.
    pub fn into_parts(self) -> (Secret, Parameters) {
        (self.secret, self.parameters)
    }

    /// Returns the parameters. The authenticator is an app.
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// Returns the issuer: the parameter of this name, otherwise the part of the label before its first colon.
    pub fn issuer(&self) -> Option<&str> {
        self.issuer.as_deref()
    }

    /// Returns the label without the issuer. It may be empty.
    pub fn label(&self) -> &str {
        &self.label
    }

    pub(super) fn parse(text: &str) -> Result<Self, Error> {
        if text.len() > MAX_LEN {
            return Err(uri_error("the URI is longer than 4,096 bytes"));
        }
        // Dashes stay: a name may end in one.
        let text = text.trim_matches(separators::is_blank);
        if strip_prefix_ignoring_case(text, "otpauth-migration:").is_some() {
            return Err(uri_error(
                "the text is an export of several accounts (otpauth-migration), not one URI: show the QR code of one account",
            ));
        }
        let rest = strip_prefix_ignoring_case(text, "otpauth://")
            .ok_or(uri_error("the text does not begin with otpauth://: copy the whole URI"))?;
        if rest.contains('#') {
            return Err(uri_error("write # as %23 in the URI: everything after it would be lost"));
        }
        let (path, query) =
            rest.split_once('?').ok_or(uri_error("the URI has no parameters: copy the whole URI"))?;
        let (kind, label) = path.split_once('/').unwrap_or((path, ""));
        let parameters = if kind.eq_ignore_ascii_case("totp") {
            Parameters::totp()
        } else if kind.eq_ignore_ascii_case("hotp") {
            Parameters::hotp().with_authenticator(crate::parameters::Authenticator::App)
        } else {
            return Err(uri_error("the URI's type is neither totp nor hotp"));
        };
        Self::from_query(parameters, &decoded(label, false)?, &Query::parse(query)?)
    }

    fn from_query(mut parameters: Parameters, path: &str, query: &Query<'_>) -> Result<Self, Error> {
        let secret = query.get("secret")?.ok_or(uri_error("the URI has no secret: copy the whole URI"))?;
        if let Some(name) = query.get("algorithm")? {
            parameters = parameters.with_algorithm(
                name.parse().map_err(|_| uri_error("the URI's algorithm is not SHA1, SHA256 or SHA512"))?,
            );
        }
        if let Some(digits) = query.number("digits")? {
            let digits = Digits::new(digits).map_err(|_| uri_error("the URI's digits are not 6, 7 or 8"))?;
            parameters = parameters.with_digits(digits);
        }
        if parameters.time_steps().is_ok() {
            if let Some(period) = query.number("period")? {
                parameters = parameters
                    .with_time_step(period)
                    .map_err(|_| uri_error("the URI's period is not 1 to 86,400 seconds"))?;
            }
        } else {
            let counter = query.number("counter")?.ok_or(uri_error(
                "the URI of type hotp has no counter: with a guessed one, used codes could be accepted again",
            ))?;
            parameters = parameters.with_counter(counter)?;
        }
        let (prefix, label) = match path.split_once(':') {
            Some((prefix, label)) => (Some(prefix.trim_matches(' ')), label.trim_start_matches(' ')),
            None => (None, path),
        };
        let issuer = match query.get("issuer")? {
            Some(issuer) if !issuer.is_empty() => Some(String::from(issuer.as_str())),
            _ => prefix.filter(|prefix| !prefix.is_empty()).map(String::from),
        };
        if issuer.iter().flat_map(|issuer| issuer.chars()).chain(label.chars()).any(is_unseen) {
            return Err(uri_error("the URI has control or invisible characters in its names"));
        }
        Ok(Self { secret: Secret::from_base32(&secret)?, parameters, issuer, label: label.into() })
    }
}

impl fmt::Debug for OtpauthContent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OtpauthContent { .. }")
    }
}

/// The parameters of a URI, still encoded.
struct Query<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Query<'a> {
    fn parse(query: &'a str) -> Result<Self, Error> {
        let pairs: Vec<_> = query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .collect();
        // `&amp;issuer=`, `&amp%3bissuer=`, `iss%75er=`: readers differ in how they understand these.
        if pairs.iter().any(|(name, _)| name.contains([';', '%'])) {
            return Err(uri_error(
                "the name of a parameter in the URI has ; or %: write & instead of &amp;, and do not encode names",
            ));
        }
        Ok(Self(pairs))
    }

    /// Returns the decoded value of a parameter. The name is compared without case.
    fn get(&self, name: &str) -> Result<Option<Zeroizing<String>>, Error> {
        let mut values = self.0.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name));
        let value = values.next();
        if values.next().is_some() {
            return Err(uri_error("the URI has the same parameter twice"));
        }
        value.map(|(_, value)| decoded(value, true)).transpose()
    }

    /// Reads a decimal parameter, all of it, without a sign.
    fn number<T: FromStr>(&self, name: &str) -> Result<Option<T>, Error> {
        let Some(text) = self.get(name)? else { return Ok(None) };
        let digits_only = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        match text.parse() {
            Ok(number) if digits_only => Ok(Some(number)),
            _ => Err(uri_error("the URI's digits, period or counter is not a number in range")),
        }
    }
}

/// Decodes percent signs, once. In a query `+` is a space, as forms write it. The text may be the secret: dropping it wipes it.
fn decoded(text: &str, is_query: bool) -> Result<Zeroizing<String>, Error> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => match (rest.next().and_then(hex_digit), rest.next().and_then(hex_digit)) {
                (Some(high), Some(low)) => high << 4 | low,
                _ => return Err(uri_error("a % in the URI is not followed by two hexadecimal digits")),
            },
            b'+' if is_query => b' ',
            byte => byte,
        });
    }
    match core::str::from_utf8(&bytes) {
        Ok(decoded) => Ok(Zeroizing::new(decoded.into())),
        Err(_) => Err(uri_error("the URI's names are not UTF-8")),
    }
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

fn strip_prefix_ignoring_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (start, rest) = text.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

fn uri_error(message: &'static str) -> Error {
    Error::new(ErrorKind::Uri, message)
}

const MAX_LEN: usize = 4096;

/// Returns whether a character is invisible: Unicode's categories Cc, Cf, Zl and Zp. Otherwise two names that look alike could
/// differ.
pub(crate) fn is_unseen(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{600}'..='\u{605}'
                | '\u{61c}'
                | '\u{6dd}'
                | '\u{70f}'
                | '\u{890}'..='\u{891}'
                | '\u{8e2}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{2064}'
                | '\u{2066}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{110bd}'
                | '\u{110cd}'
                | '\u{13430}'..='\u{1343f}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0001}'
                | '\u{e0020}'..='\u{e007f}'
        )
}
