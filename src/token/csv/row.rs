//! One line of a CSV file: its cells become a token.

use super::column::Column;
use super::options::{Encoding, Reading};
use super::reader::Cell;
use crate::error::{Error, ErrorKind};
use crate::otp::{Digits, Secret};
use crate::parameters::{COUNTER_TOO_HIGH, MAX_IMPORTED_FACTOR, MovingFactor, Parameters};
use crate::time::UnixTime;
use crate::token::entry::TokenEntry;
use crate::token::value;

/// A line, with the columns that the layout gives its cells.
pub(super) struct Line<'row, 'text> {
    pub(super) line: usize,
    pub(super) cells: &'row [Cell<'text>],
    pub(super) columns: &'row [Column],
    /// A line has at least so many cells.
    pub(super) least: usize,
}

impl<'row> Line<'row, '_> {
    /// Returns the serial number if it can be shown.
    pub(super) fn serial(&self) -> Option<&'row str> {
        self.cell(Column::Serial).filter(|serial| !is_secret_like(serial))
    }

    /// Makes the token.
    pub(super) fn entry(&self, reading: &Reading) -> Result<TokenEntry, Error> {
        if self.cells.len() < self.least {
            return Err(wrong("the line has fewer columns than its layout: copy the whole line"));
        }
        if self.cells.iter().skip(self.columns.len()).any(|cell| !cell.text().is_empty()) {
            return Err(wrong("the line has more columns than its layout: is the separator in a name?"));
        }
        self.check_yubico()?;
        let serial = self.cell(Column::Serial).unwrap_or_default();
        if is_secret_like(serial) {
            return Err(Error::new(
                ErrorKind::Argument,
                "the serial number looks like a secret: are the columns in another order?",
            ));
        }
        let parameters = self.parameters(reading)?;
        let is_counter_based = parameters.moving_factor() == MovingFactor::Counter;
        let (drift, watermark) = (self.drift()?, self.watermark()?);
        if is_counter_based && (drift.is_some() || watermark.is_some()) {
            return Err(argument("drift and watermark belong to time-based tokens: leave the cells empty"));
        }
        TokenEntry::new(self.line, serial, self.secret(reading.encoding)?, parameters)?
            .with_manufacturer(self.cell(Column::Manufacturer).unwrap_or_default())?
            .with_model(self.cell(Column::Model).unwrap_or_default())?
            .with_account(self.cell(Column::Account).unwrap_or_default())?
            .with_drift(drift.unwrap_or_default())
            .with_watermark(watermark)
    }

    /// Returns a cell that has something in it.
    fn cell(&self, column: Column) -> Option<&'row str> {
        let at = self.columns.iter().position(|each| *each == column)?;
        self.cells.get(at).map(Cell::text).filter(|text| !text.is_empty())
    }

    fn secret(&self, encoding: Encoding) -> Result<Secret, Error> {
        let text = self.cell(Column::Secret).unwrap_or_default();
        if value::is_scientific(text) {
            return Err(Error::new(
                ErrorKind::Secret,
                "a spreadsheet has rounded the secret (like 1.23E+39), it is lost: take the manufacturer's file",
            ));
        }
        match encoding {
            Encoding::Base32 => Secret::from_base32(text),
            Encoding::Hex => Secret::from_hex(text),
        }
    }

    fn parameters(&self, reading: &Reading) -> Result<Parameters, Error> {
        let is_counter_based = self.is_counter_based(reading.is_counter_based)?;
        let start = if is_counter_based { Parameters::hotp() } else { Parameters::totp() };
        let algorithm = match self.cell(Column::Algorithm) {
            Some(name) => name.parse().map_err(|_| UNKNOWN_HASH)?,
            None => {
                reading.algorithm.ok_or(argument("the line has no hash: write SHA1, SHA256 or SHA512"))?
            }
        };
        let digits = match self.cell(Column::Digits) {
            Some(text) => value::number(text, 8)
                .and_then(|digits| Digits::new(u32::try_from(digits).ok()?).ok())
                .ok_or(argument("the number of digits is not 6, 7 or 8"))?,
            None => reading.digits,
        };
        let parameters = start.with_algorithm(algorithm).with_digits(digits);
        let either = self.cell(Column::TimeStepOrCounter);
        let (time_step, counter) = if is_counter_based { (None, either) } else { (either, None) };
        let time_step = self.cell(Column::TimeStep).or(time_step);
        let counter = self.cell(Column::Counter).or(counter);
        let parameters = if is_counter_based {
            if time_step.is_some() {
                return Err(argument("a counter-based token has no time step: leave the cell empty"));
            }
            let counter = match counter {
                Some(text) => value::number(text, MAX_IMPORTED_FACTOR).ok_or(NO_COUNTER)?,
                None => 0,
            };
            parameters.with_counter(counter)?
        } else {
            if counter.is_some() {
                return Err(argument("a time-based token has no counter: leave the cell empty"));
            }
            let time_step = match time_step {
                Some(text) => value::number(text, 120).filter(|step| *step >= 30),
                None => reading.time_step.map(u64::from),
            };
            let time_step = time_step.and_then(|step| u32::try_from(step).ok());
            let time_step =
                time_step.ok_or(argument("the time step is missing, or is not 30 to 120 seconds"))?;
            parameters.with_time_step(time_step)?
        };
        let (not_before, not_after) =
            (self.date(Column::NotBefore, 0)?, self.date(Column::NotAfter, 86_399)?);
        parameters.with_validity(not_before, not_after)
    }

    fn is_counter_based(&self, declared: bool) -> Result<bool, Error> {
        if !self.columns.contains(&Column::Kind) {
            return Ok(declared);
        }
        match self.cell(Column::Kind) {
            Some(kind) if kind.eq_ignore_ascii_case("hotp") => Ok(true),
            Some(kind) if kind.eq_ignore_ascii_case("totp") => Ok(false),
            Some(_) => Err(Error::new(
                ErrorKind::TokenUnsupported,
                "the type is neither hotp nor totp: such a token makes no codes that can be checked here",
            )),
            None => Err(argument("the line does not say hotp or totp: ask which it is")),
        }
    }

    fn drift(&self) -> Result<Option<i16>, Error> {
        let Some(text) = self.cell(Column::Drift) else { return Ok(None) };
        let drift = value::signed(text, 200);
        drift.map(Some).ok_or(argument("the drift is not -200 to 200 time steps"))
    }

    fn watermark(&self) -> Result<Option<u64>, Error> {
        let Some(text) = self.cell(Column::Watermark) else { return Ok(None) };
        if !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(argument("the watermark is no number: it is the last time step that was used"));
        }
        value::number(text, MAX_IMPORTED_FACTOR).map(Some).ok_or(COUNTER_TOO_HIGH)
    }

    /// Reads a date or a time; `last` is the second of the day that a date means.
    fn date(&self, column: Column, last: i64) -> Result<Option<UnixTime>, Error> {
        let Some(text) = self.cell(column) else { return Ok(None) };
        let time = match value::days(text) {
            Some(days) => days
                .checked_mul(86_400)
                .and_then(|seconds| UnixTime::from_secs(seconds.checked_add(last)?).ok()),
            None => value::date_time(text),
        };
        time.map(Some).ok_or(Error::new(
            ErrorKind::Time,
            "a date does not exist, or is not written as 2026-11-28 or 2026-11-28T17:45:00Z",
        ))
    }

    /// Checks what only Yubico's layouts have.
    fn check_yubico(&self) -> Result<(), Error> {
        let unsupported = |message| Err(Error::new(ErrorKind::TokenUnsupported, message));
        for (column, cell) in self.columns.iter().zip(self.cells) {
            match (column, cell.text()) {
                (Column::YubicoEvent, event) if !event.eq_ignore_ascii_case("OATH-HOTP") => {
                    return unsupported(
                        "this is no OATH-HOTP: Yubico OTP and static passwords cannot be checked here",
                    );
                }
                (Column::YubicoMode, mode) if mode != "0" => {
                    return unsupported(
                        "this is no OATH mode: Yubico OTP and static passwords cannot be checked here",
                    );
                }
                (Column::YubicoPrefix, flag) if flag != "0" => {
                    return unsupported("the key types its identifier before each code: program it without");
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// A serial number is shown in messages. When columns are swapped, a secret stands in its place: long hexadecimal or base32 in one
/// piece.
fn is_secret_like(text: &str) -> bool {
    let has_letter = text.bytes().any(|byte| byte.is_ascii_alphabetic());
    let is_hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_base32 = text
        .trim_end_matches('=')
        .bytes()
        .all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'2'..=b'7'));
    (is_hex && text.len() >= 32)
        || (is_hex && has_letter && text.len() >= 20)
        || (is_base32 && has_letter && text.len() >= 16)
}

const UNKNOWN_HASH: Error = Error::new(ErrorKind::TokenUnsupported, "the hash is not SHA1, SHA256 or SHA512");
const NO_COUNTER: Error = Error::new(ErrorKind::Counter, "the counter is no number, or is above 2^63 - 1");

const fn argument(message: &'static str) -> Error {
    Error::new(ErrorKind::Argument, message)
}

const fn wrong(message: &'static str) -> Error {
    Error::new(ErrorKind::TokenFile, message)
}
