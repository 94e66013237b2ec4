//! Client requests: how a program speaks to the valgrind that runs it (valgrind.h, memcheck.h, callgrind.h).

use core::arch::asm;
use core::ffi::CStr;
use core::hint::black_box;

/// Whether the program runs under valgrind; outside it, every request does nothing.
pub fn is_running() -> bool {
    request(RUNNING_ON_VALGRIND, [0; 3]) != 0
}

/// Forgets the instructions counted so far.
pub fn zero_stats() {
    request(ZERO_STATS, [0; 3]);
}

/// Writes the instructions counted since [`zero_stats`], under a name.
pub fn dump_stats(name: &CStr) {
    request(DUMP_STATS_AT, [name.as_ptr() as usize, 0, 0]);
}

/// Marks a value as undefined: from here on memcheck reports every branch and every address that depends on it.
pub fn mark_undefined<T: ?Sized>(value: &T) {
    request(MAKE_MEM_UNDEFINED, [address(value), size_of_val(value), 0]);
}

/// Marks memory as defined: it may be looked at.
pub fn mark_defined<T: ?Sized>(value: &T) {
    request(MAKE_MEM_DEFINED, [address(value), size_of_val(value), 0]);
}

/// The same value, defined. By value, or the compiler could hand on what it holds in a register from before.
pub fn defined<T>(mut value: T) -> T {
    request(MAKE_MEM_DEFINED, [(&raw mut value) as usize, size_of::<T>(), 0]);
    black_box(value)
}

/// How many of these bytes have an undefined bit.
pub fn undefined_bytes<T: ?Sized>(value: &T) -> usize {
    let mut bits = vec![0_u8; size_of_val(value)];
    let arguments = [address(value), bits.as_mut_ptr() as usize, bits.len()];
    if request(GET_VBITS, arguments) != 1 {
        return 0;
    }
    bits.iter().filter(|bits| **bits != 0).count()
}

fn address<T: ?Sized>(value: &T) -> usize {
    (&raw const *value).cast::<u8>() as usize
}

#[cfg(not(target_arch = "x86_64"))]
compile_error!("the request sequence is that of x86-64");

fn request(code: usize, [first, second, third]: [usize; 3]) -> usize {
    let block = [code, first, second, third, 0, 0];
    let answer;
    // SAFETY: valgrind.h, amd64-linux. The rotations sum up to 128 bits and the exchange is with itself, so outside valgrind
    // nothing but the flags changes; inside, the request reads the block and writes what the caller of this module owns.
    unsafe {
        asm!(
            "rol rdi, 3",
            "rol rdi, 13",
            "rol rdi, 61",
            "rol rdi, 51",
            "xchg rbx, rbx",
            in("rax") &raw const block,
            inout("rdx") 0_usize => answer,
            options(nostack)
        );
    }
    answer
}

const RUNNING_ON_VALGRIND: usize = 0x1001;

const CALLGRIND: usize = tool(*b"CT");
const ZERO_STATS: usize = CALLGRIND + 1;
const DUMP_STATS_AT: usize = CALLGRIND + 3;

const MEMCHECK: usize = tool(*b"MC");
const MAKE_MEM_UNDEFINED: usize = MEMCHECK + 1;
const MAKE_MEM_DEFINED: usize = MEMCHECK + 2;
const GET_VBITS: usize = MEMCHECK + 8;

const fn tool([a, b]: [u8; 2]) -> usize {
    (a as usize) << 24 | (b as usize) << 16
}
