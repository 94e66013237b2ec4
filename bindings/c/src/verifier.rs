//! The verifier: `poterne_verifier_*`, and its functions, which drop the type's name.

use std::ffi::c_char;

use poterne::{
    Authenticator, CodeSet, Enrollment, Imported, Keyring, Meanwhile, PolicyOption, Secret, State,
    TokenRecord, Verifier,
};

use crate::attempt::{self, POTERNE_RECORD_MAX, write_record};
use crate::guard::{Failure, Output, bytes, free, guard, put_handle, shared, submitted, text, time, unique};
use crate::keyring::poterne_keyring;
use crate::status::{POTERNE_E_ARGUMENT, POTERNE_E_INTERNAL, POTERNE_E_VERSION, POTERNE_OK};
use crate::structs::{
    self, POTERNE_APP, POTERNE_STATE_ACTIVE, POTERNE_STATE_PENDING, POTERNE_STATE_SUSPENDED, POTERNE_TOKEN,
    poterne_attempt, poterne_imported, poterne_parameters, poterne_status,
};

/// Makes and checks the records of one application. Configure it, then share it between threads: functions that take a
/// const pointer need no lock. Freed by `poterne_verifier_free`.
pub struct poterne_verifier(Option<Verifier>);

impl poterne_verifier {
    pub(crate) fn get(&self) -> Result<&Verifier, Failure> {
        self.0.as_ref().ok_or(Failure(POTERNE_E_INTERNAL))
    }
}

/// The generation of this interface, which the soname carries too.
pub const POTERNE_ABI: u32 = 1;

/// Time steps before the present one, for an application: 0 to 10, default 1.
pub const POTERNE_OPTION_APP_STEPS_BACKWARD: i32 = 1;
/// Time steps after the present one, for an application: 0 to 10, default 1.
pub const POTERNE_OPTION_APP_STEPS_FORWARD: i32 = 2;
/// Time steps before the present one, for a hardware token: 0 to 10, default 2.
pub const POTERNE_OPTION_TOKEN_STEPS_BACKWARD: i32 = 3;
/// Time steps after the present one, for a hardware token: 0 to 10, default 1.
pub const POTERNE_OPTION_TOKEN_STEPS_FORWARD: i32 = 4;
/// Counters that are tried: 1 to 100, default 10.
pub const POTERNE_OPTION_LOOK_AHEAD: i32 = 5;
/// Failures after which a credential is locked: 1 to 100, default 20.
pub const POTERNE_OPTION_MAX_FAILURES: i32 = 6;
/// Time steps by which a token's clock may differ: 1 to 200, default 120.
pub const POTERNE_OPTION_MAX_DRIFT: i32 = 7;
/// Counters that are tried in a resynchronization: 1 to 10000, default 1000.
pub const POTERNE_OPTION_RESYNC_LOOK_AHEAD: i32 = 8;
/// Recovery codes that a confirmation issues: 0 to 10, default 8.
pub const POTERNE_OPTION_RECOVERY_CODES: i32 = 9;
/// 1: the first login with a pending authenticator confirms it. Default 0.
pub const POTERNE_OPTION_CONFIRM_AT_FIRST_LOGIN: i32 = 10;
/// 1: secrets of 10 to 15 bytes may be brought in. Default 0.
pub const POTERNE_OPTION_ALLOW_SHORT_SECRET: i32 = 11;
/// 1: parameters and names that some applications do not honor may be enrolled. Default 0.
pub const POTERNE_OPTION_ALLOW_INCOMPATIBLE: i32 = 12;
/// Days within which an application must be confirmed, from its enrollment: 1 to 365, default 30.
pub const POTERNE_OPTION_CONFIRM_WITHIN_DAYS: i32 = 13;

/// The authenticator is kept as it is: forgotten at home.
pub const POTERNE_KEEP: u32 = 1;
/// The authenticator is suspended: lost or stolen.
pub const POTERNE_SUSPEND: u32 = 2;

/// The recovery codes.
pub const POTERNE_CODES_RECOVERY: u32 = 1;
/// The temporary code.
pub const POTERNE_CODES_TEMPORARY: u32 = 2;
/// All of them.
pub const POTERNE_CODES_BOTH: u32 = 3;

