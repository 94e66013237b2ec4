//! Runs `tests/vectors`, the suite of every binding, through the public calls; `state` lines look into the record.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a test may panic, and names the case it is at"
)]

mod sealed;
#[cfg(feature = "token-files")]
mod token_files;
#[cfg(feature = "token-files")]
mod token_life;

use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use poterne::{
    Accepted, Algorithm, Attempt, Authenticator, Change, CodeSet, Confirmed, Database, Denial, Denied,
    Digits, Error, ExistingCredential, HardwareToken, Keyring, Match, Method, MissingAuthenticator,
    MovingFactor, NotStored, OtpFormat, OtpauthNames, OtpauthUri, Parameters, Policy, PolicyOption, Record,
    Refusal, Replacement, Resynchronized, Secret, State, Status, TicketBinding, TimeSteps, UnixTime,
    Verifier, hotp, is_conflict, match_otp, person_and_row, rows_of_person, split_password_and_code, totp,
};

#[test]
fn hotp_vectors() {
    run("hotp.txt", |case| {
        let secret = Secret::from_bytes(&case.bytes("secret")).unwrap();
        let otp = hotp::generate(&secret, case.format(), case.number("counter"));
        assert_eq!(otp.as_str(), case.one("otp"));
        let matched = match_otp(
            &secret,
            case.format(),
            otp.as_str(),
            case.number("counter")..=case.number("counter"),
            None,
        );
        assert_eq!(matched.unwrap(), Match::Found(case.number("counter")));
    });
}

#[test]
fn totp_vectors() {
    run("totp.txt", |case| {
        let generate = || {
            let secret = Secret::from_bytes(&case.bytes("secret"))?;
            let steps = TimeSteps::new(case.number("time_step"), time(case.one("t0"))?)?;
            totp::generate(&secret, case.format(), steps, time(case.one("time"))?)
        };
        case.compare(generate(), |otp| assert_eq!(otp.as_str(), case.one("otp")));
    });
}

#[test]
fn base32_vectors() {
    run("base32.txt", |case| {
        let Ok(text) = String::from_utf8(case.bytes("text")) else {
            // Not a text in Rust, so nothing to refuse.
            return assert_eq!(case.one("error"), "secret");
        };
        case.compare(Secret::from_base32(&text), |secret| {
            assert_eq!(secret.as_bytes(), case.bytes("secret"));
            assert_eq!(secret.to_base32().as_str(), case.one("canonical"));
        });
    });
}

#[test]
fn hex_vectors() {
    run("hex.txt", |case| {
        let Ok(text) = String::from_utf8(case.bytes("text")) else {
            return assert_eq!(case.one("error"), "secret");
        };
        case.compare(Secret::from_hex(&text), |secret| {
            assert_eq!(secret.as_bytes(), case.bytes("secret"));
            assert_eq!(secret.to_base32().as_str(), case.one("canonical"));
        });
    });
}

#[test]
fn match_vectors() {
    run("match.txt", match_vector);
    run("french-keyboard.txt", match_vector);
}

fn match_vector(case: &Case) {
    let (first, last) = case.one("candidates").split_once(' ').unwrap();
    let candidates = first.parse().unwrap()..=last.parse().unwrap();
    let watermark = optional(case.one("watermark"));
    let Ok(submitted) = String::from_utf8(case.bytes("submitted")) else {
        // Not a text in Rust, so nothing to refuse.
        return assert_eq!(case.one("match"), "malformed");
    };
    let matched = Secret::from_bytes(&case.bytes("secret"))
        .and_then(|secret| match_otp(&secret, case.format(), &submitted, candidates, watermark));
    let matched = match matched {
        Ok(Match::Found(factor)) => format!("found {factor}"),
        Ok(Match::Replayed) => "replayed".into(),
        Ok(Match::NotFound) => "not_found".into(),
        Ok(Match::Malformed) => "malformed".into(),
        Ok(other) => panic!("{other:?}"),
        Err(error) => format!("error {}", error.kind()),
    };
    assert_eq!(matched, case.one("match"));
}

#[test]
fn lifetime_vectors() {
    run("lifetime.txt", |case| {
        let policy = case.all("policy").fold(Policy::default(), with_options);
        let authenticator = authenticator(case.one("authenticator"));
        case.compare(policy.code_lifetime(authenticator, case.number("time_step")), |seconds| {
            assert_eq!(seconds, case.number::<u64>("seconds"));
        });
    });
}

