//! Sealing: XAES-256-GCM (C2SP) over the plaintext, bound to key, application and account (semantics [9.3](crate::guide::semantics#9.3)).

use xaes_256_gcm::aead::AeadInOut;
use xaes_256_gcm::{Nonce, Tag};

use super::keyring::{Key, Keyring};
use super::name::{Account, Application};
use super::plaintext;
use super::text::{DAMAGED, Parts, Record};
use crate::credential::Credential;
use crate::error::{Error, ErrorKind};
use crate::random;
use crate::wipe;

/// An opened credential, and the id of the key that sealed it.
pub(crate) struct Opened {
    pub(crate) credential: Credential,
    pub(crate) key_id: u32,
}

/// Seals a credential under the primary key. The nonce is fresh, so no two records are equal.
pub(crate) fn seal(
    keyring: &Keyring,
    application: &Application,
    account: Account<'_>,
    credential: &Credential,
) -> Result<Record, Error> {
    let key = keyring.primary()?;
    let mut parts = Parts::new();
    let (key_id, nonce, text, tag) = parts.split();
    *key_id = key.id().to_be_bytes();
    random::fill(nonce)?;
    plaintext::encode(credential, text);
    let associated = associated_data(key.id(), application, account);
    if let Err(error) = encrypt(key, associated.as_bytes(), nonce, text, tag) {
        wipe::value(text);
        return Err(error);
    }
    Ok(Record::from_parts(&parts))
}

/// Opens a record.
pub(crate) fn open(
    keyring: &Keyring,
    application: &Application,
    account: Account<'_>,
    record: &str,
) -> Result<Opened, Error> {
    let mut parts = Parts::parse(record)?;
    let key = keyring.find(parts.key_id())?;
    let (_, nonce, text, tag) = parts.split();
    let associated = associated_data(key.id(), application, account);
    let opened = decrypt(key, associated.as_bytes(), nonce, text, tag);
    let credential = opened.and_then(|()| plaintext::decode(text));
    wipe::value(text);
    Ok(Opened { credential: credential.ok_or(DAMAGED)?, key_id: key.id() })
}

/// Encrypts a text in place with the given nonce, and computes its tag.
pub(super) fn encrypt(
    key: &Key,
    associated: &[u8],
    nonce: &[u8; 24],
    text: &mut [u8],
    tag: &mut [u8; 16],
) -> Result<(), Error> {
    let sealed = key.cipher().encrypt_inout_detached(&Nonce::from(*nonce), associated, text.into());
    *tag = sealed
        .map_err(|_| {
            Error::new(ErrorKind::Internal, "the text could not be sealed: refuse, and report a fault")
        })?
        .into();
    Ok(())
}

/// Decrypts a text in place. Returns `None` if the text, or what it is bound to, is another.
pub(super) fn decrypt(
    key: &Key,
    associated: &[u8],
    nonce: &[u8; 24],
    text: &mut [u8],
    tag: &[u8; 16],
) -> Option<()> {
    key.cipher().decrypt_inout_detached(&Nonce::from(*nonce), associated, text.into(), &Tag::from(*tag)).ok()
}

/// The associated data of a sealed text: a label, format, key id, and names, each after its length.
pub(super) struct AssociatedData<const MAX_LEN: usize> {
    bytes: [u8; MAX_LEN],
    len: usize,
}

impl<const MAX_LEN: usize> AssociatedData<MAX_LEN> {
    pub(super) fn new(label: &[u8; 14], key_id: u32) -> Self {
        let mut data = Self { bytes: [0; MAX_LEN], len: 0 };
        data.push(label);
        data.push(&[FORMAT]);
        data.push(&key_id.to_be_bytes());
        data
    }

    /// Appends a name of at most 255 bytes, after its length.
    pub(super) fn push_name(&mut self, name: &str) {
        self.push(&[u8::try_from(name.len()).unwrap_or_default()]);
        self.push(name.as_bytes());
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        let rest = self.bytes.get_mut(self.len..).unwrap_or_default();
        if let Some((field, _)) = rest.split_at_mut_checked(bytes.len()) {
            field.copy_from_slice(bytes);
            self.len = self.len.saturating_add(bytes.len());
        }
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

fn associated_data(
    key_id: u32,
    application: &Application,
    account: Account<'_>,
) -> AssociatedData<ASSOCIATED_MAX> {
    let mut data = AssociatedData::new(b"poterne record", key_id);
    data.push_name(application.as_str());
    data.push_name(account.as_str());
    data
}

/// Label, format and key id.
pub(super) const HEAD_LEN: usize = 14 + 1 + 4;
/// Application and account.
pub(super) const NAMES_LEN: usize = 1 + 64 + 1 + 255;
const ASSOCIATED_MAX: usize = HEAD_LEN + NAMES_LEN;
const FORMAT: u8 = 1;
