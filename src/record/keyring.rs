//! The keys that seal records (semantics [13](crate::guide::semantics#13)).

#[cfg(feature = "std")]
mod file;

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use xaes_256_gcm::Xaes256Gcm;
use xaes_256_gcm::aead::KeyInit;
use zeroize::{Zeroize, Zeroizing};

use crate::error::{Error, ErrorKind};
use crate::otp::base32;
use crate::random;

/// The keys that seal records: one primary key, which seals, and secondary keys, which still open.
///
/// Anyone who has the keyring and a copy of the table can compute codes. Keep it on the application servers, readable only by the
/// application, and back it up apart from the database. Dropping the keyring wipes its keys.
///
/// To change keys on several servers: [`add`](Self::add) everywhere, [`promote`](Self::promote), reseal all records,
/// [`remove`](Self::remove).
///
/// ```
/// use poterne::Keyring;
///
/// let mut keyring = Keyring::generate(20261121)?;
/// keyring.add(20270110)?;
/// keyring.promote(20270110)?;
/// let text = keyring.to_text();
/// assert_eq!(Keyring::parse(&text)?.primary_key_id(), 20270110);
/// # Ok::<(), poterne::Error>(())
/// ```
///
/// Source: semantics [13](crate::guide::semantics#13).
pub struct Keyring {
    keys: Vec<Key>,
    primary: u32,
}

impl Keyring {
    /// Makes a keyring with one fresh key, the primary one. Choose an id by which you recognize the key, such as its day of
    /// creation.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] if the id is 0; [`ErrorKind::Random`] if the system gives no randomness.
    pub fn generate(key_id: u32) -> Result<Self, Error> {
        let mut keyring = Self { keys: Vec::new(), primary: key_id };
        keyring.add(key_id)?;
        Ok(keyring)
    }

    /// Reads a keyring from its text, for keys that come from systemd credentials, a container's secret or a vault.
    ///
    /// # Errors
    /// [`ErrorKind::Keyring`] if the text is damaged; the message says how.
    pub fn parse(text: &str) -> Result<Self, Error> {
        super::wipe_after(|| Self::parse_lines(text))
    }

    /// Adds a fresh secondary key, which opens records but does not seal them.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] if the id is 0 or is already there, or beyond 64 keys; [`ErrorKind::Random`] if the system gives no
    /// randomness.
    pub fn add(&mut self, key_id: u32) -> Result<(), Error> {
        if key_id == 0 || self.position(key_id).is_some() {
            return Err(Error::new(
                ErrorKind::Argument,
                "a key id is a number above 0 that the keyring does not have yet",
            ));
        }
        if self.keys.len() >= MAX_KEYS {
            return Err(Error::new(
                ErrorKind::Argument,
                "a keyring has at most 64 keys: remove the oldest first",
            ));
        }
        super::wipe_after(|| {
            let mut bytes = Box::new([0; KEY_LEN]);
            random::fill(bytes.as_mut_slice())?;
            self.keys.push(Key { id: key_id, bytes });
            Ok(())
        })
    }

    /// Makes a key the primary one. Every server must have the key first.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownKey`] if the keyring does not have it.
    pub fn promote(&mut self, key_id: u32) -> Result<(), Error> {
        self.find(key_id)?;
        self.primary = key_id;
        Ok(())
    }

    /// Removes a secondary key. Records that it sealed no longer open: reseal them first.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownKey`] if the keyring does not have it, [`ErrorKind::Argument`] for the primary key.
    pub fn remove(&mut self, key_id: u32) -> Result<(), Error> {
        let position = self.position(key_id).ok_or(UNKNOWN_KEY)?;
        if key_id == self.primary {
            return Err(Error::new(
                ErrorKind::Argument,
                "the primary key seals records: promote another key first",
            ));
        }
        self.keys.remove(position);
        Ok(())
    }

