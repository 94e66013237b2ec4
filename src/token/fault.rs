//! What is wrong with one token of a file.

use alloc::boxed::Box;
use core::fmt;

use crate::error::ErrorKind;

/// What is wrong with one token of a file: its place, its serial number and a reason. Never a secret, never a value of the file.
///
/// The text says what to do next: `line 12, serial 306000123: the secret is ...`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenFault {
    line: usize,
    serial: Option<Box<str>>,
    kind: ErrorKind,
    message: &'static str,
}

impl TokenFault {
    pub(super) fn new(line: usize, serial: Option<&str>, kind: ErrorKind, message: &'static str) -> Self {
        Self { line, serial: serial.map(Box::from), kind, message }
    }

    /// Returns the line of the file on which the token begins, counted from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// Returns the serial number, if the token has one that can be shown.
    pub fn serial(&self) -> Option<&str> {
        self.serial.as_deref()
    }

    /// Returns the kind of the error.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }
}

impl fmt::Display for TokenFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.serial {
            Some(serial) => write!(f, "line {}, serial {serial}: {}", self.line, self.message),
            None => write!(f, "line {}: {}", self.line, self.message),
        }
    }
}

impl core::error::Error for TokenFault {}
