//! The life of two credentials on a simulated clock, each step checked against the guide's semantics.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use poterne::{
    Change, Enrollment, Keyring, Meanwhile, Method, Outcome, Parameters, PolicyOption, Refusal, Status,
    Store, UnixTime, Verifier,
};

use crate::application::Application;
use crate::authenticator::{Authenticator, STEP, later};
use crate::store::SqliteStore;

/// Plays everything, and tells whether each step was as it should be.
pub(crate) fn run() -> Result<bool, Box<dyn Error>> {
    let directory = TemporaryDirectory::new()?;
    let mut rehearsal = Rehearsal::new(&directory.0.join("login.sqlite"))?;
    println!("A rehearsal: the clock is simulated, and this program plays the agents' phone and token.");
    println!("The QR code is the secret of this throw-away demonstration; no other secret, no code and");
    println!("no record is printed. To sit at the login desk yourself, run it in a terminal.\n");
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
        println!("{:>6}  {:<27} {:<31} IN WORDS", "CLOCK", "WHAT HAPPENS", "THE APPLICATION SEES");
        let phone = self.enroll()?;
        let recovery_codes = self.confirm(&phone)?;
        let [recovery_code, another, ..] = recovery_codes.as_slice() else {
            return Err("a confirmation brings recovery codes".into());
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
            "until a first code; its QR code is below",
        )?;
        self.insert(PHONE, "enrolled once more", &enrollment, "0 rows", "an INSERT never replaces a record")?;
        let uri = enrollment.otpauth_uri("Demo", PHONE)?;
        println!("\n{}", *uri.qr()?.text());
        Ok(Authenticator::scan(&uri)?)
    }

    /// Gives the recovery codes.
    fn confirm(&mut self, phone: &Authenticator) -> Played<Vec<String>> {
        let outcome = self.application.confirm(PHONE, phone.code(self.now)?.as_str(), self.now)?;
        self.outcome(
            "first code",
            &outcome,
            "confirmed, 8 recovery codes",
            "no login yet; the codes to show once",
        );
        let Outcome::Confirmed(confirmed) = outcome else { return Ok(Vec::new()) };
        Ok(confirmed.recovery_codes().iter().map(str::to_owned).collect())
    }

    fn log_in_and_replay(&mut self, phone: &Authenticator) -> Played {
        self.pass(STEP)?;
        let code = phone.code(self.now)?;
        self.login(PHONE, "next code", code.as_str(), "accepted.otp", "a login")?;
        self.login(PHONE, "the same code again", code.as_str(), "refused.replayed", "a code is accepted once")
    }

    /// Both read the record before one of them writes.
    fn two_servers(&mut self, phone: &Authenticator) -> Played {
        self.pass(STEP)?;
        let code = phone.code(self.now)?;
        let mut other = SqliteStore::open(&self.database)?;
        let Application { verifier, store } = &mut self.application;
        let read = store.load(PHONE)?.unwrap_or_default();
        let other_read = other.load(PHONE)?.unwrap_or_default();
        let attempt = verifier.verify(&read, PHONE, code.as_str(), self.now)?;
        let other_attempt = verifier.verify(&other_read, PHONE, code.as_str(), self.now)?;
        let rows = store.swap(PHONE, Some(&read), attempt.record())?;
        let outcome = attempt.outcome(rows)?;
        let other_rows = other.swap(PHONE, Some(&other_read), other_attempt.record())?;
        let other_outcome = other_attempt.outcome(other_rows)?;
        self.outcome(
            "one code at two servers",
            &outcome,
            "accepted.otp",
            "the first one's swap updates 1 row",
        );
        self.outcome(
            "at the same moment",
            &other_outcome,
            "refused.conflict",
            "the second one's updates 0 rows",
        );
        self.login(
            PHONE,
            "the second reads again",
            code.as_str(),
            "refused.replayed",
            "and sees that it is used",
        )
    }

    fn throttle(&mut self, phone: &Authenticator) -> Played {
        self.pass(STEP)?;
        let wrong = phone.wrong_code(self.now)?;
        for meaning in ["a failure", "a failure", "the third: from now on one waits"] {
            self.login(PHONE, "wrong code", wrong, "refused.wrong_code", meaning)?;
        }
        let right = phone.code(self.now)?;
        self.login(
            PHONE,
            "right code at once",
            right.as_str(),
            "refused.wait, 5 s",
            "not looked at, so not spent",
        )?;
        self.pass(5)?;
        let meaning = "tell the agent of the failures";
        self.login(PHONE, "the same after the wait", right.as_str(), "accepted.otp, 3 failures", meaning)
    }

    fn recover(&mut self, recovery_code: &str) -> Played {
        let seen = "accepted.recovery_code, 7 left";
        self.login(PHONE, "recovery code", recovery_code, seen, "a login without the phone")?;
        self.login(PHONE, "the same one again", recovery_code, "refused.wrong_code", "each works once")
    }

    fn lock_and_unlock(&mut self, phone: &Authenticator, recovery_code: &str) -> Played {
        let guesses = self.guess_until_locked(phone)?;
        self.state(
            PHONE,
            &format!("{guesses} wrong codes"),
            "active, locked",
            "20 failures, and every wait in between",
        )?;
        self.pass(HOUR)?;
        let (code, meaning) = (phone.code(self.now)?, "time alone does not unlock it");
        self.login(PHONE, "right code, an hour later", code.as_str(), "refused.locked", meaning)?;
        let seen = "accepted.recovery_code, 6 left";
        self.login(PHONE, "another recovery code", recovery_code, seen, "who guesses locks nobody out")?;
        self.change(PHONE, |verifier, record, _| verifier.unlock(record, PHONE))?;
        self.state(PHONE, "the help desk unlocks", "active", "no failures any more")?;
        self.login(PHONE, "the same code", code.as_str(), "accepted.otp, 20 failures", "it was not spent")
    }

    fn lose_and_find(&mut self, phone: &Authenticator) -> Played {
        self.pass(HOUR)?;
        let temporary_code = self.change(PHONE, |verifier, record, now| {
            verifier.temporary_code(record, PHONE, None, 1, Meanwhile::Suspend, now)
        })?;
        self.state(PHONE, "phone lost: temporary code", "suspended", "for 24 hours and one login")?;
        let code = phone.code(self.now)?;
        self.login(PHONE, "who found the phone", code.as_str(), "refused.suspended", "not looked at")?;
        let temporary_code = temporary_code.as_str();
        self.login(PHONE, "temporary code", temporary_code, "accepted.temporary_code", "the agent works on")?;
        self.pass(HOUR)?;
        self.change(PHONE, |verifier, record, _| verifier.resume(record, PHONE))?;
        self.state(PHONE, "phone found: resumed", "active", "the authenticator is in use again")?;
        let code = phone.code(self.now)?;
        self.login(PHONE, "next code", code.as_str(), "accepted.otp", "a login")
    }

    fn drifted_token(&mut self) -> Played {
        let (mut token, manufactured) = Authenticator::token()?;
        let enrollment = self.application.verifier.enroll_token(TOKEN, manufactured, self.now)?;
        self.insert(TOKEN, "b.durand gets a token", &enrollment, "pending", "stored")?;
        let outcome = self.application.confirm(TOKEN, token.code(self.now)?.as_str(), self.now)?;
        self.outcome("first code", &outcome, "confirmed, 8 recovery codes", "no login yet");
        self.pass(YEAR)?;
        token.fast = DRIFT * STEP;
        let first = token.code(self.now)?;
        let meaning = "its clock is 20 steps fast by now";
        self.login(TOKEN, "a year in a drawer", first.as_str(), "refused.wrong_code", meaning)?;
        self.pass(STEP)?;
        let second = token.code(self.now)?;
        let pair = [first.as_str(), second.as_str()];
        let outcome = self.application.resynchronize(TOKEN, pair, self.now)?;
        self.outcome("two codes in a row", &outcome, "resynchronized, drift 20", "no login yet");
        self.pass(STEP)?;
        let code = token.code(self.now)?;
        self.login(TOKEN, "next code", code.as_str(), "accepted.otp, 1 failure", "that of the drawer is told")
    }

    /// What runs on all records every night.
    fn forget(&mut self, phone: &Authenticator) -> Played {
        let meaning = "the record cannot tell the last login";
        self.forget_once("a.martin is forgotten", meaning)?;
        let code = phone.code(self.now)?;
        self.login(PHONE, "next code", code.as_str(), "accepted.otp", "the record opens as before")?;
        self.forget_once("and forgotten again", "but for what still matters:")?;
        self.login(
            PHONE,
            "the same code again",
            code.as_str(),
            "refused.replayed",
            "no code comes back to life",
        )
    }

    fn revoke(&mut self, phone: &Authenticator) -> Played {
        self.pass(STEP)?;
        self.change(PHONE, |verifier, record, _| verifier.revoke(record, PHONE))?;
        self.state(PHONE, "a.martin leaves: revoked", "revoked", "secret and codes are erased")?;
        let code = phone.code(self.now)?;
        self.login(PHONE, "next code", code.as_str(), "refused.revoked", "for ever")
    }
}

