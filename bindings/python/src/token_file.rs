//! Files of hardware tokens.

use poterne::token::{CsvLayout, CsvOptions, Encoding, FileKey, Separator};
use poterne::{Algorithm, Digits, ErrorKind, MovingFactor, State, UnixTime};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyTuple};
use zeroize::Zeroizing;

use crate::argument::{Name, Number, Text, Time, now};
use crate::attempt::Attempt;
use crate::enrollment::Enrollment;
use crate::enumeration::{Factor, Member};
use crate::error::{bad_value, raised};
use crate::once::no_copy;
use crate::secret::Secret;
use crate::verifier::Verifier;

#[doc = doc!("TokenFile")]
#[pyclass(frozen, module = "poterne")]
pub(crate) struct TokenFile {
    entries: Py<PyTuple>,
}

#[pymethods]
impl TokenFile {
    #[doc = doc!("TokenFile.read_pskc")]
    #[staticmethod]
    #[pyo3(signature = (data, *, key = None, password = None))]
    fn read_pskc(
        py: Python<'_>,
        data: Data<'_>,
        key: Option<Data<'_>>,
        password: Option<Data<'_>>,
    ) -> PyResult<Self> {
        let (bytes, key) = (data.bytes(), file_key(&key, &password)?);
        let read = py.detach(|| poterne::token::read_pskc(bytes, key));
        Self::new(py, read.map_err(raised)?)
    }

    #[doc = doc!("TokenFile.read_etoken")]
    #[staticmethod]
    #[pyo3(signature = (data, *, algorithm = None))]
    fn read_etoken(py: Python<'_>, data: Data<'_>, algorithm: Option<Member<Algorithm>>) -> PyResult<Self> {
        let (bytes, algorithm) = (data.bytes(), algorithm.map(|algorithm| algorithm.0));
        let read = py.detach(|| poterne::token::read_etoken(bytes, algorithm));
        Self::new(py, read.map_err(raised)?)
    }

    #[doc = doc!("TokenFile.prove_etoken")]
    #[staticmethod]
    fn prove_etoken(
        py: Python<'_>,
        data: Data<'_>,
        serial: Name,
        code: Text,
    ) -> PyResult<Vec<Member<Algorithm>>> {
        let (bytes, serial, code) = (data.bytes(), &*serial, &*code);
        let fits = py.detach(|| poterne::token::prove_etoken(bytes, serial, code)).map_err(raised)?;
        Ok(fits.into_iter().map(Member).collect())
    }

    #[doc = doc!("TokenFile.read_csv")]
    #[staticmethod]
    #[pyo3(
        signature = (data, layout = None, *, columns = None, encoding = None, algorithm = None, digits = None, time_step = None, counter_based = false, header = false, separator = None),
        text_signature = "(data, layout=None, *, columns=None, encoding=None, algorithm=None, digits=None, time_step=None, counter_based=False, header=False, separator=None)"
    )]
    #[allow(clippy::too_many_arguments, reason = "eight of them are options by name")]
    fn read_csv(
        py: Python<'_>,
        data: Data<'_>,
        layout: Option<Member<CsvLayout>>,
        columns: Option<Name>,
        encoding: Option<Member<Encoding>>,
        algorithm: Option<Member<Algorithm>>,
        digits: Option<Number<u32>>,
        time_step: Option<Number<u32>>,
        counter_based: bool,
        header: bool,
        separator: Option<Member<Separator>>,
    ) -> PyResult<Self> {
        let of = Declared {
            layout,
            columns,
            encoding,
            algorithm,
            digits,
            time_step,
            counter_based,
            header,
            separator,
        };
        let (options, bytes) = (of.options()?, data.bytes());
        let read = py.detach(|| poterne::token::read_csv(bytes, &options));
        Self::new(py, read.map_err(raised)?)
    }

    #[doc = doc!("TokenFile.prove_csv")]
    #[staticmethod]
    #[pyo3(
        signature = (data, serial, code, layout = None, *, now = None, columns = None, encoding = None, algorithm = None, digits = None, time_step = None, counter_based = false, header = false, separator = None),
        text_signature = "(data, serial, code, layout=None, *, now=None, columns=None, encoding=None, algorithm=None, digits=None, time_step=None, counter_based=False, header=False, separator=None)"
    )]
    #[allow(clippy::too_many_arguments, reason = "nine of them are options by name")]
    fn prove_csv(
        py: Python<'_>,
        data: Data<'_>,
        serial: Name,
        code: Text,
        layout: Option<Member<CsvLayout>>,
        now: Option<Time>,
        columns: Option<Name>,
        encoding: Option<Member<Encoding>>,
        algorithm: Option<Member<Algorithm>>,
        digits: Option<Number<u32>>,
        time_step: Option<Number<u32>>,
        counter_based: bool,
        header: bool,
        separator: Option<Member<Separator>>,
    ) -> PyResult<Vec<(Member<Encoding>, Member<Algorithm>)>> {
        let of = Declared {
            layout,
            columns,
            encoding,
            algorithm,
            digits,
            time_step,
            counter_based,
            header,
            separator,
        };
        let (options, now, bytes) = (of.options()?, self::now(now)?, data.bytes());
        let (serial, code) = (&*serial, &*code);
        let fits =
            py.detach(|| poterne::token::prove_csv(bytes, &options, serial, code, now)).map_err(raised)?;
        Ok(fits.into_iter().map(|(encoding, algorithm)| (Member(encoding), Member(algorithm))).collect())
    }

    #[doc = doc!("TokenFile.entries")]
    #[getter]
    fn entries(&self, py: Python<'_>) -> Py<PyTuple> {
        self.entries.clone_ref(py)
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        format!("<poterne.TokenFile {} entries>", self.entries.bind(py).len())
    }

    fn __reduce_ex__(&self, _protocol: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(no_copy())
    }
}

