//! The pages. maud escapes every value that is put into them, and checks at compile time that they fit together.

use axum::response::{Html, IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};
use poterne::{ErrorKind, Language, OtpauthUri, RecoveryCodes, State, Status};

use crate::database::{Payment, Session};
use crate::random;
use crate::words::{say, say_count, tag};

/// What every page has: the language, and the sentence that the last answer left.
pub(crate) struct Page {
    pub(crate) language: Language,
    /// Whether it is a refusal, and what it says.
    pub(crate) said: Option<(bool, String)>,
}

/// A form that asks for a code.
pub(crate) struct CodeForm<'a> {
    pub(crate) action: &'a str,
    pub(crate) token: &'a str,
    /// More hidden fields.
    pub(crate) hidden: &'a [(&'a str, &'a str)],
    /// The numbers of the user's devices, as digits.
    pub(crate) devices: &'a str,
    pub(crate) label: &'a str,
    pub(crate) hint: &'a str,
    pub(crate) submit: &'a str,
}

impl Page {
    pub(crate) fn password(&self, token: &str, next: &str) -> Response {
        let body = html! {
            form method="post" action="/sign-in" {
                input type="hidden" name="form" value=(token);
                input type="hidden" name="next" value=(next);
                label for="account" { (self.say("password.account")) }
                input #account type="text" name="account" maxlength="255" autocomplete="username" autocapitalize="none" spellcheck="false"
                    required autofocus;
                label for="password" { (self.say("password.password")) }
                input #password type="password" name="password" maxlength="1024" autocomplete="current-password" required;
                button #poterne-submit { (self.say("password.submit")) }
            }
        };
        self.whole("password.title", body)
    }

    /// The code of a login.
    pub(crate) fn code(&self, form: &CodeForm<'_>) -> Response {
        let body = html! {
            (self.code_form(form))
            p.poterne-hint { (self.say("code.help")) }
            p { a href="/sign-in" { (self.say("code.other_user")) } }
        };
        self.whole("code.title", body)
    }

    /// A code before something that the user does when signed in.
    pub(crate) fn code_before(&self, title: &str, text: &str, form: &CodeForm<'_>) -> Response {
        let body = html! {
            p { (self.say(text)) }
            (self.code_form(form))
            p { a href="/account" { (self.say("account.back")) } }
        };
        self.whole(title, body)
    }

