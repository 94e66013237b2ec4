//! Bare layer
//!
//! Only RFC 4226 and RFC 6238, without state, for applications that keep secrets and watermarks themselves.

use std::ffi::c_char;

use poterne::{Match, Secret, hotp, match_otp_from_bytes, split_password_and_code};

use crate::enrollment::poterne_parameters;
use crate::guard::{Failure, Output, bytes, chars, guard, put, set, submission, text, time};
use crate::status::{
    POTERNE_E_ARGUMENT, POTERNE_NOT_FOUND, POTERNE_OK, POTERNE_REFUSED_MALFORMED, POTERNE_REFUSED_REPLAYED,
};
use crate::structs;

/// The watermark of a caller that has none yet.
pub const POTERNE_NO_WATERMARK: u64 = u64::MAX;

/// Gives the one-time password of a counter or time step (RFC 4226, RFC 6238).
///
/// @param parameters only the algorithm and the digits count; set its `struct_size`
/// @param secret,secret_len the shared secret, 1 to 1,024 bytes
/// @param moving_factor the counter, or the time step of `poterne_time_step`
/// @param out,cap,len the digits; 9 is enough
/// @return `POTERNE_OK`, `POTERNE_E_SECRET`, `POTERNE_E_ARGUMENT`, `POTERNE_E_COUNTER`, `POTERNE_E_TIME`, `POTERNE_E_BUFFER`,
///     `POTERNE_E_VERSION`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
/// @since 0.1
///
/// # Safety
/// Texts have their lengths, structures the size that they state, `out` has `cap` writable bytes.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_otp(
    parameters: *const poterne_parameters,
    secret: *const u8,
    secret_len: usize,
    moving_factor: u64,
    out: *mut c_char,
    cap: usize,
    len: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        unsafe {
            let output = Output::new(out.cast(), cap, len)?;
            let parameters = structs::read(parameters)?.to_parameters()?;
            let secret = Secret::from_bytes(bytes(secret, secret_len)?)?;
            output.write(hotp::generate(&secret, parameters.format(), moving_factor).as_str().as_bytes())?;
        }
        Ok(POTERNE_OK)
    })
}

/// Searches candidates for a submitted code, without any state: the caller keeps the watermark. It never returns 0 for a wrong
/// code, but 0 is not a login either.
///
/// @param parameters only the algorithm and the digits count; set its `struct_size`
/// @param secret,secret_len the shared secret, 1 to 1,024 bytes
/// @param submitted,submitted_len the text that the user submitted, unchanged
/// @param first,last the candidates, absolute moving factors, at most 10,000
/// @param watermark the highest factor accepted before, or `POTERNE_NO_WATERMARK`
/// @param found the absolute moving factor; 0 unless the status is `POTERNE_OK`
/// @return `POTERNE_OK`, `POTERNE_REFUSED_REPLAYED`, `POTERNE_REFUSED_MALFORMED`, `POTERNE_NOT_FOUND`, `POTERNE_E_SECRET`,
///     `POTERNE_E_ARGUMENT`, `POTERNE_E_COUNTER`, `POTERNE_E_TIME`, `POTERNE_E_VERSION`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
/// @since 0.1
///
/// # Safety
/// As `poterne_otp`; `found` is null or writable.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_match(
    parameters: *const poterne_parameters,
    secret: *const u8,
    secret_len: usize,
    submitted: *const c_char,
    submitted_len: usize,
    first: u64,
    last: u64,
    watermark: u64,
    found: *mut u64,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        unsafe {
            set(found, 0)?;
            let parameters = structs::read(parameters)?.to_parameters()?;
            let (secret, submitted) = (bytes(secret, secret_len)?, submission((submitted, submitted_len))?);
            let watermark = (watermark != POTERNE_NO_WATERMARK).then_some(watermark);
            Ok(match match_otp_from_bytes(secret, parameters.format(), submitted, first..=last, watermark)? {
                Match::Found(factor) => {
                    set(found, factor)?;
                    POTERNE_OK
                }
                Match::Replayed => POTERNE_REFUSED_REPLAYED,
                Match::Malformed => POTERNE_REFUSED_MALFORMED,
                _ => POTERNE_NOT_FOUND,
            })
        }
    })
}

