//! Any sequence of calls by two servers over one row: nothing is accepted twice, and every record opens.

#![no_main]

use std::collections::BTreeSet;
use std::sync::LazyLock;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use poterne::{
    Authenticator, CodeSet, Imported, Keyring, Meanwhile, Outcome, Parameters, Policy, PolicyOption, Record,
    Secret, State, Stored, UnixTime, Verifier, hotp,
};

#[derive(Arbitrary, Debug)]
enum Call {
    Pass(u16),
    PassLong(u32),
    Verify(i8),
    Recovery(u8),
    Resynchronize(i8),
    IssueRecovery(u8),
    IssueTemporary { uses: u8, suspend: bool },
    Unlock,
    Suspend,
    Resume,
    Forget,
    Reseal,
    SetPolicy(u8, u16),
    RepairClock,
    EndCodes(u8),
    Confirm(i8),
}

#[derive(Arbitrary, Debug)]
struct History {
    kind: u8,
    /// By how much the clock of the server that may read late is ahead (semantics 1.7).
    ahead: u16,
    /// Each call, and the server that makes it: one of them may have read the row before the other's last call.
    calls: Vec<(Call, bool, bool)>,
}

static KEYRING: LazyLock<String> =
    LazyLock::new(|| Keyring::generate(1).expect("randomness").to_text().to_string());