/// Makes a verifier with the default policy. The keyring is copied, and can be freed.
///
/// @param abi `POTERNE_ABI`, as the caller was compiled: a mismatch is an error here, and not at the first login
/// @param application, application_len the application's name, part of every record: the same on all servers, for ever
/// @param verifier where the new handle goes; NULL is written on failure
/// @return `POTERNE_OK`, `POTERNE_E_VERSION`, `POTERNE_E_ARGUMENT`, `POTERNE_E_UTF8`, `POTERNE_E_RANDOM`, `POTERNE_E_NULL`,
///     `POTERNE_E_INTERNAL`
/// Since 0.1.
///
/// # Safety
/// `keyring` is null or a live handle; `application` points to so many bytes; `verifier` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_verifier_new(
    abi: u32,
    keyring: *const poterne_keyring,
    application: *const c_char,
    application_len: usize,
    verifier: *mut *mut poterne_verifier,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        unsafe {
            *unique(verifier)? = std::ptr::null_mut();
            if abi != POTERNE_ABI {
                return Err(Failure(POTERNE_E_VERSION));
            }
            let copy = Keyring::parse(&shared(keyring)?.0.to_text())?;
            let new = Verifier::new(copy, text(application, application_len)?)?;
            put_handle(verifier, poterne_verifier(Some(new)));
        }
        Ok(POTERNE_OK)
    })
}

/// Sets an option of the policy. Not while other threads use the verifier.
///
/// @param option one of `POTERNE_OPTION_...`
/// @return `POTERNE_OK`, `POTERNE_E_ARGUMENT` (no such option, or out of its bounds), `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
/// Since 0.1.
///
/// # Safety
/// `verifier` is null or a live handle that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_verifier_set(
    verifier: *mut poterne_verifier,
    option: i32,
    value: i64,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        let handle = unsafe { unique(verifier)? };
        let policy = handle.get()?.policy().with(policy_option(option)?, value)?;
        handle.0 = handle.0.take().map(|verifier| verifier.with_policy(policy));
        Ok(POTERNE_OK)
    })
}

/// The value of an option of the policy.
///
/// @param value where it goes; 0 on failure
/// @return `POTERNE_OK`, `POTERNE_E_ARGUMENT`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
/// Since 0.1.
///
/// # Safety
/// `verifier` is null or a live handle; `value` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_verifier_get(
    verifier: *const poterne_verifier,
    option: i32,
    value: *mut i64,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        unsafe {
            *unique(value)? = 0;
            *unique(value)? = shared(verifier)?.get()?.policy().get(policy_option(option)?);
        }
        Ok(POTERNE_OK)
    })
}

/// How long a time-based code lives under the policy: so long after a server could first accept it, no server does. Wait so long
/// before a token is handed to somebody else, and before logins are let in after a backup was restored or a database failed over.
/// By default 390 seconds for an application, 780 for a token of 30 seconds.
///
/// @param authenticator `POTERNE_APP` or `POTERNE_TOKEN`
/// @param time_step seconds, 30 to 120
/// @param seconds where it goes; 0 on failure
/// @return `POTERNE_OK`, `POTERNE_E_ARGUMENT`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
/// Since 0.1.
///
/// # Safety
/// `verifier` is null or a live handle; `seconds` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_code_lifetime(
    verifier: *const poterne_verifier,
    authenticator: u32,
    time_step: u32,
    seconds: *mut u64,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        unsafe {
            *unique(seconds)? = 0;
            let authenticator = match authenticator {
                POTERNE_APP => Authenticator::App,
                POTERNE_TOKEN => Authenticator::Token,
                _ => return Err(Failure(POTERNE_E_ARGUMENT)),
            };
            *unique(seconds)? = shared(verifier)?.get()?.policy().code_lifetime(authenticator, time_step)?;
        }
        Ok(POTERNE_OK)
    })
}

/// Frees a verifier, and wipes its keys. NULL is fine.
/// Since 0.1.
///
/// # Safety
/// `verifier` is null or a handle that is not used again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_verifier_free(verifier: *mut poterne_verifier) {
    // SAFETY: the caller's promise.
    unsafe { free(verifier) }
}