/// What the story is made of: a step, and a line about it.
impl Rehearsal {
    fn new(database: &Path) -> Played<Self> {
        let verifier = Verifier::new(Keyring::generate(1)?, "login-rehearsal")?;
        let application = Application { verifier, store: SqliteStore::open(database)? };
        let now = UnixTime::try_from(SystemTime::now())?;
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
        let outcome = self.application.login(account, submitted, self.now)?;
        self.outcome(what, &outcome, expected, meaning);
        Ok(())
    }

    fn change<T>(
        &mut self,
        account: &str,
        change: impl Fn(&Verifier, &str, UnixTime) -> Result<Change<T>, poterne::Error>,
    ) -> Played<T> {
        let now = self.now;
        let stored = self.application.change(account, |verifier, record| change(verifier, record, now))?;
        Ok(stored.done().ok_or("a conflict, and nobody else is at work")?)
    }

    fn status(&mut self, account: &str) -> Played<Status> {
        Ok(self.application.inspect(account, self.now)?.ok_or("the account has no record")?)
    }

    fn guess_until_locked(&mut self, phone: &Authenticator) -> Played<i64> {
        let max_failures = self.application.verifier.policy().get(PolicyOption::MaxFailures);
        let guesses = max_failures.saturating_sub(self.status(PHONE)?.failures().into());
        for _ in 0..guesses {
            let wait = self.status(PHONE)?.wait_seconds();
            self.pass(i64::try_from(wait)?)?;
            let outcome = self.application.login(PHONE, phone.wrong_code(self.now)?, self.now)?;
            if !matches!(outcome, Outcome::Refused(Refusal::WrongCode)) {
                self.outcome("wrong code", &outcome, "refused.wrong_code", "a failure");
            }
        }
        Ok(guesses)
    }

