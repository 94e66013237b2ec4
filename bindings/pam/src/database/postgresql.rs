//! PostgreSQL, by `libpq.so.5`.

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::ptr;
use std::time::{Duration, Instant};

use poterne::{Database as Kind, is_conflict};
use poterne_settings::Database;
use zeroize::{Zeroize, Zeroizing};

use super::{Connection, LOCK_TIMEOUT_SECONDS, Names, Row, TIMEOUT_SECONDS, Unavailable, library, text};

pub(super) struct Postgresql {
    library: Functions,
    connection: *mut c_void,
    select: CString,
    update: CString,
}

library::functions! {
    Functions, c"libpq.so.5":
    fn PQconnectdbParams(*const *const c_char, *const *const c_char, c_int) -> *mut c_void;
    fn PQstatus(*const c_void) -> c_int;
    fn PQfinish(*mut c_void);
    fn PQsetNoticeReceiver(*mut c_void, Option<NoticeReceiver>, *mut c_void) -> Option<NoticeReceiver>;
    fn PQsendQueryParams(
        *mut c_void, *const c_char, c_int, *const u32, *const *const c_char, *const c_int, *const c_int, c_int,
    ) -> c_int;
    fn PQsocket(*const c_void) -> c_int;
    fn PQconsumeInput(*mut c_void) -> c_int;
    fn PQisBusy(*mut c_void) -> c_int;
    fn PQgetResult(*mut c_void) -> *mut c_void;
    fn PQresultStatus(*const c_void) -> c_int;
    fn PQresultErrorField(*const c_void, c_int) -> *mut c_char;
    fn PQntuples(*const c_void) -> c_int;
    fn PQgetisnull(*const c_void, c_int, c_int) -> c_int;
    fn PQgetvalue(*const c_void, c_int, c_int) -> *mut c_char;
    fn PQgetlength(*const c_void, c_int, c_int) -> c_int;
    fn PQcmdTuples(*mut c_void) -> *mut c_char;
    fn PQclear(*mut c_void);
}

type NoticeReceiver = unsafe extern "C" fn(*mut c_void, *const c_void);

/// What a statement came to.
enum Answer {
    Rows(Option<Row>),
    Updated(u64),
    /// An error, or a warning, that means that the swap is lost.
    Conflict,
}

impl Postgresql {
    pub(super) fn open(
        database: &Database,
        password: Option<Zeroizing<String>>,
        names: Names,
    ) -> Result<Self, Unavailable> {
        let library = Functions::load().ok_or(Unavailable)?;
        let parameters = parameters(database, password.as_deref().map(String::as_str))?;
        let ends = |texts: Vec<*const c_char>| -> Vec<*const c_char> {
            texts.into_iter().chain([ptr::null()]).collect()
        };
        let keywords = ends(parameters.iter().map(|(keyword, _)| keyword.as_ptr()).collect());
        let values = ends(parameters.iter().map(|(_, value)| value.as_ptr()).collect());
        // SAFETY: two arrays of texts of the same length, each with a null at its end. 0: the name is a name, never a connection string.
        let connection = unsafe { (library.PQconnectdbParams)(keywords.as_ptr(), values.as_ptr(), 0) };
        wipe(parameters);
        let Names { table, account, record } = names;
        let sql = |text: String| CString::new(text).map_err(|_| Unavailable);
        let postgresql = Self {
            library,
            connection,
            select: sql(format!("SELECT {account}, {record} FROM {table} WHERE {account} = $1"))?,
            update: sql(format!("UPDATE {table} SET {record} = $1 WHERE {account} = $2 AND {record} = $3"))?,
        };
        // SAFETY: null, which is not OK, or a connection.
        if unsafe { (postgresql.library.PQstatus)(connection) } != CONNECTION_OK {
            return Err(Unavailable);
        }
        Ok(postgresql)
    }