    /// The QR code of a new authenticator, and the question for its first code.
    pub(crate) fn enroll(
        &self,
        title: &str,
        text: Option<&str>,
        uri: &OtpauthUri,
        form: &CodeForm<'_>,
    ) -> Result<Response, poterne::Error> {
        let picture = data_uri(&uri.qr()?.svg());
        let body = html! {
            @if let Some(text) = text { p { (self.say(text)) } }
            ol {
                li { p { (self.say("enroll.install")) } }
                li {
                    p { (self.say("enroll.scan")) }
                    img.poterne-qr src=(picture) alt=(self.say("enroll.qr"));
                    p { a #poterne-link href=(uri.as_str()) { (self.say("enroll.link")) } }
                    p { (self.say("enroll.key")) br; code #poterne-key { (uri.secret_to_type().as_str()) } }
                }
                li { (self.code_form(form)) }
            }
            p.poterne-hint { (self.say("enroll.privacy")) }
        };
        Ok(self.whole(title, body))
    }

    /// Recovery codes, once: this answer is the only place where they are.
    pub(crate) fn recovery_codes(&self, notice: Option<&str>, codes: &RecoveryCodes, next: &str) -> Response {
        let body = html! {
            @if let Some(notice) = notice { div #poterne-notice role="status" { p { (self.say(notice)) } } }
            p { (self.say("recovery.text")) }
            ol #poterne-recovery { @for code in codes.iter() { li { (code) } } }
            a #poterne-kept .poterne-button href=(next) { (self.say("recovery.kept")) }
        };
        self.whole("recovery.title", body)
    }

    pub(crate) fn home(&self, session: &Session, form_token: &str) -> Response {
        let body = html! {
            @if session.refused_before > 0 {
                div #poterne-notice role="status" { p { (say_count(self.language, "failures.text", session.refused_before)) } }
            }
            p { (self.say("home.signed_in")) " " strong #service-account { (session.account) } }
            @if session.method != Some(poterne::Method::Otp) { p { (self.say("home.without_phone")) } }
            ul {
                li { a href="/payments" { (self.say("payments.title")) } }
                li { a #service-own href="/account" { (self.say("account.title")) } }
            }
            form method="post" action="/sign-out" {
                input type="hidden" name="form" value=(form_token);
                button #service-sign-out .poterne-second { (self.say("home.sign_out")) }
            }
        };
        self.whole("home.title", body)
    }

    /// The user's own devices.
    pub(crate) fn account(&self, statuses: &[Status]) -> Response {
        let state = |status: &Status| match status.state() {
            State::Active => "account.active",
            State::Pending => "account.pending",
            State::Suspended => "account.suspended",
            _ => "none.text",
        };
        let left = statuses.iter().map(Status::recovery_codes_left).max().unwrap_or_default();
        let body = html! {
            @for status in statuses { p { (self.say(state(status))) } }
            p { (say_count(self.language, "recovery.left", left)) }
            h2 { (self.say("replace.title")) }
            p { (self.say("replace.text")) }
            a #poterne-new-phone .poterne-button href="/account/new-phone" { (self.say("replace.start")) }
            h2 { (self.say("recovery.title")) }
            p { (self.say("recovery.new_text")) }
            a #poterne-new-recovery .poterne-button .poterne-second href="/account/recovery-codes" { (self.say("recovery.new")) }
            p { a href="/" { (self.say("account.back")) } }
        };
        self.whole("account.title", body)
    }

    pub(crate) fn payments(&self, payments: &[Payment], token: &str) -> Response {
        let body = html! {
            @if payments.is_empty() { p { (self.say("payments.none")) } }
            ul {
                @for payment in payments {
                    li {
                        a href={ "/payments/" (payment.id) } { (payment.payee) ", " (amount(self.language, payment.cents)) }
                        " – " (self.say(if payment.is_done { "payments.done" } else { "payments.prepared" }))
                    }
                }
            }
            h2 { (self.say("payments.new")) }
            form method="post" action="/payments" {
                input type="hidden" name="form" value=(token);
                label for="payee" { (self.say("payments.payee")) }
                input #payee type="text" name="payee" maxlength="70" autocomplete="off" required;
                label for="amount" { (self.say("payments.amount")) }
                input #amount type="text" name="amount" maxlength="14" inputmode="decimal" autocomplete="transaction-amount" required;
                button #poterne-submit { (self.say("payments.submit")) }
            }
            p { a href="/" { (self.say("account.back")) } }
        };
        self.whole("payments.title", body)
    }

    /// A payment; and the question for the code, while it is not done.
    pub(crate) fn payment(&self, payment: &Payment, form: Option<&CodeForm<'_>>) -> Response {
        let body = html! {
            dl {
                dt { (self.say("payments.payee")) }
                dd { strong #service-payee { (payment.payee) } }
                dt { (self.say("payments.amount")) }
                dd { strong #service-amount { (amount(self.language, payment.cents)) } }
            }
            @match form {
                Some(form) => { p { (self.say("payment.text")) } (self.code_form(form)) }
                None => { p #service-done { (self.say("payment.done")) } }
            }
            p { a href="/payments" { (self.say("account.back")) } }
        };
        self.whole("payment.title", body)
    }

    fn code_form(&self, form: &CodeForm<'_>) -> Markup {
        let names = [('1', "code.device_first"), ('2', "code.device_second"), ('3', "code.device_third")];
        let devices = names.iter().filter(|(number, _)| form.devices.contains(*number));
        let is_refused = self.said.as_ref().is_some_and(|(is_refused, _)| *is_refused);
        html! {
            form method="post" action=(form.action) {
                input type="hidden" name="form" value=(form.token);
                @for (name, value) in form.hidden { input type="hidden" name=(name) value=(value); }
                @if form.devices.len() > 1 {
                    fieldset {
                        legend { (self.say("code.device")) }
                        @for (index, (number, name)) in devices.enumerate() {
                            label { input type="radio" name="device" value=(number) checked[index == 0]; (self.say(name)) }
                        }
                    }
                }
                label for="poterne-code" { (self.say(form.label)) }
                p #poterne-hint .poterne-hint { (self.say(form.hint)) }
                input #poterne-code type="text" name="code" maxlength="64" autocomplete="one-time-code" autocapitalize="characters"
                    spellcheck="false" aria-describedby=(if is_refused { "poterne-error poterne-hint" } else { "poterne-hint" })
                    aria-invalid=[is_refused.then_some("true")] required autofocus;
                button #poterne-submit { (self.say(form.submit)) }
            }
        }
    }

    fn say(&self, key: &str) -> &'static str {
        say(self.language, key)
    }

    fn whole(&self, title: &str, body: Markup) -> Response {
        let title = self.say(title);
        let page = html! {
            (DOCTYPE)
            html lang=(tag(self.language)) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    title {
                        @if matches!(self.said, Some((true, _))) { (self.say("error.title")) " – " }
                        (title) " – " (self.say("service.name"))
                    }
                    link rel="stylesheet" href="/poterne.css";
                }
                body {
                    main {
                        h1 { (title) }
                        @match &self.said {
                            Some((true, text)) => div #poterne-error role="alert" { p { (text) } },
                            Some((false, text)) => div #poterne-notice role="status" { p { (text) } },
                            None => {},
                        }
                        (body)
                    }
                }
            }
        };
        Html(page.into_string()).into_response()
    }
}

/// The page of an error: no verdict, and the library's own text.
pub(crate) fn unavailable(language: Language, kind: ErrorKind, again: &str) -> Response {
    let page = Page { language, said: Some((true, kind.message_to_user(language).to_owned())) };
    let again = html! { p { a .poterne-button href=(again) { (page.say("unavailable.again")) } } };
    page.whole("unavailable.title", again)
}

/// A form that did not come from here, or that was altered.
pub(crate) fn forged(language: Language) -> Response {
    let page = Page { language, said: Some((true, say(language, "account.changed_elsewhere").to_owned())) };
    page.whole("forged.title", html! { p { a .poterne-button href="/" { (page.say("account.back")) } } })
}

/// The picture stands in the page itself: an address of its own would be in caches and journals.
fn data_uri(svg: &str) -> String {
    svg.bytes().fold(String::from("data:image/svg+xml,"), |mut uri, byte| {
        if byte.is_ascii_alphanumeric() || b" -./:=<>,".contains(&byte) {
            uri.push(byte.into());
        } else {
            uri.push('%');
            uri.push_str(&random::hex(&[byte]));
        }
        uri
    })
}

/// An amount as people read it.
fn amount(language: Language, cents: i64) -> String {
    let (euros, cents) = (cents.div_euclid(100).to_string(), cents.rem_euclid(100));
    let (between, point) = if language == Language::French { ('\u{202f}', ',') } else { (',', '.') };
    let mut grouped = String::new();
    for (index, digit) in euros.chars().enumerate() {
        if index > 0 && euros.len().saturating_sub(index) % 3 == 0 {
            grouped.push(between);
        }
        grouped.push(digit);
    }
    match language {
        Language::French => format!("{grouped}{point}{cents:02}\u{a0}€"),
        _ => format!("€{grouped}{point}{cents:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_read_well_in_both_languages() {
        assert_eq!(amount(Language::English, 123_456_789), "€1,234,567.89");
        assert_eq!(amount(Language::French, 125_040), "1\u{202f}250,40\u{a0}€");
        assert_eq!(amount(Language::English, 5), "€0.05");
        assert_eq!(amount(Language::English, 10_000), "€100.00");
    }

    #[test]
    fn what_is_put_into_a_page_is_escaped() {
        let hostile = "<b>\"'&";
        let page = html! { p title=(hostile) { (hostile) } };
        assert!(!page.into_string().contains("<b>"));
    }
}
