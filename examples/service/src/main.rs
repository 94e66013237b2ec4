//! A small application behind a password and a one-time code: users, sessions, payments. `cargo run -p poterne-service` says what it
//! needs.

#![forbid(unsafe_code)]
#![cfg_attr(
    test,
    allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "a test may panic")
)]

mod account;
mod database;
mod enroll;
mod pages;
mod passwords;
mod payments;
mod random;
mod sign_in;
mod start;
mod submission;
mod table;
mod visitor;
mod words;

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use poterne::{Error, ErrorKind, Verifier};

use crate::database::Database;
use crate::passwords::Passwords;
use crate::table::Table;

/// What all requests share.
pub(crate) struct App {
    pub(crate) verifier: Verifier,
    pub(crate) table: Table,
    pub(crate) database: Database,
    pub(crate) passwords: Passwords,
}

/// No answer: the browser gets 503 and the library's text, whatever it had asked for. Never a verdict.
pub(crate) struct Failed(ErrorKind);

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        let source =
            std::error::Error::source(&error).map(|source| format!(" ({source})")).unwrap_or_default();
        journal(&format!("error.{}{source}", error.kind().name()));
        Self(error.kind())
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        let mut response = StatusCode::SERVICE_UNAVAILABLE.into_response();
        response.extensions_mut().insert(self.0);
        response
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    match start::run(std::env::args().skip(1).collect()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            let _ = writeln!(std::io::stderr(), "{message}");
            ExitCode::FAILURE
        }
    }
}

/// The pages.
pub(crate) fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/", get(account::home))
        .route("/sign-in", get(sign_in::password_page).post(sign_in::password))
        .route("/code", get(sign_in::code_page).post(sign_in::code))
        .route("/enroll", get(enroll::page).post(enroll::confirm))
        .route("/sign-out", post(account::sign_out))
        .route("/account", get(account::account))
        .route("/account/new-phone", get(account::new_phone_page).post(account::new_phone))
        .route("/account/new-phone/start", post(account::start_new_phone))
        .route("/account/recovery-codes", get(account::recovery_page).post(account::recovery_codes))
        .route("/payments", get(payments::list).post(payments::prepare))
        .route("/payments/{id}", get(payments::payment_page).post(payments::pay))
        .route("/poterne.css", get(style))
        .layer(DefaultBodyLimit::max(16 * 1024))
        .layer(from_fn(finish))
        .with_state(app)
}

async fn style() -> Response {
    let text = include_str!("../../../bindings/web/poterne.css");
    ([(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, "max-age=3600")], text).into_response()
}

/// What every answer has, and the page of those that failed.
async fn finish(request: Request, next: Next) -> Response {
    let language = words::language(request.headers());
    // A form that failed begins again on its page; a page that failed is asked for again.
    let again = visitor::place(request.uri().path()).to_owned();
    let mut response = next.run(request).await;
    if let Some(kind) = response.extensions().get::<ErrorKind>().copied() {
        response = pages::unavailable(language, kind, &again);
        *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    }
    let headers = response.headers_mut();
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    headers.insert(
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
    );
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}

/// Goes on when the browser hangs up: a code that is spent in the middle would let nobody in.
pub(crate) async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, Failed>> + Send + 'static,
) -> Result<T, Failed> {
    match tokio::spawn(work).await {
        Ok(done) => done,
        Err(error) => Err(Error::unavailable(error.to_string()).into()),
    }
}

/// One line: an outcome's code, and nothing of whom, from where or when. The journal that takes it adds the time.
pub(crate) fn journal(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
