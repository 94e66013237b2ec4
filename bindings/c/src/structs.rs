//! The sizes of structures: each begins with its size as the caller was compiled; fields are only appended.

use crate::enrollment::{poterne_existing_credential, poterne_parameters};
use crate::guard::Failure;
use crate::help_desk::poterne_inspection;
use crate::login::poterne_result;
use crate::status::{POTERNE_E_NULL, POTERNE_E_VERSION};
use crate::ticket::poterne_presented_ticket;
use crate::token_file::{poterne_file_options, poterne_file_proof, poterne_file_token};
use crate::two_steps::poterne_attempt;

/// A structure that begins with its size, has no padding, and may grow at its end.
///
/// # Safety
/// `repr(C)`, plain integers without padding, the first a `u32`; `FIRST` is at least 8.
pub(crate) unsafe trait Sized32: Copy + Default {
    /// Its size on the first day of this generation of the interface: no header states less.
    const FIRST: usize;
}

// SAFETY: 8 u32, 2 u64, 3 i64, in this order: 72 bytes without padding.
unsafe impl Sized32 for poterne_parameters {
    const FIRST: usize = 72;
}
// SAFETY: 4 u32, u64, 2 u32: 32 bytes without padding.
unsafe impl Sized32 for poterne_existing_credential {
    const FIRST: usize = 32;
}
// SAFETY: 4 u32, u64, 2 i32, u64, 2 u32, 2 u64: 64 bytes without padding.
unsafe impl Sized32 for poterne_result {
    const FIRST: usize = 64;
}
// SAFETY: 8 u32, 2 u64, 4 u32, 4 i64, 4 u32, 2 u64: 128 bytes without padding.
unsafe impl Sized32 for poterne_inspection {
    const FIRST: usize = 128;
}
// SAFETY: 8 u32: 32 bytes without padding.
unsafe impl Sized32 for poterne_file_options {
    const FIRST: usize = 32;
}
// SAFETY: 4 u32: 16 bytes without padding.
unsafe impl Sized32 for poterne_file_proof {
    const FIRST: usize = 16;
}
// SAFETY: u32, i32, 5 u32, i32, 2 u64, 2 i64, u64, 2 u32: 80 bytes without padding.
unsafe impl Sized32 for poterne_file_token {
    const FIRST: usize = 80;
}

const _: () = assert!(
    size_of::<poterne_parameters>() == 72
        && size_of::<poterne_file_options>() == 32
        && size_of::<poterne_file_proof>() == 16
        && size_of::<poterne_file_token>() == 80
        && size_of::<poterne_existing_credential>() == 32
        && size_of::<poterne_result>() == 64
        && size_of::<poterne_inspection>() == 128
        && size_of::<poterne_attempt>() == 784
        && size_of::<poterne_presented_ticket>() == 8 + 6 * size_of::<usize>()
);

/// The size that the caller states of a structure that may grow: from its first one to twice ours, which is the room that a
/// later version has. Less is no structure of any version, such as the size of a pointer; whatever is more would let a wrong
/// number write over the caller's other memory.
///
/// # Safety
/// Not null, `pointer` points to a readable u32.
pub(crate) unsafe fn growing_size<T: Sized32>(pointer: *const T) -> Result<usize, Failure> {
    // SAFETY: the caller's promise.
    let size = unsafe { stated_size(pointer)? };
    if (T::FIRST..=2 * size_of::<T>()).contains(&size) { Ok(size) } else { Err(Failure(POTERNE_E_VERSION)) }
}

/// Checks the size of a structure that never grows.
///
/// # Safety
/// As [`growing_size`].
pub(crate) unsafe fn fixed_size<T>(pointer: *const T) -> Result<(), Failure> {
    // SAFETY: the caller's promise.
    let size = unsafe { stated_size(pointer)? };
    if size == size_of::<T>() { Ok(()) } else { Err(Failure(POTERNE_E_VERSION)) }
}

/// # Safety
/// As [`growing_size`].
unsafe fn stated_size<T>(pointer: *const T) -> Result<usize, Failure> {
    if pointer.is_null() {
        return Err(Failure(POTERNE_E_NULL));
    }
    // SAFETY: not null, and the caller's promise.
    let size = unsafe { pointer.cast::<u32>().read_unaligned() };
    usize::try_from(size).map_err(|_| Failure(POTERNE_E_VERSION))
}

/// Copies a structure in: what the caller does not have yet is 0; what it has beyond ours must be 0.
///
/// # Safety
/// Not null, `pointer` points to as many readable bytes as its first u32 says.
pub(crate) unsafe fn read<T: Sized32>(pointer: *const T) -> Result<T, Failure> {
    // SAFETY: the caller's promise.
    let size = unsafe { growing_size(pointer)? };
    if size == size_of::<T>() {
        // SAFETY: the caller's promise, for `size` bytes; every pattern of bits is a value of the plain integers of a `T`.
        return Ok(unsafe { pointer.read_unaligned() });
    }
    // SAFETY: the caller's promise, for `size` bytes.
    let given = unsafe { std::slice::from_raw_parts(pointer.cast::<u8>(), size) };
    let (known, beyond) = given.split_at(size.min(size_of::<T>()));
    if beyond.iter().any(|byte| *byte != 0) {
        return Err(Failure(POTERNE_E_VERSION));
    }
    let mut value = T::default();
    // SAFETY: `value` is plain integers without padding, and `known` is no longer than it.
    unsafe {
        std::ptr::copy_nonoverlapping(
            known.as_ptr(),
            std::ptr::from_mut(&mut value).cast::<u8>(),
            known.len(),
        );
    }
    Ok(value)
}

/// Copies a structure out, never beyond the size that the caller states, which stays. What the caller has beyond ours becomes
/// 0: a later header's fields, at their default.
///
/// # Safety
/// Not null, `pointer` points to as many writable bytes as its first u32 says.
pub(crate) unsafe fn write<T: Sized32>(pointer: *mut T, value: &T) -> Result<(), Failure> {
    // SAFETY: the caller's promise.
    let size = unsafe { growing_size(pointer)? };
    let len = size.min(size_of::<T>());
    // SAFETY: `value` is plain integers without padding; the first 4 bytes, the size, are left as they are.
    unsafe {
        let from = std::ptr::from_ref(value).cast::<u8>();
        std::ptr::copy_nonoverlapping(from.add(4), pointer.cast::<u8>().add(4), len.saturating_sub(4));
        pointer.cast::<u8>().add(len).write_bytes(0, size - len);
    }
    Ok(())
}
