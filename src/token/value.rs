//! Numbers, dates and names of a file. Each is read to its end: `30junk` is not 30.

#[cfg(feature = "getrandom")]
use alloc::string::String;

use crate::error::{Error, ErrorKind};
use crate::provisioning::is_unseen;
use crate::time::UnixTime;

/// Reads a decimal number without sign, space or anything behind it, at most `max`.
pub(super) fn number(text: &str, max: u64) -> Option<u64> {
    // `parse` takes a plus sign.
    let is_decimal = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| is_decimal && *number <= max)
}

/// Reads a whole number that may be negative, at most `max` either way.
pub(super) fn signed(text: &str, max: i16) -> Option<i16> {
    let (digits, is_negative) = text.strip_prefix('-').map_or((text, false), |digits| (digits, true));
    let number = i16::try_from(number(digits, u64::try_from(max).ok()?)?).ok()?;
    Some(if is_negative { number.saturating_neg() } else { number })
}

/// Reads a date and a time of ISO 8601, as `xs:dateTime` writes it: `2026-11-28T17:45:00Z`, with fractions of a second (dropped) and
/// an offset. Without an offset it is UTC. Dates that do not exist are `None`.
pub(super) fn date_time(text: &str) -> Option<UnixTime> {
    let (date, time) = text.split_once('T')?;
    let days = days(date)?;
    let (time, offset) = match time.find(['Z', '+', '-']) {
        Some(at) => time.split_at_checked(at)?,
        None => (time, "Z"),
    };
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut seconds = days.checked_mul(86_400)?.checked_add(clock(time, true)?)?;
    if offset != "Z" {
        let ahead = offset.starts_with('+');
        let offset = clock(offset.get(1..)?, false).filter(|offset| *offset <= 14 * 3_600)?;
        seconds = if ahead { seconds.checked_sub(offset)? } else { seconds.checked_add(offset)? };
    }
    UnixTime::from_secs(seconds).ok()
}

/// Reads a date of ISO 8601, `2026-11-28`, as the days since 1970.
pub(super) fn days(date: &str) -> Option<i64> {
    let (year, month_and_day) = date.split_once('-')?;
    let (month, day) = month_and_day.split_once('-')?;
    days_of(fixed(year, 4, 9_999)?, fixed(month, 2, 12)?, fixed(day, 2, 31)?)
}

/// Returns the days since 1970 of a date of the Gregorian calendar that exists.
pub(super) fn days_of(year: i64, month: i64, day: i64) -> Option<i64> {
    let is_leap = year.checked_rem(4)? == 0 && (year.checked_rem(100)? != 0 || year.checked_rem(400)? == 0);
    let last = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => return None,
    };
    if !(1970..=9999).contains(&year) || !(1..=last).contains(&day) {
        return None;
    }
    // Years that begin in March end with the leap day.
    let (year, month) =
        if month > 2 { (year, month.checked_sub(3)?) } else { (year.checked_sub(1)?, month.checked_add(9)?) };
    let leap_days =
        year.div_euclid(4).checked_sub(year.div_euclid(100))?.checked_add(year.div_euclid(400))?;
    let of_months = month.checked_mul(153)?.checked_add(2)?.div_euclid(5);
    // 719,469 days from 1 March of the year 0 to 1 January 1970, and the first day of a month is 1.
    year.checked_mul(365)?
        .checked_add(leap_days)?
        .checked_add(of_months)?
        .checked_add(day)?
        .checked_sub(719_469)
}

/// Writes a time as [`date_time`] reads it.
#[cfg(feature = "getrandom")]
pub(super) fn printed(time: UnixTime) -> String {
    let seconds = time.as_secs();
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (mut year, mut left) = (1970_u64, days);
    let len =
        |year: u64| if days_of(i64::try_from(year).unwrap_or_default(), 2, 29).is_some() { 366 } else { 365 };
    while left >= len(year) {
        left = left.saturating_sub(len(year));
        year = year.saturating_add(1);
    }
    let mut month = 1_u64;
    let month_len = |month: u64| match month {
        2 => len(year).saturating_sub(337),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    while left >= month_len(month) {
        left = left.saturating_sub(month_len(month));
        month = month.saturating_add(1);
    }
    let (hour, minute) = (second.div_euclid(3_600), second.rem_euclid(3_600).div_euclid(60));
    let (day, second) = (left.saturating_add(1), second.rem_euclid(60));
    alloc::format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Reads `17:45`, or with seconds `17:45:00`, as seconds.
pub(super) fn clock(text: &str, has_seconds: bool) -> Option<i64> {
    let mut parts = text.split(':');
    let hours = fixed(parts.next()?, 2, 23)?;
    let minutes = fixed(parts.next()?, 2, 59)?;
    let seconds = if has_seconds { fixed(parts.next()?, 2, 59)? } else { 0 };
    if parts.next().is_some() {
        return None;
    }
    hours.checked_mul(3_600)?.checked_add(minutes.checked_mul(60)?)?.checked_add(seconds)
}

/// Reads exactly `len` digits.
fn fixed(text: &str, len: usize, max: u64) -> Option<i64> {
    number(text, max).filter(|_| text.len() == len).and_then(|number| i64::try_from(number).ok())
}

/// Checks a serial number: it names the token in the stock, so it must be what stands on the device.
pub(super) fn check_serial(serial: &str) -> Result<(), Error> {
    if serial.is_empty() {
        return Err(Error::new(
            ErrorKind::Argument,
            "the token has no serial number: add the one on the device",
        ));
    }
    if !is_name(serial, MAX_SERIAL_LEN) {
        return Err(Error::new(
            ErrorKind::Argument,
            "the serial number has more than 128 bytes, or spaces around it, or invisible characters: write the one on the device",
        ));
    }
    if is_scientific(serial) {
        return Err(Error::new(
            ErrorKind::Argument,
            "a spreadsheet has rounded the serial number (like 1.23E+11): import its column as text, or take the manufacturer's file",
        ));
    }
    Ok(())
}

/// Returns whether a text can be shown and stored as it is: not empty, no space around it, no invisible character.
pub(super) fn is_name(text: &str, max_len: usize) -> bool {
    !text.is_empty() && text.len() <= max_len && text.trim() == text && !text.contains(is_unseen)
}

/// Returns whether a text is a number as a spreadsheet rounds it: `1.23E+11`, `1,23E+11`, `3E+08`.
pub(super) fn is_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else { return false };
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, "0"));
    is_digits(whole) && is_digits(fraction) && exponent.strip_prefix(['+', '-']).is_some_and(is_digits)
}

