//! Tokens that stand together: no serial number and no secret of them comes twice (semantics 16.3).

use alloc::collections::BTreeSet;
use alloc::string::String;

use super::entry::TokenEntry;

/// What was met so far.
#[derive(Default)]
pub(crate) struct Distinct {
    serials: BTreeSet<String>,
    // Hashes: an ordered set compares, and how far depends on what it compares.
    secrets: BTreeSet<[u8; 32]>,
}

/// What came twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Twice {
    SerialNumber,
    /// One secret in two records would accept one code twice (semantics 1.4).
    Secret,
}

impl Distinct {
    /// Adds a token. One that is refused does not count.
    pub(crate) fn insert(&mut self, entry: &TokenEntry) -> Result<(), Twice> {
        if self.serials.contains(entry.serial()) {
            return Err(Twice::SerialNumber);
        }
        if !self.secrets.insert(entry.parameters().algorithm().key_hash(entry.secret())) {
            return Err(Twice::Secret);
        }
        self.serials.insert(entry.serial().into());
        Ok(())
    }
}
