//! What a request brings, and how it is answered: cookies, form tokens, sentences for the next page.

use axum::extract::FromRequestParts;
use axum::http::header::{COOKIE, LOCATION, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use poterne::{Error, Language, Refusal};
use subtle::ConstantTimeEq;

use crate::database::{Session, detail};
use crate::random::{digest, hex, unhex};
use crate::words;
use crate::{App, Failed};

/// The browser's cookies and its language.
#[derive(Clone)]
pub(crate) struct Visitor {
    pub(crate) language: Language,
    cookies: Vec<(String, String)>,
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let headers = parts.headers.get_all(COOKIE).iter().filter_map(|header| header.to_str().ok());
        let pairs =
            headers.flat_map(|header| header.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let cookies = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Ok(Self { language: words::language(&parts.headers), cookies })
    }
}

/// Between password and code: whose password was right, by a ticket. It is in a cookie that scripts cannot read, so the pages behind it
/// have addresses of their own, and reloading sends nothing twice. Nothing in it counts before the ticket was looked at.
pub(crate) struct Step {
    pub(crate) account: String,
    pub(crate) ticket: String,
    /// The numbers of the user's devices, to draw the page. Which rows there are is asked again when the code comes.
    pub(crate) devices: String,
}

/// A sentence for the next page.
#[derive(Clone, Copy)]
pub(crate) enum Said<'a> {
    /// A refusal at a login, or before an act.
    Refused(Refusal),
    /// A refusal on a page that has shown a QR code.
    RefusedAtEnrollment(Refusal),
    /// A text of the files, as an error.
    Error(&'a str),
    /// A text of the files.
    Notice(&'a str),
}

impl Visitor {
    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        let found = self.cookies.iter().find(|(each, _)| each.strip_prefix(PREFIX) == Some(name));
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// The session, if there is one.
    pub(crate) async fn session(&self, app: &App) -> Result<Option<Session>, Failed> {
        match self.cookie("session") {
            Some(token) => Ok(app.database.session(token).await?),
            None => Ok(None),
        }
    }

    /// The password step.
    pub(crate) fn step(&self) -> Option<Step> {
        let mut parts = self.cookie("step")?.splitn(3, '.');
        let (account, ticket, devices) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Step { account: unhex(account)?, ticket: ticket.into(), devices: devices.into() })
    }

    /// The sentence that the last answer left.
    pub(crate) fn said(&self) -> Option<(bool, String)> {
        let (kind, rest) = self.cookie("said")?.split_once('.')?;
        let refusal = || {
            let (number, detail) = rest.split_once('.')?;
            Refusal::from_number(number.parse().ok()?, detail.parse().ok()?)
        };
        let text = || words::is_text(rest).then(|| words::say(self.language, rest).to_owned());
        match kind {
            "r" => Some((true, refusal()?.message_to_user(self.language))),
            "q" => Some((true, refusal()?.message_at_enrollment(self.language))),
            "e" => Some((true, text()?)),
            "n" => Some((false, text()?)),
            _ => None,
        }
    }

    /// The token of a form, for a browser and what the form does. Other sites cannot read it, and cannot make it.
    pub(crate) fn form_token(secret: &str, action: &str, account: &str) -> String {
        hex(&digest(&["form", secret, action, account]))
    }
}

/// Whether a form came from a page of this application, for the same browser, act and account.
pub(crate) fn is_ours(sent: &str, secret: &str, action: &str, account: &str) -> bool {
    let expected = Visitor::form_token(secret, action, account);
    sent.as_bytes().ct_eq(expected.as_bytes()).into()
}

/// Goes to a page of this application by GET. Reloading it sends no form again.
pub(crate) fn to(place: &str) -> Response {
    // What cannot stand in a header is not a place of ours.
    let place = HeaderValue::from_str(place).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(LOCATION, place)]).into_response()
}

