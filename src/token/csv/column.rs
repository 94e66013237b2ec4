//! What the columns of a CSV file are: by its header line, or as the caller declares.

use alloc::vec::Vec;

use super::reader::Cell;
use crate::error::{Error, ErrorKind};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Serial,
    Secret,
    Account,
    Manufacturer,
    Model,
    /// `hotp` or `totp`.
    Kind,
    Algorithm,
    Digits,
    TimeStep,
    Counter,
    /// The fifth column of the OATH layout: the time step of a time-based token, the counter of another.
    TimeStepOrCounter,
    Drift,
    Watermark,
    NotBefore,
    NotAfter,
    /// Yubico's traditional layout: only `OATH-HOTP` is a token that makes codes.
    YubicoEvent,
    /// Yubico's flat layout: `0` is OATH.
    YubicoMode,
    /// Yubico's traditional layout: the identifier that the key types before its codes.
    YubicoPrefix,
    Ignored,
}

/// The names of a column map.
const NAMES: [(&str, Column); 16] = [
    ("serial", Column::Serial),
    ("secret", Column::Secret),
    ("account", Column::Account),
    ("manufacturer", Column::Manufacturer),
    ("model", Column::Model),
    ("type", Column::Kind),
    ("algorithm", Column::Algorithm),
    ("digits", Column::Digits),
    ("time_step", Column::TimeStep),
    ("counter", Column::Counter),
    ("drift", Column::Drift),
    ("watermark", Column::Watermark),
    ("not_before", Column::NotBefore),
    ("not_after", Column::NotAfter),
    ("-", Column::Ignored),
    ("", Column::Ignored),
];

/// Reads a column map such as `serial,secret,-,counter`.
pub(super) fn map(text: &str) -> Result<Vec<Column>, Error> {
    let mut columns = Vec::new();
    for name in text.split(',').take(MAX_COLUMNS.saturating_add(1)) {
        let found = NAMES.iter().find(|(known, _)| *known == name.trim());
        let Some((_, column)) = found else {
            return Err(Error::new(
                ErrorKind::Argument,
                "a column is serial, secret, account, manufacturer, model, type, algorithm, digits, time_step, counter, drift, watermark, not_before, not_after, or - for one to ignore",
            ));
        };
        if *column != Column::Ignored && columns.contains(column) {
            return Err(Error::new(ErrorKind::Argument, "the column map names a column twice"));
        }
        columns.push(*column);
    }
    if columns.len() > MAX_COLUMNS {
        return Err(Error::new(ErrorKind::Argument, "a column map has at most 64 columns"));
    }
    if !columns.contains(&Column::Serial) || !columns.contains(&Column::Secret) {
        return Err(Error::new(ErrorKind::Argument, "a column map needs the columns serial and secret"));
    }
    let has = |column| columns.contains(&column);
    if has(Column::Counter) && has(Column::TimeStep) && !has(Column::Kind) {
        return Err(Error::new(
            ErrorKind::Argument,
            "a column map with counter and time_step needs the column type: hotp or totp",
        ));
    }
    Ok(columns)
}

