//! MariaDB and MySQL, by `libmariadb.so.3`.

use std::ffi::{CString, c_char, c_int, c_uint, c_ulong, c_void};
use std::ptr;

use poterne::{Database as Kind, is_conflict};
use poterne_settings::Database;
use zeroize::{Zeroize, Zeroizing};

use super::{Connection, LOCK_TIMEOUT_SECONDS, Names, Row, TIMEOUT_SECONDS, Unavailable, library, text};
use crate::sigpipe;
use crate::verdict::{Fault, Verdict};

pub(super) struct Mariadb {
    library: Functions,
    connection: *mut c_void,
    names: Names,
}

library::functions! {
    Functions, c"libmariadb.so.3":
    fn mysql_init(*mut c_void) -> *mut c_void;
    fn mysql_options(*mut c_void, c_int, *const c_void) -> c_int;
    fn mysql_real_connect(
        *mut c_void, *const c_char, *const c_char, *const c_char, *const c_char, c_uint, *const c_char, c_ulong,
    ) -> *mut c_void;
    fn mysql_close(*mut c_void);
    fn mysql_autocommit(*mut c_void, c_char) -> c_char;
    fn mysql_real_query(*mut c_void, *const c_char, c_ulong) -> c_int;
    fn mysql_store_result(*mut c_void) -> *mut c_void;
    fn mysql_fetch_row(*mut c_void) -> *mut *mut c_char;
    fn mysql_fetch_lengths(*mut c_void) -> *mut c_ulong;
    fn mysql_free_result(*mut c_void);
    fn mysql_affected_rows(*mut c_void) -> u64;
    fn mysql_errno(*mut c_void) -> c_uint;
    fn mysql_sqlstate(*mut c_void) -> *const c_char;
}

impl Mariadb {
    pub(super) fn open(
        database: &Database,
        password: Option<Zeroizing<String>>,
        names: Names,
    ) -> Result<Self, Verdict> {
        let library = Functions::load().ok_or(Unavailable)?;
        // Its first call in a process switches SIGPIPE off for all of the host.
        // SAFETY: null makes a new handle.
        let connection = sigpipe::keeping_disposition(|| unsafe { (library.mysql_init)(ptr::null_mut()) });
        let mariadb = Self { library, connection, names };
        if connection.is_null() {
            return Err(Unavailable.into());
        }
        let c = |value: &str| CString::new(value).map_err(|_| Unavailable);
        let seconds = c_uint::from(TIMEOUT_SECONDS);
        for option in [OPT_CONNECT_TIMEOUT, OPT_READ_TIMEOUT, OPT_WRITE_TIMEOUT] {
            mariadb.option(option, (&raw const seconds).cast())?;
        }
        // The server could ask for any file of this host.
        mariadb.option(OPT_LOCAL_INFILE, ptr::from_ref(&NO).cast())?;
        mariadb.option(SET_CHARSET_NAME, c"utf8mb4".as_ptr().cast())?;
        let lock = c(&format!("SET SESSION innodb_lock_wait_timeout = {LOCK_TIMEOUT_SECONDS}"))?;
        mariadb.option(INIT_COMMAND, lock.as_ptr().cast())?;
        let mut socket = None;
        for (name, value) in database.query() {
            let value = c(value)?;
            match name {
                "unix_socket" => socket = Some(value),
                "ssl_ca" => {
                    mariadb.option(OPT_SSL_CA, value.as_ptr().cast())?;
                    // Who names a certificate wants it looked at.
                    mariadb.option(OPT_SSL_ENFORCE, ptr::from_ref(&YES).cast())?;
                    mariadb.option(OPT_SSL_VERIFY_SERVER_CERT, ptr::from_ref(&YES).cast())?;
                }
                "ssl_cert" => mariadb.option(OPT_SSL_CERT, value.as_ptr().cast())?,
                "ssl_key" => mariadb.option(OPT_SSL_KEY, value.as_ptr().cast())?,
                "charset" if value.as_c_str() == c"utf8mb4" => {}
                // It may be one that protects the connection.
                _ => return Err(Fault::Product.into()),
            }
        }
        let host = database.host().map(c).transpose()?;
        let user = database.user().map(c).transpose()?;
        let password = password.as_deref().map(|password| c(password)).transpose()?;
        let name = c(database.name())?;
        let pointer = |text: &Option<CString>| text.as_ref().map_or(ptr::null(), |text| text.as_ptr());
        // SAFETY: the handle is new; texts of ours, or null.
        let connected = unsafe {
            (mariadb.library.mysql_real_connect)(
                connection,
                pointer(&host),
                pointer(&user),
                pointer(&password),
                name.as_ptr(),
                database.port().unwrap_or(0).into(),
                pointer(&socket),
                CLIENT_FOUND_ROWS,
            )
        };
        if let Some(password) = password {
            password.into_bytes().zeroize();
        }
        // SAFETY: the connection is open.
        if connected.is_null() || unsafe { (mariadb.library.mysql_autocommit)(connection, YES) } != 0 {
            return Err(Unavailable.into());
        }
        Ok(mariadb)
    }