impl TokenFile {
    fn new(py: Python<'_>, file: poterne::token::TokenFile) -> PyResult<Self> {
        let entries: Vec<Py<PyAny>> = file
            .into_entries()
            .into_iter()
            .map(|entry| match entry {
                Ok(token) => Ok(Py::new(py, TokenEntry(token))?.into_any()),
                Err(fault) => Ok(Py::new(py, TokenFault(fault))?.into_any()),
            })
            .collect::<PyResult<_>>()?;
        Ok(Self { entries: PyTuple::new(py, entries)?.unbind() })
    }
}

#[doc = doc!("TokenEntry")]
#[pyclass(frozen, module = "poterne")]
pub(crate) struct TokenEntry(poterne::token::TokenEntry);

#[pymethods]
impl TokenEntry {
    #[doc = doc!("TokenEntry.line")]
    #[getter]
    fn line(&self) -> usize {
        self.0.line()
    }

    #[doc = doc!("TokenEntry.serial")]
    #[getter]
    fn serial(&self) -> &str {
        self.0.serial()
    }

    #[doc = doc!("TokenEntry.manufacturer")]
    #[getter]
    fn manufacturer(&self) -> Option<&str> {
        self.0.manufacturer()
    }

    #[doc = doc!("TokenEntry.model")]
    #[getter]
    fn model(&self) -> Option<&str> {
        self.0.model()
    }

    #[doc = doc!("TokenEntry.account")]
    #[getter]
    fn account(&self) -> Option<&str> {
        self.0.account()
    }

    #[doc = doc!("TokenEntry.moving_factor")]
    #[getter]
    fn moving_factor(&self) -> Member<Factor> {
        Member(self.0.parameters().moving_factor().into())
    }

    #[doc = doc!("TokenEntry.algorithm")]
    #[getter]
    fn algorithm(&self) -> Member<Algorithm> {
        Member(self.0.parameters().algorithm())
    }

    #[doc = doc!("TokenEntry.digits")]
    #[getter]
    fn digits(&self) -> usize {
        self.0.parameters().digits().as_usize()
    }

    #[doc = doc!("TokenEntry.time_step")]
    #[getter]
    fn time_step(&self) -> Option<u32> {
        self.0.parameters().time_steps().ok().map(|steps| steps.time_step())
    }

    #[doc = doc!("TokenEntry.t0")]
    #[getter]
    fn t0(&self) -> Option<u64> {
        self.0.parameters().time_steps().ok().map(|steps| steps.t0().as_secs())
    }

    #[doc = doc!("TokenEntry.counter")]
    #[getter]
    fn counter(&self) -> Option<u64> {
        let is_counter_based = self.0.parameters().moving_factor() == MovingFactor::Counter;
        is_counter_based.then(|| self.0.parameters().counter())
    }

    #[doc = doc!("TokenEntry.not_before")]
    #[getter]
    fn not_before(&self) -> Option<u64> {
        self.0.parameters().not_before().map(UnixTime::as_secs)
    }

    #[doc = doc!("TokenEntry.not_after")]
    #[getter]
    fn not_after(&self) -> Option<u64> {
        self.0.parameters().not_after().map(UnixTime::as_secs)
    }

    #[doc = doc!("TokenEntry.drift")]
    #[getter]
    fn drift(&self) -> i16 {
        self.0.drift()
    }

    #[doc = doc!("TokenEntry.watermark")]
    #[getter]
    fn watermark(&self) -> Option<u64> {
        self.0.watermark()
    }

    #[doc = doc!("TokenEntry.secret")]
    #[getter]
    fn secret(&self) -> PyResult<Secret> {
        poterne::Secret::from_bytes(self.0.secret().as_bytes()).map(Secret).map_err(raised)
    }

    #[doc = doc!("TokenEntry.ignore_dates")]
    fn ignore_dates(&self) -> Self {
        Self(self.0.copy().ignore_dates())
    }

