//! The verifier: a keyring, the name of an application, and a policy.

use poterne::{ExistingCredential, HardwareToken, Replacement, State, TicketBinding};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::PyDict;

use crate::argument::{Name, Number, Text, Time, now};
use crate::attempt::{Attempt, ReplacementAttempt};
use crate::credential::StoredCredential;
use crate::enrollment::Enrollment;
use crate::enumeration::Member;
use crate::error::raised;
use crate::keyring::Keyring;
use crate::once::no_copy;
use crate::parameters::parameters;
use crate::policy::Policy;
use crate::secret::SecretArgument;

#[doc = doc!("Verifier")]
#[pyclass(frozen, module = "poterne")]
pub(crate) struct Verifier(pub(crate) poterne::Verifier);

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

    #[doc = doc!("Verifier.policy")]
    #[getter]
    fn policy(&self) -> Policy {
        Policy(*self.0.policy())
    }

    #[doc = doc!("Verifier.enroll")]
    #[pyo3(signature = (account, *, now = None, **parameters))]
    fn enroll(
        &self,
        account: Name,
        now: Option<Time>,
        parameters: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Enrollment> {
        let (parameters, now) = (self::parameters(parameters)?, self::now(now)?);
        self.0.enroll(&account, parameters, now).map(Enrollment::new).map_err(raised)
    }

    #[doc = doc!("Verifier.enroll_token")]
    #[pyo3(signature = (account, secret, *, now = None, **parameters))]
    fn enroll_token(
        &self,
        account: Name,
        secret: SecretArgument<'_>,
        now: Option<Time>,
        parameters: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Enrollment> {
        let token = HardwareToken::new(secret.into_own()?, self::parameters(parameters)?);
        self.0.enroll_token(&account, token, self::now(now)?).map(Enrollment::new).map_err(raised)
    }

    #[doc = doc!("Verifier.import_credential")]
    #[pyo3(
        signature = (account, secret, *, state = None, watermark = None, drift = Number(0), last_sync = None, now = None, **parameters),
        text_signature = "($self, account, secret, *, state=None, watermark=None, drift=0, last_sync=None, now=None, **parameters)"
    )]
    #[allow(clippy::too_many_arguments, reason = "six of them are options by name")]
    fn import_credential(
        &self,
        account: Name,
        secret: SecretArgument<'_>,
        state: Option<Member<State>>,
        watermark: Option<Number<u64>>,
        drift: Number<i16>,
        last_sync: Option<Number<u16>>,
        now: Option<Time>,
        parameters: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Attempt> {
        let existing = ExistingCredential::new(secret.into_own()?, self::parameters(parameters)?)
            .with_state(state.map_or(State::Active, |state| state.0))
            .with_watermark(watermark.map(|watermark| watermark.0))
            .with_drift(drift.0)
            .with_last_sync(last_sync.map(|last_sync| last_sync.0));
        let change = self.0.import(&account, existing, self::now(now)?).map_err(raised)?;
        Ok(Attempt::new(change.with_any_answer()))
    }

    #[doc = doc!("Verifier.credential")]
    fn credential(slf: &Bound<'_, Self>, account: Name, record: Option<Text>) -> PyResult<StoredCredential> {
        StoredCredential::new(slf, &account, record.as_deref())
    }

    #[doc = doc!("Verifier.replace")]
    #[pyo3(signature = (account, submitted, *, old, pending, now = None))]
    fn replace(
        &self,
        account: Name,
        submitted: Text,
        old: Option<Text>,
        pending: Option<Text>,
        now: Option<Time>,
    ) -> PyResult<ReplacementAttempt> {
        let replacement = Replacement {
            account: &account,
            old: old.as_deref().unwrap_or_default(),
            pending: pending.as_deref().unwrap_or_default(),
        };
        let attempt = self.0.replace(replacement, &submitted, self::now(now)?).map_err(raised)?;
        Ok(ReplacementAttempt::new(attempt))
    }

    #[doc = doc!("Verifier.ticket")]
    #[pyo3(signature = (account, *, purpose, context, now = None))]
    fn ticket(
        &self,
        account: Name,
        purpose: Name,
        context: PyBackedBytes,
        now: Option<Time>,
    ) -> PyResult<String> {
        let binding = TicketBinding { purpose: &purpose, context: &context };
        let ticket = self.0.ticket(&account, binding, self::now(now)?).map_err(raised)?;
        Ok(ticket.as_str().into())
    }

    #[doc = doc!("Verifier.dud_ticket")]
    #[pyo3(signature = (account, *, purpose, context, now = None))]
    fn dud_ticket(
        &self,
        account: Name,
        purpose: Name,
        context: PyBackedBytes,
        now: Option<Time>,
    ) -> PyResult<String> {
        let binding = TicketBinding { purpose: &purpose, context: &context };
        let ticket = self.0.dud_ticket(&account, binding, self::now(now)?).map_err(raised)?;
        Ok(ticket.as_str().into())
    }

    fn __repr__(&self) -> &'static str {
        "<poterne.Verifier>"
    }

    fn __reduce_ex__(&self, _protocol: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(no_copy())
    }
}
