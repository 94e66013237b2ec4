//! A new credential to hand over.

use core::fmt;

use crate::error::Error;
use crate::otp::Secret;
use crate::parameters::Parameters;
use crate::provisioning::{OtpauthNames, OtpauthUri};
use crate::record::Record;

/// A pending credential: the record to store, and the URI to show to its user. Dropping it wipes the secret.
///
/// Source: semantics [8.1](crate::guide::semantics#8.1).
#[must_use = "store the record and show the URI"]
pub struct Enrollment {
    record: Record,
    secret: Secret,
    parameters: Parameters,
    allow_incompatible: bool,
}

impl Enrollment {
    pub(super) fn new(
        record: Record,
        secret: Secret,
        parameters: Parameters,
        allow_incompatible: bool,
    ) -> Self {
        Self { record, secret, parameters, allow_incompatible }
    }

    /// Returns the pending record. Store it only if the account has no record. To replace an authenticator, keep it elsewhere and
    /// confirm it with [`Verifier::replace`](crate::Verifier::replace).
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// Returns the otpauth URI, the text of the QR code.
    ///
    /// # Errors
    /// [`ErrorKind::Uri`](crate::ErrorKind::Uri) if some authenticator apps cannot show a name.
    pub fn otpauth_uri(&self, names: OtpauthNames<'_>) -> Result<OtpauthUri, Error> {
        OtpauthUri::build(&self.secret, &self.parameters, names, self.allow_incompatible)
    }
}

impl fmt::Debug for Enrollment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Enrollment { .. }")
    }
}
