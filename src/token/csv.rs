//! CSV files of tokens: the layouts of manufacturers and of other systems, and a column map for the rest.

// In the order of their dependencies: each uses only what stands above it.
mod reader;
mod column;
mod options;
mod row;

use alloc::vec::Vec;
use core::str;

use self::column::Column;
use self::options::Columns;
use self::reader::{Row, Rows};
use self::row::Line;
use super::file::{Entries, MAX_FILE_LEN, TokenFile};
use crate::error::{Error, ErrorKind};

pub use self::options::{CsvLayout, CsvOptions, Encoding, Separator};

/// Reads a CSV file.
///
/// A line that is wrong is a [`TokenFault`](super::TokenFault), and the others are read. Lines that begin with `#` are comments, except
/// in layouts with a header line.
///
/// ```
/// use poterne::token::{CsvLayout, CsvOptions, read_csv};
///
/// let file = "upn,serial number,secret key,time interval,manufacturer,model\r\n\
///             a.martin@dep.example,306000123,GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ,30,Example,T1\r\n\
///             ,306000124,1234,30,Example,T1\r\n";
/// let file = read_csv(file.as_bytes(), &CsvOptions::new(CsvLayout::Entra))?;
/// let [Ok(token), Err(fault)] = file.entries() else { panic!("one of two") };
/// assert_eq!((token.serial(), token.account()), ("306000123", Some("a.martin@dep.example")));
/// assert!(fault.to_string().starts_with("line 3, serial 306000124: "));
/// # Ok::<(), poterne::Error>(())
/// ```
///
/// Source: semantics [16.10](crate::guide::semantics#16.10) to [16.12](crate::guide::semantics#16.12).
///
/// # Errors
/// [`ErrorKind::Argument`] if the options leave something open, or declare what the layout fixes; [`ErrorKind::TokenFile`] if it is
/// not such a file: above 64 MiB, not UTF-8, without its header line or a column of it, or without a token;
/// [`ErrorKind::TokenUnsupported`] for OATH CSV of version 2, with users in it.
pub fn read_csv(bytes: &[u8], options: &CsvOptions) -> Result<TokenFile, Error> {
    let reading = options.reading()?;
    let text = text(bytes)?;
    if options.is_oath() && is_version_2(text) {
        return Err(Error::new(
            ErrorKind::TokenUnsupported,
            "the file has users before its serial numbers (version 2): read it by the column map account,-,-,serial,secret,type,digits and so on",
        ));
    }
    let mut rows = Rows::new(text, options.separator.byte(), reading.has_comments).peekable();
    let (columns, least) = match &reading.columns {
        Columns::Header { needs_account } => header(rows.next(), *needs_account)?,
        Columns::Fixed { columns, least } => {
            if options.has_header {
                rows.next();
            } else {
                check_no_header(rows.peek())?;
            }
            (columns.clone(), *least)
        }
    };
    let mut entries = Entries::default();
    for row in rows {
        match &row.cells {
            Ok(cells) => {
                let line = Line { line: row.line, cells, columns: &columns, least };
                entries.push(row.line, line.serial(), line.entry(&reading))?;
            }
            Err(message) => {
                entries.push(row.line, None, Err(Error::new(ErrorKind::TokenFile, message)))?;
            }
        }
    }
    entries.finish()
}

/// Reads the header line: the columns, and how many of them a line has at least.
fn header(row: Option<Row<'_>>, needs_account: bool) -> Result<(Vec<Column>, usize), Error> {
    let Some(Row { line, cells }) = row else {
        return Err(Error::new(ErrorKind::TokenFile, "the file is empty: there is no header line in it"));
    };
    let columns = cells
        .map_err(|message| Error::new(ErrorKind::TokenFile, message))
        .and_then(|cells| column::of_header(&cells, needs_account))
        .map_err(|error| error.at_line(line))?;
    // A spreadsheet has added what stands without a name at the end.
    let last = columns.iter().rposition(|column| *column != Column::Ignored);
    Ok((columns, last.map_or(0, |last| last.saturating_add(1))))
}

/// Checks that a file in a layout without a header line does not begin with one.
fn check_no_header(first: Option<&Row<'_>>) -> Result<(), Error> {
    let first = first.and_then(|row| row.cells.as_ref().ok()?.first());
    if first.is_some_and(|cell| column::is_header(cell.text())) {
        return Err(Error::new(
            ErrorKind::TokenFile,
            "the file begins with a header line: declare it with a column map, or take a layout that has one",
        ));
    }
    Ok(())
}

/// Returns the text of a file without the mark at its beginning.
fn text(bytes: &[u8]) -> Result<&str, Error> {
    let refused = |message| Err(Error::new(ErrorKind::TokenFile, message));
    if bytes.len() > MAX_FILE_LEN {
        return refused("the file has more than 64 MiB: split it");
    }
    if matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]) || bytes.contains(&0) {
        return refused("the file is UTF-16, or no text: save it as CSV in UTF-8");
    }
    match str::from_utf8(bytes) {
        Ok(text) => Ok(text.strip_prefix('\u{feff}').unwrap_or(text)),
        Err(_) => refused("the file is not UTF-8: save it as CSV in UTF-8"),
    }
}

/// Returns whether OATH CSV begins with `# version: 2`, as privacyIDEA writes it.
fn is_version_2(text: &str) -> bool {
    let first = text.lines().next().and_then(|line| line.strip_prefix('#')).map(str::trim_start);
    first.and_then(|rest| rest.strip_prefix("version:")).is_some_and(|version| version.trim() != "1")
}
