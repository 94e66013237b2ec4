//! The window of one code (semantics [3.8](crate::guide::semantics#3.8) and [4](crate::guide::semantics#4)).

use subtle::{Choice, ConditionallySelectable, ConstantTimeEq, ConstantTimeGreater};

use super::outcome::Refusal;
use super::policy::Policy;
use super::{Checked, Credential, Miss, candidate, step_at};
use crate::error::Error;
use crate::otp::{
    TimeSteps,
    search::{self, Found, LAST_FACTOR, NO_CANDIDATE},
};
use crate::parameters::{Authenticator, MovingFactor};
use crate::time::UnixTime;

impl Credential {
    /// Searches the window for an OTP. If it is accepted, records it.
    pub(super) fn check_otp(&mut self, value: u32, now: UnixTime, policy: &Policy) -> Result<Checked, Error> {
        match self.moving_factor {
            MovingFactor::Counter => self.check_counter(value, now, policy),
            MovingFactor::Time(steps) => self.check_time(value, steps, now, policy),
        }
    }

    fn check_time(
        &mut self,
        value: u32,
        steps: TimeSteps,
        now: UnixTime,
        policy: &Policy,
    ) -> Result<Checked, Error> {
        let center = step_at(steps, now)?.saturating_add(self.drift.into());
        let idle = self.idle(steps, now);
        let (backward, forward) = match self.authenticator {
            Authenticator::App => (policy.app_steps_backward(), policy.app_steps_forward()),
            Authenticator::Token => (policy.token_steps_backward(), policy.token_steps_forward()),
        };
        let first = center.saturating_sub(backward.into()).saturating_sub(idle);
        let last = center.saturating_add(forward.into()).saturating_add(idle);
        if self.watermark.is_some_and(|watermark| candidate(last).is_none_or(|last| watermark > last)) {
            return Ok(Err(Miss::Unchanged(Refusal::ClockBehind)));
        }
        let first = candidate(first).unwrap_or_default();
        let last = candidate(last).ok_or(NO_CANDIDATE)?;
        let offset = |factor| signed(factor).saturating_sub(center);
        let found =
            search::search(&self.hmac_key()?, self.digits, value, first..=last, self.watermark, |factor| {
                let drift = self.drift_after(offset(factor), idle);
                self.may_drift(drift, policy)
            });
        let Some(factor) = found.eligible else { return Ok(Err(not_accepted(&found))) };
        self.set_drift(self.drift_after(offset(factor), idle));
        self.spend_factor(factor, now);
        Ok(Ok(factor))
    }

    /// Checks the counters ahead, and the one before, which only reveals a replay (semantics 4.7).
    fn check_counter(&mut self, value: u32, now: UnixTime, policy: &Policy) -> Result<Checked, Error> {
        if self.counter > LAST_FACTOR {
            return Err(NO_CANDIDATE);
        }
        let look_ahead = u64::from(policy.look_ahead());
        let last = self.counter.saturating_add(look_ahead).saturating_sub(1).min(LAST_FACTOR);
        let used = self.counter.checked_sub(1);
        let first = used.unwrap_or(self.counter);
        let found = search::search(&self.hmac_key()?, self.digits, value, first..=last, used, |_| true);
        let Some(factor) = found.eligible else { return Ok(Err(not_accepted(&found))) };
        self.spend_factor(factor, now);
        Ok(Ok(factor))
    }

    /// Returns the clock error of an app in steps, if that explains why its first code is wrong (semantics 8.2).
    ///
    /// The user who reads it may have guessed a code that is right later, or on a server that is behind: so that code is spent.
    pub(super) fn check_clock(&mut self, value: u32, now: UnixTime) -> Result<Option<i64>, Error> {
        let (Authenticator::App, MovingFactor::Time(steps)) = (self.authenticator, self.moving_factor) else {
            return Ok(None);
        };
        let center = step_at(steps, now)?;
        let first = candidate(center.saturating_sub(CLOCK_OFF_REACH)).unwrap_or_default();
        let last = candidate(center.saturating_add(CLOCK_OFF_REACH)).ok_or(NO_CANDIDATE)?;
        let (mut nearest, mut highest) = (Nearest::new(), 0);
        search::scan(&self.hmac_key()?, self.digits, first..=last, |factor, candidate_value| {
            let is_equal = candidate_value.ct_eq(&value);
            nearest.consider(factor, signed(factor).abs_diff(center), is_equal);
            highest.conditional_assign(&factor, is_equal);
        });
        let Some(nearest) = nearest.factor() else { return Ok(None) };
        self.watermark = self.watermark.max(Some(highest));
        Ok(Some(signed(nearest).saturating_sub(center)))
    }
}

/// The candidate with the smallest distance, found without a branch on equality. Of two, the one that was visited first.
pub(super) struct Nearest {
    factor: u64,
    distance: u64,
}

impl Nearest {
    pub(super) const fn new() -> Self {
        Self { factor: 0, distance: u64::MAX }
    }

    pub(super) fn consider(&mut self, factor: u64, distance: u64, is_eligible: Choice) {
        let nearer = is_eligible & self.distance.ct_gt(&distance);
        self.factor.conditional_assign(&factor, nearer);
        self.distance.conditional_assign(&distance, nearer);
    }

    pub(super) fn factor(self) -> Option<u64> {
        (self.distance < u64::MAX).then_some(self.factor)
    }
}

/// Converts a moving factor to the signed arithmetic of windows. Time steps are far below the limit.
pub(super) fn signed(factor: u64) -> i64 {
    i64::try_from(factor).unwrap_or(i64::MAX)
}

/// Semantics 4.5 and 4.6: a code at or below the watermark was used before; else it is wrong.
fn not_accepted(found: &Found) -> Miss {
    if found.used { Miss::Unchanged(Refusal::Replayed) } else { Miss::Wrong }
}

/// The number of steps around the present one that are searched to detect a wrong clock.
pub(super) const CLOCK_OFF_REACH: i64 = 10;
