//! The life of a code (semantics [4.10](crate::guide::semantics#4.10)).

use super::clocks::{CLOCK_TOLERANCE, check_record_time_step};
use super::drift::MAX_IDLE;
use super::policy::Policy;
use crate::error::Error;
use crate::parameters::Authenticator;

impl Policy {
    /// Returns the life of a time-based code, in seconds: after that time, no server accepts a code that some server could accept
    /// at its beginning.
    ///
    /// Wait this long before you hand a token to another user, and before you allow logins again after a restored backup or a
    /// database failover. The result counts the steps of this policy, the longest idle of a token, and 300 seconds of clock
    /// difference between servers. Three things last longer:
    ///
    /// - A login that moves a token's drift can lengthen the life.
    /// - A resynchronization reaches further, by `max_drift` steps.
    /// - A counter-based code does not expire.
    ///
    /// Source: semantics [4.10](crate::guide::semantics#4.10) and [8.3](crate::guide::semantics#8.3).
    ///
    /// ```
    /// use poterne::{Authenticator, Policy};
    ///
    /// let policy = Policy::default();
    /// assert_eq!(policy.code_lifetime(Authenticator::App, 30)?, 390);
    /// assert_eq!(policy.code_lifetime(Authenticator::Token, 30)?, 780);
    /// # Ok::<(), poterne::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Argument`](crate::ErrorKind::Argument) for a time step outside 30..=120 seconds.
    pub fn code_lifetime(&self, authenticator: Authenticator, time_step: u32) -> Result<u64, Error> {
        check_record_time_step(time_step)?;
        let (backward, forward, idle) = match authenticator {
            Authenticator::App => (self.app_steps_backward(), self.app_steps_forward(), 0),
            Authenticator::Token => (self.token_steps_backward(), self.token_steps_forward(), MAX_IDLE),
        };
        let steps = i64::from(backward)
            .saturating_add(forward.into())
            .saturating_add(idle)
            .saturating_add(idle)
            .saturating_add(1);
        // At most 33 steps of 120 seconds.
        Ok(steps.unsigned_abs().saturating_mul(time_step.into()).saturating_add(CLOCK_TOLERANCE))
    }
}
