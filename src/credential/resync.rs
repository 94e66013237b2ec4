//! Two codes in a row (RFC 4226 7.4; semantics [8.4](crate::guide::semantics#8.4)).

use core::ops::RangeInclusive;

use subtle::{Choice, ConstantTimeEq};

use super::drift::without_typing;
use super::outcome::Refusal;
use super::policy::Policy;
use super::window::{Nearest, signed};
use super::{Checked, Credential, Miss, candidate, step_at};
use crate::error::Error;
use crate::otp::{
    TimeSteps,
    search::{self, LAST_FACTOR, NO_CANDIDATE},
};
use crate::parameters::{Authenticator, MovingFactor};
use crate::time::UnixTime;

impl Credential {
    /// Searches for two OTPs in a row. If they are accepted, records the second.
    pub(super) fn check_pair(
        &mut self,
        pair: [u32; 2],
        now: UnixTime,
        policy: &Policy,
    ) -> Result<Checked, Error> {
        match self.moving_factor {
            MovingFactor::Counter => self.check_counter_pair(pair, now, policy),
            MovingFactor::Time(steps) => self.check_time_pair(pair, steps, now, policy),
        }
    }

    fn check_counter_pair(
        &mut self,
        pair: [u32; 2],
        now: UnixTime,
        policy: &Policy,
    ) -> Result<Checked, Error> {
        if self.counter >= LAST_FACTOR {
            return Err(NO_CANDIDATE);
        }
        let look_ahead = u64::from(policy.resync_look_ahead());
        let last = self.counter.saturating_add(look_ahead).min(LAST_FACTOR);
        // The smallest: the distance from the counter.
        let found = self.search_pair(pair, self.counter..=last, 0, |_| true)?;
        let Some(second) = found else { return Ok(Err(Miss::Wrong)) };
        self.spend_factor(second, now);
        Ok(Ok(second))
    }

    fn check_time_pair(
        &mut self,
        pair: [u32; 2],
        steps: TimeSteps,
        now: UnixTime,
        policy: &Policy,
    ) -> Result<Checked, Error> {
        let step = step_at(steps, now)?;
        let max_drift = i64::from(policy.max_drift());
        let last = candidate(step.saturating_add(max_drift)).ok_or(NO_CANDIDATE)?;
        if self.watermark.is_some_and(|watermark| watermark >= last) {
            return Ok(Err(Miss::Unchanged(Refusal::ClockBehind)));
        }
        let first = candidate(step.saturating_sub(max_drift)).unwrap_or_default();
        let reach = self.resync_reach(steps, now);
        let center = step.saturating_add(self.drift.into());
        // The second code's distance from the present step shows the clock's error, apart from typing.
        let drift = |second| without_typing(signed(second).saturating_sub(step));
        let is_app = self.authenticator == Authenticator::App;
        // Old codes that a thief has seen are out of reach, unless the clock was never seen.
        let within_reach = |second| signed(second).abs_diff(center) <= reach.unsigned_abs();
        let found = self.search_pair(pair, first..=last.saturating_add(1), center, |second| {
            is_app || (within_reach(second) && self.may_drift(drift(second), policy))
        })?;
        let Some(second) = found else { return Ok(Err(Miss::Wrong)) };
        if is_app {
            let steps = signed(second).saturating_sub(step);
            return Ok(Err(Miss::Unchanged(Refusal::ClockOff { steps })));
        }
        self.set_drift(drift(second));
        self.spend_factor(second, now);
        Ok(Ok(second))
    }

    /// Returns the second factor of the pair whose second factor is nearest to `center`, the earlier on a tie. The first must be
    /// above the watermark.
    fn search_pair(
        &self,
        [first, second]: [u32; 2],
        candidates: RangeInclusive<u64>,
        center: i64,
        is_allowed: impl Fn(u64) -> bool,
    ) -> Result<Option<u64>, Error> {
        let mut nearest = Nearest::new();
        // Whether the previous candidate has the first code, and may be spent.
        let mut first_equal = Choice::from(0);
        search::scan(&self.hmac_key()?, self.digits, candidates, |factor, value| {
            let is_eligible = first_equal & value.ct_eq(&second) & Choice::from(u8::from(is_allowed(factor)));
            nearest.consider(factor, signed(factor).abs_diff(center), is_eligible);
            first_equal =
                value.ct_eq(&first) & Choice::from(u8::from(search::is_above(factor, self.watermark)));
        });
        Ok(nearest.factor())
    }
}
