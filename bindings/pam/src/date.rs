//! A calendar day, as the option `from` has it.

use poterne::UnixTime;

/// The first second of a day `2027-01-04`, in UTC: a time zone would depend on the environment that the host runs in.
pub(crate) fn first_second(text: &str) -> Option<UnixTime> {
    let mut parts = text.split('-');
    let mut part = |len: usize| {
        let part = parts.next()?;
        (part.len() == len && part.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| part.parse::<i64>().ok())?
    };
    let (year, month, day) = (part(4)?, part(2)?, part(2)?);
    if parts.next().is_some() || year < 1970 || !(1..=days_of_month(year, month)?).contains(&day) {
        return None;
    }
    let days_before_year = |year: i64| {
        let past = year.checked_sub(1)?;
        past.checked_mul(365)?.checked_add(past / 4)?.checked_sub(past / 100)?.checked_add(past / 400)
    };
    let mut days =
        days_before_year(year)?.checked_sub(days_before_year(1970)?)?.checked_add(day.checked_sub(1)?)?;
    for before in 1..month {
        days = days.checked_add(days_of_month(year, before)?)?;
    }
    UnixTime::from_secs(days.checked_mul(86_400)?).ok()
}

fn days_of_month(year: i64, month: i64) -> Option<i64> {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => Some(31),
        4 | 6 | 9 | 11 => Some(30),
        2 if is_leap => Some(29),
        2 => Some(28),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected values of `date -u -d DAY +%s`.
    #[test]
    fn days_are_those_of_the_calendar() {
        for (day, expected) in [
            ("1970-01-01", 0),
            ("1999-12-31", 946_598_400),
            ("2000-02-29", 951_782_400),
            ("2027-01-04", 1_799_020_800),
            ("2028-03-01", 1_835_481_600),
            ("2100-03-01", 4_107_542_400),
        ] {
            assert_eq!(first_second(day).map(UnixTime::as_secs), Some(expected), "{day}");
        }
        let wrong = [
            "",
            "2027",
            "2027-1-4",
            "2027-02-29",
            "2100-02-29",
            "2027-13-01",
            "2027-00-01",
            "2027-01-00",
            "1969-12-31",
        ];
        for wrong in wrong.into_iter().chain(["2027-01-04-", "04/01/2027", "2027-01-+4", "２０２７-01-04"])
        {
            assert!(first_second(wrong).is_none(), "{wrong}");
        }
    }
}