    /// Returns the text to keep. It holds all keys in clear; dropping it wipes it. Write it to a file of mode 0600.
    pub fn to_text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(MAX_TEXT_LEN));
        text.push_str(HEADER);
        text.push('\n');
        for key in &self.keys {
            let primary = if key.id == self.primary { "primary " } else { "" };
            let (bytes, check) = (base32::encode(key.bytes.as_slice()), base32::encode(&key.check()));
            let line = Zeroizing::new(format!("{} {primary}{} {}\n", key.id, bytes.as_str(), check.as_str()));
            text.push_str(&line);
        }
        text
    }

    /// Returns the id of the primary key.
    pub fn primary_key_id(&self) -> u32 {
        self.primary
    }

    /// Returns the ids of all keys, in the order of the text.
    pub fn key_ids(&self) -> impl ExactSizeIterator<Item = u32> {
        self.keys.iter().map(|key| key.id)
    }

    pub(super) fn primary(&self) -> Result<&Key, Error> {
        self.find(self.primary)
    }

    pub(super) fn find(&self, key_id: u32) -> Result<&Key, Error> {
        self.keys.iter().find(|key| key.id == key_id).ok_or(UNKNOWN_KEY)
    }

    fn position(&self, key_id: u32) -> Option<usize> {
        self.keys.iter().position(|key| key.id == key_id)
    }

    fn parse_lines(text: &str) -> Result<Self, Error> {
        if text.len() > MAX_TEXT_LEN {
            return Err(damaged("the keyring is longer than 16 KiB: is this the right file?"));
        }
        // Editors on Windows put a byte order mark before a text.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut lines = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
        if lines.next() != Some(HEADER) {
            return Err(damaged("the first line of a keyring is poterne-keyring-1: is this the right file?"));
        }
        let (mut keys, mut primary) = (Vec::<Key>::new(), None);
        for line in lines {
            if line.starts_with('#') || line.trim_matches([' ', '\t']).is_empty() {
                continue;
            }
            let (key, is_primary) = Key::parse(line)?;
            if keys.iter().any(|other| other.id == key.id) {
                return Err(damaged("a key id is in the keyring twice: remove one of the lines"));
            }
            if keys.iter().any(|other| bool::from(other.bytes.ct_eq(key.bytes.as_slice()))) {
                return Err(damaged("a key is in the keyring twice: remove one of the lines"));
            }
            if is_primary && primary.replace(key.id).is_some() {
                return Err(damaged("two keys of the keyring are primary: keep one"));
            }
            if keys.len() >= MAX_KEYS {
                return Err(damaged("the keyring has more than 64 keys: remove the oldest"));
            }
            keys.push(key);
        }
        Ok(Self { keys, primary: primary.ok_or(damaged("no key of the keyring is primary: promote one"))? })
    }
}

/// Prints the ids only: keys are never printed.
impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids: Vec<u32> = self.key_ids().collect();
        f.debug_struct("Keyring").field("primary", &self.primary).field("keys", &ids).finish()
    }
}

/// One key. Its bytes are on the heap: moving it leaves no copy behind.
pub(super) struct Key {
    id: u32,
    bytes: Box<[u8; KEY_LEN]>,
}

impl Key {
    pub(super) fn id(&self) -> u32 {
        self.id
    }

    /// Returns the cipher under this key, only for work that overwrites the stack. It expands the key again: that takes less time
    /// than wiping what was expanded would.
    pub(super) fn cipher(&self) -> Xaes256Gcm {
        Xaes256Gcm::new(&(*self.bytes).into())
    }

    /// `KEY_ID [primary] KEY CHECK`.
    fn parse(line: &str) -> Result<(Self, bool), Error> {
        let mut fields = line.split([' ', '\t']).filter(|field| !field.is_empty());
        let id = fields
            .next()
            .and_then(parse_key_id)
            .ok_or(damaged("a key id of the keyring is not a number from 1 to 4294967295"))?;
        let mut key = fields.next();
        let is_primary = key == Some("primary");
        if is_primary {
            key = fields.next();
        }
        let (Some(key), Some(check), None) = (key, fields.next(), fields.next()) else {
            return Err(damaged("a line of the keyring is not KEY_ID [primary] KEY CHECK"));
        };
        let mut bytes = Box::new([0; KEY_LEN]);
        let decoded = base32::decode_into(key.bytes(), bytes.as_mut_slice()).filter(|len| *len == KEY_LEN);
        // Spare bits other than 0 would give one key two texts.
        let canonical = base32::encode(bytes.as_slice());
        if decoded.is_none() || !bool::from(canonical.as_bytes().ct_eq(key.as_bytes())) {
            bytes.zeroize();
            return Err(damaged(
                "a key of the keyring is not 52 capital letters and digits 2 to 7: copy all of it",
            ));
        }
        let key = Self { id, bytes };
        // The check detects typing errors. It is not secret.
        if base32::encode(&key.check()).as_str() != check {
            return Err(damaged("a key of the keyring and its check do not match: copy the whole line"));
        }
        Ok((key, is_primary))
    }

    /// Returns the first 5 bytes of SHA-256 over the key and its id.
    fn check(&self) -> [u8; 5] {
        let mut hash = Sha256::new();
        hash.update(b"poterne keyring");
        hash.update(self.id.to_be_bytes());
        hash.update(self.bytes.as_slice());
        let mut check = [0; 5];
        for (byte, hash) in check.iter_mut().zip(hash.finalize()) {
            *byte = hash;
        }
        check
    }
}

impl Drop for Key {
    fn drop(&mut self) {
        self.bytes.zeroize();
    }
}

/// Reads a decimal number above 0, without sign or leading zeros.
fn parse_key_id(text: &str) -> Option<u32> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    text.parse().ok().filter(|_| plain)
}

fn damaged(message: &'static str) -> Error {
    Error::new(ErrorKind::Keyring, message)
}

const UNKNOWN_KEY: Error = Error::new(
    ErrorKind::UnknownKey,
    "the keyring of this server does not have the key: bring the server's keyring up to date",
);

const HEADER: &str = "poterne-keyring-1";
const KEY_LEN: usize = 32;
const MAX_KEYS: usize = 64;
const MAX_TEXT_LEN: usize = 16 * 1024;
