//! The hash under HMAC (RFC 2104), built on the block functions of the hash crates.
//!
//! An OTP is the HMAC of eight bytes. A check computes it under one key for several neighboring moving factors. So the two padded
//! key blocks are compressed once per key, and then each candidate costs two compressions. A compression that reads what was just
//! written in smaller pieces waits for the store buffer. So the first inner blocks are written before the key is compressed, and
//! each outer block in the place of its inner one, while the others are compressed.

use core::fmt;
use core::str::FromStr;

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
            let mut padded = [0; 128];
            for (byte, key) in padded.iter_mut().zip(key) {
                *byte = *key;
            }
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

    /// Runs `work`, which only computes OTPs, then overwrites the stack that it used: at most 2.0, 1.7 or 3.0 KiB. That is less than a
    /// record needs, and these calls are short.
    #[inline(always)]
    pub(crate) fn wipe_after<T>(self, work: impl FnOnce() -> T) -> T {
        match self {
            Self::Sha1 => wipe::after::<{ 4 * wipe::PIECES }, T>(work),
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
#[derive(Clone, Copy)]
pub(super) struct DigestParts {
    pub(super) head: [u32; 5],
    pub(super) last: u8,
}

/// A shared secret as the key of HMAC. Its work leaves the key on the stack, which the caller overwrites.
pub(crate) struct HmacKey<'a> {
    algorithm: Algorithm,
    secret: &'a Secret,
}

impl<'a> HmacKey<'a> {
    pub(crate) fn new(algorithm: Algorithm, secret: &'a Secret) -> Self {
        Self { algorithm, secret }
    }

    /// Computes the digests of the moving factors `first`, `first + 1` and so on, and shows each to `visit`.
    #[inline(always)]
    pub(super) fn digests(&self, first: u64, count: u64, visit: impl FnMut(u64, DigestParts)) {
        match self.algorithm {
            Algorithm::Sha1 => hmac_sha1::digests(self.secret, first, count, visit),
            Algorithm::Sha256 => hmac_sha256::digests(self.secret, first, count, visit),
            Algorithm::Sha512 => hmac_sha512::digests(self.secret, first, count, visit),
        }
    }
}

/// The number of candidates that are computed at a time: those of an app's window.
const BATCH: u64 = 3;

macro_rules! hmac {
    ($module:ident, $word:ty, $state_words:literal, $block_len:literal, $iv:expr, $compress:path,
     $hash:ty, $parts:path) => {
        #[allow(
            clippy::arithmetic_side_effects,
            clippy::indexing_slicing,
            reason = "evaluated by the compiler, or a count that its loop has compared"
        )]
        mod $module {
            use sha1::Digest;

            use super::*;

            const DIGEST_LEN: usize = $state_words * size_of::<$word>();

            type State = [$word; $state_words];
            type Block = [u8; $block_len];

            /// Never inlined: the frames of all hashes would add up to one that takes longer to wipe.
            #[inline(never)]
            pub(super) fn digests(
                secret: &Secret,
                first: u64,
                count: u64,
                mut visit: impl FnMut(u64, DigestParts),
            ) {
                let mut key = key_block(secret);
                let mut blocks = inner_blocks::<{ BATCH as usize }>(first);
                // The hash states after the key's inner and outer block (RFC 2104 section 4, "Implementation Note").
                let (mut inner, mut outer) = ($iv, $iv);
                xor(&mut key, 0x36);
                $compress(&mut inner, core::slice::from_ref(&key));
                xor(&mut key, 0x36 ^ 0x5c);
                $compress(&mut outer, core::slice::from_ref(&key));

                let (mut factor, mut left) = (first, count);
                while left >= BATCH {
                    for state in &batch(&inner, &outer, &mut blocks) {
                        visit(factor, $parts(state));
                        factor = factor.wrapping_add(1);
                    }
                    left -= BATCH;
                    if left >= BATCH {
                        blocks = inner_blocks(factor);
                    }
                }
                while left > 0 {
                    let [state] = &batch(&inner, &outer, &mut inner_blocks(factor));
                    visit(factor, $parts(state));
                    factor = factor.wrapping_add(1);
                    left -= 1;
                }
            }

            /// Returns the digests of the candidates in `blocks`.
            #[inline(always)]
            fn batch<const N: usize>(inner: &State, outer: &State, blocks: &mut [Block; N]) -> [State; N] {
                let mut states = [*inner; N];
                for (state, block) in states.iter_mut().zip(blocks.iter_mut()) {
                    $compress(state, core::slice::from_ref(block));
                    *block = outer_block(state);
                    *state = *outer;
                }
                for (state, block) in states.iter_mut().zip(blocks.iter()) {
                    $compress(state, core::slice::from_ref(block));
                }
                states
            }

            /// Returns the blocks behind the key's inner one.
            #[inline(always)]
            fn inner_blocks<const N: usize>(first: u64) -> [Block; N] {
                let (mut blocks, mut factor) = ([block::<8>(); N], first);
                for block in &mut blocks {
                    if let Some(message) = block.first_chunk_mut() {
                        *message = factor.to_be_bytes();
                    }
                    factor = factor.wrapping_add(1);
                }
                blocks
            }

            /// Returns the block behind the key's outer one.
            #[inline(always)]
            fn outer_block(state: &State) -> Block {
                let mut block = block::<DIGEST_LEN>();
                for (bytes, word) in block.chunks_exact_mut(size_of::<$word>()).zip(state) {
                    bytes.copy_from_slice(&word.to_be_bytes());
                }
                block
            }

            #[inline(always)]
            fn key_block(secret: &Secret) -> Block {
                secret.padded().unwrap_or_else(|| hashed_key(secret))
            }

            /// RFC 2104 section 2: a key that is longer than the block is hashed first. That takes more stack than all the rest, and
            /// is wiped here, so that no other key waits for it.
            #[cold]
            fn hashed_key(secret: &Secret) -> Block {
                wipe::after::<{ 4 * wipe::PIECES }, _>(|| {
                    let mut key: Block = [0; $block_len];
                    let mut hashed = <$hash>::digest(secret.as_bytes());
                    for (byte, hashed) in key.iter_mut().zip(hashed.iter()) {
                        *byte = *hashed;
                    }
                    wipe::value(hashed.as_mut_slice());
                    key
                })
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

hmac!(hmac_sha1, u32, 5, 64, SHA1_IV, sha1::block_api::compress, sha1::Sha1, sha1_parts);
hmac!(hmac_sha256, u32, 8, 64, SHA256_IV, sha2::block_api::compress256, sha2::Sha256, sha256_parts);
hmac!(hmac_sha512, u64, 8, 128, SHA512_IV, sha2::block_api::compress512, sha2::Sha512, sha512_parts);

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
        /// The `hmac` crate is the oracle: every key length around both block lengths, numbers of candidates around the batch.
        #[test]
        fn digests_are_those_of_the_hmac_crate(
            secret in proptest::collection::vec(any::<u8>(), 1..300),
            first in 0..=u64::MAX - 8,
            len in 1_u64..8,
        ) {
            let key = Secret::from_bytes(&secret).expect("1 byte or more");
            for algorithm in [Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512] {
                let mut digests = Vec::new();
                HmacKey::new(algorithm, &key).digests(first, len, |factor, parts| {
                    let head: Vec<u8> = parts.head.iter().flat_map(|word| word.to_be_bytes()).collect();
                    digests.push((factor, head, parts.last));
                });
                let expected: Vec<_> = (first..first + len)
                    .map(|factor| {
                        let (head, last) = match algorithm {
                            Algorithm::Sha1 => oracle::<Hmac<sha1::Sha1>>(&secret, factor),
                            Algorithm::Sha256 => oracle::<Hmac<sha2::Sha256>>(&secret, factor),
                            Algorithm::Sha512 => oracle::<Hmac<sha2::Sha512>>(&secret, factor),
                        };
                        (factor, head.to_vec(), last)
                    })
                    .collect();
                prop_assert_eq!(digests, expected);
            }
        }
    }
}
