//! liboath of the OATH Toolkit.

use std::ffi::{c_char, c_int, c_uint};

use crate::{Contestant, NOW, SECRET, c_text};

pub(crate) struct Liboath;

impl Liboath {
    pub(crate) fn new() -> Self {
        // SAFETY: it takes nothing, and is called by one thread.
        let status = unsafe { oath_init() };
        assert_eq!(status, OATH_OK, "liboath does not start");
        Self
    }
}

impl Contestant for Liboath {
    fn accepts(&mut self, code: &str) -> bool {
        let code = c_text(code);
        // SAFETY: the secret has its length, the code its NUL; a window of 1 is one step before and one after.
        let position = unsafe {
            oath_totp_validate(
                SECRET.as_ptr().cast(),
                SECRET.len(),
                NOW as libc::time_t,
                30,
                0,
                1,
                code.as_ptr().cast(),
            )
        };
        position >= 0
    }
}

const OATH_OK: c_int = 0;

unsafe extern "C" {
    fn oath_init() -> c_int;
    fn oath_totp_validate(
        secret: *const c_char,
        secret_length: usize,
        now: libc::time_t,
        time_step_size: c_uint,
        start_offset: libc::time_t,
        window: usize,
        otp: *const c_char,
    ) -> c_int;
}
