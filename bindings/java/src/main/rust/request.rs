//! What Java hands over: numbers of eight bytes, big-endian, and texts behind their length of four.

use poterne::{ErrorKind, UnixTime};

use crate::response::Failure;

/// The bytes of a request that are not read yet.
pub(crate) struct Request<'a>(&'a [u8]);

impl<'a> Request<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// A whole number.
    pub(crate) fn number(&mut self) -> Result<i64, Failure> {
        let (bytes, rest) = self.0.split_first_chunk().ok_or_else(malformed)?;
        self.0 = rest;
        Ok(i64::from_be_bytes(*bytes))
    }

    /// A counter or time step, of which Java sees the bits.
    pub(crate) fn factor(&mut self) -> Result<u64, Failure> {
        Ok(u64::from_be_bytes(self.number()?.to_be_bytes()))
    }

    /// A number that has to fit a smaller type: else an error of kind Argument.
    pub(crate) fn small<T: TryFrom<i64>>(&mut self) -> Result<T, Failure> {
        T::try_from(self.number()?).map_err(|_| Failure::of(ErrorKind::Argument))
    }

    /// A choice by its number: one that there is not is an error of kind Argument.
    pub(crate) fn choice<T>(&mut self, from_number: fn(i32) -> Option<T>) -> Result<T, Failure> {
        from_number(self.small()?).ok_or_else(|| Failure::of(ErrorKind::Argument))
    }

    /// A time in Unix seconds.
    pub(crate) fn time(&mut self) -> Result<UnixTime, Failure> {
        Ok(UnixTime::from_secs(self.number()?)?)
    }

    /// Yes or no.
    pub(crate) fn flag(&mut self) -> Result<bool, Failure> {
        let (byte, rest) = self.0.split_first().ok_or_else(malformed)?;
        self.0 = rest;
        match byte {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(malformed()),
        }
    }

    /// A flag, and behind a yes what `read` reads.
    pub(crate) fn optional<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, Failure>,
    ) -> Result<Option<T>, Failure> {
        if self.flag()? { read(self).map(Some) } else { Ok(None) }
    }

    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], Failure> {
        let (len, rest) = self.0.split_first_chunk().ok_or_else(malformed)?;
        let len = usize::try_from(u32::from_be_bytes(*len)).map_err(|_| malformed())?;
        let (bytes, rest) = rest.split_at_checked(len).ok_or_else(malformed)?;
        self.0 = rest;
        Ok(bytes)
    }

    /// What is not read yet.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.0
    }

    pub(crate) fn text(&mut self) -> Result<&'a str, Failure> {
        std::str::from_utf8(self.bytes()?).map_err(|_| Failure::of(ErrorKind::Utf8))
    }

    /// What the end user typed: never an error, so what is no text is something that is no code.
    pub(crate) fn submitted(&mut self) -> Result<&'a str, Failure> {
        Ok(std::str::from_utf8(self.bytes()?).unwrap_or("\u{fffd}"))
    }

    /// Fails if something is left: Java and this library are not of one version.
    pub(crate) fn end(&self) -> Result<(), Failure> {
        if self.0.is_empty() { Ok(()) } else { Err(malformed()) }
    }
}

fn malformed() -> Failure {
    Failure::of(ErrorKind::Version)
}