/// Reads a header line of Microsoft Entra or Deepnet. `needs_account` says whether the column `upn` must be there.
pub(super) fn of_header(cells: &[Cell<'_>], needs_account: bool) -> Result<Vec<Column>, Error> {
    let mut columns = Vec::new();
    for cell in cells {
        // An empty name at the end is a column that a spreadsheet has added.
        let column = if cell.text().is_empty() { Column::Ignored } else { titled(cell.text())? };
        if column != Column::Ignored && columns.contains(&column) {
            return Err(Error::new(ErrorKind::TokenFile, "the header line names a column twice"));
        }
        columns.push(column);
    }
    let named = columns.iter().filter(|column| **column != Column::Ignored).count();
    if named == 0 || (cells.len() == 1 && cells.iter().any(|cell| cell.text().contains([',', ';', '\t']))) {
        return Err(SEPARATOR);
    }
    for (column, message) in REQUIRED {
        if !columns.contains(&column) && (needs_account || column != Column::Account) {
            return Err(Error::new(ErrorKind::TokenFile, message));
        }
    }
    Ok(columns)
}

/// The column of a name in a header line, as it is written in the wild: `serial number`, `Serial_Number`, `timeinterval`.
fn titled(name: &str) -> Result<Column, Error> {
    if name.contains([',', ';', '\t']) {
        return Err(SEPARATOR);
    }
    if name.len() <= MAX_TITLE {
        for (titles, column) in TITLES {
            if titles.iter().any(|title| is_title(name, title)) {
                return Ok(column);
            }
        }
    }
    Err(Error::new(
        ErrorKind::TokenFile,
        "the first line is not the header line of this layout (upn,serial number,secret key,time interval,manufacturer,model), or has a column that nobody knows: name the columns yourself, in a column map",
    ))
}

/// Whether a name is a title but for case, spaces, underscores and dashes.
fn is_title(name: &str, title: &str) -> bool {
    name.bytes()
        .filter(|byte| !matches!(byte, b' ' | b'_' | b'-'))
        .map(|byte| byte.to_ascii_lowercase())
        .eq(title.bytes())
}

/// Whether the first cell of a file without a header line is a title: then it has one.
pub(super) fn is_header(cell: &str) -> bool {
    ["serial", "serialnumber", "serialno", "upn", "account", "token"]
        .iter()
        .any(|title| is_title(cell, title))
}

const TITLES: [(&[&str], Column); 6] = [
    (&["upn", "userprincipalname"], Column::Account),
    (&["serialnumber", "serial"], Column::Serial),
    (&["secretkey", "secret"], Column::Secret),
    (&["timeinterval"], Column::TimeStep),
    (&["manufacturer"], Column::Manufacturer),
    (&["model"], Column::Model),
];

const REQUIRED: [(Column, &str); 6] = [
    (Column::Account, "the header line has no column `upn`: without it, it is the layout deepnet"),
    (Column::Serial, "the header line has no column `serial number`"),
    (Column::Secret, "the header line has no column `secret key`"),
    (Column::TimeStep, "the header line has no column `time interval`"),
    (Column::Manufacturer, "the header line has no column `manufacturer`"),
    (Column::Model, "the header line has no column `model`"),
];

const SEPARATOR: Error = Error::new(
    ErrorKind::TokenFile,
    "the header line is one column: declare the separator of the file, a comma, a semicolon or a tab",
);

const MAX_COLUMNS: usize = 64;
const MAX_TITLE: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    fn header(line: &str, needs_account: bool) -> Result<Vec<Column>, Error> {
        let cells: Vec<_> = line.split(',').map(Cell::Borrowed).collect();
        of_header(&cells, needs_account)
    }

    #[test]
    fn headers_in_any_case_and_order() {
        use Column::{Account, Ignored, Manufacturer, Model, Secret, Serial, TimeStep};

        let entra = [Account, Serial, Secret, TimeStep, Manufacturer, Model];
        for line in [
            "upn,serial number,secret key,time interval,manufacturer,model",
            "UPN,Serial Number,Secret Key,Time Interval,Manufacturer,Model",
            "upn,serial_number,secret_key,timeinterval,manufacturer,model",
            "upn,serialNumber,secretKey,timeInterval,manufacturer,model",
            " upn , serial,secret,time-interval ,manufacturer,model",
        ] {
            assert_eq!(header(line, true).expect(line), entra, "{line}");
        }
        assert_eq!(
            header("model,secret key,manufacturer,serial number,timeinterval,,", false).unwrap(),
            [Model, Secret, Manufacturer, Serial, TimeStep, Ignored, Ignored]
        );
    }

    #[test]
    fn what_is_missing_is_said() {
        let names = ["upn", "serial number", "secret key", "time interval", "manufacturer", "model"];
        for missing in names {
            let line: Vec<_> = names.into_iter().filter(|name| *name != missing).collect();
            let error = header(&line.join(","), true).expect_err(missing);
            assert_eq!(error.kind(), ErrorKind::TokenFile);
            assert!(error.message().contains(&format!("no column `{missing}`")), "{missing}: {error}");
            assert_eq!(header(&line.join(","), false).is_ok(), missing == "upn");
        }
        for (line, said) in [
            ("upn;serial number;secret key", "separator"),
            ("upn\tserial number", "separator"),
            ("upn,upn,serial number,secret key,time interval,manufacturer,model", "twice"),
            ("upn,serial number,secret key,time interval,manufacturer,model,hash", "nobody knows"),
            ("306000123,GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ,30", "not the header line"),
            (&"a".repeat(65), "not the header line"),
            ("", "separator"),
        ] {
            let error = header(line, true).expect_err(line);
            assert!(error.message().contains(said), "{line}: {error}");
        }
    }

    #[test]
    fn maps() {
        use Column::{Counter, Ignored, Secret, Serial};

        assert_eq!(map("serial,secret").unwrap(), [Serial, Secret]);
        assert_eq!(map("-, serial ,,secret,counter").unwrap(), [Ignored, Serial, Ignored, Secret, Counter]);
        assert_eq!(map(&["serial,secret", &",-".repeat(62)].concat()).unwrap().len(), 64);
        for wrong in [
            "",
            "serial",
            "secret,-",
            "serial,serial,secret",
            "serial,secret,seed",
            "Serial,secret",
            "serial;secret",
            "serial,secret,counter,time_step",
            &["serial,secret", &",-".repeat(63)].concat(),
        ] {
            assert_eq!(map(wrong).expect_err(wrong).kind(), ErrorKind::Argument, "{wrong}");
        }
        assert!(map("serial,secret,counter,time_step,type").is_ok());
    }

    #[test]
    fn titles_of_a_first_line() {
        for title in ["Serial", "serial number", "SERIAL_NO", "upn", "Token"] {
            assert!(is_header(title), "{title}");
        }
        for other in ["", "token01", "306000123", "serial1"] {
            assert!(!is_header(other), "{other}");
        }
    }
}
