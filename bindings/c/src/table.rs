//! The application's table
//!
//! Two callbacks load and swap the record of an account. `poterne_login`, `poterne_login_with_ticket` and `poterne_apply` call
//! them. `poterne_check_store` checks that they do what they must. Languages without callbacks skip this section.

use std::ffi::{CStr, c_char, c_void};

use poterne::{Database, Error, NotStored, Record, Store, is_conflict};

use crate::attempt::apart;
use crate::enrollment::POTERNE_RECORD_MAX;
use crate::guard::{Chars, Failure, chars, guard, numbered, same_numbers, shared, text};
use crate::status::{
    POTERNE_E_ARGUMENT, POTERNE_E_NULL, POTERNE_E_STORE, POTERNE_E_VERSION, POTERNE_OK,
    POTERNE_REFUSED_CONFLICT,
};
use crate::structs::fixed_size;
use crate::two_steps::poterne_attempt;
use crate::verifier::poterne_verifier;

/// Loads the stored record of an account into `record` (`POTERNE_RECORD_MAX` bytes), NUL-terminated. Trailing spaces do no harm.
/// Read from the database that the swap writes to, never from a replica.
///
/// Returns 0 if there is a record, 1 if there is no row, and a negative number if the database is unavailable. It must not longjmp
/// or throw: an exception ends the process. C++17 and later accept only functions and lambdas that are `noexcept`.
pub type poterne_load_fn =
    Option<unsafe extern "C-unwind" fn(arg: *mut c_void, account: *const c_char, record: *mut c_char) -> i32>;

/// Replaces `old_record` with `record` in a transaction of its own, and COMMITS: `UPDATE ... SET record = :record WHERE account =
/// :account AND record = :old_record`. If `old_record` is NULL, it inserts `record` unless the account has a record. All texts are
/// NUL-terminated.
///
/// `rows` receives the number of rows that were updated or inserted. Use the count that the database returns; with libpq that is
/// PQcmdTuples. `rows` is 0 if `poterne_is_conflict` calls the error a conflict, if the commit failed, or if the answer to the
/// commit was lost.
///
/// Returns 0 if it committed or had nothing to commit, and a negative number if the database is unavailable. It must not longjmp or
/// throw, as `poterne_load_fn`.
pub type poterne_swap_fn = Option<
    unsafe extern "C-unwind" fn(
        arg: *mut c_void,
        account: *const c_char,
        old_record: *const c_char,
        record: *const c_char,
        rows: *mut i64,
    ) -> i32,
>;

/// A handle on the application's table: two callbacks, and the argument that they receive. It belongs to one thread.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct poterne_store {
    /// `sizeof(poterne_store)`.
    pub struct_size: u32,
    /// Must be 0.
    pub reserved: u32,
    /// Passed to the callbacks: a connection, for example.
    pub arg: *mut c_void,
    /// Loads a record.
    pub load: poterne_load_fn,
    /// Replaces a record.
    pub swap: poterne_swap_fn,
    /// The record, if the application has already loaded it with its own row. Then `load` is called only after a conflict. An empty
    /// text means that there is no row. NULL means not loaded. A field padded with spaces has at most 512 bytes.
    pub loaded: *const c_char,
    /// The length of `loaded`.
    pub loaded_len: usize,
}

/// PostgreSQL, and databases that speak its protocol.
pub const POTERNE_DATABASE_POSTGRESQL: u32 = 1;
/// MariaDB and MySQL.
pub const POTERNE_DATABASE_MARIADB: u32 = 2;
/// SQLite.
pub const POTERNE_DATABASE_SQLITE: u32 = 3;
/// Oracle Database.
pub const POTERNE_DATABASE_ORACLE: u32 = 4;
/// Microsoft SQL Server.
pub const POTERNE_DATABASE_SQLSERVER: u32 = 5;
/// IBM Db2.
pub const POTERNE_DATABASE_DB2: u32 = 6;
/// Firebird.
pub const POTERNE_DATABASE_FIREBIRD: u32 = 7;
/// H2.
pub const POTERNE_DATABASE_H2: u32 = 8;
/// HSQLDB.
pub const POTERNE_DATABASE_HSQLDB: u32 = 9;
/// Apache Derby.
pub const POTERNE_DATABASE_DERBY: u32 = 10;
/// Any other: only the SQLSTATE of the standard counts.
pub const POTERNE_DATABASE_OTHER: u32 = 0;

