//! The ready-made login, through two callbacks of the application.

use std::ffi::{CStr, c_char, c_void};

use poterne::{Database, Record, attempt_on, is_conflict};

use crate::attempt::{POTERNE_RECORD_MAX, check_result, report};
use crate::guard::{Failure, bytes, guard, shared, submitted, text, time};
use crate::status::{
    POTERNE_E_ARGUMENT, POTERNE_E_NULL, POTERNE_E_STORE, POTERNE_E_VERSION, POTERNE_OK,
    POTERNE_REFUSED_CONFLICT,
};
use crate::structs::{fixed_size, poterne_result};
use crate::verifier::poterne_verifier;

/// Loads the stored record of an account into `record` (`POTERNE_RECORD_MAX` bytes), NUL-terminated; trailing spaces do no
/// harm. Read it where it is written, never from a replica.
///
/// Returns 0: found. 1: there is no row. Below 0: the database is unavailable. It must not longjmp or throw: an exception ends the
/// process. C++17 and later take only functions and lambdas that are `noexcept`.
pub type poterne_load_fn =
    Option<unsafe extern "C-unwind" fn(arg: *mut c_void, account: *const c_char, record: *mut c_char) -> i32>;

/// Replaces `old_record` by `record` in a transaction of its own, and COMMITS:
/// `UPDATE ... SET record = :record WHERE account = :account AND record = :old_record`. `rows` takes the number of updated
/// rows: what `poterne_is_conflict` says to be a conflict, a commit that failed or whose answer was lost are 0. Both texts are
/// NUL-terminated.
///
/// Returns 0: committed, or nothing to commit. Below 0: the database is unavailable. It must not longjmp or throw, as
/// `poterne_load_fn`.
pub type poterne_swap_fn = Option<
    unsafe extern "C-unwind" fn(
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

/// PostgreSQL, and what speaks its protocol.
pub const POTERNE_DATABASE_POSTGRESQL: u32 = 1;
/// MariaDB and MySQL.
pub const POTERNE_DATABASE_MARIADB: u32 = 2;
/// SQLite.
pub const POTERNE_DATABASE_SQLITE: u32 = 3;
/// Oracle Database.
pub const POTERNE_DATABASE_ORACLE: u32 = 4;
/// Microsoft SQL Server.
pub const POTERNE_DATABASE_SQLSERVER: u32 = 5;
/// Db2 of IBM.
pub const POTERNE_DATABASE_DB2: u32 = 6;
/// Firebird.
pub const POTERNE_DATABASE_FIREBIRD: u32 = 7;
/// H2.
pub const POTERNE_DATABASE_H2: u32 = 8;
/// HSQLDB.
pub const POTERNE_DATABASE_HSQLDB: u32 = 9;
/// Apache Derby.
pub const POTERNE_DATABASE_DERBY: u32 = 10;
/// Any other: the SQLSTATE of the standard counts alone.
pub const POTERNE_DATABASE_OTHER: u32 = 0;

/// Whether an error of a statement means that somebody else was in the way: a serialization failure, a deadlock, a lock that did
/// not come in time. Then the swap is 0 rows, after a rollback; every other error is an unavailable database.
///
/// A commit that gives an error is 0 rows, whatever the error. Ask here for its warnings alone: what PostgreSQL commits with a
/// warning, of SQLSTATE class 01, may be lost in a failover, and is 0 rows too.
///
/// @param database one of `POTERNE_DATABASE_...`
/// @param sqlstate, sqlstate_len the five characters of the SQL standard; NULL and 0 if the driver does not tell them
/// @param code the vendor's own number, 0 if the driver does not tell it: of SQLite the result code, extended or not; of Oracle the
///     number behind ORA-; of Firebird the gds code or the SQLCODE
/// @return `POTERNE_REFUSED_CONFLICT`: it does. `POTERNE_OK`: it does not. `POTERNE_E_ARGUMENT` (no such database),
///     `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
/// Since 0.1.
///
/// # Safety
/// `sqlstate` points to `sqlstate_len` readable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_is_conflict(
    database: u32,
    sqlstate: *const c_char,
    sqlstate_len: usize,
    code: i32,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        let sqlstate = unsafe { bytes(sqlstate.cast(), sqlstate_len)? };
        let database = i32::try_from(database).ok().and_then(Database::from_number);
        let database = database.ok_or(Failure(POTERNE_E_ARGUMENT))?;
        // What is no text is none of the states.
        let sqlstate = std::str::from_utf8(sqlstate).ok();
        Ok(if is_conflict(database, sqlstate, Some(code)) { POTERNE_REFUSED_CONFLICT } else { POTERNE_OK })
    })
}

