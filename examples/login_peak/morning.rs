//! The visits of a morning, and their expected outcomes.

use poterne::{Error, ExistingCredential, Otp, OtpFormat, Parameters, Secret, UnixTime, hotp};

/// A morning. The same seed gives the same morning.
pub(crate) struct Morning {
    /// In the order of arrival. The two halves of a double click follow each other.
    pub(crate) visits: Vec<Visit>,
    /// The number of double clicks.
    pub(crate) double_clicks: usize,
}

/// A person at a keyboard, for one account.
pub(crate) struct Visit {
    pub(crate) account: usize,
    pub(crate) kind: Kind,
    pub(crate) tries: Vec<Try>,
    /// The number of the double click of which this is a half.
    pub(crate) double_click: Option<usize>,
    arrival: u64,
}

pub(crate) struct Try {
    pub(crate) now: UnixTime,
    pub(crate) typed: Typed,
}

pub(crate) enum Typed {
    Otp(Box<str>),
    /// The account's first recovery code, which is known once its record is made.
    RecoveryCode,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Right,
    RecoveryCode,
    TypingError,
    DoubleClick,
    /// Four guesses within four seconds, then the user.
    Guessing,
}

impl Kind {
    /// The outcomes that the guide demands, try by try. One half of a double click is accepted, the other one is a replay.
    pub(crate) fn expected(self) -> &'static [&'static str] {
        match self {
            Self::Right => &["accepted.otp"],
            Self::RecoveryCode => &["accepted.recovery_code"],
            Self::TypingError => &["refused.wrong_code", "accepted.otp"],
            Self::DoubleClick => &["accepted.otp", "refused.replayed"],
            // After the third failure everybody must wait for five seconds (6.1), so the fourth guess is not checked.
            Self::Guessing => &[
                "refused.wrong_code",
                "refused.wrong_code",
                "refused.wrong_code",
                "refused.wait",
                "accepted.otp",
            ],
        }
    }
}

impl Morning {
    /// Makes a morning: `agents` users of the accounts 0 to `records` come, each at most once.
    pub(crate) fn new(agents: usize, records: usize, seed: u64) -> Result<Self, Error> {
        let mut random = Random(seed);
        let mut kinds = kinds(agents);
        random.shuffle(&mut kinds);
        let mut visits = Vec::with_capacity(agents + agents / 10);
        let mut double_clicks = 0;
        for (agent, kind) in kinds.into_iter().enumerate() {
            let account = agent * records / agents;
            let arrival = random.arrival();
            let double_click = (kind == Kind::DoubleClick).then_some(double_clicks);
            for _ in 0..if double_click.is_some() { 2 } else { 1 } {
                let tries = tries(seed, account, kind, arrival)?;
                visits.push(Visit { account, kind, tries, double_click, arrival });
            }
            double_clicks += usize::from(double_click.is_some());
        }
        // Stable: the halves of a double click stay together.
        visits.sort_by_key(|visit| visit.arrival);
        Ok(Self { visits, double_clicks })
    }

    /// The number of attempted logins.
    pub(crate) fn tries(&self) -> usize {
        self.visits.iter().map(|visit| visit.tries.len()).sum()
    }

    /// The visits with a recovery code, by account.
    pub(crate) fn recovery_accounts(&self) -> Vec<usize> {
        let mut accounts: Vec<usize> = self
            .visits
            .iter()
            .filter(|visit| visit.kind == Kind::RecoveryCode)
            .map(|visit| visit.account)
            .collect();
        accounts.sort_unstable();
        accounts
    }

    /// The expected number of each outcome, in alphabetical order.
    pub(crate) fn expected(&self) -> Vec<(&'static str, usize)> {
        let mut counts = std::collections::BTreeMap::new();
        for visit in &self.visits {
            // The first half of a double click stands for both.
            let codes = match visit.double_click {
                Some(_) => &visit.kind.expected()[..0],
                None => visit.kind.expected(),
            };
            for code in codes {
                *counts.entry(*code).or_default() += 1;
            }
        }
        for code in Kind::DoubleClick.expected() {
            *counts.entry(*code).or_default() += self.double_clicks;
        }
        counts.into_iter().filter(|(_, count)| *count > 0).collect()
    }

    /// The number of arrivals in each of this many equal parts of the ten minutes.
    pub(crate) fn arrivals(&self, parts: usize) -> Vec<usize> {
        let mut counts = vec![0; parts];
        for visit in &self.visits {
            counts[visit.arrival as usize * parts / SECONDS as usize] += 1;
        }
        counts
    }
}

/// The account's name.
pub(crate) fn account_name(account: usize) -> String {
    format!("agent-{account:07}")
}

/// The credential of an account, as its records are made from it.
pub(crate) fn credential(seed: u64, account: usize) -> Result<ExistingCredential, Error> {
    Ok(ExistingCredential::new(secret(seed, account)?, Parameters::totp()))
}