/// Makes a credential with a fresh secret, pending until its first code is confirmed. `poterne_otpauth_uri` gives what to
/// show.
///
/// @param account, account_len the account's name as it is stored, 1 to 255 bytes
/// @param parameters how codes are made; NULL for the defaults
/// @param now Unix seconds, or `POTERNE_NOW`
/// @param out, cap, len the record, for INSERT; `POTERNE_RECORD_MAX` is enough
/// @return `POTERNE_OK`, `POTERNE_E_ARGUMENT`, `POTERNE_E_URI` (some applications do not honor the parameters),
///     `POTERNE_E_TIME`, `POTERNE_E_SECRET`, `POTERNE_E_COUNTER`, `POTERNE_E_RANDOM`, `POTERNE_E_BUFFER`, `POTERNE_E_UTF8`,
///     `POTERNE_E_VERSION`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
/// Since 0.1.
///
/// # Safety
/// Handles are live, texts have their lengths, structures the size that they state, `out` has `cap` writable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_enroll(
    verifier: *const poterne_verifier,
    account: *const c_char,
    account_len: usize,
    parameters: *const poterne_parameters,
    now: i64,
    out: *mut c_char,
    cap: usize,
    len: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        unsafe {
            let output = Output::new(out.cast(), cap, len)?;
            let (verifier, account) = (shared(verifier)?.get()?, text(account, account_len)?);
            let parameters = read_parameters(parameters)?.to_parameters()?;
            output.fits(poterne::Record::LEN)?;
            write_enrollment(&output, verifier.enroll(account, parameters, time(now)?)?)
        }
    })
}

/// Makes a credential of a hardware token whose secret is known, pending until its first code is confirmed.
///
/// A token that comes back from somebody else waits before it is handed out again: as long as `poterne_code_lifetime` says, and
/// before it is resynchronized `POTERNE_OPTION_MAX_DRIFT` time steps and 300 seconds. The codes that its last holder saw must be
/// dead.
///
/// @param secret, secret_len the token's secret: 16 to 1,024 bytes, of which more than 64 are stored as the key that HMAC makes of
///     them; with SHA-512 not 65 to 128
/// @return as `poterne_enroll`
/// Since 0.1.
///
/// # Safety
/// As `poterne_enroll`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_enroll_token(
    verifier: *const poterne_verifier,
    account: *const c_char,
    account_len: usize,
    parameters: *const poterne_parameters,
    secret: *const u8,
    secret_len: usize,
    now: i64,
    out: *mut c_char,
    cap: usize,
    len: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        unsafe {
            let output = Output::new(out.cast(), cap, len)?;
            let (verifier, account) = (shared(verifier)?.get()?, text(account, account_len)?);
            let parameters = read_parameters(parameters)?.to_parameters()?;
            let token = TokenRecord::new(Secret::from_bytes(bytes(secret, secret_len)?)?, parameters);
            output.fits(poterne::Record::LEN)?;
            write_enrollment(&output, verifier.enroll_token(account, token, time(now)?)?)
        }
    })
}

/// Seals a credential that exists elsewhere. Bring its counter or watermark along, or a code that the other system has
/// accepted is accepted once more.
///
/// @param secret, secret_len as of `poterne_enroll_token`
/// @param imported its state and history; NULL: active, without any
/// @return as `poterne_enroll`
/// Since 0.1.
///
/// # Safety
/// As `poterne_enroll`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_import(
    verifier: *const poterne_verifier,
    account: *const c_char,
    account_len: usize,
    parameters: *const poterne_parameters,
    secret: *const u8,
    secret_len: usize,
    imported: *const poterne_imported,
    now: i64,
    out: *mut c_char,
    cap: usize,
    len: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        unsafe {
            let output = Output::new(out.cast(), cap, len)?;
            let (verifier, account) = (shared(verifier)?.get()?, text(account, account_len)?);
            let parameters = read_parameters(parameters)?.to_parameters()?;
            let secret = Secret::from_bytes(bytes(secret, secret_len)?)?;
            let imported = with_history(Imported::new(secret, parameters), imported)?;
            output.fits(poterne::Record::LEN)?;
            write_record(&output, verifier.import(account, imported, time(now)?)?.record())
        }
    })
}

