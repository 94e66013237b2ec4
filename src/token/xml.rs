//! XML as token files need it: UTF-8, flat, without document types and entities, and with the line of each element.

use alloc::string::String;
use alloc::vec::Vec;

use roxmltree::{Document, Node, ParsingOptions, StringStorage};
use zeroize::Zeroizing;

use super::file::MAX_FILE_LEN;
use crate::error::{Error, ErrorKind};

/// The text of a file, ready to parse.
pub(super) struct Source<'a> {
    text: Text<'a>,
    /// The lines before the text: blank ones before the XML declaration, as some manufacturers write them.
    lines_before: usize,
}

enum Text<'a> {
    Given(&'a str),
    Copied(Zeroizing<String>),
}

impl<'a> Source<'a> {
    /// Checks that the bytes are UTF-8, of a bearable size, and nowhere deep or wide.
    pub(super) fn new(bytes: &'a [u8]) -> Result<Self, Error> {
        if bytes.len() > MAX_FILE_LEN {
            return Err(unreadable("the file has more than 64 MiB: split it"));
        }
        if bytes.starts_with(&[0xfe, 0xff])
            || bytes.starts_with(&[0xff, 0xfe])
            || bytes.iter().take(4).any(|byte| *byte == 0)
        {
            return Err(unreadable("the file is UTF-16 or UTF-32: save it as UTF-8"));
        }
        let given = core::str::from_utf8(bytes).map_err(|error| {
            unreadable("the file is not UTF-8: save it as UTF-8")
                .at_line(lines(bytes.get(..error.valid_up_to()).unwrap_or_default()).saturating_add(1))
        })?;
        let text = given.strip_prefix('\u{feff}').unwrap_or(given);
        let trimmed = text.trim_start_matches(is_space);
        let lines_before = lines(text.as_bytes()).saturating_sub(lines(trimmed.as_bytes()));
        if !trimmed.starts_with('<') {
            return Err(unreadable("the file is not XML: take the file as the manufacturer sent it"));
        }
        // The parser would copy each text that has one, and not wipe the copy.
        let text = if trimmed.contains('\r') {
            // As long as the text: a string that grows leaves copies.
            let mut copy = Zeroizing::new(String::with_capacity(trimmed.len()));
            copy.extend(trimmed.chars().map(|character| if character == '\r' { ' ' } else { character }));
            Text::Copied(copy)
        } else {
            Text::Given(trimmed)
        };
        let source = Self { text, lines_before };
        check_encoding(source.text())?;
        scan(source.text()).map_err(|(at, error)| error.at_line(source.line_at(at)))?;
        Ok(source)
    }

    /// Parses the text.
    pub(super) fn parse(&self) -> Result<Document<'_>, Error> {
        let options =
            ParsingOptions { allow_dtd: false, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
        Document::parse_with_options(self.text(), options).map_err(|error| match error {
            roxmltree::Error::NodesLimitReached => unreadable("the file has too many elements: split it"),
            roxmltree::Error::UnknownEntityReference(..) | roxmltree::Error::MalformedEntityReference(_) => {
                NO_ENTITIES.at_line(self.line_of(&error))
            }
            _ => unreadable("the file is not well-formed XML: take it as the manufacturer sent it")
                .at_line(self.line_of(&error)),
        })
    }

    /// Returns a counter of lines.
    pub(super) fn lines(&self) -> Lines<'_> {
        Lines { text: self.text(), at: 0, line: self.lines_before.saturating_add(1) }
    }

    fn text(&self) -> &str {
        match &self.text {
            Text::Given(text) => text,
            Text::Copied(text) => text,
        }
    }

    fn line_at(&self, at: usize) -> usize {
        self.lines().at(at)
    }

    fn line_of(&self, error: &roxmltree::Error) -> usize {
        usize::try_from(error.pos().row).unwrap_or_default().saturating_add(self.lines_before)
    }
}

/// Counts lines from one place to the next, since counting from the beginning for each token would take long.
pub(super) struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: usize,
}

impl Lines<'_> {
    /// Returns the line at a place of the text, behind the last one that was asked for.
    pub(super) fn at(&mut self, at: usize) -> usize {
        let between = self.text.as_bytes().get(self.at..at).unwrap_or_default();
        self.line = self.line.saturating_add(lines(between));
        self.at = self.at.max(at);
        self.line
    }
}

/// Returns the elements in an element.
pub(super) fn elements<'a, 'input: 'a>(node: Node<'a, 'input>) -> impl Iterator<Item = Node<'a, 'input>> {
    node.children().filter(Node::is_element)
}

/// Returns the text of an element without white space around it. Comments and elements in it are an error.
pub(super) fn text<'a>(node: Node<'a, '_>) -> Result<&'a str, Error> {
    only_text(node).map(|(text, _)| text)
}