#[test]
fn split_vectors() {
    run("split.txt", |case| {
        let field = case.bytes("field");
        let (password, code) = split_password_and_code(&field, Digits::new(case.number("digits")).unwrap());
        assert_eq!(password, case.bytes("password"));
        let expected = (case.one("code") != "none").then(|| case.bytes("code"));
        assert_eq!(code.map(str::as_bytes), expected.as_deref());
    });
}

#[test]
fn keyring_vectors() {
    run("keyring.txt", |case| {
        let mut text = Vec::new();
        for line in case.all("text") {
            text.extend(bytes(line));
            text.push(b'\n');
        }
        let Ok(text) = String::from_utf8(text) else { return assert_eq!(case.one("error"), "keyring") };
        case.compare(Keyring::parse(&text), |keyring| {
            assert_eq!(u64::from(keyring.primary_key_id()), case.number::<u64>("primary"));
            assert_eq!(keyring.key_ids().len() as u64, case.number::<u64>("keys"));
            let again = Keyring::parse(&keyring.to_text()).unwrap();
            assert_eq!(again.to_text().as_str(), keyring.to_text().as_str());
        });
    });
}

#[test]
fn uri_vectors() {
    run("uri.txt", |case| {
        let secret = Secret::from_bytes(&case.bytes("secret")).unwrap();
        let [authenticator, kind, algorithm, digits, time_step, t0, counter] = words(case.one("parameters"));
        let parameters = parameters(authenticator, kind, algorithm, digits, time_step, t0).unwrap();
        let parameters = match counter {
            "-" => parameters,
            counter => parameters.with_counter(counter.parse().unwrap()).unwrap(),
        };
        let text = |key| String::from_utf8(case.bytes(key)).unwrap();
        let incompatible = match case.one("incompatible") {
            "yes" => true,
            "no" => false,
            word => panic!("{word}"),
        };
        let (issuer, label) = (text("issuer"), text("label"));
        let names = OtpauthNames { issuer: &issuer, label: &label };
        let uri = OtpauthUri::build(&secret, &parameters, names, incompatible);
        case.compare(uri, |uri| {
            assert_eq!(uri.as_str(), case.one("uri"));
            // What was built is read as it was.
            let content = OtpauthUri::parse(uri.as_str()).unwrap();
            assert_eq!(*content.parameters(), parameters.with_authenticator(Authenticator::App));
            assert_eq!(content.secret().as_bytes(), secret.as_bytes());
            assert_eq!((content.issuer(), content.label()), (Some(&*issuer), &*label));
        });
    });
}

#[test]
fn uri_parse_vectors() {
    run("uri-parse.txt", |case| {
        case.compare(OtpauthUri::parse(&text(case.one("uri"))), |content| {
            let [kind, algorithm, digits, time_step, counter] = words(case.one("parameters"));
            let t0 = if kind == "time" { "0" } else { "-" };
            let mut expected = parameters("app", kind, algorithm, digits, time_step, t0).unwrap();
            if counter != "-" {
                expected = expected.with_counter(counter.parse().unwrap()).unwrap();
            }
            assert_eq!(*content.parameters(), expected);
            assert_eq!(content.secret().as_bytes(), case.bytes("secret"));
            let issuer = (case.one("issuer") != "none").then(|| text(case.one("issuer")));
            assert_eq!(content.issuer(), issuer.as_deref());
            assert_eq!(content.label(), text(case.one("label")));
        });
    });
}

#[test]
fn conflict_vectors() {
    run("conflicts.txt", |case| {
        let database = Database::ALL.iter().copied().find(|database| database.name() == case.one("database"));
        let database = database.expect("a kind of database");
        assert!(case.all("product").next().is_some());
        for product in case.all("product") {
            assert_eq!(Database::from_product_name(&text(product)), database, "{product}");
        }
        let sqlstate = (case.one("sqlstate") != "none").then(|| text(case.one("sqlstate")));
        let code = (case.one("code") != "none").then(|| case.number("code"));
        let conflict = if is_conflict(database, sqlstate.as_deref(), code) { "yes" } else { "no" };
        assert_eq!(conflict, case.one("conflict"));
    });
}

#[test]
fn row_vectors() {
    run("rows.txt", |case| {
        let (login_name, person) = (text(case.one("login_name")), text(case.one("person")));
        assert_eq!(person_and_row(&login_name), (&*person, case.number("row")));
        case.compare(rows_of_person(&login_name), |rows| {
            assert_eq!(rows.to_vec(), case.all("rows").map(text).collect::<Vec<_>>());
        });
    });
}

