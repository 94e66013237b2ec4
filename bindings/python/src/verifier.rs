//! The verifier: a keyring, the name of an application, and a policy.

use poterne::{CodeSet, Imported, Meanwhile, PolicyOption, State, Stored, TokenRecord};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::argument::{Name, Text, time};
use crate::attempt::Attempt;
use crate::change::{Change, Rename};
use crate::enrollment::Enrollment;
use crate::error::{Conflict, raised};
use crate::keyring::Keyring;
use crate::once::no_copy;
use crate::outcome::{CODE_SET, Outcome, STATE};
use crate::parameters::parameters;
use crate::policy::Policy;
use crate::provisioning::OtpauthUri;
use crate::secret::SecretArgument;
use crate::status::Status;
use crate::store::{PythonStore, accepted, check};

#[pyclass(frozen, module = "poterne")]
pub(crate) struct Verifier(poterne::Verifier);

#[pymethods]
impl Verifier {
    #[new]
    #[pyo3(signature = (keyring, application, *, policy = None))]
    fn new(
        keyring: &Bound<'_, Keyring>,
        application: Name,
        policy: Option<&Bound<'_, Policy>>,
    ) -> PyResult<Self> {
        let verifier = poterne::Verifier::new(keyring.get().copy()?, &application).map_err(raised)?;
        Ok(Self(match policy {
            Some(policy) => verifier.with_policy(policy.get().0),
            None => verifier,
        }))
    }

    #[getter]
    fn policy(&self) -> Policy {
        Policy(*self.0.policy())
    }

