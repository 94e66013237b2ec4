//! The highest moving factor already accepted (RFC 6238 5.2: the second use of an OTP must be refused).

use super::{Credential, candidate, step_at};
use crate::error::Error;
use crate::parameters::{Authenticator, MovingFactor, TimeSteps};
use crate::time::UnixTime;

impl Credential {
    /// Takes note of an accepted moving factor.
    pub(super) fn spend_factor(&mut self, factor: u64, now: UnixTime) {
        match self.moving_factor {
            MovingFactor::Counter => self.counter = factor.saturating_add(1),
            MovingFactor::Time(_) => self.watermark = Some(factor),
        }
        self.synchronize(now);
        self.succeeded();
    }

    /// Lowers a watermark that only a wrong clock can have set (semantics 8.5).
    pub(super) fn lower_watermark(&mut self, steps: TimeSteps, now: UnixTime) -> Result<(), Error> {
        let step = step_at(steps, now)?;
        let highest = match self.authenticator {
            Authenticator::App => step.saturating_add(MAX_STEPS),
            Authenticator::Token => step.saturating_add(self.drift.into()).saturating_add(MAX_STEPS_AND_IDLE),
        };
        self.watermark =
            self.watermark.and_then(|watermark| candidate(highest).map(|highest| watermark.min(highest)));
        Ok(())
    }

    /// Drops a watermark below every step that any policy could still accept (semantics 8.7).
    pub(super) fn forget_watermark(&mut self, steps: TimeSteps, now: UnixTime) -> Result<(), Error> {
        let step = step_at(steps, now)?;
        let lowest = match self.authenticator {
            Authenticator::App => step.saturating_sub(MAX_STEPS),
            Authenticator::Token => {
                let window = step.saturating_add(self.drift.into()).saturating_sub(MAX_STEPS_AND_IDLE);
                window.min(step.saturating_sub(MAX_DRIFT))
            }
        };
        self.watermark =
            self.watermark.filter(|watermark| candidate(lowest).is_none_or(|lowest| *watermark >= lowest));
        Ok(())
    }
}

/// The most steps backward or forward that a policy can allow.
const MAX_STEPS: i64 = 10;

/// The same and the largest idle (semantics 4.2).
const MAX_STEPS_AND_IDLE: i64 = 16;

/// The largest drift that a policy can allow, and so the reach of a resynchronization.
const MAX_DRIFT: i64 = 200;
