//! Enrollment
//!
//! Makes the first record of an account. Store it with an INSERT. It is pending until the first code of its authenticator is
//! confirmed. `poterne_otpauth_uri` and the QR codes below give the user the text to scan.

use std::ffi::c_char;

use poterne::{
    Algorithm, Authenticator, Digits, ExistingCredential, HardwareToken, MovingFactor, Parameters, Secret,
    State, UnixTime,
};

use crate::guard::{Answer, Failure, Output, bytes, guard, numbered, same_numbers, shared, text, time};
use crate::status::{POTERNE_E_ARGUMENT, POTERNE_E_INTERNAL, POTERNE_E_VERSION, POTERNE_OK};
use crate::structs;
use crate::verifier::poterne_verifier;

/// The size of a record's buffer: a record has 504 characters and a NUL.
pub const POTERNE_RECORD_MAX: usize = 512;

/// An authenticator app.
pub const POTERNE_APP: u32 = 1;
/// A hardware token.
pub const POTERNE_TOKEN: u32 = 2;
/// Counter-based, HOTP.
pub const POTERNE_COUNTER: u32 = 1;
/// Time-based, TOTP.
pub const POTERNE_TIME: u32 = 2;
/// HMAC-SHA-1.
pub const POTERNE_SHA1: u32 = 1;
/// HMAC-SHA-256.
pub const POTERNE_SHA256: u32 = 2;
/// HMAC-SHA-512.
pub const POTERNE_SHA512: u32 = 3;
/// Enrolled, and not confirmed yet.
pub const POTERNE_STATE_PENDING: u32 = 0;
/// In use.
pub const POTERNE_STATE_ACTIVE: u32 = 1;
/// The authenticator is out of use. Recovery and temporary codes still work.
pub const POTERNE_STATE_SUSPENDED: u32 = 2;
/// Ended.
pub const POTERNE_STATE_REVOKED: u32 = 3;

/// How one-time passwords are made. 0 in a field is its default.
#[derive(Clone, Copy, Default, PartialEq)]
#[repr(C)]
pub struct poterne_parameters {
    /// `sizeof(poterne_parameters)`.
    pub struct_size: u32,
    /// `POTERNE_APP` (default) or `POTERNE_TOKEN`.
    pub authenticator: u32,
    /// `POTERNE_COUNTER` or `POTERNE_TIME` (default).
    pub moving_factor: u32,
    /// `POTERNE_SHA1` (default), `POTERNE_SHA256` or `POTERNE_SHA512`.
    pub algorithm: u32,
    /// 6 (default), 7 or 8.
    pub digits: u32,
    /// Seconds, default 30; 30 to 120 in a record.
    pub time_step: u32,
    /// Length of a generated secret in bytes, 16 to 64, default 20.
    pub secret_len: u32,
    /// Must be 0.
    pub reserved: u32,
    /// The counter that the device shows next; counter-based only.
    pub counter: u64,
    /// The time from which steps are counted, default 0; time-based only.
    pub t0: u64,
    /// The first valid second; 0 means no limit.
    pub not_before: i64,
    /// The last valid second; 0 means no limit.
    pub not_after: i64,
    /// The last second in which a pending authenticator can be confirmed; 0 means no limit. For an app that `poterne_enroll` makes,
    /// 0 means the date that `POTERNE_OPTION_CONFIRM_WITHIN_DAYS` gives.
    pub confirm_by: i64,
}

/// Makes a credential with a fresh secret. It is pending until its first code is confirmed. `poterne_otpauth_uri` gives the text to
/// show.
///
/// @param account,account_len the account's name as it is stored, 1 to 255 bytes
/// @param parameters how codes are made; NULL for the defaults
/// @param now Unix seconds, or `POTERNE_NOW`
/// @param out,cap,len the record, for INSERT; `POTERNE_RECORD_MAX` is enough
/// @return `POTERNE_OK`. `POTERNE_E_URI`: some apps do not honor the parameters; use the defaults. `POTERNE_E_ARGUMENT`,
///     `POTERNE_E_TIME`, `POTERNE_E_SECRET`, `POTERNE_E_COUNTER`, `POTERNE_E_RANDOM`, `POTERNE_E_BUFFER`, `POTERNE_E_UTF8`,
///     `POTERNE_E_VERSION`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`.
/// @since 0.1
///
/// # Safety
/// Handles are live, texts have their lengths, structures the size that they state, `out` has `cap` writable bytes.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_enroll(
    verifier: *const poterne_verifier,
    account: *const c_char,
    account_len: usize,
    parameters: *const poterne_parameters,
    now: i64,
    out: *mut c_char,
    cap: usize,
    len: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        unsafe {
            let output = Output::new(out.cast(), cap, len)?;
            let (verifier, account) = (shared(verifier)?.get()?, text((account, account_len))?);
            let parameters = read_parameters(parameters)?.to_parameters()?;
            output.fits(poterne::Record::LEN)?;
            write_record(&output, verifier.enroll(account, parameters, time(now)?)?.record())
        }
    })
}

