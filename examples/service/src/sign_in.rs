//! The password, and then the code.

use std::sync::Arc;

use axum::Form;
use axum::extract::{Query, State};
use axum::response::Response;
use poterne::{Accepted, Denied, Refusal, TicketBinding, UnixTime, rows_of_person};
use serde::Deserialize;

use crate::database::{Outcome, Submission};
use crate::pages::{CodeForm, Page};
use crate::random::{digest, hex};
use crate::submission::DOUBLE_CLICK;
use crate::visitor::{Cookies, Said, Step, Visitor, browser, is_ours, place, to, with_step};
use crate::{App, Failed, journal, to_the_end};

#[derive(Deserialize)]
pub(crate) struct Next {
    #[serde(default)]
    pub(crate) next: String,
}

#[derive(Deserialize)]
pub(crate) struct PasswordForm {
    #[serde(default)]
    form: String,
    #[serde(default)]
    next: String,
    #[serde(default)]
    account: String,
    #[serde(default)]
    password: String,
}

/// A form with a code.
#[derive(Deserialize)]
pub(crate) struct CodeFields {
    #[serde(default)]
    pub(crate) form: String,
    #[serde(default)]
    pub(crate) next: String,
    #[serde(default)]
    pub(crate) device: String,
    #[serde(default)]
    pub(crate) ticket: String,
    #[serde(default)]
    pub(crate) code: String,
    /// Random, and new on each page: the same form sent twice has it twice.
    #[serde(default)]
    page: String,
}

impl CodeFields {
    /// The same for a form that is sent twice, and for no other.
    pub(crate) fn mark(&self) -> String {
        hex(&digest(&["mark", &self.page, &self.device, &self.code]))
    }
}

/// `GET /sign-in`
pub(crate) async fn password_page(visitor: Visitor, Query(query): Query<Next>) -> Result<Response, Failed> {
    let (secret, is_new) = browser(&visitor)?;
    let page = Page { language: visitor.language, said: visitor.said() };
    let answer = page.password(&Visitor::form_token(&secret, "password", ""), place(&query.next));
    let answer = answer.without_cookie("said");
    Ok(if is_new { answer.with_cookie("browser", &secret, None) } else { answer })
}

/// `POST /sign-in`: a right password gives a ticket, and lets nobody in.
pub(crate) async fn password(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Form(form): Form<PasswordForm>,
) -> Result<Response, Failed> {
    let again = format!("/sign-in?next={}", encoded(place(&form.next)));
    let Some(secret) = visitor.cookie("browser").filter(|secret| is_ours(&form.form, secret, "password", ""))
    else {
        return Ok(to(&again).saying(Said::Error("account.changed_elsewhere")));
    };
    let account = form.account;
    let Some(hash) = app.passwords.check(&app.database, &account, form.password).await? else {
        return Ok(to(&again).saying(Said::Error("password.wrong")));
    };
    let context = context(secret, &hash);
    let ticket = app.verifier.ticket(&account, binding(&context), UnixTime::now()?)?;
    let devices = app.devices(&account).await?;
    let page = if devices.is_empty() { "/enroll" } else { "/code" };
    let mut answer = to(&format!("{page}?next={}", encoded(place(&form.next))));
    if let Some(session) = visitor.session(&app).await?
        && session.account != account
    {
        // Somebody else signs in: they must not go on as the one before.
        app.database.close_session(&session.token).await?;
        answer = answer.without_cookie("session");
    }
    let step = Step { account, ticket: ticket.as_str().into(), devices };
    Ok(with_step(answer, &step, app.verifier.policy().ticket_seconds()))
}

/// `GET /code`
pub(crate) async fn code_page(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Query(query): Query<Next>,
) -> Result<Response, Failed> {
    if visitor.session(&app).await?.is_some() {
        return Ok(to(place(&query.next)));
    }
    let (Some(step), Some(secret)) = (visitor.step(), visitor.cookie("browser")) else {
        return Ok(to("/sign-in"));
    };
    let page = Page { language: visitor.language, said: visitor.said() };
    let form = CodeForm {
        action: "/code",
        token: &Visitor::form_token(secret, "code", &step.account),
        hidden: &[("next", place(&query.next))],
        devices: &step.devices,
        label: "code.label",
        hint: "code.hint",
        submit: "code.submit",
    };
    Ok(page.code(&form).without_cookie("said"))
}

