//! The login desk, in a terminal.

use std::collections::HashMap;
use std::io::{BufRead, Write};
use std::path::Path;

use poterne::{
    Accepted, Denied, Error, Language, OtpauthNames, OtpauthUri, Parameters, RecoveryCodes, Refusal, State,
    Store, UnixTime, Verifier,
};

use crate::application::{Application, NewAuthenticator};
use crate::store::SqliteStore;
use crate::{explained, keys};

/// Serves until the person quits.
pub(crate) fn run(database: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let keys = database.with_extension("keys");
    let verifier = Verifier::new(keys::open(&keys, database)?, "login-desk")?;
    let application = Application { verifier, store: SqliteStore::open(database)? };
    say!("A login desk. Records: {}; keyring: {}.", database.display(), keys.display());
    say!("Empty input goes back. First enroll a user.");
    Desk { application, replacements: HashMap::new(), has_ended: false }.serve();
    Ok(())
}

pub(crate) struct Desk {
    pub(crate) application: Application,
    replacements: HashMap<String, NewAuthenticator>,
    has_ended: bool,
}

pub(crate) type Done = Result<(), Denied>;

impl Desk {
    fn serve(&mut self) {
        while !self.has_ended {
            let Some(choice) = self.ask("\n1 enroll  2 confirm  3 log in  4 help desk  0 quit: ") else {
                continue;
            };
            let done = match choice.as_str() {
                "1" => self.enroll(),
                "2" => self.confirm(),
                "3" => self.log_in(),
                "4" => self.help_desk(),
                "0" => return,
                _ => {
                    say!("Type a number from 0 to 4.");
                    Ok(())
                }
            };
            if let Err(denied) = done {
                say!("Not done. {}", reason(&denied));
            }
        }
        say!("");
    }

    /// Asks, and returns the typed text, trimmed; `None` if it is empty, if the input ends, or if nobody reads the question.
    pub(crate) fn ask(&mut self, question: &str) -> Option<String> {
        let (mut screen, mut line) = (std::io::stdout(), Vec::new());
        let asked = screen.write_all(question.as_bytes()).and_then(|()| screen.flush());
        let read = asked.and_then(|()| std::io::stdin().lock().read_until(b'\n', &mut line));
        self.has_ended = !matches!(read, Ok(1..));
        let typed = String::from_utf8_lossy(&line).trim().to_owned();
        (!typed.is_empty()).then_some(typed)
    }

    pub(crate) fn agrees(&mut self, question: &str) -> bool {
        self.ask(&format!("{question} [y/N] ")).is_some_and(|answer| answer.eq_ignore_ascii_case("y"))
    }

    fn enroll(&mut self) -> Done {
        let Some(account) = self.ask("Account, such as a.martin: ") else { return Ok(()) };
        let uri = match self.application.store.load(&account)? {
            None => Some(self.enroll_first(&account)?),
            Some(record) => self.enroll_again(&account, record)?,
        };
        let Some(uri) = uri else { return Ok(()) };
        show(&uri)?;
        self.confirm_account(
            &account,
            "Scan it, then type the first code (or press Enter and confirm later with 2): ",
        )
    }

    fn enroll_first(&mut self, account: &str) -> Result<OtpauthUri, Denied> {
        let enrollment = self.application.verifier.enroll(account, Parameters::totp(), UnixTime::now()?)?;
        // Before the swap: otherwise a record could be stored whose QR code cannot be shown.
        let uri = enrollment.otpauth_uri(names(account))?;
        if self.application.insert(account, &enrollment)? {
            Ok(uri)
        } else {
            Err(Denied::Refused(Refusal::Conflict))
        }
    }

