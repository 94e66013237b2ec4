//! Help desk
//!
//! Every change takes the stored record and fills an attempt, as `poterne_verify` does, and shares its parameters. Call it in the
//! callback of `poterne_apply`, or in two steps. None of these calls is a login.

use std::ffi::c_char;

use poterne::{CodeSet, MissingAuthenticator, Status};

use crate::attempt::{OnRecord, apart};
use crate::enrollment::{digits, moving_factor, unbound};
use crate::guard::{guard, numbered, same_numbers, shared, text, time};
use crate::status::POTERNE_OK;
use crate::structs;
use crate::two_steps::poterne_attempt;
use crate::verifier::poterne_verifier;

/// Keep the authenticator as it is: the user forgot it at home.
pub const POTERNE_KEEP: u32 = 1;
/// Suspend the authenticator: it was lost or stolen.
pub const POTERNE_SUSPEND: u32 = 2;

/// The recovery codes.
pub const POTERNE_CODES_RECOVERY: u32 = 1;
/// The temporary code.
pub const POTERNE_CODES_TEMPORARY: u32 = 2;
/// Both.
pub const POTERNE_CODES_BOTH: u32 = 3;

/// The status of a credential, for the help desk.
#[derive(Clone, Copy, Default)]
#[repr(C)]
pub struct poterne_inspection {
    /// `sizeof(poterne_inspection)`.
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
    /// The time from which steps are counted.
    pub t0: u64,
    /// Seconds until the next attempt, 0 if it may be made now.
    pub wait_seconds: u64,
    /// The drift of a token's clock, in time steps.
    pub drift: i32,
    /// 1 if the credential is locked, so that only the help desk can unlock it; otherwise 0.
    pub locked: u32,
    /// The number of recovery codes that are left.
    pub recovery_codes_left: u32,
    /// How many times a valid temporary code can be used; 0 if there is none.
    pub temporary_uses_left: u32,
    /// The last second of the temporary code; 0 if there is none.
    pub temporary_expiry: i64,
    /// The first valid second; 0 means no limit.
    pub not_before: i64,
    /// The last valid second; 0 means no limit.
    pub not_after: i64,
    /// The last second in which a pending authenticator can be confirmed; 0 means no limit.
    pub confirm_by: i64,
    /// 1 if the secret has fewer than 16 bytes, otherwise 0.
    pub weak_secret: u32,
    /// The id of the key that sealed the record.
    pub key_id: u32,
    /// 1 if that key is no longer the primary one, otherwise 0.
    pub needs_reseal: u32,
    /// Reserved: 0.
    pub reserved: u32,
    /// Reserved: 0.
    pub reserved2: [u64; 2],
}

/// Gives the status of a credential, for the help desk. It never holds the secret, the counter, the watermark or a date of use.
///
/// @param inspection is filled; set its `struct_size` first. Zeros on failure
/// @return `POTERNE_OK`. `POTERNE_E_STATE`: the account has no record. `POTERNE_E_RECORD`, `POTERNE_E_UNKNOWN_KEY`,
///     `POTERNE_E_RECORD_FORMAT`, `POTERNE_E_ARGUMENT`, `POTERNE_E_TIME`, `POTERNE_E_UTF8`, `POTERNE_E_VERSION`, `POTERNE_E_NULL`,
///     `POTERNE_E_INTERNAL`.
/// @since 0.1
///
/// # Safety
/// As `poterne_enroll`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_inspect(
    verifier: *const poterne_verifier,
    record: *const c_char,
    record_len: usize,
    account: *const c_char,
    account_len: usize,
    now: i64,
    inspection: *mut poterne_inspection,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        unsafe {
            structs::write(inspection, &poterne_inspection::default())?;
            let (record, account) = (text((record, record_len))?, text((account, account_len))?);
            let credential = shared(verifier)?.get()?.credential(account, Some(record))?;
            let seen = credential.inspect(time(now)?)?;
            structs::write(inspection, &poterne_inspection::from_status(&seen))?;
        }
        Ok(POTERNE_OK)
    })
}

/// Clears the failures: the account is no longer locked and does not have to wait.
///
/// @return `POTERNE_STORE`: store the record, then call `poterne_outcome`. `POTERNE_E_STATE`: the account has no record, or it is
///     revoked. `POTERNE_E_RECORD`, `POTERNE_E_UNKNOWN_KEY`, `POTERNE_E_RECORD_FORMAT`, `POTERNE_E_ARGUMENT`,
///     `POTERNE_E_RANDOM`, `POTERNE_E_UTF8`, `POTERNE_E_VERSION`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`.
/// @since 0.1
///
/// # Safety
/// As `poterne_enroll`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_unlock(
    verifier: *const poterne_verifier,
    record: *const c_char,
    record_len: usize,
    account: *const c_char,
    account_len: usize,
    attempt: *mut poterne_attempt,
) -> i32 {
    guard(|| {
        let on = OnRecord(attempt, verifier, (record, record_len), (account, account_len));
        // SAFETY: the caller's promise.
        unsafe { on.fill(|credential| Ok(credential.unlock()?)) }
    })
}

