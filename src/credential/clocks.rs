//! Clocks: how far the servers' clocks may differ, and which time steps a credential can have.

use crate::error::{Error, ErrorKind};

/// The largest difference in seconds between the clocks of the servers that use one table (semantics
/// [1.7](crate::guide::semantics#1.7)).
pub(crate) const CLOCK_TOLERANCE: u64 = 300;

/// The time steps that fit a record, in seconds.
pub(crate) const RECORD_TIME_STEPS: core::ops::RangeInclusive<u32> = 30..=120;

pub(crate) fn check_record_time_step(time_step: u32) -> Result<(), Error> {
    if RECORD_TIME_STEPS.contains(&time_step) {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Argument, "the time step of a record has 30 to 120 seconds"))
}
