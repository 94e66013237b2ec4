//! The user's own page: a new phone while the old one works, new recovery codes, signing out.

use std::sync::Arc;

use axum::Form;
use axum::extract::State;
use axum::response::Response;
use poterne::{
    CodeSet, Denied, ErrorKind, NotStored, RecoveryCodes, Refusal, Replacement, Status, UnixTime,
    rows_of_person,
};

use crate::database::{Outcome, Replacing, Session, Submission};
use crate::enroll::{CODES_SECONDS, first_code};
use crate::pages::{CodeForm, Page, forged};
use crate::random::digest;
use crate::sign_in::{CodeFields, device};
use crate::submission::twice;
use crate::visitor::{Cookies, Said, Visitor, is_ours, to};
use crate::{App, Failed, to_the_end};

/// `GET /`
pub(crate) async fn home(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, Failed> {
    let Some(session) = visitor.session(&app).await? else { return Ok(to("/sign-in")) };
    let page = Page { language: visitor.language, said: visitor.said() };
    let token = Visitor::form_token(&session.token, "sign-out", &session.account);
    Ok(page.home(&session, &token).without_cookie("said"))
}

/// `POST /sign-out`
pub(crate) async fn sign_out(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Form(form): Form<CodeFields>,
) -> Result<Response, Failed> {
    if let Some(session) = visitor.session(&app).await? {
        if !is_ours(&form.form, &session.token, "sign-out", &session.account) {
            return Ok(forged(visitor.language));
        }
        app.database.close_session(&session.token).await?;
    }
    Ok(to("/sign-in").without_cookie("session"))
}

/// `GET /account`
pub(crate) async fn account(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, Failed> {
    let Some(session) = visitor.session(&app).await? else { return Ok(to("/sign-in?next=/account")) };
    let page = Page { language: visitor.language, said: visitor.said() };
    Ok(page.account(&app.statuses(&session.account).await?).without_cookie("said"))
}

/// `GET /account/new-phone`: the QR code, behind a code of the phone that works.
pub(crate) async fn new_phone_page(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Result<Response, Failed> {
    let Some(session) = visitor.session(&app).await? else {
        return Ok(to("/sign-in?next=/account/new-phone"));
    };
    let page = Page { language: visitor.language, said: visitor.said() };
    let uri = session.replacement.as_ref().and_then(|each| {
        let rows = rows_of_person(&session.account).ok()?;
        app.uri(rows.get(each.device)?, &each.pending).ok()
    });
    let token = Visitor::form_token(&session.token, "new-phone", &session.account);
    let answer = match uri {
        Some(uri) => page.enroll(
            "replace.title",
            Some("replace.text"),
            &uri,
            &first_code("/account/new-phone", &token, &[]),
        )?,
        None => {
            let devices = app.devices(&session.account).await?;
            let form = before("/account/new-phone/start", &token, &devices, "replace.start");
            page.code_before("replace.title", "replace.text", &form)
        }
    };
    Ok(answer.without_cookie("said"))
}

/// `POST /account/new-phone/start`
pub(crate) async fn start_new_phone(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Form(form): Form<CodeFields>,
) -> Result<Response, Failed> {
    let page = "/account/new-phone";
    let Some(session) = visitor.session(&app).await? else {
        return Ok(to("/sign-in?next=/account/new-phone"));
    };
    if !is_ours(&form.form, &session.token, "new-phone", &session.account) {
        return Ok(forged(visitor.language));
    }
    let outcome = to_the_end(async move {
        let id = digest(&["new-phone", &session.token, &form.mark()]);
        match app.submit(&id).await? {
            Submission::First { .. } => {
                let verified = app
                    .verify_again(&session, &form)
                    .await
                    .map(|accepted| Outcome::Accepted(accepted.method()));
                let kept = match verified {
                    Ok(_) => app.keep_new_phone(&session, device(&form.device)).await,
                    Err(_) => Ok(()),
                };
                let outcome = app.settle(&id, verified).await?;
                kept?;
                Ok(outcome)
            }
            again => Ok(twice(&again)),
        }
    });
    Ok(match outcome.await? {
        Outcome::Refused(refusal) => to(page).saying(Said::Refused(refusal)),
        _ => to(page),
    })
}

/// `POST /account/new-phone`: the first code of the new phone puts it in the place of the old one.
pub(crate) async fn new_phone(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Form(form): Form<CodeFields>,
) -> Result<Response, Failed> {
    let page = "/account/new-phone";
    let Some(session) = visitor.session(&app).await? else {
        return Ok(to("/sign-in?next=/account/new-phone"));
    };
    if !is_ours(&form.form, &session.token, "new-phone", &session.account) {
        return Ok(forged(visitor.language));
    }
    let shown = format!("replace.{}", form.mark());
    let outcome = to_the_end(async move {
        let id = digest(&["replace", &session.token, &form.mark()]);
        let outcome = app.once(&id, replace(&app, &session, &form.code, &id)).await?;
        if outcome == Outcome::Refused(Refusal::Conflict) {
            app.database.keep_replacement(&session.token, None).await?;
        }
        Ok((outcome, app.database.has_codes(&id).await?))
    });
    let (outcome, has_codes) = outcome.await?;
    Ok(match outcome {
        // A suspension, or a login with the old phone: look, and begin again.
        Outcome::Refused(Refusal::Conflict) => {
            to("/account").saying(Said::Error("account.changed_elsewhere"))
        }
        Outcome::Refused(refusal) => to(page).saying(Said::RefusedAtEnrollment(refusal)),
        _ if !has_codes => to("/account").saying(Said::Notice("replace.done")),
        _ => to("/account/codes").with_cookie("codes", &shown, Some(CODES_SECONDS)),
    })
}

/// `GET /account/recovery-codes`
pub(crate) async fn recovery_page(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, Failed> {
    let Some(session) = visitor.session(&app).await? else {
        return Ok(to("/sign-in?next=/account/recovery-codes"));
    };
    let page = Page { language: visitor.language, said: visitor.said() };
    let token = Visitor::form_token(&session.token, "recovery", &session.account);
    let devices = app.devices(&session.account).await?;
    let form = before("/account/recovery-codes", &token, &devices, "recovery.new");
    Ok(page.code_before("recovery.new", "recovery.new_text", &form).without_cookie("said"))
}

/// `POST /account/recovery-codes`
pub(crate) async fn recovery_codes(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Form(form): Form<CodeFields>,
) -> Result<Response, Failed> {
    let Some(session) = visitor.session(&app).await? else {
        return Ok(to("/sign-in?next=/account/recovery-codes"));
    };
    if !is_ours(&form.form, &session.token, "recovery", &session.account) {
        return Ok(forged(visitor.language));
    }
    let shown = format!("recovery.{}", form.mark());
    let outcome = to_the_end(async move {
        let id = digest(&["recovery", &session.token, &form.mark()]);
        let verifying = async {
            let accepted = app.verify_again(&session, &form).await?;
            app.grant_codes(&id, &session.account).await?;
            Ok(Outcome::Accepted(accepted.method()))
        };
        app.once(&id, verifying).await
    });
    Ok(match outcome.await? {
        Outcome::Refused(refusal) => to("/account/recovery-codes").saying(Said::Refused(refusal)),
        _ => to("/account/codes").with_cookie("codes", &shown, Some(CODES_SECONDS)),
    })
}

/// `GET /account/codes`: recovery codes behind one of the two, once.
pub(crate) async fn codes(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, Failed> {
    let Some(session) = visitor.session(&app).await? else { return Ok(to("/sign-in?next=/account")) };
    let mut parts = visitor.cookie("codes").unwrap_or_default().splitn(2, '.').map(str::to_owned);
    let (kind, mark) = (parts.next(), parts.next());
    let gone = || to("/account").saying(Said::Error("recovery.gone"));
    let (Some(kind), Some(mark)) = (kind, mark) else { return Ok(gone()) };
    if !["replace", "recovery"].contains(&kind.as_str()) {
        return Ok(gone());
    }
    let codes = app.codes_to_show(&digest(&[&kind, &session.token, &mark]), &session.account).await?;
    let page = Page { language: visitor.language, said: None };
    let notice = (kind == "replace").then_some("replace.done");
    Ok(codes.map_or_else(gone, |codes| page.recovery_codes(notice, &codes, "/account")))
}

impl App {
    /// The numbers of a person's devices, as digits: the rows that there are.
    pub(crate) async fn devices(&self, person: &str) -> Result<String, poterne::Error> {
        let rows = rows_of_person(person)?;
        let there = self.table.those_with_a_record(&rows).await?;
        let devices = ['1', '2', '3'].into_iter().zip(&rows).filter(|(_, row)| there.contains(row));
        Ok(devices.map(|(number, _)| number).collect())
    }

    /// A code of somebody who is signed in, before something that a thief of the session must not do.
    pub(crate) async fn verify_again(
        &self,
        session: &Session,
        form: &CodeFields,
    ) -> Result<poterne::Accepted, Denied> {
        let rows = rows_of_person(&session.account)?;
        let row = rows.get(device(&form.device)).ok_or(Denied::Refused(Refusal::NotEnrolled))?;
        let now = UnixTime::now()?;
        self.table.apply(&self.verifier, row, |credential| credential.verify(&form.code, now)).await
    }

    /// New recovery codes, if the row still has this record; the former ones are void, on all rows.
    pub(crate) async fn new_codes(
        &self,
        person: &str,
        row: &str,
        record: &str,
    ) -> Result<Option<RecoveryCodes>, Failed> {
        for other in rows_of_person(person)?.iter().filter(|each| *each != row) {
            if self.table.load(other).await?.is_some() {
                self.end_recovery_codes(other).await?;
            }
        }
        let count = u32::from(self.verifier.policy().recovery_codes().max(1));
        let change = self.verifier.credential(row, Some(record))?.recovery_codes(count)?;
        let rows = match change.record() {
            Some(new) => self.table.swap(row, Some(record), new.as_str()).await?,
            None => 0,
        };
        match change.outcome(rows) {
            Ok(codes) => Ok(Some(codes)),
            Err(NotStored::Conflict) => Ok(None),
            Err(NotStored::Error(error)) => Err(error.into()),
        }
    }

    /// Recovery codes stand on one row (semantics 9.8): on another there are none.
    async fn end_recovery_codes(&self, row: &str) -> Result<(), poterne::Error> {
        let ended =
            self.table.apply(&self.verifier, row, |credential| credential.end_codes(CodeSet::Recovery));
        match ended.await {
            Ok(()) => Ok(()),
            Err(NotStored::Conflict) => {
                Err(poterne::Error::unavailable("others wrote the record three times"))
            }
            // A revoked row has none that work.
            Err(NotStored::Error(error)) if error.kind() == ErrorKind::State => Ok(()),
            Err(NotStored::Error(error)) => Err(error),
        }
    }

    /// The first row that is in use: that of the recovery codes. A revoked one, or one without its first code, takes none.
    pub(crate) async fn first_row(&self, person: &str) -> Result<Option<String>, poterne::Error> {
        for row in rows_of_person(person)? {
            let Some(record) = self.table.load(&row).await? else { continue };
            let status = self.verifier.credential(&row, Some(&record))?.inspect(UnixTime::now()?)?;
            if matches!(status.state(), poterne::State::Active | poterne::State::Suspended) {
                return Ok(Some(row));
            }
        }
        Ok(None)
    }

    async fn statuses(&self, person: &str) -> Result<Vec<Status>, Failed> {
        let mut statuses = Vec::new();
        for row in rows_of_person(person)? {
            if let Some(record) = self.table.load(&row).await? {
                statuses.push(self.verifier.credential(&row, Some(&record))?.inspect(UnixTime::now()?)?);
            }
        }
        Ok(statuses)
    }

    /// Loads the record of today, which the new phone may replace, and makes a pending one. Both wait in the session.
    async fn keep_new_phone(&self, session: &Session, device: usize) -> Result<(), Failed> {
        let rows = rows_of_person(&session.account)?;
        let row = rows.get(device).unwrap_or(&session.account);
        let Some(old) = self.table.load(row).await? else { return Ok(()) };
        let (pending, _) = self.pending(row)?;
        Ok(self.database.keep_replacement(&session.token, Some(&Replacing { device, old, pending })).await?)
    }
}

/// Tried once: the swap compares with the record of the day on which the new phone was begun (semantics 8.9).
async fn replace(app: &App, session: &Session, code: &str, id: &[u8; 32]) -> Result<Outcome, Denied> {
    let rows = rows_of_person(&session.account)?;
    let Some(Replacing { device, old, pending }) = &session.replacement else {
        return Err(Denied::Refused(Refusal::NotPending));
    };
    let row = rows.get(*device).unwrap_or(&session.account);
    let attempt = app.verifier.replace(Replacement { account: row, old, pending }, code, UnixTime::now()?)?;
    let rows = match attempt.record() {
        Some(new) => app.table.swap(row, Some(old), new.as_str()).await?,
        None => 0,
    };
    let _confirmed = attempt.outcome(rows)?;
    // First what the old one opened, and then the codes: an error there leaves nobody in.
    app.database.close_others(session).await?;
    // The pending record is thrown away: confirmed once more over a later one, its used codes would work again.
    app.database.keep_replacement(&session.token, None).await?;
    if app.first_row(&session.account).await?.as_ref() == Some(row) {
        app.grant_codes(id, &session.account).await?;
    } else {
        app.end_recovery_codes(row).await?;
    }
    Ok(Outcome::Confirmed)
}

/// The form for a code before something.
fn before<'a>(action: &'a str, token: &'a str, devices: &'a str, submit: &'a str) -> CodeForm<'a> {
    CodeForm { action, token, hidden: &[], devices, label: "replace.code", hint: "code.hint", submit }
}
