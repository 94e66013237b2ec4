//! The one boundary of all exports: null checks, outputs, and panics that never leave.

use std::ffi::{CStr, c_char};

use poterne::{Error, UnixTime};
use poterne_boundary::caught;

use crate::status::{
    POTERNE_E_ARGUMENT, POTERNE_E_BUFFER, POTERNE_E_INTERNAL, POTERNE_E_NULL, POTERNE_E_UTF8, POTERNE_OK,
};

/// A status below 0, on its way out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Failure(pub(crate) i32);

/// The result of an export: the number that it returns.
pub(crate) type Answer = Result<i32, Failure>;

/// A text as C hands it over: a pointer and a length.
pub(crate) type Chars = (*const c_char, usize);

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(error.kind().number())
    }
}

/// Runs the body of an export. A panic becomes [`POTERNE_E_INTERNAL`], silently.
pub(crate) fn guard(body: impl FnOnce() -> Answer) -> i32 {
    match caught(body) {
        Some(Ok(status)) | Some(Err(Failure(status))) => status,
        None => POTERNE_E_INTERNAL,
    }
}

/// Where the exports panic from here on, in this thread: 1 before, 2 after their work, 0 nowhere.
#[cfg(poterne_planted_panics)]
#[unsafe(export_name = "poterne_planted_panics")]
extern "C" fn planted_panics(place: i32) {
    poterne_boundary::planted::from_here_on(place);
}

/// The same for exports that return nothing.
pub(crate) fn guard_free(body: impl FnOnce()) {
    let _ = guard(|| {
        body();
        Ok(POTERNE_OK)
    });
}

/// The bytes of a pointer and a length; null is allowed with 0.
///
/// # Safety
/// Behind a pointer that is not null there are `len` readable bytes, for the length of the call.
pub(crate) unsafe fn bytes<'a>(pointer: *const u8, len: usize) -> Result<&'a [u8], Failure> {
    if len == 0 {
        return Ok(&[]);
    }
    if pointer.is_null() {
        return Err(Failure(POTERNE_E_NULL));
    }
    if isize::try_from(len).is_err() {
        return Err(Failure(POTERNE_E_ARGUMENT));
    }
    // SAFETY: not null, and the caller vouches for `len` bytes, which fit an isize.
    Ok(unsafe { std::slice::from_raw_parts(pointer, len) })
}

/// The characters of a pointer and a length, in whatever encoding; [`POTERNE_NUL`] is allowed.
///
/// # Safety
/// As [`bytes`]; with [`POTERNE_NUL`], the readable bytes end with a NUL.
pub(crate) unsafe fn chars<'a>((pointer, len): Chars) -> Result<&'a [u8], Failure> {
    if len == POTERNE_NUL && !pointer.is_null() {
        // SAFETY: not null, and the caller vouches for a NUL.
        return Ok(unsafe { CStr::from_ptr(pointer) }.to_bytes());
    }
    // SAFETY: the caller's promise.
    unsafe { bytes(pointer.cast(), len) }
}

/// The text of a pointer and a length.
///
/// # Safety
/// As [`chars`].
pub(crate) unsafe fn text<'a>(given: Chars) -> Result<&'a str, Failure> {
    // SAFETY: the caller's promise.
    let bytes = unsafe { chars(given)? };
    utf8(bytes).ok_or(Failure(POTERNE_E_UTF8))
}

/// Reads the text that the user submitted. It is never an error: text that is not UTF-8 becomes a text that is not a code.
///
/// # Safety
/// As [`chars`].
pub(crate) unsafe fn submission<'a>(given: Chars) -> Result<&'a str, Failure> {
    // SAFETY: the caller's promise.
    let bytes = unsafe { chars(given)? };
    Ok(utf8(bytes).unwrap_or("\u{fffd}"))
}

fn utf8(bytes: &[u8]) -> Option<&str> {
    if bytes.is_ascii() {
        // Records and codes are, and this is a quarter of the work.
        // SAFETY: ASCII is UTF-8.
        return Some(unsafe { std::str::from_utf8_unchecked(bytes) });
    }
    std::str::from_utf8(bytes).ok()
}

/// A time; [`POTERNE_NOW`] asks the system's clock.
pub(crate) fn time(seconds: i64) -> Result<UnixTime, Failure> {
    if seconds == POTERNE_NOW {
        return Ok(UnixTime::try_from(std::time::SystemTime::now())?);
    }
    Ok(UnixTime::from_secs(seconds)?)
}

/// What a number of the library's stands for.
pub(crate) fn numbered<T>(number: u32, from_number: impl Fn(i32) -> Option<T>) -> Result<T, Failure> {
    i32::try_from(number).ok().and_then(from_number).ok_or(Failure(POTERNE_E_ARGUMENT))
}

/// The numbers of the header are the library's, and it has no other ones.
macro_rules! same_numbers {
    ($type:ident: $($value:expr => $constant:ident),* $(,)?) => {
        const _: () = {
            $(assert!($value.number() as i64 == $constant as i64);)*
            assert!($type::ALL.len() == [$($constant),*].len());
        };
    };
}

