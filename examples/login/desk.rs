//! The login desk, in a terminal.

use std::collections::HashMap;
use std::io::{BufRead, Write};
use std::path::Path;
use std::time::SystemTime;

use poterne::{
    Error, OtpauthUri, Outcome, Parameters, RecoveryCodes, Refusal, State, Store, UnixTime, Verifier,
};

use crate::application::{Application, Replacement};
use crate::store::SqliteStore;
use crate::{explained, keys};

/// Serves until the person quits.
pub(crate) fn run(database: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let keys = database.with_extension("keys");
    let verifier = Verifier::new(keys::open(&keys, database)?, "login-desk")?;
    let application = Application { verifier, store: SqliteStore::open(database)? };
    println!("A login desk. Records: {}; keyring: {}.", database.display(), keys.display());
    println!("Empty input goes back. First enroll an agent.");
    Desk { application, replacements: HashMap::new(), has_ended: false }.serve();
    Ok(())
}

pub(crate) struct Desk {
    pub(crate) application: Application,
    replacements: HashMap<String, Replacement>,
    has_ended: bool,
}

pub(crate) type Done = Result<(), Error>;

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
                    println!("Type a number from 0 to 4.");
                    Ok(())
                }
            };
            if let Err(error) = done {
                println!("Not done: {}.", explained(&error));
            }
        }
        println!();
    }

    /// What the person types, trimmed; none if that is nothing, or the end of the input.
    pub(crate) fn ask(&mut self, question: &str) -> Option<String> {
        print!("{question}");
        let mut line = Vec::new();
        let read =
            std::io::stdout().flush().and_then(|()| std::io::stdin().lock().read_until(b'\n', &mut line));
        self.has_ended = !matches!(read, Ok(1..));
        let typed = String::from_utf8_lossy(&line).trim().to_owned();
        (!typed.is_empty()).then_some(typed)
    }

    pub(crate) fn agrees(&mut self, question: &str) -> bool {
        self.ask(&format!("{question} [y/N] ")).is_some_and(|answer| answer.eq_ignore_ascii_case("y"))
    }

    fn enroll(&mut self) -> Done {
        let Some(account) = self.ask("Account, such as a.martin: ") else { return Ok(()) };
        let record = self.application.store.load(&account)?;
        let uri = match record {
            None => self.enroll_first(&account)?,
            Some(record) => self.enroll_again(&account, &record)?,
        };
        let Some(uri) = uri else { return Ok(()) };
        print!("{}", *uri.qr()?.text());
        self.confirm_account(&account, "Scan it, then type the first code (or later, by 2): ")
    }

    fn enroll_first(&mut self, account: &str) -> Result<Option<OtpauthUri>, Error> {
        let enrollment = self.application.verifier.enroll(account, Parameters::totp(), now()?)?;
        // Before the swap: no record is stored whose QR code cannot be shown.
        let uri = enrollment.otpauth_uri(ISSUER, account)?;
        if !self.application.insert(account, &enrollment)? {
            println!("Not done: {}.", reason(Refusal::Conflict));
            return Ok(None);
        }
        Ok(Some(uri))
    }

    fn enroll_again(&mut self, account: &str, record: &str) -> Result<Option<OtpauthUri>, Error> {
        let state = self.application.verifier.inspect(record, account, now()?)?.state();
        if state == State::Pending {
            println!("{account} is enrolled and not confirmed yet. The same QR code once more:");
            return self.application.verifier.otpauth_uri(record, account, ISSUER, account, now()?).map(Some);
        }
        if state == State::Revoked {
            println!("{account} is revoked, for good. Delete its row first, then enroll it again.");
            return Ok(None);
        }
        println!("{account} has an authenticator already ({}).", state.name());
        if !self.agrees("Replace it, once the new one is confirmed?") {
            return Ok(None);
        }
        let enrollment = self.application.verifier.enroll(account, Parameters::totp(), now()?)?;
        let uri = enrollment.otpauth_uri(ISSUER, account)?;
        let replacement = Replacement { pending: enrollment.record().clone(), old: record.to_owned() };
        self.replacements.insert(account.to_owned(), replacement);
        Ok(Some(uri))
    }

    fn confirm(&mut self) -> Done {
        let Some(account) = self.ask("Account: ") else { return Ok(()) };
        self.confirm_account(&account, "First code: ")
    }

    fn confirm_account(&mut self, account: &str, question: &str) -> Done {
        let Some(code) = self.ask(question) else { return Ok(()) };
        let outcome = match self.replacements.get(account).cloned() {
            Some(replacement) => self.application.replace(account, &replacement, &code, now()?)?,
            None => self.application.confirm(account, &code, now()?)?,
        };
        match outcome {
            Outcome::Confirmed(confirmed) => {
                self.replacements.remove(account);
                println!("Confirmed, not a login yet. Recovery codes, shown this once: print them.");
                print_codes(confirmed.recovery_codes());
            }
            Outcome::Refused(refusal) => {
                if matches!(refusal, Refusal::Conflict | Refusal::Revoked) {
                    self.replacements.remove(account);
                }
                println!("Not confirmed: {}.", reason(refusal));
            }
            outcome => println!("Not confirmed: {}.", outcome.code()),
        }
        Ok(())
    }

    fn log_in(&mut self) -> Done {
        let Some(account) = self.ask("Account: ") else { return Ok(()) };
        let Some(code) = self.ask("Code: ") else { return Ok(()) };
        let outcome = self.application.login(&account, &code, now()?)?;
        println!("  user sees    {}", shown_to_user(&outcome));
        println!("  application  {}", known_to_application(&outcome));
        Ok(())
    }
}