/// What the help desk may see of a credential: never the secret, counter, watermark or a date of use.
///
/// @param status where it goes, with its `struct_size` set; zeros on failure
/// @return `POTERNE_OK`, `POTERNE_E_STATE` (no record), `POTERNE_E_RECORD`, `POTERNE_E_UNKNOWN_KEY`, `POTERNE_E_RECORD_FORMAT`,
///     `POTERNE_E_ARGUMENT`, `POTERNE_E_TIME`, `POTERNE_E_UTF8`, `POTERNE_E_VERSION`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
/// Since 0.1.
///
/// # Safety
/// As `poterne_enroll`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_inspect(
    verifier: *const poterne_verifier,
    record: *const c_char,
    record_len: usize,
    account: *const c_char,
    account_len: usize,
    now: i64,
    status: *mut poterne_status,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        unsafe {
            structs::write(status, &poterne_status::default())?;
            let (record, account) = (text(record, record_len)?, text(account, account_len)?);
            let seen = shared(verifier)?.get()?.inspect(record, account, time(now)?)?;
            structs::write(status, &poterne_status::from_status(&seen))?;
        }
        Ok(POTERNE_OK)
    })
}

/// A login, first step: checks what the user typed, and gives the record to store. The verdict comes from `poterne_outcome`.
///
/// @param record, record_len what the table holds for the account; NULL or empty if there is no row
/// @param account, account_len the account's name as it is stored
/// @param typed, typed_len what the user typed, as it is
/// @param now Unix seconds, or `POTERNE_NOW`
/// @param attempt filled, with its `struct_size` set before
/// @return `POTERNE_STORE`, `POTERNE_REFUSED_...` if nothing changed, never 0; `POTERNE_E_RECORD`, `POTERNE_E_UNKNOWN_KEY`,
///     `POTERNE_E_RECORD_FORMAT`, `POTERNE_E_ARGUMENT`, `POTERNE_E_TIME`, `POTERNE_E_COUNTER`, `POTERNE_E_RANDOM`,
///     `POTERNE_E_UTF8`, `POTERNE_E_VERSION`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
/// Since 0.1.
///
/// # Safety
/// As `poterne_enroll`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_verify(
    verifier: *const poterne_verifier,
    record: *const c_char,
    record_len: usize,
    account: *const c_char,
    account_len: usize,
    typed: *const c_char,
    typed_len: usize,
    now: i64,
    attempt: *mut poterne_attempt,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        unsafe {
            attempt::clear(attempt)?;
            let record = text(record, record_len)?;
            let account = text(account, account_len)?;
            let typed = submitted(typed, typed_len)?;
            attempt::give(attempt, shared(verifier)?.get()?.verify(record, account, typed, time(now)?)?)
        }
    })
}

/// The first code of a pending authenticator; not a login. As `poterne_verify`.
///
/// @return `POTERNE_STORE`, `POTERNE_REFUSED_...` if nothing changed, never 0; `POTERNE_E_RECORD`, `POTERNE_E_UNKNOWN_KEY`,
///     `POTERNE_E_RECORD_FORMAT`, `POTERNE_E_ARGUMENT`, `POTERNE_E_TIME`, `POTERNE_E_COUNTER`, `POTERNE_E_RANDOM`,
///     `POTERNE_E_UTF8`, `POTERNE_E_VERSION`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
/// Since 0.1.
///
/// # Safety
/// As `poterne_enroll`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_confirm(
    verifier: *const poterne_verifier,
    record: *const c_char,
    record_len: usize,
    account: *const c_char,
    account_len: usize,
    typed: *const c_char,
    typed_len: usize,
    now: i64,
    attempt: *mut poterne_attempt,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        unsafe {
            attempt::clear(attempt)?;
            let record = text(record, record_len)?;
            let account = text(account, account_len)?;
            let typed = submitted(typed, typed_len)?;
            attempt::give(attempt, shared(verifier)?.get()?.confirm(record, account, typed, time(now)?)?)
        }
    })
}

