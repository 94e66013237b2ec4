//! A phone and a token of one person
//!
//! A person has up to three rows in the table, one for each authenticator: `a.martin`, `a.martin#2` and `a.martin#3`. Revoke,
//! suspend, unlock, forget and rename all of them.

use std::ffi::c_char;

use poterne::{person_and_row, rows_of_person};

use crate::guard::{Failure, Output, guard, set, text};
use crate::status::{POTERNE_E_ARGUMENT, POTERNE_OK};

/// Gives the account of one of a person's rows. Take the person from the server's own list, as the login name whose password was
/// right. Never take it from the request.
///
/// @param person,person_len the person's account: 1 to 253 bytes, and not itself the account of another row
/// @param row 1 for the person's own account, 2 or 3 for the others
/// @param out,cap,len the account; 256 is enough
/// @return `POTERNE_OK`, `POTERNE_E_ARGUMENT` (no such row, or no name that a person may have), `POTERNE_E_BUFFER`,
///     `POTERNE_E_UTF8`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
/// @since 0.1
///
/// # Safety
/// Texts have their lengths, `out` has `cap` writable bytes.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_row_of_person(
    person: *const c_char,
    person_len: usize,
    row: u32,
    out: *mut c_char,
    cap: usize,
    len: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        let (output, person) = unsafe { (Output::new(out.cast(), cap, len)?, text((person, person_len))?) };
        let rows = rows_of_person(person)?;
        let account = usize::try_from(row).ok().and_then(|row| rows.get(row.wrapping_sub(1)));
        output.write(account.ok_or(Failure(POTERNE_E_ARGUMENT))?.as_bytes())?;
        Ok(POTERNE_OK)
    })
}

/// Gives the person and the row of a login name. On hosts without a login page, the user types `#2` or `#3` after the login name.
/// Check the person's password, and then the code on that row alone.
///
/// @param login_name,login_name_len the text that the user typed as the login name
/// @param row 1, 2 or 3; 0 on failure
/// @param out,cap,len the person's account; not longer than the login name
/// @return `POTERNE_OK`, `POTERNE_E_ARGUMENT` (longer than any text), `POTERNE_E_BUFFER`, `POTERNE_E_UTF8`, `POTERNE_E_NULL`,
///     `POTERNE_E_INTERNAL`
/// @since 0.1
///
/// # Safety
/// As `poterne_row_of_person`; `row` is writable.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_person_and_row(
    login_name: *const c_char,
    login_name_len: usize,
    row: *mut u32,
    out: *mut c_char,
    cap: usize,
    len: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        unsafe {
            // Both outputs, whichever of them is wrong.
            let emptied = set(row, 0);
            let output = Output::new(out.cast(), cap, len)?;
            emptied?;
            let (person, number) = person_and_row(text((login_name, login_name_len))?);
            output.write(person.as_bytes())?;
            set(row, number.into())?;
        }
        Ok(POTERNE_OK)
    })
}
