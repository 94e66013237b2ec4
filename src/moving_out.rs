//! The one way out: the secrets of records, for another system.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use zeroize::Zeroizing;

use crate::credential::State;
use crate::error::{Error, ErrorKind};
use crate::otp::Secret;
use crate::parameters::MovingFactor;
use crate::provisioning::{OtpauthNames, OtpauthUri};
use crate::record::{self, Account, Application, Keyring, person_and_row};
use crate::time::UnixTime;
use crate::token::{Distinct, FileKey, TokenEntry, Twice, write_pskc};

/// Takes the secrets out of records, to move to another system. Whoever has the result can be everybody in it.
///
/// Nothing else returns the secret of a record that is in use. It wants the keyring itself, not a [`Verifier`](crate::Verifier), and a
/// sentence that somebody has typed. [`to_pskc`](Self::to_pskc) encrypts; [`to_otpauth_uris_in_clear`](Self::to_otpauth_uris_in_clear) is
/// for a system that reads nothing else. A record does not change: end it here ([`revoke`]) before the other system takes the first login,
/// since each of the two would accept the same code.
///
/// ```
/// use poterne::token::{FileKey, read_pskc};
/// use poterne::{HardwareToken, Keyring, MovingOut, Parameters, Secret, UnixTime, Verifier};
///
/// let keyring = Keyring::generate(20261128)?;
/// let verifier = Verifier::new(Keyring::parse(&keyring.to_text())?, "grand-angle")?;
/// let token = HardwareToken::new(Secret::from_bytes(b"12345678901234567890")?, Parameters::hotp());
/// let enrollment = verifier.enroll_token("serial:306000123", token, UnixTime::from_secs(1_795_887_900)?)?;
///
/// let typed = "take the secrets out of the records"; // by a person, at a prompt
/// let mut moving = MovingOut::new(&keyring, "grand-angle", typed)?;
/// moving.add("serial:306000123", enrollment.record().as_str())?;
/// let file = moving.to_pskc(FileKey::Password(b"six words that nobody would guess"))?;
///
/// let read = read_pskc(file.as_bytes(), FileKey::Password(b"six words that nobody would guess"))?;
/// assert_eq!(read.entries()[0].as_ref().expect("a token").serial(), "306000123");
/// # Ok::<(), poterne::Error>(())
/// ```
///
/// Source: semantics [8.13](crate::guide::semantics#8.13).
///
/// [`revoke`]: crate::StoredCredential::revoke
pub struct MovingOut<'a> {
    keyring: &'a Keyring,
    application: Application,
    tokens: Vec<TokenEntry>,
    distinct: Distinct,
}

impl<'a> MovingOut<'a> {
    /// The sentence that has to be typed.
    pub const CONFIRMATION: &'static str = "take the secrets out of the records";

    /// Begins. `typed` is what a person has typed: never pass the constant.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] if it is not [`MovingOut::CONFIRMATION`], or for an application that is no name.
    pub fn new(keyring: &'a Keyring, application: &str, typed: &str) -> Result<Self, Error> {
        if typed != Self::CONFIRMATION {
            return Err(Error::new(
                ErrorKind::Argument,
                "the sentence that confirms the moving out was not typed",
            ));
        }
        Ok(Self {
            keyring,
            application: Application::new(application)?,
            tokens: Vec::new(),
            distinct: Distinct::default(),
        })
    }

