//! The lines of a CSV file (RFC 4180): fields between separators, quotes around fields, lines that end with LF or CR LF.
//!
//! Our own, because a fault must be known by its line, a secret may not stay in a buffer that nobody wipes, and nothing may be mended
//! silently: the crates of this field allocate what they read, or read what is malformed as best they can.

use alloc::string::String;
use alloc::vec::Vec;

use zeroize::Zeroizing;

/// Reads a text line by line. Lines without anything in them are left out.
pub(super) struct Rows<'text> {
    rest: &'text str,
    line: usize,
    separator: u8,
    /// Whether a line that begins with `#` is a comment.
    has_comments: bool,
}

/// A line: where it begins, counted from 1, and its fields.
pub(super) struct Row<'text> {
    pub(super) line: usize,
    pub(super) cells: Result<Vec<Cell<'text>>, &'static str>,
}

/// A field. One with a doubled quote in it is a copy, which is wiped.
pub(super) enum Cell<'text> {
    Borrowed(&'text str),
    Copied(Zeroizing<String>),
}

impl<'text> Rows<'text> {
    pub(super) fn new(text: &'text str, separator: u8, has_comments: bool) -> Self {
        Self { rest: text, line: 1, separator, has_comments }
    }

    /// Reads the fields of the line at which `rest` begins, and moves behind it.
    fn cells(&mut self) -> Result<Vec<Cell<'text>>, &'static str> {
        let mut cells = Vec::new();
        loop {
            let cell = match self.rest.strip_prefix('"') {
                Some(quoted) => self.quoted(quoted),
                None => self.plain(),
            };
            let end = self.end();
            match (cell, end) {
                (Ok(cell), Some(end)) if cells.len() < MAX_CELLS => {
                    cells.push(cell);
                    if end == End::Line {
                        return Ok(cells);
                    }
                }
                (Ok(_), Some(end)) => {
                    if end == End::Cell {
                        self.skip_line();
                    }
                    return Err("the line has more than 64 columns: it is no line of tokens");
                }
                (Ok(_), None) => {
                    self.skip_line();
                    return Err(
                        "a quote stands where none can be: write a cell that has one in quotes, and the quote twice",
                    );
                }
                (Err(fault), _) => {
                    self.skip_line();
                    return Err(fault);
                }
            }
        }
    }

    /// Reads a field without quotes up to what ends it.
    fn plain(&mut self) -> Result<Cell<'text>, &'static str> {
        let is_end = |byte: &u8| *byte == self.separator || matches!(byte, b'\n' | b'\r' | b'"');
        let len = self.rest.bytes().position(|byte| is_end(&byte)).unwrap_or(self.rest.len());
        Ok(Cell::Borrowed(self.take(len)))
    }

    /// Reads a field up to its closing quote. `quoted` is what follows the opening one.
    fn quoted(&mut self, quoted: &'text str) -> Result<Cell<'text>, &'static str> {
        const OPEN: &str = "a cell begins with a quote that is never closed: from here on nothing was read";
        let (mut copy, mut rest): (Option<Zeroizing<String>>, _) = (None, quoted);
        loop {
            let Some((part, behind)) = rest.split_once('"') else {
                self.take(self.rest.len());
                return Err(OPEN);
            };
            if let Some(doubled) = behind.strip_prefix('"') {
                // Long enough for all that can follow: a text that grows leaves its beginning behind in memory.
                let copy = copy.get_or_insert_with(|| {
                    let len = quoted.len().min(MAX_COPY);
                    Zeroizing::new(String::with_capacity(len))
                });
                if copy.len().saturating_add(part.len()) >= MAX_COPY {
                    return Err("a cell with quotes in it is too long");
                }
                copy.push_str(part);
                copy.push('"');
                rest = doubled;
                continue;
            }
            let cell = match copy {
                Some(copy) if copy.len().saturating_add(part.len()) > MAX_COPY => {
                    return Err("a cell with quotes in it is too long");
                }
                Some(mut copy) => {
                    copy.push_str(part);
                    Cell::Copied(copy)
                }
                None => Cell::Borrowed(part),
            };
            let len = self.rest.len().saturating_sub(behind.len());
            self.line = self.line.saturating_add(lines(self.take(len)));
            return Ok(cell);
        }
    }

    /// Moves behind what ends a field. `None` if something else stands there.
    fn end(&mut self) -> Option<End> {
        let len = match self.rest.as_bytes() {
            [] => 0,
            [b'\n', ..] => 1,
            [b'\r', b'\n', ..] => 2,
            [byte, ..] if *byte == self.separator => {
                self.take(1);
                return Some(End::Cell);
            }
            _ => return None,
        };
        self.line = self.line.saturating_add(lines(self.take(len)));
        Some(End::Line)
    }

    /// Moves behind the end of the line, whatever stands there.
    fn skip_line(&mut self) {
        let len = self.rest.find('\n').map_or(self.rest.len(), |at| at.saturating_add(1));
        self.line = self.line.saturating_add(lines(self.take(len)));
    }

