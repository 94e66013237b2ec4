//! Provisioning
//!
//! The text that the user scans or types into the authenticator app, and the URIs of other systems.

use std::ffi::c_char;

use poterne::{Language, OtpauthNames, OtpauthUri, apps};

use crate::enrollment::poterne_parameters;
use crate::guard::{Failure, Output, guard, shared, text, time};
use crate::status::{POTERNE_E_ARGUMENT, POTERNE_E_VERSION, POTERNE_OK};
use crate::structs;
use crate::verifier::poterne_verifier;

/// The size of a buffer that holds any otpauth URI.
pub const POTERNE_URI_MAX: usize = 2048;

/// The names that an authenticator app shows next to a code.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct poterne_uri_names {
    /// `sizeof(poterne_uri_names)`.
    pub struct_size: u32,
    /// Must be 0.
    pub reserved: u32,
    /// The organization, 1 to 64 bytes.
    pub issuer: *const c_char,
    /// The length of `issuer`.
    pub issuer_len: usize,
    /// The account as its user knows it, 1 to 255 bytes.
    pub label: *const c_char,
    /// The length of `label`.
    pub label_len: usize,
}

/// Gives the otpauth URI of a pending credential: the text of its QR code, which holds the secret. Show it, wipe it, and do not
/// keep it. Once the credential is confirmed, or its `confirm_by` has passed, no call gives the secret.
///
/// @param record,record_len the pending record
/// @param names the issuer and the label that the app shows
/// @param now Unix seconds, or `POTERNE_NOW`
/// @param out,cap,len the URI; `POTERNE_URI_MAX` is enough
/// @return `POTERNE_OK`, `POTERNE_E_STATE` (no longer pending, after `confirm_by`, or no record), `POTERNE_E_URI`,
///     `POTERNE_E_RECORD`, `POTERNE_E_UNKNOWN_KEY`, `POTERNE_E_RECORD_FORMAT`, `POTERNE_E_ARGUMENT`, `POTERNE_E_TIME`,
///     `POTERNE_E_VERSION`, `POTERNE_E_BUFFER`, `POTERNE_E_UTF8`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
/// @since 0.1
///
/// # Safety
/// Handles are live, texts have their lengths, `out` has `cap` writable bytes.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_otpauth_uri(
    verifier: *const poterne_verifier,
    record: *const c_char,
    record_len: usize,
    account: *const c_char,
    account_len: usize,
    names: *const poterne_uri_names,
    now: i64,
    out: *mut c_char,
    cap: usize,
    len: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        unsafe {
            let output = Output::new(out.cast(), cap, len)?;
            let (record, account) = (text((record, record_len))?, text((account, account_len))?);
            structs::fixed_size(names)?;
            let names = names.read_unaligned();
            if names.reserved != 0 {
                return Err(Failure(POTERNE_E_VERSION));
            }
            let (issuer, label) =
                (text((names.issuer, names.issuer_len))?, text((names.label, names.label_len))?);
            let credential = shared(verifier)?.get()?.credential(account, Some(record))?;
            let uri = credential.otpauth_uri(OtpauthNames { issuer, label }, time(now)?)?;
            output.write(uri.as_str().as_bytes())?;
        }
        Ok(POTERNE_OK)
    })
}

/// Reads an otpauth URI that another system made.
///
/// @param uri,uri_len the URI
/// @param parameters receives its parameters; set its `struct_size` first. Zeros on failure
/// @param secret,secret_cap,secret_len the secret's bytes, and a NUL after them; 1,025 is enough
/// @return `POTERNE_OK`, `POTERNE_E_URI`, `POTERNE_E_SECRET`, `POTERNE_E_COUNTER`, `POTERNE_E_BUFFER`, `POTERNE_E_UTF8`,
///     `POTERNE_E_ARGUMENT`, `POTERNE_E_VERSION`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
/// @since 0.1
///
/// # Safety
/// As `poterne_otpauth_uri`; `parameters` has the size that it states.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_uri_parse(
    uri: *const c_char,
    uri_len: usize,
    parameters: *mut poterne_parameters,
    secret: *mut u8,
    secret_cap: usize,
    secret_len: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        unsafe {
            // Empties both outputs before either can fail.
            let output = Output::new(secret, secret_cap, secret_len);
            structs::write(parameters, &poterne_parameters::default())?;
            let output = output?;
            let content = OtpauthUri::parse(text((uri, uri_len))?)?;
            output.write(content.secret().as_bytes())?;
            structs::write(parameters, &poterne_parameters::from_parameters(content.parameters()))?;
        }
        Ok(POTERNE_OK)
    })
}

/// Gives the issuer that another system's otpauth URI names, or an empty text if it names none.
///
/// @param uri,uri_len the URI
/// @param out,cap,len the name, in UTF-8; 4,097 is enough
/// @return `POTERNE_OK`, `POTERNE_E_URI`, `POTERNE_E_SECRET`, `POTERNE_E_COUNTER`, `POTERNE_E_BUFFER`, `POTERNE_E_UTF8`,
///     `POTERNE_E_ARGUMENT`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
/// @since 0.1
///
/// # Safety
/// As `poterne_otpauth_uri`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_uri_issuer(
    uri: *const c_char,
    uri_len: usize,
    out: *mut c_char,
    cap: usize,
    len: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        unsafe {
            let output = Output::new(out.cast(), cap, len)?;
            output
                .write(OtpauthUri::parse(text((uri, uri_len))?)?.issuer().unwrap_or_default().as_bytes())?;
        }
        Ok(POTERNE_OK)
    })
}

