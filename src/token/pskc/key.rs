//! One key of a file, and the device that it belongs to (RFC 6030 sections 4 and 5).

use roxmltree::Node;

use super::data::Value;
use super::encryption::Encryption;
use super::vocabulary::{PSKC, check_children, child, damaged, unsupported};
use crate::error::{Error, ErrorKind};
use crate::otp::{Algorithm, Digits};
use crate::parameters::{MAX_IMPORTED_FACTOR, MovingFactor, Parameters};
use crate::time::UnixTime;
use crate::token::entry::TokenEntry;
use crate::token::{value, xml};

/// Returns the serial number of the device, or the id of the key if the file names no device; for what is said about it.
pub(super) fn serial<'a>(package: Node<'a, '_>, key: Node<'a, '_>) -> Option<&'a str> {
    let info = child(package, PSKC, "DeviceInfo").ok().flatten();
    let of_device = info.and_then(|info| child(info, PSKC, "SerialNo").ok().flatten());
    match of_device {
        Some(serial) => xml::text(serial).ok(),
        None => key.attribute("Id"),
    }
}

/// Reads a key of a package.
pub(super) fn read(
    line: usize,
    package: Node<'_, '_>,
    key: Node<'_, '_>,
    encryption: Option<&Encryption>,
) -> Result<TokenEntry, Error> {
    check_children(package, &["DeviceInfo", "CryptoModuleInfo", "Key", "Extensions"], UNKNOWN)?;
    check_children(
        key,
        &[
            "Issuer",
            "AlgorithmParameters",
            "KeyProfileId",
            "KeyReference",
            "FriendlyName",
            "Data",
            "UserId",
            "Policy",
            "Extensions",
        ],
        UNKNOWN,
    )?;
    let parameters = algorithm(key.attribute("Algorithm"))?;
    let parameters = match child(key, PSKC, "AlgorithmParameters")? {
        Some(of_algorithm) => with_format(parameters, of_algorithm)?,
        None => parameters,
    };
    let device = Device::read(child(package, PSKC, "DeviceInfo")?)?;
    let mut dates = device.dates;
    if let Some(policy) = child(key, PSKC, "Policy")? {
        dates = dates.and(policy_dates(policy)?);
    }
    let parameters = dates.of(parameters)?;

    let data = child(key, PSKC, "Data")?.ok_or(NO_SECRET)?;
    check_children(data, &["Secret", "Counter", "Time", "TimeInterval", "TimeDrift"], UNKNOWN)?;
    let value = |name| child(data, PSKC, name)?.map(|element| Value::read(element, encryption)).transpose();
    let secret = child(data, PSKC, "Secret")?.ok_or(NO_SECRET)?;
    let secret = Value::read(secret, encryption)?.into_secret(encryption)?;
    let (mut drift, mut watermark, mut parameters) = (0, None, parameters);
    match parameters.moving_factor() {
        MovingFactor::Counter => {
            if let Some(counter) = value("Counter")? {
                parameters = parameters.with_counter(counter.number(MAX_IMPORTED_FACTOR, WRONG_COUNTER)?)?;
            }
        }
        MovingFactor::Time(_) => {
            if let Some(interval) = value("TimeInterval")? {
                let interval = interval.number(86_400, WRONG_INTERVAL)?;
                let interval = u32::try_from(interval).map_err(|_| WRONG_INTERVAL)?;
                parameters = parameters.with_time_step(interval).map_err(|_| WRONG_INTERVAL)?;
            }
            if let Some(time) = value("Time")? {
                // 0 is what a file says of a token that nobody has used.
                watermark = Some(time.number(u64::MAX, WRONG_TIME)?).filter(|step| *step > 0);
            }
            if let Some(shift) = value("TimeDrift")? {
                drift = shift.signed(200, WRONG_DRIFT)?;
            }
        }
    }

    let user = child(key, PSKC, "UserId")?.map(xml::text).transpose()?;
    let serial = device.serial.or_else(|| key.attribute("Id")).unwrap_or_default();
    TokenEntry::new(line, serial, secret, parameters)?
        .with_manufacturer(device.manufacturer.unwrap_or_default())?
        .with_model(device.model.unwrap_or_default())?
        .with_account(user.or(device.user).unwrap_or_default())?
        .with_drift(drift)
        .with_watermark(watermark)
}