#[test]
fn ticket_vectors() {
    run("ticket.txt", |case| {
        let keyring = Keyring::parse(&text(case.one("keyring"))).unwrap();
        let policy = case.all("policy").fold(Policy::default(), with_options);
        let verifier = Verifier::new(keyring, &text(case.one("application"))).unwrap().with_policy(policy);
        let (account, purpose, context) =
            (text(case.one("account")), text(case.one("purpose")), case.bytes("context"));
        let binding = TicketBinding { purpose: &purpose, context: &context };
        let used = |ticket: &str| {
            let now = time(case.one("now"))?;
            let credential = verifier.credential(&account, None)?;
            credential.verify_with_ticket(ticket, binding, "123456", now)
        };
        let said = match (case.all("ticket").next(), case.all("made").next(), case.all("dud").next()) {
            (Some(ticket), None, None) => used(&text(ticket)),
            (None, Some(made), None) => verifier
                .ticket(&account, binding, time(made).unwrap())
                .and_then(|ticket| used(ticket.as_str())),
            (None, None, Some(made)) => {
                let dud = verifier.dud_ticket(&account, binding, time(made).unwrap());
                dud.and_then(|ticket| used(ticket.as_str()))
            }
            _ => panic!("a ticket, or the time when it is made"),
        };
        case.compare(said, |attempt| {
            let refusal = attempt.outcome(0).unwrap_err().refusal().expect("a refusal");
            assert_eq!(describe_refusal(refusal), case.one("said"));
        });
    });
}

#[test]
fn record_vectors() {
    run("record.txt", Script::run);
}

#[test]
fn semantics_vectors() {
    let mut rules = String::new();
    for section in 1..=8 {
        run(&format!("semantics-{section}.txt"), |case| {
            rules.push_str(case.all("rule").next().expect("a case names its rule"));
            rules.push(' ');
            Script::run(case);
        });
    }
    // The numbered rules that calls can show, none forgotten.
    for rule in [
        "1.3", "1.4", "1.5", "1.7", "2.1", "2.2", "2.3", "2.4", "3.0", "3.1", "3.2", "3.3", "3.4", "3.5",
        "3.6", "3.7", "3.7b", "3.8", "3.9", "3.10", "4.1", "4.2", "4.4", "4.5", "4.6", "4.7", "4.8", "4.9",
        "5.1", "5.2", "5.3", "5.4", "5.5", "6.1", "6.2", "6.3", "7.2", "7.3", "7.4", "7.6", "7.7", "7.8",
        "8.1", "8.2", "8.3", "8.4", "8.5", "8.6", "8.7", "8.8", "8.9", "8.11", "8.12",
    ] {
        assert!(rules.split(' ').any(|shown| shown == rule), "no case shows rule {rule}");
    }
}

/// A case of a file: its lines in order.
struct Case {
    name: String,
    lines: Vec<(String, String)>,
}

impl Case {
    fn all<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        self.lines.iter().filter(move |(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    fn one<'a>(&'a self, key: &'a str) -> &'a str {
        let mut values = self.all(key);
        let value = values.next().unwrap_or_else(|| panic!("{}: no {key}", self.name));
        assert!(values.next().is_none(), "{}: {key} twice", self.name);
        value
    }

    fn number<T: std::str::FromStr>(&self, key: &str) -> T {
        self.one(key).parse().unwrap_or_else(|_| panic!("{}: {key} is no number", self.name))
    }

    fn bytes(&self, key: &str) -> Vec<u8> {
        bytes(self.one(key))
    }

    fn format(&self) -> OtpFormat {
        OtpFormat::default()
            .with_algorithm(algorithm(self.one("algorithm")))
            .with_digits(Digits::new(self.number("digits")).unwrap())
    }

    /// Either the error that the case names, or what `check` says.
    fn compare<T>(&self, result: Result<T, Error>, check: impl FnOnce(T)) {
        match (result, self.all("error").next()) {
            (Ok(value), None) => check(value),
            (Err(error), Some(kind)) => assert_eq!(error.kind().name(), kind),
            (Ok(_), Some(kind)) => panic!("no error {kind}"),
            (Err(error), None) => panic!("{error}"),
        }
    }
}

/// Reads a file strictly, and runs each of its cases.
fn run(file: &str, mut check: impl FnMut(&Case)) {
    let cases = read_cases(file);
    let mut failed = Vec::new();
    for case in &cases {
        eprintln!("{file} [{}]", case.name);
        if catch_unwind(AssertUnwindSafe(|| check(case))).is_err() {
            failed.push(case.name.as_str());
        }
    }
    assert!(failed.is_empty(), "{file}: of {} cases failed: {failed:?}", cases.len());
}

fn read_cases(file: &str) -> Vec<Case> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors").join(file);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut cases = Vec::<Case>::new();
    for line in text.lines() {
        assert!(line.is_ascii() && line.len() <= 4096, "{file}: {line}");
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(name) = line.strip_prefix('[') {
            let name = name.strip_suffix(']').unwrap_or_else(|| panic!("{file}: {line}"));
            assert!(
                name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-')),
                "{line}"
            );
            assert!(cases.iter().all(|case| case.name != name), "{file}: {name} twice");
            cases.push(Case { name: name.into(), lines: Vec::new() });
            continue;
        }
        let (key, value) = line.split_once(" = ").unwrap_or_else(|| panic!("{file}: {line}"));
        assert!(KEYS.contains(&key), "{file}: unknown key {key}");
        let case = cases.last_mut().unwrap_or_else(|| panic!("{file}: {line} is outside a case"));
        case.lines.push((key.into(), value.into()));
    }
    assert!(!cases.is_empty(), "{file} has no case");
    cases
}

/// A script under way: a stored record, and what is needed to act on it.
struct Script {
    verifier: Verifier,
    keyring: String,
    application: String,
    account: String,
    record: String,
    copies: BTreeMap<String, String>,
    recovery: Vec<String>,
    temporary: Option<String>,
}

impl Script {
    fn new() -> Self {
        let keyring = Keyring::generate(20261121).unwrap();
        Self {
            keyring: keyring.to_text().to_string(),
            verifier: Verifier::new(keyring, "vectors").unwrap(),
            application: "vectors".into(),
            account: "a.martin".into(),
            record: String::new(),
            copies: BTreeMap::new(),
            recovery: Vec::new(),
            temporary: None,
        }
    }

