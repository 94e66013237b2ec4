//! One interpreter of a process has the package.

use std::sync::atomic::{AtomicBool, Ordering};

use pyo3::exceptions::PyImportError;
use pyo3::prelude::*;

/// Refuses every import of the native half but the first of the process.
///
/// PyO3 keeps the classes in statics, and lets a second interpreter import them (it looks at the interpreter for submodules only).
/// The exceptions and enumerations that Python declares are kept in the same way, in [`crate::error`] and [`crate::enumeration`].
/// There they would be those of the first interpreter: `except poterne.Refused` would catch nothing. If that has ended, they are
/// what is left of it. The same happens in one interpreter that throws the package out of `sys.modules` and imports it again.
///
/// A flag is enough. The number of the interpreter would not do: a runtime that is started again counts from 0 again.
pub(crate) fn only_one() -> PyResult<()> {
    if LOADED.swap(true, Ordering::SeqCst) {
        return Err(PyImportError::new_err(SECOND));
    }
    Ok(())
}

static LOADED: AtomicBool = AtomicBool::new(false);

const SECOND: &str = "poterne can be imported once in a process, and another Python interpreter of this process has imported it \
    already. Let all applications of the process share the main interpreter: with mod_wsgi set \
    `WSGIApplicationGroup %{GLOBAL}`, with uWSGI `single-interpreter = true`; or give each application a process of its own. \
    (In a single interpreter: the package was removed from sys.modules. Restart the process instead.)";
