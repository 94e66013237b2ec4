//! Time cut into steps (RFC 6238 4).

use crate::error::{Error, ErrorKind};
use crate::time::UnixTime;

/// Time cut into steps: X and T0 of RFC 6238 4.1.
///
/// Source: semantics [1.5](crate::guide::semantics#1.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TimeSteps {
    time_step: u32,
    t0: UnixTime,
}

impl TimeSteps {
    /// Makes steps of `time_step` seconds, 1 to 86,400, counted from `t0`. A record takes only 30 to 120 seconds.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] for another `time_step`.
    pub fn new(time_step: u32, t0: UnixTime) -> Result<Self, Error> {
        if !(1..=86_400).contains(&time_step) {
            return Err(Error::new(ErrorKind::Argument, "a time step has 1 to 86,400 seconds"));
        }
        Ok(Self { time_step, t0 })
    }

    /// Returns the seconds per step.
    pub const fn time_step(self) -> u32 {
        self.time_step
    }

    /// Returns the time from which steps are counted.
    pub const fn t0(self) -> UnixTime {
        self.t0
    }

    /// Returns the number of whole steps from `t0` to `now`: T of RFC 6238 4.2.
    ///
    /// # Errors
    /// [`ErrorKind::Time`] if `now` is before `t0`.
    pub fn at(self, now: UnixTime) -> Result<u64, Error> {
        let elapsed = now.as_secs().checked_sub(self.t0.as_secs()).ok_or(Error::new(
            ErrorKind::Time,
            "the time is before the credential's first time step: check the system clock",
        ))?;
        // The step is not 0, see `new`.
        Ok(elapsed.checked_div(u64::from(self.time_step)).unwrap_or_default())
    }
}

/// RFC 6238 4.1: 30 seconds, from 1970.
impl Default for TimeSteps {
    fn default() -> Self {
        Self { time_step: 30, t0: UnixTime::EPOCH }
    }
}
