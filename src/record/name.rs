//! The names that a record is bound to (semantics [9.7](crate::guide::semantics#9.7)).

use alloc::string::String;

use crate::error::{Error, ErrorKind};

/// The name of the application, or of the realm that several applications share.
pub(crate) struct Application(String);

impl Application {
    pub(crate) fn new(text: &str) -> Result<Self, Error> {
        name(text, 64).map(|name| Self(name.into())).ok_or(Error::new(
            ErrorKind::Argument,
            "an application's name has 1 to 64 bytes, without control characters",
        ))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// The account that a record belongs to, as it is stored.
#[derive(Clone, Copy)]
pub(crate) struct Account<'a>(&'a str);

impl<'a> Account<'a> {
    pub(crate) fn new(text: &'a str) -> Result<Self, Error> {
        name(text, 255).map(Self).ok_or(Error::new(
            ErrorKind::Argument,
            "an account's name has 1 to 255 bytes, without control characters",
        ))
    }

    pub(crate) fn as_str(self) -> &'a str {
        self.0
    }
}

/// Returns the name without the trailing spaces of COBOL fields and CHAR columns.
fn name(text: &str, max_len: usize) -> Option<&str> {
    let name = text.trim_end_matches(' ');
    (!name.is_empty() && name.len() <= max_len && !name.chars().any(char::is_control)).then_some(name)
}