/// Gives the label of another system's otpauth URI, without its issuer. It may be empty.
///
/// @param uri,uri_len the URI
/// @param out,cap,len the name, in UTF-8; 4,097 is enough
/// @return `POTERNE_OK`, `POTERNE_E_URI`, `POTERNE_E_SECRET`, `POTERNE_E_COUNTER`, `POTERNE_E_BUFFER`, `POTERNE_E_UTF8`,
///     `POTERNE_E_ARGUMENT`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
/// @since 0.1
///
/// # Safety
/// As `poterne_otpauth_uri`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_uri_label(
    uri: *const c_char,
    uri_len: usize,
    out: *mut c_char,
    cap: usize,
    len: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        unsafe {
            let output = Output::new(out.cast(), cap, len)?;
            output.write(OtpauthUri::parse(text((uri, uri_len))?)?.label().as_bytes())?;
        }
        Ok(POTERNE_OK)
    })
}

/// Gives the QR code of an otpauth URI as an SVG image.
///
/// @param uri,uri_len an otpauth URI
/// @param out,cap,len the image; ask for its length with a `cap` of 0
/// @return `POTERNE_OK`, `POTERNE_E_URI` (too long, or not an otpauth URI), `POTERNE_E_SECRET`, `POTERNE_E_COUNTER`,
///     `POTERNE_E_BUFFER`, `POTERNE_E_UTF8`, `POTERNE_E_ARGUMENT`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
/// @since 0.1
///
/// # Safety
/// As `poterne_otpauth_uri`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_qr_svg(
    uri: *const c_char,
    uri_len: usize,
    out: *mut c_char,
    cap: usize,
    len: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        unsafe {
            let output = Output::new(out.cast(), cap, len)?;
            output.write(OtpauthUri::from_text(text((uri, uri_len))?)?.qr()?.svg().as_bytes())?;
        }
        Ok(POTERNE_OK)
    })
}

/// Gives the QR code as a PNG image, as `poterne_qr_svg` does.
///
/// @return as `poterne_qr_svg`
/// @since 0.1
///
/// # Safety
/// As `poterne_otpauth_uri`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_qr_png(
    uri: *const c_char,
    uri_len: usize,
    out: *mut u8,
    cap: usize,
    len: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        unsafe {
            let output = Output::new(out, cap, len)?;
            output.write(&OtpauthUri::from_text(text((uri, uri_len))?)?.qr()?.png()?)?;
        }
        Ok(POTERNE_OK)
    })
}

/// Gives the QR code as text for a terminal, in black and white by ANSI colors, as `poterne_qr_svg` does.
///
/// @return as `poterne_qr_svg`
/// @since 0.1
///
/// # Safety
/// As `poterne_otpauth_uri`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_qr_text(
    uri: *const c_char,
    uri_len: usize,
    out: *mut c_char,
    cap: usize,
    len: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        unsafe {
            let output = Output::new(out.cast(), cap, len)?;
            output.write(OtpauthUri::from_text(text((uri, uri_len))?)?.qr()?.text().as_bytes())?;
        }
        Ok(POTERNE_OK)
    })
}

/// Gives the secret of an otpauth URI in groups of four characters, for users who cannot scan and have to type it.
///
/// @return as `poterne_qr_svg`
/// @since 0.1
///
/// # Safety
/// As `poterne_otpauth_uri`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_secret_to_type(
    uri: *const c_char,
    uri_len: usize,
    out: *mut c_char,
    cap: usize,
    len: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        unsafe {
            let output = Output::new(out.cast(), cap, len)?;
            output.write(OtpauthUri::from_text(text((uri, uri_len))?)?.secret_to_type().as_bytes())?;
        }
        Ok(POTERNE_OK)
    })
}

/// Gives the table of authenticator apps and the features that they honor, with its sources, as an HTML fragment.
///
/// @param language,language_len `en` or `fr`
/// @param out,cap,len the fragment, in UTF-8; ask for its length with a `cap` of 0
/// @return `POTERNE_OK`, `POTERNE_E_ARGUMENT` (another language), `POTERNE_E_BUFFER`, `POTERNE_E_UTF8`, `POTERNE_E_NULL`,
///     `POTERNE_E_INTERNAL`
/// @since 0.1
///
/// # Safety
/// As `poterne_otpauth_uri`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_apps_html(
    language: *const c_char,
    language_len: usize,
    out: *mut c_char,
    cap: usize,
    len: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        unsafe {
            let output = Output::new(out.cast(), cap, len)?;
            let language = Language::from_tag(text((language, language_len))?);
            output.write(apps::html(language.ok_or(Failure(POTERNE_E_ARGUMENT))?).as_bytes())?;
        }
        Ok(POTERNE_OK)
    })
}
