//! Login in one call
//!
//! Loads, verifies, swaps and returns the verdict.

use std::ffi::c_char;

use poterne::{Accepted, Denied, Method, Refusal, Step, Steps, UnixTime, Verifier};

use crate::answer::Answered;
use crate::guard::{Answer, Chars, Failure, guard, same_numbers, shared, submission, text, time};
use crate::structs;
use crate::table::{Callbacks, Loaded, poterne_store};
use crate::verifier::poterne_verifier;

/// A one-time password of the authenticator.
pub const POTERNE_METHOD_OTP: u32 = 1;
/// A recovery code. It is spent.
pub const POTERNE_METHOD_RECOVERY_CODE: u32 = 2;
/// A temporary code of the help desk.
pub const POTERNE_METHOD_TEMPORARY_CODE: u32 = 3;

/// The outcome of an attempt.
#[derive(Clone, Copy, Default)]
#[repr(C)]
pub struct poterne_result {
    /// `sizeof(poterne_result)`.
    pub struct_size: u32,
    /// The status that the call returned.
    pub status: i32,
    /// After a login: `POTERNE_METHOD_OTP`, `POTERNE_METHOD_RECOVERY_CODE` or `POTERNE_METHOD_TEMPORARY_CODE`; otherwise 0.
    pub method: u32,
    /// After a login: the number of recovery codes that are left.
    pub recovery_codes_left: u32,
    /// The absolute counter or time step of the OTP; after a resynchronization that of the second OTP; otherwise 0.
    pub moving_factor: u64,
    /// The drift of a token's clock, in time steps.
    pub drift: i32,
    /// With `POTERNE_REFUSED_CLOCK_OFF`: the difference in time steps. It is negative if the phone is slow.
    pub clock_off_steps: i32,
    /// With `POTERNE_REFUSED_WAIT`: the seconds until the next attempt.
    pub wait_seconds: u64,
    /// After a login: the number of refused attempts since the last login with a one-time password, at most 255. Show it to the
    /// user.
    pub failures_before: u32,
    /// Reserved: 0.
    pub reserved: u32,
    /// Reserved: 0.
    pub reserved2: [u64; 2],
}

/// Logs a user in: loads, verifies and swaps. After a conflict it starts again, at most three times in all. It fails closed.
///
/// This thread calls the callbacks, and only during this call.
///
/// @param account,account_len the account's name as it is stored; 1 to 255 bytes, or a field of at most 511 bytes padded with
///     spaces
/// @param submitted,submitted_len the text that the user submitted, unchanged
/// @param now Unix seconds, or `POTERNE_NOW`
/// @param result the outcome, with its `struct_size` set; may be NULL
/// @return `POTERNE_OK`: a login. Anything else lets nobody in. `POTERNE_REFUSED_WAIT`, `POTERNE_REFUSED_LOCKED`,
///     `POTERNE_REFUSED_WRONG_CODE`, `POTERNE_REFUSED_REPLAYED`, `POTERNE_REFUSED_MALFORMED`, `POTERNE_REFUSED_PENDING`,
///     `POTERNE_REFUSED_REVOKED`, `POTERNE_REFUSED_NOT_YET_VALID`, `POTERNE_REFUSED_EXPIRED`, `POTERNE_REFUSED_CLOCK_BEHIND`,
///     `POTERNE_REFUSED_NOT_ENROLLED`, `POTERNE_REFUSED_SUSPENDED`: refused; show `poterne_message_to_user`.
///     `POTERNE_REFUSED_CONFLICT`: others kept writing the record; the user may try again. `POTERNE_E_STORE`: a callback returned a
///     value that it must not return, or said that the database is unavailable. `POTERNE_E_ROWS`: a swap updated neither 0 nor 1
///     row; correct it. `POTERNE_E_RECORD`, `POTERNE_E_UNKNOWN_KEY`, `POTERNE_E_RECORD_FORMAT`, `POTERNE_E_ARGUMENT`,
///     `POTERNE_E_TIME`, `POTERNE_E_COUNTER`, `POTERNE_E_RANDOM`, `POTERNE_E_UTF8`, `POTERNE_E_VERSION`, `POTERNE_E_NULL`,
///     `POTERNE_E_INTERNAL`.
/// @since 0.1
///
/// # Safety
/// Handles are live, texts have their lengths, structures the size that they state; the callbacks keep to their contracts.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_login(
    verifier: *const poterne_verifier,
    store: *const poterne_store,
    account: *const c_char,
    account_len: usize,
    submitted: *const c_char,
    submitted_len: usize,
    now: i64,
    result: *mut poterne_result,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        unsafe {
            check_result(result)?;
            report(result, login(verifier, store, (account, account_len), (submitted, submitted_len), now))
        }
    })
}

