//! Confirmation, and any change in one call
//!
//! The first code of an authenticator confirms it. That is not a login. These calls fill an attempt, as `poterne_verify` does, and
//! share its parameters. Call them in the callback of `poterne_apply`, which loads, swaps and starts again after a conflict, or in
//! two steps.

use std::ffi::{c_char, c_void};

use poterne::{Refusal, Replacement, Steps};

use crate::attempt::{self, OnRecord, apart};
use crate::guard::{Chars, Failure, guard, shared, submission, text, time};
use crate::login::{check_result, poterne_result, report};
use crate::status::{POTERNE_E_NULL, POTERNE_REFUSED_CONFLICT};
use crate::table::{Callbacks, poterne_store};
use crate::two_steps::poterne_attempt;
use crate::verifier::poterne_verifier;

/// Confirms a pending authenticator by its first code.
///
/// @return `POTERNE_STORE`: store the record, then call `poterne_outcome`. `POTERNE_REFUSED_NOT_PENDING`: it is confirmed
///     already. `POTERNE_REFUSED_REPLAYED`, `POTERNE_REFUSED_MALFORMED`, `POTERNE_REFUSED_WAIT`, `POTERNE_REFUSED_LOCKED`,
///     `POTERNE_REFUSED_REVOKED`, `POTERNE_REFUSED_NOT_YET_VALID`, `POTERNE_REFUSED_EXPIRED`,
///     `POTERNE_REFUSED_CLOCK_BEHIND`, `POTERNE_REFUSED_NOT_ENROLLED`: refused, and there is nothing to store. Never 0.
///     `POTERNE_E_RECORD`, `POTERNE_E_UNKNOWN_KEY`, `POTERNE_E_RECORD_FORMAT`, `POTERNE_E_ARGUMENT`, `POTERNE_E_TIME`,
///     `POTERNE_E_COUNTER`, `POTERNE_E_RANDOM`, `POTERNE_E_UTF8`, `POTERNE_E_VERSION`, `POTERNE_E_NULL`,
///     `POTERNE_E_INTERNAL`.
/// @since 0.1
///
/// # Safety
/// As `poterne_enroll`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_confirm(
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
            on.fill(|credential| Ok(credential.confirm(submission(apart(attempt, given)?)?, time(now)?)?))
        }
    })
}

/// Confirms a new authenticator by its first code, and replaces the old one. A refusal leaves the old credential unchanged, and a
/// wrong code is not counted. The old credential may be locked or suspended, but not revoked or outside its validity. If the new
/// record does not set `not_before` or `not_after`, it takes that bound from the old one.
///
/// @param old,old_len the record that was stored when the new authenticator was enrolled; the swap compares with it
/// @param pending,pending_len the new record, kept outside the table; delete it once it is confirmed
/// @return `POTERNE_STORE`: store the record, then call `poterne_outcome`. `POTERNE_REFUSED_NOT_PENDING`: the new one is
///     confirmed already. `POTERNE_REFUSED_WRONG_CODE`, `POTERNE_REFUSED_REPLAYED`, `POTERNE_REFUSED_MALFORMED`,
///     `POTERNE_REFUSED_WAIT`, `POTERNE_REFUSED_LOCKED` (these two by failures of the new one), `POTERNE_REFUSED_REVOKED`,
///     `POTERNE_REFUSED_NOT_YET_VALID`, `POTERNE_REFUSED_EXPIRED`, `POTERNE_REFUSED_CLOCK_BEHIND`,
///     `POTERNE_REFUSED_CLOCK_OFF`: refused, and there is nothing to store. Never 0.
///     `POTERNE_E_STATE`: there is no old record. `POTERNE_E_ARGUMENT`: an account that is not a name, or both have the same
///     secret. `POTERNE_E_RECORD`, `POTERNE_E_UNKNOWN_KEY`, `POTERNE_E_RECORD_FORMAT`, `POTERNE_E_TIME`,
///     `POTERNE_E_COUNTER`, `POTERNE_E_RANDOM`, `POTERNE_E_UTF8`, `POTERNE_E_VERSION`, `POTERNE_E_NULL`,
///     `POTERNE_E_INTERNAL`.
/// @since 0.1
///
/// # Safety
/// As `poterne_enroll`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_replace(
    verifier: *const poterne_verifier,
    old: *const c_char,
    old_len: usize,
    pending: *const c_char,
    pending_len: usize,
    account: *const c_char,
    account_len: usize,
    submitted: *const c_char,
    submitted_len: usize,
    now: i64,
    attempt: *mut poterne_attempt,
) -> i32 {
    guard(|| {
        let (pending, given) = ((pending, pending_len), (submitted, submitted_len));
        let on = OnRecord(attempt, verifier, (old, old_len), (account, account_len));
        // SAFETY: the caller's promise.
        unsafe {
            on.fill_from(|verifier, old, account| {
                let pending = text(apart(attempt, pending)?)?;
                let submitted = submission(apart(attempt, given)?)?;
                Ok(verifier.replace(Replacement { account, old, pending }, submitted, time(now)?)?)
            })
        }
    })
}

