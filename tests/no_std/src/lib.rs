//! A program without standard library: with std in the tree, its panic handler would be the second one (E0152).

#![no_std]

use core::alloc::{GlobalAlloc, Layout};
use core::panic::PanicInfo;
use core::ptr::null_mut;

struct NoMemory;

// SAFETY: it never gives memory, so there is nothing to get wrong.
unsafe impl GlobalAlloc for NoMemory {
    unsafe fn alloc(&self, _: Layout) -> *mut u8 {
        null_mut()
    }
    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[global_allocator]
static NO_MEMORY: NoMemory = NoMemory;

#[panic_handler]
fn stop(_: &PanicInfo<'_>) -> ! {
    loop {}
}

/// Calls into the library, so that it is linked.
#[unsafe(no_mangle)]
pub extern "C" fn poterne_no_std() -> bool {
    poterne::Secret::from_bytes(b"12345678901234567890")
        .and_then(|secret| poterne::match_otp(&secret, poterne::OtpFormat::default(), "162583", 0..=9, None))
        .is_ok()
}
