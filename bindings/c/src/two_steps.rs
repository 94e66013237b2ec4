//! Login in two steps
//!
//! The same without callbacks, for every language. `poterne_verify` gives the record to store; the program stores it and commits;
//! `poterne_outcome` returns the verdict. After `POTERNE_REFUSED_CONFLICT`, load again and start over, at most three times in all.

use std::ffi::c_char;

use crate::attempt::{self, OnRecord, apart};
use crate::guard::{Output, guard, submission, time};
use crate::login::{check_result, poterne_result, report};
use crate::status::POTERNE_OK;
use crate::verifier::poterne_verifier;

/// The size of a buffer that holds all codes of `poterne_codes`: 10 of 15 characters, line feeds between them, and a NUL.
pub const POTERNE_CODES_MAX: usize = 160;

/// A login attempt, or a change by the help desk. The caller owns it; there is nothing to free. Initialize it with
/// `POTERNE_ATTEMPT_INIT`, and wipe it with `poterne_wipe` when done. Do not copy it: a copy could be spent twice.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct poterne_attempt {
    /// `sizeof(poterne_attempt)`.
    pub struct_size: u32,
    /// Must be 0.
    pub reserved: u32,
    /// The length of `record`, without its NUL.
    pub record_len: u32,
    /// 1 if the record must be stored, otherwise 0.
    pub changed: u32,
    /// The record to store, NUL-terminated. If nothing changed, it is the given record.
    pub record: [c_char; 512],
    /// The verdict, for `poterne_outcome` only.
    pub opaque: [u8; 256],
}

/// First step of a login: checks what the user submitted, and gives the record to store. `poterne_outcome` returns the verdict.
///
/// @param record,record_len the stored record; NULL or empty if there is no row
/// @param account,account_len the account's name as it is stored
/// @param submitted,submitted_len the text that the user submitted, unchanged
/// @param now Unix seconds, or `POTERNE_NOW`
/// @param attempt is filled; set its `struct_size` first
/// @return `POTERNE_STORE`: store the record, then call `poterne_outcome`. `POTERNE_REFUSED_WAIT`, `POTERNE_REFUSED_LOCKED`,
///     `POTERNE_REFUSED_WRONG_CODE`, `POTERNE_REFUSED_REPLAYED`, `POTERNE_REFUSED_MALFORMED`, `POTERNE_REFUSED_PENDING`,
///     `POTERNE_REFUSED_REVOKED`, `POTERNE_REFUSED_NOT_YET_VALID`, `POTERNE_REFUSED_EXPIRED`,
///     `POTERNE_REFUSED_CLOCK_BEHIND`, `POTERNE_REFUSED_NOT_ENROLLED`, `POTERNE_REFUSED_SUSPENDED`: refused, and there is
///     nothing to store; `poterne_outcome` says the same. Never 0. `POTERNE_E_RECORD`, `POTERNE_E_UNKNOWN_KEY`,
///     `POTERNE_E_RECORD_FORMAT`, `POTERNE_E_ARGUMENT`, `POTERNE_E_TIME`, `POTERNE_E_COUNTER`, `POTERNE_E_RANDOM`,
///     `POTERNE_E_UTF8`, `POTERNE_E_VERSION`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`.
/// @since 0.1
///
/// # Safety
/// As `poterne_enroll`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_verify(
    verifier: *const poterne_verifier,
    record: *const c_char,
    record_len: usize,
    account: *const c_char,
    account_len: usize,
    submitted: *const c_char,
    submitted_len: usize,
    now: i64,
    attempt: *mut poterne_attempt,
) -> i32 {
    guard(|| {
        let given = (submitted, submitted_len);
        let on = OnRecord(attempt, verifier, (record, record_len), (account, account_len));
        // SAFETY: the caller's promise.
        unsafe {
            on.fill(|credential| Ok(credential.verify(submission(apart(attempt, given)?)?, time(now)?)?))
        }
    })
}

/// Takes the number of rows that the committed swap updated, and returns the verdict. This spends the attempt, unless the size of
/// `result` is wrong.
///
/// First store the record of the attempt in a transaction of its own and COMMIT, whatever the verdict will be: `UPDATE ... SET
/// record = :new WHERE account = :account AND record = :old`. If the commit failed, or its answer was lost, pass 0 rows. If
/// `changed` of the attempt is 0, there is nothing to store, and `rows_updated` is ignored.
///
/// The caller keeps the attempt; wipe it with `poterne_wipe`. If several threads ask for the outcome of one attempt at the same
/// time, each with a `result` of its own, one gets the verdict and the others get `POTERNE_E_ATTEMPT`.
///
/// @param attempt filled by `poterne_verify`, or by another call that returned `POTERNE_STORE` or a refusal
/// @param rows_updated 1, or 0 for a conflict
/// @param result the outcome, with its `struct_size` set; may be NULL, since the status is enough
/// @return `POTERNE_OK`: a login. `POTERNE_CONFIRMED`, `POTERNE_RESYNCHRONIZED`, `POTERNE_CHANGED`: done, not a login.
///     `POTERNE_REFUSED_...`: refused. `POTERNE_E_ROWS`: neither 0 nor 1 row, the swap is wrong. `POTERNE_E_ATTEMPT`: already
///     spent, or never filled. `POTERNE_E_NULL`, `POTERNE_E_VERSION`, `POTERNE_E_INTERNAL`.
/// @since 0.1
///
/// # Safety
/// The pointers are null or point to structures of the size that they state.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_outcome(
    attempt: *mut poterne_attempt,
    rows_updated: i64,
    result: *mut poterne_result,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        unsafe {
            check_result(result)?;
            report(result, attempt::outcome(attempt, rows_updated))
        }
    })
}

/// Gives the codes that a confirmation or a change has issued, to show now: recovery codes with a line feed between them, or one
/// temporary code, each of the form XXXXX-XXXX-XXXX. Call it only after `poterne_outcome` returned `POTERNE_CONFIRMED` or
/// `POTERNE_CHANGED`, and before the attempt is wiped.
///
/// @param attempt the attempt, as `poterne_outcome` left it
/// @param out,cap,len a buffer, `POTERNE_CODES_MAX` is enough; empty after a change that issues none
/// @return `POTERNE_OK`, `POTERNE_E_ATTEMPT` (the outcome was not asked for before, or is neither a confirmation nor a change),
///     `POTERNE_E_BUFFER`, `POTERNE_E_NULL`, `POTERNE_E_VERSION`, `POTERNE_E_ARGUMENT`, `POTERNE_E_INTERNAL`
/// @since 0.1
///
/// # Safety
/// As `poterne_outcome`; `out` points to `cap` writable bytes.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_codes(
    attempt: *const poterne_attempt,
    out: *mut c_char,
    cap: usize,
    len: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        unsafe {
            let output = Output::new(out.cast(), cap, len)?;
            output.write(attempt::codes(attempt)?)?;
            Ok(POTERNE_OK)
        }
    })
}
