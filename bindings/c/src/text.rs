//! Texts
//!
//! The meaning of statuses, for journals and for people.

use std::ffi::c_char;

use poterne::{ErrorKind, Language, Refusal};

use crate::guard::{Answer, Failure, Output, guard, text};
use crate::status::{
    POTERNE_CHANGED, POTERNE_CONFIRMED, POTERNE_E_ARGUMENT, POTERNE_NOT_FOUND, POTERNE_OK,
    POTERNE_RESYNCHRONIZED, POTERNE_STORE,
};
use crate::verifier::POTERNE_ABI;

/// The version of the library: `0.1.0`, NUL-terminated. Never NULL, never freed.
/// @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn poterne_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

/// Returns the generation of the library's interface. Compare it with `POTERNE_ABI` of the header.
/// @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn poterne_abi() -> u32 {
    POTERNE_ABI
}

/// Gives the stable text of a status, for the application's own journal: `ok`, `refused.replayed`, `error.record`.
///
/// @param out,cap,len the text; 64 is enough
/// @return `POTERNE_OK`, `POTERNE_E_ARGUMENT` (no such status), `POTERNE_E_BUFFER`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
/// @since 0.1
///
/// # Safety
/// `out` has `cap` writable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_status_name(
    status: i32,
    out: *mut c_char,
    cap: usize,
    len: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        let output = unsafe { Output::new(out.cast(), cap, len)? };
        let (kind, name) = match status {
            POTERNE_OK => ("", "ok"),
            POTERNE_STORE => ("", "store"),
            POTERNE_RESYNCHRONIZED => ("", "resynchronized"),
            POTERNE_CONFIRMED => ("", "confirmed"),
            POTERNE_CHANGED => ("", "changed"),
            POTERNE_NOT_FOUND => ("", "not_found"),
            1.. => ("", refusal(status, 0)?.code()),
            _ => ("error.", error_kind(status)?.name()),
        };
        output.write_both(kind.as_bytes(), name.as_bytes())?;
        Ok(POTERNE_OK)
    })
}

/// Gives the message for the help desk about a status: what happened, and what to do next. It is in English or French, and not for
/// the end user.
///
/// @param detail `wait_seconds` or `clock_off_steps` of the result, for these two refusals; otherwise 0
/// @param language,language_len a tag whose language is `en` or `fr`, in either case, such as `fr-FR`
/// @param out,cap,len the text, in UTF-8; 256 is enough
/// @return `POTERNE_OK`, `POTERNE_E_ARGUMENT` (no refusal and no error, or another language), `POTERNE_E_BUFFER`,
///     `POTERNE_E_UTF8`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
/// @since 0.1
///
/// # Safety
/// `language` has its length, `out` has `cap` writable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_message(
    status: i32,
    detail: i64,
    language: *const c_char,
    language_len: usize,
    out: *mut c_char,
    cap: usize,
    len: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        let (output, language) =
            unsafe { (Output::new(out.cast(), cap, len)?, text((language, language_len))?) };
        let language = Language::from_tag(language).ok_or(Failure(POTERNE_E_ARGUMENT))?;
        let text = match status {
            1.. => refusal(status, detail)?.message(language),
            _ => match (error_kind(status)?, language) {
                // Only C has structures with a size to forget.
                (kind @ ErrorKind::Version, Language::French) => {
                    format!("{} Ou bien struct_size n'est pas renseigné.", kind.message(language))
                }
                (kind @ ErrorKind::Version, _) => {
                    format!("{} Or struct_size is not set.", kind.message(language))
                }
                (kind, _) => kind.message(language).into(),
            },
        };
        output.write(text.as_bytes())?;
        Ok(POTERNE_OK)
    })
}

/// Gives the message for the end user when a login was refused or failed, in English or French. A refusal always gives the same
/// text, except `POTERNE_REFUSED_WAIT` and `POTERNE_REFUSED_LOCKED`: show those two only once the password is right. A failure,
/// below 0, gives one text for every error: the service is unavailable.
///
/// @param detail `wait_seconds` of the result for `POTERNE_REFUSED_WAIT`, otherwise 0
/// @return as `poterne_message`
/// @since 0.1
///
/// # Safety
/// As `poterne_message`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_message_to_user(
    status: i32,
    detail: i64,
    language: *const c_char,
    language_len: usize,
    out: *mut c_char,
    cap: usize,
    len: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        let (output, language) =
            unsafe { (Output::new(out.cast(), cap, len)?, text((language, language_len))?) };
        shown(&output, status, language, |language| Ok(refusal(status, detail)?.message_to_user(language)))
    })
}

/// Gives the message for an enrollment page when a first code was refused, in English or French. It says what is wrong with the
/// code or the phone's clock, and never mentions a password. A failure, below 0, gives one text for every error: the service is
/// unavailable.
///
/// @param detail `wait_seconds` or `clock_off_steps` of the result, for these two refusals; otherwise 0
/// @param language,language_len a tag whose language is `en` or `fr`, in either case, such as `fr-FR`
/// @param out,cap,len the text, in UTF-8; 256 is enough
/// @return as `poterne_message_to_user`
/// @since 0.1
///
/// # Safety
/// As `poterne_message`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_message_at_enrollment(
    status: i32,
    detail: i64,
    language: *const c_char,
    language_len: usize,
    out: *mut c_char,
    cap: usize,
    len: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        let (output, language) =
            unsafe { (Output::new(out.cast(), cap, len)?, text((language, language_len))?) };
        shown(&output, status, language, |language| {
            Ok(refusal(status, detail)?.message_at_enrollment(language))
        })
    })
}

/// The status in the user's view: each refusal as `refused` says, all errors as one text.
fn shown(
    output: &Output,
    status: i32,
    language: &str,
    refused: impl Fn(Language) -> Result<String, Failure>,
) -> Answer {
    let language = Language::from_tag(language).ok_or(Failure(POTERNE_E_ARGUMENT))?;
    if status > 0 {
        output.write(refused(language)?.as_bytes())?;
    } else {
        output.write(error_kind(status)?.message_to_user(language).as_bytes())?;
    }
    Ok(POTERNE_OK)
}

/// The refusal of a status, with its seconds or steps. Negative seconds count as none.
fn refusal(number: i32, detail: i64) -> Result<Refusal, Failure> {
    let refusal = Refusal::from_number(number, detail).or_else(|| Refusal::from_number(number, 0));
    refusal.ok_or(Failure(POTERNE_E_ARGUMENT))
}

fn error_kind(number: i32) -> Result<ErrorKind, Failure> {
    ErrorKind::from_number(number).ok_or(Failure(POTERNE_E_ARGUMENT))
}
