//! Keyring
//!
//! The keys that seal records. Keep them in a file of mode 0600, the same on all servers, and never in the database.

use std::ffi::c_char;

use poterne::Keyring;

use crate::guard::{Output, free, guard, put_handle, set, shared, text, unique};
use crate::status::POTERNE_OK;

/// The keys that seal records. One thread configures it; then any number of threads may read it. `poterne_keyring_free` frees it,
/// and wipes the keys.
pub struct poterne_keyring(pub(crate) Keyring);

/// Makes a keyring with one fresh key, the primary one.
///
/// @param key_id a number from 1 by which you recognize the key, such as its day of creation: 20261121
/// @param keyring receives the new handle; NULL on failure
/// @return `POTERNE_OK`, `POTERNE_E_ARGUMENT`, `POTERNE_E_RANDOM`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
/// @since 0.1
///
/// # Safety
/// `keyring` is null or writable.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_keyring_generate(key_id: u32, keyring: *mut *mut poterne_keyring) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        unsafe {
            set(keyring, std::ptr::null_mut())?;
            put_handle(keyring, poterne_keyring(Keyring::generate(key_id)?));
        }
        Ok(POTERNE_OK)
    })
}

/// Reads a keyring from its text, for keys that come from a credential store. Wipe the text afterwards.
///
/// @param keyring_text,keyring_text_len the text of the keyring
/// @param keyring receives the new handle; NULL on failure
/// @return `POTERNE_OK`, `POTERNE_E_KEYRING`, `POTERNE_E_UTF8`, `POTERNE_E_NULL`, `POTERNE_E_ARGUMENT`, `POTERNE_E_INTERNAL`
/// @since 0.1
///
/// # Safety
/// `keyring_text` points to `keyring_text_len` readable bytes; `keyring` is null or writable.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_keyring_parse(
    keyring_text: *const c_char,
    keyring_text_len: usize,
    keyring: *mut *mut poterne_keyring,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        unsafe {
            set(keyring, std::ptr::null_mut())?;
            put_handle(keyring, poterne_keyring(Keyring::parse(text((keyring_text, keyring_text_len))?)?));
        }
        Ok(POTERNE_OK)
    })
}

/// Reads a keyring from a file that only its owner can read (mode 0600).
///
/// @param path,path_len the file's path, in UTF-8
/// @param keyring receives the new handle; NULL on failure
/// @return `POTERNE_OK`, `POTERNE_E_KEYRING_FILE`, `POTERNE_E_KEYRING`, `POTERNE_E_UTF8`, `POTERNE_E_NULL`,
///     `POTERNE_E_ARGUMENT`, `POTERNE_E_INTERNAL`
/// @since 0.1
///
/// # Safety
/// `path` points to `path_len` readable bytes; `keyring` is null or writable.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_keyring_open(
    path: *const c_char,
    path_len: usize,
    keyring: *mut *mut poterne_keyring,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        unsafe {
            set(keyring, std::ptr::null_mut())?;
            put_handle(keyring, poterne_keyring(Keyring::open(text((path, path_len))?)?));
        }
        Ok(POTERNE_OK)
    })
}

/// Adds a fresh secondary key, which opens records but does not seal them. Do not call it while other threads use the keyring.
///
/// @return `POTERNE_OK`, `POTERNE_E_ARGUMENT` (the id is 0 or there already, or there are 64 keys), `POTERNE_E_RANDOM`,
///     `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
/// @since 0.1
///
/// # Safety
/// `keyring` is null or a live handle that no other thread uses.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_keyring_add(keyring: *mut poterne_keyring, key_id: u32) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        unsafe { unique(keyring)?.0.add(key_id)? };
        Ok(POTERNE_OK)
    })
}

/// Makes a key the primary one, which seals. Every server must have the key first. Do not call it while other threads use the
/// keyring.
///
/// @return `POTERNE_OK`, `POTERNE_E_UNKNOWN_KEY`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
/// @since 0.1
///
/// # Safety
/// As `poterne_keyring_add`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_keyring_promote(keyring: *mut poterne_keyring, key_id: u32) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        unsafe { unique(keyring)?.0.promote(key_id)? };
        Ok(POTERNE_OK)
    })
}

/// Removes a secondary key. Reseal all records first. Do not call it while other threads use the keyring.
///
/// @return `POTERNE_OK`, `POTERNE_E_UNKNOWN_KEY`, `POTERNE_E_ARGUMENT` (it is the primary key), `POTERNE_E_NULL`,
///     `POTERNE_E_INTERNAL`
/// @since 0.1
///
/// # Safety
/// As `poterne_keyring_add`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_keyring_remove(keyring: *mut poterne_keyring, key_id: u32) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        unsafe { unique(keyring)?.0.remove(key_id)? };
        Ok(POTERNE_OK)
    })
}

/// Writes the keyring's text: all keys in clear. Store it in a file of mode 0600, and wipe the buffer. It has at most 16,385 bytes.
///
/// @return `POTERNE_OK`, `POTERNE_E_BUFFER`, `POTERNE_E_NULL`, `POTERNE_E_ARGUMENT`, `POTERNE_E_INTERNAL`
/// @since 0.1
///
/// # Safety
/// `keyring` is null or a live handle; `out` points to `cap` writable bytes, `len` is null or writable.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_keyring_to_text(
    keyring: *const poterne_keyring,
    out: *mut c_char,
    cap: usize,
    len: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        let (output, keyring) = unsafe { (Output::new(out.cast(), cap, len)?, shared(keyring)?) };
        output.write(keyring.0.to_text().as_bytes())?;
        Ok(POTERNE_OK)
    })
}

/// Wipes and frees a keyring. NULL is allowed.
/// @since 0.1
///
/// # Safety
/// `keyring` is null or a handle that is not used again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_keyring_free(keyring: *mut poterne_keyring) {
    // SAFETY: the caller's promise.
    unsafe { free(keyring) }
}
