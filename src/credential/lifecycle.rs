//! Changes by the help desk (semantics [8.5](crate::guide::semantics#8.5) to [8.7](crate::guide::semantics#8.7)).

use super::outcome::Refusal;
use super::recovery::{CodeSet, CodeSlots};
use super::watermark::CLOCK_STEPS;
use super::{Credential, NO_SECRET, State, throttle};
use crate::error::{Error, ErrorKind};
use crate::parameters::MovingFactor;
use crate::time::UnixTime;

impl Credential {
    /// Clears the failures. Those that no login has told yet will still be told.
    pub(crate) fn unlock(&mut self) -> Result<(), Error> {
        self.not_revoked()?;
        self.clear_failures();
        Ok(())
    }

    /// Undoes what only a fast clock can have written. Returns whether there was anything to undo.
    pub(crate) fn repair_clock(&mut self, now: UnixTime) -> Result<bool, Error> {
        self.not_revoked()?;
        let before = (self.watermark, self.last_failure, self.last_sync);
        if let MovingFactor::Time(steps) = self.moving_factor {
            self.lower_watermark(steps, now, CLOCK_STEPS)?;
        }
        // An earlier date comes from an attack or from a clumsy user: such a lock stays.
        let latest = now.saturating_add(throttle::LONGEST);
        if self.last_failure.is_some_and(|last_failure| last_failure > latest) {
            self.clear_failures();
        }
        self.limit_last_sync(now);
        Ok(before != (self.watermark, self.last_failure, self.last_sync))
    }

    /// Ends the named codes of section 5.
    pub(crate) fn end_codes(&mut self, codes: CodeSet) -> Result<(), Error> {
        self.in_use()?;
        if matches!(codes, CodeSet::Recovery | CodeSet::Both) {
            self.codes.end_recovery();
        }
        if matches!(codes, CodeSet::Temporary | CodeSet::Both) {
            self.codes.temporary = None;
        }
        Ok(())
    }

    /// Puts the authenticator out of use.
    pub(crate) fn suspend(&mut self) -> Result<(), Error> {
        self.in_use()?;
        self.state = State::Suspended;
        Ok(())
    }

    /// Puts the authenticator back in use.
    pub(crate) fn resume(&mut self) -> Result<(), Error> {
        self.in_use()?;
        self.state = State::Active;
        Ok(())
    }

    /// Ends the credential: erases the secret and the codes.
    pub(crate) fn revoke(&mut self) {
        self.state = State::Revoked;
        self.secret = None;
        self.confirm_by = None;
        self.codes = CodeSlots::new([0; 16]);
    }

    /// Erases what no longer matters. The rest cannot reveal when an app was last used.
    pub(crate) fn forget(&mut self, now: UnixTime) -> Result<(), Error> {
        if let MovingFactor::Time(steps) = self.moving_factor {
            self.forget_watermark(steps, now, CLOCK_STEPS)?;
        }
        if self.wait(now) == 0 {
            self.last_failure = None;
        }
        self.codes.temporary = self.codes.temporary.take().filter(|slot| slot.is_valid(now));
        Ok(())
    }

    /// Checks that the credential is active or suspended: only then can codes be issued, and the authenticator be suspended or
    /// resumed.
    pub(crate) fn in_use(&self) -> Result<(), Error> {
        match self.state {
            State::Active | State::Suspended => Ok(()),
            State::Pending => Err(Error::new(
                ErrorKind::State,
                "the authenticator is not confirmed yet: confirm it with a first code",
            )),
            State::Revoked => Err(NO_SECRET),
        }
    }

    /// Returns the reason why a new credential may not replace this one (semantics 8.9). `confirm_by` does not count.
    pub(crate) fn bars_replacing(&self, now: UnixTime) -> Option<Refusal> {
        if self.state == State::Revoked { Some(Refusal::Revoked) } else { self.bounds(now) }
    }

    /// Takes over the bounds of validity of the credential that this pending one replaces, unless it sets its own.
    pub(crate) fn take_over(&mut self, replaced: &Self) -> Result<(), Error> {
        if self.state != State::Pending {
            return Ok(());
        }
        // The same secret again would allow uncounted guesses, or make a used code valid again.
        let secrets = self.secret.as_ref().zip(replaced.secret.as_ref());
        if secrets.is_some_and(|(secret, other)| secret.is_same_key(other)) {
            return Err(Error::new(
                ErrorKind::Argument,
                "both records have the same secret: enroll the new authenticator with one of its own",
            ));
        }
        self.not_before = self.not_before.or(replaced.not_before);
        self.not_after = self.not_after.or(replaced.not_after);
        Ok(())
    }

    fn not_revoked(&self) -> Result<(), Error> {
        if self.state == State::Revoked { Err(NO_SECRET) } else { Ok(()) }
    }

    fn clear_failures(&mut self) {
        self.failures = 0;
        self.last_failure = None;
    }
}
