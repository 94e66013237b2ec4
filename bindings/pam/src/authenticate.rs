//! The three places that the module has in a stack.

use poterne::{Language, UnixTime, Verifier, split_password_and_code};
use poterne_settings::{Fault as SettingsFault, Settings};
use zeroize::Zeroizing;

use crate::account::accounts;
use crate::database::{Row, Table};
use crate::devices::{self, Device};
use crate::environment::{WithoutEnvironment, credentials};
use crate::libpam::{Answer, Pam};
use crate::options::{Mode, NoRecord, Options};
use crate::sigpipe::WithoutSigpipe;
use crate::texts;
use crate::verdict::{Fault, Verdict};
use crate::who::must_have_code;

/// What a line of the stack comes to, told to the user as well, and its mode; none if the line is wrong.
pub(crate) fn authenticate(pam: &Pam<'_>, arguments: Vec<&[u8]>) -> (Option<Mode>, Verdict) {
    let options = match Options::parse(arguments.into_iter()) {
        Ok(options) => options,
        Err(fault) => return (None, fault.into()),
    };
    let (mode, mut language) = (options.mode, Language::English);
    let verdict = judge(pam, options, &mut language).unwrap_or_else(|verdict| verdict);
    if let Some(message) = verdict.message(mode, language) {
        pam.tell(&message, true);
    }
    (Some(mode), verdict)
}

fn judge(pam: &Pam<'_>, options: Options, language: &mut Language) -> Result<Verdict, Verdict> {
    let settings = Settings::open(&options.settings);
    *language = options.language.or(settings.as_ref().ok().map(Settings::language)).unwrap_or(*language);
    let user = pam.user().ok_or(Fault::Account)?;
    if options.mode == Mode::Split {
        // What an attempt before this one in the same transaction left, of another user perhaps.
        pam.keep_code(None).ok_or(Fault::Internal)?;
    }
    if !must_have_code(pam, &user, &options, UnixTime::now()?) {
        // With damaged settings too: this may be the administrator who is to mend them.
        return if options.mode == Mode::Split { ask_whole(pam, *language) } else { Ok(Verdict::Nothing) };
    }
    let settings = settings.map_err(of_file)?;
    let accounts = accounts(&user, &options)?;
    let line = Line { pam, options, settings, language: *language, accounts };
    match line.options.mode {
        Mode::Prompt => line.prompt(),
        Mode::Split => line.split(),
        Mode::Verify => line.verify(),
    }
}

/// Asks for the password of somebody who needs no code, for the module that follows, and takes nothing from its end. The question is
/// that of all others: it would tell an outsider who needs no code.
fn ask_whole(pam: &Pam<'_>, language: Language) -> Result<Verdict, Verdict> {
    pam.password_or_ask(texts::ask_password_and_code(language)).ok_or(Fault::Conversation)?;
    Ok(Verdict::Nothing)
}

/// One call of the module for a user who must have a code.
struct Line<'c, 'p> {
    pam: &'c Pam<'p>,
    options: Options,
    settings: Settings,
    language: Language,
    /// Those of the user's rows.
    accounts: [String; 3],
}

impl Line<'_, '_> {
    /// Asks for the code, and checks it.
    fn prompt(mut self) -> Result<Verdict, Verdict> {
        let password = self.pam.password();
        if password.is_none() && !self.options.is_without_password {
            return Err(Fault::NoPassword.into());
        }
        // Before the user is asked: without them there is no verdict.
        let verifier = self.verifier()?;
        let devices = self.devices(&verifier)?;
        if self.is_let_off(&devices) {
            return Ok(Verdict::Nothing);
        }
        let mut typed = self.ask(&texts::ask_code(self.language, &devices), password.as_ref())?;
        let mut device = devices.first();
        if devices.len() > 1 {
            if let Some(chosen) = devices::chosen(&devices, &typed) {
                typed = self.ask(&texts::ask_code_of(self.language, chosen), password.as_ref())?;
                device = Some(chosen);
            }
        }
        let (device, code) = devices::named(&devices, &typed)
            .map_or((device, typed.as_str()), |(named, code)| (Some(named), code));
        let number = device.map_or(1, |device| device.number);
        // All of it as it stands now: the user has taken time. The former keyring would seal by a key that has been removed since.
        self.settings = Settings::open(&self.options.settings).map_err(of_file)?;
        let verifier = self.verifier()?;
        self.connected(|table| {
            let account = self.accounts.get(number.saturating_sub(1)).ok_or(Fault::Internal)?;
            let row = table.row(account)?;
            self.check(&verifier, table, row, code)
        })
    }

    /// Asks the user for a code.
    fn ask(&self, question: &str, password: Option<&Answer>) -> Result<Zeroizing<String>, Fault> {
        let typed = self.pam.ask(question, self.options.is_shown).ok_or(Fault::Conversation)?;
        // Hosts with one field answer every question with what stands in it: a password of six digits would be a wrong code.
        if password.is_some_and(|password| !password.is_empty() && **password == *typed) {
            return Err(Fault::SamePassword);
        }
        // What is not UTF-8 is malformed (semantics 2.1), and U+FFFD is too. The account's state is told first, as always.
        Ok(Zeroizing::new(String::from_utf8_lossy(&typed).into_owned()))
    }