    fn run(case: &Case) {
        let mut script = Self::new();
        assert!(SCRIPT_KEYS.iter().any(|key| case.all(key).next().is_some()), "a script that calls nothing");
        for (key, value) in &case.lines {
            script.line(key, value);
        }
    }

    fn line(&mut self, key: &str, value: &str) {
        eprintln!("    {key} = {value}");
        match key {
            "rule" => {}
            "policy" => self.policy(value),
            "keyring" => {
                self.keyring = text(value);
                self.rebuild(*self.verifier.policy());
            }
            "application" => {
                self.application = text(value);
                self.rebuild(*self.verifier.policy());
            }
            "account" => self.account = text(value),
            "record" => self.record = text(value),
            "import" => self.import(value),
            "enroll" => self.enroll(value),
            "enroll_token" => self.enroll_token(value),
            "step" => self.step(value),
            "state" => self.state(value),
            _ => panic!("{key} in a script"),
        }
    }

    fn rebuild(&mut self, policy: Policy) {
        let keyring = Keyring::parse(&self.keyring).unwrap();
        self.verifier = Verifier::new(keyring, &self.application).unwrap().with_policy(policy);
    }

    fn policy(&mut self, value: &str) {
        self.rebuild(with_options(*self.verifier.policy(), value));
    }

    fn enroll(&mut self, value: &str) {
        let (arguments, expected) = value.split_once(" -> ").unwrap_or((value, "stored"));
        let words: Vec<&str> = arguments.split(' ').collect();
        let (fixed, keys) = words.split_at(6);
        let enrolled = self.try_enroll(fixed, &keys.join(" "));
        self.begin(enrolled, expected);
    }

    fn try_enroll(&self, fixed: &[&str], keys: &str) -> Result<String, Error> {
        let [authenticator, factor, algorithm, digits, time_step, t0] = *fixed else { panic!("{fixed:?}") };
        let parameters = parameters(authenticator, factor, algorithm, digits, time_step, t0)?;
        let (parameters, now) = with_keys(parameters, keys, &[])?;
        Ok(self.verifier.enroll(&self.account, parameters, now)?.record().as_str().into())
    }

    fn import(&mut self, value: &str) {
        let (arguments, expected) = value.split_once(" -> ").unwrap_or((value, "stored"));
        let words: Vec<&str> = arguments.split(' ').collect();
        let (fixed, keys) = words.split_at(8);
        let imported = self.try_import(fixed, &keys.join(" "));
        self.begin(imported, expected);
    }

