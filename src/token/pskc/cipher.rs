//! AES-CBC as XML Encryption has it (section 5.2): the initialization vector first, and padding whose last byte is its length.

use alloc::vec::Vec;

use aes::{Aes128, Aes192, Aes256};
use cbc::Decryptor;
#[cfg(feature = "getrandom")]
use cbc::Encryptor;
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockModeDecrypt, KeyIvInit};
#[cfg(feature = "getrandom")]
use cbc::cipher::{BlockModeEncrypt, block_padding::Pkcs7};
use zeroize::Zeroizing;

/// A cipher by its URI.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Cipher {
    Aes128,
    Aes192,
    Aes256,
}

/// What was decrypted.
pub(super) struct Plaintext {
    pub(super) bytes: Zeroizing<Vec<u8>>,
    /// Whether all bytes of the padding are its length. XML Encryption leaves the others open, but everybody writes them so.
    pub(super) is_padding_regular: bool,
}

impl Cipher {
    pub(super) fn of_uri(uri: &str) -> Option<Self> {
        Some(match uri {
            "http://www.w3.org/2001/04/xmlenc#aes128-cbc" => Self::Aes128,
            "http://www.w3.org/2001/04/xmlenc#aes192-cbc" => Self::Aes192,
            "http://www.w3.org/2001/04/xmlenc#aes256-cbc" => Self::Aes256,
            _ => return None,
        })
    }

    /// Returns the length of the key, in bytes.
    pub(super) const fn key_len(self) -> usize {
        match self {
            Self::Aes128 => 16,
            Self::Aes192 => 24,
            Self::Aes256 => 32,
        }
    }

    /// Decrypts a value that begins with its initialization vector. `None` if lengths or padding are impossible.
    pub(super) fn decrypt(self, key: &[u8], value: &[u8]) -> Option<Plaintext> {
        match self {
            Self::Aes128 => decrypt::<Decryptor<Aes128>>(key, value),
            Self::Aes192 => decrypt::<Decryptor<Aes192>>(key, value),
            Self::Aes256 => decrypt::<Decryptor<Aes256>>(key, value),
        }
    }
}

/// Encrypts a value by AES-256, behind its initialization vector. `None` for a key of another length than 32 bytes.
#[cfg(feature = "getrandom")]
pub(super) fn encrypt(key: &[u8], iv: [u8; BLOCK_LEN], value: &[u8]) -> Option<Vec<u8>> {
    let (padded_len, begin) =
        (value.len().checked_next_multiple_of(BLOCK_LEN)?.checked_add(BLOCK_LEN)?, BLOCK_LEN);
    // As long as it will be: a vector that grows leaves copies.
    let mut bytes = Zeroizing::new(Vec::with_capacity(padded_len.checked_add(BLOCK_LEN)?));
    bytes.extend_from_slice(&iv);
    bytes.extend_from_slice(value);
    bytes.resize(padded_len.checked_add(BLOCK_LEN)?, 0);
    let encryptor = Encryptor::<Aes256>::new_from_slices(key, &iv).ok()?;
    let len = encryptor.encrypt_padded::<Pkcs7>(bytes.get_mut(begin..)?, value.len()).ok()?.len();
    Some(bytes.get(..begin.checked_add(len)?)?.to_vec())
}

fn decrypt<C: KeyIvInit + BlockModeDecrypt>(key: &[u8], value: &[u8]) -> Option<Plaintext> {
    let (iv, blocks) = value.split_at_checked(BLOCK_LEN)?;
    let mut bytes = Zeroizing::new(blocks.to_vec());
    C::new_from_slices(key, iv).ok()?.decrypt_padded::<NoPadding>(&mut bytes).ok()?;
    let padding = *bytes.last()?;
    let padding_len = usize::from(padding);
    if !(1..=BLOCK_LEN).contains(&padding_len) {
        return None;
    }
    let len = bytes.len().checked_sub(padding_len)?;
    let is_padding_regular = bytes.get(len..)?.iter().all(|byte| *byte == padding);
    bytes.truncate(len);
    Some(Plaintext { bytes, is_padding_regular })
}

const BLOCK_LEN: usize = 16;
