//! Recovery codes and the temporary code (semantics [5](crate::guide::semantics#5)).

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

use hmac::digest::Key;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroizing;

use super::clocks::CLOCK_TOLERANCE;
use crate::error::Error;
use crate::numbered::numbered;
use crate::otp::{
    Code,
    base32::{self, Alphabet},
};
use crate::random;
use crate::time::UnixTime;
use crate::wipe;

/// Recovery codes to show once, in the form XXXXX-XXXX-XXXX. Dropping them wipes them.
///
/// Each has 65 random bits and works once. The record keeps only their hashes.
///
/// Source: semantics [5.1](crate::guide::semantics#5.1), [5.3](crate::guide::semantics#5.3).
pub struct RecoveryCodes(Vec<Zeroizing<String>>);

impl RecoveryCodes {
    pub(crate) const fn none() -> Self {
        Self(Vec::new())
    }

    /// Returns the codes, as the user will type them.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        self.0.iter().map(|code| code.as_str())
    }

    /// Returns the number of codes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether there are none, which the policy can ask for.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for RecoveryCodes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCodes { .. }")
    }
}

/// A temporary code to tell once, in the form XXXXX-XXXX-XXXX. Dropping it wipes it.
///
/// Source: semantics [5.2](crate::guide::semantics#5.2).
pub struct TemporaryCode(Zeroizing<String>);

impl TemporaryCode {
    /// Returns the code, as the user will type it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for TemporaryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TemporaryCode { .. }")
    }
}

/// The number of recovery codes that fit a record.
pub(crate) const RECOVERY_SLOTS: usize = 10;

/// The most uses of a temporary code.
pub(crate) const MAX_USES: u8 = 50;

/// The longest life of a temporary code, in seconds.
pub(crate) const MAX_LIFETIME: u64 = 30 * 86_400;

/// The same limit on a server whose clock is behind that of the server that issued the code.
const MAX_LIFETIME_ELSEWHERE: u64 = MAX_LIFETIME + CLOCK_TOLERANCE;

/// The first bytes of HMAC-SHA-256 over a code.
pub(crate) type CodeHash = [u8; 8];

/// The codes of a credential: their hashes, under a key of their own.
pub(crate) struct CodeSlots {
    pub(crate) key: [u8; 16],
    /// The number of recovery codes that were issued the last time.
    pub(crate) issued: u8,
    /// The slots. An empty one is `None` and never matches.
    pub(crate) recovery: [Option<CodeHash>; RECOVERY_SLOTS],
    pub(crate) temporary: Option<TemporarySlot>,
}

numbered! {
    /// The codes for [`StoredCredential::end_codes`](crate::StoredCredential::end_codes) to end.
    pub enum CodeSet {
        /// The recovery codes.
        Recovery = 1, "recovery";
        /// The temporary code.
        Temporary = 2, "temporary";
        /// Both.
        Both = 3, "both";
    }
}

/// The kind of code in a slot.
pub(crate) enum CodeKind {
    Recovery,
    Temporary,
}

/// The code of the help desk, in a slot that has uses left.
pub(crate) struct TemporarySlot {
    pub(crate) expiry: UnixTime,
    pub(crate) uses: u8,
    pub(crate) hash: CodeHash,
}

impl TemporarySlot {
    /// Semantics 5.2.
    pub(crate) fn is_valid(&self, now: UnixTime) -> bool {
        now <= self.expiry && self.expiry <= now.saturating_add(MAX_LIFETIME_ELSEWHERE)
    }
}

impl CodeSlots {
    /// Makes slots without codes, under this key.
    pub(crate) fn new(key: [u8; 16]) -> Self {
        Self { key, issued: 0, recovery: [None; RECOVERY_SLOTS], temporary: None }
    }

    pub(crate) fn recovery_left(&self) -> u32 {
        self.recovery.iter().flatten().fold(0, |count, _| count.saturating_add(1))
    }

    /// Issues `count` recovery codes. They replace the former ones.
    pub(crate) fn issue_recovery(&mut self, count: u8) -> Result<RecoveryCodes, Error> {
        let mut codes = vec![Zeroizing::default(); usize::from(count)];
        self.end_recovery();
        for (slot, text) in self.recovery.iter_mut().zip(&mut codes) {
            let (code, shown) = random_code()?;
            *slot = Some(hash(&self.key, &code));
            *text = shown;
        }
        self.issued = count;
        Ok(RecoveryCodes(codes))
    }

    /// Erases the recovery codes.
    pub(crate) fn end_recovery(&mut self) {
        self.recovery = [None; RECOVERY_SLOTS];
        self.issued = 0;
    }