    fn try_import(&self, fixed: &[&str], keys: &str) -> Result<String, Error> {
        let [authenticator, factor, algorithm, digits, time_step, t0, secret, state_name] = *fixed else {
            panic!("{fixed:?}")
        };
        let parameters = parameters(authenticator, factor, algorithm, digits, time_step, t0)?;
        let (parameters, now) = with_keys(parameters, keys, &["watermark", "drift", "last_sync"])?;
        let secret = Secret::from_bytes(&bytes(secret))?;
        let mut existing = ExistingCredential::new(secret, parameters).with_state(state(state_name));
        for (key, value) in pairs(keys) {
            existing = match key {
                "watermark" => existing.with_watermark(optional(value)),
                "drift" => existing.with_drift(value.parse().unwrap()),
                "last_sync" => existing.with_last_sync(optional(value).map(|period| period as u16)),
                _ => existing,
            };
        }
        let change = self.verifier.import(&self.account, existing, now)?;
        let record = change.record().expect("a record to insert").as_str().to_string();
        assert!(change.outcome(1).is_ok());
        Ok(record)
    }

    fn enroll_token(&mut self, value: &str) {
        let (arguments, expected) = value.split_once(" -> ").unwrap_or((value, "stored"));
        let words: Vec<&str> = arguments.split(' ').collect();
        let (fixed, keys) = words.split_at(6);
        let enrolled = self.try_enroll_token(fixed, &keys.join(" "));
        self.begin(enrolled, expected);
    }

    fn try_enroll_token(&self, fixed: &[&str], keys: &str) -> Result<String, Error> {
        let [factor, algorithm, digits, time_step, t0, secret] = *fixed else { panic!("{fixed:?}") };
        let parameters = parameters("token", factor, algorithm, digits, time_step, t0)?;
        let (parameters, now) = with_keys(parameters, keys, &[])?;
        let token = HardwareToken::new(Secret::from_bytes(&bytes(secret))?, parameters);
        Ok(self.verifier.enroll_token(&self.account, token, now)?.record().as_str().into())
    }

    fn begin(&mut self, record: Result<String, Error>, expected: &str) {
        match record {
            Ok(record) => {
                self.record = record;
                assert_eq!(expected, "stored");
            }
            Err(error) => assert_eq!(format!("error {}", error.kind()), expected),
        }
    }

