//! What can be done to a credential that is stored.

use poterne::{CodeSet, MissingAuthenticator, OtpauthNames, PolicyOption, TicketBinding, UnixTime};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;

use crate::argument::{Name, Number, Text, Time, now};
use crate::attempt::{Attempt, Rename};
use crate::enumeration::Member;
use crate::error::raised;
use crate::once::{no_copy, no_truth};
use crate::provisioning::OtpauthUri;
use crate::status::Status;
use crate::verifier::Verifier;

#[doc = doc!("StoredCredential")]
#[pyclass(frozen, module = "poterne")]
pub(crate) struct StoredCredential {
    verifier: Py<Verifier>,
    account: Box<str>,
    record: Option<Box<str>>,
}

impl StoredCredential {
    pub(crate) fn new(verifier: &Bound<'_, Verifier>, account: &str, record: Option<&str>) -> PyResult<Self> {
        verifier.get().0.credential(account, record).map_err(raised)?;
        Ok(Self {
            verifier: verifier.clone().unbind(),
            account: account.into(),
            record: record.map(Into::into),
        })
    }

    pub(crate) fn status(&self, now: UnixTime) -> PyResult<Status> {
        self.with(|credential| credential.inspect(now)).map(Status)
    }

    pub(crate) fn verified(&self, submitted: &str, now: UnixTime) -> PyResult<Attempt> {
        Ok(Attempt::new(self.with(|credential| credential.verify(submitted, now))?.with_any_answer()))
    }

