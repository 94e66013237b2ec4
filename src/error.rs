//! Errors: mistakes of the caller, and damaged data. A wrong code is a [`Refusal`](crate::Refusal), never an error.

use alloc::boxed::Box;
use core::fmt;

use crate::numbered::numbered;

/// The reason why a call failed, without any user data.
///
/// An error is never a verdict: refuse the login, and tell the operators.
pub struct Error {
    kind: ErrorKind,
    // Of the file that was read, from 1; 0 if there is none.
    line: u32,
    message: &'static str,
    source: Option<Box<dyn core::error::Error + Send + Sync>>,
}

impl Error {
    pub(crate) const fn new(kind: ErrorKind, message: &'static str) -> Self {
        Self { kind, line: 0, message, source: None }
    }

    /// Makes an error of kind [`ErrorKind::Store`], in an implementation of [`Store`](crate::Store): the database did not answer.
    ///
    /// The source is kept for [`core::error::Error::source`] and is not part of the message.
    pub fn unavailable(source: impl Into<Box<dyn core::error::Error + Send + Sync>>) -> Self {
        Self::new(ErrorKind::Store, "the store is unavailable: refuse the login and look at the database")
            .caused_by(source)
    }

    /// Adds the cause, for [`core::error::Error::source`].
    pub(crate) fn caused_by(self, source: impl Into<Box<dyn core::error::Error + Send + Sync>>) -> Self {
        Self { source: Some(source.into()), ..self }
    }

    /// Returns the text without its line, for the faults of single tokens.
    #[cfg(feature = "token-files")]
    pub(crate) fn message(&self) -> &'static str {
        self.message
    }

    /// Adds the line of the file that is wrong.
    #[cfg(feature = "token-files")]
    pub(crate) fn at_line(self, line: usize) -> Self {
        Self { line: u32::try_from(line).unwrap_or_default(), ..self }
    }

    /// Returns the kind, for programs.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line != 0 {
            write!(f, "line {}: ", self.line)?;
        }
        f.write_str(self.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.kind)
            .field("message", &self.message)
            .finish_non_exhaustive()
    }
}

impl core::error::Error for Error {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match &self.source {
            Some(source) => Some(source.as_ref()),
            None => None,
        }
    }
}

numbered! {
    /// The kinds of [`Error`], with the numbers that every language uses (semantics [12](crate::guide::semantics#12)).
    #[non_exhaustive]
    pub enum ErrorKind {
        /// An argument is outside its range.
        Argument = -1, "argument";
        /// A pointer that must not be null is null (C).
        Null = -2, "null";
        /// A buffer is too small (C).
        Buffer = -3, "buffer";
        /// The caller was compiled for another version (C).
        Version = -4, "version";
        /// A text is not UTF-8 (C).
        Utf8 = -5, "utf8";
        /// A time is outside 0..=253402300799, or before `t0`.
        Time = -6, "time";
        /// The record is damaged, or belongs to another account or application.
        Record = -7, "record";
        /// The record's key is not in the keyring.
        UnknownKey = -8, "unknown_key";
        /// The record was written by a later version of the library.
        RecordFormat = -9, "record_format";
        /// The credential's state does not allow the call.
        State = -10, "state";
        /// The number of updated rows is neither 0 nor 1.
        Rows = -11, "rows";
        /// The attempt is spent, or is not an attempt.
        Attempt = -12, "attempt";
        /// The keyring's text is damaged.
        Keyring = -13, "keyring";
        /// The keyring's file cannot be read, or others can read it.
        KeyringFile = -14, "keyring_file";
        /// The shared secret is neither base32 nor hexadecimal, too short or too long.
        Secret = -15, "secret";
        /// The otpauth URI cannot be built or read.
        Uri = -16, "uri";
        /// No moving factor is left, or an imported one is above 2^63 - 1.
        Counter = -17, "counter";
        /// The system gave no randomness.
        Random = -18, "random";
        /// The store is unavailable.
        Store = -19, "store";
        /// The token file is damaged.
        TokenFile = -20, "token_file";
        /// The token file's password or key is wrong.
        TokenPassword = -21, "token_password";
        /// The token file's authentication code is wrong or missing.
        TokenMac = -22, "token_mac";
        /// The token file needs a feature that the library does not have.
        TokenUnsupported = -23, "token_unsupported";
        /// A fault of the library.
        Internal = -99, "internal";
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
