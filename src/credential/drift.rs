//! The drift of a token's clock (RFC 6238 6; semantics [4.2](crate::guide::semantics#4.2) and [4.9](crate::guide::semantics#4.9)).

use super::Credential;
use super::policy::{Policy, PolicyOption};
use crate::otp::TimeSteps;
use crate::parameters::{Authenticator, MovingFactor};
use crate::time::UnixTime;

impl Credential {
    /// Takes note of when the token's clock was right (semantics 4.2): to 30 days, and for time-based tokens only.
    pub(super) fn synchronize(&mut self, now: UnixTime) {
        if self.is_time_based_token() {
            self.last_sync = Some(u16::try_from(period(now)).unwrap_or(u16::MAX));
        }
    }

    /// Takes back a period that has not begun, which a clock that was ahead has noted.
    pub(super) fn limit_last_sync(&mut self, now: UnixTime) {
        let latest = u16::try_from(period(now)).unwrap_or(u16::MAX);
        self.last_sync = self.last_sync.map(|last_sync| last_sync.min(latest));
    }

    /// How far the clock may have gone, in steps, since it was last seen: half a minute for each begun period of 30 days.
    pub(super) fn idle(&self, steps: TimeSteps, now: UnixTime) -> i64 {
        self.periods(now).map_or(0, |periods| steps_in(periods.saturating_mul(30), steps).min(MAX_IDLE))
    }

    /// How far from the center of the window the clock of a token can be found again, in steps, after it was last seen: for each
    /// begun period what a poor clock loses in one, 4 seconds a day, and five minutes for the typing (semantics 8.4).
    pub(super) fn resync_reach(&self, steps: TimeSteps, now: UnixTime) -> i64 {
        match self.periods(now).filter(|_| self.seen) {
            Some(periods) => steps_in(periods.saturating_mul(120).saturating_add(300), steps),
            // Nobody knows when it was last right.
            None => i64::MAX,
        }
    }

    /// The 30-day periods begun since a token's clock was last seen.
    fn periods(&self, now: UnixTime) -> Option<i64> {
        let last_sync = self.last_sync.filter(|_| self.is_time_based_token())?;
        Some(period(now).saturating_sub(last_sync.into()).saturating_add(1).max(1))
    }

    /// The drift after a code accepted `offset` steps from the center of the window (semantics 4.9).
    pub(super) fn drift_after(&self, offset: i64, idle: i64) -> i64 {
        if !self.is_time_based_token() {
            return 0;
        }
        let idle = idle.max(0);
        i64::from(self.drift).saturating_add(without_typing(offset).clamp(idle.saturating_neg(), idle))
    }

    /// Whether a drift may be taken on: within the policy, or at least no worse than the present one.
    pub(super) fn may_drift(&self, drift: i64, policy: &Policy) -> bool {
        drift.abs() <= i64::from(policy.max_drift()) || drift.abs() <= i64::from(self.drift).abs()
    }

    pub(super) fn set_drift(&mut self, drift: i64) {
        // Within 201 steps either way, see `may_drift` and the bounds of the policy.
        self.drift = i16::try_from(drift).unwrap_or(self.drift);
    }

    pub(crate) fn is_time_based_token(&self) -> bool {
        is_time_based_token(self.authenticator, self.moving_factor)
    }
}

/// Only such a credential has a drift, and notes when its clock was right.
pub(crate) fn is_time_based_token(authenticator: Authenticator, moving_factor: MovingFactor) -> bool {
    authenticator == Authenticator::Token && matches!(moving_factor, MovingFactor::Time(_))
}

/// The clock difference that an offset shows: a person types late, never early, so one step back is typing.
pub(super) fn without_typing(offset: i64) -> i64 {
    if offset < 0 { offset.saturating_add(1) } else { offset }
}

/// The 30-day period of a time: at most 97,763, which is more than a record holds.
fn period(now: UnixTime) -> i64 {
    i64::try_from(now.as_secs() / PERIOD).unwrap_or(i64::MAX)
}

/// So many seconds in steps, rounded up.
fn steps_in(seconds: i64, steps: TimeSteps) -> i64 {
    let time_step = i64::from(steps.time_step()).max(1);
    seconds.saturating_add(time_step).saturating_sub(1).checked_div(time_step).unwrap_or(i64::MAX)
}

/// 30 days, in seconds.
const PERIOD: u64 = 30 * 86_400;

/// The largest drift that a policy can allow, in steps either way: no record holds more, and no resynchronization reaches further.
pub(crate) const MAX_DRIFT: i64 = PolicyOption::MaxDrift.bounds().1;

/// The longest idle, in steps.
pub(super) const MAX_IDLE: i64 = 6;