/// Issues 1 to 10 recovery codes. They replace the former ones. Each works once, even while the account is locked or has to wait.
/// Once `poterne_outcome` has returned `POTERNE_CHANGED`, `poterne_codes` gives the codes.
///
/// @return as `poterne_unlock`
/// @since 0.1
///
/// # Safety
/// As `poterne_enroll`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_recovery_codes(
    verifier: *const poterne_verifier,
    record: *const c_char,
    record_len: usize,
    account: *const c_char,
    account_len: usize,
    count: u32,
    attempt: *mut poterne_attempt,
) -> i32 {
    guard(|| {
        let on = OnRecord(attempt, verifier, (record, record_len), (account, account_len));
        // SAFETY: the caller's promise.
        unsafe { on.fill(|credential| Ok(credential.recovery_codes(count)?)) }
    })
}

/// Issues a temporary code, as `poterne_recovery_codes` does. It replaces the former one, works even while the account is locked or
/// has to wait, and leaves the failures as they are.
///
/// @param expiry its last second, at most 30 days from now; 0: 24 hours
/// @param uses 1 to 50; 0: 1
/// @param missing_authenticator `POTERNE_SUSPEND` (lost or stolen) or `POTERNE_KEEP` (forgotten at home)
/// @return as `poterne_unlock`; `POTERNE_E_TIME`
/// @since 0.1
///
/// # Safety
/// As `poterne_enroll`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_temporary_code(
    verifier: *const poterne_verifier,
    record: *const c_char,
    record_len: usize,
    account: *const c_char,
    account_len: usize,
    expiry: i64,
    uses: u32,
    missing_authenticator: u32,
    now: i64,
    attempt: *mut poterne_attempt,
) -> i32 {
    guard(|| {
        let on = OnRecord(attempt, verifier, (record, record_len), (account, account_len));
        // SAFETY: the caller's promise.
        unsafe {
            on.fill(|credential| {
                let missing = numbered(missing_authenticator, MissingAuthenticator::from_number)?;
                let expiry = if expiry == 0 { None } else { Some(time(expiry)?) };
                let uses = if uses == 0 { 1 } else { uses };
                let now = time(now)?;
                Ok(credential.temporary_code(expiry, uses, missing, now)?)
            })
        }
    })
}

/// Ends the recovery codes, the temporary code, or both. Use it when they were lost with the phone or told to the wrong person.
///
/// @param codes `POTERNE_CODES_RECOVERY`, `POTERNE_CODES_TEMPORARY` or `POTERNE_CODES_BOTH`
/// @return as `poterne_unlock`
/// @since 0.1
///
/// # Safety
/// As `poterne_enroll`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_end_codes(
    verifier: *const poterne_verifier,
    record: *const c_char,
    record_len: usize,
    account: *const c_char,
    account_len: usize,
    codes: u32,
    attempt: *mut poterne_attempt,
) -> i32 {
    guard(|| {
        let on = OnRecord(attempt, verifier, (record, record_len), (account, account_len));
        // SAFETY: the caller's promise.
        unsafe {
            on.fill(|credential| {
                let codes = numbered(codes, CodeSet::from_number)?;
                Ok(credential.end_codes(codes)?)
            })
        }
    })
}

/// Suspends the authenticator. Recovery and temporary codes still work. A second call has no further effect.
///
/// @return as `poterne_unlock`
/// @since 0.1
///
/// # Safety
/// As `poterne_enroll`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_suspend(
    verifier: *const poterne_verifier,
    record: *const c_char,
    record_len: usize,
    account: *const c_char,
    account_len: usize,
    attempt: *mut poterne_attempt,
) -> i32 {
    guard(|| {
        let on = OnRecord(attempt, verifier, (record, record_len), (account, account_len));
        // SAFETY: the caller's promise.
        unsafe { on.fill(|credential| Ok(credential.suspend()?)) }
    })
}

/// Resumes a suspended authenticator. A second call has no further effect.
///
/// @return as `poterne_unlock`
/// @since 0.1
///
/// # Safety
/// As `poterne_enroll`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_resume(
    verifier: *const poterne_verifier,
    record: *const c_char,
    record_len: usize,
    account: *const c_char,
    account_len: usize,
    attempt: *mut poterne_attempt,
) -> i32 {
    guard(|| {
        let on = OnRecord(attempt, verifier, (record, record_len), (account, account_len));
        // SAFETY: the caller's promise.
        unsafe { on.fill(|credential| Ok(credential.resume()?)) }
    })
}

