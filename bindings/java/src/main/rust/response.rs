//! What Java gets back: 0 and the result, or 1, the number of an error and its message.

use poterne::{Error, ErrorKind, Language, UnixTime};
use poterne_boundary::wipe;

/// A result on its way out; wiped when dropped.
pub(crate) struct Response(Vec<u8>);

impl Response {
    pub(crate) fn done() -> Self {
        Self::starting_with(DONE, SMALL)
    }

    /// With room for an attempt and its record.
    pub(crate) fn attempt() -> Self {
        Self::starting_with(DONE, ATTEMPT)
    }

    fn starting_with(byte: u8, capacity: usize) -> Self {
        let mut bytes = Vec::with_capacity(capacity);
        bytes.push(byte);
        Self(bytes)
    }

    pub(crate) fn number(mut self, number: i64) -> Self {
        self.extend(&number.to_be_bytes());
        self
    }

    /// A counter or time step, of which Java sees the bits.
    pub(crate) fn factor(self, factor: u64) -> Self {
        self.number(i64::from_be_bytes(factor.to_be_bytes()))
    }

    /// A count.
    pub(crate) fn count(self, count: usize) -> Self {
        self.number(i64::try_from(count).unwrap_or(i64::MAX))
    }

    pub(crate) fn time(self, time: UnixTime) -> Self {
        self.factor(time.as_secs())
    }

    pub(crate) fn flag(mut self, flag: bool) -> Self {
        self.extend(&[flag.into()]);
        self
    }

    /// A flag, and behind a yes what `write` writes.
    pub(crate) fn optional<T>(self, value: Option<T>, write: impl FnOnce(Self, T) -> Self) -> Self {
        let response = self.flag(value.is_some());
        match value {
            Some(value) => write(response, value),
            None => response,
        }
    }

    /// Each of several values.
    pub(crate) fn each<T: Copy>(self, values: &[T], write: impl FnMut(Self, T) -> Self) -> Self {
        values.iter().copied().fold(self, write)
    }

    /// Bytes behind their length.
    pub(crate) fn bytes(mut self, bytes: &[u8]) -> Self {
        self.extend(&u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
        self.extend(bytes);
        self
    }

    pub(crate) fn text(self, text: &str) -> Self {
        self.bytes(text.as_bytes())
    }

    /// What another response holds, as bytes.
    pub(crate) fn nested(self, other: &Self) -> Self {
        self.bytes(other.0.get(1..).unwrap_or_default())
    }

    /// What `write` writes, as bytes.
    pub(crate) fn within<E>(mut self, write: impl FnOnce(Self) -> Result<Self, E>) -> Result<Self, E> {
        let at = self.0.len();
        self = write(self.bytes(&[]))?;
        let begin = at.saturating_add(size_of::<u32>());
        let len = u32::try_from(self.0.len().saturating_sub(begin)).unwrap_or(u32::MAX);
        if let Some(length) = self.0.get_mut(at..begin) {
            length.copy_from_slice(&len.to_be_bytes());
        }
        Ok(self)
    }

    /// What `bytes` hold, in place.
    pub(crate) fn raw(mut self, bytes: &[u8]) -> Self {
        self.extend(bytes);
        self
    }

    /// The bytes, with zeros behind them up to a length: what they are written over is gone.
    pub(crate) fn with_bytes<T>(mut self, length: usize, work: impl FnOnce(&[u8]) -> T) -> T {
        if (self.0.len()..=ATTEMPT).contains(&length) {
            self.reserve(length);
            self.0.resize(length, 0);
        }
        work(&self.0)
    }

    fn extend(&mut self, bytes: &[u8]) {
        let needed = self.0.len().saturating_add(bytes.len());
        if needed > self.0.capacity() {
            self.reserve(needed.saturating_mul(2));
        }
        self.0.extend_from_slice(bytes);
    }

    /// Makes room; a buffer that is left behind for a larger one is wiped.
    fn reserve(&mut self, capacity: usize) {
        if capacity > self.0.capacity() {
            let mut larger = Vec::with_capacity(capacity);
            larger.extend_from_slice(&self.0);
            wipe(&mut self.0);
            self.0 = larger;
        }
    }
}

impl Drop for Response {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

/// An error on its way out.
pub(crate) struct Failure {
    kind: ErrorKind,
    message: String,
}

impl Failure {
    /// An error that this binding finds itself.
    pub(crate) fn of(kind: ErrorKind) -> Self {
        Self::new(kind, kind.message(Language::English))
    }

    pub(crate) fn new(kind: ErrorKind, message: &str) -> Self {
        Self { kind, message: message.into() }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { kind: error.kind(), message: error.to_string() }
    }
}

impl From<Failure> for Response {
    fn from(failure: Failure) -> Self {
        Self::starting_with(FAILED, SMALL).number(failure.kind.number().into()).text(&failure.message)
    }
}

const DONE: u8 = 0;
const FAILED: u8 = 1;

/// What most results fit in.
const SMALL: usize = 64;

/// A record of 504 characters and a verdict.
const ATTEMPT: usize = 640;
