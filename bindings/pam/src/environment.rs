//! The environment of programs that the user starts with root's rights, such as `su` and `sudo`.

use std::ffi::c_char;
use std::path::PathBuf;
use std::ptr;

/// Takes the environment away while it exists, in a program that runs with other rights than those of the one who started it.
///
/// Database clients read it: `PGHOSTADDR` is another database, and `MARIADB_PLUGIN_DIR` code that is run as root. Such programs have one
/// thread when they ask PAM. The environment of every other program comes from the administrator, and stays.
pub(crate) struct WithoutEnvironment(Option<*mut *mut c_char>);

unsafe extern "C" {
    static mut environ: *mut *mut c_char;
}

impl WithoutEnvironment {
    pub(crate) fn new() -> Self {
        if !is_started_by_user() {
            return Self(None);
        }
        // SAFETY: environ(7) lets a program put another array there; null is an empty one for getenv(3). Programs with these rights
        // have no other thread.
        Self(Some(unsafe { ptr::replace(&raw mut environ, ptr::null_mut()) }))
    }
}

impl Drop for WithoutEnvironment {
    fn drop(&mut self) {
        if let Some(kept) = self.0 {
            // SAFETY: as in `new`; nobody has freed what was there.
            unsafe { environ = kept };
        }
    }
}

/// systemd's folder of credentials, where nobody but the administrator can have named it.
pub(crate) fn credentials() -> Option<PathBuf> {
    if is_started_by_user() {
        return None;
    }
    std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from)
}

/// Whether the kernel has marked the program: set-user-ID, set-group-ID or capabilities.
fn is_started_by_user() -> bool {
    // SAFETY: it reads what the kernel has handed over.
    unsafe { libc::getauxval(libc::AT_SECURE) != 0 }
}
