//! The help desk's part of the login desk.

use poterne::{
    Authenticator, Change, Error, Meanwhile, MovingFactor, Outcome, PolicyOption, Refusal, Status, Stored,
    UnixTime, Verifier,
};

use crate::desk::{Desk, Done, now, print_codes, reason};
use crate::explained;

impl Desk {
    pub(crate) fn help_desk(&mut self) -> Done {
        println!("1 inspect         2 unlock         3 suspend  4 resume      5 temporary code");
        println!("6 recovery codes  7 resynchronize  8 revoke   9 forget all  0 back");
        let Some(choice) = self.ask("Help desk: ") else { return Ok(()) };
        let action: fn(&mut Self, &str) -> Done = match choice.as_str() {
            "1" => Self::inspect,
            "2" => Self::unlock,
            "3" => Self::suspend,
            "4" => Self::resume,
            "5" => Self::temporary_code,
            "6" => Self::recovery_codes,
            "7" => Self::resynchronize,
            "8" => Self::revoke,
            "9" => return self.forget_all(),
            "0" => return Ok(()),
            _ => {
                println!("Type a number from 0 to 9.");
                return Ok(());
            }
        };
        let Some(account) = self.ask("Account: ") else { return Ok(()) };
        if self.application.inspect(&account, now()?)?.is_none() {
            println!("This account has no record: enroll it first.");
            return Ok(());
        }
        action(self, &account)
    }

    fn inspect(&mut self, account: &str) -> Done {
        let now = now()?;
        if let Some(status) = self.application.inspect(account, now)? {
            self.print_status(&status, now);
        }
        Ok(())
    }

    fn unlock(&mut self, account: &str) -> Done {
        self.change_state(account, |verifier, record, _| verifier.unlock(record, account))
    }

    fn suspend(&mut self, account: &str) -> Done {
        self.change_state(account, |verifier, record, _| verifier.suspend(record, account))
    }

    fn resume(&mut self, account: &str) -> Done {
        self.change_state(account, |verifier, record, _| verifier.resume(record, account))
    }

    fn temporary_code(&mut self, account: &str) -> Done {
        let question = "Suspend the authenticator (lost or stolen, not just at home)? [y/n] ";
        let meanwhile = match self.ask(question).as_deref() {
            Some("y") => Meanwhile::Suspend,
            Some("n") => Meanwhile::Keep,
            _ => return Ok(()),
        };
        let code = self.change(account, |verifier, record, now| {
            verifier.temporary_code(record, account, None, 1, meanwhile, now)
        })?;
        if let Some(code) = code {
            println!("For one login within 24 hours, shown this once: {}", code.as_str());
        }
        Ok(())
    }

    fn recovery_codes(&mut self, account: &str) -> Done {
        if let Some(codes) =
            self.change(account, |verifier, record, _| verifier.recovery_codes(record, account, 8))?
        {
            println!("In place of the former ones, shown this once:");
            print_codes(&codes);
        }
        Ok(())
    }

    fn resynchronize(&mut self, account: &str) -> Done {
        let Some(first) = self.ask("Code: ") else { return Ok(()) };
        let Some(second) = self.ask("The next code: ") else { return Ok(()) };
        match self.application.resynchronize(account, [&first, &second], now()?)? {
            Outcome::Resynchronized(_) => println!("Resynchronized; not a login yet."),
            Outcome::Refused(refusal) => println!("Not done: {}.", reason(refusal)),
            outcome => println!("Not done: {}.", outcome.code()),
        }
        Ok(())
    }

    fn revoke(&mut self, account: &str) -> Done {
        if self.agrees("For ever: its secret and codes are erased. Revoke it?") {
            self.change_state(account, |verifier, record, _| verifier.revoke(record, account))?;
        }
        Ok(())
    }

    /// As every night: then an application's record tells nobody when its owner last logged in.
    fn forget_all(&mut self) -> Done {
        for account in self.application.store.accounts()? {
            // A damaged record does not keep the others from being forgotten.
            match self.change(&account, |verifier, record, now| verifier.forget(record, &account, now)) {
                Ok(Some(())) => println!("Done: {account}."),
                Ok(None) => {}
                Err(error) => println!("Not done: {account}: {}.", explained(&error)),
            }
        }
        Ok(())
    }

    fn print_status(&self, status: &Status, now: UnixTime) {
        let locked = if status.is_locked() { ", locked" } else { "" };
        let max_failures = self.application.verifier.policy().get(PolicyOption::MaxFailures);
        println!("  state           {}{locked}", status.state().name());
        println!("  authenticator   {}", authenticator(status));
        println!("  failures        {} of {max_failures}", status.failures());
        println!("  wait            {} seconds", status.wait_seconds());
        println!("  recovery codes  {} left", status.recovery_codes_left());
        println!("  temporary code  {}", temporary_code(status, now));
        println!("  sealed by key   {}", status.key_id());
    }

    fn change_state(
        &mut self,
        account: &str,
        change: impl Fn(&Verifier, &str, UnixTime) -> Result<Change<()>, Error>,
    ) -> Done {
        let changed = self.change(account, change)?;
        if let (Some(()), Some(status)) = (changed, self.application.inspect(account, now()?)?) {
            println!("Done: {account} is {}.", status.state().name());
        }
        Ok(())
    }

    /// None after a conflict, and the person is told.
    fn change<T>(
        &mut self,
        account: &str,
        change: impl Fn(&Verifier, &str, UnixTime) -> Result<Change<T>, Error>,
    ) -> Result<Option<T>, Error> {
        let now = now()?;
        match self.application.change(account, |verifier, record| change(verifier, record, now))? {
            Stored::Done(value) => Ok(Some(value)),
            Stored::Conflict => {
                println!("Not done: {}.", reason(Refusal::Conflict));
                Ok(None)
            }
        }
    }
}

fn authenticator(status: &Status) -> String {
    let kind = match status.authenticator() {
        Authenticator::App => "application",
        Authenticator::Token => "hardware token",
    };
    let moving_factor = match status.moving_factor() {
        MovingFactor::Time(steps) => format!("every {} seconds", steps.time_step()),
        MovingFactor::Counter => "counter-based".into(),
    };
    format!("{kind}, {} digits, {moving_factor}", status.digits().as_usize())
}

fn temporary_code(status: &Status, now: UnixTime) -> String {
    let Some(code) = status.temporary_code() else { return "none".into() };
    let minutes = code.expiry().as_secs().saturating_sub(now.as_secs()) / 60;
    format!("valid for {} h {} min, logins left: {}", minutes / 60, minutes % 60, code.uses_left())
}