/// Gives the time step of a time (RFC 6238 4.2).
///
/// @param parameters only the time step and `t0` count; set its `struct_size`
/// @param now Unix seconds, or `POTERNE_NOW`
/// @param step receives the time step; 0 on failure
/// @return `POTERNE_OK`, `POTERNE_E_TIME`, `POTERNE_E_ARGUMENT` (counter-based), `POTERNE_E_VERSION`, `POTERNE_E_NULL`,
///     `POTERNE_E_COUNTER`, `POTERNE_E_SECRET` (its length in the parameters), `POTERNE_E_INTERNAL`
/// @since 0.1
///
/// # Safety
/// As `poterne_otp`; `step` is null or writable.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_time_step(
    parameters: *const poterne_parameters,
    now: i64,
    step: *mut u64,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        unsafe {
            set(step, 0)?;
            let parameters = structs::read(parameters)?.to_parameters()?;
            let poterne::MovingFactor::Time(steps) = parameters.moving_factor() else {
                return Err(Failure(POTERNE_E_ARGUMENT));
            };
            set(step, steps.at(time(now)?)?)?;
        }
        Ok(POTERNE_OK)
    })
}

/// Decodes a shared secret from base32 as people write it: either case; spaces, dashes and invisible
/// characters anywhere; padding at the end.
///
/// @param base32,base32_len the text
/// @param out,cap,len the bytes, and a NUL after them; 1,025 is enough
/// @return `POTERNE_OK`, `POTERNE_E_SECRET`, `POTERNE_E_BUFFER`, `POTERNE_E_UTF8`, `POTERNE_E_ARGUMENT`, `POTERNE_E_NULL`,
///     `POTERNE_E_INTERNAL`
/// @since 0.1
///
/// # Safety
/// As `poterne_otp`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_base32_decode(
    base32: *const c_char,
    base32_len: usize,
    out: *mut u8,
    cap: usize,
    len: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        unsafe {
            let output = Output::new(out, cap, len)?;
            output.write(Secret::from_base32(text((base32, base32_len))?)?.as_bytes())?;
        }
        Ok(POTERNE_OK)
    })
}

/// Decodes a shared secret from hexadecimal, as token manufacturers print it: either case, no 0x; spaces and dashes anywhere. The
/// library never guesses the encoding of a text: hexadecimal that consists of the digits 2 to 7 is also base32.
///
/// @param hex,hex_len the text
/// @param out,cap,len the bytes, and a NUL after them; 1,025 is enough
/// @return as `poterne_base32_decode`
/// @since 0.1
///
/// # Safety
/// As `poterne_otp`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_hex_decode(
    hex: *const c_char,
    hex_len: usize,
    out: *mut u8,
    cap: usize,
    len: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        unsafe {
            let output = Output::new(out, cap, len)?;
            output.write(Secret::from_hex(text((hex, hex_len))?)?.as_bytes())?;
        }
        Ok(POTERNE_OK)
    })
}

/// Splits a field that holds the password followed by the code: `digits` digits, or a recovery or temporary code with its hyphens.
/// Nothing is copied: the password is the first `password_len` bytes of the field, and the code is all bytes after them.
///
/// @param field,field_len the field, in any encoding whose digits, letters and hyphens are those of ASCII
/// @param digits 6, 7 or 8
/// @param password_len the length of the password; the whole field if there is no code
/// @return `POTERNE_OK`: there is a code. `POTERNE_REFUSED_MALFORMED`: there is none. `POTERNE_E_ARGUMENT`, `POTERNE_E_NULL`,
///     `POTERNE_E_INTERNAL`
/// @since 0.1
///
/// # Safety
/// As `poterne_otp`; `password_len` is null or writable.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_split(
    field: *const c_char,
    field_len: usize,
    digits: u32,
    password_len: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        unsafe {
            set(password_len, 0)?;
            let digits = poterne::Digits::new(digits)?;
            let (password, code) = split_password_and_code(chars((field, field_len))?, digits);
            put(password_len, password.len());
            Ok(if code.is_some() { POTERNE_OK } else { POTERNE_REFUSED_MALFORMED })
        }
    })
}
