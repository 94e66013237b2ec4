//! What a reader returns.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use sha2::{Digest, Sha256};

use super::entry::TokenEntry;
use super::fault::TokenFault;
use crate::error::{Error, ErrorKind};

/// The tokens of a file, in its order: those that were read, and what is wrong with the others.
#[derive(Debug)]
pub struct TokenFile {
    entries: Vec<Result<TokenEntry, TokenFault>>,
}

impl TokenFile {
    /// Returns the entries.
    pub fn entries(&self) -> &[Result<TokenEntry, TokenFault>] {
        &self.entries
    }

    /// Takes the entries.
    pub fn into_entries(self) -> Vec<Result<TokenEntry, TokenFault>> {
        self.entries
    }
}

/// Collects the entries of a file, and refuses serial numbers and secrets that come twice.
#[derive(Default)]
pub(super) struct Entries {
    entries: Vec<Result<TokenEntry, TokenFault>>,
    serials: BTreeSet<String>,
    // Hashes: an ordered set compares, and how far depends on what it compares.
    secrets: BTreeSet<[u8; 32]>,
}

impl Entries {
    /// Adds a token; `line` and `serial` are for the fault, if there is one.
    pub(super) fn push(
        &mut self,
        line: usize,
        serial: Option<&str>,
        entry: Result<TokenEntry, Error>,
    ) -> Result<(), Error> {
        if self.entries.len() >= MAX_TOKENS {
            return Err(Error::new(ErrorKind::TokenFile, "the file has more than 200,000 tokens: split it"));
        }
        let entry = entry.and_then(|entry| self.check_first(&entry).map(|()| entry));
        let serial = serial.filter(|serial| super::value::check_serial(serial).is_ok());
        self.entries
            .push(entry.map_err(|error| TokenFault::new(line, serial, error.kind(), error.message())));
        Ok(())
    }

    /// Gives the file.
    ///
    /// # Errors
    /// [`ErrorKind::TokenFile`] if there is no entry: it is another kind of file.
    pub(super) fn finish(mut self) -> Result<TokenFile, Error> {
        if self.entries.is_empty() {
            return Err(Error::new(ErrorKind::TokenFile, "there is no token in the file"));
        }
        Ok(TokenFile { entries: core::mem::take(&mut self.entries) })
    }

    /// Checks that neither the serial number nor the secret was read before. A faulty entry does not count.
    fn check_first(&mut self, entry: &TokenEntry) -> Result<(), Error> {
        if self.serials.contains(entry.serial()) {
            return Err(Error::new(
                ErrorKind::TokenFile,
                "the serial number stands in the file before: find out which of the two is the device",
            ));
        }
        // One secret in two records would accept one code twice (semantics 1.4).
        let hash: [u8; 32] = Sha256::digest(entry.secret().as_bytes()).into();
        if !self.secrets.insert(hash) {
            return Err(Error::new(
                ErrorKind::Secret,
                "another token of the file has the same secret: ask the manufacturer for the right file",
            ));
        }
        self.serials.insert(entry.serial().into());
        Ok(())
    }
}

/// The longest file, in bytes: room for 100,000 tokens in CSV or plain PSKC.
pub(super) const MAX_FILE_LEN: usize = 64 << 20;
/// The most tokens of one file.
const MAX_TOKENS: usize = 200_000;