/// Checks two codes in a row, for a token whose clock or counter is out of reach.
///
/// @param first,first_len,second,second_len the codes, in the order in which they were shown
/// @return `POTERNE_STORE`: store the record, then call `poterne_outcome`. `POTERNE_REFUSED_CLOCK_OFF`: the app's clock is
///     wrong; the phone must set it. `POTERNE_REFUSED_MALFORMED`, `POTERNE_REFUSED_WAIT`, `POTERNE_REFUSED_LOCKED`,
///     `POTERNE_REFUSED_REVOKED`, `POTERNE_REFUSED_NOT_YET_VALID`, `POTERNE_REFUSED_EXPIRED`,
///     `POTERNE_REFUSED_CLOCK_BEHIND`, `POTERNE_REFUSED_NOT_ENROLLED`, `POTERNE_REFUSED_SUSPENDED`: refused, and there is
///     nothing to store. Never 0. `POTERNE_E_RECORD`, `POTERNE_E_UNKNOWN_KEY`, `POTERNE_E_RECORD_FORMAT`,
///     `POTERNE_E_ARGUMENT`, `POTERNE_E_TIME`, `POTERNE_E_RANDOM`, `POTERNE_E_UTF8`, `POTERNE_E_VERSION`, `POTERNE_E_NULL`,
///     `POTERNE_E_INTERNAL`.
/// @since 0.1
///
/// # Safety
/// As `poterne_enroll`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_resynchronize(
    verifier: *const poterne_verifier,
    record: *const c_char,
    record_len: usize,
    account: *const c_char,
    account_len: usize,
    first: *const c_char,
    first_len: usize,
    second: *const c_char,
    second_len: usize,
    now: i64,
    attempt: *mut poterne_attempt,
) -> i32 {
    guard(|| {
        let (first, second) = ((first, first_len), (second, second_len));
        let on = OnRecord(attempt, verifier, (record, record_len), (account, account_len));
        // SAFETY: the caller's promise.
        unsafe {
            on.fill(|credential| {
                let first = submission(apart(attempt, first)?)?;
                let second = submission(apart(attempt, second)?)?;
                Ok(credential.resynchronize(first, second, time(now)?)?)
            })
        }
    })
}

/// Fills the attempt for `poterne_apply`. It makes one call with these arguments, such as `return poterne_unlock(verifier, record,
/// POTERNE_NUL, account, POTERNE_NUL, attempt);`, and returns the status of that call. `arg` is `make_arg`, such as the code that
/// the user submitted. Both texts are NUL-terminated.
///
/// It may be called three times. It must not longjmp or throw, as `poterne_load_fn`.
pub type poterne_make_fn = Option<
    unsafe extern "C-unwind" fn(
        arg: *mut c_void,
        verifier: *const poterne_verifier,
        record: *const c_char,
        account: *const c_char,
        attempt: *mut poterne_attempt,
    ) -> i32,
>;