    fn take(&mut self, len: usize) -> &'text str {
        // Every `len` is the place of an ASCII character, or the end.
        let (taken, rest) = self.rest.split_at_checked(len).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }
}

impl<'text> Iterator for Rows<'text> {
    type Item = Row<'text>;

    fn next(&mut self) -> Option<Row<'text>> {
        while !self.rest.is_empty() {
            if self.has_comments && self.rest.starts_with('#') {
                self.skip_line();
                continue;
            }
            let line = self.line;
            let cells = self.cells();
            // A spreadsheet writes the separators of empty lines.
            if !cells.as_ref().is_ok_and(|cells| cells.iter().all(|cell| cell.text().is_empty())) {
                return Some(Row { line, cells });
            }
        }
        None
    }
}

impl Cell<'_> {
    /// Returns the field without the spaces around it.
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Borrowed(text) => text,
            Self::Copied(text) => text.as_str(),
        }
        .trim_matches(' ')
    }
}

#[derive(PartialEq, Eq)]
enum End {
    Cell,
    Line,
}

fn lines(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b'\n').count()
}

const MAX_CELLS: usize = 64;
/// A secret has at most 8,192 bytes of text, and needs no quotes.
const MAX_COPY: usize = 8_192;

#[cfg(test)]
mod tests {
    use std::string::String;

    use super::*;

    /// The lines as `1:one|two` or `1!` for a fault.
    fn read(text: &str) -> Vec<String> {
        Rows::new(text, b',', true)
            .map(|row| match row.cells {
                Ok(cells) => {
                    let cells: Vec<_> = cells.iter().map(Cell::text).collect();
                    format!("{}:{}", row.line, cells.join("|"))
                }
                Err(_) => format!("{}!", row.line),
            })
            .collect()
    }

    #[test]
    fn fields_and_lines() {
        assert_eq!(read("a,b\nc,d"), ["1:a|b", "2:c|d"]);
        assert_eq!(read("a,b\r\nc,d\r\n"), ["1:a|b", "2:c|d"]);
        assert_eq!(read("a,,\n"), ["1:a||"]);
        assert_eq!(read(",a"), ["1:|a"]);
        assert_eq!(read(" a , b\t"), ["1:a|b\t"]);
        assert_eq!(read(""), [""; 0]);
        assert_eq!(read("\n\r\n,,,\n \na"), ["5:a"]);
        assert_eq!(read("# \"x\na\n#"), ["2:a"]);
        assert_eq!(read("a\n#,\"\n\n b#\n"), ["1:a", "4:b#"]);
        assert_eq!(read("é,\u{a0}x\n"), ["1:é|\u{a0}x"]);
    }

    #[test]
    fn quotes() {
        assert_eq!(read("\"a\",\"b,c\"\n"), ["1:a|b,c"]);
        assert_eq!(read("\"a\"\"b\",\"\"\"\"\n"), ["1:a\"b|\""]);
        assert_eq!(read("\"\"\nx"), ["2:x"]);
        assert_eq!(read("\"a\nb\",c\nd"), ["1:a\nb|c", "3:d"]);
        assert_eq!(read("\"a\r\nb\"\r\nd"), ["1:a\r\nb", "3:d"]);
        assert_eq!(read("\"a\""), ["1:a"]);
    }

    #[test]
    fn what_is_malformed_is_said_and_the_next_line_is_read() {
        for malformed in ["a\"b", "\"a\"b", "\"a\" ", " \"a\"", "=\"1\"", "a\rb", "\"a\"\"b\"c"] {
            assert_eq!(read(&format!("{malformed}\nx")), ["1!", "2:x"], "{malformed}");
            assert_eq!(read(&format!("y,{malformed},z\nx")), ["1!", "2:x"], "{malformed}");
        }
        assert_eq!(read("a\n\"b\nc\nd"), ["1:a", "2!"]);
        assert_eq!(read("\"a\"\"b"), ["1!"]);
    }

    #[test]
    fn columns_are_capped() {
        assert_eq!(read(&",".repeat(63)), [""; 0]);
        assert_eq!(read(&(",".repeat(63) + "a\nx")).len(), 2);
        assert_eq!(read(&(",".repeat(64) + "a\nx")), ["1!", "2:x"]);
        let long = "a".repeat(MAX_COPY);
        assert_eq!(read(&format!("\"{long}b\"\nx")), [format!("1:{long}b"), "2:x".into()]);
        assert_eq!(read(&format!("\"{long}\"\"\"\nx")), ["1!", "2:x"]);
        assert_eq!(read(&format!("\"\"\"{long}\"\nx")), ["1!", "2:x"]);
        let fits = &long[..MAX_COPY - 1];
        assert_eq!(read(&format!("\"\"\"{fits}\"\nx")), [format!("1:\"{fits}"), "2:x".into()]);
    }
}
