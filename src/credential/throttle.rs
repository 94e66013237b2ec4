//! Throttling (RFC 4226 7.3; semantics [6](crate::guide::semantics#6)).

use super::Credential;
use super::policy::Policy;
use crate::time::UnixTime;

impl Credential {
    /// Returns whether the failures have reached the limit.
    pub(crate) fn is_locked(&self, policy: &Policy) -> bool {
        self.failures >= policy.max_failures()
    }

    /// Returns the seconds until the next attempt, 0 if it may be made now (semantics 3.6).
    ///
    /// A failure that another server recorded may lie in the future. Servers that differ by less than the longest delay cannot
    /// bypass the wait. A failure further ahead comes from a wrong clock and throttles nobody. Without a delay nobody waits;
    /// otherwise one typing error on a server that is ahead would keep the user out of the others.
    pub(crate) fn wait(&self, now: UnixTime) -> u64 {
        let Some(last_failure) = self.last_failure else { return 0 };
        let (now, last_failure) = (now.as_secs(), last_failure.as_secs());
        match delay(self.failures) {
            0 => 0,
            _ if last_failure >= now.saturating_add(LONGEST) => 0,
            delay => last_failure.saturating_add(delay).saturating_sub(now),
        }
    }

    /// Counts a failure.
    pub(super) fn failed(&mut self, now: UnixTime) {
        self.failures = self.failures.saturating_add(1);
        self.untold = self.untold.saturating_add(1);
        self.last_failure = Some(now);
    }

    /// Records an accepted OTP or pair (semantics 4.8). It does not reset everything: otherwise a thief with the password could
    /// guess between any two logins of the user.
    pub(super) fn succeeded(&mut self) {
        self.failures = self.failures.saturating_sub(3);
        self.last_failure = None;
    }
}

/// Returns the delay after the n-th failure, in seconds (semantics 6.1).
fn delay(failures: u8) -> u64 {
    match failures.checked_sub(3) {
        None => 0,
        Some(doublings) => {
            // 5 times 2^8 is more than the longest delay.
            5_u64.checked_shl(u32::from(doublings.min(8))).unwrap_or(LONGEST).min(LONGEST)
        }
    }
}

pub(super) const LONGEST: u64 = 900;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_of_semantics_6_1() {
        let expected = [0, 0, 0, 5, 10, 20, 40, 80, 160, 320, 640, 900, 900];
        for (failures, expected) in (0..).zip(expected) {
            assert_eq!(delay(failures), expected, "{failures}");
        }
        assert!((12..=255).all(|failures| delay(failures) == 900));
    }
}
