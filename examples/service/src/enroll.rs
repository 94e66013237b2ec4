//! The first authenticator, behind the password alone: see "Who may enroll" in the library's guide before you copy this page.

use std::sync::Arc;

use axum::Form;
use axum::extract::{Query, State};
use axum::response::Response;
use poterne::{Denied, OtpauthNames, OtpauthUri, Parameters, Refusal, UnixTime, person_and_row};

use crate::database::Outcome;
use crate::pages::{CodeForm, Page};
use crate::random::digest;
use crate::sign_in::{CodeFields, Next, binding, context, encoded, late};
use crate::visitor::{Cookies, Said, Step, Visitor, is_ours, place, to};
use crate::{App, Failed, to_the_end};

/// `GET /enroll`: the QR code. The pending record is sealed, and waits in the browser: whoever gives up leaves nothing behind.
pub(crate) async fn page(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Query(query): Query<Next>,
) -> Result<Response, Failed> {
    let next = place(&query.next);
    let Some((step, secret)) = behind_the_password(&app, &visitor).await? else { return Ok(late(next)) };
    // Somebody who has a record, on any row, shows its code; an enrollment in another tab may have made it.
    if !app.devices(&step.account).await?.is_empty() {
        return Ok(to(&format!("/code?next={}", encoded(next))));
    }
    let known = visitor
        .cookie("pending")
        .and_then(|record| Some((record.to_owned(), app.uri(&step.account, record).ok()?)));
    let (record, uri) = match known {
        Some(known) => known,
        None => app.pending(&step.account)?,
    };
    let page = Page { language: visitor.language, said: visitor.said() };
    let token = Visitor::form_token(&secret, "enroll", &step.account);
    let hidden = [("next", next)];
    let answer = page.enroll("enroll.title", None, &uri, &first_code("/enroll", &token, &hidden))?;
    Ok(answer.without_cookie("said").with_cookie("pending", &record, Some(PENDING_SECONDS)))
}

/// `POST /enroll`: the first code. It is not a login: the next code is.
pub(crate) async fn confirm(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Form(form): Form<CodeFields>,
) -> Result<Response, Failed> {
    let next = place(&form.next).to_owned();
    let Some((step, secret)) = behind_the_password(&app, &visitor).await? else { return Ok(late(&next)) };
    let Some(pending) = visitor.cookie("pending").map(str::to_owned) else {
        return Ok(to(&format!("/code?next={}", encoded(&next))).saying(Said::Error("recovery.gone")));
    };
    if !is_ours(&form.form, &secret, "enroll", &step.account) {
        return Ok(late(&next));
    }
    let mark = form.mark();
    let id = digest(&["enroll", &secret, &step.account, &step.ticket, &mark]);
    let confirmed = to_the_end(async move {
        let mut kept = None;
        let outcome = app
            .once(&id, async {
                let outcome = confirm_pending(&app, &step.account, &pending, &form.code, &mut kept).await?;
                app.grant_codes(&id, &step.account).await?;
                Ok(outcome)
            })
            .await?;
        Ok((outcome, kept))
    });
    let (outcome, kept) = confirmed.await?;
    Ok(match outcome {
        Outcome::Refused(Refusal::Conflict | Refusal::NotPending) => {
            to(&format!("/code?next={}", encoded(&next))).saying(Said::Notice("enroll.already"))
        }
        Outcome::Refused(refusal) => {
            let answer =
                to(&format!("/enroll?next={}", encoded(&next))).saying(Said::RefusedAtEnrollment(refusal));
            // A code of a fast phone is spent although it was refused: the pending record knows that.
            match kept {
                Some(record) => answer.with_cookie("pending", &record, Some(PENDING_SECONDS)),
                None => answer,
            }
        }
        _ => {
            let answer = to(&format!("/enroll/codes?next={}", encoded(&next)));
            answer.with_cookie("codes", &mark, Some(CODES_SECONDS))
        }
    })
}

/// `GET /enroll/codes`: the recovery codes, once.
pub(crate) async fn codes(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Query(query): Query<Next>,
) -> Result<Response, Failed> {
    let next = place(&query.next);
    let Some((step, secret)) = behind_the_password(&app, &visitor).await? else { return Ok(late(next)) };
    let mark = visitor.cookie("codes").unwrap_or_default();
    let id = digest(&["enroll", &secret, &step.account, &step.ticket, mark]);
    let code_page = format!("/code?next={}", encoded(next));
    Ok(match app.codes_to_show(&id, &step.account).await? {
        Some(codes) => {
            let page = Page { language: visitor.language, said: None };
            page.recovery_codes(Some("enroll.done"), &codes, &code_page).without_cookie("pending")
        }
        None => to(&code_page).saying(Said::Error("recovery.gone")),
    })
}