/// Makes a credential for a hardware token whose secret is known. It is pending until its first code is confirmed.
///
/// When a user returns a token, wait before you hand it to the next one: as long as `poterne_code_lifetime` says, and before a
/// resynchronization `POTERNE_OPTION_MAX_DRIFT` time steps and 300 seconds. The codes that the last holder saw must have expired.
///
/// @param secret,secret_len the token's secret, 16 to 1,024 bytes. If it has more than 64, the record stores the key that HMAC
///     derives from it; with SHA-512 it cannot have 65 to 128
/// @return `POTERNE_OK`. `POTERNE_E_SECRET`: too short or too long. `POTERNE_E_ARGUMENT`, `POTERNE_E_TIME`,
///     `POTERNE_E_COUNTER`, `POTERNE_E_RANDOM`, `POTERNE_E_BUFFER`, `POTERNE_E_UTF8`, `POTERNE_E_VERSION`, `POTERNE_E_NULL`,
///     `POTERNE_E_INTERNAL`.
/// @since 0.1
///
/// # Safety
/// As `poterne_enroll`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_enroll_token(
    verifier: *const poterne_verifier,
    account: *const c_char,
    account_len: usize,
    parameters: *const poterne_parameters,
    secret: *const u8,
    secret_len: usize,
    now: i64,
    out: *mut c_char,
    cap: usize,
    len: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        unsafe {
            let output = Output::new(out.cast(), cap, len)?;
            let (verifier, account) = (shared(verifier)?.get()?, text((account, account_len))?);
            let parameters = read_parameters(parameters)?.to_parameters()?;
            let token = HardwareToken::new(Secret::from_bytes(bytes(secret, secret_len)?)?, parameters);
            output.fits(poterne::Record::LEN)?;
            write_record(&output, verifier.enroll_token(account, token, time(now)?)?.record())
        }
    })
}

/// The state and history of an imported credential, besides its parameters and its secret.
#[derive(Clone, Copy, Default)]
#[repr(C)]
pub struct poterne_existing_credential {
    /// `sizeof(poterne_existing_credential)`.
    pub struct_size: u32,
    /// `POTERNE_STATE_PENDING` (0), `POTERNE_STATE_ACTIVE` or `POTERNE_STATE_SUSPENDED`.
    pub state: u32,
    /// The drift of a token's clock, in time steps.
    pub drift: i32,
    /// 1 if `watermark` counts, else 0.
    pub has_watermark: u32,
    /// The highest time step that was accepted.
    pub watermark: u64,
    /// 1 if `last_sync` counts, else 0: the period of the import.
    pub has_last_sync: u32,
    /// The 30-day period in which a token's clock was last seen: days since 1970, divided by 30. If it is set, the first
    /// resynchronization searches only as far as a poor clock can have drifted since then.
    pub last_sync: u32,
}

/// Imports a credential from another system. Import its counter or watermark too. Otherwise a code that the other system has
/// accepted is accepted once more.
///
/// @param secret,secret_len as for `poterne_enroll_token`
/// @param existing its state and history; NULL: active, without any history
/// @return as `poterne_enroll_token`
/// @since 0.1
///
/// # Safety
/// As `poterne_enroll`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_import(
    verifier: *const poterne_verifier,
    account: *const c_char,
    account_len: usize,
    parameters: *const poterne_parameters,
    secret: *const u8,
    secret_len: usize,
    existing: *const poterne_existing_credential,
    now: i64,
    out: *mut c_char,
    cap: usize,
    len: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        unsafe {
            let output = Output::new(out.cast(), cap, len)?;
            let (verifier, account) = (shared(verifier)?.get()?, text((account, account_len))?);
            let parameters = read_parameters(parameters)?.to_parameters()?;
            let secret = Secret::from_bytes(bytes(secret, secret_len)?)?;
            let existing = with_history(ExistingCredential::new(secret, parameters), existing)?;
            output.fits(poterne::Record::LEN)?;
            let change = verifier.import(account, existing, time(now)?)?;
            write_record(&output, change.record().ok_or(Failure(POTERNE_E_INTERNAL))?)
        }
    })
}

/// Writes a record into the caller's buffer.
pub(crate) fn write_record(output: &Output, record: &poterne::Record) -> Answer {
    output.write(record.as_str().as_bytes())?;
    Ok(POTERNE_OK)
}

/// # Safety
/// Null, or a structure of the size that it states.
unsafe fn read_parameters(pointer: *const poterne_parameters) -> Result<poterne_parameters, Failure> {
    if pointer.is_null() {
        return Ok(poterne_parameters::default());
    }
    // SAFETY: the caller's promise.
    unsafe { structs::read(pointer) }
}

