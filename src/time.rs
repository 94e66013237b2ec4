//! Time is an argument: the library owns no clock.

use crate::error::{Error, ErrorKind};

/// Seconds since 1 January 1970 UTC, 0..=253402300799 (the end of the year 9999).
///
/// ```
/// use poterne::UnixTime;
///
/// let now = UnixTime::from_secs(1_763_800_000)?;
/// assert_eq!(now.as_secs(), 1_763_800_000);
/// assert!(UnixTime::from_secs(-1).is_err());
/// # Ok::<(), poterne::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixTime(u64);

impl UnixTime {
    /// The beginning, 0.
    pub const EPOCH: Self = Self(0);
    /// The last second of the year 9999.
    pub const MAX: Self = Self(253_402_300_799);

    /// Makes a time from seconds.
    ///
    /// # Errors
    /// [`ErrorKind::Time`] outside 0..=253402300799: a failed clock is an error, not a date.
    pub fn from_secs(seconds: i64) -> Result<Self, Error> {
        match u64::try_from(seconds) {
            Ok(seconds) if seconds <= Self::MAX.0 => Ok(Self(seconds)),
            _ => Err(OUT_OF_RANGE),
        }
    }

    /// Returns the time of the system clock.
    ///
    /// # Errors
    /// [`ErrorKind::Time`] if the clock is outside 0..=253402300799.
    #[cfg(feature = "std")]
    pub fn now() -> Result<Self, Error> {
        std::time::SystemTime::now().try_into()
    }

    /// Returns the seconds.
    pub const fn as_secs(self) -> u64 {
        self.0
    }

    /// Adds seconds, up to [`UnixTime::MAX`].
    #[must_use]
    pub fn saturating_add(self, seconds: u64) -> Self {
        Self(self.0.saturating_add(seconds)).min(Self::MAX)
    }
}

#[cfg(feature = "std")]
impl TryFrom<std::time::SystemTime> for UnixTime {
    type Error = Error;

    fn try_from(time: std::time::SystemTime) -> Result<Self, Error> {
        let since = time.duration_since(std::time::UNIX_EPOCH).map_err(|_| OUT_OF_RANGE)?;
        i64::try_from(since.as_secs()).map_err(|_| OUT_OF_RANGE).and_then(Self::from_secs)
    }
}

const OUT_OF_RANGE: Error =
    Error::new(ErrorKind::Time, "a time is Unix seconds, 0 to 253402300799: check the system clock");