/// The first second, 23 November 2026 at 8:55.
pub(crate) fn start() -> Result<UnixTime, Error> {
    time(0)
}

/// Of a hundred users, 25 mistype, 10 click twice, 5 are attacked by guessing, and 2 have left their phone at home.
fn kinds(agents: usize) -> Vec<Kind> {
    let mut kinds = vec![Kind::Right; agents];
    let shares =
        [(25, Kind::TypingError), (10, Kind::DoubleClick), (5, Kind::Guessing), (2, Kind::RecoveryCode)];
    let mut slots = kinds.iter_mut();
    for (percent, kind) in shares {
        slots.by_ref().take(agents * percent / 100).for_each(|slot| *slot = kind);
    }
    kinds
}

fn tries(seed: u64, account: usize, kind: Kind, arrival: u64) -> Result<Vec<Try>, Error> {
    let secret = secret(seed, account)?;
    let right = |second: u64| -> Result<Try, Error> {
        let code = code(&secret, (START + second) / 30);
        Ok(Try { now: time(second)?, typed: Typed::Otp(code.as_str().into()) })
    };
    Ok(match kind {
        Kind::Right | Kind::DoubleClick => vec![right(arrival)?],
        Kind::RecoveryCode => vec![Try { now: time(arrival)?, typed: Typed::RecoveryCode }],
        Kind::TypingError => {
            let mistyped = mistyped(&secret, arrival);
            vec![Try { now: time(arrival)?, typed: Typed::Otp(mistyped) }, right(arrival + 6)?]
        }
        Kind::Guessing => {
            let mut tries = Vec::with_capacity(5);
            for (second, guess) in (arrival..).zip(guesses(&secret, arrival)) {
                tries.push(Try { now: time(second)?, typed: Typed::Otp(guess) });
            }
            tries.push(right(arrival + 10)?);
            tries
        }
    })
}

/// The present code with another last digit, so that it is not the code of any step nearby.
fn mistyped(secret: &Secret, arrival: u64) -> Box<str> {
    let near = near(secret, arrival);
    let right = code(secret, (START + arrival) / 30);
    let (start, last) = right.as_str().split_at(5);
    let typed = (0..10).map(|digit| format!("{start}{digit}")).filter(|typed| !typed.ends_with(last));
    typed.into_iter().find(|typed| !near.iter().any(|near| near.as_str() == typed)).unwrap_or_default().into()
}

/// Four codes that belong to no step nearby.
fn guesses(secret: &Secret, arrival: u64) -> Vec<Box<str>> {
    let near = near(secret, arrival);
    let guesses = (0_u32..).map(|number| format!("{:06}", number * 111_111 % 1_000_000));
    guesses
        .filter(|guess| !near.iter().any(|near| near.as_str() == guess))
        .take(4)
        .map(String::into_boxed_str)
        .collect()
}

/// The codes that could be accepted within four seconds of the arrival.
fn near(secret: &Secret, arrival: u64) -> Vec<Otp> {
    let step = (START + arrival) / 30;
    (step - 1..=step + 2).map(|step| code(secret, step)).collect()
}

fn code(secret: &Secret, step: u64) -> Otp {
    hotp::generate(secret, OtpFormat::default(), step)
}

fn secret(seed: u64, account: usize) -> Result<Secret, Error> {
    let mut random = Random(seed ^ (account as u64).wrapping_mul(0xd134_2543_de82_ef95));
    let bytes: Vec<u8> = (0..3).flat_map(|_| random.next().to_be_bytes()).take(20).collect();
    Secret::from_bytes(&bytes)
}

fn time(second: u64) -> Result<UnixTime, Error> {
    UnixTime::from_secs((START + second) as i64)
}

/// splitmix64: the same morning on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// In 0..1.
    fn fraction(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// The second of an arrival: 70 % come around 9:00, the others at any time.
    fn arrival(&mut self) -> u64 {
        let around_nine = self.fraction() < 0.7;
        loop {
            let second = if around_nine {
                // Box and Muller: a normal distribution around 9:00.
                let radius = (-2.0 * (1.0 - self.fraction()).ln()).sqrt();
                NINE + WIDTH * radius * (std::f64::consts::TAU * self.fraction()).cos()
            } else {
                self.fraction() * SECONDS as f64
            };
            if (0.0..SECONDS as f64).contains(&second) {
                return second as u64;
            }
        }
    }

    /// Fisher and Yates.
    fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, (self.next() % (last as u64 + 1)) as usize);
        }
    }
}

/// 23 November 2026, 8:55, in Unix seconds.
const START: u64 = 1_795_424_100;

/// Ten minutes.
pub(crate) const SECONDS: u64 = 600;

/// 9:00, in seconds from the start.
const NINE: f64 = 300.0;

/// The standard deviation of those who come around 9:00, in seconds.
const WIDTH: f64 = 90.0;
