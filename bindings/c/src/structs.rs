//! Plain structures that the caller owns. Each begins with its size as the caller was compiled; fields are only appended.

use poterne::{
    Accepted, Algorithm, Authenticator, Digits, MovingFactor, Outcome, Parameters, Refusal, State, Status,
    UnixTime,
};

use crate::guard::Failure;
use crate::status::{
    POTERNE_CHANGED, POTERNE_CONFIRMED, POTERNE_E_ARGUMENT, POTERNE_E_NULL, POTERNE_E_VERSION, POTERNE_OK,
    POTERNE_RESYNCHRONIZED,
};

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
    /// Bytes of a secret that is generated, 16 to 64, default 20.
    pub secret_len: u32,
    /// 0.
    pub reserved: u32,
    /// The counter that the device shows next; counter-based only.
    pub counter: u64,
    /// Where time steps begin, default 0; time-based only.
    pub t0: u64,
    /// The first valid second; 0 is no bound.
    pub not_before: i64,
    /// The last valid second; 0 is no bound.
    pub not_after: i64,
    /// The last second in which a pending authenticator can be confirmed; 0 is no bound. Of an application that `poterne_enroll`
    /// makes, 0 is the date that `POTERNE_OPTION_CONFIRM_WITHIN_DAYS` gives. Not before `now` and not before `not_before`.
    pub confirm_by: i64,
}

/// What a credential of another system brings along, beside its parameters and its secret.
#[derive(Clone, Copy, Default)]
#[repr(C)]
pub struct poterne_imported {
    /// `sizeof(poterne_imported)`.
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
    /// The 30-day period in which a token's clock was last seen: days since 1970, divided by 30. With it, the first
    /// resynchronization looks no further than a poor clock can have gone since.
    pub last_sync: u32,
}

/// What an attempt came to.
#[derive(Clone, Copy, Default)]
#[repr(C)]
pub struct poterne_result {
    /// `sizeof(poterne_result)`.
    pub struct_size: u32,
    /// The status that the call returned.
    pub status: i32,
    /// Of a login: `POTERNE_METHOD_OTP`, `POTERNE_METHOD_RECOVERY_CODE` or `POTERNE_METHOD_TEMPORARY_CODE`; else 0.
    pub method: u32,
    /// Of a login: how many recovery codes are left.
    pub recovery_codes_left: u32,
    /// The absolute counter or time step of the OTP, of the second one after a resynchronization; else 0.
    pub moving_factor: u64,
    /// The drift of a token's clock, in time steps.
    pub drift: i32,
    /// Of `POTERNE_REFUSED_CLOCK_OFF`: time steps; negative: the phone is slow.
    pub clock_off_steps: i32,
    /// Of `POTERNE_REFUSED_WAIT`: seconds until the next attempt.
    pub wait_seconds: u64,
    /// Of a login: the refused attempts since the last login with a one-time password, 255 at most; worth showing.
    pub failures_before: u32,
    /// 0.
    pub reserved: u32,
    /// 0.
    pub reserved2: [u64; 2],
}

/// What the help desk may see of a credential.
#[derive(Clone, Copy, Default)]
#[repr(C)]
pub struct poterne_status {
    /// `sizeof(poterne_status)`.
    pub struct_size: u32,
    /// `POTERNE_STATE_PENDING`, `_ACTIVE`, `_SUSPENDED` or `_REVOKED`.
    pub state: u32,
    /// `POTERNE_APP` or `POTERNE_TOKEN`.
    pub authenticator: u32,
    /// `POTERNE_COUNTER` or `POTERNE_TIME`.
    pub moving_factor: u32,
    /// `POTERNE_SHA1`, `POTERNE_SHA256` or `POTERNE_SHA512`.
    pub algorithm: u32,
    /// 6, 7 or 8.
    pub digits: u32,
    /// Seconds; 0 if counter-based.
    pub time_step: u32,
    /// The failures that count.
    pub failures: u32,
    /// Where time steps begin.
    pub t0: u64,
    /// Seconds until the next attempt, 0 if it may be made now.
    pub wait_seconds: u64,
    /// The drift of a token's clock, in time steps.
    pub drift: i32,
    /// 1 if only the help desk can help, else 0.
    pub locked: u32,
    /// How many recovery codes are left.
    pub recovery_codes_left: u32,
    /// How many times a valid temporary code can be used; 0 if there is none.
    pub temporary_uses_left: u32,
    /// The last second of the temporary code; 0 if there is none.
    pub temporary_expiry: i64,
    /// The first valid second; 0 is no bound.
    pub not_before: i64,
    /// The last valid second; 0 is no bound.
    pub not_after: i64,
    /// The last second in which a pending authenticator can be confirmed; 0 is no bound.
    pub confirm_by: i64,
    /// 1 if the secret has less than 16 bytes, else 0.
    pub weak_secret: u32,
    /// The key that sealed the record.
    pub key_id: u32,
    /// 1 if that is not the primary key any more, else 0.
    pub needs_reseal: u32,
    /// 0.
    pub reserved: u32,
    /// 0.
    pub reserved2: [u64; 2],
}

