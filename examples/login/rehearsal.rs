//! The life of two credentials on a simulated clock, each step checked against the guide's semantics.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use poterne::{
    Accepted, Confirmed, Denied, Enrollment, Keyring, Method, MissingAuthenticator, OtpauthNames, Parameters,
    Refusal, Resynchronized, Status, Store, UnixTime, Verifier,
};

use crate::application::{Application, swap_once};
use crate::authenticator::{Authenticator, STEP, later};
use crate::explained;
use crate::store::SqliteStore;

/// Plays all steps, and returns whether each was as it should be.
pub(crate) fn run() -> Result<bool, Box<dyn Error>> {
    let directory = TemporaryDirectory::new()?;
    let mut rehearsal = Rehearsal::new(&directory.0.join("login.sqlite"))?;
    say!("A rehearsal: the clock is simulated, and this program plays the users' phone and token.");
    say!("The QR code shows the secret of this throw-away demonstration. No other secret, no code and");
    say!("no record is printed. To use the login desk yourself, run the example in a terminal.\n");
    rehearsal.play()?;
    Ok(rehearsal.summary())
}

struct Rehearsal {
    application: Application,
    database: PathBuf,
    start: UnixTime,
    now: UnixTime,
    checked: u32,
    unexpected: u32,
}

type Played<T = ()> = Result<T, Box<dyn Error>>;

/// The story.
impl Rehearsal {
    fn play(&mut self) -> Played {
        say!("{:>6}  {:<27} {:<31} IN WORDS", "CLOCK", "WHAT HAPPENS", "THE APPLICATION SEES");
        let phone = self.enroll()?;
        let recovery_codes = self.confirm(&phone)?;
        let [recovery_code, another, ..] = recovery_codes.as_slice() else {
            return Err("the confirmation returned no recovery codes".into());
        };
        self.log_in_and_replay(&phone)?;
        self.two_servers(&phone)?;
        self.throttle(&phone)?;
        self.recover(recovery_code)?;
        self.lock_and_unlock(&phone, another)?;
        self.lose_and_find(&phone)?;
        self.drifted_token()?;
        self.forget(&phone)?;
        self.revoke(&phone)
    }

    fn enroll(&mut self) -> Played<Authenticator> {
        let enrollment = self.application.verifier.enroll(PHONE, Parameters::totp(), self.now)?;
        self.insert(
            PHONE,
            "a.martin is enrolled",
            &enrollment,
            "pending",
            "until its first code; the QR code is below",
        )?;
        self.insert(PHONE, "enrolled once more", &enrollment, "0 rows", "an INSERT never replaces a record")?;
        let uri = enrollment.otpauth_uri(OtpauthNames { issuer: "Demo", label: PHONE })?;
        say!("\n{}", *uri.qr()?.text());
        Ok(Authenticator::scan(&uri)?)
    }

    /// Returns the recovery codes.
    fn confirm(&mut self, phone: &Authenticator) -> Played<Vec<String>> {
        let confirmed = self.first_code(PHONE, phone, "not a login; show the recovery codes once")?;
        Ok(confirmed?.recovery_codes().iter().map(str::to_owned).collect())
    }

    fn log_in_and_replay(&mut self, phone: &Authenticator) -> Played {
        self.pass(STEP)?;
        let code = phone.code(self.now)?;
        self.login(PHONE, "next code", code.as_str(), "accepted.otp", "a login")?;
        self.login(PHONE, "the same code again", code.as_str(), "refused.replayed", "a code is accepted once")
    }

