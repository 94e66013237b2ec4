//! HMAC (RFC 2104) and PBKDF2 (RFC 8018) with the hashes that PSKC files name.

use alloc::vec::Vec;

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// The hash under HMAC.
#[derive(Clone, Copy)]
pub(super) enum Hash {
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    /// Reads the URI of an HMAC. The specifications disagree on what stands before the `#`, and never on what stands behind it.
    pub(super) fn of_uri(uri: &str) -> Option<Self> {
        let (_, name) = uri.rsplit_once('#')?;
        Some(match name {
            "hmac-sha1" => Self::Sha1,
            "hmac-sha224" => Self::Sha224,
            "hmac-sha256" => Self::Sha256,
            "hmac-sha384" => Self::Sha384,
            "hmac-sha512" => Self::Sha512,
            _ => return None,
        })
    }

    /// Returns the MAC of `data`.
    #[cfg(feature = "getrandom")]
    pub(super) fn mac(self, key: &[u8], data: &[u8]) -> Vec<u8> {
        // HMAC takes a key of any length.
        self.of(key, data).unwrap_or_default()
    }

    /// Returns whether `mac` is that of `data`, whole and not a part of it.
    pub(super) fn is_mac(self, key: &[u8], data: &[u8], mac: &[u8]) -> bool {
        let expected = self.of(key, data);
        // The end of the computation: the caller is told whether the value is authentic. Lengths are no secret.
        expected.is_some_and(|expected| bool::from(expected.ct_eq(mac)))
    }

    fn of(self, key: &[u8], data: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Sha1 => hmac_of::<Hmac<Sha1>>(key, data),
            Self::Sha224 => hmac_of::<Hmac<Sha224>>(key, data),
            Self::Sha256 => hmac_of::<Hmac<Sha256>>(key, data),
            Self::Sha384 => hmac_of::<Hmac<Sha384>>(key, data),
            Self::Sha512 => hmac_of::<Hmac<Sha512>>(key, data),
        }
    }

    /// Derives a key of `len` bytes from a password.
    pub(super) fn pbkdf2(
        self,
        password: &[u8],
        salt: &[u8],
        iterations: u32,
        len: usize,
    ) -> Zeroizing<Vec<u8>> {
        let mut key = Zeroizing::new(alloc::vec![0; len]);
        match self {
            Self::Sha1 => pbkdf2::pbkdf2_hmac::<Sha1>(password, salt, iterations, &mut key),
            Self::Sha224 => pbkdf2::pbkdf2_hmac::<Sha224>(password, salt, iterations, &mut key),
            Self::Sha256 => pbkdf2::pbkdf2_hmac::<Sha256>(password, salt, iterations, &mut key),
            Self::Sha384 => pbkdf2::pbkdf2_hmac::<Sha384>(password, salt, iterations, &mut key),
            Self::Sha512 => pbkdf2::pbkdf2_hmac::<Sha512>(password, salt, iterations, &mut key),
        }
        key
    }
}

/// HMAC takes a key of any length.
fn hmac_of<M: Mac + KeyInit>(key: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    let mut mac = <M as KeyInit>::new_from_slice(key).ok()?;
    mac.update(data);
    Some(mac.finalize().into_bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6070, and RFC 7914 section 11 for SHA-256.
    #[test]
    fn pbkdf2_of_the_rfcs() {
        for (hash, password, salt, iterations, expected) in [
            (Hash::Sha1, "password", "salt", 1, "0c60c80f961f0e71f3a9b524af6012062fe037a6"),
            (Hash::Sha1, "password", "salt", 4096, "4b007901b765489abead49d926f721d065a429c1"),
            (
                Hash::Sha1,
                "passwordPASSWORDpassword",
                "saltSALTsaltSALTsaltSALTsaltSALTsalt",
                4096,
                "3d2eec4fe41c849b80c8d83662c0e44a8b291a964cf2f07038",
            ),
            (
                Hash::Sha256,
                "passwd",
                "salt",
                1,
                "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783",
            ),
        ] {
            let key = hash.pbkdf2(password.as_bytes(), salt.as_bytes(), iterations, expected.len() / 2);
            assert_eq!(hex(&key), expected, "{iterations}");
        }
    }

    /// RFC 4231 section 4.3 (test case 2), RFC 2202 section 3 (test case 2).
    #[test]
    fn macs_of_the_rfcs() {
        for (uri, expected) in [
            ("x#hmac-sha1", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
            ("x#hmac-sha224", "a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44"),
            ("x#hmac-sha256", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
            (
                "x#hmac-sha384",
                "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649",
            ),
            (
                "x#hmac-sha512",
                "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
            ),
        ] {
            let hash = Hash::of_uri(uri).expect("a known URI");
            let is_mac = |mac: &[u8]| hash.is_mac(b"Jefe", b"what do ya want for nothing?", mac);
            let mac = bytes(expected);
            assert!(is_mac(&mac), "{uri}");
            for len in 0..mac.len() {
                assert!(!is_mac(&mac[..len]), "{uri}: a part of {len} bytes");
                let mut other = mac.clone();
                other[len] ^= 1;
                assert!(!is_mac(&other), "{uri}: byte {len}");
            }
        }
        for unknown in ["hmac-sha1", "x#hmac-md5", "x#hmac-sha1 ", "x#HMAC-SHA1", "", "#"] {
            assert!(Hash::of_uri(unknown).is_none(), "{unknown}");
        }
    }

    fn hex(bytes: &[u8]) -> std::string::String {
        bytes.iter().map(|byte| std::format!("{byte:02x}")).collect()
    }

    fn bytes(hex: &str) -> Vec<u8> {
        (0..hex.len() / 2).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap()).collect()
    }
}
