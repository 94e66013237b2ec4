//! Records that have one secret.

use alloc::collections::BTreeMap;
use alloc::collections::btree_map::Entry;
use alloc::string::String;
use core::fmt;

use super::Verifier;
use crate::error::Error;
use crate::record::{self, Account};

/// Finds records that have one secret, such as two deliveries of a token under two serial numbers: a code would be accepted on each of
/// them. Insert the records of the table, then those that are to be stored.
///
/// ```
/// use poterne::{ExistingCredential, Keyring, Parameters, Secret, SecretsInUse, UnixTime, Verifier};
///
/// let verifier = Verifier::new(Keyring::generate(20261128)?, "grand-angle")?;
/// let now = UnixTime::from_secs(1_795_887_900)?;
/// let sealed = |account: &str| {
///     let existing = ExistingCredential::new(Secret::from_bytes(b"12345678901234567890")?, Parameters::hotp());
///     verifier.import(account, existing, now)
/// };
/// let (handed_out, delivered) = (sealed("a.martin")?, sealed("serial:0306000123")?);
///
/// let mut in_use = SecretsInUse::new();
/// assert_eq!(in_use.insert(&verifier, "a.martin", handed_out.record().expect("a new one").as_str())?, None);
/// let twin = in_use.insert(&verifier, "serial:0306000123", delivered.record().expect("a new one").as_str())?;
/// assert_eq!(twin, Some("a.martin"));
/// # Ok::<(), poterne::Error>(())
/// ```
///
/// Source: semantics [16.14](crate::guide::semantics#16.14).
#[derive(Default)]
pub struct SecretsInUse {
    // By hashes: an ordered map compares, and how far depends on what it compares.
    accounts: BTreeMap<[u8; 32], String>,
}

impl SecretsInUse {
    /// Begins without a record.
    pub const fn new() -> Self {
        Self { accounts: BTreeMap::new() }
    }

    /// Adds the record of an account. Returns the account that has its secret already; then the record is not added. A revoked record has
    /// no secret.
    ///
    /// # Errors
    /// Those of an opened record.
    pub fn insert(
        &mut self,
        verifier: &Verifier,
        account: &str,
        record: &str,
    ) -> Result<Option<&str>, Error> {
        let account = Account::new(account)?;
        let name = account.as_str();
        let hash = record::wipe_after(|| {
            let credential = verifier.open(record.trim_end_matches(' '), account)?.credential;
            Ok::<_, Error>(credential.secret.as_ref().map(|secret| credential.algorithm.key_hash(secret)))
        })?;
        Ok(hash.and_then(|hash| match self.accounts.entry(hash) {
            Entry::Occupied(first) if first.get() != name => Some(first.into_mut().as_str()),
            Entry::Occupied(_) => None,
            Entry::Vacant(place) => {
                place.insert(name.into());
                None
            }
        }))
    }
}

impl fmt::Debug for SecretsInUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretsInUse").field("records", &self.accounts.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};

    use super::*;
    use crate::error::ErrorKind;
    use crate::otp::{Algorithm, Secret};
    use crate::parameters::Parameters;
    use crate::record::Keyring;
    use crate::time::UnixTime;
    use crate::verifier::ExistingCredential;

    #[test]
    fn only_one_account_has_a_secret() {
        let verifier = Verifier::new(Keyring::generate(1).unwrap(), "tests").unwrap();
        let now = UnixTime::from_secs(1_795_887_900).unwrap();
        let sealed = |account: &str, secret: &[u8], parameters| -> String {
            let existing = ExistingCredential::new(Secret::from_bytes(secret).unwrap(), parameters);
            verifier.import(account, existing, now).unwrap().record().unwrap().as_str().into()
        };
        let mut in_use = SecretsInUse::new();
        let first = sealed("a.martin", b"12345678901234567890", Parameters::totp());
        let counts = sealed("serial:T1", b"12345678901234567890", Parameters::hotp());
        assert_eq!(in_use.insert(&verifier, "a.martin", &first).unwrap(), None);
        // Its own record once more, as a database pads it.
        assert_eq!(in_use.insert(&verifier, "a.martin", &(first.clone() + "  ")).unwrap(), None);
        assert_eq!(in_use.insert(&verifier, "serial:T1", &counts).unwrap(), Some("a.martin"));
        // What was refused is nobody's.
        let other = sealed("serial:T1", b"another secret of it", Parameters::hotp());
        assert_eq!(in_use.insert(&verifier, "serial:T1", &other).unwrap(), None);
        // A long secret is what HMAC makes of it, and zeros behind a short one are none of it (semantics 1.4).
        let long = [7; 65].map(|byte: u8| byte);
        let reduced = Sha256::digest(long);
        let sha256 = Parameters::totp().with_algorithm(Algorithm::Sha256);
        assert_eq!(in_use.insert(&verifier, "b", &sealed("b", &long, sha256)).unwrap(), None);
        assert_eq!(in_use.insert(&verifier, "c", &sealed("c", &reduced, sha256)).unwrap(), Some("b"));
        for (before, zeros, twin) in [(0, 0, true), (0, 1, true), (0, 44, true), (1, 0, false)] {
            let secret = [&[0; 1][..before], b"12345678901234567890", &[0; 44][..zeros]].concat();
            let padded = sealed("d", &secret, Parameters::totp());
            assert_eq!(in_use.insert(&verifier, "d", &padded).unwrap(), twin.then_some("a.martin"));
        }

        let revoked = verifier.credential("a.martin", Some(&first)).unwrap().revoke().unwrap();
        let mut empty = SecretsInUse::new();
        assert_eq!(empty.insert(&verifier, "a.martin", revoked.record().unwrap().as_str()).unwrap(), None);
        assert_eq!(
            format!("{empty:?} {in_use:?}"),
            "SecretsInUse { records: 0, .. } SecretsInUse { records: 4, .. }"
        );
        assert_eq!(empty.insert(&verifier, "b.durand", &first).unwrap_err().kind(), ErrorKind::Record);
        assert_eq!(empty.insert(&verifier, "", &first).unwrap_err().kind(), ErrorKind::Argument);
    }
}
