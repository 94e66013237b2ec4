//! Handing a secret over: the otpauth URI and its QR code.

#[cfg(feature = "qr")]
mod qr;
mod uri;

#[cfg(feature = "qr")]
pub use qr::Qr;
pub use uri::OtpauthUri;
#[cfg(feature = "getrandom")]
pub(crate) use uri::check_compatible;