/// Returns the text of an element that holds a secret or a number: nothing in it may be written as a reference.
pub(super) fn value<'a>(node: Node<'a, '_>) -> Result<&'a str, Error> {
    match only_text(node)? {
        (text, true) => Ok(text),
        (_, false) => Err(NO_ENTITIES),
    }
}

/// Returns the text, and whether it stands in the file as it is.
fn only_text<'a>(node: Node<'a, '_>) -> Result<(&'a str, bool), Error> {
    let mut children = node.children();
    let (text, is_given) = match children.next() {
        None => ("", true),
        Some(child) if child.is_text() => (
            child.text().unwrap_or_default(),
            matches!(child.text_storage(), Some(StringStorage::Borrowed(_))),
        ),
        Some(_) => return Err(NOT_TEXT),
    };
    if children.next().is_some() {
        return Err(NOT_TEXT);
    }
    Ok((text.trim_matches(is_space), is_given))
}

/// White space of XML.
fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r')
}

fn lines(text: &[u8]) -> usize {
    text.iter().filter(|byte| **byte == b'\n').count()
}

/// Checks the encoding that the declaration names. ASCII is the same in all that occur, and some programs write `utf-16` there
/// whatever they save.
fn check_encoding(text: &str) -> Result<(), Error> {
    let declaration =
        text.strip_prefix("<?xml").and_then(|text| text.split_once("?>")).map_or("", |(it, _)| it);
    let named = declaration.split_once("encoding").map_or("utf-8", |(_, encoding)| encoding);
    if named.to_ascii_lowercase().contains("utf-8") || text.is_ascii() {
        return Ok(());
    }
    Err(unreadable("the file names another encoding than UTF-8: save it as UTF-8").at_line(1))
}

/// Looks at each tag before the parser does, whose work and memory grow with the square of attributes, namespaces and depth.
fn scan(text: &str) -> Result<(), (usize, Error)> {
    let mut at = 0_usize;
    // The namespaces that each open element declares.
    let mut open: Vec<usize> = Vec::new();
    while let Some(found) = text.get(at..).and_then(|rest| rest.find('<')) {
        at = at.saturating_add(found);
        let rest = text.get(at..).unwrap_or_default();
        let end = if rest.starts_with("<!--") {
            rest.find("-->")
        } else if rest.starts_with("<![CDATA[") {
            rest.find("]]>")
        } else if rest.starts_with("<!") {
            return Err((
                at,
                unreadable("the file has a document type (DOCTYPE), which can name other files: remove it"),
            ));
        } else if rest.starts_with("<?") {
            rest.find("?>")
        } else if rest.starts_with("</") {
            open.pop();
            rest.find('>')
        } else {
            let tag = tag(rest).map_err(|error| (at, error))?;
            let declared = tag.matches("xmlns").count();
            if open.iter().fold(declared, |sum, declared| sum.saturating_add(*declared)) > MAX_NAMESPACES {
                return Err((at, unreadable("the file declares too many namespaces")));
            }
            if !tag.ends_with('/') {
                open.push(declared);
            }
            if open.len() > MAX_DEPTH {
                return Err((at, unreadable("the file's elements are nested too deep: it is no token file")));
            }
            Some(tag.len())
        };
        match end {
            Some(end) => at = at.saturating_add(end).saturating_add(1),
            // The parser says what is wrong.
            None => break,
        }
    }
    Ok(())
}

/// Returns a start tag without its `>`.
fn tag(rest: &str) -> Result<&str, Error> {
    let (mut quote, mut attributes) = (None, 0_usize);
    for (at, byte) in rest.bytes().enumerate().take(MAX_TAG_LEN) {
        match (quote, byte) {
            (None, b'>') if attributes <= MAX_ATTRIBUTES => return Ok(rest.get(..at).unwrap_or_default()),
            (None, b'>') => break,
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'=') => attributes = attributes.saturating_add(1),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    if rest.len() < MAX_TAG_LEN && attributes <= MAX_ATTRIBUTES {
        // It ends with the file: the parser says so.
        return Ok(rest);
    }
    Err(unreadable("a tag is too long or has too many attributes: it is no token file"))
}

fn unreadable(message: &'static str) -> Error {
    Error::new(ErrorKind::TokenFile, message)
}

const NOT_TEXT: Error =
    Error::new(ErrorKind::TokenFile, "there is a comment or an element where a value should be: remove it");
const NO_ENTITIES: Error = Error::new(
    ErrorKind::TokenFile,
    "a value is written with an entity (&...;): write the characters themselves",
);

/// The deepest that a PSKC file goes is 9.
const MAX_DEPTH: usize = 32;
const MAX_TAG_LEN: usize = 4096;
const MAX_ATTRIBUTES: usize = 32;
/// In force at one place.
const MAX_NAMESPACES: usize = 64;
/// 100,000 tokens of 60 elements and texts.
const MAX_NODES: u32 = 6_000_000;