    fn step(&mut self, value: &str) {
        let (call, expected) = value.split_once(" -> ").expect("a result");
        let mut words: Vec<&str> = call.split(' ').collect();
        let rows = words.last().and_then(|word| word.strip_prefix("rows="));
        let rows = rows.map(|rows| rows.parse::<u64>().unwrap());
        if rows.is_some() {
            words.pop();
        }
        let mut given = self.record.clone();
        if words.len() > 2 && words[words.len() - 2] == "with" {
            given = self.copies[words[words.len() - 1]].clone();
            words.truncate(words.len() - 2);
        }
        if words.iter().any(|word| word.starts_with("hex:") && String::from_utf8(bytes(word)).is_err()) {
            // Not a text in Rust, so nothing to refuse.
            return assert!(expected.starts_with("refused "), "{expected}");
        }
        let swap = Swap { rows, given };
        let (verifier, account) = (&self.verifier, self.account.as_str());
        let stored = || verifier.credential(account, Some(&swap.given));
        let typed = |text: &str| self.typed(text);
        match *words {
            ["verify", now, code] => {
                let attempt = time(now).and_then(|now| stored()?.verify(&typed(code), now));
                self.attempt(attempt, &swap, expected);
            }
            ["verify_absent", now, code] => {
                let absent = || verifier.credential(account, None);
                let attempt = time(now).and_then(|now| absent()?.verify(&typed(code), now));
                self.attempt(attempt, &swap, expected);
            }
            ["confirm", now, code] => {
                let attempt = time(now).and_then(|now| stored()?.confirm(&typed(code), now));
                self.attempt(attempt, &swap, expected);
            }
            ["replace", now, code, pending] => {
                let pending = self.copies[pending].as_str();
                let replacement = Replacement { account, old: &swap.given, pending };
                let attempt = time(now).and_then(|now| verifier.replace(replacement, &typed(code), now));
                let outcome = attempt.map_err(Denied::from).and_then(|attempt| {
                    let rows = self.rows(attempt.record(), &swap);
                    attempt.outcome(rows)
                });
                self.answer(outcome, expected);
            }
            ["resynchronize", now, first, second] => {
                let attempt =
                    time(now).and_then(|now| stored()?.resynchronize(&typed(first), &typed(second), now));
                self.attempt(attempt, &swap, expected);
            }
            ["inspect", now] => {
                let status = time(now).and_then(|now| stored()?.inspect(now));
                expect(
                    expected,
                    &status.map_or_else(|error| vec![format!("error {}", error.kind())], describe),
                );
            }
            ["recovery_codes", count] => {
                let count = count.parse().unwrap();
                let change = stored().and_then(|stored| stored.recovery_codes(count));
                if let Some(codes) = self.change(change, &swap, expected) {
                    self.recovery.extend(codes.iter().map(String::from));
                }
            }
            ["temporary_code", now, expiry, uses, choice] => {
                let missing = MissingAuthenticator::ALL.iter().find(|missing| missing.name() == choice);
                let missing = *missing.expect("suspend or keep");
                let uses = uses.parse().unwrap();
                let change = time(now).and_then(|now| {
                    let expiry = if expiry == "none" { None } else { Some(time(expiry)?) };
                    stored()?.temporary_code(expiry, uses, missing, now)
                });
                if let Some(code) = self.change(change, &swap, expected) {
                    self.temporary = Some(code.as_str().into());
                }
            }
            ["otpauth_uri", now] => {
                let names = OtpauthNames { issuer: "vectors", label: "a" };
                let uri = time(now).and_then(|now| stored()?.otpauth_uri(names, now));
                let said = uri.map_or_else(|error| format!("error {}", error.kind()), |_| "ok".into());
                assert_eq!(said, expected);
            }
            ["end_codes", name] => {
                let codes = CodeSet::ALL.iter().find(|codes| codes.name() == name).expect("a set of codes");
                let change = stored().and_then(|stored| stored.end_codes(*codes));
                self.change(change, &swap, expected);
            }
            [
                verb @ ("unlock" | "repair_clock" | "forget" | "suspend" | "resume" | "revoke" | "reseal"),
                ref now @ ..,
            ] => {
                let change = match (verb, now) {
                    ("unlock", []) => stored().and_then(|stored| stored.unlock()),
                    ("repair_clock", [now]) => time(now).and_then(|now| stored()?.repair_clock(now)),
                    ("forget", [now]) => time(now).and_then(|now| stored()?.forget(now)),
                    ("suspend", []) => stored().and_then(|stored| stored.suspend()),
                    ("resume", []) => stored().and_then(|stored| stored.resume()),
                    ("revoke", []) => stored().and_then(|stored| stored.revoke()),
                    ("reseal", []) => stored().and_then(|stored| stored.reseal()),
                    _ => panic!("{call}"),
                };
                self.change(change, &swap, expected);
            }
            ["rename", new_account] => {
                let new_account = text(new_account);
                let renamed = stored().and_then(|stored| stored.rename(&new_account));
                let renamed = renamed.map_err(NotStored::from).and_then(|rename| {
                    let new = rename.record().as_str().to_string();
                    rename.outcome(self.swap(&swap, &new))
                });
                if self.stored(renamed, expected).is_some() {
                    self.account = new_account;
                }
            }
            ["fork", name] => {
                self.copies.insert(name.into(), self.record.clone());
                assert_eq!(expected, "ok");
            }
            _ => panic!("unknown step {call}"),
        }
    }

    fn attempt<T: Described>(&mut self, attempt: Result<Attempt<T>, Error>, swap: &Swap, expected: &str) {
        let outcome = attempt.map_err(Denied::from).and_then(|attempt| self.outcome(attempt, swap));
        self.answer(outcome, expected);
    }

    fn answer<T: Described>(&mut self, outcome: Result<T, Denied>, expected: &str) {
        match outcome {
            Ok(answer) => {
                self.recovery.extend(answer.recovery_codes());
                expect(expected, &answer.describe());
            }
            Err(Denied::Refused(refusal)) => expect(expected, &[describe_refusal(refusal)]),
            Err(Denied::Error(error)) => assert_eq!(format!("error {}", error.kind()), expected),
        }
    }

    fn change<T>(&mut self, change: Result<Change<T>, Error>, swap: &Swap, expected: &str) -> Option<T> {
        let is_unchanged = change.as_ref().is_ok_and(|change| change.record().is_none());
        let stored = change.map_err(NotStored::from).and_then(|change| self.outcome(change, swap));
        if is_unchanged {
            assert_eq!((stored.is_ok(), expected), (true, "unchanged"));
            return None;
        }
        self.stored(stored, expected)
    }

    /// Swaps if there is something to store, and asks.
    fn outcome<T, D: Denial>(&mut self, attempt: Attempt<T, D>, swap: &Swap) -> Result<T, D> {
        let rows = self.rows(attempt.record(), swap);
        attempt.outcome(rows)
    }

    fn rows(&mut self, new: Option<&Record>, swap: &Swap) -> u64 {
        let Some(new) = new else { return swap.rows.unwrap_or(0) };
        // Semantics 7.4.
        assert_ne!(new.as_str(), swap.given.trim_end_matches(' '));
        self.swap(swap, new.as_str())
    }