pub(crate) use same_numbers;

/// Something behind a pointer, to read.
///
/// # Safety
/// A pointer that is not null points to a live `T` that nobody changes during the call.
pub(crate) unsafe fn shared<'a, T>(pointer: *const T) -> Result<&'a T, Failure> {
    // SAFETY: the caller's promise.
    unsafe { pointer.as_ref() }.ok_or(Failure(POTERNE_E_NULL))
}

/// Something that the library has made, and aligned, to change.
///
/// # Safety
/// A pointer that is not null points to a live `T` that nobody else uses during the call.
pub(crate) unsafe fn unique<'a, T>(pointer: *mut T) -> Result<&'a mut T, Failure> {
    // SAFETY: the caller's promise.
    unsafe { pointer.as_mut() }.ok_or(Failure(POTERNE_E_NULL))
}

/// Writes through a pointer that must not be null.
///
/// # Safety
/// A pointer that is not null points to a writable `T`.
pub(crate) unsafe fn set<T>(pointer: *mut T, value: T) -> Result<(), Failure> {
    if pointer.is_null() {
        return Err(Failure(POTERNE_E_NULL));
    }
    // SAFETY: the caller's promise.
    unsafe { put(pointer, value) };
    Ok(())
}

/// Writes through a pointer that may be null.
///
/// # Safety
/// A pointer that is not null points to a writable `T`.
pub(crate) unsafe fn put<T>(pointer: *mut T, value: T) {
    if !pointer.is_null() {
        // SAFETY: not null, and the caller's promise. Unaligned, for callers that pack their structures.
        unsafe { pointer.write_unaligned(value) }
    }
}

/// A handle to give to the caller.
///
/// # Safety
/// As [`put`].
pub(crate) unsafe fn put_handle<T>(pointer: *mut *mut T, value: T) {
    // SAFETY: the caller's promise.
    unsafe { put(pointer, Box::into_raw(Box::new(value))) }
}

/// Takes a handle back and drops it; null is fine.
///
/// # Safety
/// Not null, it came from [`put_handle`] and is not used again.
pub(crate) unsafe fn free<T>(handle: *mut T) {
    if !handle.is_null() {
        // SAFETY: the caller's promise.
        guard_free(|| drop(unsafe { Box::from_raw(handle) }));
    }
}

/// Where a text goes: `cap` bytes at `out`, and its length, without the NUL, at `len`.
pub(crate) struct Output {
    out: *mut u8,
    cap: usize,
    len: *mut usize,
}

impl Output {
    /// Empties the output: whatever fails later, the caller finds zeros.
    ///
    /// # Safety
    /// Not null, `out` points to `cap` writable bytes and `len` to a writable length, until the end of the call.
    pub(crate) unsafe fn new(out: *mut u8, cap: usize, len: *mut usize) -> Result<Self, Failure> {
        // SAFETY: the caller's promise.
        unsafe { put(len, 0) };
        if out.is_null() && cap > 0 {
            return Err(Failure(POTERNE_E_NULL));
        }
        if cap > 0 {
            // SAFETY: not null, and the caller vouches for `cap` bytes, of which there is one at least.
            unsafe { out.write(0) };
        }
        if isize::try_from(cap).is_err() {
            return Err(Failure(POTERNE_E_ARGUMENT));
        }
        Ok(Self { out, cap, len })
    }

    /// Whether so many bytes and a NUL fit; else the length is written. Asked before anything is spent.
    pub(crate) fn fits(&self, len: usize) -> Result<(), Failure> {
        if len < self.cap {
            return Ok(());
        }
        // SAFETY: the promise of `new`.
        unsafe { put(self.len, len) };
        Err(Failure(POTERNE_E_BUFFER))
    }

    /// Writes the text and a NUL.
    pub(crate) fn write(&self, bytes: &[u8]) -> Result<(), Failure> {
        self.write_both(&[], bytes)
    }

    /// Writes a text of two parts and a NUL.
    pub(crate) fn write_both(&self, first: &[u8], second: &[u8]) -> Result<(), Failure> {
        let len = first.len() + second.len();
        self.fits(len)?;
        // SAFETY: the bytes and a NUL fit into what the promise of `new` speaks of, which the library's own bytes cannot
        // overlap.
        unsafe {
            std::ptr::copy_nonoverlapping(first.as_ptr(), self.out, first.len());
            std::ptr::copy_nonoverlapping(second.as_ptr(), self.out.add(first.len()), second.len());
            self.out.add(len).write(0);
            put(self.len, len);
        }
        Ok(())
    }
}

/// The system's clock, as a time argument.
pub(crate) const POTERNE_NOW: i64 = i64::MIN;

/// The length of a text that ends with a NUL.
pub(crate) const POTERNE_NUL: usize = usize::MAX;
