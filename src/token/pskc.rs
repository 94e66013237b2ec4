//! PSKC: Portable Symmetric Key Container (RFC 6030).

// In the order of their dependencies: each uses only what stands above it.
mod vocabulary;
mod hash;
mod cipher;
mod encryption;
mod data;
mod key;
#[cfg(feature = "getrandom")]
mod write;

#[cfg(feature = "getrandom")]
pub(crate) use write::write_pskc;

use core::fmt;

use roxmltree::Node;

use self::encryption::Encryption;
use self::vocabulary::{DS, PSKC, unsupported};
use super::file::{Entries, TokenFile};
use super::xml::{self, Source};
use crate::error::{Error, ErrorKind};
use crate::wipe;

/// The key of a token file.
#[derive(Clone, Copy)]
pub enum FileKey<'a> {
    /// The file is not encrypted.
    None,
    /// A pre-shared key: 16, 24 or 32 bytes.
    PreShared(&'a [u8]),
    /// A password, from which PBKDF2 derives the key.
    Password(&'a [u8]),
}

impl fmt::Debug for FileKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FileKey { .. }")
    }
}

/// Reads a PSKC file (RFC 6030): HOTP and TOTP tokens, plain or encrypted.
///
/// What RFC 6030 has and this reader does not, it refuses by name: a token with a PIN policy, a check digit or an unknown suite is a
/// [`TokenFault`](super::TokenFault); a signed file, or one that is encrypted another way than by AES-CBC, is an error.
///
/// ```
/// use poterne::token::{FileKey, read_pskc};
///
/// let file = br#"<?xml version="1.0"?>
/// <KeyContainer Version="1.0" xmlns="urn:ietf:params:xml:ns:keyprov:pskc">
///  <KeyPackage>
///   <DeviceInfo><SerialNo>987654321</SerialNo></DeviceInfo>
///   <Key Id="1" Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:totp">
///    <AlgorithmParameters><ResponseFormat Length="6" Encoding="DECIMAL"/></AlgorithmParameters>
///    <Data>
///     <Secret><PlainValue>MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=</PlainValue></Secret>
///     <TimeInterval><PlainValue>60</PlainValue></TimeInterval>
///    </Data>
///   </Key>
///  </KeyPackage>
/// </KeyContainer>"#;
/// for entry in read_pskc(file, FileKey::None)?.into_entries() {
///     let token = entry.expect("nothing is wrong with it");
///     assert_eq!(token.serial(), "987654321");
///     assert_eq!(token.parameters().time_steps()?.time_step(), 60);
/// }
/// # Ok::<(), poterne::Error>(())
/// ```
///
/// Source: semantics [16.5](crate::guide::semantics#16.5) to [16.8](crate::guide::semantics#16.8).
///
/// # Errors
/// - [`ErrorKind::TokenFile`] if the bytes are not a PSKC file, or one that is damaged, too large or too deep.
/// - [`ErrorKind::TokenPassword`] if the key or password is missing or wrong, or was given for a file that is not encrypted.
/// - [`ErrorKind::TokenMac`] if the file is encrypted without being authenticated.
/// - [`ErrorKind::TokenUnsupported`] if it is signed, or encrypted in a way that the library does not have.
pub fn read_pskc(bytes: &[u8], key: FileKey<'_>) -> Result<TokenFile, Error> {
    // Ciphers and hashes leave their keys on the stack.
    wipe::after::<{ 32 * wipe::PIECES }, _>(|| read(bytes, key))
}

fn read(bytes: &[u8], key: FileKey<'_>) -> Result<TokenFile, Error> {
    let source = Source::new(bytes)?;
    let document = source.parse()?;
    let container = document.root_element();
    let mut lines = source.lines();
    check_container(container).map_err(|(node, error)| error.at_line(lines.at(node.range().start)))?;
    let encryption = Encryption::read(container, key)?;
    let mut entries = Entries::default();
    for package in container.children().filter(|node| node.has_tag_name((PSKC, "KeyPackage"))) {
        let line = lines.at(package.range().start);
        let (mut has_key, mut serial) = (false, None);
        for key in package.children().filter(|node| node.has_tag_name((PSKC, "Key"))) {
            has_key = true;
            serial = key::serial(package, key);
            let entry = key::read(line, package, key, encryption.as_ref());
            entries.push(line, serial, entry)?;
        }
        if !has_key {
            entries.push(
                line,
                serial,
                Err(Error::new(ErrorKind::TokenFile, "the package has no key: ask the manufacturer")),
            )?;
        }
    }
    if let Some(encryption) = &encryption {
        encryption.check_key()?;
    }
    entries.finish()
}

/// Checks that the root is a container of RFC 6030, and that nothing stands in it that a reader must not pass over.
fn check_container<'a, 'input>(container: Node<'a, 'input>) -> Result<(), (Node<'a, 'input>, Error)> {
    if !container.has_tag_name((PSKC, "KeyContainer")) {
        return Err((
            container,
            Error::new(
                ErrorKind::TokenFile,
                "the file is not PSKC by RFC 6030, but another format or an old draft: look what it is",
            ),
        ));
    }
    if container.attribute("Version").is_some_and(|version| !matches!(version, "1.0" | "1")) {
        return Err((container, unsupported("the file is another version of PSKC than 1.0")));
    }
    for element in xml::elements(container) {
        let name = element.tag_name();
        match (name.namespace(), name.name()) {
            (Some(PSKC), "EncryptionKey" | "MACMethod" | "KeyPackage" | "Extensions") => {}
            (Some(DS), "Signature") => {
                return Err((
                    element,
                    unsupported(
                        "the file is signed, and the library does not check signatures: ask for a file with a MAC",
                    ),
                ));
            }
            _ => {
                return Err((
                    element,
                    unsupported(
                        "there is an element that RFC 6030 does not have in a container, or one in another namespace",
                    ),
                ));
            }
        }
    }
    Ok(())
}