    /// Adds the record of an account.
    ///
    /// # Errors
    /// Those of an opened record; [`ErrorKind::State`] if it is suspended or revoked, which no file can say; [`ErrorKind::Argument`]
    /// if the account cannot be a serial number (semantics [16.3](crate::guide::semantics#16.3)), if another record has the same
    /// secret, or if the credential counts its steps from another time than 1970, which no file can say either.
    pub fn add(&mut self, account: &str, record: &str) -> Result<(), Error> {
        let account = Account::new(account)?;
        // Only values come out of the frame that is wiped, the secret on the heap: an entry built in there would take bytes of the
        // opened secret along, in its unused ones.
        let (secret, parameters, drift, watermark) = record::wipe_after(|| {
            let record = record.trim_end_matches(' ');
            let credential = record::open(self.keyring, &self.application, account, record)?.credential;
            let (State::Pending | State::Active, Some(secret)) = (credential.state, &credential.secret)
            else {
                return Err(Error::new(
                    ErrorKind::State,
                    "the record is suspended or revoked, which the file cannot say: resume it, or leave it out",
                ));
            };
            let parameters =
                credential.parameters().with_validity(credential.not_before, credential.not_after)?;
            let secret = Zeroizing::new(secret.as_bytes().to_vec());
            Ok((secret, parameters, credential.drift, credential.watermark))
        })?;
        let parameters = match parameters.moving_factor() {
            // A counter that nobody may import is none to export.
            MovingFactor::Counter => parameters.with_counter(parameters.counter())?,
            MovingFactor::Time(steps) if steps.t0() != UnixTime::EPOCH => {
                return Err(Error::new(
                    ErrorKind::Argument,
                    "the record counts its time steps from another time than 1970, which no file can say",
                ));
            }
            MovingFactor::Time(_) => parameters,
        };
        let (serial, user) = names(account.as_str());
        let token = TokenEntry::new(1, &serial, Secret::from_bytes(&secret)?, parameters)?
            .with_account(user)?
            .with_drift(drift)
            .with_watermark(watermark)?;
        self.distinct.insert(&token).map_err(|twice| {
            let message = match twice {
                Twice::SerialNumber => "two records would have the same serial number in the file",
                Twice::Secret => "another record has the same secret: leave out the one that is not in use",
            };
            Error::new(ErrorKind::Argument, message)
        })?;
        self.tokens.push(token);
        Ok(())
    }

    /// Returns a PSKC file, encrypted under a key of 32 bytes, or a password of at least 12: send it another way than the file.
    ///
    /// # Errors
    /// [`ErrorKind::TokenPassword`] for no key, a key of another length or a shorter password; [`ErrorKind::Random`] if the system gives
    /// no randomness.
    pub fn to_pskc(&self, key: FileKey<'_>) -> Result<String, Error> {
        write_pskc(self.tokens.iter(), key)
    }

    /// Returns an otpauth URI for each record, in the order in which they were added. Each holds its secret in clear: take [`to_pskc`]
    /// wherever the other system reads it.
    ///
    /// A URI has hash, digits, time step and counter. It does not have drift and watermark: the other system may accept the last code
    /// once more.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] for a token in stock, which is nobody's, and for dates of validity, which a URI cannot say;
    /// [`ErrorKind::Uri`] if the issuer or the account cannot stand in a URI (semantics [8.10](crate::guide::semantics#8.10)).
    ///
    /// [`to_pskc`]: Self::to_pskc
    pub fn to_otpauth_uris_in_clear(&self, issuer: &str) -> impl Iterator<Item = Result<OtpauthUri, Error>> {
        self.tokens.iter().map(move |token| record::wipe_after(|| otpauth_uri(token, issuer)))
    }
}

impl fmt::Debug for MovingOut<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MovingOut").field("tokens", &self.tokens.len()).finish_non_exhaustive()
    }
}

fn otpauth_uri(token: &TokenEntry, issuer: &str) -> Result<OtpauthUri, Error> {
    let (parameters, Some(label)) = (token.parameters(), token.account()) else {
        return Err(Error::new(
            ErrorKind::Argument,
            "a token in stock is nobody's, and a URI has the account of somebody",
        ));
    };
    if parameters.not_before().is_some() || parameters.not_after().is_some() {
        return Err(Error::new(
            ErrorKind::Argument,
            "the record has dates of validity, which a URI cannot say: the other system would let its user in outside of them",
        ));
    }
    // No app scans it: what some of them misread does not matter.
    OtpauthUri::build(token.secret(), parameters, OtpauthNames { issuer, label }, true)
}

/// The serial number and the user, who is nobody for a token in stock. Rows of a person are a convention of ours (semantics 9.8): elsewhere
/// one user has several tokens, and ours do not take `#2` for a name.
fn names(account: &str) -> (Cow<'_, str>, &str) {
    if let Some(serial) = account.strip_prefix(STOCK) {
        return (serial.into(), "");
    }
    match person_and_row(account) {
        (person, 1) => (person.into(), person),
        (person, row) => (format!("{person}/{row}").into(), person),
    }
}

/// What the account of a token in stock begins with.
const STOCK: &str = "serial:";