/// The first code of a new authenticator that replaces an old one; not a login. The swap compares with `old`; whatever is
/// refused leaves it as it is, and a wrong code is not counted. `old` may be locked or suspended, not revoked or out of its
/// validity; a bound of validity that the new record does not set is taken over from it.
///
/// @param old, old_len the record that was stored when the new authenticator was enrolled
/// @param pending, pending_len the new record, kept outside the table; throw it away once it is confirmed
/// @return `POTERNE_STORE`, `POTERNE_REFUSED_...` if nothing changed, never 0; `POTERNE_E_STATE` (no record), `POTERNE_E_RECORD`,
///     `POTERNE_E_UNKNOWN_KEY`, `POTERNE_E_RECORD_FORMAT`, `POTERNE_E_ARGUMENT` (both have the same secret, too),
///     `POTERNE_E_TIME`, `POTERNE_E_COUNTER`, `POTERNE_E_RANDOM`, `POTERNE_E_UTF8`, `POTERNE_E_VERSION`, `POTERNE_E_NULL`,
///     `POTERNE_E_INTERNAL`
/// Since 0.1.
///
/// # Safety
/// As `poterne_enroll`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_replace(
    verifier: *const poterne_verifier,
    old: *const c_char,
    old_len: usize,
    pending: *const c_char,
    pending_len: usize,
    account: *const c_char,
    account_len: usize,
    typed: *const c_char,
    typed_len: usize,
    now: i64,
    attempt: *mut poterne_attempt,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        unsafe {
            attempt::clear(attempt)?;
            let old = text(old, old_len)?;
            let pending = text(pending, pending_len)?;
            let account = text(account, account_len)?;
            let typed = submitted(typed, typed_len)?;
            attempt::give(
                attempt,
                shared(verifier)?.get()?.replace(old, pending, account, typed, time(now)?)?,
            )
        }
    })
}

/// Two codes in a row, for a token whose clock or counter is out of reach; not a login. As `poterne_verify`.
///
/// @param first, first_len, second, second_len the codes, in the order in which they were shown
/// @return `POTERNE_STORE`, `POTERNE_REFUSED_...` if nothing changed, never 0; `POTERNE_E_RECORD`, `POTERNE_E_UNKNOWN_KEY`,
///     `POTERNE_E_RECORD_FORMAT`, `POTERNE_E_ARGUMENT`, `POTERNE_E_TIME`, `POTERNE_E_COUNTER`, `POTERNE_E_RANDOM`,
///     `POTERNE_E_UTF8`, `POTERNE_E_VERSION`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
/// Since 0.1.
///
/// # Safety
/// As `poterne_enroll`.
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
        // SAFETY: the caller's promise.
        unsafe {
            attempt::clear(attempt)?;
            let record = text(record, record_len)?;
            let account = text(account, account_len)?;
            let first = submitted(first, first_len)?;
            let second = submitted(second, second_len)?;
            attempt::give(
                attempt,
                shared(verifier)?.get()?.resynchronize(record, account, first, second, time(now)?)?,
            )
        }
    })
}

/// Issues 1 to 10 recovery codes in place of the former ones. Each works once, also while the account is locked or has to wait.
/// Once `poterne_outcome` has said `POTERNE_CHANGED`, `poterne_codes` gives them.
///
/// @return `POTERNE_STORE`, never 0; `POTERNE_E_STATE`, `POTERNE_E_RECORD`, `POTERNE_E_UNKNOWN_KEY`,
///     `POTERNE_E_RECORD_FORMAT`, `POTERNE_E_ARGUMENT`, `POTERNE_E_RANDOM`, `POTERNE_E_UTF8`, `POTERNE_E_VERSION`,
///     `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
/// Since 0.1.
///
/// # Safety
/// As `poterne_enroll`.
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
        // SAFETY: the caller's promise.
        unsafe {
            attempt::clear(attempt)?;
            let record = text(record, record_len)?;
            let account = text(account, account_len)?;
            attempt::give_change(attempt, shared(verifier)?.get()?.recovery_codes(record, account, count)?)
        }
    })
}