    #[pyo3(signature = (account, *, now = None, **parameters))]
    fn enroll(
        &self,
        account: Name,
        now: Option<i64>,
        parameters: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Enrollment> {
        let parameters = self::parameters(parameters)?;
        self.0.enroll(&account, parameters, time(now)?).map(Enrollment::new).map_err(raised)
    }

    #[pyo3(signature = (account, secret, *, now = None, **parameters))]
    fn enroll_token(
        &self,
        account: Name,
        secret: SecretArgument<'_>,
        now: Option<i64>,
        parameters: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Enrollment> {
        let token = TokenRecord::new(secret.into_own()?, self::parameters(parameters)?);
        self.0.enroll_token(&account, token, time(now)?).map(Enrollment::new).map_err(raised)
    }

    #[pyo3(signature = (account, secret, *, state = None, watermark = None, drift = 0, last_sync = None, now = None, **parameters))]
    #[allow(clippy::too_many_arguments, reason = "six of them are options by name")]
    fn import_credential(
        &self,
        account: Name,
        secret: SecretArgument<'_>,
        state: Option<&Bound<'_, PyAny>>,
        watermark: Option<u64>,
        drift: i16,
        last_sync: Option<u16>,
        now: Option<i64>,
        parameters: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Change> {
        let imported = Imported::new(secret.into_own()?, self::parameters(parameters)?)
            .with_state(state.map_or(Ok(State::Active), state_of)?)
            .with_watermark(watermark)
            .with_drift(drift)
            .with_last_sync(last_sync);
        self.0.import(&account, imported, time(now)?).map(Change::new).map_err(raised)
    }

    #[pyo3(signature = (record, account, issuer, label, *, now = None))]
    fn otpauth_uri(
        &self,
        record: Option<Text>,
        account: Name,
        issuer: Name,
        label: Name,
        now: Option<i64>,
    ) -> PyResult<OtpauthUri> {
        self.0
            .otpauth_uri(or_none(&record), &account, &issuer, &label, time(now)?)
            .map(OtpauthUri)
            .map_err(raised)
    }

    #[pyo3(signature = (record, account, submitted, *, now = None))]
    fn verify(
        &self,
        record: Option<Text>,
        account: Name,
        submitted: Text,
        now: Option<i64>,
    ) -> PyResult<Attempt> {
        self.0.verify(or_none(&record), &account, &submitted, time(now)?).map(Attempt::new).map_err(raised)
    }

    #[pyo3(signature = (account, submitted, *, now = None))]
    fn verify_absent(&self, account: Name, submitted: Text, now: Option<i64>) -> PyResult<Attempt> {
        self.0.verify_absent(&account, &submitted, time(now)?).map(Attempt::new).map_err(raised)
    }

    #[pyo3(signature = (record, account, submitted, *, now = None))]
    fn confirm(
        &self,
        record: Option<Text>,
        account: Name,
        submitted: Text,
        now: Option<i64>,
    ) -> PyResult<Attempt> {
        self.0.confirm(or_none(&record), &account, &submitted, time(now)?).map(Attempt::new).map_err(raised)
    }

    #[pyo3(signature = (old, pending, account, submitted, *, now = None))]
    fn replace(
        &self,
        old: Option<Text>,
        pending: Option<Text>,
        account: Name,
        submitted: Text,
        now: Option<i64>,
    ) -> PyResult<Attempt> {
        self.0
            .replace(or_none(&old), or_none(&pending), &account, &submitted, time(now)?)
            .map(Attempt::new)
            .map_err(raised)
    }

    #[pyo3(signature = (record, account, first, second, *, now = None))]
    fn resynchronize(
        &self,
        py: Python<'_>,
        record: Option<Text>,
        account: Name,
        first: Text,
        second: Text,
        now: Option<i64>,
    ) -> PyResult<Attempt> {
        let now = time(now)?;
        let (record, account) = (or_none(&record), &*account);
        // Thousands of candidates: other threads run.
        py.detach(|| self.0.resynchronize(record, account, &first, &second, now))
            .map(Attempt::new)
            .map_err(raised)
    }

    #[pyo3(signature = (record, account, *, count = None))]
    fn recovery_codes(&self, record: Option<Text>, account: Name, count: Option<u32>) -> PyResult<Change> {
        let usual = || u32::try_from(PolicyOption::RecoveryCodes.default_value()).unwrap_or_default();
        let count = count.unwrap_or_else(usual);
        self.0.recovery_codes(or_none(&record), &account, count).map(Change::new).map_err(raised)
    }

    #[pyo3(signature = (record, account, *, suspend, expiry = None, uses = 1, now = None))]
    fn temporary_code(
        &self,
        record: Option<Text>,
        account: Name,
        suspend: bool,
        expiry: Option<i64>,
        uses: u32,
        now: Option<i64>,
    ) -> PyResult<Change> {
        let expiry = expiry.map(|seconds| time(Some(seconds))).transpose()?;
        let meanwhile = if suspend { Meanwhile::Suspend } else { Meanwhile::Keep };
        self.0
            .temporary_code(or_none(&record), &account, expiry, uses, meanwhile, time(now)?)
            .map(Change::new)
            .map_err(raised)
    }

    fn end_codes(&self, record: Option<Text>, account: Name, codes: &Bound<'_, PyAny>) -> PyResult<Change> {
        self.0.end_codes(or_none(&record), &account, code_set(codes)?).map(Change::new).map_err(raised)
    }

    fn unlock(&self, record: Option<Text>, account: Name) -> PyResult<Change> {
        self.0.unlock(or_none(&record), &account).map(Change::new).map_err(raised)
    }

    #[pyo3(signature = (record, account, *, now = None))]
    fn repair_clock(&self, record: Option<Text>, account: Name, now: Option<i64>) -> PyResult<Change> {
        self.0.repair_clock(or_none(&record), &account, time(now)?).map(Change::new).map_err(raised)
    }

    fn suspend(&self, record: Option<Text>, account: Name) -> PyResult<Change> {
        self.0.suspend(or_none(&record), &account).map(Change::new).map_err(raised)
    }

    fn resume(&self, record: Option<Text>, account: Name) -> PyResult<Change> {
        self.0.resume(or_none(&record), &account).map(Change::new).map_err(raised)
    }

    fn revoke(&self, record: Option<Text>, account: Name) -> PyResult<Change> {
        self.0.revoke(or_none(&record), &account).map(Change::new).map_err(raised)
    }

    #[pyo3(signature = (record, account, *, now = None))]
    fn forget(&self, record: Option<Text>, account: Name, now: Option<i64>) -> PyResult<Change> {
        self.0.forget(or_none(&record), &account, time(now)?).map(Change::new).map_err(raised)
    }

    fn reseal(&self, record: Option<Text>, account: Name) -> PyResult<Change> {
        self.0.reseal(or_none(&record), &account).map(Change::new).map_err(raised)
    }

    fn rename(&self, record: Option<Text>, account: Name, new_account: Name) -> PyResult<Rename> {
        self.0.rename(or_none(&record), &account, &new_account).map(Rename::new).map_err(raised)
    }

    #[pyo3(signature = (record, account, *, now = None))]
    fn inspect(&self, record: Option<Text>, account: Name, now: Option<i64>) -> PyResult<Status> {
        self.0.inspect(or_none(&record), &account, time(now)?).map(Status).map_err(raised)
    }

    #[pyo3(signature = (account, submitted, *, store, now = None))]
    fn login(
        &self,
        py: Python<'_>,
        account: Name,
        submitted: Text,
        store: &Bound<'_, PyAny>,
        now: Option<i64>,
    ) -> PyResult<Outcome> {
        let outcome =
            self.0.login(&account, &submitted, time(now)?, &mut PythonStore::new(store)).map_err(raised)?;
        accepted(py, outcome)
    }

    #[pyo3(signature = (account, *, store, second))]
    fn check_store(
        &self,
        py: Python<'_>,
        account: Name,
        store: &Bound<'_, PyAny>,
        second: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        if store.is(second) {
            return Err(PyValueError::new_err(
                "second must be another handle on the table, opened on its own",
            ));
        }
        match check(py, &self.0, &account, store, second).map_err(raised)? {
            Stored::Done(()) => Ok(()),
            Stored::Conflict => Err(Conflict::new_err((NOT_PROVEN,))),
        }
    }

    fn __repr__(&self) -> &'static str {
        "<poterne.Verifier>"
    }

    fn __reduce_ex__(&self, _protocol: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(no_copy())
    }
}

/// What an account without a record has.
fn or_none(record: &Option<Text>) -> &str {
    record.as_deref().unwrap_or_default()
}

/// The set of a member of `CodeSet`.
fn code_set(member: &Bound<'_, PyAny>) -> PyResult<CodeSet> {
    let wrong = || PyTypeError::new_err("codes is a member of poterne.CodeSet");
    // Its members are numbers, and so is True: that would be the first of them.
    if !member.is_instance(CODE_SET.class(member.py())?)? {
        return Err(wrong());
    }
    let number: i32 = member.extract()?;
    CodeSet::ALL.iter().copied().find(|codes| codes.number() == number).ok_or_else(wrong)
}

/// The state of a member of `State`.
fn state_of(member: &Bound<'_, PyAny>) -> PyResult<State> {
    let wrong = || PyTypeError::new_err("a state is a member of poterne.State");
    if !member.is_instance(STATE.class(member.py())?)? {
        return Err(wrong());
    }
    let number: i32 = member.getattr(intern!(member.py(), "value"))?.extract()?;
    [State::Pending, State::Active, State::Suspended, State::Revoked]
        .into_iter()
        .find(|state| state.number() == number)
        .ok_or_else(wrong)
}

const NOT_PROVEN: &str = "others wrote this record all the time, so the check proves nothing: give the check an account of its own";
