//! Calls with secrets that are marked as undefined. Runs under memcheck, one case a process; without a case it lists them.
//!
//! Memcheck follows each undefined bit and reports every branch and every address that depends on one. Which reports are
//! allowed, because a verdict or a public text is looked at, says `verdicts.txt`. Each case shows that its marks reach the end:
//! what comes out is undefined, and has the right value.
//!
//! A record is marked through its text: counter mode hands a mark on bit by bit and base32 block by block, so the blocks over the
//! secret in the ciphertext become the secret in the plaintext, and nothing else.

use std::hint::black_box;

use poterne::{
    Accepted, Algorithm, Authenticator, Confirmed, Denied, Digits, ErrorKind, ExistingCredential, Keyring,
    Match, MissingAuthenticator, OtpauthNames, Parameters, Refusal, Replacement, Resynchronized, Secret,
    State, Ticket, TicketBinding, Verifier, hotp, match_otp,
};
use poterne_proofs::fixture::{self, ACCOUNT, SECRET, STEP, now};
use poterne_proofs::leaky;
use poterne_proofs::valgrind::{self, defined, mark_defined, mark_undefined, undefined_bytes};

#[path = "../randomness.rs"]
mod randomness;

/// A case gives the number of its calls.
type Case = (&'static str, fn() -> usize);

const CASES: &[Case] = &[
    ("base32_of_a_secret", base32_of_a_secret),
    ("hotp", generate),
    ("match_otp", search),
    ("typed_otp", typed_otp),
    ("record_otp", record_otp),
    ("record_first_code", record_first_code),
    ("record_pair", record_pair),
    ("record_replaced", record_replaced),
    ("hex_of_a_secret", hex_of_a_secret),
    ("record_codes", record_codes),
    ("typed_code", typed_code),
    ("keyring_key", keyring_key),
    ("keyring_text", keyring_text),
    ("ticket", ticket),
    ("enroll", enroll),
    ("issue_codes", issue_codes),
];

/// The seventh leaky twin divides, which memcheck does not see: it is the control of the search for divisions.
const CONTROLS: &[Case] = &[
    ("compare_bytes", || {
        let (right, typed) = (undefined(*SECRET), [0; 20]);
        leaky::compare_bytes(&right, black_box(&typed)).into()
    }),
    ("compare_text", || {
        let right = fixture::code(&Parameters::totp(), STEP);
        mark_undefined(right.as_bytes());
        leaky::compare_text(&right, "000000").into()
    }),
    ("truncate", || leaky::truncate(&undefined(*SECRET)) as usize),
    ("decode_base32", || leaky::decode_base32(&undefined(*b"GEZDGNBV"), &[1; 256]) as usize),
    ("format_code", || {
        let [value] = undefined([755_224]);
        leaky::format_code(value).len()
    }),
    ("window", || {
        let secret = undefined(*SECRET);
        leaky::window(&secret, STEP, 0).is_some().into()
    }),
    ("slot", || leaky::slot(&undefined([[7; 8]; 10]), &[0; 8]).is_some().into()),
    ("key_block", || {
        let [len] = undefined([20]);
        black_box(leaky::key_block(&[0x5a; 64], len)).len()
    }),
];

fn main() {
    let Some(name) = std::env::args().nth(1) else {
        for (kind, cases) in [("case", CASES), ("control", CONTROLS)] {
            for (name, _) in cases {
                println!("{kind} {name}");
            }
        }
        return;
    };
    assert!(valgrind::is_running(), "without valgrind nothing is marked");
    if name == "backends" {
        return backends();
    }
    let (_, case) = CASES.iter().chain(CONTROLS).find(|case| case.0 == name).expect("a case of the list");
    println!("{}", defined(case()));
}

/// What the processor says that it has, inside valgrind, and so which implementations ran.
fn backends() {
    let has = |feature: &str, present: bool| println!("{feature} {}", if present { "yes" } else { "no" });
    let soft = cfg!(aes_backend = "soft");
    has("AES-NI", !soft && is_x86_feature_detected!("aes"));
    has("PCLMULQDQ", !soft && is_x86_feature_detected!("pclmulqdq"));
    has("SHA-NI", !soft && is_x86_feature_detected!("sha"));
    has("AVX2", !soft && is_x86_feature_detected!("avx2"));
}

fn base32_of_a_secret() -> usize {
    // The separators are the shape of the text, its other characters are secret.
    let text = black_box("gezd gnbv-gy3t qojq GEZD GNBV gy3t qojq====").to_owned();
    for group in text.as_bytes().chunks(5).take(8) {
        mark_undefined(&group[..4]);
    }
    let secret = Secret::from_base32(&text).expect("base32");
    reached(secret.as_bytes(), 20);
    let again = secret.to_base32();
    reached(again.as_str(), 32);
    mark_defined(secret.as_bytes());
    mark_defined(again.as_str());
    assert_eq!(secret.as_bytes(), SECRET);
    assert_eq!(again.as_str(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    2
}

fn generate() -> usize {
    for parameters in all_parameters() {
        let expected = fixture::code(&parameters, STEP);
        let otp = hotp::generate(&secret(), parameters.format(), STEP);
        reached(&otp, parameters.digits().as_usize());
        assert_eq!(defined(otp).as_str(), expected);
    }
    all_parameters().count()
}

fn search() -> usize {
    let mut calls = 0;
    for parameters in all_parameters() {
        let right = |factor| fixture::code(&parameters, factor);
        let wrong = fixture::wrong_code(&parameters);
        for (code, watermark, expected) in [
            (right(STEP - 1), None, Match::Found(STEP - 1)),
            (right(STEP), None, Match::Found(STEP)),
            (right(STEP + 1), Some(STEP), Match::Found(STEP + 1)),
            (wrong, Some(STEP), Match::NotFound),
            (right(STEP), Some(STEP), Match::Replayed),
        ] {
            let found = match_otp(&secret(), parameters.format(), &code, STEP - 1..=STEP + 1, watermark)
                .expect("in range");
            reached(&found, 1);
            assert_eq!(defined(found), expected);
            calls += 1;
        }
    }
    calls
}

/// The code that is typed, the secret being known: it is a secret until it is used.
fn typed_otp() -> usize {
    let parameters = Parameters::totp();
    let key = fixture::secret();
    for (code, expected) in [
        (fixture::code(&parameters, STEP), Match::Found(STEP)),
        (fixture::wrong_code(&parameters), Match::NotFound),
    ] {
        mark_undefined(code.as_bytes());
        let found = match_otp(&key, parameters.format(), &code, STEP - 1..=STEP + 1, None).expect("in range");
        reached(&found, 1);
        assert_eq!(defined(found), expected);
    }
    2
}

fn record_otp() -> usize {
    let verifier = fixture::verifier();
    let app = Parameters::totp();
    let token = app.with_authenticator(Authenticator::Token);
    let mut calls = 0;
    for (parameters, first, last) in [
        (app, STEP - 1, STEP + 1),
        (app.with_algorithm(Algorithm::Sha256).with_digits(Digits::Eight), STEP, STEP),
        (app.with_algorithm(Algorithm::Sha512), STEP, STEP),
        (token, STEP - 2, STEP + 1),
        (Parameters::hotp().with_counter(STEP).expect("below the limit"), STEP, STEP + 9),
    ] {
        let record = fixture::record(&verifier, &parameters, None);
        for factor in first..=last {
            let code = fixture::code(&parameters, factor);
            assert_eq!(login(&verifier, &record, SECRET_FIELD, &code), "accepted.otp");
            calls += 1;
        }
        let wrong = fixture::wrong_code(&parameters);
        assert_eq!(login(&verifier, &record, SECRET_FIELD, &wrong), "refused.wrong_code");
        calls += 1;
    }
    let used = fixture::record(&verifier, &app, Some(STEP));
    let code = fixture::code(&app, STEP);
    let attempt = fixture::stored(&verifier, &undefined_record(&used, SECRET_FIELD))
        .verify(&code, now())
        .expect("a record");
    assert_eq!(said(defined(attempt).outcome(0), Accepted::code), "refused.replayed");
    calls + 1
}

fn record_first_code() -> usize {
    let verifier = fixture::verifier();
    let app = Parameters::totp();
    let pending = fixture::import(
        &verifier,
        ExistingCredential::new(fixture::secret(), app).with_state(State::Pending),
    );
    for (code, expected) in [
        (fixture::code(&app, STEP + 1), "confirmed"),
        (fixture::code(&app, STEP - 7), "refused.clock_off"),
        (fixture::wrong_code(&app), "refused.wrong_code"),
    ] {
        let record = undefined_record(&pending, SECRET_FIELD);
        let attempt = fixture::stored(&verifier, &record).confirm(&code, now()).expect("a record");
        reached(attempt.record().expect("something to store").as_str(), SECRET_CHARACTERS);
        let outcome = defined(attempt).outcome(1);
        if let Err(Denied::Refused(Refusal::ClockOff { steps })) = outcome {
            assert_eq!(defined(steps), -7);
        }
        assert_eq!(said(outcome, Confirmed::code), expected);
    }
    3
}

fn record_pair() -> usize {
    let verifier = fixture::verifier();
    let counter = Parameters::hotp().with_counter(STEP).expect("below the limit");
    let token = Parameters::totp().with_authenticator(Authenticator::Token);
    for parameters in [counter, token] {
        let right = |factor| fixture::code(&parameters, factor);
        let wrong = fixture::wrong_code(&parameters);
        let stored = fixture::record(&verifier, &parameters, None);
        for (second, expected) in [(right(STEP + 71), "resynchronized"), (wrong, "refused.wrong_code")] {
            let record = undefined_record(&stored, SECRET_FIELD);
            let attempt = fixture::stored(&verifier, &record)
                .resynchronize(&right(STEP + 70), &second, now())
                .expect("a record");
            reached(attempt.record().expect("something to store").as_str(), SECRET_CHARACTERS);
            assert_eq!(said(defined(attempt).outcome(1), Resynchronized::code), expected);
        }
    }
    4
}

/// A new record over an old one: whether both have the same secret is the verdict.
fn record_replaced() -> usize {
    let verifier = fixture::verifier();
    let app = Parameters::totp();
    let pending = ExistingCredential::new(fixture::secret(), app).with_state(State::Pending);
    let pending = undefined_record(&fixture::import(&verifier, pending), SECRET_FIELD);
    let other = ExistingCredential::new(Secret::from_bytes(&[7; 20]).expect("20 bytes"), app);
    let other = undefined_record(&fixture::import(&verifier, other), SECRET_FIELD);
    let same = undefined_record(&fixture::record(&verifier, &app, None), SECRET_FIELD);
    let code = fixture::code(&app, STEP);
    let attempt = verifier
        .replace(Replacement { account: ACCOUNT, old: &other, pending: &pending }, &code, now())
        .expect("two secrets");
    reached(attempt.record().expect("something to store").as_str(), SECRET_CHARACTERS);
    assert_eq!(said(defined(attempt).outcome(1), Confirmed::code), "confirmed");
    let error = verifier
        .replace(Replacement { account: ACCOUNT, old: &same, pending: &pending }, &code, now())
        .expect_err("one secret");
    assert_eq!(error.kind(), ErrorKind::Argument);
    2
}

/// The text of a secret, as manufacturers print it.
fn hex_of_a_secret() -> usize {
    let text = "3132333435363738393031323334353637383930".to_owned();
    mark_undefined(text.as_bytes());
    let secret = Secret::from_hex(&text).expect("hexadecimal");
    reached(secret.as_bytes(), 20);
    1
}

/// The key of the codes and all hashes are secret.
fn record_codes() -> usize {
    let (verifier, record, codes) = codes();
    for code in codes {
        assert_eq!(login(&verifier, &record, CODE_FIELDS, &code.text), code.expected);
    }
    4
}

/// The recovery code that is typed.
fn typed_code() -> usize {
    let (verifier, record, codes) = codes();
    for code in codes {
        mark_undefined(code.text.as_bytes());
        assert_eq!(login(&verifier, &record, CODE_FIELDS, &code.text), code.expected);
    }
    4
}

/// A keyring whose key is secret seals, and opens up to the verdict on the tag: beyond, all that a record holds is undefined.
fn keyring_key() -> usize {
    let (keyring, _) = randomness::secret(|| Keyring::generate(20261121).expect("randomness"));
    let text = keyring.to_text();
    reached(text.as_str(), 52);
    let verifier = Verifier::new(keyring, "proofs").expect("a verifier");
    let record = fixture::record(&verifier, &Parameters::totp(), None);
    reached(record.as_str(), 450);
    mark_defined(record.as_str());
    let error = verifier
        .credential("somebody else", Some(&record))
        .expect("a name")
        .verify("000000", now())
        .expect_err("another account");
    assert_eq!(error.kind(), ErrorKind::Record);
    4
}

fn keyring_text() -> usize {
    let text = Keyring::generate(20261121).expect("randomness").to_text();
    let key = text.find("primary ").expect("a primary key") + "primary ".len();
    mark_undefined(&text.as_bytes()[key..key + 52]);
    let keyring = Keyring::parse(&text).expect("a keyring");
    let again = keyring.to_text();
    reached(again.as_str(), 52);
    2
}

/// A secret key makes tickets, and opens them up to the verdict on the tag. Beyond it all is undefined, so the one that opens is by a
/// known key, with a secret context: it holds what changes with the password.
fn ticket() -> usize {
    let right = undefined(*b"the hash of a password");
    let wrong = undefined(*b"the hash of another pa");
    let (secret, _) = randomness::secret(|| Keyring::generate(20261121).expect("randomness"));
    let secret = Verifier::new(secret, "proofs").expect("a verifier");
    let ticket = secret.ticket(ACCOUNT, bound_to(&right), now()).expect("a ticket");
    let dud = secret.dud_ticket(ACCOUNT, bound_to(&right), now()).expect("a ticket");
    for ticket in [&ticket, &dud] {
        reached(ticket.as_str(), TICKET_CHARACTERS);
        mark_defined(ticket.as_str());
    }
    assert!(!opens(&secret, &ticket, &wrong) && !opens(&secret, &dud, &right));

    let known = fixture::verifier();
    let ticket = known.ticket(ACCOUNT, bound_to(&right), now()).expect("a ticket");
    reached(ticket.as_str(), TAG_CHARACTERS);
    mark_defined(ticket.as_str());
    assert!(opens(&known, &ticket, &right) && !opens(&known, &ticket, &wrong));
    7
}

fn bound_to(context: &[u8]) -> TicketBinding<'_> {
    TicketBinding { purpose: "vpn", context }
}

fn opens(verifier: &Verifier, ticket: &Ticket, context: &[u8]) -> bool {
    let nobody = verifier.credential(ACCOUNT, None).expect("a name");
    let attempt =
        nobody.verify_with_ticket(ticket.as_str(), bound_to(context), "000000", now()).expect("a verdict");
    matches!(attempt.outcome(0), Err(Denied::Refused(Refusal::NotEnrolled)))
}

/// A fresh secret, into the record and the URI.
fn enroll() -> usize {
    let verifier = fixture::verifier();
    let (enrollment, _) = randomness::secret(|| verifier.enroll(ACCOUNT, Parameters::totp(), now()));
    let enrollment = enrollment.expect("an enrollment");
    reached(enrollment.record().as_str(), SECRET_CHARACTERS);
    reached(enrollment.otpauth_uri(OtpauthNames { issuer: "A", label: "b" }).expect("a URI").as_str(), 32);
    2
}

/// Fresh recovery codes.
fn issue_codes() -> usize {
    let verifier = fixture::verifier();
    let fresh = fixture::record(&verifier, &Parameters::totp(), None);
    let (change, marked) = randomness::secret(|| fixture::stored(&verifier, &fresh).recovery_codes(10));
    drop(black_box(change.expect("an active record")));
    assert_eq!(marked, 10);
    1
}

struct TypedCode {
    text: String,
    expected: &'static str,
}

/// A record with recovery codes and a temporary code; codes in the first and the last slot, the temporary one, and a wrong one.
fn codes() -> (Verifier, String, [TypedCode; 4]) {
    let verifier = fixture::verifier();
    let fresh = fixture::record(&verifier, &Parameters::totp(), None);
    let change = fixture::stored(&verifier, &fresh).recovery_codes(10).expect("an active record");
    let record = change.record().expect("something to store").as_str().to_owned();
    let recovery = change.outcome(1).expect("one row");
    let recovery: Vec<_> = recovery.iter().map(str::to_owned).collect();
    let change = fixture::stored(&verifier, &record)
        .temporary_code(None, 2, MissingAuthenticator::Keep, now())
        .expect("an active record");
    let record = change.record().expect("something to store").as_str().to_owned();
    let temporary = change.outcome(1).expect("one row");
    let code = |text: &str, expected| TypedCode { text: text.to_owned(), expected };
    let codes = [
        code(&recovery[0], "accepted.recovery_code"),
        code(&recovery[9], "accepted.recovery_code"),
        code(temporary.as_str(), "accepted.temporary_code"),
        code("ABCDE-FGHJ-KMNP", "refused.wrong_code"),
    ];
    (verifier, record, codes)
}

/// A login whose record has secret fields; they reach the new record.
fn login(verifier: &Verifier, record: &str, fields: (usize, usize), code: &str) -> &'static str {
    let record = undefined_record(record, fields);
    let attempt = fixture::stored(verifier, &record).verify(code, now()).expect("a record");
    // A wrong code of section 5 changes nothing (semantics 5.4).
    let is_changed = attempt.record().is_some();
    if let Some(record) = attempt.record() {
        reached(record.as_str(), (fields.1 - fields.0) * 8 / 5 - 16);
    }
    let said = said(defined(attempt).outcome(1), Accepted::code);
    assert!(is_changed || (said == "refused.wrong_code" && fields == CODE_FIELDS));
    said
}

/// The text code of an answer or of a refusal.
fn said<T>(outcome: Result<T, Denied>, code: impl Fn(&T) -> &'static str) -> &'static str {
    match outcome {
        Ok(answer) => code(&answer),
        Err(denied) => denied.refusal().expect("a verdict").code(),
    }
}

/// Guide, semantics 9.6: the first and the last byte of the secret, of the code key and all hashes.
const SECRET_FIELD: (usize, usize) = (64, 84);
const CODE_FIELDS: (usize, usize) = (128, 232);
/// The characters of the blocks that hold nothing but the secret.
const SECRET_CHARACTERS: usize = 24;

/// The characters of a ticket that hold nothing but ciphertext and tag, and nothing but tag: guide, semantics 15.1.
const TICKET_CHARACTERS: usize = 40;
const TAG_CHARACTERS: usize = 24;

/// A record whose blocks over these bytes of the plaintext are undefined, those that are shared with other bytes apart.
fn undefined_record(record: &str, (first, end): (usize, usize)) -> String {
    // Guide, semantics 9.1: eight characters, then in base32 28 bytes before the ciphertext. Five bytes are eight characters.
    let block = |byte: usize| 8 + 8 * byte;
    let record = record.to_owned();
    mark_undefined(&record.as_bytes()[block((28 + first).div_ceil(5))..block((28 + end) / 5)]);
    record
}

fn all_parameters() -> impl Iterator<Item = Parameters> {
    let digits = [Digits::Six, Digits::Seven, Digits::Eight];
    [Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512].into_iter().flat_map(move |algorithm| {
        digits.map(|digits| Parameters::totp().with_algorithm(algorithm).with_digits(digits))
    })
}

fn secret() -> Secret {
    Secret::from_bytes(&undefined(*SECRET)).expect("20 bytes")
}

fn undefined<T, const N: usize>(values: [T; N]) -> [T; N] {
    let values = black_box(values);
    valgrind::mark_undefined(&values);
    values
}

/// The marks came through to at least so many bytes: the case is not blind.
#[track_caller]
fn reached<T: ?Sized>(result: &T, bytes: usize) {
    let undefined = undefined_bytes(result);
    assert!(undefined >= bytes, "{undefined} bytes of the result depend on the secret, not {bytes}");
}