    /// Both load the record before one of them swaps it.
    fn two_servers(&mut self, phone: &Authenticator) -> Played {
        self.pass(STEP)?;
        let code = phone.code(self.now)?;
        let mut other = SqliteStore::open(&self.database)?;
        let Application { verifier, store } = &mut self.application;
        let read = store.load(PHONE)?.ok_or("the account has no record")?;
        let other_read = other.load(PHONE)?.ok_or("the account has no record")?;
        let attempt = verifier.credential(PHONE, Some(&read))?.verify(code.as_str(), self.now)?;
        let other_attempt = verifier.credential(PHONE, Some(&other_read))?.verify(code.as_str(), self.now)?;
        let rows = swap_once(store, PHONE, &read, attempt.record())?;
        let login = attempt.outcome(rows);
        let other_rows = swap_once(&mut other, PHONE, &other_read, other_attempt.record())?;
        let other_login = other_attempt.outcome(other_rows);
        let meaning = "the swap of the first updates 1 row";
        self.line("one code at two servers", &seen(&login, accepted), "accepted.otp", meaning);
        let meaning = "the swap of the second updates 0 rows";
        self.line("at the same moment", &seen(&other_login, accepted), "refused.conflict", meaning);
        self.login(
            PHONE,
            "the second loads again",
            code.as_str(),
            "refused.replayed",
            "and sees that the code was used",
        )
    }

    fn throttle(&mut self, phone: &Authenticator) -> Played {
        self.pass(STEP)?;
        let wrong = phone.wrong_code(self.now)?;
        for meaning in ["a failure", "a failure", "the third: the user must wait now"] {
            self.login(PHONE, "wrong code", wrong, "refused.wrong_code", meaning)?;
        }
        let right = phone.code(self.now)?;
        self.login(
            PHONE,
            "right code at once",
            right.as_str(),
            "refused.wait, 5 s",
            "the code was not checked, and is not spent",
        )?;
        self.pass(5)?;
        let meaning = "show the failures to the user";
        self.login(PHONE, "the same code after that", right.as_str(), "accepted.otp, 3 failures", meaning)
    }

    fn recover(&mut self, recovery_code: &str) -> Played {
        let seen = "accepted.recovery_code, 7 left";
        self.login(PHONE, "recovery code", recovery_code, seen, "a login without the phone")?;
        self.login(PHONE, "the same recovery code", recovery_code, "refused.wrong_code", "each works once")
    }

    fn lock_and_unlock(&mut self, phone: &Authenticator, recovery_code: &str) -> Played {
        let guesses = self.guess_until_locked(phone)?;
        self.state(
            PHONE,
            &format!("{guesses} wrong codes"),
            "active, locked",
            "20 failures, with all waits in between",
        )?;
        self.pass(HOUR)?;
        let (code, meaning) = (phone.code(self.now)?, "time alone does not unlock it");
        self.login(PHONE, "right code, an hour later", code.as_str(), "refused.locked", meaning)?;
        let seen = "accepted.recovery_code, 6 left";
        self.login(
            PHONE,
            "another recovery code",
            recovery_code,
            seen,
            "a guesser cannot lock the user out",
        )?;
        self.application.apply(PHONE, |credential| credential.unlock())?;
        self.state(PHONE, "the help desk unlocks", "active", "the failures are cleared")?;
        self.login(PHONE, "the same code", code.as_str(), "accepted.otp, 20 failures", "it was not spent")
    }

    fn lose_and_find(&mut self, phone: &Authenticator) -> Played {
        self.pass(HOUR)?;
        let now = self.now;
        let temporary_code = self.application.apply(PHONE, |credential| {
            credential.temporary_code(None, 1, MissingAuthenticator::Suspend, now)
        })?;
        self.state(PHONE, "phone lost: temporary code", "suspended", "for 24 hours and one login")?;
        let code = phone.code(self.now)?;
        self.login(
            PHONE,
            "a finder uses the phone",
            code.as_str(),
            "refused.suspended",
            "the code was not checked",
        )?;
        let temporary_code = temporary_code.as_str();
        self.login(
            PHONE,
            "temporary code",
            temporary_code,
            "accepted.temporary_code",
            "the user can go on working",
        )?;
        self.pass(HOUR)?;
        self.application.apply(PHONE, |credential| credential.resume())?;
        self.state(PHONE, "phone found: resumed", "active", "the authenticator is in use again")?;
        let code = phone.code(self.now)?;
        self.login(PHONE, "next code", code.as_str(), "accepted.otp", "a login")
    }

