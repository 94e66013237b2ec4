//! How the values of a file are encrypted and authenticated (RFC 6030 section 6).

use alloc::vec::Vec;
use core::cell::Cell;

use roxmltree::Node;
use zeroize::Zeroizing;

use super::FileKey;
use super::cipher::{Cipher, Plaintext};
use super::hash::Hash;
use super::vocabulary::{DS, PKCS5, PSKC, WRONG_KEY, XENC, XENC11, child, damaged, only, unsupported};
use crate::error::{Error, ErrorKind};
use crate::token::{base64, value, xml};

/// The keys of an encrypted file.
pub(super) struct Encryption {
    key: Zeroizing<Vec<u8>>,
    mac_hash: Hash,
    mac_key: Option<Zeroizing<Vec<u8>>>,
    /// The key of the authentication codes came out whole.
    is_key_proven: bool,
    has_right_mac: Cell<bool>,
    has_wrong_mac: Cell<bool>,
}

impl Encryption {
    /// Reads what the container says. `None` if the file is not encrypted.
    pub(super) fn read(container: Node<'_, '_>, key: FileKey<'_>) -> Result<Option<Self>, Error> {
        let encryption_key = child(container, PSKC, "EncryptionKey")?;
        let mac_method = child(container, PSKC, "MACMethod")?;
        if encryption_key.is_none() && mac_method.is_none() {
            return match key {
                FileKey::None => Ok(None),
                // Whoever has a key expects what only its owner could write.
                _ => Err(password(
                    "the file is not encrypted, but a key was given: make sure that it is the right file",
                )),
            };
        }
        let derivation = match encryption_key {
            Some(encryption_key) => derivation(encryption_key)?,
            None => None,
        };
        let Some(mac_method) = mac_method else {
            return Err(Error::new(
                ErrorKind::TokenMac,
                "the file is encrypted, but not authenticated (MACMethod): whoever passed it on may have altered it. Ask for another",
            ));
        };
        let key = match (key, derivation) {
            (FileKey::None, None) => return Err(password("the file is encrypted: give its pre-shared key")),
            (FileKey::None, Some(_)) => return Err(password("the file is encrypted: give its password")),
            (FileKey::PreShared(_), Some(_)) => {
                return Err(password("the file is encrypted by a password, not by a pre-shared key"));
            }
            (FileKey::Password(_), None) => {
                return Err(password("the file is encrypted by a pre-shared key, not by a password"));
            }
            (FileKey::PreShared(key), None) => Zeroizing::new(key.to_vec()),
            (FileKey::Password(password), Some(derivation)) => derivation.key(password),
        };
        let mut encryption = Self {
            key,
            mac_hash: mac_hash(mac_method)?,
            mac_key: None,
            is_key_proven: false,
            has_right_mac: Cell::new(false),
            has_wrong_mac: Cell::new(false),
        };
        if let Some(mac_key) = child(mac_method, PSKC, "MACKey")? {
            let (cipher, value) = encrypted(mac_key)?;
            let plaintext =
                encryption.decrypt(cipher, &value)?.filter(|key| !key.bytes.is_empty()).ok_or(WRONG_KEY)?;
            encryption.is_key_proven = plaintext.is_padding_regular;
            encryption.mac_key = Some(plaintext.bytes);
        }
        Ok(Some(encryption))
    }

    /// Checks, after the last value, that the key was right: if no authentication code was, it is the key that is wrong.
    pub(super) fn check_key(&self) -> Result<(), Error> {
        if self.has_wrong_mac.get() && !self.has_right_mac.get() && !self.is_key_proven {
            return Err(WRONG_KEY);
        }
        Ok(())
    }

