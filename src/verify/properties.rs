//! Properties of the state machine, on random histories.

use std::collections::BTreeSet;
use std::vec::Vec;

use proptest::prelude::*;

use super::*;
use crate::hotp;

const SECRET: &[u8] = b"12345678901234567890";

fn time(seconds: u64) -> UnixTime {
    UnixTime::from_secs(i64::try_from(seconds).expect("small")).expect("a time")
}

fn credential(parameters: Parameters, now: u64) -> Credential {
    let secret = Secret::from_bytes(SECRET).expect("a secret");
    Credential::new(State::Active, secret, &parameters, [7; 16], time(now))
}

fn code(credential: &Credential, factor: u64) -> std::string::String {
    let secret = Secret::from_bytes(SECRET).expect("a secret");
    hotp::generate(&secret, &credential.parameters(), factor).as_str().into()
}

/// A code that no factor around this time has.
fn wrong_code(credential: &Credential, now: u64) -> std::string::String {
    let right: Vec<_> = (now / 30 - 2..=now / 30 + 2).map(|factor| code(credential, factor)).collect();
    (0..).map(|value| format!("{value:06}")).find(|wrong| !right.contains(wrong)).expect("a million codes")
}

fn app() -> Parameters {
    Parameters::totp()
}

fn token(time_step: u32) -> Parameters {
    app().with_authenticator(Authenticator::Token).with_time_step(time_step).expect("a time step")
}

/// A copy, as another server would load it.
fn copy(credential: &Credential) -> Credential {
    Credential {
        secret: credential
            .secret
            .as_ref()
            .map(|secret| Secret::from_bytes(secret.as_bytes()).expect("a secret")),
        codes: CodeSlots {
            key: credential.codes.key,
            issued: credential.codes.issued,
            recovery: credential.codes.recovery,
            temporary: None,
        },
        ..*credential
    }
}

