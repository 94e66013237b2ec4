//! What the help desk does to a credential (guide, semantics 8.5 to 8.7).

use super::{Credential, NO_SECRET, State};
use crate::error::{Error, ErrorKind};
use crate::parameters::MovingFactor;
use crate::recovery::CodeSlots;
use crate::time::UnixTime;

impl Credential {
    /// No failures any more, and a watermark that is plausible.
    pub(crate) fn unlock(&mut self, now: UnixTime) -> Result<(), Error> {
        if self.state == State::Revoked {
            return Err(NO_SECRET);
        }
        if let MovingFactor::Time(steps) = self.moving_factor {
            self.lower_watermark(steps, now)?;
        }
        self.clear_failures();
        Ok(())
    }

    /// The authenticator is out of use.
    pub(crate) fn suspend(&mut self) -> Result<(), Error> {
        self.in_use()?;
        self.state = State::Suspended;
        Ok(())
    }

    /// The authenticator is in use again.
    pub(crate) fn resume(&mut self) -> Result<(), Error> {
        self.in_use()?;
        self.state = State::Active;
        Ok(())
    }

    /// The end: secret and codes are erased.
    pub(crate) fn revoke(&mut self) {
        self.state = State::Revoked;
        self.secret = None;
        self.codes = CodeSlots::new([0; 16]);
    }

    /// Drops what no longer matters. What stays cannot tell when an application was last used.
    pub(crate) fn forget(&mut self, now: UnixTime) -> Result<(), Error> {
        if let MovingFactor::Time(steps) = self.moving_factor {
            self.forget_watermark(steps, now)?;
        }
        if self.wait(now) == 0 {
            self.last_failure = None;
        }
        self.codes.temporary = self.codes.temporary.take().filter(|slot| slot.is_valid(now));
        Ok(())
    }

    /// Active or suspended: where codes can be issued, and the authenticator put out of use and back.
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

    pub(crate) fn clear_failures(&mut self) {
        self.failures = 0;
        self.last_failure = None;
    }
}
