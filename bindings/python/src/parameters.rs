//! How codes are made: the keyword arguments that several calls share.

use poterne::{Algorithm, Authenticator, Digits, MovingFactor, Parameters};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::argument::{Name, Number, Time};
use crate::enumeration::Member;
use crate::error::raised;

/// Reads `**parameters`. A `counter` makes them counter-based (RFC 4226), else they are time-based (RFC 6238).
pub(crate) fn parameters(given: Option<&Bound<'_, PyDict>>) -> PyResult<Parameters> {
    let Some(given) = given else { return Ok(Parameters::totp()) };
    let counter = given.get_item("counter")?.filter(|counter| !counter.is_none());
    let mut parameters = match counter {
        Some(counter) => {
            Parameters::hotp().with_counter(counter.extract::<Number<u64>>()?.0).map_err(raised)?
        }
        None => Parameters::totp(),
    };
    let (mut not_before, mut not_after) = (None, None);
    for (name, value) in given.iter() {
        let bound = || Ok::<_, PyErr>(value.extract::<Option<Time>>()?.map(|time| time.0));
        parameters = match &*name.extract::<Name>()? {
            "counter" => Ok(parameters),
            "authenticator" => Ok(parameters.with_authenticator(value.extract::<Member<Authenticator>>()?.0)),
            "algorithm" => Ok(parameters.with_algorithm(value.extract::<Member<Algorithm>>()?.0)),
            "digits" => {
                Digits::new(value.extract::<Number<_>>()?.0).map(|digits| parameters.with_digits(digits))
            }
            "time_step" => parameters.with_time_step(value.extract::<Number<_>>()?.0),
            "t0" => parameters.with_t0(value.extract::<Time>()?.0),
            "secret_len" => parameters.with_secret_len(value.extract::<Number<_>>()?.0),
            "not_before" => {
                not_before = bound()?;
                Ok(parameters)
            }
            "not_after" => {
                not_after = bound()?;
                Ok(parameters)
            }
            "confirm_by" => Ok(parameters.with_confirm_by(bound()?)),
            _ => return Err(PyTypeError::new_err(UNKNOWN)),
        }
        .map_err(raised)?;
    }
    parameters.with_validity(not_before, not_after).map_err(raised)
}

/// What an otpauth URI says, as the keyword arguments that bring it in.
pub(crate) fn to_dict<'py>(py: Python<'py>, parameters: &Parameters) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    dict.set_item("authenticator", Member(parameters.authenticator()))?;
    dict.set_item("algorithm", Member(parameters.algorithm()))?;
    dict.set_item("digits", parameters.digits().as_usize())?;
    match parameters.moving_factor() {
        MovingFactor::Counter => dict.set_item("counter", parameters.counter())?,
        MovingFactor::Time(steps) => dict.set_item("time_step", steps.time_step())?,
    }
    Ok(dict)
}

const UNKNOWN: &str = "the parameters are authenticator, algorithm, digits, time_step, t0, counter, secret_len, not_before, not_after and confirm_by";