    fn drifted_token(&mut self) -> Played {
        let (mut token, manufactured) = Authenticator::token()?;
        let enrollment = self.application.verifier.enroll_token(TOKEN, manufactured, self.now)?;
        self.insert(TOKEN, "b.durand gets a token", &enrollment, "pending", "stored")?;
        let _confirmed = self.first_code(TOKEN, &token, "not a login")?;
        self.pass(YEAR)?;
        token.fast = DRIFT * STEP;
        let first = token.code(self.now)?;
        let meaning = "its clock is now 20 steps fast";
        self.login(TOKEN, "a year in a drawer", first.as_str(), "refused.wrong_code", meaning)?;
        self.pass(STEP)?;
        let second = token.code(self.now)?;
        let (first, second, now) = (first.as_str(), second.as_str(), self.now);
        let done = self.application.apply(TOKEN, |credential| credential.resynchronize(first, second, now));
        let seen = seen(&done, resynchronized);
        self.line("two codes in a row", &seen, "resynchronized, drift 20", "not a login");
        self.pass(STEP)?;
        let code = token.code(self.now)?;
        self.login(
            TOKEN,
            "next code",
            code.as_str(),
            "accepted.otp, 1 failure",
            "the failure after the drawer is shown",
        )
    }

    /// The nightly work on all records.
    fn forget(&mut self, phone: &Authenticator) -> Played {
        let meaning = "the record no longer reveals the last login";
        self.forget_once("forget runs on a.martin", meaning)?;
        let code = phone.code(self.now)?;
        self.login(PHONE, "next code", code.as_str(), "accepted.otp", "the record opens as before")?;
        self.forget_once("forget runs again", "but the last code must stay known:")?;
        self.login(
            PHONE,
            "the same code again",
            code.as_str(),
            "refused.replayed",
            "a used code never works again",
        )
    }

    fn revoke(&mut self, phone: &Authenticator) -> Played {
        self.pass(STEP)?;
        self.application.apply(PHONE, |credential| credential.revoke())?;
        self.state(PHONE, "a.martin leaves: revoked", "revoked", "secret and codes are erased")?;
        let code = phone.code(self.now)?;
        self.login(PHONE, "next code", code.as_str(), "refused.revoked", "forever")
    }
}

/// The parts of the story: a step, and a line about it.
impl Rehearsal {
    fn new(database: &Path) -> Played<Self> {
        let verifier = Verifier::new(Keyring::generate(1)?, "login-rehearsal")?;
        let application = Application { verifier, store: SqliteStore::open(database)? };
        let now = UnixTime::now()?;
        Ok(Self { application, database: database.into(), start: now, now, checked: 0, unexpected: 0 })
    }

    fn pass(&mut self, seconds: i64) -> Played {
        self.now = later(self.now, seconds)?;
        Ok(())
    }

    fn insert(
        &mut self,
        account: &str,
        what: &str,
        enrollment: &Enrollment,
        expected: &str,
        meaning: &str,
    ) -> Played {
        let stored = self.application.insert(account, enrollment)?;
        let seen = if stored { self.status(account)?.state().name() } else { "0 rows" };
        self.line(what, seen, expected, meaning);
        Ok(())
    }

    fn login(&mut self, account: &str, what: &str, submitted: &str, expected: &str, meaning: &str) -> Played {
        let login = self.application.login(account, submitted, self.now);
        self.line(what, &seen(&login, accepted), expected, meaning);
        Ok(())
    }

    fn first_code(
        &mut self,
        account: &str,
        authenticator: &Authenticator,
        meaning: &str,
    ) -> Played<Result<Confirmed, Denied>> {
        let (code, now) = (authenticator.code(self.now)?, self.now);
        let done = self.application.apply(account, |credential| credential.confirm(code.as_str(), now));
        self.line("first code", &seen(&done, confirmed), "confirmed, 8 recovery codes", meaning);
        Ok(done)
    }

    fn status(&mut self, account: &str) -> Result<Status, Denied> {
        self.application.inspect(account, self.now)
    }

