//! Moving out (semantics 8.13): for the command alone. `poterne.__all__` does not have it.

use poterne::token::FileKey;
use poterne::{Keyring, MovingOut};
use pyo3::prelude::*;
use pyo3::types::PyByteArray;
use zeroize::Zeroizing;

use crate::argument::{Name, Text};
use crate::error::{bad_value, raised};
use crate::keyring;
use crate::token_file::{Data, file_key};

/// The rows that are left out, by their places, and why.
type LeftOut = Vec<(usize, Py<PyAny>)>;

#[doc = doc!("moving_out_sentence")]
#[pyfunction]
pub(crate) fn moving_out_sentence() -> &'static str {
    MovingOut::CONFIRMATION
}

#[doc = doc!("move_out_pskc")]
#[pyfunction]
#[pyo3(signature = (keyring, application, typed, rows, *, key = None, password = None))]
pub(crate) fn move_out_pskc<'py>(
    py: Python<'py>,
    keyring: &Bound<'py, keyring::Keyring>,
    application: Name,
    typed: Text,
    rows: Vec<(Name, Text)>,
    key: Option<Data<'py>>,
    password: Option<Data<'py>>,
) -> PyResult<(String, LeftOut)> {
    let keyring = keyring.get().copy()?;
    let key = file_key(&key, &password)?;
    if matches!(key, FileKey::None) {
        return Err(bad_value("give a key or a password"));
    }
    let moved = py.detach(|| {
        let Added { moving, left_out, .. } = added(&keyring, &application, &typed, &rows)?;
        Ok((moving.to_pskc(key)?, left_out))
    });
    let (file, left_out) = moved.map_err(raised)?;
    Ok((file, told(py, left_out)))
}

#[doc = doc!("move_out_uris_in_clear")]
#[pyfunction]
pub(crate) fn move_out_uris_in_clear<'py>(
    py: Python<'py>,
    keyring: &Bound<'py, keyring::Keyring>,
    application: Name,
    typed: Text,
    rows: Vec<(Name, Text)>,
    issuer: Name,
) -> PyResult<(Bound<'py, PyByteArray>, LeftOut)> {
    let keyring = keyring.get().copy()?;
    let moved = py.detach(|| {
        let Added { moving, places, mut left_out } = added(&keyring, &application, &typed, &rows)?;
        let (mut uris, mut len) = (Vec::new(), 0_usize);
        for (place, uri) in places.into_iter().zip(moving.to_otpauth_uris_in_clear(&issuer)) {
            match uri {
                Ok(uri) => {
                    len = len.saturating_add(uri.as_str().len()).saturating_add(1);
                    uris.push(uri);
                }
                Err(error) => left_out.push((place, error)),
            }
        }
        // One allocation: a growing text would leave copies of the secrets behind.
        let mut lines = Zeroizing::new(Vec::with_capacity(len));
        for uri in uris {
            lines.extend_from_slice(uri.as_str().as_bytes());
            lines.push(b'\n');
        }
        left_out.sort_by_key(|(place, _)| *place);
        Ok((lines, left_out))
    });
    let (lines, left_out) = moved.map_err(raised)?;
    Ok((PyByteArray::new(py, &lines), told(py, left_out)))
}

/// What goes along, and what does not.
struct Added<'k> {
    moving: MovingOut<'k>,
    /// The rows that go along, in their order.
    places: Vec<usize>,
    left_out: Vec<(usize, poterne::Error)>,
}

fn added<'k>(
    keyring: &'k Keyring,
    application: &str,
    typed: &str,
    rows: &[(Name, Text)],
) -> Result<Added<'k>, poterne::Error> {
    let mut added = Added {
        moving: MovingOut::new(keyring, application, typed)?,
        places: Vec::new(),
        left_out: Vec::new(),
    };
    for (place, (account, record)) in rows.iter().enumerate() {
        match added.moving.add(account, record) {
            Ok(()) => added.places.push(place),
            Err(error) => added.left_out.push((place, error)),
        }
    }
    Ok(added)
}

fn told(py: Python<'_>, left_out: Vec<(usize, poterne::Error)>) -> LeftOut {
    left_out.into_iter().map(|(place, error)| (place, raised(error).into_value(py).into_any())).collect()
}