/// A login try, or a change of the help desk. The caller owns it; there is nothing to free. Set `struct_size`, and wipe it
/// with `poterne_wipe` when done. Do not copy it: a copy could be spent twice.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct poterne_attempt {
    /// `sizeof(poterne_attempt)`.
    pub struct_size: u32,
    /// 0.
    pub reserved: u32,
    /// The length of `record`, without its NUL.
    pub record_len: u32,
    /// 1 if the record is to be stored, else 0.
    pub changed: u32,
    /// The record to store, NUL-terminated.
    pub record: [std::ffi::c_char; 512],
    /// The verdict, for `poterne_outcome` alone.
    pub opaque: [u8; 256],
}

/// An authenticator application.
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
/// Enrolled, not confirmed yet.
pub const POTERNE_STATE_PENDING: u32 = 0;
/// In use.
pub const POTERNE_STATE_ACTIVE: u32 = 1;
/// The authenticator is out of use; recovery and temporary codes work.
pub const POTERNE_STATE_SUSPENDED: u32 = 2;
/// Ended.
pub const POTERNE_STATE_REVOKED: u32 = 3;
/// A one-time password of the authenticator.
pub const POTERNE_METHOD_OTP: u32 = 1;
/// A recovery code, which is spent.
pub const POTERNE_METHOD_RECOVERY_CODE: u32 = 2;
/// A temporary code of the help desk.
pub const POTERNE_METHOD_TEMPORARY_CODE: u32 = 3;

/// A structure that begins with its size, has no padding, and may grow at its end.
///
/// # Safety
/// `repr(C)`, plain integers without padding, the first a `u32`; `FIRST` is at least 8.
pub(crate) unsafe trait Sized32: Copy + Default {
    /// Its size on the first day of this generation of the interface: no header states less.
    const FIRST: usize;
}

// SAFETY: 8 u32, 2 u64, 3 i64, in this order: 72 bytes without padding.
unsafe impl Sized32 for poterne_parameters {
    const FIRST: usize = 72;
}
// SAFETY: 4 u32, u64, 2 u32: 32 bytes without padding.
unsafe impl Sized32 for poterne_imported {
    const FIRST: usize = 32;
}
// SAFETY: 4 u32, u64, 2 i32, u64, 2 u32, 2 u64: 64 bytes without padding.
unsafe impl Sized32 for poterne_result {
    const FIRST: usize = 64;
}
// SAFETY: 8 u32, 2 u64, 4 u32, 4 i64, 4 u32, 2 u64: 128 bytes without padding.
unsafe impl Sized32 for poterne_status {
    const FIRST: usize = 128;
}

const _: () = assert!(
    size_of::<poterne_parameters>() == 72
        && size_of::<poterne_imported>() == 32
        && size_of::<poterne_result>() == 64
        && size_of::<poterne_status>() == 128
        && size_of::<poterne_attempt>() == 784
);

/// The size that the caller states of a structure that may grow: from its first one to twice ours, which is the room that a
/// later version has. Less is no structure of any version, such as the size of a pointer; whatever is more would let a wrong
/// number write over the caller's other memory.
///
/// # Safety
/// Not null, `pointer` points to a readable u32.
pub(crate) unsafe fn growing_size<T: Sized32>(pointer: *const T) -> Result<usize, Failure> {
    // SAFETY: the caller's promise.
    let size = unsafe { stated_size(pointer)? };
    if (T::FIRST..=2 * size_of::<T>()).contains(&size) { Ok(size) } else { Err(Failure(POTERNE_E_VERSION)) }
}