/// Makes a confirmation or a change on the stored record: loads, calls `make`, swaps and returns the outcome. After a conflict it
/// starts again, at most three times in all. It never returns 0: it does not log in.
///
/// The attempt belongs to this thread during the call. Only `make` may fill it.
///
/// @param account,account_len as for `poterne_login`
/// @param make,make_arg fills the attempt. It must not call `poterne_verify` or `poterne_verify_with_ticket`, which are for logins,
///     nor `poterne_rename`, whose row is another one, nor `poterne_replace`, which compares with an older record
/// @param attempt with its `struct_size` set. Afterwards `poterne_codes` gives the codes that were issued. Wipe it
/// @param result the outcome, with its `struct_size` set; may be NULL
/// @return `POTERNE_CONFIRMED`, `POTERNE_RESYNCHRONIZED`, `POTERNE_CHANGED`: done. `POTERNE_REFUSED_CONFLICT`: others
///     wrote the record all the time. Refused, as the call in `make` documents: `POTERNE_REFUSED_WRONG_CODE`,
///     `POTERNE_REFUSED_REPLAYED`, `POTERNE_REFUSED_MALFORMED`, `POTERNE_REFUSED_WAIT`, `POTERNE_REFUSED_LOCKED`,
///     `POTERNE_REFUSED_SUSPENDED`, `POTERNE_REFUSED_REVOKED`, `POTERNE_REFUSED_NOT_YET_VALID`, `POTERNE_REFUSED_EXPIRED`,
///     `POTERNE_REFUSED_CLOCK_BEHIND`, `POTERNE_REFUSED_CLOCK_OFF`, `POTERNE_REFUSED_NOT_ENROLLED`,
///     `POTERNE_REFUSED_NOT_PENDING`. Never 0.
///     `POTERNE_E_ATTEMPT`: `make` did not fill the attempt, did not return what the call in it returned, or wrote into the attempt
///     itself: nothing is stored. Or the attempt was filled again after `make`, as by `swap`: the record may be stored.
///     `POTERNE_E_ARGUMENT`: a wrong account; `make` called `poterne_verify`, `poterne_verify_with_ticket`, `poterne_rename` or
///     `poterne_replace`, or filled the attempt from another record than it was given; a text lies in the attempt. `POTERNE_E_STORE`,
///     `POTERNE_E_ROWS`: as of
///     `poterne_login`. `POTERNE_E_STATE`, `POTERNE_E_RECORD`, `POTERNE_E_UNKNOWN_KEY`, `POTERNE_E_RECORD_FORMAT`,
///     `POTERNE_E_TIME`, `POTERNE_E_COUNTER`, `POTERNE_E_RANDOM`, `POTERNE_E_UTF8`, `POTERNE_E_VERSION`, `POTERNE_E_NULL`,
///     `POTERNE_E_INTERNAL`.
/// @since 0.1
///
/// # Safety
/// As `poterne_login`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_apply(
    verifier: *const poterne_verifier,
    store: *const poterne_store,
    account: *const c_char,
    account_len: usize,
    make: poterne_make_fn,
    make_arg: *mut c_void,
    attempt: *mut poterne_attempt,
    result: *mut poterne_result,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        unsafe {
            let cleared = attempt::clear(attempt);
            check_result(result)?;
            let outcome = cleared.and_then(|()| {
                let outcome = apply(verifier, store, (account, account_len), (make, make_arg), attempt);
                // After a failure there is no verdict to ask for.
                if outcome.is_err() { attempt::clear(attempt).and(outcome) } else { outcome }
            });
            report(result, outcome)
        }
    })
}

/// # Safety
/// As [`poterne_apply`].
unsafe fn apply(
    verifier: *const poterne_verifier,
    store: *const poterne_store,
    account: Chars,
    (make, make_arg): (poterne_make_fn, *mut c_void),
    attempt: *mut poterne_attempt,
) -> Result<poterne_result, Failure> {
    // SAFETY: the caller's promise; what `make` fills is looked at as if anybody had filled it.
    unsafe {
        shared(verifier)?;
        let make = make.ok_or(Failure(POTERNE_E_NULL))?;
        let mut table = Callbacks::new(store, apart(attempt, account)?)?;
        table.keep_apart(attempt)?;
        // Not the library's steps, whose attempts hold their answers: those of this loop lie in the memory of the caller.
        for _ in 0..Steps::<()>::MAX_SWAPS {
            attempt::clear(attempt)?;
            let old = table.load()?;
            let status = make(make_arg, verifier, old.as_ptr(), table.account(), attempt);
            let (record, seen) = attempt::made(attempt, status, old.as_ref())?;
            let rows = match record {
                None => 0,
                Some(record) => table.swap(Some(old.as_ref()), record.as_ref())?,
            };
            let result = attempt::outcome_of_made(attempt, seen, i64::try_from(rows).unwrap_or(i64::MAX))?;
            if result.status != POTERNE_REFUSED_CONFLICT {
                return Ok(result);
            }
        }
        Ok(poterne_result::from_refusal(Refusal::Conflict))
    }
}