/// One and the same refusal, except for those that tell how to go on.
fn shown_to_user(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Accepted(accepted) if accepted.failures_before() > 0 => {
            format!("Welcome. Wrong codes before: {}. Were they yours?", accepted.failures_before())
        }
        Outcome::Accepted(_) => "Welcome.".into(),
        Outcome::Refused(Refusal::Wait { seconds }) => {
            format!("Too many wrong codes. Try again in {seconds} seconds.")
        }
        Outcome::Refused(Refusal::Locked) => "Locked. Call the help desk.".into(),
        _ => "Refused. Check the account, and try the next code.".into(),
    }
}

fn known_to_application(outcome: &Outcome) -> String {
    let code = outcome.code();
    match outcome {
        Outcome::Accepted(accepted) => format!(
            "{code}; failures before: {}, recovery codes left: {}",
            accepted.failures_before(),
            accepted.recovery_codes_left()
        ),
        Outcome::Refused(refusal) => format!("{code}; {}", reason(*refusal)),
        _ => code.into(),
    }
}

/// For the application and its help desk: what is wrong, and what to do next.
pub(crate) fn reason(refusal: Refusal) -> String {
    let reason = match refusal {
        Refusal::WrongCode => "the code is wrong",
        Refusal::Replayed => "the code was used before: wait for the next one",
        Refusal::Malformed => "this is no code",
        Refusal::Wait { seconds } => return format!("several failures: {seconds} seconds to wait"),
        Refusal::Locked => "too many failures: unlock it at the help desk",
        Refusal::Pending => "confirm the authenticator first",
        Refusal::Revoked => "it is revoked: enroll the account again",
        Refusal::ClockBehind => "this computer's clock is behind: set it",
        Refusal::ClockOff { steps } => return clock_off(steps),
        Refusal::Conflict => "the record has changed meanwhile: start again",
        Refusal::NotEnrolled => "the account has no record: enroll it",
        Refusal::Suspended => "it is suspended: use a recovery or temporary code",
        Refusal::NotPending => "it is confirmed already: log in",
        other => other.code(),
    };
    reason.into()
}

fn clock_off(steps: i64) -> String {
    let side = if steps < 0 { "slow" } else { "fast" };
    format!(
        "the phone's clock is {} seconds {side}: set it automatically",
        steps.unsigned_abs().saturating_mul(30)
    )
}

pub(crate) fn print_codes(codes: &RecoveryCodes) {
    let codes: Vec<&str> = codes.iter().collect();
    for row in codes.chunks(4) {
        println!("  {}", row.join("   "));
    }
}

pub(crate) fn now() -> Result<UnixTime, Error> {
    UnixTime::try_from(SystemTime::now())
}

/// Short, so that the QR code fits a terminal of 24 lines.
const ISSUER: &str = "Demo";
