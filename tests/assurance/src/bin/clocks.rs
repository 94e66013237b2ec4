//! Two nodes whose clocks wander by up to ten years at a step: no moving factor is accepted twice, and the refusals and errors
//! are those of the norm.
//!
//! The oracle is the set of the factors that were accepted. The control forgets the watermark now and then, which the oracle
//! must notice.

use std::collections::BTreeSet;

use poterne::{Authenticator, Denied, ErrorKind, MovingFactor, Parameters, Refusal, UnixTime, Verifier};
use poterne_assurance::credential::{code, keyring, record, time, verifier};
use poterne_assurance::random::Random;
use poterne_assurance::{fail, number};

const ACCOUNT: &str = "a.martin";
/// The end of 32 bits, of which some clocks are made; the beginning; the end; a day like any other.
const PLACES: [i64; 4] = [1 << 31, 0, END, 1_800_000_000];
const END: i64 = 253_402_300_799;
const STEPS_OF_A_WALK: u64 = 500;

fn main() {
    let steps = number("STEPS", 100_000);
    let (mut random, seed) = Random::new();
    let verifier = verifier(&keyring());
    let mut seen = Seen::default();
    let mut walks = 0;
    let mut walk = Walk::new(&verifier, &mut random, walks);
    for step in 0..steps {
        if walk.is_over() {
            walks += 1;
            walk = Walk::new(&verifier, &mut random, walks);
        }
        if let Err(what) = walk.step(&mut random, &mut seen) {
            fail(format_args!("step {step}, {:?}, SEED={seed}: {what}", walk.parameters));
        }
    }
    let found = (0..1000).any(|number| {
        let mut walk = Walk::new(&verifier, &mut random, number);
        (0..STEPS_OF_A_WALK).any(|step| {
            if step % 10 == 0 {
                walk.lose_watermark();
            }
            walk.step(&mut random, &mut Seen::default()).is_err_and(|what| what.ends_with(TWICE))
        })
    });
    if !found {
        fail("a watermark that is lost was not noticed: the check is blind");
    }
    if [seen.accepted, seen.right, seen.replayed, seen.behind, seen.no_time]
        .iter()
        .any(|number| *number < steps / 1000)
    {
        fail(format_args!("too little happened: {seen:?}"));
    }
    println!(
        "clocks: {steps} steps of two clocks in {} walks over 1970, 2038 and 9999: {} codes accepted, no factor twice; {} replayed, \
         {} ClockBehind as the norm says, {} no time; control found",
        walks + 1,
        seen.accepted,
        seen.replayed,
        seen.behind,
        seen.no_time
    );
}

/// What happened, so that a walk that went nowhere is noticed.
#[derive(Debug, Default)]
struct Seen {
    accepted: u64,
    replayed: u64,
    behind: u64,
    no_time: u64,
    /// Fresh codes of the present step that had to be accepted.
    right: u64,
}

struct Walk<'v> {
    verifier: &'v Verifier,
    parameters: Parameters,
    time_step: i64,
    t0: i64,
    number: u64,
    steps: u64,
    is_locked: bool,
    record: String,
    clocks: [i64; 2],
    accepted: BTreeSet<u64>,
    /// The period of 30 days of the last accepted code (semantics 4.2).
    last_sync: i64,
}

impl<'v> Walk<'v> {
    fn new(verifier: &'v Verifier, random: &mut Random, number: u64) -> Self {
        let start = random.pick(&PLACES);
        let token = Parameters::totp().with_authenticator(Authenticator::Token);
        let (time_step, parameters) = match random.below(5) {
            0 | 1 => (30, Parameters::totp()),
            2 => (30, token),
            3 => (60, token.with_time_step(60).expect("a time step")),
            _ => (30, Parameters::hotp()),
        };
        // Some began not long before: clocks before that are an error.
        let is_counter = parameters.moving_factor() == MovingFactor::Counter;
        let t0 = if is_counter || random.below(2) == 0 { 0 } else { (start - 100_000_000).max(0) };
        let parameters =
            if is_counter { parameters } else { parameters.with_t0(time(t0 as u64)).expect("time-based") };
        let now = time(start as u64);
        Self {
            verifier,
            parameters,
            time_step,
            t0,
            number,
            steps: 0,
            is_locked: false,
            record: first_record(verifier, number, parameters, now),
            clocks: [start; 2],
            accepted: BTreeSet::new(),
            last_sync: period(now),
        }
    }

    /// Locked, it would tell nothing more; the next one begins elsewhere.
    fn is_over(&self) -> bool {
        self.is_locked || self.steps == STEPS_OF_A_WALK
    }

    /// The fault of the control: the same credential as it was at first.
    fn lose_watermark(&mut self) {
        let now = time(self.clocks[0].clamp(self.t0, END) as u64);
        self.record = first_record(self.verifier, self.number, self.parameters, now);
        self.last_sync = period(now);
    }

