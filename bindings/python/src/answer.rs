//! What a question is answered with. A refusal is an exception, [`denied`](crate::error::denied).

use poterne::{Answer, Method};
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};

use crate::enumeration::Member;
use crate::once::{no_copy, no_truth};

/// An answer as Python sees it.
pub(crate) fn into_python(answer: Answer, py: Python<'_>) -> PyResult<Py<PyAny>> {
    match answer {
        Answer::Accepted(accepted) => Accepted(accepted).into_py_any(py),
        Answer::Confirmed(confirmed) => Confirmed(confirmed).into_py_any(py),
        Answer::Resynchronized(resynchronized) => Resynchronized(resynchronized).into_py_any(py),
        Answer::RecoveryCodes(codes) => recovery_codes(py, &codes)?.into_py_any(py),
        Answer::TemporaryCode(code) => PyString::new(py, code.as_str()).into_py_any(py),
        // Nothing but the change.
        _ => Ok(py.None()),
    }
}

/// What the three answers have in common.
macro_rules! answer {
    ($name:ident, $doc:literal { $($member:tt)* }) => {
        #[doc = doc!($doc)]
        #[pyclass(frozen, module = "poterne")]
        pub(crate) struct $name(poterne::$name);

        #[pymethods]
        impl $name {
            $($member)*

            fn __bool__(&self) -> PyResult<bool> {
                Err(no_truth("an answer has no truth value: a refusal is an exception, poterne.Refused"))
            }

            fn __repr__(&self) -> String {
                format!("<poterne.{} {}>", stringify!($name), self.0.code())
            }

            fn __reduce_ex__(&self, _protocol: &Bound<'_, PyAny>) -> PyResult<()> {
                Err(no_copy())
            }
        }
    };
}

answer!(Accepted, "Accepted" {
    #[doc = doc!("Accepted.code")]
    #[getter]
    fn code(&self) -> &'static str {
        self.0.code()
    }

    #[doc = doc!("Accepted.method")]
    #[getter]
    fn method(&self) -> Member<Method> {
        Member(self.0.method())
    }

    #[doc = doc!("Accepted.moving_factor")]
    #[getter]
    fn moving_factor(&self) -> Option<u64> {
        self.0.moving_factor()
    }

    #[doc = doc!("Accepted.drift")]
    #[getter]
    fn drift(&self) -> i16 {
        self.0.drift()
    }

    #[doc = doc!("Accepted.recovery_codes_left")]
    #[getter]
    fn recovery_codes_left(&self) -> u32 {
        self.0.recovery_codes_left()
    }

    #[doc = doc!("Accepted.failures_before")]
    #[getter]
    fn failures_before(&self) -> u32 {
        self.0.failures_before()
    }
});

answer!(Confirmed, "Confirmed" {
    #[doc = doc!("Confirmed.code")]
    #[getter]
    fn code(&self) -> &'static str {
        self.0.code()
    }

    #[doc = doc!("Confirmed.moving_factor")]
    #[getter]
    fn moving_factor(&self) -> u64 {
        self.0.moving_factor()
    }

    #[doc = doc!("Confirmed.drift")]
    #[getter]
    fn drift(&self) -> i16 {
        self.0.drift()
    }

    #[doc = doc!("Confirmed.recovery_codes")]
    #[getter]
    fn recovery_codes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        recovery_codes(py, self.0.recovery_codes())
    }
});

answer!(Resynchronized, "Resynchronized" {
    #[doc = doc!("Resynchronized.code")]
    #[getter]
    fn code(&self) -> &'static str {
        self.0.code()
    }

    #[doc = doc!("Resynchronized.moving_factor")]
    #[getter]
    fn moving_factor(&self) -> u64 {
        self.0.moving_factor()
    }

    #[doc = doc!("Resynchronized.drift")]
    #[getter]
    fn drift(&self) -> i16 {
        self.0.drift()
    }
});

fn recovery_codes<'py>(py: Python<'py>, codes: &poterne::RecoveryCodes) -> PyResult<Bound<'py, PyTuple>> {
    PyTuple::new(py, codes.iter().map(|code| PyString::new(py, code)))
}