/// The account whose password was right a moment ago, by its ticket; and the browser's cookie.
///
/// No call of the library says that a ticket is valid, so that nobody takes it for a login. Somebody without a record is refused as
/// NotEnrolled behind a valid ticket, and as Ticket otherwise: that is what this page asks.
async fn behind_the_password(app: &App, visitor: &Visitor) -> Result<Option<(Step, String)>, Failed> {
    let (Some(step), Some(secret)) = (visitor.step(), visitor.cookie("browser")) else { return Ok(None) };
    let Some(hash) = app.database.password_hash(&step.account).await? else { return Ok(None) };
    let context = context(secret, &hash);
    let nobody = app.verifier.credential(&step.account, None)?;
    let attempt = nobody.verify_with_ticket(&step.ticket, binding(&context), "", UnixTime::now()?)?;
    let is_valid = match attempt.outcome(0) {
        Err(Denied::Refused(refusal)) => refusal != Refusal::Ticket,
        Err(Denied::Error(error)) => return Err(error.into()),
        // There is no login without a record.
        Ok(_) => false,
    };
    Ok(is_valid.then(|| (step, secret.to_owned())))
}

/// Confirms, and stores the record as the account's first. One that has a record keeps it: a Conflict. What a refusal changes in the
/// pending record is for the browser to keep.
async fn confirm_pending(
    app: &App,
    account: &str,
    pending: &str,
    code: &str,
    kept: &mut Option<String>,
) -> Result<Outcome, Denied> {
    // On any row: a person whose token is the second one has a second factor, and the password alone does not make another.
    if !app.devices(account).await?.is_empty() {
        return Err(Denied::Refused(Refusal::Conflict));
    }
    let attempt = app.verifier.credential(account, Some(pending))?.confirm(code, UnixTime::now()?)?;
    let record = attempt.record().map(|record| record.as_str().to_owned());
    let rows = match record {
        Some(record) if is_active(app, account, &record)? => app.table.swap(account, None, &record).await?,
        refused => {
            *kept = refused;
            1
        }
    };
    attempt.outcome(rows).map(|_| Outcome::Confirmed)
}

fn is_active(app: &App, account: &str, record: &str) -> Result<bool, poterne::Error> {
    let status = app.verifier.credential(account, Some(record))?.inspect(UnixTime::now()?)?;
    Ok(status.state() == poterne::State::Active)
}

impl App {
    /// A new secret for an account: its pending record, and what the QR code says.
    pub(crate) fn pending(&self, account: &str) -> Result<(String, OtpauthUri), poterne::Error> {
        let enrollment = self.verifier.enroll(account, Parameters::totp(), UnixTime::now()?)?;
        let uri = enrollment.otpauth_uri(names(account))?;
        Ok((enrollment.record().as_str().to_owned(), uri))
    }

    /// The same once more, while it is pending.
    pub(crate) fn uri(&self, account: &str, pending: &str) -> Result<OtpauthUri, poterne::Error> {
        self.verifier.credential(account, Some(pending))?.otpauth_uri(names(account), UnixTime::now()?)
    }
}

/// The person's name, on each of their rows: apps do not take a `#`.
fn names(row: &str) -> OtpauthNames<'_> {
    OtpauthNames { issuer: ISSUER, label: person_and_row(row).0 }
}

/// The form for a first code.
pub(crate) fn first_code<'a>(
    action: &'a str,
    token: &'a str,
    hidden: &'a [(&'a str, &'a str)],
) -> CodeForm<'a> {
    CodeForm {
        action,
        token,
        hidden,
        devices: "",
        label: "enroll.label",
        hint: "enroll.type",
        submit: "enroll.submit",
    }
}

/// What the phone shows beside the account.
const ISSUER: &str = "Service";

/// How long an enrollment may be picked up again in the same browser.
const PENDING_SECONDS: u32 = 3_600;

/// How long a browser may take to the page of its recovery codes.
pub(crate) const CODES_SECONDS: u32 = 60;