    /// Sends a statement, and waits for its answer no longer than the timeout, whatever the server does.
    fn run(&self, statement: &CStr, values: &[&str]) -> Result<Answer, Unavailable> {
        let library = &self.library;
        let values: Vec<CString> = values
            .iter()
            .map(|value| CString::new(*value))
            .collect::<Result<_, _>>()
            .map_err(|_| Unavailable)?;
        let pointers: Vec<*const c_char> = values.iter().map(|value| value.as_ptr()).collect();
        let mut notice = Notice { library, is_conflict: false };
        // SAFETY: the connection is open. The receiver's data lives until the connection has another, below.
        unsafe {
            (library.PQsetNoticeReceiver)(self.connection, Some(receive), (&raw mut notice).cast());
            let is_sent = (library.PQsendQueryParams)(
                self.connection,
                statement.as_ptr(),
                c_int::try_from(pointers.len()).map_err(|_| Unavailable)?,
                ptr::null(),
                pointers.as_ptr(),
                ptr::null(),
                ptr::null(),
                0,
            ) == 1;
            let answer = if is_sent { self.answer() } else { Err(Unavailable) };
            (library.PQsetNoticeReceiver)(self.connection, Some(ignore), ptr::null_mut());
            // PostgreSQL commits with a warning when somebody cancels its wait for a standby: such a commit can be lost (7.2).
            if notice.is_conflict { answer.map(|_| Answer::Conflict) } else { answer }
        }
    }

    fn answer(&self) -> Result<Answer, Unavailable> {
        let library = &self.library;
        let end =
            Instant::now().checked_add(Duration::from_secs(TIMEOUT_SECONDS.into())).ok_or(Unavailable)?;
        let mut answer = Err(Unavailable);
        loop {
            // SAFETY: the connection is open; each result is cleared once.
            unsafe {
                while (library.PQisBusy)(self.connection) == 1 {
                    self.wait(end)?;
                    if (library.PQconsumeInput)(self.connection) != 1 {
                        return Err(Unavailable);
                    }
                }
                let result = (library.PQgetResult)(self.connection);
                if result.is_null() {
                    return answer;
                }
                answer = self.read(result);
                (library.PQclear)(result);
            }
        }
    }

    /// Waits until the server has said something.
    fn wait(&self, end: Instant) -> Result<(), Unavailable> {
        loop {
            let left = end.saturating_duration_since(Instant::now());
            // SAFETY: the connection is open; one entry.
            let ready = unsafe {
                let mut entry = libc::pollfd {
                    fd: (self.library.PQsocket)(self.connection),
                    events: libc::POLLIN,
                    revents: 0,
                };
                libc::poll(&mut entry, 1, c_int::try_from(left.as_millis()).unwrap_or(c_int::MAX))
            };
            match ready {
                1.. => return Ok(()),
                // A signal of the host; the time goes on.
                -1 if std::io::Error::last_os_error().kind() == std::io::ErrorKind::Interrupted => {}
                _ => return Err(Unavailable),
            }
        }
    }

    /// # Safety
    /// `result` is a result of this connection.
    unsafe fn read(&self, result: *mut c_void) -> Result<Answer, Unavailable> {
        let library = &self.library;
        // SAFETY: of a result with rows, cells within it are read; texts live until it is cleared.
        unsafe {
            match (library.PQresultStatus)(result) {
                TUPLES_OK if (library.PQntuples)(result) == 0 => Ok(Answer::Rows(None)),
                TUPLES_OK => {
                    let cell = |column| {
                        let len = usize::try_from((library.PQgetlength)(result, 0, column)).unwrap_or(0);
                        ((library.PQgetisnull)(result, 0, column) == 0)
                            .then(|| text((library.PQgetvalue)(result, 0, column), len))
                            .transpose()
                    };
                    Ok(Answer::Rows(Some(Row { account: cell(0)?.ok_or(Unavailable)?, record: cell(1)? })))
                }
                COMMAND_OK => {
                    let count =
                        CStr::from_ptr((library.PQcmdTuples)(result)).to_str().map_err(|_| Unavailable)?;
                    count.parse().map(Answer::Updated).map_err(|_| Unavailable)
                }
                _ if is_lost(library, result) => Ok(Answer::Conflict),
                _ => Err(Unavailable),
            }
        }
    }
}