    fn enroll_again(&mut self, account: &str, old: String) -> Result<Option<OtpauthUri>, Error> {
        let now = UnixTime::now()?;
        let credential = self.application.verifier.credential(account, Some(&old))?;
        match credential.inspect(now)?.state() {
            State::Pending => {
                say!("{account} is enrolled, and not confirmed yet. The same QR code again:");
                return credential.otpauth_uri(names(account), now).map(Some);
            }
            State::Revoked => {
                say!("{account} is revoked forever. Delete its row, then enroll it again.");
                return Ok(None);
            }
            state @ (State::Active | State::Suspended) => {
                say!("{account} already has an authenticator ({}).", state.name());
            }
        }
        if !self.agrees("Replace it when the new one is confirmed?") {
            return Ok(None);
        }
        let enrollment = self.application.verifier.enroll(account, Parameters::totp(), now)?;
        let uri = enrollment.otpauth_uri(names(account))?;
        let replacement = NewAuthenticator { pending: enrollment.record().clone(), old };
        self.replacements.insert(account.to_owned(), replacement);
        Ok(Some(uri))
    }

    fn confirm(&mut self) -> Done {
        let Some(account) = self.ask("Account: ") else { return Ok(()) };
        self.confirm_account(&account, "First code: ")
    }

    fn confirm_account(&mut self, account: &str, question: &str) -> Done {
        let Some(code) = self.ask(question) else { return Ok(()) };
        let now = UnixTime::now()?;
        let confirmed = match self.replacements.get(account) {
            Some(replacement) => self.application.replace(account, replacement, &code, now),
            None => self.application.apply(account, |credential| credential.confirm(&code, now)),
        };
        // After another refusal the next code may be right.
        let is_over = matches!(confirmed, Ok(_) | Err(Denied::Refused(Refusal::Conflict | Refusal::Revoked)));
        let is_given_up = is_over && self.replacements.remove(account).is_some() && confirmed.is_err();
        if is_given_up {
            say!("The old record stays. Enroll the new authenticator again.");
        }
        let confirmed = confirmed?;
        say!("Confirmed. This is not a login. These recovery codes are shown only once: print them.");
        print_codes(confirmed.recovery_codes());
        Ok(())
    }

    fn log_in(&mut self) -> Done {
        let Some(account) = self.ask("Account: ") else { return Ok(()) };
        let Some(code) = self.ask("Code: ") else { return Ok(()) };
        let (user, application) = match self.application.login(&account, &code, UnixTime::now()?) {
            Ok(accepted) => (welcome(&accepted), known_to_application(&accepted)),
            Err(Denied::Refused(refusal)) => (
                refusal.message_to_user(LANGUAGE),
                format!("{}; {}", refusal.code(), refusal.message(LANGUAGE)),
            ),
            Err(Denied::Error(error)) => (error.kind().message_to_user(LANGUAGE).into(), explained(&error)),
        };
        say!("  user sees    {user}");
        say!("  application  {application}");
        Ok(())
    }
}

fn welcome(accepted: &Accepted) -> String {
    match accepted.failures_before() {
        0 => "Welcome.".into(),
        failures => format!("Welcome. Wrong codes since your last login: {failures}. Were they yours?"),
    }
}

fn known_to_application(accepted: &Accepted) -> String {
    format!(
        "{}; failures before: {}, recovery codes left: {}",
        accepted.code(),
        accepted.failures_before(),
        accepted.recovery_codes_left()
    )
}

/// The message for the help desk and the operators: what happened, and what to do next.
pub(crate) fn reason(denied: &Denied) -> String {
    match denied {
        Denied::Refused(refusal) => refusal.message(LANGUAGE),
        Denied::Error(error) => format!("{} ({})", error.kind().message(LANGUAGE), explained(error)),
    }
}

/// Shows the QR code, and next to it the secret, for users who cannot scan.
fn show(uri: &OtpauthUri) -> Result<(), Error> {
    let (qr, secret) = (uri.qr()?.text(), uri.secret_to_type());
    let mut beside = ["", "", "Or type:"].into_iter().chain(secret.split(' '));
    for line in qr.lines() {
        say!("{line}  {}", beside.next().unwrap_or_default());
    }
    Ok(())
}

pub(crate) fn print_codes(codes: &RecoveryCodes) {
    let codes: Vec<&str> = codes.iter().collect();
    for row in codes.chunks(4) {
        say!("  {}", row.join("   "));
    }
}

fn names(account: &str) -> OtpauthNames<'_> {
    OtpauthNames { issuer: ISSUER, label: account }
}

/// Short, so that the QR code fits a terminal of 24 lines.
const ISSUER: &str = "Demo";

const LANGUAGE: Language = Language::English;
