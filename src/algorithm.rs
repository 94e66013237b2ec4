//! The hash under HMAC (RFC 2104), on the block functions of the hash crates.
//!
//! An OTP is HMAC of eight bytes under one key, for several neighboring moving factors. So the two padded key blocks are
//! compressed once for a key; then each candidate costs two compressions. All inner blocks of a batch are written before the
//! first is compressed, and likewise the outer ones: a block that is read back by the compression right after it was written
//! in smaller pieces would wait for the store buffer each time.

use core::fmt;

use zeroize::Zeroize;

use crate::wipe;

/// The hash function under HMAC (RFC 6238 1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Algorithm {
    /// HMAC-SHA-1, the only one that every authenticator application honors.
    Sha1,
    /// HMAC-SHA-256.
    Sha256,
    /// HMAC-SHA-512.
    Sha512,
}

impl Algorithm {
    /// The name in an otpauth URI and in the vectors: `SHA1`, `SHA256`, `SHA512`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
            Self::Sha512 => "SHA512",
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What dynamic truncation (RFC 4226 5.3) can read of a digest: its first 20 bytes as words, and its last byte.
#[derive(Clone, Copy, Default)]
pub(crate) struct DigestParts {
    pub(crate) head: [u32; 5],
    pub(crate) last: u8,
}

/// How many candidates are computed at a time.
pub(crate) const BATCH: usize = 4;

/// A shared secret made ready for HMAC under its algorithm; wiped when dropped.
pub(crate) enum HmacKey {
    Sha1(sha1_pads::Pads),
    Sha256(sha256_pads::Pads),
    Sha512(sha512_pads::Pads),
}

impl HmacKey {
    pub(crate) fn new(algorithm: Algorithm, secret: &[u8]) -> Self {
        match algorithm {
            Algorithm::Sha1 => Self::Sha1(sha1_pads::Pads::new(secret)),
            Algorithm::Sha256 => Self::Sha256(sha256_pads::Pads::new(secret)),
            Algorithm::Sha512 => Self::Sha512(sha512_pads::Pads::new(secret)),
        }
    }

    /// The digests of the moving factors `first`, `first + 1` and so on, as many as `out` takes, at most [`BATCH`].
    pub(crate) fn digests(&self, first: u64, out: &mut [DigestParts]) {
        match self {
            Self::Sha1(pads) => pads.digests(first, out),
            Self::Sha256(pads) => pads.digests(first, out),
            Self::Sha512(pads) => pads.digests(first, out),
        }
    }
}

macro_rules! pads {
    ($module:ident, $word:ty, $state_words:literal, $block_len:literal, $length_len:literal, $iv:expr, $compress:path,
     $hash:ty, $parts:expr) => {
        mod $module {
            use sha1::Digest;

            use super::*;

            type State = [$word; $state_words];
            type Block = [u8; $block_len];

            /// The hash states after the key's inner and outer block (RFC 2104 section 4, "Implementation Note").
            pub(crate) struct Pads {
                inner: State,
                outer: State,
            }

            impl Pads {
                pub(super) fn new(secret: &[u8]) -> Self {
                    let mut key: Block = [0; $block_len];
                    if let Some(start) = key.get_mut(..secret.len()) {
                        start.copy_from_slice(secret);
                    } else {
                        // RFC 2104 section 2: a key longer than the block is hashed first.
                        let mut hashed = <$hash>::digest(secret);
                        for (byte, hashed) in key.iter_mut().zip(hashed.iter()) {
                            *byte = *hashed;
                        }
                        wipe::value(hashed.as_mut_slice());
                    }
                    let mut inner_block = key.map(|byte| byte ^ 0x36);
                    let mut outer_block = key.map(|byte| byte ^ 0x5c);
                    let mut pads = Self { inner: $iv, outer: $iv };
                    $compress(&mut pads.inner, core::slice::from_ref(&inner_block));
                    $compress(&mut pads.outer, core::slice::from_ref(&outer_block));
                    wipe::value(&mut key);
                    wipe::value(&mut inner_block);
                    wipe::value(&mut outer_block);
                    pads
                }

                pub(super) fn digests(&self, first: u64, out: &mut [DigestParts]) {
                    let mut blocks: [Block; BATCH] = [[0; $block_len]; BATCH];
                    let mut states: [State; BATCH] = [self.inner; BATCH];
                    let mut factor = first;
                    for (block, _) in blocks.iter_mut().zip(out.iter()) {
                        write(block, &factor.to_be_bytes());
                        factor = factor.wrapping_add(1);
                    }
                    for ((state, block), _) in states.iter_mut().zip(&blocks).zip(out.iter()) {
                        $compress(state, core::slice::from_ref(block));
                    }
                    for ((block, state), _) in blocks.iter_mut().zip(&mut states).zip(out.iter()) {
                        let mut digest = [0; $state_words * size_of::<$word>()];
                        for (bytes, word) in digest.chunks_exact_mut(size_of::<$word>()).zip(state.iter()) {
                            bytes.copy_from_slice(&word.to_be_bytes());
                        }
                        write(block, &digest);
                        *state = self.outer;
                    }
                    for ((state, block), _) in states.iter_mut().zip(&blocks).zip(out.iter()) {
                        $compress(state, core::slice::from_ref(block));
                    }
                    for (parts, state) in out.iter_mut().zip(&states) {
                        *parts = $parts(state);
                    }
                    for (block, state) in blocks.iter_mut().zip(&mut states) {
                        wipe::value(block);
                        wipe::value(state);
                    }
                }
            }

            /// Fills the second block of a hash: the message, the end mark and the length in bits (FIPS 180-4 5.1), counting
            /// the key block before it.
            #[inline(always)]
            fn write<const N: usize>(block: &mut Block, message: &[u8; N]) {
                *block = [0; $block_len];
                let bits: [u8; $length_len] = length(N);
                for (byte, message) in block.iter_mut().zip(message.iter().chain(&[0x80])) {
                    *byte = *message;
                }
                for (byte, bits) in block.iter_mut().rev().zip(bits.iter().rev()) {
                    *byte = *bits;
                }
            }

            /// The length in bits of a key block and `message` bytes, big-endian.
            #[inline(always)]
            const fn length(message: usize) -> [u8; $length_len] {
                let bits = message.saturating_add($block_len).saturating_mul(8);
                let [.., high, low] = bits.to_be_bytes();
                let mut bytes = [0; $length_len];
                let [.., a, b] = &mut bytes;
                *a = high;
                *b = low;
                bytes
            }

            impl Drop for Pads {
                fn drop(&mut self) {
                    self.inner.zeroize();
                    self.outer.zeroize();
                }
            }
        }
    };
}

/// The initial states of FIPS 180-4 5.3.
const SHA1_IV: [u32; 5] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];
const SHA256_IV: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];
const SHA512_IV: [u64; 8] = [
    0x6a09_e667_f3bc_c908,
    0xbb67_ae85_84ca_a73b,
    0x3c6e_f372_fe94_f82b,
    0xa54f_f53a_5f1d_36f1,
    0x510e_527f_ade6_82d1,
    0x9b05_688c_2b3e_6c1f,
    0x1f83_d9ab_fb41_bd6b,
    0x5be0_cd19_137e_2179,
];

