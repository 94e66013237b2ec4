//! Twins of what the library does, each with a fault that it must not have. Every check must report its twin.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

/// An early exit tells how many bytes are right. Of slices: the compiler compares two arrays at once.
#[inline(never)]
pub fn compare_bytes(right: &[u8], submitted: &[u8]) -> bool {
    for (right, submitted) in right.iter().zip(submitted) {
        if right != submitted {
            return false;
        }
    }
    true
}

/// So does the comparison of texts.
#[inline(never)]
pub fn compare_text(right: &str, submitted: &str) -> bool {
    right == submitted
}

/// The cache tells which bytes are read.
#[inline(never)]
pub fn truncate(digest: &[u8; 20]) -> u32 {
    let offset = usize::from(digest[19] & 0x0f);
    u32::from_be_bytes([digest[offset] & 0x7f, digest[offset + 1], digest[offset + 2], digest[offset + 3]])
}

/// The cache tells which entries of the table are read.
#[inline(never)]
pub fn decode_base32(characters: &[u8; 8], table: &[u8; 256]) -> u64 {
    characters.iter().fold(0, |bits, character| bits << 5 | u64::from(table[usize::from(*character)]))
}

/// The standard library's decimal digits come from a table, and their number from a comparison.
#[inline(never)]
pub fn format_code(value: u32) -> String {
    format!("{value:06}")
}

/// An early exit tells which candidate is right, and saves the others.
#[inline(never)]
pub fn window(secret: &[u8], first: u64, value: u32) -> Option<u64> {
    (first..first + 3).find(|factor| hotp(secret, *factor) == value)
}

/// A division takes a time that depends on its operands; valgrind does not see it.
#[inline(never)]
pub fn remainder(truncated: u32, digits: u32) -> u32 {
    truncated % 10_u32.pow(digits)
}

/// An early exit tells which slot holds the code.
#[inline(never)]
pub fn slot(hashes: &[[u8; 8]; 10], submitted: &[u8; 8]) -> Option<usize> {
    hashes.iter().position(|hash| {
        hash.iter().zip(submitted).fold(0, |different, (a, b)| different | std::hint::black_box(a ^ b)) == 0
    })
}

/// The block of a key, whose length decides how much is copied.
#[inline(never)]
pub fn key_block(secret: &[u8; 64], len: usize) -> [u8; 64] {
    let mut block = [0x36; 64];
    for (byte, secret) in block.iter_mut().zip(secret).take(len) {
        *byte ^= secret;
    }
    block
}

/// A match that allocates: the list of all candidates' codes.
#[inline(never)]
pub fn allocate(secret: &[u8], first: u64, value: u32) -> bool {
    let codes: Vec<u32> = (first..first + 3).map(|factor| hotp(secret, factor)).collect();
    codes.contains(&value)
}

/// RFC 4226 with the `hmac` crate, six digits. It leaves the key's block on the stack.
#[inline(never)]
pub fn hotp(secret: &[u8], factor: u64) -> u32 {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret).expect("HMAC takes any key");
    mac.update(&factor.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    truncate(digest.as_slice().try_into().expect("20 bytes")) % 1_000_000
}
