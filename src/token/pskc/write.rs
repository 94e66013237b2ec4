//! Writes an encrypted PSKC file, for another system to read.

use alloc::format;
use alloc::string::String;
use core::fmt::Write;

use zeroize::Zeroizing;

use super::FileKey;
use super::cipher;
use super::hash::Hash;
use super::vocabulary::{DS, PKCS5, PSKC, XENC, XENC11};
use crate::error::{Error, ErrorKind};
use crate::otp::Algorithm;
use crate::parameters::MovingFactor;
use crate::random;
use crate::token::entry::TokenEntry;
use crate::token::{base64, value};
use crate::wipe;

/// Writes tokens: AES-256-CBC and HMAC-SHA-256, under a key of 32 bytes, or a password of 12 bytes or more by PBKDF2.
pub(crate) fn write_pskc<'a>(
    tokens: impl Iterator<Item = &'a TokenEntry>,
    key: FileKey<'_>,
) -> Result<String, Error> {
    wipe::after::<{ 32 * wipe::PIECES }, _>(|| write(tokens, key))
}

fn write<'a>(tokens: impl Iterator<Item = &'a TokenEntry>, key: FileKey<'_>) -> Result<String, Error> {
    let (key, encryption_key) = match key {
        FileKey::None => {
            return Err(Error::new(
                ErrorKind::TokenPassword,
                "secrets are not written in clear: give a key or a password",
            ));
        }
        FileKey::PreShared(key) if key.len() != KEY_LEN => {
            return Err(Error::new(ErrorKind::TokenPassword, "the key of the file has 32 random bytes"));
        }
        FileKey::PreShared(key) => {
            (Zeroizing::new(key.to_vec()), "<ds:KeyName>pre-shared</ds:KeyName>".into())
        }
        FileKey::Password(password) if password.len() < MIN_PASSWORD_LEN => {
            return Err(Error::new(
                ErrorKind::TokenPassword,
                "the password of the file has at least 12 bytes",
            ));
        }
        FileKey::Password(password) => {
            let salt: [u8; 16] = random::array()?;
            (Hash::Sha256.pbkdf2(password, &salt, ITERATIONS, KEY_LEN), derived_key(&salt))
        }
    };
    let mac_key = Zeroizing::new(random::array::<KEY_LEN>()?);
    let safe = Safe { key: &key, mac_key: &*mac_key };
    let [pkcs5, _] = PKCS5;
    let mut file = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <KeyContainer Version=\"1.0\" xmlns=\"{PSKC}\" xmlns:ds=\"{DS}\" xmlns:xenc=\"{XENC}\" xmlns:xenc11=\"{XENC11}\" \
         xmlns:pkcs5=\"{pkcs5}\">\n\
         <EncryptionKey>{encryption_key}</EncryptionKey>\n\
         <MACMethod Algorithm=\"{HMAC_SHA256}\"><MACKey>{}</MACKey></MACMethod>\n",
        cipher_data(&safe.encrypted(&*mac_key)?),
    );
    for token in tokens {
        safe.write_token(&mut file, token)?;
    }
    file.push_str("</KeyContainer>\n");
    Ok(file)
}

/// The keys of a file.
struct Safe<'a> {
    key: &'a [u8],
    mac_key: &'a [u8],
}

