//! The hash under HMAC (RFC 2104), built on the block functions of the hash crates.
//!
//! An OTP is the HMAC of eight bytes. A check computes it under one key for several neighboring moving factors. So the two padded
//! key blocks are compressed once per key, and then each candidate costs two compressions. All inner blocks of a batch are written
//! before the first is compressed, and likewise all outer ones. Otherwise each compression would read a block right after it was
//! written in smaller pieces, and wait for the store buffer.

use core::fmt;
use core::str::FromStr;

use zeroize::Zeroize;

use super::secret::Secret;
use crate::error::{Error, ErrorKind};
use crate::numbered::numbered;
use crate::wipe;

numbered! {
    /// The hash function under HMAC (RFC 6238 1.2). Its names are those of otpauth URIs: `SHA1`, `SHA256`, `SHA512`.
    #[non_exhaustive]
    pub enum Algorithm {
        /// HMAC-SHA-1, the only one that every authenticator app honors.
        Sha1 = 1, "SHA1";
        /// HMAC-SHA-256.
        Sha256 = 2, "SHA256";
        /// HMAC-SHA-512.
        Sha512 = 3, "SHA512";
    }
}

impl Algorithm {
    /// Returns the key that HMAC derives from a secret: a secret longer than the hash's block is hashed (RFC 2104 section 2).
    pub(crate) fn hmac_key(self, secret: Secret) -> Result<Secret, Error> {
        self.hash_long(secret.as_bytes(), Secret::from_bytes).unwrap_or_else(|| Ok(secret))
    }

    /// Returns a digest by which two secrets that HMAC takes for one key are one secret (semantics 1.4): a long one is hashed, and a
    /// short one padded with zeros. No branch depends on the bytes.
    #[cfg(feature = "token-files")]
    pub(crate) fn key_hash(self, secret: &Secret) -> [u8; 32] {
        let hash = |key: &[u8]| {
            // The longest block, whatever the hash: one key under two of them is one secret too.
            let mut padded = Secret::padded::<128>(key);
            let hash = <sha2::Sha256 as sha2::Digest>::digest(padded.as_slice()).into();
            wipe::value(&mut padded);
            hash
        };
        self.hash_long(secret.as_bytes(), hash).unwrap_or_else(|| hash(secret.as_bytes()))
    }

    /// Passes on the hash of a secret that is longer than the block; None if it is not.
    fn hash_long<T>(self, secret: &[u8], take: impl FnOnce(&[u8]) -> T) -> Option<T> {
        use sha1::Digest;

        let wiped = |hashed: &mut [u8]| {
            let taken = take(hashed);
            wipe::value(hashed);
            taken
        };
        match (self, secret.len()) {
            (Self::Sha1, 65..) => Some(wiped(&mut sha1::Sha1::digest(secret))),
            (Self::Sha256, 65..) => Some(wiped(&mut sha2::Sha256::digest(secret))),
            (Self::Sha512, 129..) => Some(wiped(&mut sha2::Sha512::digest(secret))),
            _ => None,
        }
    }

    /// Runs `work`, which only computes OTPs, then overwrites the stack that it used: 1.5, 1.7 or 3.0 KiB. That is less than a
    /// record needs, and these calls are short.
    #[inline(always)]
    pub(crate) fn wipe_after<T>(self, work: impl FnOnce() -> T) -> T {
        match self {
            Self::Sha1 => wipe::after::<{ 3 * wipe::PIECES }, T>(work),
            Self::Sha256 => wipe::after::<{ 4 * wipe::PIECES }, T>(work),
            Self::Sha512 => wipe::after::<{ 7 * wipe::PIECES }, T>(work),
        }
    }
}

/// Reads the common spellings: `SHA1`, `sha1`, `SHA-1`, `HmacSHA1`, `HMAC_SHA256`.
impl FromStr for Algorithm {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        let plain = name.to_ascii_uppercase().replace(['-', '_'], "");
        let plain = plain.strip_prefix("HMAC").unwrap_or(&plain);
        let found = Self::ALL.iter().find(|algorithm| algorithm.name() == plain);
        found.copied().ok_or(Error::new(ErrorKind::Argument, "a hash is SHA1, SHA256 or SHA512"))
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The part of a digest that dynamic truncation (RFC 4226 5.3) can read: its first 20 bytes as words, and its last byte.
#[derive(Clone, Copy, Default)]
pub(crate) struct DigestParts {
    pub(crate) head: [u32; 5],
    pub(crate) last: u8,
}

/// The number of candidates that are computed at a time.
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

