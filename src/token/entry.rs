//! One token of a file.

use alloc::boxed::Box;
use core::fmt;

use subtle::ConstantTimeEq;

use super::value::{self, MAX_NAME_LEN};
use crate::error::{Error, ErrorKind};
use crate::otp::Secret;
use crate::parameters::{Authenticator, COUNTER_TOO_HIGH, MAX_IMPORTED_FACTOR, Parameters};

/// One token of a file: its serial number, how it makes codes, and its secret, which is wiped on drop and never printed.
///
/// Source: semantics [16.2](crate::guide::semantics#16.2).
pub struct TokenEntry {
    line: usize,
    serial: Box<str>,
    manufacturer: Option<Box<str>>,
    model: Option<Box<str>>,
    account: Option<Box<str>>,
    secret: Secret,
    parameters: Parameters,
    drift: i16,
    watermark: Option<u64>,
}

impl TokenEntry {
    /// Makes an entry; the authenticator of the parameters becomes a token.
    pub(crate) fn new(
        line: usize,
        serial: &str,
        secret: Secret,
        parameters: Parameters,
    ) -> Result<Self, Error> {
        value::check_serial(serial)?;
        if is_uniform(&secret) {
            return Err(Error::new(
                ErrorKind::Secret,
                "all bytes of the secret are the same: it is a placeholder, ask the manufacturer for the real one",
            ));
        }
        Ok(Self {
            line,
            serial: serial.into(),
            manufacturer: None,
            model: None,
            account: None,
            secret,
            parameters: parameters.with_authenticator(Authenticator::Token),
            drift: 0,
            watermark: None,
        })
    }

    /// Sets what the file calls the manufacturer; empty is none.
    pub(super) fn with_manufacturer(self, manufacturer: &str) -> Result<Self, Error> {
        Ok(Self { manufacturer: name(manufacturer)?, ..self })
    }

    /// Sets what the file calls the model; empty is none.
    pub(super) fn with_model(self, model: &str) -> Result<Self, Error> {
        Ok(Self { model: name(model)?, ..self })
    }

    /// Sets the user to whom the file assigns the token; empty is none.
    pub(crate) fn with_account(self, account: &str) -> Result<Self, Error> {
        Ok(Self { account: name(account)?, ..self })
    }

    /// Sets the drift, in time steps.
    pub(crate) fn with_drift(self, drift: i16) -> Self {
        Self { drift, ..self }
    }

    /// Sets the last time step that was used elsewhere.
    pub(crate) fn with_watermark(self, watermark: Option<u64>) -> Result<Self, Error> {
        if watermark.is_some_and(|watermark| watermark > MAX_IMPORTED_FACTOR) {
            return Err(COUNTER_TOO_HIGH);
        }
        Ok(Self { watermark, ..self })
    }

    /// Returns a copy, for callers that keep the file. One device belongs to one account (semantics [1.4](crate::guide::semantics#1.4)).
    #[must_use]
    pub fn copy(&self) -> Self {
        Self {
            serial: self.serial.clone(),
            manufacturer: self.manufacturer.clone(),
            model: self.model.clone(),
            account: self.account.clone(),
            secret: self.secret.copy(),
            ..*self
        }
    }

    /// Returns the same token without its dates: some files give a date of expiry that is past for tokens that work.
    #[must_use]
    pub fn ignore_dates(self) -> Self {
        Self { parameters: Parameters { not_before: None, not_after: None, ..self.parameters }, ..self }
    }

    /// Returns the line of the file on which the token begins, counted from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// Returns the serial number.
    pub fn serial(&self) -> &str {
        &self.serial
    }

    /// Returns the manufacturer, as the file calls it.
    pub fn manufacturer(&self) -> Option<&str> {
        self.manufacturer.as_deref()
    }

    /// Returns the model, as the file calls it.
    pub fn model(&self) -> Option<&str> {
        self.model.as_deref()
    }

    /// Returns the user to whom the file assigns the token.
    pub fn account(&self) -> Option<&str> {
        self.account.as_deref()
    }

    /// Returns how the token makes codes, its counter and its dates. The authenticator is a token.
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// Returns the drift of the token's clock that another system has learned, in time steps.
    pub fn drift(&self) -> i16 {
        self.drift
    }

    /// Returns the last time step that another system has accepted, of a time-based token.
    pub fn watermark(&self) -> Option<u64> {
        self.watermark
    }

    /// Returns the secret.
    pub fn secret(&self) -> &Secret {
        &self.secret
    }

    /// Takes secret and parameters.
    pub fn into_parts(self) -> (Secret, Parameters) {
        (self.secret, self.parameters)
    }
}

impl fmt::Debug for TokenEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenEntry")
            .field("line", &self.line)
            .field("serial", &self.serial)
            .finish_non_exhaustive()
    }
}

fn name(text: &str) -> Result<Option<Box<str>>, Error> {
    match text {
        "" => Ok(None),
        text if value::is_name(text, MAX_NAME_LEN) => Ok(Some(text.into())),
        _ => Err(Error::new(
            ErrorKind::Argument,
            "manufacturer, model or user has more than 253 bytes, spaces around it, or invisible characters: write it anew",
        )),
    }
}

/// Returns whether all bytes of a secret are the same.
fn is_uniform(secret: &Secret) -> bool {
    let Some((first, rest)) = secret.as_bytes().split_first() else { return true };
    // The end of the computation: the caller is told that the secret is none.
    let differs = rest.iter().fold(0, |differs, byte| differs | (first ^ byte));
    !rest.is_empty() && bool::from(differs.ct_eq(&0))
}
