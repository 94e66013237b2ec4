//! The bare RFC layer, stateless, and what an application needs beside it.

use poterne::{Digits, Parameters};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PySlice, PyString};
use zeroize::Zeroizing;

use crate::argument::{Name, Text, time};
use crate::error::raised;
use crate::once::{no_copy, no_truth};
use crate::parameters::algorithm;
use crate::secret::SecretArgument;

#[pyfunction]
#[pyo3(signature = (secret, counter, *, digits = 6, algorithm = None))]
pub(crate) fn hotp<'py>(
    py: Python<'py>,
    secret: SecretArgument<'_>,
    counter: u64,
    digits: u32,
    algorithm: Option<Name>,
) -> PyResult<Bound<'py, PyString>> {
    let parameters = stateless(Parameters::hotp(), digits, algorithm.as_ref())?;
    Ok(PyString::new(py, poterne::hotp::generate(secret.get(), &parameters, counter).as_str()))
}

#[pyfunction]
#[pyo3(signature = (secret, now = None, *, digits = 6, algorithm = None, time_step = 30, t0 = 0))]
pub(crate) fn totp<'py>(
    py: Python<'py>,
    secret: SecretArgument<'_>,
    now: Option<i64>,
    digits: u32,
    algorithm: Option<Name>,
    time_step: u32,
    t0: i64,
) -> PyResult<Bound<'py, PyString>> {
    let parameters = stateless(Parameters::totp(), digits, algorithm.as_ref())?
        .with_time_step(time_step)
        .map_err(raised)?
        .with_t0(time(Some(t0))?)
        .map_err(raised)?;
    let otp = poterne::totp::generate(secret.get(), &parameters, time(now)?).map_err(raised)?;
    Ok(PyString::new(py, otp.as_str()))
}

#[pyfunction]
#[pyo3(signature = (secret, submitted, first, last, *, watermark = None, digits = 6, algorithm = None))]
#[allow(clippy::too_many_arguments, reason = "four of them are options by name")]
pub(crate) fn match_otp(
    py: Python<'_>,
    secret: SecretArgument<'_>,
    submitted: Text,
    first: u64,
    last: u64,
    watermark: Option<u64>,
    digits: u32,
    algorithm: Option<Name>,
) -> PyResult<Match> {
    let parameters = stateless(Parameters::hotp(), digits, algorithm.as_ref())?;
    let (secret, submitted) = (secret.get(), &*submitted);
    let search = || poterne::match_otp(secret, &parameters, submitted, first..=last, watermark);
    let found = if last.saturating_sub(first) < MANY { search() } else { py.detach(search) };
    found.map(Match).map_err(raised)
}

/// What the stateless search found.
#[pyclass(frozen, module = "poterne")]
pub(crate) struct Match(poterne::Match);

#[pymethods]
impl Match {
    #[getter]
    fn result(&self) -> &'static str {
        match self.0 {
            poterne::Match::Found(_) => "found",
            poterne::Match::Replayed => "replayed",
            poterne::Match::Malformed => "malformed",
            _ => "not_found",
        }
    }

    #[getter]
    fn found(&self) -> bool {
        matches!(self.0, poterne::Match::Found(_))
    }

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
        format!("<poterne.Match {}>", self.result())
    }

    fn __reduce_ex__(&self, _protocol: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(no_copy())
    }
}

#[pyfunction]
#[pyo3(signature = (field, *, digits = 6))]
pub(crate) fn split_password_and_code<'py>(
    field: &Bound<'py, PyAny>,
    digits: u32,
) -> PyResult<(Bound<'py, PyAny>, Option<Bound<'py, PyString>>)> {
    let (py, digits) = (field.py(), Digits::new(digits).map_err(raised)?);
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

fn stateless(parameters: Parameters, digits: u32, name: Option<&Name>) -> PyResult<Parameters> {
    let parameters = parameters.with_digits(Digits::new(digits).map_err(raised)?);
    match name {
        Some(name) => Ok(parameters.with_algorithm(algorithm(name)?)),
        None => Ok(parameters),
    }
}

/// From here on a search takes longer than letting other threads run.
const MANY: u64 = 100;
