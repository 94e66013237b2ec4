//! What a reader returns.

use alloc::vec::Vec;

use super::distinct::{Distinct, Twice};
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
    distinct: Distinct,
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
        self.distinct.insert(entry).map_err(|twice| match twice {
            Twice::SerialNumber => Error::new(
                ErrorKind::TokenFile,
                "the serial number stands in the file before: find out which of the two is the device",
            ),
            Twice::Secret => Error::new(
                ErrorKind::Secret,
                "another token of the file has the same secret: ask the manufacturer for the right file",
            ),
        })
    }
}

/// The longest file, in bytes: room for 100,000 tokens in CSV or plain PSKC.
pub(super) const MAX_FILE_LEN: usize = 64 << 20;
/// The most tokens of one file.
const MAX_TOKENS: usize = 200_000;
