//! Properties of the state machine, on random histories.

use std::collections::BTreeSet;
use std::vec::Vec;

use proptest::prelude::*;
use proptest::strategy::ValueTree;

use super::*;
use crate::credential::PolicyOption;
use crate::otp::hotp;

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
    hotp::generate(&secret, credential.parameters().format(), factor).as_str().into()
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

/// What happens next, and on which of two servers.
#[derive(Clone, Debug)]
enum Step {
    /// Time goes on, by so many seconds.
    Pass(u64),
    /// Submit the code that lies so many factors from the present one.
    Verify(i64),
    /// Confirm with it.
    Confirm(i64),
    /// Submit a code that was accepted, some logins ago.
    Replay(prop::sample::Index),
    /// Submit a pair that begins at a factor that was accepted, or ends there.
    ReplayPair(prop::sample::Index, bool),
    /// Submit a code that is wrong almost always.
    Guess(u32),
    /// Submit a pair that begins so many factors from the present one.
    Resynchronize(i64),
    Unlock,
    RepairClock,
    Suspend,
    Resume,
    Forget,
    SetPolicy(PolicyOption, i64),
}

fn steps() -> impl Strategy<Value = Vec<(bool, Step)>> {
    let option = prop::sample::select(&PolicyOption::ALL[..8]);
    let step = prop_oneof![
        3 => prop_oneof![0..120_u64, 0..1000_u64, 0..7000_u64, 0..40_000_000_u64].prop_map(Step::Pass),
        8 => prop_oneof![-3..=3_i64, -20..=20_i64, -210..=210_i64].prop_map(Step::Verify),
        1 => (-12..=12_i64).prop_map(Step::Confirm),
        8 => any::<prop::sample::Index>().prop_map(Step::Replay),
        3 => (any::<prop::sample::Index>(), any::<bool>()).prop_map(|(index, begins)| Step::ReplayPair(index, begins)),
        1 => (0..1_000_000_u32).prop_map(Step::Guess),
        3 => prop_oneof![-3..=3_i64, -210..=210_i64].prop_map(Step::Resynchronize),
        1 => Just(Step::Unlock),
        2 => Just(Step::RepairClock),
        1 => Just(Step::Suspend),
        1 => Just(Step::Resume),
        3 => Just(Step::Forget),
        2 => (option, 0..3).prop_map(|(option, which)| {
            let (min, max) = option.bounds();
            Step::SetPolicy(option, if which == 0 { min } else { max })
        }),
    ];
    prop::collection::vec((any::<bool>(), step), 1..60)
}

fn parameters() -> impl Strategy<Value = Parameters> {
    prop::sample::select(std::vec![app(), token(30), token(60), token(120), Parameters::hotp()])
}

/// What a credential takes note of, or a fault that is planted.
#[derive(Clone, Copy)]
struct Notes {
    /// How many steps of slack there are for two clocks.
    slack: i64,
    /// Whether the step that `ClockOff` tells of a slow phone is spent.
    spends_slow: bool,
}

const RIGHT: Notes = Notes { slack: watermark::CLOCK_STEPS, spends_slow: true };

