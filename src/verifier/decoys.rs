//! Decoys, for accounts that have no record (semantics [3.0](crate::guide::semantics#3.0)).

use alloc::string::String;

use crate::credential::{Credential, State};
use crate::error::Error;
use crate::otp::{Digits, Secret, Submitted};
use crate::parameters::Parameters;
use crate::random;
use crate::record::{self, Account, Application, Keyring};
use crate::time::UnixTime;

/// One decoy for each call and number of digits: the work depends on both.
pub(super) struct Decoys {
    pub(super) active: DecoysInState,
    pub(super) pending: DecoysInState,
}

/// App credentials with the default parameters, with 6, 7 and 8 digits.
pub(super) struct DecoysInState([(Digits, String); 3]);

impl Decoys {
    pub(super) fn new(keyring: &Keyring, application: &Application) -> Result<Self, Error> {
        Ok(Self {
            active: DecoysInState::new(keyring, application, State::Active)?,
            pending: DecoysInState::new(keyring, application, State::Pending)?,
        })
    }
}

impl DecoysInState {
    fn new(keyring: &Keyring, application: &Application, state: State) -> Result<Self, Error> {
        let decoy = |digits| {
            let parameters = Parameters::totp().with_digits(digits);
            let credential =
                Credential::new(state, Secret::generate(20)?, &parameters, random::array()?, UnixTime::EPOCH);
            let record = record::seal(keyring, application, Account::new(DECOY_ACCOUNT)?, &credential)?;
            Ok((digits, record.as_str().into()))
        };
        Ok(Self([decoy(Digits::Six)?, decoy(Digits::Seven)?, decoy(Digits::Eight)?]))
    }

    /// Returns the decoy with as many digits as the user typed.
    pub(super) fn for_digits_of(&self, submitted: &str) -> &str {
        let Self([(_, six), others @ ..]) = self;
        let typed = Submitted::typed_digits(submitted);
        others.iter().find(|(digits, _)| *digits == typed).map_or(six, |(_, record)| record)
    }
}

/// The account of the decoys; records of other applications and accounts do not open under it.
pub(super) const DECOY_ACCOUNT: &str = "poterne decoy";

#[cfg(test)]
mod tests {
    use super::*;

    /// Semantics 3.0: as many digits as were typed, if these are an OTP of 6, 7 or 8; else 6.
    #[test]
    fn a_decoy_has_the_digits_that_were_typed() {
        let keyring = Keyring::generate(1).expect("randomness");
        let application = Application::new("app").expect("a name");
        let decoys = Decoys::new(&keyring, &application).expect("randomness");
        for decoys in [&decoys.active, &decoys.pending] {
            for (typed, digits) in [("123456", 6), ("1234567", 7), ("1234 5678", 8), ("12345", 6), ("", 6)] {
                let account = Account::new(DECOY_ACCOUNT).expect("a name");
                let opened = record::open(&keyring, &application, account, decoys.for_digits_of(typed));
                assert_eq!(opened.expect("a record").credential.digits.as_usize(), digits, "{typed}");
            }
        }
    }
}
