//! Tickets (section 15 of the norm) through the public calls.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

use poterne::*;

const BINDING: TicketBinding<'_> = TicketBinding { purpose: "vpn", context: b"192.0.2.1 02-00-00-00-00-01" };

fn now() -> UnixTime {
    UnixTime::from_secs(1_763_800_000).unwrap()
}

fn later(seconds: u64) -> UnixTime {
    now().saturating_add(seconds)
}

fn earlier(seconds: u64) -> UnixTime {
    UnixTime::from_secs(i64::try_from(now().as_secs() - seconds).unwrap()).unwrap()
}

fn keyring() -> Keyring {
    Keyring::generate(20_261_121).unwrap()
}

fn verifier() -> Verifier {
    Verifier::new(keyring(), "grand-angle").unwrap()
}

/// What an account without a record is told: with a valid ticket that it is not enrolled.
fn said(
    verifier: &Verifier,
    account: &str,
    ticket: &str,
    binding: TicketBinding<'_>,
    now: UnixTime,
) -> Refusal {
    let attempt = verifier
        .credential(account, None)
        .unwrap()
        .verify_with_ticket(ticket, binding, "123456", now)
        .unwrap();
    assert!(attempt.record().is_none());
    attempt.outcome(0).unwrap_err().refusal().unwrap()
}

#[track_caller]
fn is_valid(verifier: &Verifier, account: &str, ticket: &str, binding: TicketBinding<'_>, now: UnixTime) {
    assert_eq!(said(verifier, account, ticket, binding, now), Refusal::NotEnrolled);
}

#[track_caller]
fn is_refused(verifier: &Verifier, account: &str, ticket: &str, binding: TicketBinding<'_>, now: UnixTime) {
    assert_eq!(said(verifier, account, ticket, binding, now), Refusal::Ticket);
}

/// 15.3: valid while now <= expiry <= now + 900.
#[test]
fn a_ticket_has_its_time() {
    for (seconds, policy) in
        [(300, Policy::default()), (600, Policy::builder().ticket_seconds(600).build().unwrap())]
    {
        let verifier = verifier().with_policy(policy);
        let ticket = verifier.ticket("a.martin", BINDING, now()).unwrap();
        for valid in [now(), later(1), later(seconds), earlier(900 - seconds)] {
            is_valid(&verifier, "a.martin", ticket.as_str(), BINDING, valid);
        }
        for late in
            [later(seconds + 1), later(86_400), UnixTime::MAX, earlier(901 - seconds), UnixTime::EPOCH]
        {
            is_refused(&verifier, "a.martin", ticket.as_str(), BINDING, late);
        }
    }
    let verifier = verifier();
    let last = verifier.ticket("a.martin", BINDING, UnixTime::MAX).unwrap();
    is_valid(&verifier, "a.martin", last.as_str(), BINDING, UnixTime::MAX);
}

/// 15.1: one ticket, one text. Every change of a character, every length, other cases and foreign texts are refused.
#[test]
fn every_change_is_refused() {
    let verifier = verifier();
    let ticket = verifier.ticket("a.martin", BINDING, now()).unwrap();
    let text = ticket.as_str();
    assert_eq!(text.len(), Ticket::LEN);
    is_valid(&verifier, "a.martin", &format!("{text}   "), BINDING, now());
    for position in 0..text.len() {
        for character in ('A'..='Z').chain('0'..='9').chain(['=', '-', 'é', '\0', ' ', 'a']) {
            let changed: String = text
                .chars()
                .enumerate()
                .map(|(i, old)| if i == position { character } else { old })
                .collect();
            if changed != text {
                is_refused(&verifier, "a.martin", &changed, BINDING, now());
            }
        }
        is_refused(&verifier, "a.martin", &text[..position], BINDING, now());
    }
    let record = verifier.enroll("a.martin", Parameters::totp(), now()).unwrap().record().as_str().to_owned();
    let again = verifier.ticket("a.martin", BINDING, now()).unwrap();
    assert_ne!(again.as_str(), ticket.as_str(), "the nonce is fresh");
    let foreign = [
        format!("{text}A"),
        format!(" {text}"),
        text.to_lowercase(),
        record.clone(),
        format!("{}{}", &text[..8], &record[8..Ticket::LEN]),
        format!("{}{}", &text[..48], &again.as_str()[48..]),
        "A".repeat(Ticket::LEN),
        "x".repeat(1 << 20),
        String::new(),
    ];
    for foreign in foreign {
        is_refused(&verifier, "a.martin", &foreign, BINDING, now());
    }
}

