//! What each answer of the library is in C: its numbers, its codes, and what its attempt is for.

use zeroize::Zeroizing;

use poterne::{Accepted, Confirmed, RecoveryCodes, Resynchronized, TemporaryCode};

use crate::login::poterne_result;
use crate::status::{POTERNE_CHANGED, POTERNE_CONFIRMED, POTERNE_OK, POTERNE_RESYNCHRONIZED};
use crate::two_steps::POTERNE_CODES_MAX;

/// The answer of an attempt.
pub(crate) trait Answered {
    /// The use of its attempts.
    const KIND: u8 = APPLIED;

    fn result(&self) -> poterne_result;

    /// Returns the codes to hand over, one per line.
    fn codes(&self) -> Zeroizing<String> {
        Zeroizing::default()
    }
}

impl Answered for Accepted {
    const KIND: u8 = LOGIN;

    fn result(&self) -> poterne_result {
        poterne_result {
            status: POTERNE_OK,
            method: self.method().number().unsigned_abs(),
            recovery_codes_left: self.recovery_codes_left(),
            moving_factor: self.moving_factor().unwrap_or_default(),
            drift: self.drift().into(),
            failures_before: self.failures_before(),
            ..Default::default()
        }
    }
}

impl Answered for Confirmed {
    fn result(&self) -> poterne_result {
        poterne_result {
            status: POTERNE_CONFIRMED,
            moving_factor: self.moving_factor(),
            drift: self.drift().into(),
            ..Default::default()
        }
    }

    fn codes(&self) -> Zeroizing<String> {
        lines(self.recovery_codes())
    }
}

impl Answered for Resynchronized {
    fn result(&self) -> poterne_result {
        poterne_result {
            status: POTERNE_RESYNCHRONIZED,
            moving_factor: self.moving_factor(),
            drift: self.drift().into(),
            ..Default::default()
        }
    }
}

impl Answered for () {
    fn result(&self) -> poterne_result {
        CHANGED
    }
}

impl Answered for RecoveryCodes {
    fn result(&self) -> poterne_result {
        CHANGED
    }

    fn codes(&self) -> Zeroizing<String> {
        lines(self)
    }
}

impl Answered for TemporaryCode {
    fn result(&self) -> poterne_result {
        CHANGED
    }

    fn codes(&self) -> Zeroizing<String> {
        Zeroizing::new(self.as_str().into())
    }
}

fn lines(codes: &RecoveryCodes) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(POTERNE_CODES_MAX));
    for code in codes.iter() {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(code);
    }
    text
}

/// The result of a change, apart from its codes.
const CHANGED: poterne_result = poterne_result { status: POTERNE_CHANGED, ..poterne_result::EMPTY };

/// Of the kind: `poterne_apply` may store it.
pub(crate) const APPLIED: u8 = 0;
/// Its swap is not that of the record that was loaded, and is made once.
pub(crate) const ONCE: u8 = 1;
/// It answers for a login, which is for `poterne_login` and `poterne_login_with_ticket`.
pub(crate) const LOGIN: u8 = 2;

// A code, and the line feed or the NUL behind it.
const _: () = assert!(10 * 16 <= POTERNE_CODES_MAX);