/// Reads the URI of an algorithm: RFC 6030's, that of two drafts of it, and the bare name; manufacturers use them all.
fn algorithm(uri: Option<&str>) -> Result<Parameters, Error> {
    const BEFORE_NAME: [&str; 3] = [
        "urn:ietf:params:xml:ns:keyprov:pskc:",
        "urn:ietf:params:xml:ns:keyprov:pskc#",
        "http://www.ietf.org/keyprov/pskc#",
    ];
    let uri = uri
        .ok_or(unsupported("the key names no algorithm: ask the manufacturer whether it is HOTP or TOTP"))?;
    let name = BEFORE_NAME.iter().find_map(|before| uri.strip_prefix(before)).unwrap_or(uri);
    if name.eq_ignore_ascii_case("hotp") {
        Ok(Parameters::hotp())
    } else if name.eq_ignore_ascii_case("totp") {
        Ok(Parameters::totp())
    } else {
        Err(unsupported("the key is for another algorithm than HOTP and TOTP"))
    }
}

/// Reads `AlgorithmParameters`: the hash, if one is named, and the digits.
fn with_format(parameters: Parameters, of_algorithm: Node<'_, '_>) -> Result<Parameters, Error> {
    let mut parameters = parameters;
    check_children(
        of_algorithm,
        &["Suite", "ResponseFormat", "Extensions"],
        unsupported("the algorithm has parameters that are none of HOTP and TOTP, such as a challenge"),
    )?;
    if let Some(suite) = child(of_algorithm, PSKC, "Suite")? {
        let suite = xml::text(suite)?;
        if !suite.is_empty() {
            parameters = parameters.with_algorithm(suite.parse::<Algorithm>().map_err(|_| {
                unsupported("the key's suite is another than a hash: SHA-1, SHA-256, SHA-512")
            })?);
        }
    }
    let Some(format) = child(of_algorithm, PSKC, "ResponseFormat")? else { return Ok(parameters) };
    if format.attribute("Encoding").is_some_and(|encoding| encoding != "DECIMAL") {
        return Err(unsupported("the token's codes are no decimal numbers (Encoding)"));
    }
    if ["CheckDigits", "CheckDigit"]
        .iter()
        .any(|name| !matches!(format.attribute(*name), None | Some("false" | "0")))
    {
        return Err(unsupported("the token's codes end with a check digit (CheckDigits)"));
    }
    let Some(length) = format.attribute("Length") else { return Ok(parameters) };
    let digits = value::number(length, 8).and_then(|length| u32::try_from(length).ok()).map(Digits::new);
    match digits {
        Some(Ok(digits)) => Ok(parameters.with_digits(digits)),
        _ => Err(unsupported("the token's codes have another number of digits than 6, 7 or 8 (Length)")),
    }
}

/// What the file says of the device.
#[derive(Default)]
struct Device<'a> {
    manufacturer: Option<&'a str>,
    model: Option<&'a str>,
    serial: Option<&'a str>,
    user: Option<&'a str>,
    dates: Dates,
}

impl<'a> Device<'a> {
    fn read(info: Option<Node<'a, '_>>) -> Result<Self, Error> {
        let Some(info) = info else { return Ok(Self::default()) };
        check_children(
            info,
            &[
                "Manufacturer",
                "SerialNo",
                "Model",
                "IssueNo",
                "DeviceBinding",
                "StartDate",
                "ExpiryDate",
                "UserId",
                "Extensions",
            ],
            UNKNOWN,
        )?;
        let text = |name| child(info, PSKC, name)?.map(xml::text).transpose();
        Ok(Self {
            manufacturer: text("Manufacturer")?,
            model: text("Model")?,
            serial: text("SerialNo")?,
            user: text("UserId")?,
            dates: Dates::read(info)?,
        })
    }
}