fuzz_target!(|history: History| {
    let secret = || Secret::from_bytes(b"12345678901234567890").expect("a secret");
    let token = Parameters::totp().with_authenticator(Authenticator::Token);
    let parameters = [Parameters::totp(), token, Parameters::hotp()][usize::from(history.kind % 3)];
    let mut policy = Policy::default();
    let keyring = || Keyring::parse(&KEYRING).expect("a keyring");
    let mut verifier = Verifier::new(keyring(), "fuzz").expect("a verifier");
    let mut now = 1_700_000_010_i64;
    let time = |seconds: i64| UnixTime::from_secs(seconds).expect("a time");
    let state = if history.kind / 3 % 2 == 0 { State::Active } else { State::Pending };
    let imported = Imported::new(secret(), parameters).with_state(state);
    let imported = verifier.import("a", imported, time(now)).expect("an import");
    let mut row = imported.record().as_str().to_owned();
    let mut stale = row.clone();
    let mut spent = BTreeSet::new();
    let mut codes: Vec<String> = Vec::new();
    let mut spent_codes = BTreeSet::new();
    let mut counter = 0_u64;
    for (call, reads_stale, keeps_stale) in history.calls.iter().take(64) {
        let read = if *reads_stale { stale.clone() } else { row.clone() };
        let clock = if *reads_stale { now + i64::from(history.ahead % 301) } else { now };
        let is_in_use = matches!(
            verifier.inspect(&read, "a", time(clock)).expect("the record opens").state(),
            State::Active | State::Suspended
        );
        if *keeps_stale {
            stale.clone_from(&row);
        }
        let mut swap = |new: &Record| {
            if read != row {
                return 0;
            }
            row = new.as_str().to_owned();
            1
        };
        let center = match parameters.moving_factor() {
            poterne::MovingFactor::Counter => counter as i64,
            poterne::MovingFactor::Time(_) => clock / 30,
        };
        let code = |offset: i64| {
            let factor = u64::try_from(center + offset).unwrap_or_default();
            hotp::generate(&secret(), &parameters, factor).as_str().to_owned()
        };
        let change = match call {
            Call::Pass(seconds) => {
                now += i64::from(*seconds % 200);
                continue;
            }
            Call::PassLong(seconds) => {
                now += i64::from(seconds % 100_000_000);
                continue;
            }
            Call::SetPolicy(option, value) => {
                let option = PolicyOption::ALL[usize::from(*option) % PolicyOption::ALL.len()];
                let (min, max) = option.bounds();
                policy = policy.with(option, min + i64::from(*value) % (max - min + 1)).expect("in bounds");
                verifier = verifier.with_policy(policy);
                continue;
            }
            Call::Verify(_) | Call::Confirm(_) | Call::Recovery(_) | Call::Resynchronize(_) => {
                let attempt = match call {
                    Call::Verify(offset) => verifier.verify(&read, "a", &code((*offset).into()), time(clock)),
                    Call::Confirm(offset) => {
                        verifier.confirm(&read, "a", &code((*offset).into()), time(clock))
                    }
                    Call::Resynchronize(offset) => {
                        let (first, second) = (code((*offset).into()), code(i64::from(*offset) + 1));
                        verifier.resynchronize(&read, "a", &first, &second, time(clock))
                    }
                    Call::Recovery(index) if !codes.is_empty() => {
                        let code = &codes[usize::from(*index) % codes.len()];
                        verifier.verify(&read, "a", code, time(clock))
                    }
                    _ => continue,
                };
                let attempt = attempt.expect("the record opens and the time is right");
                let rows = if attempt.changed() { swap(attempt.record()) } else { 0 };
                match attempt.outcome(rows).expect("0 or 1 row") {
                    Outcome::Accepted(accepted) => match accepted.moving_factor() {
                        Some(factor) => {
                            assert!(spent.insert(factor), "{factor} twice");
                            counter = counter.max(factor + 1);
                        }
                        None if accepted.method() == poterne::Method::RecoveryCode => {
                            let Call::Recovery(index) = call else {
                                panic!("an OTP taken for a recovery code")
                            };
                            let code = codes[usize::from(*index) % codes.len()].clone();
                            assert!(spent_codes.insert(code), "a recovery code twice");
                        }
                        None => {}
                    },
                    Outcome::Resynchronized(pair) => {
                        assert!(spent.insert(pair.moving_factor() - 1) && spent.insert(pair.moving_factor()));
                        counter = counter.max(pair.moving_factor() + 1);
                    }
                    Outcome::Confirmed(confirmed) => {
                        let factor = confirmed.moving_factor();
                        assert!(spent.insert(factor), "{factor} twice");
                        counter = counter.max(factor + 1);
                    }
                    Outcome::Refused(_) => {}
                }
                continue;
            }
            Call::IssueRecovery(_)
            | Call::IssueTemporary { .. }
            | Call::Suspend
            | Call::Resume
            | Call::EndCodes(_)
                if !is_in_use =>
            {
                continue;
            }
            Call::IssueRecovery(count) => {
                let change = verifier.recovery_codes(&read, "a", u32::from(count % 10) + 1).expect("in use");
                let rows = swap(change.record());
                if let Stored::Done(issued) = change.stored(rows).expect("0 or 1 row") {
                    codes.extend(issued.iter().map(String::from));
                }
                continue;
            }
            Call::IssueTemporary { uses, suspend } => {
                let uses = u32::from(uses % 50) + 1;
                let meanwhile = if *suspend { Meanwhile::Suspend } else { Meanwhile::Keep };
                let change =
                    verifier.temporary_code(&read, "a", None, uses, meanwhile, time(clock)).expect("in use");
                let rows = swap(change.record());
                if let Stored::Done(issued) = change.stored(rows).expect("0 or 1 row") {
                    codes.push(issued.as_str().to_owned());
                }
                continue;
            }
            Call::Unlock => verifier.unlock(&read, "a"),
            Call::RepairClock => verifier.repair_clock(&read, "a", time(clock)),
            Call::EndCodes(codes) => {
                verifier.end_codes(&read, "a", CodeSet::ALL[usize::from(*codes) % CodeSet::ALL.len()])
            }
            Call::Suspend => verifier.suspend(&read, "a"),
            Call::Resume => verifier.resume(&read, "a"),
            Call::Forget => verifier.forget(&read, "a", time(clock)),
            Call::Reseal => verifier.reseal(&read, "a"),
        };
        let change = change.expect("in use");
        let rows = if change.changed() { swap(change.record()) } else { 0 };
        let _ = change.stored(rows).expect("0 or 1 row");
    }
    assert!(verifier.inspect(&row, "a", time(now)).is_ok());
});