    fn stored<T>(&self, stored: Result<T, NotStored>, expected: &str) -> Option<T> {
        let (value, actual) = match stored {
            Ok(value) => (Some(value), "stored".into()),
            Err(NotStored::Conflict) => (None, "conflict".into()),
            Err(NotStored::Error(error)) => (None, format!("error {}", error.kind())),
        };
        assert_eq!(actual, expected);
        value
    }

    /// The compare-and-swap of a database with one row.
    fn swap(&mut self, swap: &Swap, new: &str) -> u64 {
        assert_eq!(new.len(), Record::LEN);
        if let Some(rows) = swap.rows {
            return rows;
        }
        if swap.given != self.record {
            return 0;
        }
        self.record = new.into();
        1
    }

    /// What the user typed.
    fn typed(&self, word: &str) -> String {
        if let Some(index) = word.strip_prefix("recovery[").and_then(|rest| rest.strip_suffix(']')) {
            return self.recovery[index.parse::<usize>().unwrap()].clone();
        }
        if word == "temporary" {
            return self.temporary.clone().expect("a temporary code was issued");
        }
        text(word)
    }

    fn state(&self, value: &str) {
        let held = sealed::fields(&self.keyring, &self.application, &self.account, &self.record);
        for (key, value) in pairs(value) {
            assert_eq!(held.get(key).unwrap_or_else(|| panic!("unknown key {key}")), value, "{key}");
        }
    }
}

/// Which record a step is given, and the rows to report instead of those of the swap.
struct Swap {
    rows: Option<u64>,
    given: String,
}

/// The fixed words of a result and its keys: `expected` may leave out any key, nothing else.
fn expect(expected: &str, actual: &[String]) {
    let is_key = |word: &&str| word.contains('=');
    let fixed: Vec<&str> = expected.split(' ').filter(|word| !is_key(word)).collect();
    assert_eq!(fixed.join(" "), actual[0], "{actual:?}");
    for key in expected.split(' ').filter(is_key) {
        assert!(actual[1..].iter().any(|word| word == key), "{key} is not among {actual:?}");
    }
}

/// An answer, in the words of the vectors.
trait Described {
    fn describe(&self) -> Vec<String>;

    fn recovery_codes(&self) -> Vec<String> {
        Vec::new()
    }
}

impl Described for Accepted {
    fn describe(&self) -> Vec<String> {
        let method = match self.method() {
            Method::Otp => format!("accepted otp {}", self.moving_factor().expect("an OTP's factor")),
            Method::RecoveryCode => "accepted recovery_code".into(),
            Method::TemporaryCode => "accepted temporary_code".into(),
            method => panic!("{method:?}"),
        };
        vec![
            method,
            format!("drift={}", self.drift()),
            format!("recovery={}", self.recovery_codes_left()),
            format!("failures_before={}", self.failures_before()),
        ]
    }
}

impl Described for Confirmed {
    fn describe(&self) -> Vec<String> {
        vec![
            format!("confirmed {}", self.moving_factor()),
            format!("drift={}", self.drift()),
            format!("codes={}", self.recovery_codes().len()),
        ]
    }