/// Checks the size of a structure that never grows.
///
/// # Safety
/// As [`growing_size`].
pub(crate) unsafe fn fixed_size<T>(pointer: *const T) -> Result<(), Failure> {
    // SAFETY: the caller's promise.
    let size = unsafe { stated_size(pointer)? };
    if size == size_of::<T>() { Ok(()) } else { Err(Failure(POTERNE_E_VERSION)) }
}

/// # Safety
/// As [`growing_size`].
unsafe fn stated_size<T>(pointer: *const T) -> Result<usize, Failure> {
    if pointer.is_null() {
        return Err(Failure(POTERNE_E_NULL));
    }
    // SAFETY: not null, and the caller's promise.
    let size = unsafe { pointer.cast::<u32>().read_unaligned() };
    usize::try_from(size).map_err(|_| Failure(POTERNE_E_VERSION))
}

/// Copies a structure in: what the caller does not have yet is 0; what it has beyond ours must be 0.
///
/// # Safety
/// Not null, `pointer` points to as many readable bytes as its first u32 says.
pub(crate) unsafe fn read<T: Sized32>(pointer: *const T) -> Result<T, Failure> {
    // SAFETY: the caller's promise.
    let size = unsafe { growing_size(pointer)? };
    if size == size_of::<T>() {
        // SAFETY: the caller's promise, for `size` bytes; every pattern of bits is a value of the plain integers of a `T`.
        return Ok(unsafe { pointer.read_unaligned() });
    }
    // SAFETY: the caller's promise, for `size` bytes.
    let given = unsafe { std::slice::from_raw_parts(pointer.cast::<u8>(), size) };
    let (known, beyond) = given.split_at(size.min(size_of::<T>()));
    if beyond.iter().any(|byte| *byte != 0) {
        return Err(Failure(POTERNE_E_VERSION));
    }
    let mut value = T::default();
    // SAFETY: `value` is plain integers without padding, and `known` is no longer than it.
    unsafe {
        std::ptr::copy_nonoverlapping(
            known.as_ptr(),
            std::ptr::from_mut(&mut value).cast::<u8>(),
            known.len(),
        );
    }
    Ok(value)
}

/// Copies a structure out, never beyond the size that the caller states, which stays. What the caller has beyond ours becomes
/// 0: a later header's fields, at their default.
///
/// # Safety
/// Not null, `pointer` points to as many writable bytes as its first u32 says.
pub(crate) unsafe fn write<T: Sized32>(pointer: *mut T, value: &T) -> Result<(), Failure> {
    // SAFETY: the caller's promise.
    let size = unsafe { growing_size(pointer)? };
    let len = size.min(size_of::<T>());
    // SAFETY: `value` is plain integers without padding; the first 4 bytes, the size, are left as they are.
    unsafe {
        let from = std::ptr::from_ref(value).cast::<u8>();
        std::ptr::copy_nonoverlapping(from.add(4), pointer.cast::<u8>().add(4), len.saturating_sub(4));
        pointer.cast::<u8>().add(len).write_bytes(0, size - len);
    }
    Ok(())
}