impl Safe<'_> {
    fn write_token(&self, file: &mut String, token: &TokenEntry) -> Result<(), Error> {
        let parameters = token.parameters();
        let serial = escaped(token.serial());
        let (name, mut data) = match parameters.moving_factor() {
            MovingFactor::Counter => ("hotp", self.number("Counter", parameters.counter())?),
            // From 1970 on: whoever adds a record refuses another t0, which PSKC cannot say.
            MovingFactor::Time(steps) => {
                let time =
                    token.watermark().map(|step| self.number("Time", step)).transpose()?.unwrap_or_default();
                (
                    "totp",
                    format!(
                        "{time}<TimeInterval><PlainValue>{}</PlainValue></TimeInterval>",
                        steps.time_step()
                    ),
                )
            }
        };
        if token.drift() != 0 {
            data.push_str(&format!("<TimeDrift><PlainValue>{}</PlainValue></TimeDrift>", token.drift()));
        }
        // RFC 6238 leaves the hash open, and RFC 6030 names none: SHA-1 unless there is a suite.
        let suite = match parameters.algorithm() {
            Algorithm::Sha1 => String::new(),
            other => format!("<Suite>HMAC-{other}</Suite>"),
        };
        let date = |name, time: Option<_>| {
            time.map_or(String::new(), |time| format!("<{name}>{}</{name}>", value::printed(time)))
        };
        let dates =
            [date("StartDate", parameters.not_before()), date("ExpiryDate", parameters.not_after())].concat();
        let policy = if dates.is_empty() { dates } else { format!("<Policy>{dates}</Policy>") };
        let user =
            token.account().map_or(String::new(), |user| format!("<UserId>{}</UserId>", escaped(user)));
        writeln!(
            file,
            "<KeyPackage><DeviceInfo><Manufacturer>poterne</Manufacturer><SerialNo>{serial}</SerialNo></DeviceInfo>\n\
             <Key Id=\"{serial}\" Algorithm=\"{PSKC}:{name}\">\n\
             <AlgorithmParameters>{suite}<ResponseFormat Length=\"{}\" Encoding=\"DECIMAL\"/></AlgorithmParameters>\n\
             <Data><Secret>{}</Secret>{data}</Data>{user}{policy}</Key></KeyPackage>",
            parameters.digits().as_usize(),
            self.value(token.secret().as_bytes())?,
        )
        .map_err(|_| INTERNAL)
    }

    /// An encrypted number: the moving factor tells when or how often somebody has logged in.
    fn number(&self, name: &str, number: u64) -> Result<String, Error> {
        let binary = number.to_be_bytes();
        // Eight bytes that are digits could be read as text (semantics 16.8); so large, the text has more than eight.
        let value = if binary.iter().all(u8::is_ascii_digit) {
            self.value(format!("{number}").as_bytes())
        } else {
            self.value(&binary)
        };
        Ok(format!("<{name}>{}</{name}>", value?))
    }

    fn value(&self, bytes: &[u8]) -> Result<String, Error> {
        let encrypted = self.encrypted(bytes)?;
        let mac = base64::encode_public(&Hash::Sha256.mac(self.mac_key, &encrypted));
        Ok(format!("<EncryptedValue>{}</EncryptedValue><ValueMAC>{mac}</ValueMAC>", cipher_data(&encrypted)))
    }

    fn encrypted(&self, bytes: &[u8]) -> Result<alloc::vec::Vec<u8>, Error> {
        cipher::encrypt(self.key, random::array()?, bytes).ok_or(INTERNAL)
    }
}

fn cipher_data(encrypted: &[u8]) -> String {
    format!(
        "<xenc:EncryptionMethod Algorithm=\"{XENC}aes256-cbc\"/><xenc:CipherData><xenc:CipherValue>{}</xenc:CipherValue></xenc:CipherData>",
        base64::encode_public(encrypted)
    )
}

fn derived_key(salt: &[u8]) -> String {
    let [pkcs5, _] = PKCS5;
    format!(
        "<xenc11:DerivedKey><xenc11:KeyDerivationMethod Algorithm=\"{pkcs5}pbkdf2\"><pkcs5:PBKDF2-params>\
         <Salt xmlns=\"\"><Specified>{}</Specified></Salt><IterationCount xmlns=\"\">{ITERATIONS}</IterationCount>\
         <KeyLength xmlns=\"\">{KEY_LEN}</KeyLength><PRF xmlns=\"\" Algorithm=\"{HMAC_SHA256}\"/>\
         </pkcs5:PBKDF2-params></xenc11:KeyDerivationMethod><xenc11:MasterKeyName>password</xenc11:MasterKeyName></xenc11:DerivedKey>",
        base64::encode_public(salt)
    )
}

fn escaped(name: &str) -> String {
    name.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

const INTERNAL: Error = Error::new(ErrorKind::Internal, "a PSKC file could not be written: report this");
const HMAC_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256";
const KEY_LEN: usize = 32;
const MIN_PASSWORD_LEN: usize = 12;
/// OWASP's number for PBKDF2-HMAC-SHA-256, of 2023: half a second.
const ITERATIONS: u32 = 600_000;