    fn guess_until_locked(&mut self, phone: &Authenticator) -> Played<u32> {
        let max_failures = u32::from(self.application.verifier.policy().max_failures());
        let guesses = max_failures.saturating_sub(self.status(PHONE)?.failures());
        for _ in 0..guesses {
            let wait = self.status(PHONE)?.wait_seconds();
            self.pass(i64::try_from(wait)?)?;
            let login = self.application.login(PHONE, phone.wrong_code(self.now)?, self.now);
            if !matches!(login, Err(Denied::Refused(Refusal::WrongCode))) {
                self.line("wrong code", &seen(&login, accepted), "refused.wrong_code", "a failure");
            }
        }
        Ok(guesses)
    }

    /// The help desk sees the same before and after.
    fn forget_once(&mut self, what: &str, meaning: &str) -> Played {
        let (before, now) = (self.status(PHONE)?, self.now);
        self.application.apply(PHONE, |credential| credential.forget(now))?;
        let seen = if self.status(PHONE)? == before { "same as before" } else { "not the same as before" };
        self.line(what, seen, "same as before", meaning);
        Ok(())
    }

    fn state(&mut self, account: &str, what: &str, expected: &str, meaning: &str) -> Played {
        let status = self.status(account)?;
        let locked = if status.is_locked() { ", locked" } else { "" };
        self.line(what, &format!("{}{locked}", status.state().name()), expected, meaning);
        Ok(())
    }

    fn line(&mut self, what: &str, seen: &str, expected: &str, meaning: &str) {
        self.checked = self.checked.saturating_add(1);
        let clock = self.clock();
        if seen == expected {
            say!("{clock:>6}  {what:<27} {seen:<31} {meaning}");
        } else {
            self.unexpected = self.unexpected.saturating_add(1);
            say!("{clock:>6}  {what:<27} {seen:<31} UNEXPECTED: the guide says {expected}");
        }
    }

    /// The time since the start, in the best unit.
    fn clock(&self) -> String {
        let seconds = self.now.as_secs().saturating_sub(self.start.as_secs());
        match seconds {
            0..600 => format!("{seconds} s"),
            600..172_800 => format!("{} h", seconds / 3600),
            _ => format!("{} d", seconds / 86_400),
        }
    }

    fn summary(&self) -> bool {
        let Self { checked, unexpected, .. } = self;
        if *unexpected == 0 {
            say!("\n{checked} steps, each as the guide says.");
        } else {
            say!("\n{unexpected} of {checked} steps UNEXPECTED: see above.");
        }
        *unexpected == 0
    }
}

/// The application's view of an answer: its code, and its other values.
fn seen<T>(answer: &Result<T, Denied>, said: fn(&T) -> String) -> String {
    match answer {
        Ok(answer) => said(answer),
        Err(Denied::Refused(refusal @ Refusal::Wait { seconds })) => {
            format!("{}, {seconds} s", refusal.code())
        }
        Err(Denied::Refused(refusal)) => refusal.code().into(),
        Err(Denied::Error(error)) => explained(error),
    }
}

fn accepted(accepted: &Accepted) -> String {
    let code = accepted.code();
    match (accepted.method(), accepted.failures_before()) {
        (Method::RecoveryCode, _) => format!("{code}, {} left", accepted.recovery_codes_left()),
        (_, 0) => code.into(),
        (_, 1) => format!("{code}, 1 failure"),
        (_, failures) => format!("{code}, {failures} failures"),
    }
}

fn confirmed(confirmed: &Confirmed) -> String {
    format!("{}, {} recovery codes", confirmed.code(), confirmed.recovery_codes().len())
}

fn resynchronized(resynchronized: &Resynchronized) -> String {
    format!("{}, drift {}", resynchronized.code(), resynchronized.drift())
}

/// A directory of its own. Dropping it removes it with all its files.
struct TemporaryDirectory(PathBuf);

impl TemporaryDirectory {
    fn new() -> Played<Self> {
        let nanoseconds = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.subsec_nanos();
        let name = format!("poterne-login-{}-{nanoseconds}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for TemporaryDirectory {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            eprintln!("login: {} is still there: {error}", self.0.display());
        }
    }
}

/// The user with a phone.
const PHONE: &str = "a.martin";

/// The user with a hardware token.
const TOKEN: &str = "b.durand";

/// The steps by which the token's clock drifts.
const DRIFT: i64 = 20;

const HOUR: i64 = 3_600;

const YEAR: i64 = 365 * 86_400;
