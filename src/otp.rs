//! The bare layer: secrets, and the one-time passwords of RFC 4226 and RFC 6238. It keeps no state.

// In the order of their dependencies: each uses only what stands above it.
pub(crate) mod separators;
pub(crate) mod base32;
mod hex;
mod secret;
mod algorithm;
mod digits;
mod format;
pub(crate) mod search;
mod password;
mod submitted;
mod time_steps;
mod match_otp;
pub mod hotp;
pub mod totp;

pub use algorithm::Algorithm;
pub use digits::Digits;
pub use format::OtpFormat;
pub use match_otp::{Match, match_otp, match_otp_from_bytes};
pub use password::Otp;
pub use secret::Secret;
pub use submitted::split_password_and_code;
pub use time_steps::TimeSteps;

pub(crate) use algorithm::HmacKey;
pub(crate) use submitted::{Code, Submitted};