/// Plays a history on two servers, of which the second's clock is ahead by so many seconds; the first moving factor that is accepted
/// twice, or after `ClockOff` has told whoever typed it that it is one.
fn accepted_twice(
    parameters: Parameters,
    is_pending: bool,
    history: &[(bool, Step)],
    ahead: u64,
    notes: Notes,
) -> Option<u64> {
    let mut clock = 1_700_000_000;
    let mut credential = credential(parameters, clock);
    if is_pending {
        credential.state = State::Pending;
    }
    let mut policy = Policy::default();
    let (mut accepted, mut told) = (BTreeSet::new(), BTreeSet::new());
    for (on_second, step) in history {
        let now = time(if *on_second { clock + ahead } else { clock });
        let steps = match credential.moving_factor {
            MovingFactor::Counter => None,
            MovingFactor::Time(steps) => Some(steps),
        };
        let present = match steps {
            None => i64::try_from(credential.counter).expect("small"),
            Some(steps) => step_at(steps, now).expect("after t0"),
        } + i64::from(credential.drift);
        let at = |offset: i64| u64::try_from(present + offset).unwrap_or_default();
        let used = |index: &prop::sample::Index| {
            let known: Vec<_> = accepted.union(&told).copied().collect();
            (!known.is_empty()).then(|| *known.get(index.index(known.len())).expect("one"))
        };
        let login = |decision: Result<Decision<Accepted>, Error>| {
            Some(decision.expect("after t0").answer.map(|login| [login.moving_factor, None]))
        };
        let confirmed = |decision: Result<Decision<Confirmed>, Error>| {
            Some(decision.expect("after t0").answer.map(|confirmed| [Some(confirmed.moving_factor), None]))
        };
        let pair = |decision: Result<Decision<Resynchronized>, Error>| {
            let second = decision.expect("after t0").answer.map(|pair| pair.moving_factor);
            Some(second.map(|second| [Some(second - 1), Some(second)]))
        };
        let watermark = credential.watermark;
        let answer = match step {
            Step::Pass(seconds) => {
                clock += seconds;
                None
            }
            Step::Verify(offset) => login(credential.verify(&code(&credential, at(*offset)), now, &policy)),
            Step::Confirm(offset) => {
                confirmed(credential.confirm(&code(&credential, at(*offset)), now, &policy))
            }
            Step::Replay(index) => used(index).and_then(|factor| {
                let code = code(&credential, factor);
                match credential.state {
                    State::Pending => confirmed(credential.confirm(&code, now, &policy)),
                    _ => login(credential.verify(&code, now, &policy)),
                }
            }),
            Step::ReplayPair(index, begins) => used(index).and_then(|factor| {
                let first = if *begins { factor } else { factor.saturating_sub(1) };
                let codes = [code(&credential, first), code(&credential, first + 1)];
                pair(credential.resynchronize(&codes[0], &codes[1], now, &policy))
            }),
            Step::Guess(value) => login(credential.verify(&format!("{value:06}"), now, &policy)),
            Step::Resynchronize(offset) => {
                let codes = [code(&credential, at(*offset)), code(&credential, at(*offset) + 1)];
                pair(credential.resynchronize(&codes[0], &codes[1], now, &policy))
            }
            Step::Unlock => {
                credential.unlock().expect("not revoked");
                None
            }
            Step::RepairClock => {
                if let Some(steps) = steps {
                    credential.lower_watermark(steps, now, notes.slack).expect("after t0");
                }
                credential.limit_last_sync(now);
                None
            }
            Step::Suspend => {
                let _ = credential.suspend();
                None
            }
            Step::Resume => {
                let _ = credential.resume();
                None
            }
            Step::Forget => {
                if let Some(steps) = steps {
                    credential.forget_watermark(steps, now, notes.slack).expect("after t0");
                }
                None
            }
            Step::SetPolicy(option, value) => {
                policy = policy.with(*option, *value).expect("in bounds");
                None
            }
        };
        let factors = match answer {
            Some(Ok(factors)) => factors,
            // A pair that is told is no guess (semantics 8.4).
            Some(Err(Refusal::ClockOff { steps })) if matches!(step, Step::Confirm(_) | Step::Replay(_)) => {
                let factor = u64::try_from(present + steps).expect("an app has no drift");
                told.insert(factor);
                if steps < 0 && !notes.spends_slow {
                    credential.watermark = watermark;
                }
                [None; 2]
            }
            _ => [None; 2],
        };
        for factor in factors.into_iter().flatten() {
            if !accepted.insert(factor) || told.contains(&factor) {
                return Some(factor);
            }
        }
    }
    None
}

