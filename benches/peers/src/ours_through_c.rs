//! The library through its C interface: the functions of `include/poterne.h`, in a shared library.

use std::ffi::{c_char, c_void};
use std::ptr::{null, null_mut};

use crate::ours::{ACCOUNT, APPLICATION};
use crate::{Contestant, NOW, SECRET, STEP};

pub(crate) struct Match {
    parameters: poterne_parameters,
}

impl Match {
    pub(crate) fn new() -> Self {
        Self { parameters: poterne_parameters::default() }
    }
}

impl Contestant for Match {
    fn accepts(&mut self, code: &str) -> bool {
        let mut found = 0;
        // SAFETY: the structure states its size, texts have their lengths, `found` is writable.
        let status = unsafe {
            poterne_match(
                &self.parameters,
                SECRET.as_ptr(),
                SECRET.len(),
                code.as_ptr().cast(),
                code.len(),
                STEP - 1,
                STEP + 1,
                POTERNE_NO_WATERMARK,
                &mut found,
            )
        };
        status == POTERNE_OK
    }
}

pub(crate) struct Record {
    verifier: *const poterne_verifier,
    record: [u8; POTERNE_RECORD_MAX],
    record_len: usize,
    attempt: Box<poterne_attempt>,
}

impl Record {
    pub(crate) fn new() -> Self {
        let (mut keyring, mut verifier) = (null_mut(), null_mut());
        let (mut record, mut record_len) = ([0; POTERNE_RECORD_MAX], 0);
        // SAFETY: handles go where they may be written, texts have their lengths, the parameters their size.
        unsafe {
            assert_eq!(poterne_keyring_generate(1, &mut keyring), POTERNE_OK);
            let application = APPLICATION.as_ptr().cast();
            let status =
                poterne_verifier_new(POTERNE_ABI, keyring, application, APPLICATION.len(), &mut verifier);
            assert_eq!(status, POTERNE_OK);
            let status = poterne_import(
                verifier,
                ACCOUNT.as_ptr().cast(),
                ACCOUNT.len(),
                &poterne_parameters::default(),
                SECRET.as_ptr(),
                SECRET.len(),
                null(),
                NOW as i64,
                record.as_mut_ptr().cast(),
                record.len(),
                &mut record_len,
            );
            assert_eq!(status, POTERNE_OK);
        }
        Self { verifier, record, record_len, attempt: Box::default() }
    }
}

impl Contestant for Record {
    /// The two steps, then the wipe that the header asks for.
    fn accepts(&mut self, code: &str) -> bool {
        let attempt: *mut poterne_attempt = &mut *self.attempt;
        // SAFETY: the attempt states its size, texts have their lengths; no result is asked for beside the status.
        unsafe {
            (*attempt).struct_size = size_of::<poterne_attempt>() as u32;
            poterne_verify(
                self.verifier,
                self.record.as_ptr().cast(),
                self.record_len,
                ACCOUNT.as_ptr().cast(),
                ACCOUNT.len(),
                code.as_ptr().cast(),
                code.len(),
                NOW as i64,
                attempt,
            );
            let status = poterne_outcome(attempt, 1, null_mut());
            poterne_wipe(attempt.cast(), size_of::<poterne_attempt>());
            status == POTERNE_OK
        }
    }
}

const POTERNE_ABI: u32 = 1;
const POTERNE_OK: i32 = 0;
const POTERNE_NO_WATERMARK: u64 = u64::MAX;
const POTERNE_RECORD_MAX: usize = 512;

#[allow(non_camel_case_types, reason = "the header's name")]
enum poterne_keyring {}

#[allow(non_camel_case_types, reason = "the header's name")]
enum poterne_verifier {}

#[allow(non_camel_case_types, reason = "the header's name")]
#[repr(C)]
struct poterne_parameters {
    struct_size: u32,
    authenticator: u32,
    moving_factor: u32,
    algorithm: u32,
    digits: u32,
    time_step: u32,
    secret_len: u32,
    reserved: u32,
    counter: u64,
    t0: u64,
    not_before: i64,
    not_after: i64,
    confirm_by: i64,
}

/// 0 is the usual value of every field.
impl Default for poterne_parameters {
    fn default() -> Self {
        Self {
            struct_size: size_of::<Self>() as u32,
            authenticator: 0,
            moving_factor: 0,
            algorithm: 0,
            digits: 0,
            time_step: 0,
            secret_len: 0,
            reserved: 0,
            counter: 0,
            t0: 0,
            not_before: 0,
            not_after: 0,
            confirm_by: 0,
        }
    }
}

#[allow(non_camel_case_types, reason = "the header's name")]
#[repr(C)]
struct poterne_attempt {
    struct_size: u32,
    reserved: u32,
    record_len: u32,
    changed: u32,
    record: [u8; POTERNE_RECORD_MAX],
    opaque: [u8; 256],
}

impl Default for poterne_attempt {
    fn default() -> Self {
        Self { struct_size: 0, reserved: 0, record_len: 0, changed: 0, record: [0; 512], opaque: [0; 256] }
    }
}

unsafe extern "C" {
    fn poterne_match(
        parameters: *const poterne_parameters,
        secret: *const u8,
        secret_len: usize,
        submitted: *const c_char,
        submitted_len: usize,
        first: u64,
        last: u64,
        watermark: u64,
        found: *mut u64,
    ) -> i32;
    fn poterne_keyring_generate(key_id: u32, keyring: *mut *mut poterne_keyring) -> i32;
    fn poterne_verifier_new(
        abi: u32,
        keyring: *const poterne_keyring,
        application: *const c_char,
        application_len: usize,
        verifier: *mut *mut poterne_verifier,
    ) -> i32;
    fn poterne_import(
        verifier: *const poterne_verifier,
        account: *const c_char,
        account_len: usize,
        parameters: *const poterne_parameters,
        secret: *const u8,
        secret_len: usize,
        existing: *const c_void,
        now: i64,
        out: *mut c_char,
        cap: usize,
        len: *mut usize,
    ) -> i32;
    fn poterne_verify(
        verifier: *const poterne_verifier,
        record: *const c_char,
        record_len: usize,
        account: *const c_char,
        account_len: usize,
        submitted: *const c_char,
        submitted_len: usize,
        now: i64,
        attempt: *mut poterne_attempt,
    ) -> i32;
    fn poterne_outcome(attempt: *mut poterne_attempt, rows_updated: i64, result: *mut c_void) -> i32;
    fn poterne_wipe(memory: *mut c_void, len: usize) -> i32;
}
