//! Statuses
//!
//! Frozen numbers. None is ever used again.

use poterne::{ErrorKind, Refusal};

use crate::guard::same_numbers;

/// After `poterne_login`, `poterne_login_with_ticket` and `poterne_outcome`: a login, accepted AND stored. After any other call:
/// the call worked, which is not a login.
pub const POTERNE_OK: i32 = 0;

/// The code is wrong. A wrong one-time password counts as a failure.
pub const POTERNE_REFUSED_WRONG_CODE: i32 = 1;
/// The code was used before. The user must wait for the next one.
pub const POTERNE_REFUSED_REPLAYED: i32 = 2;
/// The submitted text is not a code.
pub const POTERNE_REFUSED_MALFORMED: i32 = 3;
/// Too many failures. `wait_seconds` of the result says how long to wait.
pub const POTERNE_REFUSED_WAIT: i32 = 4;
/// Locked, until the help desk calls `poterne_unlock`.
pub const POTERNE_REFUSED_LOCKED: i32 = 5;
/// The authenticator is not confirmed yet.
pub const POTERNE_REFUSED_PENDING: i32 = 6;
/// The credential is revoked. Enroll a new one.
pub const POTERNE_REFUSED_REVOKED: i32 = 7;
/// The validity has not begun.
pub const POTERNE_REFUSED_NOT_YET_VALID: i32 = 8;
/// The validity has ended, or the authenticator was not confirmed in time.
pub const POTERNE_REFUSED_EXPIRED: i32 = 9;
/// The server's clock is behind a code that was already accepted. Set the clock.
pub const POTERNE_REFUSED_CLOCK_BEHIND: i32 = 10;
/// The phone's clock is wrong. `clock_off_steps` of the result says by how much.
pub const POTERNE_REFUSED_CLOCK_OFF: i32 = 11;
/// The stored record changed in the meantime. Load it and try again.
pub const POTERNE_REFUSED_CONFLICT: i32 = 12;
/// The account has no record.
pub const POTERNE_REFUSED_NOT_ENROLLED: i32 = 13;
/// The authenticator is suspended. Recovery and temporary codes still work.
pub const POTERNE_REFUSED_SUSPENDED: i32 = 14;
/// The authenticator is already confirmed.
pub const POTERNE_REFUSED_NOT_PENDING: i32 = 15;
/// The ticket is late, altered, or made for another person or purpose. The login starts again with the password.
pub const POTERNE_REFUSED_TICKET: i32 = 16;

/// Not a verdict. Replace the stored record with the attempt's record, commit, then call `poterne_outcome`.
pub const POTERNE_STORE: i32 = 101;
/// The authenticator is resynchronized. Not a login.
pub const POTERNE_RESYNCHRONIZED: i32 = 102;
/// The authenticator is confirmed; `poterne_codes` gives its recovery codes. Not a login.
pub const POTERNE_CONFIRMED: i32 = 103;
/// A change by the help desk is stored, or there was nothing to change; `poterne_codes` gives the codes that it issued. Not a
/// login.
pub const POTERNE_CHANGED: i32 = 104;
/// Only from `poterne_match`: no candidate has this code.
pub const POTERNE_NOT_FOUND: i32 = 105;