    /// Takes the code from the end of the password.
    fn split(&self) -> Result<Verdict, Verdict> {
        if self.options.no_record == NoRecord::Allow {
            let rows = self.connected(|table| Ok(table.rows(&self.accounts)?))?;
            if !rows.iter().flatten().any(Row::has_record) {
                return ask_whole(self.pam, self.language);
            }
        }
        let prompt = texts::ask_password_and_code(self.language);
        let field = self.pam.password_or_ask(prompt).ok_or(Fault::Conversation)?;
        let digits = self.options.digits;
        // A number of a device stands behind a code, or belongs to the password.
        let (password, code) = match devices::split_number(&field)
            .map(|(rest, number)| (split_password_and_code(rest, digits), number))
        {
            Some(((password, Some(code)), number)) => (password, Zeroizing::new(format!("{code}{number}"))),
            _ => {
                let (password, code) = split_password_and_code(&field, digits);
                (password, Zeroizing::new(code.unwrap_or_default().to_owned()))
            }
        };
        // A directory takes an empty password for an anonymous login, which succeeds (RFC 4513 section 5.1.2).
        if password.is_empty() {
            return Ok(Verdict::Refused(poterne::Refusal::Malformed));
        }
        self.pam.keep_code(Some(&code)).ok_or(Fault::Internal)?;
        self.pam.set_password(password).ok_or(Fault::Internal)?;
        Ok(Verdict::Nothing)
    }

    /// Checks the code that `split` has taken.
    fn verify(&self) -> Result<Verdict, Verdict> {
        let code = self.pam.take_code();
        let verifier = self.verifier()?;
        self.connected(|table| {
            let devices = devices::of_person(table.rows(&self.accounts)?, &verifier, UnixTime::now()?);
            if self.is_let_off(&devices) {
                return Ok(Verdict::Nothing);
            }
            let code = code.ok_or(Fault::NoSplit)?;
            if self.pam.password().is_none() {
                return Err(Fault::NoPassword.into());
            }
            let number = devices::named(&devices, &code);
            let (number, code) =
                number.map_or((None, code.as_str()), |(device, code)| (Some(device.number), code));
            let mut devices = devices.into_iter();
            let device = devices.find(|device| number.is_none_or(|number| device.number == number));
            self.check(&verifier, table, device.map(|device| device.row), code)
        })
    }

    /// Checks a code on a row of the user.
    fn check(
        &self,
        verifier: &Verifier,
        table: &mut Table,
        row: Option<Row>,
        code: &str,
    ) -> Result<Verdict, Verdict> {
        // The stored spelling: a database may compare without regard to case, and a record opens under one spelling only (9.7).
        let [first, ..] = &self.accounts;
        let (account, record) = row.map_or((first.clone(), None), |row| (row.account, row.record));
        let accepted = verifier.login_with_record(&account, record, code, UnixTime::now()?, table)?;
        if let Some(text) = texts::refused_before(self.language, accepted.failures_before()) {
            self.pam.tell(&text, false);
        }
        Ok(Verdict::Accepted)
    }

    /// The devices of the user, over a connection that does not wait for the user.
    fn devices(&self, verifier: &Verifier) -> Result<Vec<Device>, Verdict> {
        self.connected(|table| {
            Ok(devices::of_person(table.rows(&self.accounts)?, verifier, UnixTime::now()?))
        })
    }

    /// Whether the user has no record on any row, where that is allowed.
    fn is_let_off(&self, devices: &[Device]) -> bool {
        self.options.no_record == NoRecord::Allow && devices.is_empty()
    }

    /// Does something with the table.
    fn connected<T>(&self, act: impl FnOnce(&mut Table) -> Result<T, Verdict>) -> Result<T, Verdict> {
        connected(&self.settings, act)
    }

    fn verifier(&self) -> Result<Verifier, Fault> {
        verifier(&self.settings)
    }
}

/// Does something with the table that the settings name.
pub(crate) fn connected<T>(
    settings: &Settings,
    act: impl FnOnce(&mut Table) -> Result<T, Verdict>,
) -> Result<T, Verdict> {
    let _quiet = (WithoutEnvironment::new(), WithoutSigpipe::new());
    let password = settings.database_password(credentials().as_deref()).map_err(of_file)?;
    let mut table = Table::open(settings, password)?;
    act(&mut table)
}

/// By the keyring that the settings name.
pub(crate) fn verifier(settings: &Settings) -> Result<Verifier, Fault> {
    settings.verifier(credentials().as_deref()).map_err(of_file)
}

/// The keyring's own kind, else a wrong setting.
pub(crate) fn of_file(fault: SettingsFault) -> Fault {
    match fault.kind() {
        poterne::ErrorKind::Argument => Fault::Settings(fault.code()),
        kind => Fault::Library(kind),
    }
}
