//! SQLite, by `libsqlite3.so.0`.

use std::ffi::{CString, c_char, c_int, c_void};
use std::ptr;

use poterne::{Database as Kind, is_conflict};
use poterne_settings::Database;

use super::{Connection, LOCK_TIMEOUT_SECONDS, Names, Row, Unavailable, library, text};
use crate::verdict::{Fault, Verdict};

pub(super) struct Sqlite {
    library: Functions,
    connection: *mut c_void,
    select: CString,
    update: CString,
}

library::functions! {
    Functions, c"libsqlite3.so.0":
    fn sqlite3_open_v2(*const c_char, *mut *mut c_void, c_int, *const c_char) -> c_int;
    fn sqlite3_close_v2(*mut c_void) -> c_int;
    fn sqlite3_busy_timeout(*mut c_void, c_int) -> c_int;
    fn sqlite3_prepare_v2(*mut c_void, *const c_char, c_int, *mut *mut c_void, *mut *const c_char) -> c_int;
    fn sqlite3_bind_text(*mut c_void, c_int, *const c_char, c_int, *const c_void) -> c_int;
    fn sqlite3_step(*mut c_void) -> c_int;
    fn sqlite3_column_text(*mut c_void, c_int) -> *const c_char;
    fn sqlite3_column_bytes(*mut c_void, c_int) -> c_int;
    fn sqlite3_finalize(*mut c_void) -> c_int;
    fn sqlite3_changes(*mut c_void) -> c_int;
}

impl Sqlite {
    pub(super) fn open(database: &Database, names: Names) -> Result<Self, Verdict> {
        if database.query().next().is_some() {
            return Err(Fault::Product.into());
        }
        let path = CString::new(database.name()).map_err(|_| Unavailable)?;
        let Names { table, account, record } = names;
        let mut sqlite = Self {
            library: Functions::load().ok_or(Unavailable)?,
            connection: ptr::null_mut(),
            select: sql(format!("SELECT {account}, {record} FROM {table} WHERE {account} = ?1"))?,
            update: sql(format!("UPDATE {table} SET {record} = ?1 WHERE {account} = ?2 AND {record} = ?3"))?,
        };
        let Self { library, connection, .. } = &mut sqlite;
        // SAFETY: the path ends with a NUL; a handle is there after a failure too, and closed by `drop`.
        unsafe {
            // Not created: a missing file is a database that is gone.
            if (library.sqlite3_open_v2)(path.as_ptr(), connection, OPEN_READWRITE, ptr::null()) != OK {
                return Err(Unavailable.into());
            }
            (library.sqlite3_busy_timeout)(
                *connection,
                c_int::from(LOCK_TIMEOUT_SECONDS).saturating_mul(1_000),
            );
        }
        Ok(sqlite)
    }

    /// Prepares a statement with its values, and takes its first step.
    fn run<T>(
        &self,
        statement: &CString,
        values: &[&str],
        read: impl FnOnce(&Functions, *mut c_void, c_int) -> Result<T, Unavailable>,
    ) -> Result<T, Unavailable> {
        let library = &self.library;
        let mut prepared = ptr::null_mut();
        // SAFETY: the connection is open; the values live until the statement is finalized, at the end. A statement that was not
        // prepared is null, which every function takes.
        unsafe {
            let code = (library.sqlite3_prepare_v2)(
                self.connection,
                statement.as_ptr(),
                -1,
                &mut prepared,
                ptr::null_mut(),
            );
            let bind = |(place, value): (c_int, &&str)| {
                let len = c_int::try_from(value.len()).unwrap_or(c_int::MAX);
                (library.sqlite3_bind_text)(prepared, place, value.as_ptr().cast(), len, STATIC) == OK
            };
            let result = if code != OK {
                read(library, prepared, code)
            } else if (1..).zip(values).all(bind) {
                read(library, prepared, (library.sqlite3_step)(prepared))
            } else {
                Err(Unavailable)
            };
            (library.sqlite3_finalize)(prepared);
            result
        }
    }
}

impl Connection for Sqlite {
    fn row(&mut self, account: &str) -> Result<Option<Row>, Unavailable> {
        self.run(&self.select, &[account], |library, statement, code| match code {
            DONE => Ok(None),
            ROW => {
                // SAFETY: the statement stands on a row of two columns; a text lives until the next call on its column.
                let column = |place| unsafe {
                    let value = (library.sqlite3_column_text)(statement, place);
                    let len = (library.sqlite3_column_bytes)(statement, place);
                    (!value.is_null()).then(|| text(value, usize::try_from(len).unwrap_or(0))).transpose()
                };
                Ok(Some(Row { account: column(0)?.ok_or(Unavailable)?, record: column(1)? }))
            }
            _ => Err(Unavailable),
        })
    }

    fn swap(&mut self, account: &str, old: &str, new: &str) -> Result<u64, Unavailable> {
        self.run(&self.update, &[new, account, old], |library, _, code| match code {
            // SAFETY: the connection is open.
            DONE => Ok(u64::try_from(unsafe { (library.sqlite3_changes)(self.connection) }).unwrap_or(0)),
            code if is_conflict(Kind::Sqlite, None, Some(code)) => Ok(0),
            _ => Err(Unavailable),
        })
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        // SAFETY: null, or opened and not closed yet; no statement is left.
        unsafe { (self.library.sqlite3_close_v2)(self.connection) };
    }
}

fn sql(text: String) -> Result<CString, Unavailable> {
    CString::new(text).map_err(|_| Unavailable)
}

// sqlite3.h
const OK: c_int = 0;
const ROW: c_int = 100;
const DONE: c_int = 101;
const OPEN_READWRITE: c_int = 0x2;
/// `SQLITE_STATIC`: the value outlives the statement.
const STATIC: *const c_void = ptr::null();