    /// Returns the bytes of an `EncryptedValue`, once its `ValueMAC` was found right.
    pub(super) fn open(
        &self,
        encrypted_value: Node<'_, '_>,
        mac: Option<Node<'_, '_>>,
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        let (cipher, value) = encrypted(encrypted_value)?;
        let Some(mac) = mac else {
            return Err(Error::new(
                ErrorKind::TokenMac,
                "the encrypted value has no authentication code (ValueMAC): it may have been altered. Ask for the file anew",
            ));
        };
        let mac = base64::decode(xml::value(mac)?, MAX_VALUE_LEN)
            .ok_or(damaged("an authentication code (ValueMAC) is not base64: ask for the file anew"))?;
        // RFC 6030 section 6.2: without a key of its own, the MAC is made with that of the encryption.
        let mac_key = self.mac_key.as_ref().unwrap_or(&self.key);
        if !self.mac_hash.is_mac(mac_key, &value, &mac) {
            self.has_wrong_mac.set(true);
            return Err(Error::new(
                ErrorKind::TokenMac,
                "the authentication code (ValueMAC) is wrong: the value or the code was altered. Ask for the file anew",
            ));
        }
        self.has_right_mac.set(true);
        let plaintext = self.decrypt(cipher, &value)?;
        Ok(plaintext
            .ok_or(damaged("an encrypted value has an impossible length or padding: ask for the file anew"))?
            .bytes)
    }

    fn decrypt(&self, cipher: Cipher, value: &[u8]) -> Result<Option<Plaintext>, Error> {
        if self.key.len() != cipher.key_len() {
            return Err(password(
                "the key has another length than the file's encryption wants: 16, 24 or 32 bytes",
            ));
        }
        Ok(cipher.decrypt(&self.key, value))
    }
}

/// How the key comes from a password.
struct Derivation {
    hash: Hash,
    salt: Zeroizing<Vec<u8>>,
    iterations: u32,
    key_len: usize,
}

impl Derivation {
    fn key(&self, password: &[u8]) -> Zeroizing<Vec<u8>> {
        self.hash.pbkdf2(password, &self.salt, self.iterations, self.key_len)
    }
}

/// Reads `EncryptionKey`: the derivation, or `None` if the key is shared.
fn derivation(encryption_key: Node<'_, '_>) -> Result<Option<Derivation>, Error> {
    let mut derived_key = None;
    for element in xml::elements(encryption_key) {
        match (element.tag_name().namespace(), element.tag_name().name()) {
            (Some(DS), "KeyName") => {}
            (Some(XENC11 | PSKC), "DerivedKey") if derived_key.is_none() => derived_key = Some(element),
            _ => {
                return Err(unsupported(
                    "the file is encrypted for a certificate or a key that travels along: ask for a password",
                ));
            }
        }
    }
    let Some(derived_key) = derived_key else { return Ok(None) };
    let method = only(derived_key, |node| {
        matches!(node.tag_name().namespace(), Some(XENC11 | PSKC))
            && node.tag_name().name() == "KeyDerivationMethod"
    })?
    .ok_or(DERIVATION)?;
    let is_pbkdf2 = method
        .attribute("Algorithm")
        .and_then(|uri| uri.strip_suffix("pbkdf2"))
        .is_some_and(|schema| schema == XENC11 || PKCS5.contains(&schema));
    if !is_pbkdf2 {
        return Err(unsupported("the key is derived from the password in another way than by PBKDF2"));
    }
    let is_pkcs5 = |namespace: Option<&str>| namespace.is_some_and(|it| it == XENC11 || PKCS5.contains(&it));
    let parameters = only(method, |node| {
        is_pkcs5(node.tag_name().namespace()) && node.tag_name().name() == "PBKDF2-params"
    })?
    .ok_or(DERIVATION)?;
    // RFC 6030's own example, figure 7, has them in no namespace, and so have files of manufacturers; where PSKC's is the default one,
    // they are in that.
    let parameter = |parent, name| {
        only(parent, |node| {
            let namespace = node.tag_name().namespace();
            node.tag_name().name() == name
                && (matches!(namespace, None | Some("" | PSKC)) || is_pkcs5(namespace))
        })
    };
    let number = |name, max: u32| -> Result<Option<u32>, Error> {
        let Some(node) = parameter(parameters, name)? else { return Ok(None) };
        let number =
            value::number(xml::value(node)?, max.into()).and_then(|number| u32::try_from(number).ok());
        number.filter(|number| *number > 0).ok_or(DERIVATION_NUMBER).map(Some)
    };
    let salt = parameter(parameters, "Salt")?.ok_or(DERIVATION)?;
    let salt =
        parameter(salt, "Specified")?.ok_or(unsupported("the salt of PBKDF2 does not stand in the file"))?;
    let hash = match parameter(parameters, "PRF")?.map(|prf| prf.attribute("Algorithm")) {
        // RFC 8018 appendix A.2: HMAC-SHA-1 if none is named.
        None | Some(None) => Hash::Sha1,
        Some(Some(uri)) => Hash::of_uri(uri)
            .ok_or(unsupported("PBKDF2 is used with another function than HMAC with SHA-1 or SHA-2"))?,
    };
    let key_len = number("KeyLength", 32)?.and_then(|len| usize::try_from(len).ok());
    Ok(Some(Derivation {
        hash,
        salt: base64::decode(xml::value(salt)?, MAX_VALUE_LEN)
            .filter(|salt| !salt.is_empty())
            .ok_or(DERIVATION)?,
        iterations: number("IterationCount", MAX_ITERATIONS)?.ok_or(DERIVATION)?,
        key_len: key_len.filter(|len| matches!(len, 16 | 24 | 32)).ok_or(DERIVATION_NUMBER)?,
    }))
}