/// From when until when a device or a key works, both included.
#[derive(Clone, Copy, Default)]
struct Dates {
    start: Option<UnixTime>,
    expiry: Option<UnixTime>,
}

impl Dates {
    fn read(parent: Node<'_, '_>) -> Result<Self, Error> {
        let date = |name| -> Result<Option<UnixTime>, Error> {
            let Some(node) = child(parent, PSKC, name)? else { return Ok(None) };
            value::date_time(xml::value(node)?).ok_or(WRONG_DATE).map(Some)
        };
        Ok(Self { start: date("StartDate")?, expiry: date("ExpiryDate")? })
    }

    /// The dates within which both hold.
    fn and(self, other: Self) -> Self {
        let both = |one: Option<UnixTime>,
                    other: Option<UnixTime>,
                    choose: fn(UnixTime, UnixTime) -> UnixTime| match (one, other) {
            (Some(one), Some(other)) => Some(choose(one, other)),
            (one, other) => one.or(other),
        };
        Self {
            start: both(self.start, other.start, UnixTime::max),
            expiry: both(self.expiry, other.expiry, UnixTime::min),
        }
    }

    fn of(self, parameters: Parameters) -> Result<Parameters, Error> {
        parameters.with_validity(self.start, self.expiry).map_err(|_| {
            Error::new(
                ErrorKind::Time,
                "the token expires before it starts (StartDate, ExpiryDate): ask the manufacturer",
            )
        })
    }
}

/// Reads `Policy`. RFC 6030 section 5: a key must not be used if its policy has an element that the reader does not understand.
fn policy_dates(policy: Node<'_, '_>) -> Result<Dates, Error> {
    if child(policy, PSKC, "PINPolicy")?.is_some() {
        return Err(unsupported(
            "the token wants a PIN (PINPolicy), which the library would not ask for: ask for one without",
        ));
    }
    check_children(
        policy,
        &["StartDate", "ExpiryDate", "KeyUsage"],
        unsupported("the key has a policy that the library cannot keep (Policy): ask for one without"),
    )?;
    let (mut is_limited, mut is_otp) = (false, false);
    for usage in policy.children().filter(|node| node.has_tag_name((PSKC, "KeyUsage"))) {
        is_limited = true;
        is_otp |= xml::text(usage)? == "OTP";
    }
    if is_limited && !is_otp {
        return Err(unsupported("the key is not for one-time passwords (KeyUsage)"));
    }
    Dates::read(policy)
}

const UNKNOWN: Error = damaged(
    "the token has an element that RFC 6030 does not have there, or one in another namespace: ask the manufacturer",
);
const NO_SECRET: Error = Error::new(
    ErrorKind::Secret,
    "the token has no secret in the file (it may be derived from another key): ask the manufacturer for it",
);
const WRONG_COUNTER: Error =
    Error::new(ErrorKind::Counter, "the counter is no number of 0 to 2^63 - 1: ask for the file anew");
const WRONG_INTERVAL: Error = Error::new(
    ErrorKind::Argument,
    "the time interval is no number of 1 to 86,400 seconds: ask the manufacturer",
);
const WRONG_TIME: Error =
    Error::new(ErrorKind::Time, "the last time step (Time) is no number: ask for the file anew");
const WRONG_DRIFT: Error = Error::new(
    ErrorKind::Argument,
    "the drift (TimeDrift) is no number of -200 to 200 time steps: ask for the file anew, or resynchronize the token",
);
const WRONG_DATE: Error = Error::new(
    ErrorKind::Time,
    "a date (StartDate, ExpiryDate) does not exist or is no ISO 8601: ask for the file anew, or correct it",
);
