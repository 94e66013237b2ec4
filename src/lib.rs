//! A second factor for applications that already exist: one-time passwords (RFC 4226, RFC 6238) that are accepted once.
//!
//! Everything about a credential is one sealed string, the [`Record`]. It lives in a small table of the database that the
//! application already has. A call does no I/O: it proposes a new record. The application replaces the old record by a
//! compare-and-swap, commits, and reports the number of updated rows. Only then does the call answer, and 0 rows refuse the login.
//! So a code is accepted once, on any number of servers. [`guide::careless`] says what a faulty application can still do.
//!
//! - [`Verifier`] makes and checks records. [`Store`] is the table. [`Verifier::login`] is the ready-made loop around both.
//! - [`Keyring`] holds the keys that seal records. [`Policy`] sets the limits.
//! - [`Steps`] is the same loop without I/O, for asynchronous programs.
//! - `token` (feature `token-files`) reads the files of hardware tokens.
//! - [`hotp`], [`totp`] and [`match_otp`] are the bare RFC layer, for applications that keep their own state.
//! - [`guide`] has the long documents. [`guide::semantics`] is the norm: it specifies every call.
//!
//! # A login
//!
//! The application provides a [`Store`]: two methods over the table. This one is in memory; [`guide::databases`] has a real one.
//!
//! ```
//! use std::collections::HashMap;
//! use poterne::{Error, Record, Store};
//!
//! #[derive(Default)]
//! struct Table(HashMap<String, String>);
//!
//! impl Store for Table {
//!     // SELECT record FROM poterne WHERE account = :account
//!     fn load(&mut self, account: &str) -> Result<Option<String>, Error> {
//!         Ok(self.0.get(account).cloned())
//!     }
//!
//!     // UPDATE poterne SET record = :new WHERE account = :account AND record = :old; COMMIT
//!     // or, if there is no old record: INSERT INTO poterne (account, record) VALUES (:account, :new); COMMIT
//!     fn swap(&mut self, account: &str, old: Option<&str>, new: &Record) -> Result<u64, Error> {
//!         if self.0.get(account).map(String::as_str) != old {
//!             return Ok(0);
//!         }
//!         self.0.insert(account.into(), new.as_str().into());
//!         Ok(1)
//!     }
//! }
//! ```
//!
//! Then a user is enrolled, confirms the app by a first code, and logs in:
//!
//! ```
//! use poterne::{Denied, Keyring, Language, OtpauthNames, Parameters, Store, UnixTime, Verifier};
//! # use poterne::{Error, OtpFormat, Record, Secret, TimeSteps, totp};
//! # #[derive(Default)]
//! # struct Table(std::collections::HashMap<String, String>);
//! # impl Store for Table {
//! #     fn load(&mut self, account: &str) -> Result<Option<String>, Error> { Ok(self.0.get(account).cloned()) }
//! #     fn swap(&mut self, account: &str, old: Option<&str>, new: &Record) -> Result<u64, Error> {
//! #         if self.0.get(account).map(String::as_str) != old { return Ok(0); }
//! #         self.0.insert(account.into(), new.as_str().into());
//! #         Ok(1)
//! #     }
//! # }
//! # let mut table = Table::default();
//!
//! // When the application starts. Later: Keyring::open("/etc/grand-angle/poterne.keys")
//! let verifier = Verifier::new(Keyring::generate(20261121)?, "grand-angle")?;
//!
//! // The enrollment: the record goes into the table, the QR code of the URI to the user.
//! let now = UnixTime::now()?;
//! let enrollment = verifier.enroll("a.martin", Parameters::totp(), now)?;
//! let uri = enrollment.otpauth_uri(OtpauthNames { issuer: "Département", label: "a.martin" })?;
//! assert_eq!(table.swap("a.martin", None, enrollment.record())?, 1);
//! # let secret = Secret::from_base32(&uri.secret_to_type())?;
//! # let phone = |now| totp::generate(&secret, OtpFormat::default(), TimeSteps::default(), now);
//! # let first_code = phone(now)?;
//! # let first_code = first_code.as_str();
//!
//! // The first code confirms it, and returns recovery codes to show once.
//! let confirmed = table.apply(&verifier, "a.martin", |credential| credential.confirm(first_code, now))?;
//! assert_eq!(confirmed.recovery_codes().len(), 8);
//! # let now = now.saturating_add(30);
//! # let typed = phone(now)?;
//! # let typed = typed.as_str();
//!
//! // A login, once the password is right. Only `Ok` is a login.
//! let page = match verifier.login("a.martin", typed, now, &mut table) {
//!     Ok(accepted) => format!("Welcome. {} attempts were refused since your last login.", accepted.failures_before()),
//!     Err(Denied::Refused(refusal)) => refusal.message_to_user(Language::English),
//!     Err(Denied::Error(error)) => error.kind().message_to_user(Language::English).into(), // and tell the operators
//! };
//! assert_eq!(page, "Welcome. 0 attempts were refused since your last login.");
//!
//! // The help desk.
//! table.apply(&verifier, "a.martin", |credential| credential.unlock()).map_err(Denied::from)?;
//! # Ok::<(), Denied>(())
//! ```
//!
//! # Step by step
//!
//! [`Steps`] says what to do next; report back what happened. It does no I/O and borrows nothing, so the queries in between may be
//! asynchronous. `select` and `update` stand for the application's own queries.
//!
//! ```
//! use poterne::{Accepted, Denied, Error, Step, Steps, UnixTime, Verifier};
//! # async fn select(_: &str) -> Result<Option<String>, Error> { Ok(None) }
//! # async fn update(_: &str, _: &str, _: &str) -> Result<u64, Error> { Ok(0) }
//!
//! async fn log_in(verifier: &Verifier, account: &str, code: &str) -> Result<Accepted, Denied> {
//!     let now = UnixTime::now()?;
//!     let mut steps = Steps::new();
//!     loop {
//!         match steps.step() {
//!             Step::Load => {
//!                 let record = select(account).await?;
//!                 steps.loaded(record, |record| verifier.credential(account, record)?.verify(code, now))?;
//!             }
//!             Step::Swap { old, new } => {
//!                 let rows = update(account, old, new.as_str()).await?; // committed
//!                 steps.swapped(rows)?;
//!             }
//!             Step::Done => return steps.outcome(),
//!         }
//!     }
//! }
//! ```
//!
//! # The bare layer
//!
//! Codes without records, for those who keep secrets and watermarks themselves. A match is not a login: store the watermark, and
//! limit the attempts.
//!
//! ```
//! use poterne::{Match, OtpFormat, Secret, TimeSteps, UnixTime, match_otp, totp};
//!
//! let secret = Secret::from_base32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")?;
//! let (format, steps) = (OtpFormat::default(), TimeSteps::default()); // SHA-1, 6 digits; 30 seconds
//! let now = UnixTime::from_secs(1_763_800_000)?;
//! let code = totp::generate(&secret, format, steps, now)?;
//!
//! let step = steps.at(now)?;
//! let found = match_otp(&secret, format, code.as_str(), step - 1..=step + 1, None)?;
//! assert_eq!(found, Match::Found(step));
//! let again = match_otp(&secret, format, code.as_str(), step - 1..=step + 1, Some(step))?;
//! assert_eq!(again, Match::Replayed);
//! # Ok::<(), poterne::Error>(())
//! ```
//!
//! # Crate features
//!
//! All but `token-files` are on by default. Without any, the crate is `no_std` with `alloc`, and offers the bare layer, otpauth URIs and messages.
//!
//! - **`std`**: [`Keyring::open`], [`UnixTime::now`], and times from `std::time::SystemTime`.
//! - **`getrandom`**: the system's randomness, and everything that seals a record: keyring, verifier, store.
//! - **`qr`**: QR codes of otpauth URIs, as terminal text, SVG and PNG. Enables `std`.
//! - **`token-files`**: the module `token`: files of hardware tokens, PSKC (RFC 6030) and others. With `getrandom`, `MovingOut` too, the
//!   way out to another system. Off by default.
//!
//! # What it does not do
//!
//! It does not handle passwords, sessions, a login log, SMS, push messages or WebAuthn. It does not protect a user who types
//! password and code into a fake site: the attacker can use both within the same half-minute.