/// Issues a temporary code in place of the former one; as `poterne_recovery_codes`. It works while the account is locked or has to
/// wait, and leaves the failures as they are.
///
/// @param expiry its last second, at most 30 days ahead; 0: 24 hours
/// @param uses 1 to 50; 0: 1
/// @param meanwhile `POTERNE_SUSPEND` (lost or stolen) or `POTERNE_KEEP` (forgotten at home)
/// @return `POTERNE_STORE`, never 0; `POTERNE_E_STATE`, `POTERNE_E_RECORD`, `POTERNE_E_UNKNOWN_KEY`,
///     `POTERNE_E_RECORD_FORMAT`, `POTERNE_E_ARGUMENT`, `POTERNE_E_TIME`, `POTERNE_E_RANDOM`, `POTERNE_E_UTF8`,
///     `POTERNE_E_VERSION`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
/// Since 0.1.
///
/// # Safety
/// As `poterne_enroll`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_temporary_code(
    verifier: *const poterne_verifier,
    record: *const c_char,
    record_len: usize,
    account: *const c_char,
    account_len: usize,
    expiry: i64,
    uses: u32,
    meanwhile: u32,
    now: i64,
    attempt: *mut poterne_attempt,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        unsafe {
            attempt::clear(attempt)?;
            let record = text(record, record_len)?;
            let account = text(account, account_len)?;
            let meanwhile = match meanwhile {
                POTERNE_KEEP => Meanwhile::Keep,
                POTERNE_SUSPEND => Meanwhile::Suspend,
                _ => return Err(Failure(POTERNE_E_ARGUMENT)),
            };
            let expiry = if expiry == 0 { None } else { Some(time(expiry)?) };
            let uses = if uses == 0 { 1 } else { uses };
            attempt::give_change(
                attempt,
                shared(verifier)?.get()?.temporary_code(
                    record,
                    account,
                    expiry,
                    uses,
                    meanwhile,
                    time(now)?,
                )?,
            )
        }
    })
}

/// Ends the recovery codes, the temporary code, or both: they were lost with the phone, or told to the wrong person.
///
/// @param codes `POTERNE_CODES_RECOVERY`, `POTERNE_CODES_TEMPORARY` or `POTERNE_CODES_BOTH`
/// @return `POTERNE_STORE`, never 0; `POTERNE_E_STATE`, `POTERNE_E_RECORD`, `POTERNE_E_UNKNOWN_KEY`,
///     `POTERNE_E_RECORD_FORMAT`, `POTERNE_E_ARGUMENT`, `POTERNE_E_RANDOM`, `POTERNE_E_UTF8`, `POTERNE_E_VERSION`,
///     `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
/// Since 0.1.
///
/// # Safety
/// As `poterne_enroll`.
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
        // SAFETY: the caller's promise.
        unsafe {
            attempt::clear(attempt)?;
            let record = text(record, record_len)?;
            let account = text(account, account_len)?;
            let codes = match codes {
                POTERNE_CODES_RECOVERY => CodeSet::Recovery,
                POTERNE_CODES_TEMPORARY => CodeSet::Temporary,
                POTERNE_CODES_BOTH => CodeSet::Both,
                _ => return Err(Failure(POTERNE_E_ARGUMENT)),
            };
            attempt::give_change(attempt, shared(verifier)?.get()?.end_codes(record, account, codes)?)
        }
    })
}

/// Clears the failures: the account is neither locked nor has to wait.
///
/// @return `POTERNE_STORE`, never 0; `POTERNE_E_STATE`, `POTERNE_E_RECORD`, `POTERNE_E_UNKNOWN_KEY`,
///     `POTERNE_E_RECORD_FORMAT`, `POTERNE_E_ARGUMENT`, `POTERNE_E_RANDOM`, `POTERNE_E_UTF8`, `POTERNE_E_VERSION`,
///     `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
/// Since 0.1.
///
/// # Safety
/// As `poterne_enroll`.
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
        // SAFETY: the caller's promise.
        unsafe {
            attempt::clear(attempt)?;
            let record = text(record, record_len)?;
            let account = text(account, account_len)?;
            attempt::give_change(attempt, shared(verifier)?.get()?.unlock(record, account)?)
        }
    })
}

