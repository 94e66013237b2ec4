//! The drift of a token's clock (RFC 6238 6; semantics [4.2](crate::guide::semantics#4.2) and [4.9](crate::guide::semantics#4.9)).

use super::Credential;
use super::policy::{Policy, PolicyOption};
use crate::otp::TimeSteps;
use crate::parameters::{Authenticator, MovingFactor};
use crate::time::UnixTime;

impl Credential {
    /// Records that the token's clock was right (semantics 4.2), to 30 days and only for time-based tokens.
    pub(super) fn synchronize(&mut self, now: UnixTime) {
        if self.is_time_based_token() {
            self.last_sync = Some(u16::try_from(period(now)).unwrap_or(u16::MAX));
        }
    }

    /// Undoes a period in the future, which a fast clock has recorded.
    pub(super) fn limit_last_sync(&mut self, now: UnixTime) {
        let latest = u16::try_from(period(now)).unwrap_or(u16::MAX);
        self.last_sync = self.last_sync.map(|last_sync| last_sync.min(latest));
    }

    /// Returns how far the clock may have drifted since it was last seen, in steps: half a minute for each begun period of 30 days.
    pub(super) fn idle(&self, steps: TimeSteps, now: UnixTime) -> i64 {
        self.periods(now).map_or(0, |periods| steps_in(periods.saturating_mul(30), steps).min(MAX_IDLE))
    }

    /// Returns how far from the center of the window a token's clock can be found again, in steps. It grows with the time since the
    /// clock was last seen: 4 seconds a day, as a poor clock loses, for each begun period. Five minutes for the typing come on top
    /// (semantics 8.4).
    pub(super) fn resync_reach(&self, steps: TimeSteps, now: UnixTime) -> i64 {
        match self.periods(now).filter(|_| self.seen) {
            Some(periods) => steps_in(periods.saturating_mul(120).saturating_add(300), steps),
            // It is not known when the clock was last right.
            None => i64::MAX,
        }
    }

    /// Returns the number of begun 30-day periods since a token's clock was last seen.
    fn periods(&self, now: UnixTime) -> Option<i64> {
        let last_sync = self.last_sync.filter(|_| self.is_time_based_token())?;
        Some(period(now).saturating_sub(last_sync.into()).saturating_add(1).max(1))
    }

    /// Returns the drift after a code was accepted `offset` steps from the center of the window (semantics 4.9).
    pub(super) fn drift_after(&self, offset: i64, idle: i64) -> i64 {
        if !self.is_time_based_token() {
            return 0;
        }
        let idle = idle.max(0);
        i64::from(self.drift).saturating_add(without_typing(offset).clamp(idle.saturating_neg(), idle))
    }

    /// Returns whether the credential may take this drift: within the policy, or at least no worse than the present one.
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

/// Only such a credential has a drift and records when its clock was right.
pub(crate) fn is_time_based_token(authenticator: Authenticator, moving_factor: MovingFactor) -> bool {
    authenticator == Authenticator::Token && matches!(moving_factor, MovingFactor::Time(_))
}

/// Returns the clock difference that an offset shows. A person types late, never early, so one step back is due to typing.
pub(super) fn without_typing(offset: i64) -> i64 {
    if offset < 0 { offset.saturating_add(1) } else { offset }
}

/// Returns the 30-day period of a time: at most 97,763, which is more than a record holds.
fn period(now: UnixTime) -> i64 {
    i64::try_from(now.as_secs() / PERIOD).unwrap_or(i64::MAX)
}

/// Converts seconds to steps, rounded up.
fn steps_in(seconds: i64, steps: TimeSteps) -> i64 {
    let time_step = i64::from(steps.time_step()).max(1);
    seconds.saturating_add(time_step).saturating_sub(1).checked_div(time_step).unwrap_or(i64::MAX)
}

/// 30 days, in seconds.
const PERIOD: u64 = 30 * 86_400;

/// The largest drift that a policy can allow, in steps either way. No record holds more, and no resynchronization reaches further.
pub(crate) const MAX_DRIFT: i64 = PolicyOption::MaxDrift.bounds().1;

/// The longest idle, in steps.
pub(super) const MAX_IDLE: i64 = 6;