    /// Issues a temporary code. It replaces the former one.
    pub(crate) fn issue_temporary(&mut self, expiry: UnixTime, uses: u8) -> Result<TemporaryCode, Error> {
        let (code, shown) = random_code()?;
        self.temporary = Some(TemporarySlot { expiry, uses, hash: hash(&self.key, &code) });
        Ok(TemporaryCode(shown))
    }

    /// Spends the slot that holds `code`. It compares every slot, whatever the code and whatever it found.
    pub(crate) fn spend(&mut self, code: &Code, now: UnixTime) -> Option<CodeKind> {
        let mut submitted = hash(&self.key, code);
        let (mut found, mut found_at) = (Choice::from(0), 0_u8);
        for (slot, at) in self.recovery.iter().zip(0_u8..) {
            let equal = submitted.ct_eq(&slot.unwrap_or_default()) & Choice::from(u8::from(slot.is_some()));
            found_at.conditional_assign(&at, equal);
            found |= equal;
        }
        let valid = self.temporary.as_ref().filter(|slot| slot.is_valid(now));
        let temporary = submitted.ct_eq(&valid.map(|slot| slot.hash).unwrap_or_default())
            & Choice::from(u8::from(valid.is_some()));
        wipe::value(&mut submitted);
        // The end of the secret computation: the record shows anyway which slot is spent.
        if bool::from(found) {
            if let Some(slot) = self.recovery.get_mut(usize::from(found_at)) {
                *slot = None;
            }
            return Some(CodeKind::Recovery);
        }
        if bool::from(temporary) {
            self.spend_temporary();
            return Some(CodeKind::Temporary);
        }
        None
    }

    fn spend_temporary(&mut self) {
        self.temporary = self.temporary.take().and_then(|slot| {
            let uses = slot.uses.saturating_sub(1);
            (uses > 0).then_some(TemporarySlot { uses, ..slot })
        });
    }
}

impl Drop for CodeSlots {
    fn drop(&mut self) {
        wipe::value(&mut self.key);
        wipe::value(&mut self.recovery);
        if let Some(slot) = &mut self.temporary {
            wipe::value(&mut slot.hash);
        }
    }
}

/// Returns the first 8 bytes of HMAC-SHA-256 over a fixed byte and the normalized characters, which are never decoded. The hash
/// does not depend on the kind of code: one hash is compared with every slot.
fn hash(key: &[u8; 16], code: &Code) -> CodeHash {
    // RFC 2104 section 2: a key shorter than the block is followed by zeros.
    let mut block = Key::<HmacSha256>::default();
    for (byte, key) in block.iter_mut().zip(key) {
        *byte = *key;
    }
    let mut mac = HmacSha256::new(&block);
    wipe::value(block.as_mut_slice());
    mac.update(&[DOMAIN]);
    mac.update(code.as_bytes());
    let mut digest = mac.finalize().into_bytes();
    let mut first = CodeHash::default();
    for (byte, digest) in first.iter_mut().zip(&digest) {
        *byte = *digest;
    }
    wipe::value(digest.as_mut_slice());
    first
}

/// Draws a random code, and returns its text in groups too. A code without a letter could be taken for an OTP, so it is drawn
/// again: 3 in 10 million.
fn random_code() -> Result<(Code, Zeroizing<String>), Error> {
    loop {
        let (mut bytes, mut characters) = (random::array::<10>()?, [0; 16]);
        for (block, bytes) in characters.chunks_exact_mut(8).zip(bytes.chunks_exact(5)) {
            if let (Some(block), Some(bytes)) = (block.first_chunk_mut(), bytes.first_chunk()) {
                base32::encode_block(bytes, Alphabet::Crockford, block);
            }
        }
        let drawn = characters.first_chunk().and_then(Code::drawn);
        wipe::value(&mut bytes);
        wipe::value(&mut characters);
        if let Some(code) = drawn {
            let text = grouped(&code);
            return Ok((code, text));
        }
    }
}

/// The code in its groups of 5, 4 and 4.
fn grouped(code: &Code) -> Zeroizing<String> {
    let [a, b, c, d, e, f, g, h, i, j, k, l, m] = *code.as_bytes();
    let mut text = [a, b, c, d, e, b'-', f, g, h, i, b'-', j, k, l, m];
    let shown = Zeroizing::new(String::from_utf8(text.to_vec()).unwrap_or_default());
    wipe::value(&mut text);
    shown
}

type HmacSha256 = Hmac<Sha256>;

/// Comes before the characters of every code.
const DOMAIN: u8 = 2;