pads!(sha1_pads, u32, 5, 64, 8, SHA1_IV, sha1::block_api::compress, sha1::Sha1, |state: &State| {
    DigestParts { head: *state, last: state[4].to_be_bytes()[3] }
});

pads!(sha256_pads, u32, 8, 64, 8, SHA256_IV, sha2::block_api::compress256, sha2::Sha256, |state: &State| {
    let [a, b, c, d, e, .., last] = *state;
    DigestParts { head: [a, b, c, d, e], last: last.to_be_bytes()[3] }
});

pads!(
    sha512_pads,
    u64,
    8,
    128,
    16,
    SHA512_IV,
    sha2::block_api::compress512,
    sha2::Sha512,
    |state: &State| {
        let [ab, cd, e, .., last] = state.map(|word| word.to_be_bytes());
        let word = |bytes: [u8; 8], high: bool| {
            let [a, b, c, d, e, f, g, h] = bytes;
            u32::from_be_bytes(if high { [a, b, c, d] } else { [e, f, g, h] })
        };
        DigestParts {
            head: [word(ab, true), word(ab, false), word(cd, true), word(cd, false), word(e, true)],
            last: last[7],
        }
    }
);

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use hmac::{Hmac, KeyInit, Mac};
    use proptest::prelude::*;

    use super::*;

    fn oracle<M: Mac + KeyInit>(secret: &[u8], factor: u64) -> ([u8; 20], u8) {
        let mut mac = <M as KeyInit>::new_from_slice(secret).expect("HMAC takes any key");
        mac.update(&factor.to_be_bytes());
        let digest = mac.finalize().into_bytes();
        (digest[..20].try_into().expect("20 bytes"), *digest.last().expect("a digest"))
    }

    proptest! {
        /// The `hmac` crate is the oracle: every key length around both block lengths, every batch length.
        #[test]
        fn digests_are_those_of_the_hmac_crate(
            secret in proptest::collection::vec(any::<u8>(), 1..300),
            first in any::<u64>(),
            len in 1..=BATCH,
        ) {
            for algorithm in [Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512] {
                let mut out = [DigestParts::default(); BATCH];
                HmacKey::new(algorithm, &secret).digests(first, &mut out[..len]);
                let mut factor = first;
                for parts in &out[..len] {
                    let expected = match algorithm {
                        Algorithm::Sha1 => oracle::<Hmac<sha1::Sha1>>(&secret, factor),
                        Algorithm::Sha256 => oracle::<Hmac<sha2::Sha256>>(&secret, factor),
                        Algorithm::Sha512 => oracle::<Hmac<sha2::Sha512>>(&secret, factor),
                    };
                    let head: Vec<u8> = parts.head.iter().flat_map(|word| word.to_be_bytes()).collect();
                    prop_assert_eq!((head.as_slice(), parts.last), (&expected.0[..], expected.1));
                    factor = factor.wrapping_add(1);
                }
            }
        }
    }
}
