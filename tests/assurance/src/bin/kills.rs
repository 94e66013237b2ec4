//! A process that logs in round after round is killed with SIGKILL: whatever code it told to be accepted stays used, and the
//! record opens.
//!
//! Killed at random moments, and between load and swap, between swap and verdict, and right after the verdict was told. A kill
//! is no power loss: what the operating system has taken, it keeps. The control is a store that reports its row before it
//! commits.

use std::path::{Path, PathBuf};
use std::time::Duration;

use poterne::{Accepted, Denied, Error, Parameters, Record, Refusal, Store, Verifier};
use poterne_assurance::child::{Process, hear, hear_keyring, tell};
use poterne_assurance::credential::{code_at, keyring, record, time, verifier};
use poterne_assurance::random::Random;
use poterne_assurance::store::{Engine, Fault, Table};
use poterne_assurance::{fail, number};

const START: u64 = 1_800_000_000;
/// Each login has a time step of its own.
const STEP: u64 = 30;

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["child", engine, folder, fault, account, begin, point] => {
            let verifier = verifier(&hear_keyring());
            let fault = if fault == "early" { Fault::ReportsBeforeCommit } else { Fault::None };
            let table = Table::open(Engine::of(engine), Path::new(folder), fault);
            let point = POINTS.into_iter().find(|known| known.name() == point).expect("a point");
            log_in(&verifier, Stopping { table, point }, account, begin.parse().expect("a time"));
        }
        [folder] => check(PathBuf::from(folder)),
        _ => fail("usage: kills FOLDER"),
    }
}

/// Where the process stops by itself, and is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Point {
    /// Nowhere: it is killed at a random moment.
    Anywhere,
    /// It has loaded the record and not stored a new one.
    BeforeSwap,
    /// It has stored the record and does not know the verdict.
    AfterSwap,
    /// It has told the verdict.
    AfterVerdict,
}

/// Random moments as often as the others together.
const POINTS: [Point; 6] = [
    Point::Anywhere,
    Point::BeforeSwap,
    Point::Anywhere,
    Point::AfterSwap,
    Point::Anywhere,
    Point::AfterVerdict,
];

impl Point {
    fn name(self) -> &'static str {
        match self {
            Self::Anywhere => "anywhere",
            Self::BeforeSwap => "before-swap",
            Self::AfterSwap => "after-swap",
            Self::AfterVerdict => "after-verdict",
        }
    }
}

fn check(folder: PathBuf) {
    let kills = number("ROUNDS", 50);
    let (mut random, seed) = Random::new();
    let keyring = keyring();
    for engine in [Engine::Sqlite, Engine::PostgresqlReadCommitted] {
        let mut trial = Trial::new(engine, &folder, &keyring, Fault::None);
        let mut tally = Tally::default();
        for kill in 0..kills {
            let point = POINTS[kill as usize % POINTS.len()];
            if let Err(what) = trial.run(point, &mut random, &mut tally) {
                fail(format_args!("{}, kill {kill}, {point:?}, SEED={seed}: {what}", engine.name()));
            }
        }
        if tally.told < kills || tally.spent == 0 || tally.unspent == 0 {
            fail(format_args!("{}: too little happened: {tally:?}", engine.name()));
        }
        let mut control = Trial::new(engine, &folder, &keyring, Fault::ReportsBeforeCommit);
        match control.run(Point::AfterVerdict, &mut random, &mut Tally::default()) {
            Err(what) if what.starts_with(AGAIN) => {}
            other => fail(format_args!(
                "{}: a verdict before the commit was not noticed: the check is blind ({other:?})",
                engine.name()
            )),
        }
        println!(
            "kills: {}: {kills} processes killed, {} of them between swap and verdict, {} between load and swap; {} acceptances told, \
             none of these codes accepted again; every record opens; control found",
            engine.name(),
            tally.spent,
            tally.unspent,
            tally.told,
        );
    }
}

#[derive(Debug, Default)]
struct Tally {
    /// Acceptances that a process told before it was killed.
    told: u64,
    /// Codes that were stored and not told: used.
    spent: u64,
    /// Codes that were not stored: not used.
    unspent: u64,
}

/// One account, whose logins are killed again and again.
struct Trial<'t> {
    engine: Engine,
    folder: &'t Path,
    keyring: &'t str,
    verifier: Verifier,
    fault: Fault,
    account: String,
    /// The next login.
    time: u64,
}

impl<'t> Trial<'t> {
    fn new(engine: Engine, folder: &'t Path, keyring: &'t str, fault: Fault) -> Self {
        let account = format!("kill-{engine:?}-{}", fault as u8);
        let verifier = verifier(keyring);
        let first = record(&verifier, &account, 1, Parameters::totp(), time(START));
        let mut table = Table::open(engine, folder, Fault::None);
        if table.swap(&account, None, first.record().expect("a record to insert")).ok() != Some(1) {
            fail("the record was not stored");
        }
        Self { engine, folder, keyring, verifier, fault, account, time: START }
    }