/// Ends a credential: erases its secret and its codes.
///
/// @return as `poterne_unlock`
/// @since 0.1
///
/// # Safety
/// As `poterne_enroll`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_revoke(
    verifier: *const poterne_verifier,
    record: *const c_char,
    record_len: usize,
    account: *const c_char,
    account_len: usize,
    attempt: *mut poterne_attempt,
) -> i32 {
    guard(|| {
        let on = OnRecord(attempt, verifier, (record, record_len), (account, account_len));
        // SAFETY: the caller's promise.
        unsafe { on.fill(|credential| Ok(credential.revoke()?)) }
    })
}

/// Moves the credential to another account name. Its recovery and temporary codes move along: issue new ones before you hand out a
/// token that came back. Store the record in the row of the new name: `UPDATE ... SET account = :new_account, record = :record
/// WHERE account = :account AND record = :old`.
///
/// @return as `poterne_unlock`
/// @since 0.1
///
/// # Safety
/// As `poterne_enroll`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_rename(
    verifier: *const poterne_verifier,
    record: *const c_char,
    record_len: usize,
    account: *const c_char,
    account_len: usize,
    new_account: *const c_char,
    new_account_len: usize,
    attempt: *mut poterne_attempt,
) -> i32 {
    guard(|| {
        let on = OnRecord(attempt, verifier, (record, record_len), (account, account_len));
        // SAFETY: the caller's promise.
        unsafe {
            on.fill(|credential| {
                Ok(credential.rename(text(apart(attempt, (new_account, new_account_len))?)?)?)
            })
        }
    })
}

/// Seals the same credential under the primary key.
///
/// @return as `poterne_unlock`
/// @since 0.1
///
/// # Safety
/// As `poterne_enroll`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_reseal(
    verifier: *const poterne_verifier,
    record: *const c_char,
    record_len: usize,
    account: *const c_char,
    account_len: usize,
    attempt: *mut poterne_attempt,
) -> i32 {
    guard(|| {
        let on = OnRecord(attempt, verifier, (record, record_len), (account, account_len));
        // SAFETY: the caller's promise.
        unsafe { on.fill(|credential| Ok(credential.reseal()?)) }
    })
}

/// Erases traces of use that are no longer needed. Run it on all records every night. Then the record of an app does not reveal
/// when its user last logged in.
///
/// @return as `poterne_unlock`; `POTERNE_E_TIME`
/// @since 0.1
///
/// # Safety
/// As `poterne_enroll`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_forget(
    verifier: *const poterne_verifier,
    record: *const c_char,
    record_len: usize,
    account: *const c_char,
    account_len: usize,
    now: i64,
    attempt: *mut poterne_attempt,
) -> i32 {
    guard(|| {
        let on = OnRecord(attempt, verifier, (record, record_len), (account, account_len));
        // SAFETY: the caller's promise.
        unsafe { on.fill(|credential| Ok(credential.forget(time(now)?)?)) }
    })
}

/// Undoes what a fast clock has written: a watermark in the future, and failures or a last use in the future. Call it on all
/// records once the clock is right. A lock that an attack has caused stays. Check this server's own clock first: if it is behind,
/// used codes would work once more.
///
/// @return as `poterne_forget`; `POTERNE_CHANGED`: there is nothing to repair and nothing to store, and `poterne_outcome` says the
///     same for any number of rows
/// @since 0.1
///
/// # Safety
/// As `poterne_enroll`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_repair_clock(
    verifier: *const poterne_verifier,
    record: *const c_char,
    record_len: usize,
    account: *const c_char,
    account_len: usize,
    now: i64,
    attempt: *mut poterne_attempt,
) -> i32 {
    guard(|| {
        let on = OnRecord(attempt, verifier, (record, record_len), (account, account_len));
        // SAFETY: the caller's promise.
        unsafe { on.fill(|credential| Ok(credential.repair_clock(time(now)?)?)) }
    })
}

impl poterne_inspection {
    pub(crate) fn from_status(status: &Status) -> Self {
        let (moving_factor, time_step, t0) = moving_factor(status.moving_factor());
        let temporary = status.temporary_code();
        Self {
            state: status.state().number().unsigned_abs(),
            authenticator: status.authenticator().number().unsigned_abs(),
            moving_factor,
            algorithm: status.algorithm().number().unsigned_abs(),
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

same_numbers! {
    MissingAuthenticator: MissingAuthenticator::Keep => POTERNE_KEEP, MissingAuthenticator::Suspend => POTERNE_SUSPEND
}
same_numbers! {
    CodeSet:
    CodeSet::Recovery => POTERNE_CODES_RECOVERY,
    CodeSet::Temporary => POTERNE_CODES_TEMPORARY,
    CodeSet::Both => POTERNE_CODES_BOTH,
}