/// Returns `next` if it is a place on this site, else the start page. `//host`, `/\host` and what a browser makes of a tab between the
/// two lead elsewhere.
pub(crate) fn place(next: &str) -> &str {
    let is_plain = next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let is_local = next.starts_with('/') && !next.starts_with("//") && next.len() <= 200;
    if is_plain && is_local { next } else { "/" }
}

/// Cookies that an answer sets.
pub(crate) trait Cookies: Sized {
    /// `__Host-` and `Secure`: only this host may set it, over TLS. `HttpOnly`: no script reads it.
    fn with_cookie(self, name: &str, value: &str, seconds: Option<u32>) -> Self;

    fn without_cookie(self, name: &str) -> Self {
        self.with_cookie(name, "", Some(0))
    }

    fn saying(self, said: Said<'_>) -> Self {
        let value = match said {
            Said::Refused(refusal) => format!("r.{}.{}", refusal.number(), detail(refusal)),
            Said::RefusedAtEnrollment(refusal) => format!("q.{}.{}", refusal.number(), detail(refusal)),
            Said::Error(key) => format!("e.{key}"),
            Said::Notice(key) => format!("n.{key}"),
        };
        self.with_cookie("said", &value, Some(60))
    }
}

impl Cookies for Response {
    fn with_cookie(mut self, name: &str, value: &str, seconds: Option<u32>) -> Self {
        let age = seconds.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
        // A link from a mail finds the session; a form of another site finds no cookie at all.
        let site = if name == "session" { "Lax" } else { "Strict" };
        let text = format!("{PREFIX}{name}={value}; Path=/; Secure; HttpOnly; SameSite={site}{age}");
        if let Ok(header) = HeaderValue::from_str(&text) {
            self.headers_mut().append(SET_COOKIE, header);
        }
        self
    }
}

/// Sets the cookie of the password step.
pub(crate) fn with_step(response: Response, step: &Step, seconds: u16) -> Response {
    let value = format!("{}.{}.{}", hex(step.account.as_bytes()), step.ticket, step.devices);
    response.with_cookie("step", &value, Some(seconds.into()))
}

/// A browser that has no cookie yet gets one: tickets and form tokens are bound to it.
pub(crate) fn browser(visitor: &Visitor) -> Result<(String, bool), Error> {
    match visitor.cookie("browser") {
        Some(token) if token.len() == 64 => Ok((token.to_owned(), false)),
        _ => Ok((crate::random::token()?, true)),
    }
}

const PREFIX: &str = "__Host-service-";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn next_stays_on_this_site() {
        for next in ["/", "/payments/3", "/payments?a=b"] {
            assert_eq!(place(next), next);
        }
        let long = format!("/{}", "a".repeat(200));
        for next in [
            "",
            "payments",
            "//evil.example",
            "/\\evil.example",
            "\\/evil",
            "https://evil.example",
            "/\t/evil.example",
            "/\n/evil",
            "/a\r\nSet-Cookie: a=b",
            "javascript:alert(1)",
            "/é",
            " /",
            &long,
        ] {
            assert_eq!(place(next), "/", "{next:?}");
        }
    }

    #[test]
    fn a_form_token_is_for_one_browser_act_and_account() {
        let token = Visitor::form_token("secret", "code", "a.martin");
        assert!(is_ours(&token, "secret", "code", "a.martin"));
        for (secret, action, account) in [
            ("other", "code", "a.martin"),
            ("secret", "cod", "ea.martin"),
            ("secret", "code", "b.durand"),
            ("", "", ""),
        ] {
            assert!(!is_ours(&token, secret, action, account));
        }
        assert!(!is_ours("", "secret", "code", "a.martin"));
    }

    #[test]
    fn a_cookie_holds_no_header() {
        let response = to("/a\r\nX: y").with_cookie("said", "a\r\nX: y", None);
        assert_eq!(response.headers().get(LOCATION).map(HeaderValue::as_bytes), Some(b"/".as_slice()));
        assert!(response.headers().get(SET_COOKIE).is_none());
    }
}
