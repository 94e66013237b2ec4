//! Sealing: XAES-256-GCM (C2SP) over the plaintext, bound to key, application and account (semantics [9.3](crate::guide::semantics#9.3)).

use xaes_256_gcm::aead::AeadInOut;
use xaes_256_gcm::{Nonce, Tag};

use super::keyring::Keyring;
use super::name::{Account, Application};
use super::plaintext;
use super::text::{DAMAGED, Parts, Record};
use crate::credential::Credential;
use crate::error::{Error, ErrorKind};
use crate::random;
use crate::wipe;

/// A credential out of its record, and the key that had sealed it.
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
    let associated = AssociatedData::new(key.id(), application, account);
    let sealed = key.cipher().encrypt_inout_detached(
        &Nonce::from(*nonce),
        associated.as_bytes(),
        text.as_mut_slice().into(),
    );
    match sealed {
        Ok(computed) => *tag = computed.into(),
        Err(_) => {
            wipe::value(text);
            return Err(Error::new(
                ErrorKind::Internal,
                "the record could not be sealed: refuse, and report a fault",
            ));
        }
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
    let associated = AssociatedData::new(key.id(), application, account);
    let opened = key.cipher().decrypt_inout_detached(
        &Nonce::from(*nonce),
        associated.as_bytes(),
        text.as_mut_slice().into(),
        &Tag::from(*tag),
    );
    let credential = opened.ok().and_then(|()| plaintext::decode(text));
    wipe::value(text);
    Ok(Opened { credential: credential.ok_or(DAMAGED)?, key_id: key.id() })
}

/// What a record is bound to, in its longest form `poterne record`, format, key id, and two names behind their lengths.
struct AssociatedData {
    bytes: [u8; MAX_LEN],
    len: usize,
}

impl AssociatedData {
    fn new(key_id: u32, application: &Application, account: Account<'_>) -> Self {
        let mut data = Self { bytes: [0; MAX_LEN], len: 0 };
        data.push(LABEL);
        data.push(&[FORMAT]);
        data.push(&key_id.to_be_bytes());
        for name in [application.as_str(), account.as_str()] {
            // Names have at most 255 bytes.
            data.push(&[u8::try_from(name.len()).unwrap_or_default()]);
            data.push(name.as_bytes());
        }
        data
    }

    fn push(&mut self, bytes: &[u8]) {
        let rest = self.bytes.get_mut(self.len..).unwrap_or_default();
        if let Some((field, _)) = rest.split_at_mut_checked(bytes.len()) {
            field.copy_from_slice(bytes);
            self.len = self.len.saturating_add(bytes.len());
        }
    }

    fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

const LABEL: &[u8] = b"poterne record";
const FORMAT: u8 = 1;
const MAX_LEN: usize = LABEL.len() + 1 + 4 + 1 + 64 + 1 + 255;