    /// The help desk sees the same before and after.
    fn forget_once(&mut self, what: &str, meaning: &str) -> Played {
        let before = self.status(PHONE)?;
        self.change(PHONE, |verifier, record, now| verifier.forget(record, PHONE, now))?;
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

    fn outcome(&mut self, what: &str, outcome: &Outcome, expected: &str, meaning: &str) {
        self.line(what, &seen(outcome), expected, meaning);
    }

    fn line(&mut self, what: &str, seen: &str, expected: &str, meaning: &str) {
        self.checked = self.checked.saturating_add(1);
        print!("{:>6}  {what:<27} {seen:<31} ", self.clock());
        if seen == expected {
            println!("{meaning}");
        } else {
            self.unexpected = self.unexpected.saturating_add(1);
            println!("UNEXPECTED: the guide says {expected}");
        }
    }

    /// The time since the start, in the unit that says most.
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
            println!("\n{checked} steps, each as the guide says.");
        } else {
            println!("\n{unexpected} of {checked} steps UNEXPECTED: see above.");
        }
        *unexpected == 0
    }
}

/// The outcome's code, and what else it says.
fn seen(outcome: &Outcome) -> String {
    let code = outcome.code();
    match outcome {
        Outcome::Accepted(accepted) if accepted.method() == Method::RecoveryCode => {
            format!("{code}, {} left", accepted.recovery_codes_left())
        }
        Outcome::Accepted(accepted) if accepted.failures_before() > 0 => {
            let count = accepted.failures_before();
            format!("{code}, {count} {}", if count == 1 { "failure" } else { "failures" })
        }
        Outcome::Confirmed(confirmed) => {
            format!("{code}, {} recovery codes", confirmed.recovery_codes().len())
        }
        Outcome::Resynchronized(resynchronized) => format!("{code}, drift {}", resynchronized.drift()),
        Outcome::Refused(Refusal::Wait { seconds }) => format!("{code}, {seconds} s"),
        _ => code.into(),
    }
}

/// A directory of its own, removed with all that is in it.
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

/// The agent with a phone.
const PHONE: &str = "a.martin";

/// The agent with a hardware token.
const TOKEN: &str = "b.durand";

/// Steps by which the token's clock goes astray.
const DRIFT: i64 = 20;

const HOUR: i64 = 3_600;

const YEAR: i64 = 365 * 86_400;