/// 15.1, 15.4: another account, application, purpose, context or keyring.
#[test]
fn a_ticket_is_bound() {
    let (keys, other_keys) = (keyring().to_text(), keyring().to_text());
    let with = |keys: &str, application| Verifier::new(Keyring::parse(keys).unwrap(), application).unwrap();
    let verifier = with(&keys, "grand-angle");
    let ticket = verifier.ticket("a.martin", BINDING, now()).unwrap();
    let text = ticket.as_str();
    is_valid(&with(&keys, "grand-angle"), "a.martin", text, BINDING, now());
    is_refused(&with(&other_keys, "grand-angle"), "a.martin", text, BINDING, now());
    is_refused(&with(&keys, "grand-angl"), "a.martin", text, BINDING, now());
    for account in
        ["a.marti", "a.martin2", "A.martin", "a.martin#1", "a.martin#4", "grand-angle", "a.martin#2#3"]
    {
        is_refused(&verifier, account, text, BINDING, now());
    }
    for purpose in ["vp", "vpn2", "VPN", "vpn "] {
        is_refused(&verifier, "a.martin", text, TicketBinding { purpose, ..BINDING }, now());
    }
    let longer = [BINDING.context, b"\0"].concat();
    for context in [b"".as_slice(), &BINDING.context[1..], &longer, &[0; 1024]] {
        is_refused(&verifier, "a.martin", text, TicketBinding { context, ..BINDING }, now());
    }
    // What moves from one field to its neighbor is another text.
    let joined = TicketBinding { purpose: "vpn1", context: &BINDING.context[1..] };
    is_refused(&verifier, "a.martin", text, joined, now());
}

/// 15.2: a ticket is for all rows of the person, whichever it was asked for.
#[test]
fn one_ticket_does_for_all_rows() {
    let verifier = verifier();
    for made_for in ["a.martin", "a.martin#2", "a.martin#3", "a.martin  "] {
        let ticket = verifier.ticket(made_for, BINDING, now()).unwrap();
        for account in rows_of_person("a.martin").unwrap() {
            is_valid(&verifier, &account, ticket.as_str(), BINDING, now());
        }
        is_refused(&verifier, "eve#2", ticket.as_str(), BINDING, now());
    }
}

/// 15.2: bounds of purpose, context and account, when it is made and when it is used.
#[test]
fn bindings_have_bounds() {
    let verifier = verifier();
    let (long, longer) = ("p".repeat(64), "é".repeat(33));
    let contexts = [[7; 1024].as_slice(), &[]];
    for (purpose, context) in [("p", contexts[0]), (&long, contexts[1]), ("\0", contexts[1])] {
        let binding = TicketBinding { purpose, context };
        let ticket = verifier.ticket("a.martin", binding, now()).unwrap();
        is_valid(&verifier, "a.martin", ticket.as_str(), binding, now());
    }
    for (purpose, context) in [("", contexts[1]), (&longer, contexts[1]), ("p", &[0; 1025])] {
        let binding = TicketBinding { purpose, context };
        for made in
            [verifier.ticket("a.martin", binding, now()), verifier.dud_ticket("a.martin", binding, now())]
        {
            assert_eq!(made.unwrap_err().kind(), ErrorKind::Argument);
        }
        let credential = verifier.credential("a.martin", None).unwrap();
        let used = credential.verify_with_ticket("", binding, "123456", now());
        assert_eq!(used.unwrap_err().kind(), ErrorKind::Argument);
    }
    for account in ["", "  ", "a\u{7}", &"a".repeat(256)] {
        assert_eq!(verifier.ticket(account, BINDING, now()).unwrap_err().kind(), ErrorKind::Argument);
    }
}

/// 15.1: of the longest of everything, each byte counts: what did not fit would bind nothing.
#[test]
fn the_longest_bindings_bind() {
    let (application, account, purpose) = ("p".repeat(64), "a".repeat(255), "v".repeat(64));
    let verifier = Verifier::new(keyring(), &application).unwrap();
    let context = [7; 1024];
    let binding = TicketBinding { purpose: &purpose, context: &context };
    let ticket = verifier.ticket(&account, binding, now()).unwrap();
    is_valid(&verifier, &account, ticket.as_ref(), binding, now());
    let mut changed = context;
    changed[1023] = 8;
    for context in [changed.as_slice(), &context[1..], &[]] {
        is_refused(&verifier, &account, ticket.as_ref(), TicketBinding { purpose: &purpose, context }, now());
    }
    let other = "v".repeat(63) + "w";
    is_refused(
        &verifier,
        &account,
        ticket.as_ref(),
        TicketBinding { purpose: &other, context: &context },
        now(),
    );
    is_refused(&verifier, &("a".repeat(254) + "b"), ticket.as_ref(), binding, now());
}