    /// One clock moves, and a code is submitted where it is: mostly that of the time, sometimes one that was accepted.
    fn step(&mut self, random: &mut Random, seen: &mut Seen) -> Result<(), String> {
        self.steps += 1;
        let node = random.below(2) as usize;
        // From 30 seconds to 10 years, each magnitude as often as another.
        let distance = (30_u64 << random.below(24)).min(315_576_000);
        let distance = distance as i64 + random.below(30) as i64;
        self.clocks[node] += if random.below(2) == 0 { distance } else { -distance };
        let now = match UnixTime::from_secs(self.clocks[node]) {
            Ok(now) if (0..=END).contains(&self.clocks[node]) => now,
            Ok(_) => return Err("a time outside 1970 to 9999 is none".into()),
            Err(error) if error.kind() == ErrorKind::Time && !(0..=END).contains(&self.clocks[node]) => {
                seen.no_time += 1;
                self.clocks[node] = self.clocks[node].clamp(0, END);
                return Ok(());
            }
            Err(error) => return Err(format!("{}: {error}", self.clocks[node])),
        };
        let credential = self.verifier.credential(ACCOUNT, Some(&self.record)).expect("a name");
        let status = credential.inspect(now).map_err(|error| error.to_string())?;
        self.is_locked = status.is_locked();
        if self.is_locked || status.wait_seconds() > 0 {
            return Ok(());
        }
        let is_counter = self.parameters.moving_factor() == MovingFactor::Counter;
        let is_before_t0 = !is_counter && self.clocks[node] < self.t0;
        let center = if is_counter {
            self.accepted.last().map_or(0, |last| *last as i64 + 1)
        } else {
            (self.clocks[node] - self.t0).div_euclid(self.time_step) + i64::from(status.drift())
        };
        let factor = if !self.accepted.is_empty() && random.below(3) == 0 {
            // One that was accepted, the latest half of the time.
            let back = random.below(2) * random.below(self.accepted.len() as u64);
            *self.accepted.iter().nth_back(back as usize).expect("one")
        } else {
            (center + random.pick(&[0, 0, 0, 1, -1])).max(0) as u64
        };
        let submitted = code(self.number, &self.parameters, factor);
        let attempt = match credential.verify(&submitted, now) {
            Err(error) if error.kind() == ErrorKind::Time && is_before_t0 => {
                seen.no_time += 1;
                return Ok(());
            }
            Err(error) => return Err(format!("{:?}: {error}", error.kind())),
            Ok(_) if is_before_t0 => return Err("a verdict before t0".into()),
            Ok(attempt) => attempt,
        };
        if let Some(record) = attempt.record() {
            self.record = record.as_str().into();
        }
        let is_behind = self.is_behind(center, now);
        let is_right =
            factor as i64 == center && self.accepted.last().is_none_or(|watermark| *watermark < factor);
        match attempt.outcome(1) {
            Ok(login) => {
                let accepted = login.moving_factor().ok_or("an OTP without a moving factor")?;
                if is_behind {
                    return Err(format!("{accepted} is accepted with the watermark ahead of the clock"));
                }
                if !self.accepted.insert(accepted) {
                    return Err(format!("{accepted} {TWICE}"));
                }
                self.last_sync = period(now);
                seen.accepted += 1;
                seen.right += u64::from(is_right);
                Ok(())
            }
            Err(Denied::Refused(Refusal::ClockBehind)) if is_behind => {
                seen.behind += 1;
                Ok(())
            }
            Err(denied) if is_behind => Err(format!("{denied} instead of ClockBehind")),
            Err(denied) if is_right => Err(format!("the code of the time is refused: {denied}")),
            Err(Denied::Refused(Refusal::Replayed)) => {
                seen.replayed += 1;
                Ok(())
            }
            Err(Denied::Refused(Refusal::WrongCode)) => Ok(()),
            Err(denied) => Err(format!("{denied} was not to be expected")),
        }
    }

    /// Semantics 3.8, from the numbers of 4.1 and 4.2: the highest accepted step is above the window.
    fn is_behind(&self, center: i64, now: UnixTime) -> bool {
        let idle = match (self.parameters.moving_factor(), self.parameters.authenticator()) {
            (MovingFactor::Counter, _) => return false,
            (_, Authenticator::App) => 0,
            _ => {
                // What is stored ends at 65,535, the present period does not.
                let periods = (period(now) - self.last_sync.min(65_535) + 1).max(1);
                (30 * periods + self.time_step - 1).div_euclid(self.time_step).min(6)
            }
        };
        self.accepted.last().is_some_and(|watermark| *watermark as i64 > center + 1 + idle)
    }
}

fn first_record(verifier: &Verifier, number: u64, parameters: Parameters, now: UnixTime) -> String {
    let change = record(verifier, ACCOUNT, number, parameters, now);
    change.record().expect("a record to insert").as_str().into()
}

fn period(now: UnixTime) -> i64 {
    (now.as_secs() / 2_592_000) as i64
}

const TWICE: &str = "is accepted twice";