/// Tells whether a statement's error means that somebody else was in the way: a serialization failure, a deadlock, or a lock
/// timeout. Then roll back, and report 0 rows. Any other error means that the database is unavailable.
///
/// If a commit fails, with any error, report 0 rows. Pass only its warnings here: PostgreSQL may commit with a warning of SQLSTATE
/// class 01. Such a commit may be lost in a failover, so report 0 rows too.
///
/// @param database one of `POTERNE_DATABASE_...`
/// @param sqlstate,sqlstate_len the five characters of the SQL standard; NULL and 0 if the driver does not give them
/// @param code the vendor's own number, 0 if the driver does not give it: for SQLite the result code, extended or not; for Oracle
///     the number after ORA-; for Firebird the gds code or the SQLCODE
/// @return `POTERNE_REFUSED_CONFLICT`: it does. `POTERNE_OK`: it does not. `POTERNE_E_ARGUMENT` (no such database),
///     `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
/// @since 0.1
///
/// # Safety
/// `sqlstate` points to `sqlstate_len` readable bytes.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_is_conflict(
    database: u32,
    sqlstate: *const c_char,
    sqlstate_len: usize,
    code: i32,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        let sqlstate = unsafe { chars((sqlstate, sqlstate_len))? };
        let database = numbered(database, Database::from_number)?;
        // Text that is not UTF-8 is none of the states.
        let sqlstate = std::str::from_utf8(sqlstate).ok();
        Ok(if is_conflict(database, sqlstate, Some(code)) { POTERNE_REFUSED_CONFLICT } else { POTERNE_OK })
    })
}

/// Checks that a store swaps, compares, commits and keeps. Call it when the program starts, before the first login. A callback that
/// forgets COMMIT or `AND record = :old_record` accepts a code twice, and nothing else notices it.
///
/// It cannot detect a callback that compares in the program and then writes without a condition: the comparison must be in the
/// UPDATE.
///
/// @param store,second two handles on the same table. Each has a connection of its own, and so its own `arg` unless that is NULL;
///     `loaded` is not used
/// @param account,account_len an account kept for this check, with a revoked record, or any account that has a record; its
///     credential is sealed anew
/// @return `POTERNE_OK`: the store is right. `POTERNE_REFUSED_CONFLICT`: others kept writing this record; check again.
///     `POTERNE_E_ROWS`: the swap does not compare, does not write, does not commit, or reports 0 rows for what it wrote; correct
///     it, and let nobody in before. `POTERNE_E_STATE`: the account has no record. `POTERNE_E_RECORD`: the record does not open;
///     perhaps the column cuts it. `POTERNE_E_STORE`: the database is unavailable; or a callback returned a value that it must not
///     return; or `swap` reports an error if the account already has a record, where that INSERT must be 0 rows.
///     `POTERNE_E_ARGUMENT`: a wrong account, or both handles are the same. `POTERNE_E_UNKNOWN_KEY`, `POTERNE_E_RECORD_FORMAT`,
///     `POTERNE_E_RANDOM`, `POTERNE_E_UTF8`, `POTERNE_E_VERSION`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`.
/// @since 0.1
///
/// # Safety
/// Handles are live, texts have their lengths, structures the size that they state; the callbacks keep to their contracts.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_check_store(
    verifier: *const poterne_verifier,
    store: *const poterne_store,
    second: *const poterne_store,
    account: *const c_char,
    account_len: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        unsafe {
            let verifier = shared(verifier)?.get()?;
            let is_one = store == second;
            let mut first = Callbacks::new(store, (account, account_len))?;
            let mut second = Callbacks::new(second, (account, account_len))?;
            // One connection sees its own uncommitted writes.
            if is_one || first.is_handle_of(&second) {
                return Err(Failure(POTERNE_E_ARGUMENT));
            }
            let account = text((account, account_len))?;
            match verifier.check_store(account, &mut first, &mut second) {
                Ok(()) => Ok(POTERNE_OK),
                Err(NotStored::Conflict) => Ok(POTERNE_REFUSED_CONFLICT),
                Err(NotStored::Error(error)) => Err(error.into()),
            }
        }
    })
}

/// The application's table. Its texts are on the stack: a login needs no memory, and there may be none.
pub(crate) struct Callbacks<'a> {
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
    /// The first load takes it.
    loaded: Option<&'a str>,
}

/// A record as a callback loaded it, with one byte more than the callback may use, so that there is always a NUL.
pub(crate) type Loaded = Text<{ POTERNE_RECORD_MAX + 1 }>;

