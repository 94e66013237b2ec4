//! Verifier
//!
//! A verifier makes and checks the records of one application. Make one when the program starts, configure it, and share it between
//! all threads.

use std::ffi::c_char;

use poterne::{Authenticator, Keyring, PolicyOption, Verifier};

use crate::guard::{Failure, free, guard, numbered, put_handle, same_numbers, set, shared, text, unique};
use crate::keyring::poterne_keyring;
use crate::status::{POTERNE_E_ARGUMENT, POTERNE_E_INTERNAL, POTERNE_E_VERSION, POTERNE_OK};

/// The generation of this interface. The soname includes it too.
pub const POTERNE_ABI: u32 = 1;

/// Makes and checks the records of one application. Functions that take a const pointer need no lock. `poterne_verifier_free` frees
/// it.
pub struct poterne_verifier(Option<Verifier>);

impl poterne_verifier {
    pub(crate) fn get(&self) -> Result<&Verifier, Failure> {
        self.0.as_ref().ok_or(Failure(POTERNE_E_INTERNAL))
    }
}

/// Makes a verifier with the default policy. It copies the keyring, which can then be freed.
///
/// @param abi `POTERNE_ABI`, as the caller was compiled: a mismatch fails here, and not at the first login
/// @param application,application_len the application's name, part of every record: the same on all servers, forever
/// @param verifier receives the new handle; NULL on failure
/// @return `POTERNE_OK`, `POTERNE_E_VERSION`, `POTERNE_E_ARGUMENT`, `POTERNE_E_UTF8`, `POTERNE_E_RANDOM`, `POTERNE_E_NULL`,
///     `POTERNE_E_INTERNAL`
/// @since 0.1
///
/// # Safety
/// `keyring` is null or a live handle; `application` points to so many bytes; `verifier` is null or writable.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_verifier_new(
    abi: u32,
    keyring: *const poterne_keyring,
    application: *const c_char,
    application_len: usize,
    verifier: *mut *mut poterne_verifier,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        unsafe {
            set(verifier, std::ptr::null_mut())?;
            if abi != POTERNE_ABI {
                return Err(Failure(POTERNE_E_VERSION));
            }
            let copy = Keyring::parse(&shared(keyring)?.0.to_text())?;
            let new = Verifier::new(copy, text((application, application_len))?)?;
            put_handle(verifier, poterne_verifier(Some(new)));
        }
        Ok(POTERNE_OK)
    })
}

/// Time steps before the present one, for an app: 0 to 10, default 1.
pub const POTERNE_OPTION_APP_STEPS_BACKWARD: i32 = 1;
/// Time steps after the present one, for an app: 0 to 10, default 1.
pub const POTERNE_OPTION_APP_STEPS_FORWARD: i32 = 2;
/// Time steps before the present one, for a hardware token: 0 to 10, default 2.
pub const POTERNE_OPTION_TOKEN_STEPS_BACKWARD: i32 = 3;
/// Time steps after the present one, for a hardware token: 0 to 10, default 1.
pub const POTERNE_OPTION_TOKEN_STEPS_FORWARD: i32 = 4;
/// Counters to try: 1 to 100, default 10.
pub const POTERNE_OPTION_LOOK_AHEAD: i32 = 5;
/// Failures that lock a credential: 1 to 100, default 20.
pub const POTERNE_OPTION_MAX_FAILURES: i32 = 6;
/// Largest difference of a token's clock, in time steps: 1 to 200, default 120.
pub const POTERNE_OPTION_MAX_DRIFT: i32 = 7;
/// Counters to try in a resynchronization: 1 to 10000, default 1000.
pub const POTERNE_OPTION_RESYNC_LOOK_AHEAD: i32 = 8;
/// Recovery codes that a confirmation issues: 0 to 10, default 8.
pub const POTERNE_OPTION_RECOVERY_CODES: i32 = 9;
/// 1: the first login with a pending authenticator confirms it. Default 0.
pub const POTERNE_OPTION_CONFIRM_AT_FIRST_LOGIN: i32 = 10;
/// 1: secrets of 10 to 15 bytes may be imported. Default 0.
pub const POTERNE_OPTION_ALLOW_SHORT_SECRET: i32 = 11;
/// 1: parameters and names that some apps do not honor may be enrolled. Default 0.
pub const POTERNE_OPTION_ALLOW_INCOMPATIBLE: i32 = 12;
/// Days within which an app must be confirmed, from its enrollment: 1 to 365, default 30.
pub const POTERNE_OPTION_CONFIRM_WITHIN_DAYS: i32 = 13;
/// Lifetime of a ticket, in seconds: 1 to 600, default 300.
pub const POTERNE_OPTION_TICKET_SECONDS: i32 = 14;