/// Takes back what a clock that was ahead has written: a watermark that is not reached yet, failures and a last use of the future.
/// For all records, once the clock is right; a thief's lock stays. Look at the clock of this server first: on one that is itself
/// behind, used codes would work once more.
///
/// @return `POTERNE_STORE`; `POTERNE_CHANGED` if there was nothing to repair: `changed` of the attempt is 0, the record is the one
///     given, there is nothing to store, and `poterne_outcome` says `POTERNE_CHANGED` whatever the rows. Never 0; `POTERNE_E_TIME`
///     also before the credential's `t0`; `POTERNE_E_STATE`, `POTERNE_E_RECORD`, `POTERNE_E_UNKNOWN_KEY`,
///     `POTERNE_E_RECORD_FORMAT`, `POTERNE_E_ARGUMENT`, `POTERNE_E_RANDOM`, `POTERNE_E_UTF8`, `POTERNE_E_VERSION`,
///     `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
/// Since 0.1.
///
/// # Safety
/// As `poterne_enroll`.
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
        // SAFETY: the caller's promise.
        unsafe {
            attempt::clear(attempt)?;
            let record = text(record, record_len)?;
            let account = text(account, account_len)?;
            let verifier = shared(verifier)?.get()?;
            attempt::give_change(attempt, verifier.repair_clock(record, account, time(now)?)?)
        }
    })
}

/// Puts the authenticator out of use; recovery and temporary codes work. Done twice it is done once.
///
/// @return `POTERNE_STORE`, never 0; `POTERNE_E_STATE`, `POTERNE_E_RECORD`, `POTERNE_E_UNKNOWN_KEY`,
///     `POTERNE_E_RECORD_FORMAT`, `POTERNE_E_ARGUMENT`, `POTERNE_E_RANDOM`, `POTERNE_E_UTF8`, `POTERNE_E_VERSION`,
///     `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
/// Since 0.1.
///
/// # Safety
/// As `poterne_enroll`.
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
        // SAFETY: the caller's promise.
        unsafe {
            attempt::clear(attempt)?;
            let record = text(record, record_len)?;
            let account = text(account, account_len)?;
            attempt::give_change(attempt, shared(verifier)?.get()?.suspend(record, account)?)
        }
    })
}

/// Puts the authenticator back in use. Done twice it is done once.
///
/// @return `POTERNE_STORE`, never 0; `POTERNE_E_STATE`, `POTERNE_E_RECORD`, `POTERNE_E_UNKNOWN_KEY`,
///     `POTERNE_E_RECORD_FORMAT`, `POTERNE_E_ARGUMENT`, `POTERNE_E_RANDOM`, `POTERNE_E_UTF8`, `POTERNE_E_VERSION`,
///     `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
/// Since 0.1.
///
/// # Safety
/// As `poterne_enroll`.
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
        // SAFETY: the caller's promise.
        unsafe {
            attempt::clear(attempt)?;
            let record = text(record, record_len)?;
            let account = text(account, account_len)?;
            attempt::give_change(attempt, shared(verifier)?.get()?.resume(record, account)?)
        }
    })
}

/// Ends a credential: its secret and codes are erased.
///
/// @return `POTERNE_STORE`, never 0; `POTERNE_E_STATE`, `POTERNE_E_RECORD`, `POTERNE_E_UNKNOWN_KEY`,
///     `POTERNE_E_RECORD_FORMAT`, `POTERNE_E_ARGUMENT`, `POTERNE_E_RANDOM`, `POTERNE_E_UTF8`, `POTERNE_E_VERSION`,
///     `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
/// Since 0.1.
///
/// # Safety
/// As `poterne_enroll`.
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
        // SAFETY: the caller's promise.
        unsafe {
            attempt::clear(attempt)?;
            let record = text(record, record_len)?;
            let account = text(account, account_len)?;
            attempt::give_change(attempt, shared(verifier)?.get()?.revoke(record, account)?)
        }
    })
}

/// Drops what no longer matters; run it on all records every night. Then the record of an application tells nobody when its owner
/// last logged in.
///
/// @return `POTERNE_STORE`, never 0; `POTERNE_E_STATE`, `POTERNE_E_RECORD`, `POTERNE_E_UNKNOWN_KEY`,
///     `POTERNE_E_RECORD_FORMAT`, `POTERNE_E_ARGUMENT`, `POTERNE_E_TIME`, `POTERNE_E_RANDOM`, `POTERNE_E_UTF8`,
///     `POTERNE_E_VERSION`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
/// Since 0.1.
///
/// # Safety
/// As `poterne_enroll`.
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
        // SAFETY: the caller's promise.
        unsafe {
            attempt::clear(attempt)?;
            let record = text(record, record_len)?;
            let account = text(account, account_len)?;
            attempt::give_change(attempt, shared(verifier)?.get()?.forget(record, account, time(now)?)?)
        }
    })
}

