//! The ready-made login, through two callbacks of the application.

use std::ffi::{c_char, c_void};

use poterne::{Error, Record, Store};

use crate::attempt::{POTERNE_RECORD_MAX, check_result, report};
use crate::guard::{Failure, guard, shared, submitted, text, time};
use crate::status::{POTERNE_E_ARGUMENT, POTERNE_E_NULL, POTERNE_E_VERSION};
use crate::structs::{fixed_size, poterne_result};
use crate::verifier::poterne_verifier;

/// Loads the stored record of an account into `record` (`POTERNE_RECORD_MAX` bytes), NUL-terminated; trailing spaces do no
/// harm. Read it where it is written, never from a replica.
///
/// Returns 0: found. 1: there is no row. Below 0: the database is unavailable. It must not longjmp or throw.
pub type poterne_load_fn =
    Option<unsafe extern "C" fn(arg: *mut c_void, account: *const c_char, record: *mut c_char) -> i32>;

/// Replaces `old_record` by `record` in a transaction of its own, and COMMITS:
/// `UPDATE ... SET record = :record WHERE account = :account AND record = :old_record`. `rows` takes the number of updated
/// rows: a serialization failure, a deadlock, a commit that failed or whose answer was lost are 0. Both texts are
/// NUL-terminated.
///
/// Returns 0: committed, or nothing to commit. Below 0: the database is unavailable. It must not longjmp or throw.
pub type poterne_swap_fn = Option<
    unsafe extern "C" fn(
        arg: *mut c_void,
        account: *const c_char,
        old_record: *const c_char,
        record: *const c_char,
        rows: *mut i64,
    ) -> i32,
>;

/// The application's table.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct poterne_store {
    /// `sizeof(poterne_store)`.
    pub struct_size: u32,
    /// 0.
    pub reserved: u32,
    /// Loads a record.
    pub load: poterne_load_fn,
    /// Replaces a record.
    pub swap: poterne_swap_fn,
}

/// Logs someone in: loads, verifies, swaps; after a conflict again, at most three times. It fails closed.
///
/// The callbacks are called from this thread, during this call only.
///
/// @param store the callbacks, with its `struct_size` set
/// @param arg handed to the callbacks
/// @param account, account_len the account's name as it is stored
/// @param typed, typed_len what the user typed, as it is
/// @param now Unix seconds, or `POTERNE_NOW`
/// @param result what the login came to, with its `struct_size` set; may be NULL
/// @return `POTERNE_OK`: a login. `POTERNE_REFUSED_...`: refused. `POTERNE_E_STORE`: a callback returned less than 0, or
///     something that it must not. `POTERNE_E_ROWS`: a swap updated neither 0 nor 1 row. `POTERNE_E_RECORD`,
///     `POTERNE_E_UNKNOWN_KEY`, `POTERNE_E_RECORD_FORMAT`, `POTERNE_E_ARGUMENT`, `POTERNE_E_TIME`, `POTERNE_E_COUNTER`,
///     `POTERNE_E_RANDOM`, `POTERNE_E_UTF8`, `POTERNE_E_VERSION`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`: not a verdict, refuse.
/// Since 0.1.
///
/// # Safety
/// Handles are live, texts have their lengths, structures the size that they state; the callbacks keep to their contracts.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_login(
    verifier: *const poterne_verifier,
    store: *const poterne_store,
    arg: *mut c_void,
    account: *const c_char,
    account_len: usize,
    typed: *const c_char,
    typed_len: usize,
    now: i64,
    result: *mut poterne_result,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        unsafe {
            check_result(result)?;
            let outcome = login(verifier, store, arg, (account, account_len), (typed, typed_len), now);
            report(result, outcome)
        }
    })
}

/// # Safety
/// As [`poterne_login`].
unsafe fn login(
    verifier: *const poterne_verifier,
    store: *const poterne_store,
    arg: *mut c_void,
    account: (*const c_char, usize),
    typed: (*const c_char, usize),
    now: i64,
) -> Result<poterne_result, Failure> {
    // SAFETY: the caller's promise.
    unsafe {
        let verifier = shared(verifier)?.get()?;
        let (account, typed) = (text(account.0, account.1)?, submitted(typed.0, typed.1)?);
        let mut callbacks = Callbacks::new(store, arg)?;
        // The account goes to the callbacks NUL-terminated, so it must have none.
        if account.contains('\0') {
            return Err(Failure(POTERNE_E_ARGUMENT));
        }
        let outcome = verifier.login(account, typed, time(now)?, &mut callbacks)?;
        Ok(poterne_result::from_outcome(&outcome))
    }
}

struct Callbacks {
    load: unsafe extern "C" fn(*mut c_void, *const c_char, *mut c_char) -> i32,
    swap: unsafe extern "C" fn(*mut c_void, *const c_char, *const c_char, *const c_char, *mut i64) -> i32,
    arg: *mut c_void,
}

impl Callbacks {
    /// # Safety
    /// Not null, `store` points to a store of the size that it states.
    unsafe fn new(store: *const poterne_store, arg: *mut c_void) -> Result<Self, Failure> {
        // SAFETY: the caller's promise; the size has been seen before the whole is read.
        let given = unsafe {
            fixed_size(store)?;
            store.read_unaligned()
        };
        if given.reserved != 0 {
            return Err(Failure(POTERNE_E_VERSION));
        }
        let (Some(load), Some(swap)) = (given.load, given.swap) else { return Err(Failure(POTERNE_E_NULL)) };
        Ok(Self { load, swap, arg })
    }
}

impl Store for Callbacks {
    fn load(&mut self, account: &str) -> Result<Option<String>, Error> {
        let account = terminated(account);
        // One more than the callback may use, so that there always is a NUL.
        let mut record = [0 as c_char; POTERNE_RECORD_MAX + 1];
        // SAFETY: the callback's contract; both texts live during the call.
        let status = unsafe { (self.load)(self.arg, account.as_ptr().cast(), record.as_mut_ptr()) };
        record[POTERNE_RECORD_MAX] = 0;
        match status {
            0 => {
                let bytes: Vec<u8> =
                    record.iter().map(|byte| *byte as u8).take_while(|byte| *byte != 0).collect();
                // What is not UTF-8 is no record, and the library says so.
                Ok(Some(String::from_utf8(bytes).unwrap_or_else(|_| "not UTF-8".into())))
            }
            1 => Ok(None),
            _ => Err(unavailable()),
        }
    }

    fn swap(&mut self, account: &str, old: Option<&str>, new: &Record) -> Result<u64, Error> {
        let (account, new) = (terminated(account), terminated(new.as_str()));
        let old = terminated(old.unwrap_or_default());
        let mut rows = -1;
        // SAFETY: the callback's contract; all texts live during the call.
        let status = unsafe {
            (self.swap)(
                self.arg,
                account.as_ptr().cast(),
                old.as_ptr().cast(),
                new.as_ptr().cast(),
                &mut rows,
            )
        };
        if status != 0 {
            return Err(unavailable());
        }
        // A negative number is no number of rows: `outcome` refuses it.
        Ok(u64::try_from(rows).unwrap_or(u64::MAX))
    }
}

fn unavailable() -> Error {
    Error::unavailable("the callback said so")
}

fn terminated(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() + 1);
    bytes.extend_from_slice(text.as_bytes());
    bytes.push(0);
    bytes
}