impl poterne_parameters {
    /// Ours, and for the time-based the bounds of the bare layer.
    pub(crate) fn to_parameters(self) -> Result<Parameters, Failure> {
        if self == (Self { struct_size: self.struct_size, ..Self::default() }) {
            // What most callers pass, and half of what the boundary adds to a bare match.
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
        parameters = parameters.with_authenticator(match self.authenticator {
            0 | POTERNE_APP => Authenticator::App,
            POTERNE_TOKEN => Authenticator::Token,
            _ => return Err(wrong),
        });
        parameters = parameters.with_algorithm(match self.algorithm {
            0 | POTERNE_SHA1 => Algorithm::Sha1,
            POTERNE_SHA256 => Algorithm::Sha256,
            POTERNE_SHA512 => Algorithm::Sha512,
            _ => return Err(wrong),
        });
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

    /// Theirs.
    pub(crate) fn from_parameters(parameters: &Parameters) -> Self {
        let (moving_factor, time_step, t0) = moving_factor(parameters.moving_factor());
        Self {
            authenticator: authenticator(parameters.authenticator()),
            moving_factor,
            algorithm: algorithm(parameters.algorithm()),
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

impl poterne_status {
    pub(crate) fn from_status(status: &Status) -> Self {
        let (moving_factor, time_step, t0) = moving_factor(status.moving_factor());
        let temporary = status.temporary_code();
        Self {
            state: match status.state() {
                State::Pending => POTERNE_STATE_PENDING,
                State::Active => POTERNE_STATE_ACTIVE,
                State::Suspended => POTERNE_STATE_SUSPENDED,
                State::Revoked => POTERNE_STATE_REVOKED,
            },
            authenticator: authenticator(status.authenticator()),
            moving_factor,
            algorithm: algorithm(status.algorithm()),
            digits: digits(status.digits()),
            time_step,
            failures: status.failures(),
            t0,
            wait_seconds: status.wait_seconds(),
            drift: status.drift().into(),
            locked: status.is_locked().into(),
            recovery_codes_left: status.recovery_codes_left(),
            temporary_uses_left: temporary.map(|code| code.uses_left()).unwrap_or_default(),
            temporary_expiry: unbound(temporary.map(|code| code.expiry())),
            not_before: unbound(status.not_before()),
            not_after: unbound(status.not_after()),
            confirm_by: unbound(status.confirm_by()),
            weak_secret: status.is_secret_weak().into(),
            key_id: status.key_id(),
            needs_reseal: status.needs_reseal().into(),
            ..Self::default()
        }
    }
}

impl poterne_result {
    /// A verdict; of a change, without anything but its status.
    pub(crate) fn from_outcome(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Accepted(accepted) => Self::from_accepted(accepted),
            Outcome::Confirmed(confirmed) => Self {
                status: POTERNE_CONFIRMED,
                moving_factor: confirmed.moving_factor(),
                drift: confirmed.drift().into(),
                ..Self::default()
            },
            Outcome::Resynchronized(resynchronized) => Self {
                status: POTERNE_RESYNCHRONIZED,
                moving_factor: resynchronized.moving_factor(),
                drift: resynchronized.drift().into(),
                ..Self::default()
            },
            Outcome::Refused(refusal) => Self::from_refusal(*refusal),
        }
    }

    pub(crate) fn from_refusal(refusal: Refusal) -> Self {
        let mut result = Self { status: refusal.number(), ..Self::default() };
        match refusal {
            Refusal::Wait { seconds } => result.wait_seconds = seconds,
            Refusal::ClockOff { steps } => result.clock_off_steps = i32::try_from(steps).unwrap_or_default(),
            _ => {}
        }
        result
    }

    pub(crate) fn changed() -> Self {
        Self { status: POTERNE_CHANGED, ..Self::default() }
    }

    fn from_accepted(accepted: &Accepted) -> Self {
        Self {
            status: POTERNE_OK,
            method: u32::try_from(accepted.method().number()).unwrap_or_default(),
            recovery_codes_left: accepted.recovery_codes_left(),
            moving_factor: accepted.moving_factor().unwrap_or_default(),
            drift: accepted.drift().into(),
            failures_before: accepted.failures_before(),
            ..Self::default()
        }
    }
}

fn moving_factor(factor: MovingFactor) -> (u32, u32, u64) {
    match factor {
        MovingFactor::Counter => (POTERNE_COUNTER, 0, 0),
        MovingFactor::Time(steps) => (POTERNE_TIME, steps.time_step(), steps.t0().as_secs()),
    }
}

fn authenticator(authenticator: Authenticator) -> u32 {
    match authenticator {
        Authenticator::App => POTERNE_APP,
        Authenticator::Token => POTERNE_TOKEN,
    }
}

fn algorithm(algorithm: Algorithm) -> u32 {
    match algorithm {
        Algorithm::Sha256 => POTERNE_SHA256,
        Algorithm::Sha512 => POTERNE_SHA512,
        _ => POTERNE_SHA1,
    }
}

fn digits(digits: Digits) -> u32 {
    u32::try_from(digits.as_usize()).unwrap_or_default()
}

/// A bound; 0 is none.
fn bound(seconds: i64) -> Result<Option<UnixTime>, Failure> {
    if seconds == 0 { Ok(None) } else { Ok(Some(UnixTime::from_secs(seconds)?)) }
}

fn unbound(time: Option<UnixTime>) -> i64 {
    time.and_then(|time| i64::try_from(time.as_secs()).ok()).unwrap_or_default()
}