impl Callbacks<'_> {
    /// # Safety
    /// Not null, `store` points to a store of the size that it states; its texts and `account` have their lengths.
    pub(crate) unsafe fn new(store: *const poterne_store, account: Chars) -> Result<Self, Failure> {
        // SAFETY: the caller's promise; the size has been seen before the whole is read.
        unsafe {
            fixed_size(store)?;
            let given = store.read_unaligned();
            if given.reserved != 0 {
                return Err(Failure(POTERNE_E_VERSION));
            }
            let (Some(load), Some(swap)) = (given.load, given.swap) else {
                return Err(Failure(POTERNE_E_NULL));
            };
            let mut room = Text::new();
            room.take(text(account)?)?;
            let loaded = if given.loaded.is_null() && given.loaded_len == 0 {
                None
            } else {
                Some(text((given.loaded, given.loaded_len))?)
            };
            Ok(Self { load, swap, arg: given.arg, account: room, loaded })
        }
    }

    pub(crate) fn account(&self) -> *const c_char {
        self.account.as_ptr()
    }

    /// Refuses a record that the application has loaded into the attempt that is filled from it.
    pub(crate) fn keep_apart(&self, attempt: *const poterne_attempt) -> Result<(), Failure> {
        // A text that ended with a NUL is empty by now.
        self.loaded.map_or(Ok(()), |text| apart(attempt, (text.as_ptr().cast(), text.len().max(1))).map(drop))
    }

    /// Returns whether both call the same functions with the same connection. The functions may keep their connection elsewhere;
    /// then this is unknown.
    fn is_handle_of(&self, other: &Self) -> bool {
        !self.arg.is_null()
            && self.arg == other.arg
            && std::ptr::fn_addr_eq(self.load, other.load)
            && std::ptr::fn_addr_eq(self.swap, other.swap)
    }

    pub(crate) fn load(&mut self) -> Result<Loaded, Failure> {
        let mut record = Text::new();
        if let Some(loaded) = self.loaded.take() {
            record.take(loaded)?;
            return Ok(record);
        }
        // SAFETY: the callback's contract; both texts live during the call.
        let status = unsafe { (self.load)(self.arg, self.account.as_ptr(), record.0.as_mut_ptr().cast()) };
        record.0[POTERNE_RECORD_MAX] = 0;
        match status {
            0 => Ok(record),
            1 => Ok(Text::new()),
            _ => Err(Failure(POTERNE_E_STORE)),
        }
    }

    pub(crate) fn swap(&mut self, old: Option<&str>, new: &str) -> Result<u64, Failure> {
        let mut texts = (Loaded::new(), Text::<POTERNE_RECORD_MAX>::new());
        texts.0.take(old.unwrap_or_default())?;
        texts.1.take(new)?;
        let mut rows = -1;
        // SAFETY: the callback's contract; all texts live during the call.
        let status = unsafe {
            let old = if old.is_some() { texts.0.as_ptr() } else { std::ptr::null() };
            (self.swap)(self.arg, self.account.as_ptr(), old, texts.1.as_ptr(), &mut rows)
        };
        if status != 0 {
            return Err(Failure(POTERNE_E_STORE));
        }
        // A negative number is not a number of rows: `outcome` refuses it.
        Ok(u64::try_from(rows).unwrap_or(u64::MAX))
    }
}

/// For the check, which may use memory. The account is that of the callbacks.
impl Store for Callbacks<'_> {
    fn load(&mut self, _: &str) -> Result<Option<String>, Error> {
        self.loaded = None;
        let record = Self::load(self).map_err(|_| Error::unavailable(CALLBACK))?;
        let record = record.as_ref();
        Ok((!record.is_empty()).then(|| record.into()))
    }

    fn swap(&mut self, _: &str, old: Option<&str>, new: &Record) -> Result<u64, Error> {
        Self::swap(self, old, new.as_str()).map_err(|_| Error::unavailable(CALLBACK))
    }
}

const CALLBACK: &str = "a callback returned another number than 0";

/// A NUL-terminated text in a buffer, the rest zeros.
pub(crate) struct Text<const N: usize>([u8; N]);

impl<const N: usize> Text<N> {
    pub(crate) fn new() -> Self {
        Self([0; N])
    }

    /// Copies a text that has no NUL and leaves room for one.
    pub(crate) fn take(&mut self, text: &str) -> Result<(), Failure> {
        if text.len() >= N || text.contains('\0') {
            return Err(Failure(POTERNE_E_ARGUMENT));
        }
        self.0[..text.len()].copy_from_slice(text.as_bytes());
        Ok(())
    }

    pub(crate) fn as_ptr(&self) -> *const c_char {
        self.0.as_ptr().cast()
    }
}

/// The callback's output. If it is not UTF-8, it is not a record, and the library says so.
impl<const N: usize> AsRef<str> for Text<N> {
    fn as_ref(&self) -> &str {
        let text = CStr::from_bytes_until_nul(&self.0).map(CStr::to_str);
        text.ok().and_then(Result::ok).unwrap_or("not UTF-8")
    }
}

/// A name of 255 bytes, padded with spaces to twice as many, and its NUL.
const ACCOUNT_ROOM: usize = 512;

same_numbers! {
    Database:
    Database::PostgreSql => POTERNE_DATABASE_POSTGRESQL,
    Database::MariaDb => POTERNE_DATABASE_MARIADB,
    Database::Sqlite => POTERNE_DATABASE_SQLITE,
    Database::Oracle => POTERNE_DATABASE_ORACLE,
    Database::SqlServer => POTERNE_DATABASE_SQLSERVER,
    Database::Db2 => POTERNE_DATABASE_DB2,
    Database::Firebird => POTERNE_DATABASE_FIREBIRD,
    Database::H2 => POTERNE_DATABASE_H2,
    Database::Hsqldb => POTERNE_DATABASE_HSQLDB,
    Database::Derby => POTERNE_DATABASE_DERBY,
    Database::Other => POTERNE_DATABASE_OTHER,
}