impl Connection for Postgresql {
    fn row(&mut self, account: &str) -> Result<Option<Row>, Unavailable> {
        match self.run(&self.select, &[account])? {
            Answer::Rows(row) => Ok(row),
            _ => Err(Unavailable),
        }
    }

    fn swap(&mut self, account: &str, old: &str, new: &str) -> Result<u64, Unavailable> {
        match self.run(&self.update, &[new, account, old])? {
            Answer::Updated(rows) => Ok(rows),
            Answer::Conflict => Ok(0),
            Answer::Rows(_) => Err(Unavailable),
        }
    }
}

impl Drop for Postgresql {
    fn drop(&mut self) {
        // SAFETY: null, or a connection that was not closed yet.
        unsafe { (self.library.PQfinish)(self.connection) };
    }
}

/// What a receiver of notices is given.
struct Notice<'l> {
    library: &'l Functions,
    is_conflict: bool,
}

/// Without a receiver libpq prints to the host's standard error.
unsafe extern "C" fn receive(data: *mut c_void, result: *const c_void) {
    // SAFETY: the data is that of `run`, which is waiting; the result is libpq's for this call.
    unsafe {
        if let Some(notice) = data.cast::<Notice<'_>>().as_mut() {
            notice.is_conflict |= is_lost(notice.library, result);
        }
    }
}

unsafe extern "C" fn ignore(_: *mut c_void, _: *const c_void) {}

/// Whether an error or a warning means that the swap is lost.
///
/// # Safety
/// `result` is a result.
unsafe fn is_lost(library: &Functions, result: *const c_void) -> bool {
    // SAFETY: the field is null or a text of the result.
    unsafe {
        let state = (library.PQresultErrorField)(result, SQLSTATE);
        !state.is_null()
            && CStr::from_ptr(state)
                .to_str()
                .is_ok_and(|state| is_conflict(Kind::PostgreSql, Some(state), None))
    }
}

/// The parameters of libpq, those of the address first: of two equal ones the last counts.
fn parameters(database: &Database, password: Option<&str>) -> Result<Vec<(CString, CString)>, Unavailable> {
    let port = database.port().map(|port| port.to_string());
    let options = database.query().find(|(name, _)| *name == "options").map_or("", |(_, value)| value);
    // The server ends what this side no longer waits for. A server of another kind behind the same protocol may not know them.
    let options = format!(
        "{options} -c statement_timeout={}s -c lock_timeout={}s -c idle_in_transaction_session_timeout={}s",
        TIMEOUT_SECONDS, LOCK_TIMEOUT_SECONDS, TIMEOUT_SECONDS
    );
    let seconds = TIMEOUT_SECONDS.to_string();
    let own = [
        ("host", database.host()),
        ("port", port.as_deref()),
        ("user", database.user()),
        ("password", password),
        ("dbname", Some(database.name()).filter(|name| !name.is_empty())),
    ];
    let fixed = [
        ("options", options.as_str()),
        ("connect_timeout", &seconds),
        // A host that has gone: what it does not acknowledge, and what it does not say.
        ("tcp_user_timeout", "2000"),
        ("keepalives", "1"),
        ("keepalives_idle", "1"),
        ("keepalives_interval", "1"),
        ("keepalives_count", "1"),
        ("client_encoding", "UTF8"),
        ("fallback_application_name", "pam_poterne"),
    ];
    let all =
        own.into_iter().filter_map(|(name, value)| Some((name, value?))).chain(database.query()).chain(fixed);
    all.map(|(name, value)| Ok((CString::new(name)?, CString::new(value)?)))
        .collect::<Result<_, std::ffi::NulError>>()
        .map_err(|_| Unavailable)
}

/// One of them is the password.
fn wipe(parameters: Vec<(CString, CString)>) {
    for (_, value) in parameters {
        value.into_bytes().zeroize();
    }
}

// libpq-fe.h, postgres_ext.h
const CONNECTION_OK: c_int = 0;
const COMMAND_OK: c_int = 1;
const TUPLES_OK: c_int = 2;
const SQLSTATE: c_int = b'C' as c_int;
