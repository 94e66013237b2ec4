//! libcotp. It only generates a code for a given time, so the caller searches, and tries the present step first.

use std::ffi::{CStr, c_char, c_int, c_long};
use std::ptr::null_mut;

use crate::{Contestant, NOW, c_text};

pub(crate) struct Libcotp;

impl Contestant for Libcotp {
    fn accepts(&mut self, code: &str) -> bool {
        let code = c_text(code);
        let code = CStr::from_bytes_until_nul(&code).expect("a NUL");
        [NOW, NOW - 30, NOW + 30].into_iter().any(|time| is_code_at(time, code))
    }
}

fn is_code_at(time: u64, code: &CStr) -> bool {
    let mut error = 0;
    // SAFETY: the secret has its NUL, and `error` is written; what comes back is null or a text of the caller's to free.
    unsafe {
        let made = get_totp_at(SECRET.as_ptr(), time as c_long, 6, 30, SHA1, &mut error);
        assert_ne!(made, null_mut(), "libcotp fails: {error}");
        let equal = CStr::from_ptr(made) == code;
        libc::free(made.cast());
        equal
    }
}

/// The secret in base32, as libcotp takes it.
const SECRET: &CStr = c"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

/// `GCRY_MD_SHA1`.
const SHA1: c_int = 2;

unsafe extern "C" {
    fn get_totp_at(
        base32_encoded_secret: *const c_char,
        time: c_long,
        digits: c_int,
        period: c_int,
        sha_algo: c_int,
        error: *mut c_int,
    ) -> *mut c_char;
}
