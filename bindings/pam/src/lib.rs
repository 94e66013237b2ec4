//! `pam_poterne.so`: a one-time code as the second factor of whatever asks PAM.
//!
//! Linux-PAM calls [`pam_sm_authenticate`] for each `auth` line of a service that names the module. Nothing but the two functions
//! here is exported. Nothing is kept between two calls but the code that `split` hands to `verify`, in the host's PAM handle.

mod account;
mod authenticate;
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
    let verdict = verdict.unwrap_or(Verdict::Fault(Fault::Internal));
    verdict.log(&pam);
    verdict.pam_code()
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