/// The controls: with yesterday's numbers (no slack for two clocks), with clocks further apart than semantics 1.7 allows, and without
/// spending what `ClockOff` tells of a slow phone, codes are accepted twice.
#[test]
fn without_slack_or_with_wilder_clocks_a_factor_is_accepted_twice() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut found = |ahead: std::ops::RangeInclusive<u64>, notes| {
        (0..200_000).any(|_| {
            let case = (parameters(), any::<bool>(), steps(), ahead.clone())
                .new_tree(&mut runner)
                .expect("a history");
            let (parameters, is_pending, history, ahead) = case.current();
            accepted_twice(parameters, is_pending, &history, ahead, notes).is_some()
        })
    };
    assert!(
        found(30..=300, Notes { slack: 0, ..RIGHT }),
        "yesterday's numbers were not caught: the search is blind"
    );
    assert!(
        found(30..=300, Notes { spends_slow: false, ..RIGHT }),
        "a code that was told and not spent was not caught: the search is blind"
    );
    assert!(found(600..=900, RIGHT), "clocks too far apart were not caught: the search is blind");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, ..ProptestConfig::default() })]

    /// Semantics 1.7, 8.2 and 8.7: for clocks that do not go back and differ by up to 300 seconds, nothing is accepted twice, and
    /// nothing that `ClockOff` told, whatever is called in between, on whichever server.
    #[test]
    fn no_moving_factor_is_accepted_twice(
        parameters in parameters(),
        is_pending in any::<bool>(),
        history in steps(),
        ahead in prop_oneof![Just(0), Just(300), 0..=300_u64],
    ) {
        prop_assert_eq!(accepted_twice(parameters, is_pending, &history, ahead, RIGHT), None);
    }

    /// Semantics 3.6: a guesser who alternates between two servers whose clocks differ by up to 300 seconds waits as often as the
    /// delays say; from 900 seconds on nothing throttles. A code of section 5 is judged all the same.
    #[test]
    fn two_clocks_do_not_bypass_the_throttle(ahead in prop_oneof![Just(0), Just(300), 0..=300_u64, 300..900_u64]) {
        // Sixteen failures have had delays of 5, 10, ... 640 and five of 900 seconds. A guess costs at least its delay less the
        // difference, for it may be noted by the server that is behind and tried on the one that is ahead.
        let least: u64 = [5, 10, 20, 40, 80, 160, 320, 640, 900, 900, 900, 900, 900].iter().map(|delay: &u64| delay.saturating_sub(ahead)).sum();
        prop_assert!(seconds_to_guess(16, ahead) >= least);
        prop_assert!(seconds_to_guess(16, ahead) > 0);
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
            let Ok(login) = decision.expect("after t0").answer else {
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
            prop_assert!(decision.answer.is_ok());
        }
        let later = time(now + 21 * 30);
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
                        if decision.expect("after t0").answer.is_ok() {
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

/// How long it takes to have so many guesses judged, by whoever tries both servers again and again.
fn seconds_to_guess(guesses: u32, ahead: u64) -> u64 {
    let begin = 1_700_000_000;
    let mut credential = credential(app(), begin);
    let policy = Policy::default();
    let (mut clock, mut judged) = (begin, 0);
    while judged < guesses {
        let mut waits = std::vec![];
        for now in [clock, clock + ahead] {
            let wrong = wrong_code(&credential, now);
            match credential.verify(&wrong, time(now), &policy).expect("after t0").answer {
                Err(Refusal::Wait { seconds }) => waits.push(seconds),
                Err(Refusal::WrongCode) => judged += 1,
                answer => panic!("{answer:?}"),
            }
            if judged == guesses {
                break;
            }
        }
        if waits.len() == 2 {
            clock += waits.into_iter().min().expect("two");
        }
    }
    clock - begin
}

/// The controls of semantics 3.6: at 300 seconds the throttle costs hours, at 901 nothing.
#[test]
fn the_throttle_holds_to_900_seconds() {
    assert!(seconds_to_guess(20, 0) > 9_000);
    assert!(seconds_to_guess(20, 300) > 8_000);
    assert_eq!(seconds_to_guess(20, 901), 0);
    // One typing error on a server that is ahead keeps nobody from the others.
    let mut credential = credential(app(), 1_700_000_000);
    let wrong = wrong_code(&credential, 1_700_000_300);
    let refused = credential.verify(&wrong, time(1_700_000_300), &Policy::default()).expect("after t0");
    assert_eq!(refused.answer.err(), Some(Refusal::WrongCode));
    assert_eq!(credential.wait(time(1_700_000_000)), 0);
}

/// Semantics 4.10, at its edge: from when a code could first be accepted by the server that is ahead, until the server that is behind
/// refuses it. With the largest idle and the widest policy too.
#[test]
fn a_code_lives_as_long_as_its_policy_says() {
    let widest = PolicyOption::ALL[..4].iter().fold(Policy::default(), |policy, option| {
        policy.with(*option, option.bounds().1).expect("in bounds")
    });
    for policy in [Policy::default(), widest] {
        for (parameters, time_step) in [(app(), 30_u32), (token(30), 30), (token(60), 60), (token(120), 120)]
        {
            let unused = 1_700_000_000 - 1_700_000_000 % u64::from(time_step);
            let begin = unused + 800 * 86_400;
            let credential = || credential(parameters, unused);
            let MovingFactor::Time(steps) = credential().moving_factor else { unreachable!() };
            let factor = steps.at(time(begin)).expect("after t0");
            let is_accepted = |now: u64| {
                let decision = credential().verify(&code(&credential(), factor), time(now), &policy);
                decision.expect("after t0").answer.is_ok()
            };
            // In seconds: a server may be anywhere in a step.
            let first =
                (begin - 60 * u64::from(time_step)..).find(|now| is_accepted(*now)).expect("a window");
            let last = (first..).take_while(|now| is_accepted(*now)).last().expect("a window");
            let lifetime = policy.code_lifetime(parameters.authenticator(), time_step).expect("in bounds");
            let idle = if parameters.authenticator() == Authenticator::Token { 6 } else { 0 };
            assert_eq!(credential().idle(steps, time(begin)), idle, "the largest idle");
            assert_eq!(last + 1 - first + 300, lifetime, "{time_step}");
        }
    }
}

/// Semantics 8.4: three codes that were seen on a token and never typed are worth nothing when the clock cannot have gone so far.
#[test]
fn codes_seen_an_hour_ago_do_not_resynchronize() {
    let policy = Policy::default();
    for (seen_ago, is_accepted) in [(5 * 60, true), (3600, false), (30 * 86_400, false)] {
        let mut now = 1_700_000_010;
        let mut owner = credential(token(30), now);
        let login = owner.verify(&code(&owner, now / 30), time(now), &policy).expect("after t0");
        assert_eq!(login.answer.expect("accepted").code(), "accepted.otp");
        // Seen after that login, typed later.
        let seen = (now + 60) / 30;
        now += 60 + seen_ago;
        let pair = [code(&owner, seen), code(&owner, seen + 1)];
        let said = owner.resynchronize(&pair[0], &pair[1], time(now), &policy).expect("after t0").answer;
        let expected = if is_accepted { None } else { Some(Refusal::WrongCode) };
        assert_eq!(said.err(), expected, "{seen_ago}");
    }
    // A token that lost 2.5 seconds a day in a drawer for three years is brought back.
    let begin = 1_700_000_010;
    let mut drawer = credential(token(30), begin);
    let login = drawer.verify(&code(&drawer, begin / 30), time(begin), &policy).expect("after t0");
    assert_eq!(login.answer.expect("accepted").code(), "accepted.otp");
    let now = begin + 3 * 365 * 86_400;
    let shown = (now - 3 * 365 * 5 / 2) / 30;
    let pair = [code(&drawer, shown), code(&drawer, shown + 1)];
    let said = drawer.resynchronize(&pair[0], &pair[1], time(now), &policy).expect("after t0").answer;
    assert!(said.is_ok());
}

/// Every field that a record keeps, to compare two credentials.
fn everything(credential: &Credential) -> impl PartialEq + core::fmt::Debug {
    let slots = (credential.codes.issued, credential.codes.recovery, credential.codes.temporary.is_some());
    (
        (credential.state, credential.counter, credential.watermark, credential.drift, credential.last_sync),
        (credential.failures, credential.untold, credential.last_failure, credential.not_before, slots),
        (credential.not_after, credential.confirm_by, credential.seen),
    )
}