    fn recovery_codes(&self) -> Vec<String> {
        Confirmed::recovery_codes(self).iter().map(String::from).collect()
    }
}

impl Described for Resynchronized {
    fn describe(&self) -> Vec<String> {
        vec![format!("resynchronized {}", self.moving_factor()), format!("drift={}", self.drift())]
    }
}

fn describe_refusal(refusal: Refusal) -> String {
    match refusal {
        Refusal::Wait { seconds } => format!("refused wait {seconds}"),
        Refusal::ClockOff { steps } => format!("refused clock_off {steps}"),
        refusal => refusal.code().replace('.', " "),
    }
}

fn describe(status: Status) -> Vec<String> {
    let yes = |is: bool| if is { "yes" } else { "no" };
    vec![
        status.state().name().into(),
        format!("failures={}", status.failures()),
        format!("wait={}", status.wait_seconds()),
        format!("locked={}", yes(status.is_locked())),
        format!("drift={}", status.drift()),
        format!("recovery={}", status.recovery_codes_left()),
        format!("temporary={}", status.temporary_code().map_or(0, |code| code.uses_left())),
        format!("weak={}", yes(status.is_secret_weak())),
        format!(
            "confirm_by={}",
            status.confirm_by().map_or("none".into(), |time| time.as_secs().to_string())
        ),
    ]
}

fn words<const N: usize>(value: &str) -> [&str; N] {
    value.split(' ').collect::<Vec<_>>().try_into().unwrap_or_else(|_| panic!("{value}: {N} words"))
}

fn pairs(value: &str) -> impl Iterator<Item = (&str, &str)> {
    value.split(' ').filter(|word| !word.is_empty()).map(|word| word.split_once('=').expect("KEY=VALUE"))
}

fn parameters(
    authenticator: &str,
    factor: &str,
    algorithm_name: &str,
    digits: &str,
    time_step: &str,
    t0: &str,
) -> Result<Parameters, Error> {
    let authenticator = self::authenticator(authenticator);
    let parameters = match factor {
        "counter" => {
            assert_eq!([time_step, t0], ["-"; 2]);
            Parameters::hotp()
        }
        "time" => Parameters::totp().with_time_step(time_step.parse().unwrap())?.with_t0(time(t0)?)?,
        _ => panic!("{factor}"),
    };
    Ok(parameters
        .with_authenticator(authenticator)
        .with_algorithm(algorithm(algorithm_name))
        .with_digits(Digits::new(digits.parse().unwrap())?))
}

/// The keys that go into the parameters, and the time of the call.
fn with_keys(
    mut parameters: Parameters,
    keys: &str,
    others: &[&str],
) -> Result<(Parameters, UnixTime), Error> {
    let mut now = match parameters.moving_factor() {
        MovingFactor::Time(steps) => steps.t0(),
        MovingFactor::Counter => UnixTime::EPOCH,
    };
    for (key, value) in pairs(keys) {
        match key {
            "now" => now = time(value)?,
            "counter" => parameters = parameters.with_counter(value.parse().unwrap())?,
            "confirm_by" => parameters = parameters.with_confirm_by(Some(time(value)?)),
            "not_before" => {
                parameters = parameters.with_validity(Some(time(value)?), parameters.not_after())?
            }
            "not_after" => {
                parameters = parameters.with_validity(parameters.not_before(), Some(time(value)?))?
            }
            _ => assert!(others.contains(&key), "unknown key {key}"),
        }
    }
    Ok((parameters, now))
}

fn with_options(mut policy: Policy, value: &str) -> Policy {
    for (name, value) in pairs(value) {
        let option = PolicyOption::ALL.iter().find(|option| option.name() == name).expect("an option");
        policy = policy.with(*option, value.parse().unwrap()).unwrap();
    }
    policy
}

fn state(word: &str) -> State {
    *State::ALL.iter().find(|state| state.name() == word).unwrap_or_else(|| panic!("{word}"))
}

fn authenticator(name: &str) -> Authenticator {
    *Authenticator::ALL.iter().find(|one| one.name() == name).unwrap_or_else(|| panic!("{name}"))
}

fn algorithm(name: &str) -> Algorithm {
    *Algorithm::ALL.iter().find(|algorithm| algorithm.name() == name).unwrap_or_else(|| panic!("{name}"))
}

fn time(seconds: &str) -> Result<UnixTime, Error> {
    UnixTime::from_secs(seconds.parse().unwrap())
}

fn optional(value: &str) -> Option<u64> {
    (value != "none").then(|| value.parse().unwrap())
}

fn text(value: &str) -> String {
    String::from_utf8(bytes(value)).unwrap()
}

fn bytes(value: &str) -> Vec<u8> {
    let Some(hex) = value.strip_prefix("hex:") else { return value.into() };
    assert!(hex.len() % 2 == 0 && hex.is_ascii(), "{value}");
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

/// The keys of a script that call the library.
const SCRIPT_KEYS: [&str; 4] = ["enroll", "enroll_token", "import", "step"];

const KEYS: &[&str] = &[
    "account",
    "algorithm",
    "application",
    "authenticator",
    "candidates",
    "canonical",
    "code",
    "conflict",
    "context",
    "counter",
    "database",
    "declare",
    "deliver",
    "digits",
    "dud",
    "enroll",
    "enroll_token",
    "error",
    "fault",
    "field",
    "file",
    "fits",
    "import",
    "incompatible",
    "issuer",
    "key",
    "keyring",
    "keys",
    "label",
    "layout",
    "login_name",
    "made",
    "match",
    "now",
    "otp",
    "parameters",
    "password",
    "person",
    "policy",
    "primary",
    "product",
    "prove",
    "purpose",
    "record",
    "row",
    "rows",
    "rule",
    "said",
    "seconds",
    "secret",
    "sqlstate",
    "state",
    "step",
    "submitted",
    "t0",
    "text",
    "ticket",
    "time",
    "time_step",
    "token",
    "uri",
    "watermark",
];
