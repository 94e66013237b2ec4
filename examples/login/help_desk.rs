//! The help desk's part of the login desk.

use poterne::{Change, Error, MissingAuthenticator, MovingFactor, Status, StoredCredential, UnixTime};

use crate::desk::{Desk, Done, print_codes, reason};

impl Desk {
    pub(crate) fn help_desk(&mut self) -> Done {
        say!("1 inspect         2 unlock         3 suspend  4 resume      5 temporary code");
        say!("6 recovery codes  7 resynchronize  8 revoke   9 forget all  0 back");
        let Some(choice) = self.ask("Help desk: ") else { return Ok(()) };
        let action: fn(&mut Self, &str) -> Done = match choice.as_str() {
            "1" => Self::inspect,
            "2" => |desk, account| desk.change(account, |credential| credential.unlock()),
            "3" => |desk, account| desk.change(account, |credential| credential.suspend()),
            "4" => |desk, account| desk.change(account, |credential| credential.resume()),
            "5" => Self::temporary_code,
            "6" => Self::recovery_codes,
            "7" => Self::resynchronize,
            "8" => Self::revoke,
            "9" => return self.forget_all(),
            "0" => return Ok(()),
            _ => {
                say!("Type a number from 0 to 9.");
                return Ok(());
            }
        };
        let Some(account) = self.ask("Account: ") else { return Ok(()) };
        // Ask nothing else about an account without a record.
        self.application.inspect(&account, UnixTime::now()?)?;
        action(self, &account)
    }

    fn inspect(&mut self, account: &str) -> Done {
        let now = UnixTime::now()?;
        let status = self.application.inspect(account, now)?;
        let locked = if status.is_locked() { ", locked" } else { "" };
        let max_failures = self.application.verifier.policy().max_failures();
        say!("  state           {}{locked}", status.state().name());
        say!("  authenticator   {}", authenticator(&status));
        say!("  failures        {} of {max_failures}", status.failures());
        say!("  wait            {} seconds", status.wait_seconds());
        say!("  recovery codes  {} left", status.recovery_codes_left());
        say!("  temporary code  {}", temporary_code(&status, now));
        say!("  sealed by key   {}", status.key_id());
        Ok(())
    }

    fn temporary_code(&mut self, account: &str) -> Done {
        let question = "Suspend the authenticator (lost or stolen, not just at home)? [y/n] ";
        let missing = match self.ask(question).as_deref() {
            Some("y") => MissingAuthenticator::Suspend,
            Some("n") => MissingAuthenticator::Keep,
            _ => return Ok(()),
        };
        let now = UnixTime::now()?;
        let code =
            self.application.apply(account, |credential| credential.temporary_code(None, 1, missing, now))?;
        say!("For one login within 24 hours, shown only once: {}", code.as_str());
        Ok(())
    }

    fn recovery_codes(&mut self, account: &str) -> Done {
        let codes = self.application.apply(account, |credential| credential.recovery_codes(8))?;
        say!("They replace the former ones, and are shown only once:");
        print_codes(&codes);
        Ok(())
    }

    fn resynchronize(&mut self, account: &str) -> Done {
        let Some(first) = self.ask("Code: ") else { return Ok(()) };
        let Some(second) = self.ask("The next code: ") else { return Ok(()) };
        let now = UnixTime::now()?;
        let _resynchronized =
            self.application.apply(account, |credential| credential.resynchronize(&first, &second, now))?;
        say!("Resynchronized. This is not a login.");
        Ok(())
    }

    fn revoke(&mut self, account: &str) -> Done {
        if self.agrees("This erases its secret and codes forever. Revoke it?") {
            self.change(account, |credential| credential.revoke())?;
        }
        Ok(())
    }

    /// The nightly work: afterwards an app's record does not reveal when its user last logged in.
    fn forget_all(&mut self) -> Done {
        let now = UnixTime::now()?;
        for account in self.application.store.accounts()? {
            // A damaged record must not stop the work on the others.
            match self.application.apply(&account, |credential| credential.forget(now)) {
                Ok(()) => say!("Done: {account}."),
                Err(not_stored) => say!("Not done: {account}. {}", reason(&not_stored.into())),
            }
        }
        Ok(())
    }

    fn change(
        &mut self,
        account: &str,
        make: impl FnMut(StoredCredential<'_>) -> Result<Change<()>, Error>,
    ) -> Done {
        self.application.apply(account, make)?;
        let status = self.application.inspect(account, UnixTime::now()?)?;
        say!("Done: {account} is {}.", status.state().name());
        Ok(())
    }
}

fn authenticator(status: &Status) -> String {
    let moving_factor = match status.moving_factor() {
        MovingFactor::Time(steps) => format!("every {} seconds", steps.time_step()),
        MovingFactor::Counter => "counter-based".into(),
    };
    format!("{}, {} digits, {moving_factor}", status.authenticator().name(), status.digits().as_usize())
}

fn temporary_code(status: &Status, now: UnixTime) -> String {
    let Some(code) = status.temporary_code() else { return "none".into() };
    let minutes = code.expiry().as_secs().saturating_sub(now.as_secs()) / 60;
    format!("valid for {} h {} min, logins left: {}", minutes / 60, minutes % 60, code.uses_left())
}
