//! Any sequence of calls by two servers over one row: nothing is accepted twice, and every record opens.

#![no_main]

use std::collections::BTreeSet;
use std::sync::LazyLock;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use poterne::{
    Attempt, Authenticator, CodeSet, Denied, ExistingCredential, Keyring, Method, MissingAuthenticator,
    MovingFactor, Parameters, Policy, PolicyOption, Record, Secret, State, UnixTime, Verifier, hotp,
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
    let existing = ExistingCredential::new(secret(), parameters).with_state(state);
    let imported = verifier.import("a", existing, time(now)).expect("an import");
    let mut row = imported.record().expect("a record to insert").as_str().to_owned();
    let mut stale = row.clone();
    let mut spent = BTreeSet::new();
    let mut codes: Vec<String> = Vec::new();
    let mut spent_codes = BTreeSet::new();
    let mut counter = 0_u64;
    for (call, reads_stale, keeps_stale) in history.calls.iter().take(64) {
        let read = if *reads_stale { stale.clone() } else { row.clone() };
        let clock = if *reads_stale { now + i64::from(history.ahead % 301) } else { now };
        let credential = verifier.credential("a", Some(&read)).expect("a name");
        let status = credential.inspect(time(clock)).expect("the record opens");
        let is_in_use = matches!(status.state(), State::Active | State::Suspended);
        if *keeps_stale {
            stale.clone_from(&row);
        }
        let swap = |new: &Record| {
            if read != row {
                return 0;
            }
            row = new.as_str().to_owned();
            1
        };
        let center = match parameters.moving_factor() {
            MovingFactor::Counter => counter as i64,
            MovingFactor::Time(_) => clock / 30,
        };
        let code = |offset: i64| {
            let factor = u64::try_from(center + offset).unwrap_or_default();
            hotp::generate(&secret(), parameters.format(), factor).as_str().to_owned()
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
            Call::Verify(_) | Call::Recovery(_) => {
                let submitted = match call {
                    Call::Verify(offset) => code((*offset).into()),
                    Call::Recovery(index) if !codes.is_empty() => {
                        codes[usize::from(*index) % codes.len()].clone()
                    }
                    _ => continue,
                };
                let attempt = credential.verify(&submitted, time(clock)).expect(OPENS);
                let Some(accepted) = settle(attempt, swap) else { continue };
                match accepted.moving_factor() {
                    Some(factor) => {
                        assert!(spent.insert(factor), "{factor} twice");
                        counter = counter.max(factor + 1);
                    }
                    None if accepted.method() == Method::RecoveryCode => {
                        assert!(matches!(call, Call::Recovery(_)), "an OTP taken for a recovery code");
                        assert!(spent_codes.insert(submitted), "a recovery code twice");
                    }
                    None => {}
                }
                continue;
            }
            Call::Confirm(offset) => {
                let attempt = credential.confirm(&code((*offset).into()), time(clock)).expect(OPENS);
                let Some(confirmed) = settle(attempt, swap) else { continue };
                let factor = confirmed.moving_factor();
                assert!(spent.insert(factor), "{factor} twice");
                counter = counter.max(factor + 1);
                continue;
            }
            Call::Resynchronize(offset) => {
                let (first, second) = (code((*offset).into()), code(i64::from(*offset) + 1));
                let attempt = credential.resynchronize(&first, &second, time(clock)).expect(OPENS);
                let Some(pair) = settle(attempt, swap) else { continue };
                assert!(spent.insert(pair.moving_factor() - 1) && spent.insert(pair.moving_factor()));
                counter = counter.max(pair.moving_factor() + 1);
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
                let change = credential.recovery_codes(u32::from(count % 10) + 1).expect("in use");
                let Some(issued) = settle(change, swap) else { continue };
                codes.extend(issued.iter().map(String::from));
                continue;
            }
            Call::IssueTemporary { uses, suspend } => {
                let uses = u32::from(uses % 50) + 1;
                let missing =
                    if *suspend { MissingAuthenticator::Suspend } else { MissingAuthenticator::Keep };
                let change = credential.temporary_code(None, uses, missing, time(clock)).expect("in use");
                let Some(issued) = settle(change, swap) else { continue };
                codes.push(issued.as_str().to_owned());
                continue;
            }
            Call::Unlock => credential.unlock(),
            Call::RepairClock => credential.repair_clock(time(clock)),
            Call::EndCodes(codes) => {
                credential.end_codes(CodeSet::ALL[usize::from(*codes) % CodeSet::ALL.len()])
            }
            Call::Suspend => credential.suspend(),
            Call::Resume => credential.resume(),
            Call::Forget => credential.forget(time(clock)),
            Call::Reseal => credential.reseal(),
        };
        settle(change.expect("in use"), swap);
    }
    assert!(
        verifier.credential("a", Some(&row)).is_ok_and(|credential| credential.inspect(time(now)).is_ok())
    );
});

/// Stores what there is to store, and gives the answer; none if it was refused or somebody else was faster.
fn settle<T>(attempt: impl Into<Attempt<T>>, swap: impl FnOnce(&Record) -> u64) -> Option<T> {
    let attempt = attempt.into();
    let rows = attempt.record().map_or(0, swap);
    match attempt.outcome(rows) {
        Ok(answer) => Some(answer),
        Err(Denied::Refused(_)) => None,
        Err(Denied::Error(error)) => panic!("0 or 1 row: {error}"),
    }
}

const OPENS: &str = "the record opens and the time is right";