    /// A process from its start to its end, and what the table says of its codes.
    fn run(&mut self, point: Point, random: &mut Random, tally: &mut Tally) -> Result<(), String> {
        let told = self.kill(point, random);
        tally.told += told.len() as u64;
        let mut table = Table::open(self.engine, self.folder, Fault::None);
        let record = table.load(&self.account).map_err(|error| error.to_string())?.ok_or("no record")?;
        let credential = self.verifier.credential(&self.account, Some(&record)).expect("a name");
        if let Err(error) = credential.inspect(time(self.time)) {
            return Err(format!("the record does not open: {error}"));
        }
        for now in &told {
            match self.submit(&mut table, *now) {
                Err(Denied::Refused(Refusal::Replayed | Refusal::ClockBehind)) => {}
                Ok(_) => return Err(format!("{AGAIN} {}", now / STEP)),
                Err(denied) => return Err(format!("a used code is {denied}")),
            }
        }
        // The login that was under way where the process stopped.
        let next = told.last().map_or(self.time, |last| last + STEP);
        match point {
            Point::BeforeSwap => match self.submit(&mut table, next) {
                Ok(_) => tally.unspent += 1,
                Err(denied) => return Err(format!("a code that was not stored is {denied}")),
            },
            Point::AfterSwap => match self.submit(&mut table, next) {
                Err(Denied::Refused(Refusal::Replayed)) => tally.spent += 1,
                Err(denied) => return Err(format!("a code that was stored is {denied}")),
                Ok(accepted) => return Err(format!("a code that was stored is {}", accepted.code())),
            },
            Point::Anywhere | Point::AfterVerdict => {}
        }
        self.time = next + 10 * STEP;
        Ok(())
    }

    /// Starts a process, kills it, and gives the times of the logins that it told to be accepted.
    fn kill(&self, point: Point, random: &mut Random) -> Vec<u64> {
        let (folder, begin) = (self.folder.to_str().expect("a folder in UTF-8"), self.time.to_string());
        let fault = if self.fault == Fault::None { "none" } else { "early" };
        let arguments = ["child", self.engine.name(), folder, fault, &self.account, &begin, point.name()];
        let mut process = Process::start(&arguments, self.keyring);
        if process.receive().as_deref() != Some("begin") {
            fail("a process did not begin");
        }
        let mut told = Vec::new();
        let mut hear = |line: Option<String>| match line.as_deref() {
            None | Some("stopped") => false,
            Some(line) => {
                told.push(line.parse().unwrap_or_else(|_| fail(format_args!("the process says {line}"))));
                true
            }
        };
        if point == Point::Anywhere {
            std::thread::sleep(Duration::from_micros(random.below(20_000)));
        } else {
            while hear(process.receive()) {}
        }
        process.kill();
        // What it told before it was killed is in the pipe.
        while hear(process.receive()) {}
        process.wait();
        told
    }

    fn submit(&self, table: &mut Table, now: u64) -> Result<Accepted, Denied> {
        self.verifier.login(&self.account, &code_at(1, now), time(now), table)
    }
}

/// The process: a fresh code in each round, each acceptance told once the verdict is there.
fn log_in(verifier: &Verifier, mut store: Stopping, account: &str, begin: u64) {
    tell("begin");
    let point = store.point;
    for round in 0.. {
        let now = begin + round * STEP;
        // The first logins go through.
        store.point = if round < 3 { Point::Anywhere } else { point };
        match verifier.login(account, &code_at(1, now), time(now), &mut store) {
            Ok(_) => tell(&now.to_string()),
            Err(denied) => fail(denied),
        }
        store.stop_at(Point::AfterVerdict);
    }
}

/// A table at which the process stops.
struct Stopping {
    table: Table,
    point: Point,
}

impl Stopping {
    fn stop_at(&self, point: Point) {
        if self.point == point {
            tell("stopped");
            // Until it is killed, or its parent is gone.
            hear();
        }
    }
}

impl Store for Stopping {
    fn load(&mut self, account: &str) -> Result<Option<String>, Error> {
        let loaded = self.table.load(account);
        self.stop_at(Point::BeforeSwap);
        loaded
    }

    fn swap(&mut self, account: &str, old: Option<&str>, new: &Record) -> Result<u64, Error> {
        let rows = self.table.swap(account, old, new);
        self.stop_at(Point::AfterSwap);
        rows
    }
}

const AGAIN: &str = "a code that was told to be accepted is accepted again: step";
