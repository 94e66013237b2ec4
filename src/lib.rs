//! A second factor for applications that already exist: one-time passwords (RFC 4226, RFC 6238) that are accepted once.
//!
//! Everything about a credential is one sealed string, the [`Record`], in a small table of the database that the application
//! already has. Verification does no I/O; its verdict can be read only once the application has replaced the record in a
//! compare-and-swap, committed it, and reported how many rows it updated. So a code is accepted once, on any number of servers,
//! and a careless caller refuses.
//!
//! - [`Verifier`] makes and checks records; [`Store`] and [`Verifier::login`] are the ready-made loop around it.
//! - [`Keyring`] holds the keys that seal records; [`Policy`] says what is allowed.
//! - [`hotp`], [`totp`] and [`match_otp`] are the bare RFC layer, for those who keep their own state.
//! - [`guide`] has the long documents; [`guide::semantics`] is the norm of what every call does.
//!
//! # A login
//!
//! ```
//! use poterne::{Keyring, Outcome, Parameters, UnixTime, Verifier, totp};
//! # use poterne::Secret;
//!
//! let verifier = Verifier::new(Keyring::generate(20261121)?, "grand-angle")?;
//! let now = UnixTime::from_secs(1_763_800_000)?;
//!
//! // At enrollment: the record goes into the table, the QR code of the URI to the agent.
//! let enrollment = verifier.enroll("a.martin", Parameters::totp(), now)?;
//! let uri = enrollment.otpauth_uri("Département", "a.martin")?;
//! # let text = uri.as_str().split(['=', '&']).nth(1).expect("a secret");
//! # let code = totp::generate(&Secret::from_base32(text)?, &Parameters::totp(), now)?;
//! # let later = UnixTime::from_secs(1_763_800_030)?;
//! # let next = totp::generate(&Secret::from_base32(text)?, &Parameters::totp(), later)?;
//!
//! // The first code confirms it, and brings recovery codes to show once.
//! let attempt = verifier.confirm(enrollment.record().as_str(), "a.martin", code.as_str(), now)?;
//! let record = attempt.record().as_str().to_owned();
//! let rows = 1; // UPDATE poterne SET record = :new WHERE account = :account AND record = :old; COMMIT
//! let Outcome::Confirmed(confirmed) = attempt.outcome(rows)? else { panic!("refused") };
//! assert_eq!(confirmed.recovery_codes().len(), 8);
//!
//! // A login, the same way.
//! let attempt = verifier.verify(&record, "a.martin", next.as_str(), later)?;
//! let rows = 1;
//! assert!(matches!(attempt.outcome(rows)?, Outcome::Accepted(_)));
//! # Ok::<(), poterne::Error>(())
//! ```
//!
//! # What it does not do
//!
//! Passwords, sessions, a login log, SMS, push messages, WebAuthn. It does not stop a person who gives password and code to a
//! false site within the same half-minute.

#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(
    test,
    allow(
        clippy::arithmetic_side_effects,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::print_stderr,
        clippy::unwrap_used,
        reason = "a test may panic"
    )
)]

extern crate alloc;

// Behind its feature, so that nobody reaches for it by accident.
#[cfg(any(feature = "std", test))]
#[cfg_attr(test, macro_use)]
extern crate std;

// In the order of their dependencies: each uses only what stands above it.
mod numbered;
mod error;
mod time;
mod wipe;
#[cfg(feature = "getrandom")]
mod random;
mod separators;
mod base32;
mod hex;
mod secret;
mod algorithm;
mod digits;
mod format;
mod otp;
mod submitted;
mod parameters;
mod match_otp;
pub mod hotp;
pub mod totp;
#[cfg(feature = "getrandom")]
mod policy;
#[cfg(feature = "getrandom")]
mod recovery;
#[cfg(feature = "getrandom")]
mod outcome;
mod message;
#[cfg(feature = "getrandom")]
mod verify;
#[cfg(feature = "getrandom")]
mod credential;
mod provisioning;
#[cfg(feature = "getrandom")]
mod hardware_token;
#[cfg(feature = "getrandom")]
mod verifier;
#[cfg(feature = "getrandom")]
mod rows;
#[cfg(feature = "getrandom")]
mod store;
pub mod guide;

#[cfg(all(test, feature = "getrandom"))]
mod conformance;

pub use algorithm::Algorithm;
pub use digits::Digits;
pub use error::{Error, ErrorKind};
pub use format::OtpFormat;
pub use match_otp::{Match, match_otp};
pub use message::Language;
pub use otp::Otp;
pub use parameters::{Authenticator, MovingFactor, Parameters, TimeSteps};
#[cfg(feature = "qr")]
pub use provisioning::Qr;
pub use provisioning::{OtpauthContent, OtpauthNames, OtpauthUri, apps};
pub use secret::Secret;
pub use submitted::split_password_and_code;
pub use time::UnixTime;
/// A text that is wiped when it is dropped, as the calls that give a secret return it.
pub use zeroize::Zeroizing;

#[cfg(feature = "getrandom")]
pub use {
    credential::{Keyring, Record},
    hardware_token::HardwareToken,
    outcome::{Accepted, Confirmed, Denial, Denied, Method, NotStored, Refusal, Resynchronized},
    policy::{Policy, PolicyBuilder, PolicyOption},
    recovery::{CodeSet, RecoveryCodes, TemporaryCode},
    rows::{person_and_row, rows_of_person},
    store::conflict::{Database, is_conflict},
    store::{CheckStep, Step, Steps, Store, StoreCheck},
    verifier::{
        Attempt, Change, Enrollment, ExistingCredential, MissingAuthenticator, Rename, Replacement, Status,
        StoredCredential, TemporaryStatus, Verifier, is_stored,
    },
    verify::State,
};