/// The same credential under the primary key.
///
/// @return `POTERNE_STORE`, never 0; `POTERNE_E_STATE`, `POTERNE_E_RECORD`, `POTERNE_E_UNKNOWN_KEY`,
///     `POTERNE_E_RECORD_FORMAT`, `POTERNE_E_ARGUMENT`, `POTERNE_E_RANDOM`, `POTERNE_E_UTF8`, `POTERNE_E_VERSION`,
///     `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
/// Since 0.1.
///
/// # Safety
/// As `poterne_enroll`.
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
        // SAFETY: the caller's promise.
        unsafe {
            attempt::clear(attempt)?;
            let record = text(record, record_len)?;
            let account = text(account, account_len)?;
            attempt::give_change(attempt, shared(verifier)?.get()?.reseal(record, account)?)
        }
    })
}

/// The same credential for another name of the account, recovery and temporary codes included: issue new ones before a token that
/// came back is handed out again. Store the record in the row of the new name:
/// `UPDATE ... SET account = :new_account, record = :record WHERE account = :account AND record = :old`.
///
/// @return `POTERNE_STORE`, never 0; `POTERNE_E_STATE`, `POTERNE_E_RECORD`, `POTERNE_E_UNKNOWN_KEY`,
///     `POTERNE_E_RECORD_FORMAT`, `POTERNE_E_ARGUMENT`, `POTERNE_E_RANDOM`, `POTERNE_E_UTF8`, `POTERNE_E_VERSION`,
///     `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
/// Since 0.1.
///
/// # Safety
/// As `poterne_enroll`.
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
        // SAFETY: the caller's promise.
        unsafe {
            attempt::clear(attempt)?;
            let record = text(record, record_len)?;
            let account = text(account, account_len)?;
            let new_account = text(new_account, new_account_len)?;
            attempt::give_rename(attempt, shared(verifier)?.get()?.rename(record, account, new_account)?)
        }
    })
}

fn policy_option(number: i32) -> Result<PolicyOption, Failure> {
    let option = PolicyOption::ALL.iter().find(|option| option.number() == number);
    option.copied().ok_or(Failure(POTERNE_E_ARGUMENT))
}

/// # Safety
/// Null, or a structure of the size that it states.
unsafe fn read_parameters(pointer: *const poterne_parameters) -> Result<poterne_parameters, Failure> {
    if pointer.is_null() {
        return Ok(poterne_parameters::default());
    }
    // SAFETY: the caller's promise.
    unsafe { structs::read(pointer) }
}

/// # Safety
/// As [`read_parameters`].
unsafe fn with_history(imported: Imported, pointer: *const poterne_imported) -> Result<Imported, Failure> {
    if pointer.is_null() {
        return Ok(imported);
    }
    // SAFETY: the caller's promise.
    let given = unsafe { structs::read(pointer)? };
    let wrong = Failure(POTERNE_E_ARGUMENT);
    let state = match given.state {
        POTERNE_STATE_PENDING => State::Pending,
        POTERNE_STATE_ACTIVE => State::Active,
        POTERNE_STATE_SUSPENDED => State::Suspended,
        _ => return Err(wrong),
    };
    let watermark = match (given.has_watermark, given.watermark) {
        (0, 0) => None,
        (1, watermark) => Some(watermark),
        _ => return Err(wrong),
    };
    let last_sync = match (given.has_last_sync, given.last_sync) {
        (0, 0) => None,
        (1, last_sync) => Some(u16::try_from(last_sync).map_err(|_| wrong)?),
        _ => return Err(wrong),
    };
    let drift = i16::try_from(given.drift).map_err(|_| wrong)?;
    Ok(imported.with_state(state).with_watermark(watermark).with_drift(drift).with_last_sync(last_sync))
}

fn write_enrollment(output: &Output, enrollment: Enrollment) -> crate::guard::Status {
    write_record(output, enrollment.record())
}

const _: () = assert!(poterne::Record::LEN < POTERNE_RECORD_MAX);
