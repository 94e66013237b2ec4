//! Wiping

use crate::guard::{bytes, guard};
use crate::status::POTERNE_OK;

/// Overwrites memory with zeros, in a way that no compiler removes. NULL with a length of 0 is allowed.
///
/// @return `POTERNE_OK`, `POTERNE_E_NULL`, `POTERNE_E_ARGUMENT`, `POTERNE_E_INTERNAL`
/// @since 0.1
///
/// # Safety
/// `memory` points to `len` writable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_wipe(memory: *mut std::ffi::c_void, len: usize) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise; `bytes` looks for null and an impossible length.
        unsafe {
            bytes(memory.cast(), len)?;
            if len > 0 {
                poterne_boundary::wipe(std::slice::from_raw_parts_mut(memory.cast::<u8>(), len));
            }
        }
        Ok(POTERNE_OK)
    })
}