#[derive(Clone, Debug)]
enum Step {
    /// Time goes on, by so many seconds.
    Pass(u64),
    /// Submit the code that lies so many factors from the present one.
    Verify(i64),
    /// Submit a code that was accepted, some logins ago.
    Replay(prop::sample::Index),
    /// Submit a pair that begins at a factor that was accepted.
    ReplayPair(prop::sample::Index),
    /// Submit a code that is wrong almost always.
    Guess(u32),
    /// Submit a pair that begins so many factors from the present one.
    Resynchronize(i64),
    Unlock,
    Suspend,
    Resume,
    Forget,
    SetPolicy(PolicyOption, i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let option = prop::sample::select(&PolicyOption::ALL[..8]);
    let step = prop_oneof![
        3 => prop_oneof![0..120_u64, 0..1000_u64, 0..7000_u64, 0..40_000_000_u64].prop_map(Step::Pass),
        8 => prop_oneof![-3..=3_i64, -20..=20_i64, -210..=210_i64].prop_map(Step::Verify),
        8 => any::<prop::sample::Index>().prop_map(Step::Replay),
        3 => any::<prop::sample::Index>().prop_map(Step::ReplayPair),
        1 => (0..1_000_000_u32).prop_map(Step::Guess),
        3 => prop_oneof![-3..=3_i64, -210..=210_i64].prop_map(Step::Resynchronize),
        2 => Just(Step::Unlock),
        1 => Just(Step::Suspend),
        1 => Just(Step::Resume),
        3 => Just(Step::Forget),
        2 => (option, 0..3).prop_map(|(option, which)| {
            let (min, max) = option.bounds();
            Step::SetPolicy(option, if which == 0 { min } else { max })
        }),
    ];
    prop::collection::vec(step, 1..60)
}

fn parameters() -> impl Strategy<Value = Parameters> {
    prop::sample::select(std::vec![app(), token(30), token(60), Parameters::hotp()])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, ..ProptestConfig::default() })]

    /// Semantics 8.7: for a clock that does not go back, nothing is accepted twice, whatever is called in between.
    #[test]
    fn no_moving_factor_is_accepted_twice(parameters in parameters(), history in steps()) {
        let mut now = 1_700_000_000;
        let mut credential = credential(parameters, now);
        let mut policy = Policy::default();
        let mut accepted = BTreeSet::new();
        for step in history {
            let present = match credential.moving_factor {
                MovingFactor::Counter => i64::try_from(credential.counter).expect("small"),
                MovingFactor::Time(steps) => step_at(steps, time(now)).expect("after t0"),
            } + i64::from(credential.drift);
            let at = |offset: i64| u64::try_from(present + offset).unwrap_or_default();
            let decision = match step {
                Step::Pass(seconds) => {
                    now += seconds;
                    None
                }
                Step::Verify(offset) => {
                    Some(credential.verify(&code(&credential, at(offset)), time(now), &policy))
                }
                Step::Replay(_) | Step::ReplayPair(_) if accepted.is_empty() => None,
                Step::Replay(index) => {
                    let used = code(&credential, *accepted.iter().nth(index.index(accepted.len())).expect("one"));
                    Some(credential.verify(&used, time(now), &policy))
                }
                Step::ReplayPair(index) => {
                    let first = *accepted.iter().nth(index.index(accepted.len())).expect("one");
                    let pair = [code(&credential, first), code(&credential, first + 1)];
                    Some(credential.resynchronize(&pair[0], &pair[1], time(now), &policy))
                }
                Step::Guess(value) => Some(credential.verify(&format!("{value:06}"), time(now), &policy)),
                Step::Resynchronize(offset) => {
                    let pair = [code(&credential, at(offset)), code(&credential, at(offset) + 1)];
                    Some(credential.resynchronize(&pair[0], &pair[1], time(now), &policy))
                }
                Step::Unlock => {
                    credential.unlock(time(now)).expect("not revoked");
                    None
                }
                Step::Suspend => {
                    credential.suspend().expect("in use");
                    None
                }
                Step::Resume => {
                    credential.resume().expect("in use");
                    None
                }
                Step::Forget => {
                    credential.forget(time(now)).expect("after t0");
                    None
                }
                Step::SetPolicy(option, value) => {
                    policy = policy.with(option, value).expect("in bounds");
                    None
                }
            };
            match decision.transpose().expect("after t0").map(|decision| decision.outcome) {
                Some(Outcome::Accepted(login)) => {
                    let factor = login.moving_factor.expect("an OTP");
                    prop_assert!(accepted.insert(factor), "{factor} twice");
                }
                Some(Outcome::Resynchronized(pair)) => {
                    for factor in [pair.moving_factor - 1, pair.moving_factor] {
                        prop_assert!(accepted.insert(factor), "{factor} twice");
                    }
                }
                _ => {}
            }
        }
    }

    /// A perfect clock and a person who types 3 to 25 seconds late: no drift is ever learned, at 30 and at 60 seconds.
    #[test]
    fn typing_is_not_drift(
        time_step in prop::sample::select(std::vec![30_u32, 60]),
        logins in prop::collection::vec((60..90 * 86_400_u64, 3..=25_u64), 1..40),
    ) {
        let mut shown_at = 1_700_000_000;
        let mut credential = credential(token(time_step), shown_at);
        let MovingFactor::Time(steps) = credential.moving_factor else { unreachable!() };
        for (pause, typing) in logins {
            shown_at += pause;
            let factor = steps.at(time(shown_at)).expect("after t0");
            let decision = credential.verify(&code(&credential, factor), time(shown_at + typing), &Policy::default());
            let Outcome::Accepted(login) = decision.expect("after t0").outcome else {
                return Err(TestCaseError::fail("refused"));
            };
            if login.moving_factor != Some(factor) {
                // One code in a million is a neighbor's too, and the earlier one is taken.
                let taken = login.moving_factor.expect("an OTP");
                prop_assert_eq!(code(&credential, taken), code(&credential, factor));
                return Ok(());
            }
            prop_assert_eq!(credential.drift, 0);
        }
    }

    /// After `forget`, a credential of an application that logged in long ago is that of one that never did.
    #[test]
    fn forget_leaves_no_trace_of_an_application(logins in prop::collection::vec(31..100_000_u64, 0..20)) {
        let mut now = 1_700_000_000;
        let mut used = credential(app(), now);
        for pause in logins {
            now += pause;
            let factor = now / 30;
            let decision = used.verify(&code(&used, factor), time(now), &Policy::default()).expect("after t0");
            prop_assert!(matches!(decision.outcome, Outcome::Accepted(_)));
        }
        let later = time(now + 11 * 30);
        used.forget(later).expect("after t0");
        let mut unused = credential(app(), 1_700_000_000);
        unused.forget(later).expect("after t0");
        prop_assert_eq!(everything(&used), everything(&unused));
    }

    /// N callers who guess without pause get as many guesses evaluated as the throttle allows, to the unit, for any wait
    /// between their rounds: a guess that lost the swap has no outcome.
    #[test]
    fn parallel_guesses_are_bounded_by_the_throttle(callers in 1..20_usize, pauses in prop::collection::vec(0..2000_u64, 1..40)) {
        let mut now = 1_700_000_000;
        let mut stored = credential(app(), now);
        let policy = Policy::default();
        let (mut evaluated, mut failures, mut next_allowed) = (0, 0_u32, now);
        for pause in pauses {
            now += pause;
            // Every caller loads the same record; the swap of the first is stored, the others conflict.
            let mut first_stored = None;
            let wrong = wrong_code(&stored, now);
            for _ in 0..callers {
                let mut loaded = copy(&stored);
                let decision = loaded.verify(&wrong, time(now), &policy).expect("after t0");
                if decision.changed && first_stored.is_none() {
                    evaluated += 1;
                    first_stored = Some(loaded);
                }
            }
            // What the throttle allows, counted apart: semantics 6.1 and 6.2.
            let allowed = failures < 20 && now >= next_allowed;
            prop_assert_eq!(first_stored.is_some(), allowed, "{} at {}", failures, now);
            if let Some(next) = first_stored {
                stored = next;
                failures += 1;
                let delay = [0, 0, 0, 5, 10, 20, 40, 80, 160, 320, 640].get(failures as usize).copied().unwrap_or(900);
                next_allowed = now + delay;
            }
        }
        prop_assert_eq!(evaluated, failures);
        prop_assert!(evaluated <= 20);
    }
}