    fn with<T>(
        &self,
        call: impl FnOnce(poterne::StoredCredential<'_>) -> Result<T, poterne::Error>,
    ) -> PyResult<T> {
        let verifier = &self.verifier.get().0;
        verifier.credential(&self.account, self.record.as_deref()).and_then(call).map_err(raised)
    }

    /// A change of the help desk that brings nothing.
    fn change(
        &self,
        call: impl FnOnce(poterne::StoredCredential<'_>) -> Result<poterne::Change<()>, poterne::Error>,
    ) -> PyResult<Attempt> {
        Ok(Attempt::new(self.with(call)?.with_any_answer()))
    }
}

#[pymethods]
impl StoredCredential {
    #[doc = doc!("StoredCredential.verify")]
    #[pyo3(signature = (submitted, *, now = None))]
    fn verify(&self, submitted: Text, now: Option<Time>) -> PyResult<Attempt> {
        self.verified(&submitted, self::now(now)?)
    }

    #[doc = doc!("StoredCredential.verify_with_ticket")]
    #[pyo3(signature = (ticket, submitted, *, purpose, context, now = None))]
    fn verify_with_ticket(
        &self,
        ticket: Text,
        submitted: Text,
        purpose: Name,
        context: PyBackedBytes,
        now: Option<Time>,
    ) -> PyResult<Attempt> {
        let binding = TicketBinding { purpose: &purpose, context: &context };
        let now = self::now(now)?;
        let attempt =
            self.with(|credential| credential.verify_with_ticket(&ticket, binding, &submitted, now))?;
        Ok(Attempt::new(attempt.with_any_answer()))
    }

    #[doc = doc!("StoredCredential.confirm")]
    #[pyo3(signature = (submitted, *, now = None))]
    fn confirm(&self, submitted: Text, now: Option<Time>) -> PyResult<Attempt> {
        let now = self::now(now)?;
        Ok(Attempt::new(self.with(|credential| credential.confirm(&submitted, now))?.with_any_answer()))
    }

    #[doc = doc!("StoredCredential.resynchronize")]
    #[pyo3(signature = (first, second, *, now = None))]
    fn resynchronize(
        &self,
        py: Python<'_>,
        first: Text,
        second: Text,
        now: Option<Time>,
    ) -> PyResult<Attempt> {
        let now = self::now(now)?;
        // Thousands of candidates: other threads run.
        let attempt = py.detach(|| self.with(|credential| credential.resynchronize(&first, &second, now)))?;
        Ok(Attempt::new(attempt.with_any_answer()))
    }

    #[doc = doc!("StoredCredential.otpauth_uri")]
    #[pyo3(signature = (issuer, label, *, now = None))]
    fn otpauth_uri(&self, issuer: Name, label: Name, now: Option<Time>) -> PyResult<OtpauthUri> {
        let now = self::now(now)?;
        let names = OtpauthNames { issuer: &issuer, label: &label };
        self.with(|credential| credential.otpauth_uri(names, now)).map(OtpauthUri)
    }

    #[doc = doc!("StoredCredential.recovery_codes")]
    #[pyo3(signature = (count = None))]
    fn recovery_codes(&self, count: Option<Number<u32>>) -> PyResult<Attempt> {
        let usual = || u32::try_from(PolicyOption::RecoveryCodes.default_value()).unwrap_or_default();
        let count = count.map_or_else(usual, |count| count.0);
        Ok(Attempt::new(self.with(|credential| credential.recovery_codes(count))?.with_any_answer()))
    }

    #[doc = doc!("StoredCredential.temporary_code")]
    #[pyo3(signature = (missing, *, expiry = None, uses = Number(1), now = None), text_signature = "($self, missing, *, expiry=None, uses=1, now=None)")]
    fn temporary_code(
        &self,
        missing: Member<MissingAuthenticator>,
        expiry: Option<Time>,
        uses: Number<u32>,
        now: Option<Time>,
    ) -> PyResult<Attempt> {
        let (expiry, now) = (expiry.map(|expiry| expiry.0), self::now(now)?);
        let change = self.with(|credential| credential.temporary_code(expiry, uses.0, missing.0, now))?;
        Ok(Attempt::new(change.with_any_answer()))
    }

    #[doc = doc!("StoredCredential.end_codes")]
    fn end_codes(&self, codes: Member<CodeSet>) -> PyResult<Attempt> {
        self.change(|credential| credential.end_codes(codes.0))
    }

    #[doc = doc!("StoredCredential.unlock")]
    fn unlock(&self) -> PyResult<Attempt> {
        self.change(|credential| credential.unlock())
    }

    #[doc = doc!("StoredCredential.repair_clock")]
    #[pyo3(signature = (*, now = None))]
    fn repair_clock(&self, now: Option<Time>) -> PyResult<Attempt> {
        let now = self::now(now)?;
        self.change(|credential| credential.repair_clock(now))
    }

    #[doc = doc!("StoredCredential.suspend")]
    fn suspend(&self) -> PyResult<Attempt> {
        self.change(|credential| credential.suspend())
    }

    #[doc = doc!("StoredCredential.resume")]
    fn resume(&self) -> PyResult<Attempt> {
        self.change(|credential| credential.resume())
    }

    #[doc = doc!("StoredCredential.revoke")]
    fn revoke(&self) -> PyResult<Attempt> {
        self.change(|credential| credential.revoke())
    }

    #[doc = doc!("StoredCredential.forget")]
    #[pyo3(signature = (*, now = None))]
    fn forget(&self, now: Option<Time>) -> PyResult<Attempt> {
        let now = self::now(now)?;
        self.change(|credential| credential.forget(now))
    }

    #[doc = doc!("StoredCredential.reseal")]
    fn reseal(&self) -> PyResult<Attempt> {
        self.change(|credential| credential.reseal())
    }

    #[doc = doc!("StoredCredential.rename")]
    fn rename(&self, new_account: Name) -> PyResult<Rename> {
        self.with(|credential| credential.rename(&new_account)).map(Rename::new)
    }

    #[doc = doc!("StoredCredential.inspect")]
    #[pyo3(signature = (*, now = None))]
    fn inspect(&self, now: Option<Time>) -> PyResult<Status> {
        self.status(self::now(now)?)
    }

    fn __bool__(&self) -> PyResult<bool> {
        Err(no_truth("a credential has no truth value: inspect it, or verify a code"))
    }

    fn __repr__(&self) -> &'static str {
        "<poterne.StoredCredential>"
    }

    fn __reduce_ex__(&self, _protocol: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(no_copy())
    }
}