    #[doc = doc!("TokenEntry.enroll")]
    #[pyo3(signature = (verifier, account, *, now = None))]
    fn enroll(
        &self,
        verifier: &Bound<'_, Verifier>,
        account: Name,
        now: Option<Time>,
    ) -> PyResult<Enrollment> {
        let (token, now) = (self.0.copy().into_hardware_token(), self::now(now)?);
        verifier.get().0.enroll_token(&account, token, now).map(Enrollment::new).map_err(raised)
    }

    #[doc = doc!("TokenEntry.import_credential")]
    #[pyo3(signature = (verifier, account, *, state = None, now = None))]
    fn import_credential(
        &self,
        verifier: &Bound<'_, Verifier>,
        account: Name,
        state: Option<Member<State>>,
        now: Option<Time>,
    ) -> PyResult<Attempt> {
        let existing = self.0.copy().into_existing(state.map_or(State::Active, |state| state.0));
        let change = verifier.get().0.import(&account, existing, self::now(now)?).map_err(raised)?;
        Ok(Attempt::new(change.with_any_answer()))
    }

    fn __repr__(&self) -> String {
        format!("<poterne.TokenEntry line {}, serial {}>", self.0.line(), self.0.serial())
    }

    fn __reduce_ex__(&self, _protocol: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(no_copy())
    }
}

#[doc = doc!("TokenFault")]
#[pyclass(frozen, module = "poterne")]
pub(crate) struct TokenFault(poterne::token::TokenFault);

#[pymethods]
impl TokenFault {
    #[doc = doc!("TokenFault.line")]
    #[getter]
    fn line(&self) -> usize {
        self.0.line()
    }

    #[doc = doc!("TokenFault.serial")]
    #[getter]
    fn serial(&self) -> Option<&str> {
        self.0.serial()
    }

    #[doc = doc!("TokenFault.kind")]
    #[getter]
    fn kind(&self) -> Member<ErrorKind> {
        Member(self.0.kind())
    }

    #[doc = doc!("TokenFault.__str__")]
    fn __str__(&self) -> String {
        self.0.to_string()
    }

    fn __repr__(&self) -> String {
        format!("<poterne.TokenFault {}>", self.0)
    }

    fn __reduce_ex__(&self, _protocol: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(no_copy())
    }
}

/// What the caller declares about a CSV file.
struct Declared {
    layout: Option<Member<CsvLayout>>,
    columns: Option<Name>,
    encoding: Option<Member<Encoding>>,
    algorithm: Option<Member<Algorithm>>,
    digits: Option<Number<u32>>,
    time_step: Option<Number<u32>>,
    counter_based: bool,
    header: bool,
    separator: Option<Member<Separator>>,
}

impl Declared {
    fn options(self) -> PyResult<CsvOptions> {
        let mut options = match (self.layout, self.columns) {
            (Some(layout), None) => CsvOptions::new(layout.0),
            (None, Some(columns)) => CsvOptions::of_columns(&columns).map_err(raised)?,
            _ => return Err(PyTypeError::new_err("give a layout or columns: one of them")),
        };
        if let Some(separator) = self.separator {
            options = options.with_separator(separator.0);
        }
        if let Some(encoding) = self.encoding {
            options = options.with_encoding(encoding.0);
        }
        if let Some(algorithm) = self.algorithm {
            options = options.with_algorithm(algorithm.0);
        }
        if let Some(digits) = self.digits {
            options = options.with_digits(Digits::new(digits.0).map_err(raised)?);
        }
        if let Some(time_step) = self.time_step {
            options = options.with_time_step(time_step.0);
        }
        if self.counter_based {
            options = options.with_counter_based();
        }
        Ok(if self.header { options.with_header() } else { options })
    }
}

/// The key of a PSKC file, of two arguments.
pub(crate) fn file_key<'d>(
    key: &'d Option<Data<'_>>,
    password: &'d Option<Data<'_>>,
) -> PyResult<FileKey<'d>> {
    match (key, password) {
        (None, None) => Ok(FileKey::None),
        (Some(key), None) => Ok(FileKey::PreShared(key.bytes())),
        (None, Some(password)) => Ok(FileKey::Password(password.bytes())),
        (Some(_), Some(_)) => Err(bad_value("give a key or a password, not both")),
    }
}

/// The bytes of a file or of a key. What can change is copied, and the copy is wiped.
pub(crate) enum Data<'py> {
    Shared(Bound<'py, PyBytes>),
    Own(Zeroizing<Vec<u8>>),
}

impl Data<'_> {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Shared(bytes) => bytes.as_bytes(),
            Self::Own(bytes) => bytes,
        }
    }
}

impl<'py> FromPyObject<'_, 'py> for Data<'py> {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(bytes) = object.cast::<PyBytes>() {
            Ok(Self::Shared(bytes.to_owned()))
        } else if let Ok(bytes) = object.cast::<PyByteArray>() {
            Ok(Self::Own(Zeroizing::new(bytes.to_vec())))
        } else {
            Err(PyTypeError::new_err("give bytes or a bytearray"))
        }
    }
}