/// `POST /code`
pub(crate) async fn code(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Form(form): Form<CodeFields>,
) -> Result<Response, Failed> {
    let next = place(&form.next).to_owned();
    // The other tab was faster.
    if visitor.session(&app).await?.is_some() {
        return Ok(to(&next));
    }
    let ours = |step: &Step, secret: &str| is_ours(&form.form, secret, "code", &step.account);
    let (Some(step), Some(secret)) = (visitor.step(), visitor.cookie("browser").map(str::to_owned)) else {
        return Ok(late(&next));
    };
    if !ours(&step, &secret) {
        return Ok(late(&next));
    }
    let outcome = to_the_end(async move { log_in(&app, &step, &secret, &form).await }).await?;
    Ok(match outcome {
        LoggedIn::As(token) => {
            // A new identifier for the session; what the password step had is over.
            let answer = to(&next).with_cookie("session", &token, None);
            answer
                .without_cookie("step")
                .without_cookie("browser")
                .without_cookie("said")
                .without_cookie("pending")
        }
        LoggedIn::Refused(Refusal::Ticket) => late(&next),
        LoggedIn::Refused(refusal) => {
            to(&format!("/code?next={}", encoded(&next))).saying(Said::Refused(refusal))
        }
    })
}

enum LoggedIn {
    /// The value of the session's cookie.
    As(String),
    Refused(Refusal),
}

/// The same form sent twice, by a double click, opens one session: the second answer repeats the first. Nobody else can send it, for
/// it needs the cookie and the ticket; and only for some seconds.
async fn log_in(app: &App, step: &Step, secret: &str, form: &CodeFields) -> Result<LoggedIn, Failed> {
    // Asked again: a ticket knows nothing of a dismissal or a new password since.
    let Some(hash) = app.database.password_hash(&step.account).await? else {
        return Ok(LoggedIn::Refused(Refusal::Ticket));
    };
    let id = digest(&["login", secret, &step.ticket, &form.mark()]);
    // It takes the database's nonce and the browser's cookie to make it, and a new submission has a new nonce.
    let token = |nonce: &str| hex(&digest(&["token", nonce, secret, &step.ticket]));
    match app.submit(&id).await? {
        Submission::First { nonce } => {
            let context = context(secret, &hash);
            let verified = verify(app, &step.account, &step.ticket, binding(&context), form).await;
            let opened = match &verified {
                Ok(accepted) => {
                    let (method, refused) = (accepted.method(), accepted.failures_before());
                    app.database.open_session(&token(&nonce), &step.account, &hash, method, refused).await
                }
                Err(_) => Ok(true),
            };
            // Another password since: the code is spent, and the login begins anew.
            let verified = match (verified, &opened) {
                (Ok(_), Ok(false)) => Err(Denied::Refused(Refusal::Ticket)),
                (verified, _) => verified.map(|accepted| Outcome::Accepted(accepted.method())),
            };
            let outcome = app.settle(&id, verified).await?;
            opened?;
            Ok(match outcome {
                Outcome::Refused(refusal) => LoggedIn::Refused(refusal),
                _ => LoggedIn::As(token(&nonce)),
            })
        }
        Submission::Again { nonce, age, outcome: Some(Outcome::Accepted(_)) } if age < DOUBLE_CLICK => {
            Ok(LoggedIn::As(token(&nonce)))
        }
        Submission::Again { age, outcome: Some(Outcome::Refused(refusal)), .. } if age < DOUBLE_CLICK => {
            Ok(LoggedIn::Refused(refusal))
        }
        // Sent again later, from the browser's history: a code is accepted once, and a wrong one is not worth a look.
        Submission::Again { .. } => {
            journal(Refusal::Replayed.code());
            Ok(LoggedIn::Refused(Refusal::Replayed))
        }
    }
}

/// Looks at the ticket, and then at the code, on one row of the person: which one the user says, but of the server's own list.
pub(crate) async fn verify(
    app: &App,
    account: &str,
    ticket: &str,
    binding: TicketBinding<'_>,
    form: &CodeFields,
) -> Result<Accepted, Denied> {
    let rows = rows_of_person(account)?;
    let row = rows.get(device(&form.device)).ok_or(Denied::Refused(Refusal::NotEnrolled))?;
    let now = UnixTime::now()?;
    let make = |credential: poterne::StoredCredential<'_>| {
        credential.verify_with_ticket(ticket, binding, &form.code, now)
    };
    app.table.apply(&app.verifier, row, make).await
}

/// The place of a device in the rows of its person: `1` and nothing are the first.
pub(crate) fn device(number: &str) -> usize {
    match number {
        "2" => 1,
        "3" => 2,
        _ => 0,
    }
}

/// What binds a ticket to the browser, and to the password.
pub(crate) fn context(secret: &str, password_hash: &str) -> Vec<u8> {
    digest(&["context", secret, password_hash]).to_vec()
}

pub(crate) fn binding(context: &[u8]) -> TicketBinding<'_> {
    TicketBinding { purpose: "service", context }
}

/// Back to the password.
pub(crate) fn late(next: &str) -> Response {
    to(&format!("/sign-in?next={}", encoded(place(next)))).saying(Said::Error("late.text"))
}

/// A place as the value of a query: it has graphic ASCII alone.
pub(crate) fn encoded(place: &str) -> String {
    place.replace('%', "%25").replace('&', "%26").replace('+', "%2B").replace('#', "%23")
}