/// The longest serial number: with `serial:` before it, it is an account of the stock.
const MAX_SERIAL_LEN: usize = 128;
/// The longest name of a manufacturer, a model or a user.
pub(super) const MAX_NAME_LEN: usize = 253;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_to_their_end() {
        assert_eq!(number("0", 9), Some(0));
        assert_eq!(number("0030", 30), Some(30));
        assert_eq!(number("18446744073709551615", u64::MAX), Some(u64::MAX));
        for wrong in
            ["", " 1", "1 ", "+1", "-1", "1x", "0x1", "1.0", "1e3", "18446744073709551616", "\u{661}", "31"]
        {
            assert_eq!(number(wrong, if wrong == "31" { 30 } else { u64::MAX }), None, "{wrong}");
        }
        assert_eq!(
            [signed("-200", 200), signed("200", 200), signed("-0", 200)],
            [Some(-200), Some(200), Some(0)]
        );
        for wrong in ["-", "--1", "+1", "201", "-201", "1-", " 1"] {
            assert_eq!(signed(wrong, 200), None, "{wrong}");
        }
    }

    #[test]
    fn dates_that_exist() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2026-11-28T17:45:00Z", 1_795_887_900),
            ("2026-11-28T17:45:00", 1_795_887_900),
            ("2026-11-28T17:45:59.999Z", 1_795_887_959),
            ("2026-11-28T18:45:00+01:00", 1_795_887_900),
            ("2026-11-28T12:15:00-05:30", 1_795_887_900),
            ("2000-02-29T00:00:00Z", 951_782_400),
            ("2024-02-29T23:59:59Z", 1_709_251_199),
            ("2024-03-01T00:00:00Z", 1_709_251_200),
            ("2100-03-01T00:00:00Z", 4_107_542_400),
            ("9999-12-31T23:59:59Z", 253_402_300_799),
        ] {
            assert_eq!(date_time(text).map(UnixTime::as_secs), Some(seconds), "{text}");
        }
    }

    #[test]
    fn dates_that_do_not_exist() {
        for wrong in [
            "",
            "2026-11-28",
            "2026-02-29T00:00:00Z",
            "2100-02-29T00:00:00Z",
            "2026-04-31T00:00:00Z",
            "2026-00-01T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-01-00T00:00:00Z",
            "2026-1-01T00:00:00Z",
            "02026-01-01T00:00:00Z",
            "1969-12-31T23:59:59Z",
            "1970-01-01T00:00:00+00:01",
            "9999-12-31T23:59:59-00:01",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:60:00Z",
            "2026-01-01T00:00:60Z",
            "2026-01-01T00:00Z",
            "2026-01-01T00:00:00:00Z",
            "2026-01-01T00:00:00.Z",
            "2026-01-01T00:00:00.xZ",
            "2026-01-01T00:00:00ZZ",
            "2026-01-01T00:00:00Z ",
            "2026-01-01T00:00:00+14:01",
            "2026-01-01T00:00:00+1:00",
            "2026-01-01 00:00:00Z",
            "-2026-01-01T00:00:00Z",
        ] {
            assert_eq!(date_time(wrong), None, "{wrong}");
        }
    }

    #[cfg(feature = "getrandom")]
    #[test]
    fn printed_dates_are_read_again() {
        let days = (0..253_402_300_799_i64).step_by(97 * 86_400 + 12_345);
        for seconds in days.chain([951_782_399, 951_782_400, 253_402_300_799]) {
            let time = UnixTime::from_secs(seconds).unwrap();
            assert_eq!(date_time(&printed(time)), Some(time), "{}", printed(time));
        }
    }

    /// Every day of the calendar from 1970 on, one after the other.
    #[test]
    fn days_follow_each_other() {
        let mut expected = 0;
        for year in 1970..=2410 {
            for month in 1..=12 {
                for day in 1..=31 {
                    if let Some(days) = days_of(year, month, day) {
                        assert_eq!(days, expected, "{year}-{month}-{day}");
                        expected += 1;
                    }
                }
            }
        }
        assert_eq!(expected, 441 * 365 + 107, "leap years: every fourth, but 2100, 2200 and 2300");
    }

    #[test]
    fn serials_of_a_spreadsheet_are_refused() {
        for right in
            ["306000123", "1E12", "ABE+1", "987654321.1", "2E", "E+11", "YU-0001", "0001", "1.2.3E+4"]
        {
            assert!(check_serial(right).is_ok(), "{right}");
        }
        for wrong in
            ["", " 1", "1 ", "1\u{200b}", "1\n2", "1.23E+11", "1,23E+11", "3e+08", "3E-08", &"1".repeat(129)]
        {
            assert_eq!(check_serial(wrong).expect_err(wrong).kind(), ErrorKind::Argument, "{wrong}");
        }
        assert!(check_serial(&"1".repeat(128)).is_ok());
    }
}