/// Reads the hash of `MACMethod`, and checks that nothing else stands in it, such as a shorter output.
fn mac_hash(mac_method: Node<'_, '_>) -> Result<Hash, Error> {
    let hash = mac_method.attribute("Algorithm").and_then(Hash::of_uri);
    let hash =
        hash.ok_or(unsupported("the file is authenticated in another way than by HMAC with SHA-1 or SHA-2"))?;
    if xml::elements(mac_method).any(|node| !node.has_tag_name((PSKC, "MACKey"))) {
        return Err(unsupported(
            "the key of the authentication codes does not stand in the file, or the codes are shortened",
        ));
    }
    Ok(hash)
}

/// Reads an encrypted value of XML Encryption: its cipher and its bytes.
fn encrypted(value: Node<'_, '_>) -> Result<(Cipher, Zeroizing<Vec<u8>>), Error> {
    let method = child(value, XENC, "EncryptionMethod")?
        .ok_or(damaged("an encrypted value does not name its cipher (EncryptionMethod)"))?;
    let cipher = method.attribute("Algorithm").and_then(Cipher::of_uri);
    let cipher = cipher.ok_or(unsupported(
        "a value is encrypted in another way than by AES-CBC with 128, 192 or 256 bits",
    ))?;
    if xml::elements(method).next().is_some() {
        return Err(unsupported("the cipher of a value has parameters"));
    }
    let data = child(value, XENC, "CipherData")?.ok_or(NO_CIPHERTEXT)?;
    let text = child(data, XENC, "CipherValue")?.ok_or(NO_CIPHERTEXT)?;
    let bytes = base64::decode(xml::value(text)?, MAX_VALUE_LEN).filter(|bytes| !bytes.is_empty());
    Ok((
        cipher,
        bytes.ok_or(damaged("an encrypted value is not base64, or is too long: ask for the file anew"))?,
    ))
}

fn password(message: &'static str) -> Error {
    Error::new(ErrorKind::TokenPassword, message)
}

const NO_CIPHERTEXT: Error = damaged("an encrypted value has no ciphertext in the file (CipherValue)");
const DERIVATION: Error =
    damaged("the file does not say whole how its key comes from the password (PBKDF2-params)");
const DERIVATION_NUMBER: Error = unsupported(
    "PBKDF2 has more than 10,000,000 iterations, or a key of another length than 16, 24 or 32 bytes",
);

/// A few seconds. Nobody needs more, and a file with a billion would hold the machine for minutes.
const MAX_ITERATIONS: u32 = 10_000_000;
/// More than the longest secret, its initialization vector and its padding.
const MAX_VALUE_LEN: usize = 2048;