/// 15.1: opened by any key of the keyring, made by the primary; a removed key ends its tickets.
#[test]
fn tickets_follow_the_rotation_of_keys() {
    let mut keys = keyring();
    let made_before = |keys: &Keyring| {
        let verifier = Verifier::new(Keyring::parse(&keys.to_text()).unwrap(), "grand-angle").unwrap();
        (verifier.ticket("a.martin", BINDING, now()).unwrap(), verifier)
    };
    let (old, former) = made_before(&keys);
    keys.add(2).unwrap();
    is_valid(&made_before(&keys).1, "a.martin", old.as_str(), BINDING, now());
    keys.promote(2).unwrap();
    let (new, both) = made_before(&keys);
    is_valid(&both, "a.martin", old.as_str(), BINDING, now());
    is_valid(&both, "a.martin", new.as_str(), BINDING, now());
    is_refused(&former, "a.martin", new.as_str(), BINDING, now());
    keys.remove(20_261_121).unwrap();
    is_refused(&made_before(&keys).1, "a.martin", old.as_str(), BINDING, now());
}

/// 15.6: of the same form, and never valid.
#[test]
fn a_dud_is_never_valid() {
    let verifier = verifier();
    let dud = verifier.dud_ticket("a.martin", BINDING, now()).unwrap();
    let ticket = verifier.ticket("a.martin", BINDING, now()).unwrap();
    assert_eq!(dud.as_str()[..14], ticket.as_str()[..14], "the same key, in clear");
    for moment in [now(), later(1), later(300), earlier(600)] {
        is_refused(&verifier, "a.martin", dud.as_str(), BINDING, moment);
    }
}

/// A table that counts what is asked of it.
struct Counting {
    record: String,
    loads: u32,
    swaps: u32,
}

impl Store for Counting {
    fn load(&mut self, _: &str) -> Result<Option<String>, Error> {
        self.loads += 1;
        Ok(Some(self.record.clone()))
    }

    fn swap(&mut self, _: &str, old: Option<&str>, new: &Record) -> Result<u64, Error> {
        self.swaps += 1;
        assert_eq!(old, Some(self.record.as_str()));
        self.record = new.as_str().into();
        Ok(1)
    }
}

/// 15.4: a wrong ticket costs nothing and asks nothing; a valid one is a login by its code, which counts and is spent.
#[test]
fn a_login_looks_at_the_ticket_first() {
    let verifier = verifier();
    let secret = || Secret::from_bytes(b"12345678901234567890").unwrap();
    let existing = ExistingCredential::new(secret(), Parameters::totp());
    let record = verifier.import("a.martin", existing, now()).unwrap().record().unwrap().as_str().to_owned();
    let mut table = Counting { record, loads: 0, swaps: 0 };
    let steps = TimeSteps::new(30, UnixTime::EPOCH).unwrap();
    let otp = totp::generate(&secret(), OtpFormat::default(), steps, now()).unwrap();
    let ticket = verifier.ticket("a.martin", BINDING, now()).unwrap();
    let dud = verifier.dud_ticket("a.martin", BINDING, now()).unwrap();
    let mut login = |ticket: &str, code: &str, now| {
        let login = verifier.login_with_ticket("a.martin", ticket, BINDING, code, now, &mut table);
        (login.map(|accepted| accepted.code()).map_err(|denied| denied.to_string()), table.loads, table.swaps)
    };
    for wrong in [dud.as_str(), "", "123456"] {
        assert_eq!(login(wrong, otp.as_str(), now()), (Err("refused.ticket".into()), 0, 0));
    }
    assert_eq!(login(ticket.as_str(), otp.as_str(), later(301)), (Err("refused.ticket".into()), 0, 0));
    assert_eq!(login(ticket.as_str(), "000000", now()), (Err("refused.wrong_code".into()), 1, 1));
    assert_eq!(login(ticket.as_str(), otp.as_str(), now()), (Ok("accepted.otp"), 2, 2));
    assert_eq!(login(ticket.as_str(), otp.as_str(), now()), (Err("refused.replayed".into()), 3, 2));
    assert_eq!(login(dud.as_str(), otp.as_str(), now()), (Err("refused.ticket".into()), 3, 2));
}

/// What may reach a log holds no ticket and no context.
#[test]
fn nothing_is_printed() {
    let ticket = verifier().ticket("a.martin", BINDING, now()).unwrap();
    assert_eq!(format!("{ticket:?} {BINDING:?}"), "Ticket { .. } TicketBinding { purpose: \"vpn\", .. }");
}