/// Semantics 4.2: a token whose clock loses a second a day, used every 1 to 90 days, typed 3 to 25 seconds late, is refused at
/// most once in 1,000 logins, and the next code cures it; one that loses two minutes a year never is.
#[test]
fn tokens_of_semantics_4_2() {
    // A linear congruential generator (Knuth's MMIX): seeded, and the same on every machine.
    let mut seed = 42_u64;
    let mut random = move |from: u64, to: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        from + (seed >> 33) % (to - from + 1)
    };
    for time_step in [30_u32, 60] {
        for (lost_per_year, allowed_per_thousand) in [(365_u64, 1), (120, 0)] {
            let (mut logins, mut refused, mut not_cured) = (0, 0, 0);
            for _ in 0..300 {
                let begin = 1_700_000_000;
                let mut now = begin;
                let mut credential = credential(token(time_step), now);
                let MovingFactor::Time(steps) = credential.moving_factor else { unreachable!() };
                for _ in 0..40 {
                    now += random(1, 90) * 86_400 + random(0, 86_399);
                    let mut tries = 0;
                    loop {
                        let shown = now - (now - begin) * lost_per_year / (365 * 86_400);
                        let submitted = code(&credential, steps.at(time(shown)).expect("after t0"));
                        let typed_at = time(now + random(3, 25));
                        let decision = credential.verify(&submitted, typed_at, &Policy::default());
                        logins += 1;
                        if matches!(decision.expect("after t0").outcome, Outcome::Accepted(_)) {
                            break;
                        }
                        refused += 1;
                        tries += 1;
                        if tries == 2 {
                            not_cured += 1;
                            break;
                        }
                        // The next code.
                        now += u64::from(time_step);
                    }
                }
            }
            assert!(logins >= 12_000);
            assert!(refused * 1000 <= logins * allowed_per_thousand, "{refused} of {logins}, {time_step} s");
            assert_eq!(not_cured, 0, "{time_step} s");
        }
    }
}

/// Every field that a record keeps, to compare two credentials.
fn everything(credential: &Credential) -> impl PartialEq + core::fmt::Debug {
    let slots = (credential.codes.issued, credential.codes.recovery, credential.codes.temporary.is_some());
    (
        (credential.state, credential.counter, credential.watermark, credential.drift, credential.last_sync),
        (credential.failures, credential.last_failure, credential.not_before, credential.not_after, slots),
    )
}