/// Sets an option of the policy. Do not call it while other threads use the verifier.
///
/// @param option one of `POTERNE_OPTION_...`
/// @return `POTERNE_OK`, `POTERNE_E_ARGUMENT` (no such option, or out of its bounds), `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
/// @since 0.1
///
/// # Safety
/// `verifier` is null or a live handle that no other thread uses.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_verifier_set(
    verifier: *mut poterne_verifier,
    option: i32,
    value: i64,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        let handle = unsafe { unique(verifier)? };
        let policy = handle.get()?.policy().with(policy_option(option)?, value)?;
        handle.0 = handle.0.take().map(|verifier| verifier.with_policy(policy));
        Ok(POTERNE_OK)
    })
}

/// Returns the value of an option of the policy.
///
/// @param value receives the value; 0 on failure
/// @return `POTERNE_OK`, `POTERNE_E_ARGUMENT`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
/// @since 0.1
///
/// # Safety
/// `verifier` is null or a live handle; `value` is null or writable.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_verifier_get(
    verifier: *const poterne_verifier,
    option: i32,
    value: *mut i64,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        unsafe {
            set(value, 0)?;
            set(value, shared(verifier)?.get()?.policy().get(policy_option(option)?))?;
        }
        Ok(POTERNE_OK)
    })
}

/// Returns the life of a time-based code under the policy: after that time, no server accepts a code that some server could accept
/// at its beginning. Wait this long before you hand a token to another user, and before you allow logins after a restored backup or
/// a database failover. By default it is 390 seconds for an app and 780 seconds for a token, with time steps of 30 seconds.
///
/// @param authenticator `POTERNE_APP` or `POTERNE_TOKEN`
/// @param time_step seconds, 30 to 120
/// @param seconds receives the life; 0 on failure
/// @return `POTERNE_OK`, `POTERNE_E_ARGUMENT`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
/// @since 0.1
///
/// # Safety
/// `verifier` is null or a live handle; `seconds` is null or writable.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_code_lifetime(
    verifier: *const poterne_verifier,
    authenticator: u32,
    time_step: u32,
    seconds: *mut u64,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        unsafe {
            set(seconds, 0)?;
            let authenticator = numbered(authenticator, Authenticator::from_number)?;
            set(seconds, shared(verifier)?.get()?.policy().code_lifetime(authenticator, time_step)?)?;
        }
        Ok(POTERNE_OK)
    })
}

/// Frees a verifier, and wipes its keys. NULL is allowed.
/// @since 0.1
///
/// # Safety
/// `verifier` is null or a handle that is not used again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_verifier_free(verifier: *mut poterne_verifier) {
    // SAFETY: the caller's promise.
    unsafe { free(verifier) }
}

fn policy_option(number: i32) -> Result<PolicyOption, Failure> {
    PolicyOption::from_number(number).ok_or(Failure(POTERNE_E_ARGUMENT))
}

same_numbers! {
    PolicyOption:
    PolicyOption::AppStepsBackward => POTERNE_OPTION_APP_STEPS_BACKWARD,
    PolicyOption::AppStepsForward => POTERNE_OPTION_APP_STEPS_FORWARD,
    PolicyOption::TokenStepsBackward => POTERNE_OPTION_TOKEN_STEPS_BACKWARD,
    PolicyOption::TokenStepsForward => POTERNE_OPTION_TOKEN_STEPS_FORWARD,
    PolicyOption::LookAhead => POTERNE_OPTION_LOOK_AHEAD,
    PolicyOption::MaxFailures => POTERNE_OPTION_MAX_FAILURES,
    PolicyOption::MaxDrift => POTERNE_OPTION_MAX_DRIFT,
    PolicyOption::ResyncLookAhead => POTERNE_OPTION_RESYNC_LOOK_AHEAD,
    PolicyOption::RecoveryCodes => POTERNE_OPTION_RECOVERY_CODES,
    PolicyOption::ConfirmAtFirstLogin => POTERNE_OPTION_CONFIRM_AT_FIRST_LOGIN,
    PolicyOption::AllowShortSecret => POTERNE_OPTION_ALLOW_SHORT_SECRET,
    PolicyOption::AllowIncompatible => POTERNE_OPTION_ALLOW_INCOMPATIBLE,
    PolicyOption::ConfirmWithinDays => POTERNE_OPTION_CONFIRM_WITHIN_DAYS,
    PolicyOption::TicketSeconds => POTERNE_OPTION_TICKET_SECONDS,
}