/// A name, a number or a length is outside its bounds. An account has 1 to 255 bytes, without control characters.
pub const POTERNE_E_ARGUMENT: i32 = -1;
/// A pointer that must not be NULL is NULL.
pub const POTERNE_E_NULL: i32 = -2;
/// A buffer is too small. The returned length is the one that it needs, without the NUL.
pub const POTERNE_E_BUFFER: i32 = -3;
/// `struct_size` is not set, as the `_INIT` macros do, or is not the size of the structure; a reserved field is not 0; or the
/// caller was compiled for another generation of the interface.
pub const POTERNE_E_VERSION: i32 = -4;
/// A text is not UTF-8.
pub const POTERNE_E_UTF8: i32 = -5;
/// A time is out of range, or before the credential's `t0`.
pub const POTERNE_E_TIME: i32 = -6;
/// The record is damaged, or belongs to another account or application.
pub const POTERNE_E_RECORD: i32 = -7;
/// The record's key is not in the keyring. Give this server the keyring of the others.
pub const POTERNE_E_UNKNOWN_KEY: i32 = -8;
/// The record was written by a later version of the library. Update this server.
pub const POTERNE_E_RECORD_FORMAT: i32 = -9;
/// The credential's state does not allow the call, or the account has no record.
pub const POTERNE_E_STATE: i32 = -10;
/// The number of updated rows is neither 0 nor 1. The swap is wrong.
pub const POTERNE_E_ROWS: i32 = -11;
/// The attempt was never filled, or is spent. From `poterne_codes`: its outcome was not asked for before.
pub const POTERNE_E_ATTEMPT: i32 = -12;
/// The keyring's text is damaged.
pub const POTERNE_E_KEYRING: i32 = -13;
/// The keyring's file cannot be read, or others can read it.
pub const POTERNE_E_KEYRING_FILE: i32 = -14;
/// The shared secret is neither base32 nor hexadecimal, too short or too long.
pub const POTERNE_E_SECRET: i32 = -15;
/// The otpauth URI cannot be built or read.
pub const POTERNE_E_URI: i32 = -16;
/// No moving factor is left, or an imported one is above 2^63 - 1.
pub const POTERNE_E_COUNTER: i32 = -17;
/// The system gave no randomness. Try again later.
pub const POTERNE_E_RANDOM: i32 = -18;
/// The application's table is unavailable.
pub const POTERNE_E_STORE: i32 = -19;
/// The token file is damaged. No function of this version reads token files.
pub const POTERNE_E_TOKEN_FILE: i32 = -20;
/// The token file's password or key is wrong.
pub const POTERNE_E_TOKEN_PASSWORD: i32 = -21;
/// The token file's authentication code is wrong or missing.
pub const POTERNE_E_TOKEN_MAC: i32 = -22;
/// The token file needs a feature that the library does not have.
pub const POTERNE_E_TOKEN_UNSUPPORTED: i32 = -23;
/// A fault of the library. Report it.
pub const POTERNE_E_INTERNAL: i32 = -99;

same_numbers! {
    Refusal:
    Refusal::WrongCode => POTERNE_REFUSED_WRONG_CODE,
    Refusal::Replayed => POTERNE_REFUSED_REPLAYED,
    Refusal::Malformed => POTERNE_REFUSED_MALFORMED,
    Refusal::Wait { seconds: 0 } => POTERNE_REFUSED_WAIT,
    Refusal::Locked => POTERNE_REFUSED_LOCKED,
    Refusal::Pending => POTERNE_REFUSED_PENDING,
    Refusal::Revoked => POTERNE_REFUSED_REVOKED,
    Refusal::NotYetValid => POTERNE_REFUSED_NOT_YET_VALID,
    Refusal::Expired => POTERNE_REFUSED_EXPIRED,
    Refusal::ClockBehind => POTERNE_REFUSED_CLOCK_BEHIND,
    Refusal::ClockOff { steps: 0 } => POTERNE_REFUSED_CLOCK_OFF,
    Refusal::Conflict => POTERNE_REFUSED_CONFLICT,
    Refusal::NotEnrolled => POTERNE_REFUSED_NOT_ENROLLED,
    Refusal::Suspended => POTERNE_REFUSED_SUSPENDED,
    Refusal::NotPending => POTERNE_REFUSED_NOT_PENDING,
    Refusal::Ticket => POTERNE_REFUSED_TICKET,
}

same_numbers! {
    ErrorKind:
    ErrorKind::Argument => POTERNE_E_ARGUMENT,
    ErrorKind::Null => POTERNE_E_NULL,
    ErrorKind::Buffer => POTERNE_E_BUFFER,
    ErrorKind::Version => POTERNE_E_VERSION,
    ErrorKind::Utf8 => POTERNE_E_UTF8,
    ErrorKind::Time => POTERNE_E_TIME,
    ErrorKind::Record => POTERNE_E_RECORD,
    ErrorKind::UnknownKey => POTERNE_E_UNKNOWN_KEY,
    ErrorKind::RecordFormat => POTERNE_E_RECORD_FORMAT,
    ErrorKind::State => POTERNE_E_STATE,
    ErrorKind::Rows => POTERNE_E_ROWS,
    ErrorKind::Attempt => POTERNE_E_ATTEMPT,
    ErrorKind::Keyring => POTERNE_E_KEYRING,
    ErrorKind::KeyringFile => POTERNE_E_KEYRING_FILE,
    ErrorKind::Secret => POTERNE_E_SECRET,
    ErrorKind::Uri => POTERNE_E_URI,
    ErrorKind::Counter => POTERNE_E_COUNTER,
    ErrorKind::Random => POTERNE_E_RANDOM,
    ErrorKind::Store => POTERNE_E_STORE,
    ErrorKind::TokenFile => POTERNE_E_TOKEN_FILE,
    ErrorKind::TokenPassword => POTERNE_E_TOKEN_PASSWORD,
    ErrorKind::TokenMac => POTERNE_E_TOKEN_MAC,
    ErrorKind::TokenUnsupported => POTERNE_E_TOKEN_UNSUPPORTED,
    ErrorKind::Internal => POTERNE_E_INTERNAL,
}