/// # Safety
/// As [`poterne_login`].
unsafe fn login(
    verifier: *const poterne_verifier,
    store: *const poterne_store,
    account: Chars,
    given: Chars,
    now: i64,
) -> Result<poterne_result, Failure> {
    // SAFETY: the caller's promise.
    unsafe {
        let verifier = shared(verifier)?.get()?;
        let mut table = Callbacks::new(store, account)?;
        let (account, submitted, now) = (text(account)?, submission(given)?, time(now)?);
        log_in(verifier, &mut table, account, submitted, now)
    }
}

/// Logs in, with Rust arguments.
pub(crate) fn log_in(
    verifier: &Verifier,
    table: &mut Callbacks<'_>,
    account: &str,
    submitted: &str,
    now: UnixTime,
) -> Result<poterne_result, Failure> {
    let mut steps = Steps::<Accepted, Denied, Loaded>::new();
    loop {
        match steps.step() {
            Step::Load => {
                let record = table.load()?;
                steps.loaded(Some(record), |record| {
                    verifier.credential(account, record)?.verify(submitted, now)
                })?;
            }
            Step::Swap { old, new } => {
                let rows = table.swap(Some(old), new.as_str())?;
                steps.swapped(rows)?;
            }
            Step::Done => return poterne_result::from_outcome(steps.outcome()),
        }
    }
}

/// Checks the size of a result before anything is spent for a result that cannot be written. On failure the result's status says so
/// as well: its former status may be a login.
///
/// # Safety
/// Not null, `pointer` points to a writable result of the size that it states, 8 bytes at least.
pub(crate) unsafe fn check_result(pointer: *mut poterne_result) -> Result<(), Failure> {
    if pointer.is_null() {
        return Ok(());
    }
    // SAFETY: not null, and the caller's promise.
    unsafe {
        structs::growing_size(pointer)
            .map(drop)
            .inspect_err(|Failure(status)| (&raw mut (*pointer).status).write_unaligned(*status))
    }
}

/// Writes a result, or zeros for a failure, and returns the status.
///
/// # Safety
/// Not null, `pointer` points to a writable result of the size that it states.
pub(crate) unsafe fn report(
    pointer: *mut poterne_result,
    outcome: Result<poterne_result, Failure>,
) -> Answer {
    let result = match outcome {
        Ok(result) => result,
        Err(Failure(status)) => poterne_result { status, ..Default::default() },
    };
    if !pointer.is_null() {
        // SAFETY: the caller's promise.
        unsafe { structs::write(pointer, &result)? };
    }
    Ok(result.status)
}

impl poterne_result {
    pub(crate) const EMPTY: Self = Self {
        struct_size: 0,
        status: 0,
        method: 0,
        recovery_codes_left: 0,
        moving_factor: 0,
        drift: 0,
        clock_off_steps: 0,
        wait_seconds: 0,
        failures_before: 0,
        reserved: 0,
        reserved2: [0; 2],
    };

    /// Converts a verdict. A change has nothing but its status.
    pub(crate) fn from_outcome<T: Answered>(outcome: Result<T, Denied>) -> Result<Self, Failure> {
        match outcome {
            Ok(answer) => Ok(answer.result()),
            Err(Denied::Refused(refusal)) => Ok(Self::from_refusal(refusal)),
            Err(Denied::Error(error)) => Err(error.into()),
        }
    }

    pub(crate) fn from_refusal(refusal: Refusal) -> Self {
        let mut result = Self { status: refusal.number(), ..Self::EMPTY };
        match refusal {
            Refusal::Wait { seconds } => result.wait_seconds = seconds,
            Refusal::ClockOff { steps } => result.clock_off_steps = i32::try_from(steps).unwrap_or_default(),
            _ => {}
        }
        result
    }
}

same_numbers! {
    Method:
    Method::Otp => POTERNE_METHOD_OTP,
    Method::RecoveryCode => POTERNE_METHOD_RECOVERY_CODE,
    Method::TemporaryCode => POTERNE_METHOD_TEMPORARY_CODE,
}
