//! A step-up: a payment takes a code of its own, for this payee and this amount (semantics 15.7).

use std::sync::Arc;

use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;
use poterne::{Method, Refusal, TicketBinding, UnixTime};
use serde::Deserialize;

use crate::database::{Outcome, Payment, Session, Submission};
use crate::pages::{CodeForm, Page, forged};
use crate::random::{digest, hex};
use crate::sign_in::{CodeFields, context, verify};
use crate::submission::twice;
use crate::visitor::{Cookies, Said, Visitor, is_ours, to};
use crate::{App, Failed, to_the_end};

#[derive(Deserialize)]
pub(crate) struct NewPayment {
    #[serde(default)]
    form: String,
    #[serde(default)]
    payee: String,
    #[serde(default)]
    amount: String,
}

/// `GET /payments`
pub(crate) async fn list(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, Failed> {
    let Some(session) = visitor.session(&app).await? else { return Ok(to("/sign-in?next=/payments")) };
    let page = Page { language: visitor.language, said: visitor.said() };
    let token = Visitor::form_token(&session.token, "prepare", &session.account);
    Ok(page.payments(&app.database.payments(&session.account).await?, &token).without_cookie("said"))
}

/// `POST /payments`: writes the payment down. No money moves.
pub(crate) async fn prepare(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Form(form): Form<NewPayment>,
) -> Result<Response, Failed> {
    let Some(session) = visitor.session(&app).await? else { return Ok(to("/sign-in?next=/payments")) };
    if !is_ours(&form.form, &session.token, "prepare", &session.account) {
        return Ok(forged(visitor.language));
    }
    let payee = form.payee.trim();
    let is_payee = (1..=70).contains(&payee.chars().count()) && !payee.contains(is_unseen);
    let Some(cents) = cents(&form.amount).filter(|_| is_payee) else {
        return Ok(to("/payments").saying(Said::Error("payments.wrong")));
    };
    let id = app.database.prepare_payment(&session.account, payee, cents).await?;
    Ok(to(&format!("/payments/{id}")))
}

/// `GET /payments/{id}`: shows the act, with a ticket that names it.
pub(crate) async fn payment_page(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(id): Path<i64>,
) -> Result<Response, Failed> {
    let address = format!("/payments/{id}");
    let Some(session) = visitor.session(&app).await? else {
        return Ok(to(&format!("/sign-in?next={address}")));
    };
    let Some(payment) = app.database.payment(&session.account, id).await? else { return Ok(to("/payments")) };
    let page = Page { language: visitor.language, said: visitor.said() };
    if payment.is_done {
        return Ok(page.payment(&payment, None).without_cookie("said"));
    }
    let Some(hash) = app.database.password_hash(&session.account).await? else { return Ok(to("/sign-in")) };
    let (act, context) = (act(&payment), context(&session.token, &hash));
    let ticket = app.verifier.ticket(
        &session.account,
        TicketBinding { purpose: &act, context: &context },
        UnixTime::now()?,
    )?;
    let form = CodeForm {
        action: &address,
        token: &Visitor::form_token(&session.token, "pay", &session.account),
        hidden: &[("ticket", ticket.as_str())],
        devices: &app.devices(&session.account).await?,
        label: "code.label",
        hint: "payment.hint",
        submit: "payment.submit",
    };
    Ok(page.payment(&payment, Some(&form)).without_cookie("said"))
}

/// `POST /payments/{id}`: the code, and the payment with it.
pub(crate) async fn pay(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(id): Path<i64>,
    Form(form): Form<CodeFields>,
) -> Result<Response, Failed> {
    let address = format!("/payments/{id}");
    let Some(session) = visitor.session(&app).await? else {
        return Ok(to(&format!("/sign-in?next={address}")));
    };
    if !is_ours(&form.form, &session.token, "pay", &session.account) {
        return Ok(forged(visitor.language));
    }
    // The act is read again, from the table. The form says which code, and for which row: nothing of the act.
    let Some(payment) = app.database.payment(&session.account, id).await? else { return Ok(to("/payments")) };
    if payment.is_done {
        return Ok(to(&address));
    }
    let paid = to_the_end(async move { approve(&app, &session, &payment, &form).await }).await?;
    Ok(match paid {
        Outcome::Accepted(Method::Otp) => to(&address),
        Outcome::Accepted(_) => to(&address).saying(Said::Error("payment.otp_only")),
        Outcome::Refused(Refusal::Ticket) => to(&address).saying(Said::Error("payment.late")),
        Outcome::Refused(refusal) => to(&address).saying(Said::Refused(refusal)),
        Outcome::Confirmed => to(&address),
    })
}

/// Pays if the code is accepted, in this request, and by no other method than an OTP: a temporary code has up to 50 uses, and a recovery
/// code was printed.
async fn approve(
    app: &App,
    session: &Session,
    payment: &Payment,
    form: &CodeFields,
) -> Result<Outcome, Failed> {
    let Some(hash) = app.database.password_hash(&session.account).await? else {
        return Ok(Outcome::Refused(Refusal::Ticket));
    };
    let (act, context) = (act(payment), context(&session.token, &hash));
    let id = digest(&["pay", &session.token, &act, &form.ticket, &form.mark()]);
    match app.submit(&id).await? {
        Submission::First { .. } => {
            let binding = TicketBinding { purpose: &act, context: &context };
            let verified = verify(app, &session.account, &form.ticket, binding, form).await;
            let paid = match &verified {
                Ok(accepted) if accepted.method() == Method::Otp => app.database.pay(payment).await,
                _ => Ok(true),
            };
            let outcome =
                app.settle(&id, verified.map(|accepted| Outcome::Accepted(accepted.method()))).await?;
            // It was changed, or done, between the two statements: nothing was paid here.
            Ok(if paid? { outcome } else { Outcome::Refused(Refusal::Ticket) })
        }
        again => Ok(twice(&again)),
    }
}

/// SHA-256 of the act, in hexadecimal: everything that the user has been shown, and whose it is. 64 characters, as a purpose may have.
fn act(payment: &Payment) -> String {
    let Payment { id, account, payee, cents, .. } = payment;
    hex(&digest(&["payment", &id.to_string(), account, payee, &cents.to_string()]))
}

/// Characters that show nothing and change what is shown around them: a name, or the amount beside it, could be read in another order than
/// it is paid (UAX #9).
fn is_unseen(each: char) -> bool {
    each.is_control()
        || matches!(each, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Reads `1250.40`, `1 250,40` and `1250`: up to two digits behind the point, and no more than a hundred million.
fn cents(amount: &str) -> Option<i64> {
    let plain: String =
        amount.trim().chars().filter(|each| !matches!(each, ' ' | '\u{a0}' | '\u{202f}')).collect();
    let (euros, cents) = plain.split_once(['.', ',']).unwrap_or((&plain, "0"));
    let is_number = |text: &str, longest| {
        (1..=longest).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    if !is_number(euros, 9) || !is_number(cents, 2) {
        return None;
    }
    let cents: i64 = format!("{cents:0<2}").parse().ok()?;
    let all = euros.parse::<i64>().ok()?.checked_mul(100)?.checked_add(cents)?;
    (1..=10_000_000_000).contains(&all).then_some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_exactly() {
        for (text, expected) in [
            ("1250.40", 125_040),
            ("1 250,4", 125_040),
            (" 7 ", 700),
            ("0,01", 1),
            ("100000000", 10_000_000_000),
        ] {
            assert_eq!(cents(text), Some(expected), "{text}");
        }
        for text in [
            "",
            "0",
            "0.00",
            "-5",
            "+5",
            "1.250,40",
            "1e3",
            "1.005",
            "1,",
            ".5",
            "٣",
            "100000000.01",
            "9999999999",
        ] {
            assert_eq!(cents(text), None, "{text}");
        }
    }

    #[test]
    fn another_payment_is_another_act() {
        let payment = |id, account: &str, payee: &str, cents| Payment {
            id,
            account: account.into(),
            payee: payee.into(),
            cents,
            is_done: false,
        };
        let mut acts = vec![
            act(&payment(1, "a", "bc", 100)),
            act(&payment(2, "a", "bc", 100)),
            act(&payment(1, "ab", "c", 100)),
            act(&payment(1, "a", "bc1", 0)),
            act(&payment(1, "a", "bc", 101)),
        ];
        assert!(acts.iter().all(|act| act.len() == 64));
        acts.sort();
        acts.dedup();
        assert_eq!(acts.len(), 5);
    }
}
