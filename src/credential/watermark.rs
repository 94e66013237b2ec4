//! The highest moving factor that was accepted (RFC 6238 5.2: the second use of an OTP must be refused).

use super::clocks::{CLOCK_TOLERANCE, RECORD_TIME_STEPS};
use super::drift::{MAX_DRIFT, MAX_IDLE};
use super::policy::PolicyOption;
use super::window::CLOCK_OFF_REACH;
use super::{Credential, candidate, step_at};
use crate::error::Error;
use crate::otp::TimeSteps;
use crate::parameters::{Authenticator, MovingFactor};
use crate::time::UnixTime;

impl Credential {
    /// Records an accepted moving factor.
    pub(super) fn spend_factor(&mut self, factor: u64, now: UnixTime) {
        match self.moving_factor {
            MovingFactor::Counter => self.counter = factor.saturating_add(1),
            MovingFactor::Time(_) => self.watermark = Some(factor),
        }
        self.synchronize(now);
        self.seen = self.is_time_based_token();
        self.succeeded();
    }

    /// Lowers a watermark that only a wrong clock can have set (semantics 8.5). `slack` is [`CLOCK_STEPS`].
    pub(super) fn lower_watermark(
        &mut self,
        steps: TimeSteps,
        now: UnixTime,
        slack: i64,
    ) -> Result<(), Error> {
        let step = step_at(steps, now)?.saturating_add(slack);
        let highest = match self.authenticator {
            Authenticator::App => step.saturating_add(MAX_STEPS),
            Authenticator::Token => step.saturating_add(self.drift.into()).saturating_add(MAX_STEPS_AND_IDLE),
        };
        self.watermark =
            self.watermark.and_then(|watermark| candidate(highest).map(|highest| watermark.min(highest)));
        Ok(())
    }

    /// Drops a watermark that is below every step that any policy could still accept (semantics 8.7). `slack` is [`CLOCK_STEPS`].
    pub(super) fn forget_watermark(
        &mut self,
        steps: TimeSteps,
        now: UnixTime,
        slack: i64,
    ) -> Result<(), Error> {
        let step = step_at(steps, now)?.saturating_sub(slack);
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
const MAX_STEPS: i64 = PolicyOption::AppStepsBackward.bounds().1;

/// The same plus the largest idle (semantics 4.2).
const MAX_STEPS_AND_IDLE: i64 = MAX_STEPS + MAX_IDLE;

/// The difference between the clocks of two servers, in steps (semantics 1.7). The shortest step gives the largest number.
pub(super) const CLOCK_STEPS: i64 = CLOCK_TOLERANCE as i64 / *RECORD_TIME_STEPS.start() as i64;

// The bounds of the policy determine how long a watermark must be kept. If you widen one of them, adapt these numbers, and
// semantics 8.5 and 8.7.
const _: () = {
    assert!(PolicyOption::AppStepsForward.bounds().1 == MAX_STEPS);
    assert!(PolicyOption::TokenStepsBackward.bounds().1 == MAX_STEPS);
    assert!(PolicyOption::TokenStepsForward.bounds().1 == MAX_STEPS);
    assert!(
        MAX_STEPS + CLOCK_STEPS == 20
            && MAX_STEPS_AND_IDLE + CLOCK_STEPS == 26
            && MAX_DRIFT + CLOCK_STEPS == 210
    );
    // A spent step of a fast phone (semantics 8.2) is never lowered.
    assert!(CLOCK_OFF_REACH <= MAX_STEPS);
};