    fn option(&self, option: c_int, value: *const c_void) -> Result<(), Unavailable> {
        // SAFETY: the value is of the type that the option's documentation names; the library copies it.
        match unsafe { (self.library.mysql_options)(self.connection, option, value) } {
            0 => Ok(()),
            _ => Err(Unavailable),
        }
    }

    fn query(&self, statement: &str) -> c_int {
        let len = c_ulong::try_from(statement.len()).unwrap_or(c_ulong::MAX);
        // SAFETY: the connection is open; the statement has that length.
        unsafe { (self.library.mysql_real_query)(self.connection, statement.as_ptr().cast(), len) }
    }

    fn is_conflict(&self) -> bool {
        // SAFETY: the connection is there; the state is a text of it.
        unsafe {
            let code = i32::try_from((self.library.mysql_errno)(self.connection)).ok();
            let state =
                std::ffi::CStr::from_ptr((self.library.mysql_sqlstate)(self.connection)).to_str().ok();
            is_conflict(Kind::MariaDb, state, code)
        }
    }
}

impl Connection for Mariadb {
    fn row(&mut self, account: &str) -> Result<Option<Row>, Unavailable> {
        let Names { table, account: account_column, record } = &self.names;
        let statement = format!(
            "SELECT {account_column}, {record} FROM {table} WHERE {account_column} = {}",
            literal(account)
        );
        if self.query(&statement) != 0 {
            return Err(Unavailable);
        }
        let library = &self.library;
        // SAFETY: a result of two columns is read before it is freed; a row has a length for each of its texts.
        unsafe {
            let result = (library.mysql_store_result)(self.connection);
            if result.is_null() {
                return Err(Unavailable);
            }
            let row = (library.mysql_fetch_row)(result);
            let row = if row.is_null() {
                Ok(None)
            } else {
                let lengths = (library.mysql_fetch_lengths)(result);
                let cell = |column: usize| {
                    let value = *row.add(column);
                    let len = usize::try_from(*lengths.add(column)).unwrap_or(0);
                    (!value.is_null()).then(|| text(value, len)).transpose()
                };
                cell(0).and_then(|account| {
                    Ok(Some(Row { account: account.ok_or(Unavailable)?, record: cell(1)? }))
                })
            };
            (library.mysql_free_result)(result);
            row
        }
    }

    fn swap(&mut self, account: &str, old: &str, new: &str) -> Result<u64, Unavailable> {
        let Names { table, account: account_column, record } = &self.names;
        let statement = format!(
            "UPDATE {table} SET {record} = {} WHERE {account_column} = {} AND {record} = {}",
            literal(new),
            literal(account),
            literal(old)
        );
        if self.query(&statement) == 0 {
            // SAFETY: the connection is open.
            Ok(unsafe { (self.library.mysql_affected_rows)(self.connection) })
        } else if self.is_conflict() {
            Ok(0)
        } else {
            Err(Unavailable)
        }
    }
}

impl Drop for Mariadb {
    fn drop(&mut self) {
        if !self.connection.is_null() {
            // SAFETY: a handle of `mysql_init` that was not closed yet.
            unsafe { (self.library.mysql_close)(self.connection) };
        }
    }
}

/// A text as a literal in hexadecimal: nothing in it can end the literal, whatever the server's SQL mode. It is compared by the
/// column's collation.
fn literal(text: &str) -> String {
    let digits: String = text.bytes().map(|byte| format!("{byte:02X}")).collect();
    format!("_utf8mb4 X'{digits}'")
}

// mysql.h, mariadb_com.h
const OPT_CONNECT_TIMEOUT: c_int = 0;
const INIT_COMMAND: c_int = 3;
const SET_CHARSET_NAME: c_int = 7;
const OPT_LOCAL_INFILE: c_int = 8;
const OPT_READ_TIMEOUT: c_int = 11;
const OPT_WRITE_TIMEOUT: c_int = 12;
const OPT_SSL_VERIFY_SERVER_CERT: c_int = 21;
const OPT_SSL_KEY: c_int = 25;
const OPT_SSL_CERT: c_int = 26;
const OPT_SSL_CA: c_int = 27;
const OPT_SSL_ENFORCE: c_int = 38;
const CLIENT_FOUND_ROWS: c_ulong = 2;
const YES: c_char = 1;
const NO: c_uint = 0;
