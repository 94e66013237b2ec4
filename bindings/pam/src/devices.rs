//! The authenticators of a person: a row each, at most three (semantics 9.8). A login asks one of them. The user says which; which there
//! are, the table says.

use poterne::{Authenticator, State, Status, UnixTime, Verifier};

use crate::database::Row;

/// A row that can be asked.
pub(crate) struct Device {
    /// 1 to 3, as in the suffix of its account.
    pub(crate) number: usize,
    pub(crate) row: Row,
    /// None if there is no choice, or if the record does not open.
    status: Option<Status>,
}

impl Device {
    pub(crate) fn kind(&self) -> Option<Authenticator> {
        self.status.as_ref().map(Status::authenticator)
    }

    fn is(&self, state: State) -> bool {
        self.status.as_ref().is_some_and(|status| status.state() == state)
    }
}

/// Those of a person, by the rows that the table has; the first is meant unless the user names another.
pub(crate) fn of_person(rows: [Option<Row>; 3], verifier: &Verifier, now: UnixTime) -> Vec<Device> {
    let mut devices: Vec<Device> = (1..)
        .zip(rows)
        .filter_map(|(number, row)| Some(Device { number, row: row.filter(Row::has_record)?, status: None }))
        .collect();
    if devices.len() > 1 {
        for device in &mut devices {
            let credential = verifier.credential(&device.row.account, device.row.record.as_deref());
            // What is wrong with one record does not keep the user from another device. It is told once that one is asked.
            device.status = credential.and_then(|credential| credential.inspect(now)).ok();
        }
        if devices.iter().all(|device| device.is(State::Revoked)) {
            devices.truncate(1);
        } else {
            devices.retain(|device| !device.is(State::Revoked));
        }
        // A suspended one has its recovery codes still, but seldom is the one at hand.
        devices.sort_by_key(|device| !device.is(State::Active));
    }
    devices
}

/// The device of which the user has typed the number, in the place of a code.
pub(crate) fn chosen<'d>(devices: &'d [Device], typed: &str) -> Option<&'d Device> {
    devices.iter().find(|device| device.number.to_string() == typed.trim())
}

/// The device of which the number stands behind the code, `911617#2`, and the code.
pub(crate) fn named<'d, 't>(devices: &'d [Device], typed: &'t str) -> Option<(&'d Device, &'t str)> {
    let (code, number) = typed.rsplit_once('#')?;
    chosen(devices, number).map(|device| (device, code))
}

/// The field without such a number at its end, and the number.
pub(crate) fn split_number(field: &[u8]) -> Option<(&[u8], &str)> {
    let (field, number) = field.split_at_checked(field.len().checked_sub(2)?)?;
    std::str::from_utf8(number)
        .ok()
        .filter(|number| matches!(*number, "#1" | "#2" | "#3"))
        .map(|number| (field, number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_behind_the_code() {
        for (field, expected) in [
            ("s3cret911617#2", Some(("s3cret911617", "#2"))),
            ("#3", Some(("", "#3"))),
            ("s3cret911617", None),
            ("s3cret911617#4", None),
            ("s3cret911617#", None),
            ("s3cret911617#2 ", None),
            ("2", None),
            ("", None),
        ] {
            assert_eq!(
                split_number(field.as_bytes()),
                expected.map(|(field, number)| (field.as_bytes(), number)),
                "{field}"
            );
        }
        assert_eq!(split_number(b"\xff#2"), Some((&b"\xff"[..], "#2")));
        assert_eq!(split_number(b"a\xc3#"), None);
    }
}