/// # Safety
/// As [`read_parameters`].
unsafe fn with_history(
    existing: ExistingCredential,
    pointer: *const poterne_existing_credential,
) -> Result<ExistingCredential, Failure> {
    if pointer.is_null() {
        return Ok(existing);
    }
    // SAFETY: the caller's promise.
    let given = unsafe { structs::read(pointer)? };
    let wrong = Failure(POTERNE_E_ARGUMENT);
    // The library refuses a revoked credential.
    let state = numbered(given.state, State::from_number)?;
    let watermark = match (given.has_watermark, given.watermark) {
        (0, 0) => None,
        (1, watermark) => Some(watermark),
        _ => return Err(wrong),
    };
    let last_sync = match (given.has_last_sync, given.last_sync) {
        (0, 0) => None,
        (1, last_sync) => Some(u16::try_from(last_sync).map_err(|_| wrong)?),
        _ => return Err(wrong),
    };
    let drift = i16::try_from(given.drift).map_err(|_| wrong)?;
    Ok(existing.with_state(state).with_watermark(watermark).with_drift(drift).with_last_sync(last_sync))
}

impl poterne_parameters {
    /// Converts to the library's type. Time-based parameters get the bounds of the bare layer.
    pub(crate) fn to_parameters(self) -> Result<Parameters, Failure> {
        if self == (Self { struct_size: self.struct_size, ..Self::default() }) {
            // Most callers pass these. This path saves half of what the boundary adds to a bare match.
            return Ok(Parameters::totp());
        }
        let wrong = Failure(POTERNE_E_ARGUMENT);
        if self.reserved != 0 {
            return Err(Failure(POTERNE_E_VERSION));
        }
        let mut parameters = match self.moving_factor {
            0 | POTERNE_TIME => {
                if self.counter != 0 {
                    return Err(wrong);
                }
                let t0 = i64::try_from(self.t0).map_err(|_| wrong)?;
                let time_step = if self.time_step == 0 { 30 } else { self.time_step };
                Parameters::totp().with_time_step(time_step)?.with_t0(UnixTime::from_secs(t0)?)?
            }
            POTERNE_COUNTER => {
                if self.time_step != 0 || self.t0 != 0 {
                    return Err(wrong);
                }
                Parameters::hotp().with_counter(self.counter)?
            }
            _ => return Err(wrong),
        };
        if self.authenticator != 0 {
            parameters =
                parameters.with_authenticator(numbered(self.authenticator, Authenticator::from_number)?);
        } else {
            parameters = parameters.with_authenticator(Authenticator::App);
        }
        if self.algorithm != 0 {
            parameters = parameters.with_algorithm(numbered(self.algorithm, Algorithm::from_number)?);
        }
        if self.digits != 0 {
            parameters = parameters.with_digits(Digits::new(self.digits)?);
        }
        if self.secret_len != 0 {
            let len = usize::try_from(self.secret_len).map_err(|_| wrong)?;
            parameters = parameters.with_secret_len(len)?;
        }
        parameters = parameters.with_validity(bound(self.not_before)?, bound(self.not_after)?)?;
        Ok(parameters.with_confirm_by(bound(self.confirm_by)?))
    }

    /// Converts from the library's type.
    pub(crate) fn from_parameters(parameters: &Parameters) -> Self {
        let (moving_factor, time_step, t0) = moving_factor(parameters.moving_factor());
        Self {
            authenticator: parameters.authenticator().number().unsigned_abs(),
            moving_factor,
            algorithm: parameters.algorithm().number().unsigned_abs(),
            digits: digits(parameters.digits()),
            time_step,
            counter: parameters.counter(),
            t0,
            not_before: unbound(parameters.not_before()),
            not_after: unbound(parameters.not_after()),
            confirm_by: unbound(parameters.confirm_by()),
            ..Self::default()
        }
    }
}

pub(crate) fn moving_factor(factor: MovingFactor) -> (u32, u32, u64) {
    match factor {
        MovingFactor::Counter => (POTERNE_COUNTER, 0, 0),
        MovingFactor::Time(steps) => (POTERNE_TIME, steps.time_step(), steps.t0().as_secs()),
    }
}

pub(crate) fn digits(digits: Digits) -> u32 {
    u32::try_from(digits.as_usize()).unwrap_or_default()
}

/// Converts a bound; 0 means no limit.
fn bound(seconds: i64) -> Result<Option<UnixTime>, Failure> {
    if seconds == 0 { Ok(None) } else { Ok(Some(UnixTime::from_secs(seconds)?)) }
}

pub(crate) fn unbound(time: Option<UnixTime>) -> i64 {
    time.and_then(|time| i64::try_from(time.as_secs()).ok()).unwrap_or_default()
}

const _: () = assert!(poterne::Record::LEN < POTERNE_RECORD_MAX);

same_numbers! { Authenticator: Authenticator::App => POTERNE_APP, Authenticator::Token => POTERNE_TOKEN }
same_numbers! {
    Algorithm:
    Algorithm::Sha1 => POTERNE_SHA1,
    Algorithm::Sha256 => POTERNE_SHA256,
    Algorithm::Sha512 => POTERNE_SHA512,
}
same_numbers! {
    State:
    State::Pending => POTERNE_STATE_PENDING,
    State::Active => POTERNE_STATE_ACTIVE,
    State::Suspended => POTERNE_STATE_SUSPENDED,
    State::Revoked => POTERNE_STATE_REVOKED,
}