/// Logs someone in: loads, verifies, swaps; after a conflict again, at most three times. It fails closed.
///
/// The callbacks are called from this thread, during this call only.
///
/// @param store the callbacks, with its `struct_size` set
/// @param arg handed to the callbacks
/// @param account, account_len the account's name as it is stored; 1 to 255 bytes, or a field of at most 511 padded with spaces
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
        callbacks.account.take(account)?;
        let now = time(now)?;
        let outcome = attempt_on(
            &mut callbacks,
            Callbacks::load,
            |record| verifier.verify(record, account, typed, now),
            Callbacks::swap,
        )?;
        Ok(poterne_result::from_outcome(&outcome))
    }
}

/// The application's table. Its texts lie on the stack: a login needs no memory, which there may be none of.
struct Callbacks {
    load: unsafe extern "C-unwind" fn(*mut c_void, *const c_char, *mut c_char) -> i32,
    swap: unsafe extern "C-unwind" fn(
        *mut c_void,
        *const c_char,
        *const c_char,
        *const c_char,
        *mut i64,
    ) -> i32,
    arg: *mut c_void,
    account: Text<ACCOUNT_ROOM>,
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
        Ok(Self { load, swap, arg, account: Text::new() })
    }

    fn load(&mut self) -> Result<Text<{ POTERNE_RECORD_MAX + 1 }>, Failure> {
        // One more than the callback may use, so that there always is a NUL.
        let mut record = Text::new();
        // SAFETY: the callback's contract; both texts live during the call.
        let status = unsafe { (self.load)(self.arg, self.account.as_ptr(), record.0.as_mut_ptr().cast()) };
        record.0[POTERNE_RECORD_MAX] = 0;
        match status {
            0 => Ok(record),
            1 => Ok(Text::new()),
            _ => Err(Failure(POTERNE_E_STORE)),
        }
    }

    fn swap(&mut self, old: &str, new: &Record) -> Result<u64, Failure> {
        let mut texts = (Text::<{ POTERNE_RECORD_MAX + 1 }>::new(), Text::<POTERNE_RECORD_MAX>::new());
        texts.0.take(old)?;
        texts.1.take(new.as_str())?;
        let mut rows = -1;
        // SAFETY: the callback's contract; all texts live during the call.
        let status = unsafe {
            let (old, new) = (texts.0.as_ptr(), texts.1.as_ptr());
            (self.swap)(self.arg, self.account.as_ptr(), old, new, &mut rows)
        };
        if status != 0 {
            return Err(Failure(POTERNE_E_STORE));
        }
        // A negative number is no number of rows: `outcome` refuses it.
        Ok(u64::try_from(rows).unwrap_or(u64::MAX))
    }
}

/// A NUL-terminated text in a buffer, the rest zeros.
struct Text<const N: usize>([u8; N]);

impl<const N: usize> Text<N> {
    fn new() -> Self {
        Self([0; N])
    }

    /// Takes a text that has no NUL and leaves room for one.
    fn take(&mut self, text: &str) -> Result<(), Failure> {
        if text.len() >= N || text.contains('\0') {
            return Err(Failure(POTERNE_E_ARGUMENT));
        }
        self.0[..text.len()].copy_from_slice(text.as_bytes());
        Ok(())
    }

    fn as_ptr(&self) -> *const c_char {
        self.0.as_ptr().cast()
    }
}

/// What the callback has written; what is not UTF-8 is no record, and the library says so.
impl<const N: usize> AsRef<str> for Text<N> {
    fn as_ref(&self) -> &str {
        let text = CStr::from_bytes_until_nul(&self.0).map(CStr::to_str);
        text.ok().and_then(Result::ok).unwrap_or("not UTF-8")
    }
}

/// A name of 255 bytes, padded with spaces to twice as many, and its NUL.
const ACCOUNT_ROOM: usize = 512;
