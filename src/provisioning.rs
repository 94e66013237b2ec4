//! Hands a secret over: the otpauth URI and its QR code.

pub mod apps;
mod parse;
#[cfg(feature = "qr")]
mod qr;
mod uri;

pub use parse::OtpauthContent;
#[cfg(feature = "qr")]
pub use qr::Qr;
pub use uri::{OtpauthNames, OtpauthUri};

#[cfg(feature = "token-files")]
pub(crate) use parse::is_unseen;
