//! `pam_poterne.so`: a one-time code as the second factor of whatever asks PAM.
//!
//! Linux-PAM calls [`pam_sm_authenticate`] for each `auth` line of a service that names the module. `poterne doctor` asks
//! [`poterne_pam_check`] what the module makes of such a line. Nothing but the functions here is exported. Nothing is kept between two calls but the code that `split` hands to `verify`, in the host's PAM handle.

mod account;
mod authenticate;
mod check;
mod database;
mod date;
mod devices;
mod environment;
mod libpam;
mod options;
mod sigpipe;
mod texts;
mod verdict;
mod who;

use std::ffi::{c_char, c_int};
use std::ptr;

use crate::libpam::{Handle, Pam};
use crate::verdict::{Fault, Verdict};

/// What Linux-PAM calls for a line of type `auth`.
///
/// # Safety
/// As Linux-PAM calls it: `handle` is that of the transaction, `argv` has `argc` texts.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pam_sm_authenticate(
    handle: *mut Handle,
    flags: c_int,
    argc: c_int,
    argv: *const *const c_char,
) -> c_int {
    // SAFETY: Linux-PAM keeps the handle and the arguments for the whole call.
    let (pam, arguments) = unsafe { (Pam::new(handle, flags), libpam::arguments(argc, argv)) };
    let Some(pam) = pam else { return libpam::SYSTEM_ERR };
    let verdict = poterne_boundary::caught(|| authenticate::authenticate(&pam, arguments));
    let (mode, verdict) = verdict.unwrap_or((None, Verdict::Fault(Fault::Internal)));
    verdict.log(&pam);
    verdict.pam_code(mode)
}

/// What Linux-PAM calls for the same lines once somebody is let in: there is nothing to set.
///
/// # Safety
/// None of its arguments is looked at.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pam_sm_setcred(
    _: *mut Handle,
    _: c_int,
    _: c_int,
    _: *const *const c_char,
) -> c_int {
    libpam::SUCCESS
}

/// What `poterne doctor --pam` asks about a line of a stack, so that the rules stand here alone: the options as the module reads them, and
/// the fault for which it would refuse everybody.
///
/// Writes one `name value` a line, and a NUL, to `said`; returns how many bytes stand before the NUL, or -1 if there is not enough
/// room. With `opens` other than 0 the settings, the keyring and the table are opened too, as the user of this process may.
///
/// # Safety
/// `argv` has `argc` texts; `said` has room for `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_pam_check(
    argc: c_int,
    argv: *const *const c_char,
    opens: c_int,
    said: *mut c_char,
    len: usize,
) -> c_int {
    // SAFETY: the caller's.
    let arguments = unsafe { libpam::arguments(argc, argv) };
    let text = poterne_boundary::caught(|| check::check(arguments, opens != 0));
    let text = text.unwrap_or_else(|| format!("fault {}\n", Fault::Internal.code()));
    match (c_int::try_from(text.len()), said.is_null()) {
        (Ok(written), false) if text.len() < len => {
            // SAFETY: there is room for the text and a NUL.
            unsafe {
                ptr::copy_nonoverlapping(text.as_ptr().cast(), said, text.len());
                said.add(text.len()).write(0);
            }
            written
        }
        _ => -1,
    }
}