#![no_std]
#![forbid(unsafe_code)]
// docs.rs has a nightly compiler: there, each item that belongs to a feature says so.
#![cfg_attr(docsrs, feature(doc_cfg))]
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

// In the order of their dependencies: each uses only what stands above it. tests/arrows.rs looks.
mod numbered;
mod error;
mod time;
mod wipe;
#[cfg_attr(
    not(feature = "getrandom"),
    allow(dead_code, unused_imports, reason = "some of it is for sealed records alone")
)]
mod otp;
mod parameters;
mod message;
mod provisioning;
#[cfg(feature = "getrandom")]
mod random;
#[cfg(feature = "token-files")]
pub mod token;
#[cfg(feature = "getrandom")]
mod credential;
#[cfg(feature = "getrandom")]
mod record;
#[cfg(feature = "getrandom")]
mod verifier;
#[cfg(feature = "getrandom")]
mod store;
#[cfg(all(feature = "getrandom", feature = "token-files"))]
mod moving_out;
pub mod guide;

pub use error::{Error, ErrorKind};
pub use message::Language;
pub use otp::{
    Algorithm, Digits, Match, Otp, OtpFormat, Secret, TimeSteps, hotp, match_otp, match_otp_from_bytes,
    split_password_and_code, totp,
};
pub use parameters::{Authenticator, MovingFactor, Parameters};
#[cfg(feature = "qr")]
pub use provisioning::Qr;
pub use provisioning::{OtpauthContent, OtpauthNames, OtpauthUri, apps};
pub use time::UnixTime;
/// A text that is wiped when it is dropped, as the calls that give a secret return it.
pub use zeroize::Zeroizing;

#[cfg(feature = "getrandom")]
pub use {
    credential::{
        Accepted, Answer, CodeSet, Confirmed, Denial, Denied, Method, NotStored, Policy, PolicyBuilder,
        PolicyOption, RecoveryCodes, Refusal, Resynchronized, State, TemporaryCode,
    },
    record::{Keyring, Record, Ticket, TicketBinding, person_and_row, rows_of_person},
    store::{CheckStep, Database, Step, Steps, Store, StoreCheck, is_conflict},
    verifier::{
        Attempt, Change, Enrollment, ExistingCredential, HardwareToken, MissingAuthenticator, Rename,
        Replacement, ReplacementAttempt, Status, StoredCredential, TemporaryStatus, Verifier, is_stored,
    },
};
#[cfg(all(feature = "getrandom", feature = "token-files"))]
pub use {moving_out::MovingOut, verifier::SecretsInUse};
