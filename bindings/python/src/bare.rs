//! The bare RFC layer, stateless, and what an application needs beside it.

use poterne::{Algorithm, Digits, OtpFormat, TimeSteps, UnixTime};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PySlice, PyString};
use zeroize::Zeroizing;

use crate::argument::{Number, Text, Time, now};
use crate::enumeration::{MatchResult, Member};
use crate::error::raised;
use crate::once::{no_copy, no_truth};
use crate::secret::SecretArgument;

#[doc = doc!("hotp")]
#[pyfunction]
#[pyo3(
    signature = (secret, counter, *, digits = Number(6), algorithm = None),
    text_signature = "(secret, counter, *, digits=6, algorithm=None)"
)]
pub(crate) fn hotp<'py>(
    py: Python<'py>,
    secret: SecretArgument<'_>,
    counter: Number<u64>,
    digits: Number<u32>,
    algorithm: Option<Member<Algorithm>>,
) -> PyResult<Bound<'py, PyString>> {
    let format = format(digits, algorithm)?;
    Ok(PyString::new(py, poterne::hotp::generate(secret.get(), format, counter.0).as_str()))
}

#[doc = doc!("totp")]
#[pyfunction]
#[pyo3(
    signature = (secret, now = None, *, digits = Number(6), algorithm = None, time_step = Number(30), t0 = Time(UnixTime::EPOCH)),
    text_signature = "(secret, now=None, *, digits=6, algorithm=None, time_step=30, t0=0)"
)]
pub(crate) fn totp<'py>(
    py: Python<'py>,
    secret: SecretArgument<'_>,
    now: Option<Time>,
    digits: Number<u32>,
    algorithm: Option<Member<Algorithm>>,
    time_step: Number<u32>,
    t0: Time,
) -> PyResult<Bound<'py, PyString>> {
    let (format, now) = (format(digits, algorithm)?, self::now(now)?);
    let steps = TimeSteps::new(time_step.0, t0.0).map_err(raised)?;
    let otp = poterne::totp::generate(secret.get(), format, steps, now).map_err(raised)?;
    Ok(PyString::new(py, otp.as_str()))
}

#[doc = doc!("match_otp")]
#[pyfunction]
#[pyo3(
    signature = (secret, submitted, first, last, *, watermark = None, digits = Number(6), algorithm = None),
    text_signature = "(secret, submitted, first, last, *, watermark=None, digits=6, algorithm=None)"
)]
#[allow(clippy::too_many_arguments, reason = "four of them are options by name")]
pub(crate) fn match_otp(
    py: Python<'_>,
    secret: SecretArgument<'_>,
    submitted: Text,
    first: Number<u64>,
    last: Number<u64>,
    watermark: Option<Number<u64>>,
    digits: Number<u32>,
    algorithm: Option<Member<Algorithm>>,
) -> PyResult<Match> {
    let format = format(digits, algorithm)?;
    let (first, last, watermark) = (first.0, last.0, watermark.map(|watermark| watermark.0));
    let (secret, submitted) = (secret.get(), &*submitted);
    let search = || poterne::match_otp(secret, format, submitted, first..=last, watermark);
    let found = if last.saturating_sub(first) < MANY { search() } else { py.detach(search) };
    found.map(Match).map_err(raised)
}

#[doc = doc!("Match")]
#[pyclass(frozen, module = "poterne")]
pub(crate) struct Match(poterne::Match);

#[pymethods]
impl Match {
    #[doc = doc!("Match.result")]
    #[getter]
    fn result(&self) -> Member<MatchResult> {
        Member(match self.0 {
            poterne::Match::Found(_) => MatchResult::Found,
            poterne::Match::Replayed => MatchResult::Replayed,
            poterne::Match::Malformed => MatchResult::Malformed,
            _ => MatchResult::NotFound,
        })
    }

    #[doc = doc!("Match.found")]
    #[getter]
    fn found(&self) -> bool {
        matches!(self.0, poterne::Match::Found(_))
    }

    #[doc = doc!("Match.moving_factor")]
    #[getter]
    fn moving_factor(&self) -> Option<u64> {
        match self.0 {
            poterne::Match::Found(factor) => Some(factor),
            _ => None,
        }
    }

    fn __bool__(&self) -> PyResult<bool> {
        Err(no_truth("a match has no truth value: ask found, and keep the watermark"))
    }

    fn __repr__(&self) -> String {
        format!("<poterne.Match {:?}>", self.0)
    }

    fn __reduce_ex__(&self, _protocol: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(no_copy())
    }
}

#[doc = doc!("split_password_and_code")]
#[pyfunction]
#[pyo3(signature = (field, *, digits = Number(6)), text_signature = "(field, *, digits=6)")]
pub(crate) fn split_password_and_code<'py>(
    field: &Bound<'py, PyAny>,
    digits: Number<u32>,
) -> PyResult<(Bound<'py, PyAny>, Option<Bound<'py, PyString>>)> {
    let (py, digits) = (field.py(), Digits::new(digits.0).map_err(raised)?);
    if let Ok(bytes) = field.cast::<PyBytes>() {
        let (password, code) = poterne::split_password_and_code(bytes.as_bytes(), digits);
        return Ok((PyBytes::new(py, password).into_any(), code.map(|code| PyString::new(py, code))));
    }
    let text = field.cast::<PyString>().map_err(|_| PyTypeError::new_err("a field is str or bytes"))?;
    // A password may hold what is no character. The code behind it is ASCII, so Python can cut where the library says.
    let lossy = Zeroizing::new(text.to_string_lossy().into_owned());
    let (_, code) = poterne::split_password_and_code(lossy.as_bytes(), digits);
    let password_len = text.code_point_len()?.saturating_sub(code.map_or(0, str::len));
    let end = isize::try_from(password_len).unwrap_or(isize::MAX);
    let password = text.get_item(PySlice::new(py, 0, end, 1))?;
    Ok((password, code.map(|code| PyString::new(py, code))))
}

fn format(digits: Number<u32>, algorithm: Option<Member<Algorithm>>) -> PyResult<OtpFormat> {
    let format = OtpFormat::default().with_digits(Digits::new(digits.0).map_err(raised)?);
    Ok(match algorithm {
        Some(algorithm) => format.with_algorithm(algorithm.0),
        None => format,
    })
}

/// From here on a search takes longer than letting other threads run.
const MANY: u64 = 100;
