//! The settings file that the command and every ready-made host read.

use poterne::Language;
use poterne_settings::{Fault, Setting};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::argument::{FilePath, Name, Text};
use crate::error::{bad_value, of_fault};
use crate::keyring::Keyring;
use crate::message::language;
use crate::once::no_copy;
use crate::policy::Policy;
use crate::verifier::Verifier;

#[doc = doc!("Settings")]
#[pyclass(frozen, module = "poterne")]
pub(crate) struct Settings(poterne_settings::Settings);

#[pymethods]
impl Settings {
    #[doc = doc!("Settings.open")]
    #[staticmethod]
    #[pyo3(signature = (path, *, language = ENGLISH), text_signature = "(path, *, language='en')")]
    fn open(py: Python<'_>, path: FilePath, language: Tag) -> PyResult<Self> {
        let opened = py.detach(|| poterne_settings::Settings::open(&path.0));
        opened.map(Self).map_err(in_language(language.0))
    }

    #[doc = doc!("Settings.parse")]
    #[staticmethod]
    #[pyo3(signature = (text, *, language = ENGLISH), text_signature = "(text, *, language='en')")]
    fn parse(text: Text, language: Tag) -> PyResult<Self> {
        poterne_settings::Settings::parse(&text).map(Self).map_err(in_language(language.0))
    }

    #[doc = doc!("Settings.render")]
    #[staticmethod]
    #[pyo3(signature = (values, *, language = ENGLISH), text_signature = "(values, *, language='en')")]
    fn render(values: &Bound<'_, PyDict>, language: Tag) -> PyResult<String> {
        let given: Vec<(Name, Text)> = values
            .iter()
            .map(|(name, value)| Ok((name.extract()?, value.extract()?)))
            .collect::<PyResult<_>>()?;
        let pairs: Vec<(&str, &str)> = given.iter().map(|(name, value)| (&**name, &**value)).collect();
        poterne_settings::render(&pairs, language.0).map_err(in_language(language.0))
    }

    #[doc = doc!("Settings.names")]
    #[staticmethod]
    fn names() -> Vec<&'static str> {
        Setting::all().iter().map(Setting::name).collect()
    }

    #[doc = doc!("Settings.describe")]
    #[staticmethod]
    #[pyo3(signature = (name, *, language = ENGLISH), text_signature = "(name, *, language='en')")]
    fn describe(name: Name, language: Tag) -> PyResult<(&'static str, &'static str, String)> {
        let setting = find(&name)?;
        Ok((setting.description(language.0), setting.default_value(), setting.bounds(language.0)))
    }

    #[doc = doc!("Settings.value")]
    fn value(&self, name: Name) -> PyResult<&str> {
        Ok(self.0.value(find(&name)?))
    }

    #[doc = doc!("Settings.application")]
    #[getter]
    fn application(&self) -> &str {
        self.0.application()
    }

    #[doc = doc!("Settings.database")]
    #[getter]
    fn database(&self) -> String {
        self.0.database().without_password()
    }

    #[doc = doc!("Settings.table")]
    #[getter]
    fn table(&self) -> &str {
        self.0.table()
    }

    #[doc = doc!("Settings.account_column")]
    #[getter]
    fn account_column(&self) -> &str {
        self.0.account_column()
    }

    #[doc = doc!("Settings.record_column")]
    #[getter]
    fn record_column(&self) -> &str {
        self.0.record_column()
    }

    #[doc = doc!("Settings.language")]
    #[getter]
    fn language(&self) -> &'static str {
        match self.0.language() {
            Language::French => "fr",
            _ => "en",
        }
    }

    #[doc = doc!("Settings.policy")]
    #[getter]
    fn policy(&self) -> Policy {
        Policy(self.0.policy())
    }

    #[doc = doc!("Settings.issuer")]
    #[getter]
    fn issuer(&self) -> Option<&str> {
        self.0.issuer()
    }

    #[doc = doc!("Settings.help_desk_phone")]
    #[getter]
    fn help_desk_phone(&self) -> Option<&str> {
        self.0.help_desk_phone()
    }

    #[doc = doc!("Settings.apps_address")]
    #[getter]
    fn apps_address(&self) -> Option<&str> {
        self.0.apps_address()
    }

    #[doc = doc!("Settings.fingerprint")]
    #[getter]
    fn fingerprint(&self) -> String {
        self.0.fingerprint()
    }

    #[doc = doc!("Settings.keyring_path")]
    #[pyo3(signature = (*, credentials = None, language = ENGLISH), text_signature = "($self, *, credentials=None, language='en')")]
    fn keyring_path(&self, credentials: Option<FilePath>, language: Tag) -> PyResult<String> {
        let folder = credentials.as_ref().map(|folder| folder.0.as_path());
        let path = self.0.keyring_place().path(folder).map_err(in_language(language.0))?;
        path.into_os_string()
            .into_string()
            .map_err(|_| bad_value("a path has a character that no file name has"))
    }

    #[doc = doc!("Settings.open_keyring")]
    #[pyo3(signature = (*, credentials = None, language = ENGLISH), text_signature = "($self, *, credentials=None, language='en')")]
    fn open_keyring(
        &self,
        py: Python<'_>,
        credentials: Option<FilePath>,
        language: Tag,
    ) -> PyResult<Keyring> {
        let folder = credentials.as_ref().map(|folder| folder.0.as_path());
        py.detach(|| self.0.open_keyring(folder)).map(Keyring::new).map_err(in_language(language.0))
    }

    #[doc = doc!("Settings.database_password")]
    #[pyo3(signature = (*, credentials = None, language = ENGLISH), text_signature = "($self, *, credentials=None, language='en')")]
    fn database_password<'py>(
        &self,
        py: Python<'py>,
        credentials: Option<FilePath>,
        language: Tag,
    ) -> PyResult<Option<Bound<'py, PyString>>> {
        let folder = credentials.as_ref().map(|folder| folder.0.as_path());
        let password = py.detach(|| self.0.database_password(folder)).map_err(in_language(language.0))?;
        Ok(password.map(|password| PyString::new(py, &password)))
    }

    #[doc = doc!("Settings.verifier")]
    #[pyo3(signature = (*, credentials = None, language = ENGLISH), text_signature = "($self, *, credentials=None, language='en')")]
    fn verifier(&self, py: Python<'_>, credentials: Option<FilePath>, language: Tag) -> PyResult<Verifier> {
        let folder = credentials.as_ref().map(|folder| folder.0.as_path());
        py.detach(|| self.0.verifier(folder)).map(Verifier).map_err(in_language(language.0))
    }

    fn __repr__(&self) -> String {
        format!("<poterne.Settings {}>", self.0.fingerprint())
    }

    fn __reduce_ex__(&self, _protocol: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(no_copy())
    }
}

fn find(name: &str) -> PyResult<Setting> {
    Setting::find(name).ok_or_else(|| bad_value("no setting has this name"))
}

/// The language of what is said.
struct Tag(Language);

const ENGLISH: Tag = Tag(Language::English);

impl<'py> FromPyObject<'_, 'py> for Tag {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        language(&object.extract::<Name>()?).map(Self)
    }
}

/// The error of a fault.
fn in_language(language: Language) -> impl Fn(Fault) -> PyErr {
    move |fault| of_fault(&fault, language)
}