    /// Computes the digests of the moving factors `first`, `first + 1` and so on, as many as `out` takes, at most [`BATCH`].
    pub(crate) fn digests(&self, first: u64, out: &mut [DigestParts]) {
        match self {
            Self::Sha1(pads) => pads.digests(first, out),
            Self::Sha256(pads) => pads.digests(first, out),
            Self::Sha512(pads) => pads.digests(first, out),
        }
    }
}

macro_rules! pads {
    ($module:ident, $word:ty, $state_words:literal, $block_len:literal, $iv:expr, $compress:path,
     $hash:ty, $parts:path) => {
        #[allow(
            clippy::arithmetic_side_effects,
            clippy::indexing_slicing,
            reason = "evaluated by the compiler"
        )]
        mod $module {
            use sha1::Digest;

            use super::*;

            const DIGEST_LEN: usize = $state_words * size_of::<$word>();

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
                    let mut pads = Self { inner: $iv, outer: $iv };
                    xor(&mut key, 0x36);
                    $compress(&mut pads.inner, core::slice::from_ref(&key));
                    xor(&mut key, 0x36 ^ 0x5c);
                    $compress(&mut pads.outer, core::slice::from_ref(&key));
                    pads
                }

                pub(super) fn digests(&self, first: u64, out: &mut [DigestParts]) {
                    let mut inner_blocks = [block::<8>(); BATCH];
                    let mut outer_blocks = [block::<DIGEST_LEN>(); BATCH];
                    let mut states = [self.inner; BATCH];
                    let mut factor = first;
                    for (block, _) in inner_blocks.iter_mut().zip(out.iter()) {
                        if let Some(message) = block.first_chunk_mut() {
                            *message = factor.to_be_bytes();
                        }
                        factor = factor.wrapping_add(1);
                    }
                    for ((state, block), _) in states.iter_mut().zip(&inner_blocks).zip(out.iter()) {
                        $compress(state, core::slice::from_ref(block));
                    }
                    for ((block, state), _) in outer_blocks.iter_mut().zip(&mut states).zip(out.iter()) {
                        for (bytes, word) in block.chunks_exact_mut(size_of::<$word>()).zip(state.iter()) {
                            bytes.copy_from_slice(&word.to_be_bytes());
                        }
                        *state = self.outer;
                    }
                    for ((state, block), _) in states.iter_mut().zip(&outer_blocks).zip(out.iter()) {
                        $compress(state, core::slice::from_ref(block));
                    }
                    for (parts, state) in out.iter_mut().zip(&states) {
                        *parts = $parts(state);
                    }
                }
            }

            fn xor(key: &mut Block, byte: u8) {
                for key in key {
                    *key ^= byte;
                }
            }

            /// The second block of a hash, without its message of `N` bytes: the end mark, and the length in bits (FIPS 180-4
            /// 5.1), which counts the key block before it.
            const fn block<const N: usize>() -> Block {
                let mut block = [0; $block_len];
                block[N] = 0x80;
                let [.., high, low] = (($block_len + N) * 8).to_be_bytes();
                block[$block_len - 2] = high;
                block[$block_len - 1] = low;
                block
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

pads!(sha1_pads, u32, 5, 64, SHA1_IV, sha1::block_api::compress, sha1::Sha1, sha1_parts);
pads!(sha256_pads, u32, 8, 64, SHA256_IV, sha2::block_api::compress256, sha2::Sha256, sha256_parts);
pads!(sha512_pads, u64, 8, 128, SHA512_IV, sha2::block_api::compress512, sha2::Sha512, sha512_parts);

fn sha1_parts(state: &[u32; 5]) -> DigestParts {
    let [.., last] = state.map(u32::to_be_bytes);
    DigestParts { head: *state, last: last[3] }
}

fn sha256_parts(state: &[u32; 8]) -> DigestParts {
    let [.., last] = state.map(u32::to_be_bytes);
    let [a, b, c, d, e, ..] = *state;
    DigestParts { head: [a, b, c, d, e], last: last[3] }
}

fn sha512_parts(state: &[u64; 8]) -> DigestParts {
    let [first, second, third, .., last] = state.map(u64::to_be_bytes);
    let word = |[a, b, c, d, ..]: [u8; 8]| u32::from_be_bytes([a, b, c, d]);
    let next = |[.., a, b, c, d]: [u8; 8]| u32::from_be_bytes([a, b, c, d]);
    DigestParts { head: [word(first), next(first), word(second), next(second), word(third)], last: last[7] }
}

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
