//! One code, sent from everywhere at once, is accepted once: 50 threads, then 8 processes, then two nodes whose clocks differ, on
//! every database.
//!
//! In every other round everybody has the same old record in hand before somebody stores a new one; the rounds between run
//! freely. The control is the store that everybody writes first, without the old record in its WHERE clause.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use poterne::{Denied, Error, Parameters, Record, Store, Verifier};
use poterne_assurance::child::{Process, hear, hear_keyring, tell};
use poterne_assurance::credential::{code_at, keyring, record, time, verifier};
use poterne_assurance::store::{Engine, Fault, Table};
use poterne_assurance::{fail, number};

const THREADS: usize = 50;
const PROCESSES: usize = 8;
/// A serializable database hides the fault from many, but not from all.
const CONTROL_ROUNDS: u64 = 6;
/// One second before a time step begins: a clock that is a second ahead is in the next one.
const NOW: u64 = 1_800_000_029;

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["child", engine, folder] => {
            let verifier = verifier(&hear_keyring());
            let table = Table::open(Engine::of(engine), Path::new(folder), Fault::None);
            participate(&verifier, table, hear, tell);
        }
        [folder] => check(Path::new(folder)),
        _ => fail("usage: races FOLDER"),
    }
}

fn check(folder: &Path) {
    let rounds = number("ROUNDS", 10);
    let keyring = keyring();
    for engine in Engine::ALL {
        let race = |participants: &mut [Participant], fault, clocks: &[u64], rounds| {
            Race { engine, folder, verifier: &verifier(&keyring), fault, clocks }.run(participants, rounds)
        };
        let once = |what, tally: &Tally| {
            if tally.wrong > 0 || tally.accepted == 0 {
                fail(format_args!(
                    "{}, {what}: not exactly one acceptance of a code: {tally:?}",
                    engine.name()
                ));
            }
        };
        let mut threads = start_threads(engine, folder, &keyring, Fault::None);
        let by_threads = race(&mut threads, Fault::None, &[NOW], rounds);
        once("50 threads", &by_threads);
        drop(threads);

        let mut processes = start_processes(engine, folder, &keyring);
        let by_processes = race(&mut processes, Fault::None, &[NOW], rounds);
        once("8 processes", &by_processes);
        let mut by_clocks = Tally::default();
        for difference in [1, 300] {
            by_clocks.add(race(&mut processes, Fault::None, &[NOW, NOW + difference], rounds));
        }
        once("two clocks", &by_clocks);
        drop(processes);

        let mut naive = start_threads(engine, folder, &keyring, Fault::IgnoresOld);
        let control = race(&mut naive, Fault::IgnoresOld, &[NOW], CONTROL_ROUNDS);
        if control.wrong == 0 {
            fail(format_args!("{}: the naive store accepted once: the check is blind", engine.name()));
        }
        println!(
            "races: {}: {THREADS} threads, {} codes in {rounds} rounds, {} accepted; {PROCESSES} processes, {} codes, {} accepted; \
             clocks 1 s and 5 min apart, {} codes, {} accepted, no factor twice; {} swaps lost; control found ({} accepted in {CONTROL_ROUNDS} rounds)",
            engine.name(),
            by_threads.sent,
            by_threads.accepted,
            by_processes.sent,
            by_processes.accepted,
            by_clocks.sent,
            by_clocks.accepted,
            by_threads.lost + by_processes.lost + by_clocks.lost,
            control.accepted,
        );
    }
}

struct Race<'r> {
    engine: Engine,
    folder: &'r Path,
    verifier: &'r Verifier,
    fault: Fault,
    /// The participants have these clocks in turn.
    clocks: &'r [u64],
}

#[derive(Debug, Default)]
struct Tally {
    sent: u64,
    accepted: u64,
    /// Swaps that came too late.
    lost: u64,
    /// Rounds in which a moving factor was accepted twice, or none at all.
    wrong: u64,
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.sent += other.sent;
        self.accepted += other.accepted;
        self.lost += other.lost;
        self.wrong += other.wrong;
    }
}

impl Race<'_> {
    fn run(&self, participants: &mut [Participant], rounds: u64) -> Tally {
        let mut table = Table::open(self.engine, self.folder, Fault::None);
        let mut tally = Tally::default();
        for round in 0..rounds {
            // Two clocks: the same code from both, that of the one and of the other; then to each its own.
            let ways = if self.clocks.len() == 1 { 1 } else { 3 };
            for way in 0..ways {
                let together = round % 2 == 0;
                let answers = self.round(participants, &mut table, round, way, together);
                self.count(&answers, &mut tally);
            }
        }
        tally
    }

    /// A fresh credential in a row of its own, and what everybody was told.
    fn round(
        &self,
        participants: &mut [Participant],
        table: &mut Table,
        round: u64,
        way: usize,
        together: bool,
    ) -> Vec<String> {
        let clock = self.clocks.last().copied().unwrap_or(NOW);
        let account =
            format!("{:?}-{}-{}-{round}-{way}-{clock}", self.engine, participants.len(), self.fault as u8);
        let first = record(self.verifier, &account, round, Parameters::totp(), time(NOW));
        if table.swap(&account, None, first.record().expect("a record to insert")).ok() != Some(1) {
            fail("the record of a round was not stored");
        }
        let pace = if together { "together" } else { "freely" };
        for (who, participant) in participants.iter_mut().enumerate() {
            let now = self.clocks[who % self.clocks.len()];
            let code = code_at(round, if way == 2 { now } else { self.clocks[way % self.clocks.len()] });
            participant.send(&format!("{account} {code} {now} {pace}"));
        }
        if together {
            for participant in participants.iter_mut() {
                if participant.receive() != "loaded" {
                    fail("a participant did not load the record");
                }
            }
            participants.iter_mut().for_each(|participant| participant.send("go"));
        }
        participants.iter_mut().map(Participant::receive).collect()
    }

    fn count(&self, answers: &[String], tally: &mut Tally) {
        let mut factors = BTreeMap::new();
        for answer in answers {
            let words: Vec<_> = answer.split(' ').collect();
            let [outcome, factor, swaps] = words[..] else { fail(format_args!("an answer: {answer}")) };
            let swaps: u64 = swaps.parse().expect("a number");
            tally.sent += 1;
            match outcome {
                "accepted.otp" => {
                    *factors.entry(factor.to_string()).or_insert(0) += 1;
                    tally.accepted += 1;
                    tally.lost += swaps - 1;
                }
                // Where the clocks agree, the code is right: nothing else can be said of it.
                "refused.replayed" | "refused.conflict" => tally.lost += swaps,
                "refused.wrong_code" | "refused.clock_behind" | "refused.wait" if self.clocks.len() > 1 => {}
                _ => fail(format_args!("{}: a right code is {answer}", self.engine.name())),
            }
        }
        // Where the clocks differ, wrong codes are stored too, and may win all three swaps of a right one.
        let is_right =
            factors.values().all(|times| *times == 1) && (self.clocks.len() > 1 || factors.len() == 1);
        tally.wrong += u64::from(!is_right);
    }
}

/// Who sends codes: in another thread or another process, by the same words.
enum Participant {
    Thread(Sender<String>, Receiver<String>),
    Process(Process),
}

impl Participant {
    fn send(&mut self, line: &str) {
        match self {
            Self::Thread(to, _) => to.send(line.into()).unwrap_or_else(|_| fail("a thread ended")),
            Self::Process(process) => process.send(line),
        }
    }

    fn receive(&mut self) -> String {
        match self {
            Self::Thread(_, from) => from.recv().ok(),
            Self::Process(process) => process.receive(),
        }
        .unwrap_or_else(|| fail("a participant ended"))
    }
}

impl Drop for Participant {
    fn drop(&mut self) {
        if let Self::Process(process) = self {
            process.kill();
            process.wait();
        }
    }
}

fn start_threads(engine: Engine, folder: &Path, keyring: &str, fault: Fault) -> Vec<Participant> {
    (0..THREADS)
        .map(|_| {
            let (to, hears) = channel::<String>();
            let (tells, from) = channel();
            let (folder, verifier) = (PathBuf::from(folder), verifier(keyring));
            thread::spawn(move || {
                let table = Table::open(engine, &folder, fault);
                // Without a main thread that sends, this one has nothing to do any more.
                let hear = || hears.recv().unwrap_or_default();
                participate(&verifier, table, hear, |line| drop(tells.send(line.into())));
            });
            Participant::Thread(to, from)
        })
        .collect()
}

fn start_processes(engine: Engine, folder: &Path, keyring: &str) -> Vec<Participant> {
    let folder = folder.to_str().expect("a folder in UTF-8");
    (0..PROCESSES)
        .map(|_| Participant::Process(Process::start(&["child", engine.name(), folder], keyring)))
        .collect()
}

/// Logs in as it is told, line by line, and answers with the outcome, the moving factor and the number of swaps.
fn participate(
    verifier: &Verifier,
    mut table: Table,
    mut hear: impl FnMut() -> String,
    mut tell: impl FnMut(&str),
) {
    loop {
        let line = hear();
        let words: Vec<_> = line.split(' ').collect();
        let [account, code, now, pace] = words[..] else { return };
        let now = time(now.parse().expect("a number"));
        let meet = || {
            tell("loaded");
            hear();
        };
        let mut store = Meeting { table: &mut table, meet: (pace == "together").then_some(meet), swaps: 0 };
        let outcome = verifier.login(account, code, now, &mut store);
        let swaps = store.swaps;
        match outcome {
            Ok(login) => {
                tell(&format!("{} {} {swaps}", login.code(), login.moving_factor().expect("an OTP")));
            }
            Err(Denied::Refused(refusal)) => tell(&format!("{} - {swaps}", refusal.code())),
            Err(Denied::Error(error)) => {
                let source = std::error::Error::source(&error).map(ToString::to_string);
                tell(&format!("error: {}", source.unwrap_or_default()));
            }
        }
    }
}

/// A table at which everybody waits, once, with the loaded record in hand.
struct Meeting<'t, F> {
    table: &'t mut Table,
    meet: Option<F>,
    swaps: u64,
}

impl<F: FnMut()> Store for Meeting<'_, F> {
    fn load(&mut self, account: &str) -> Result<Option<String>, Error> {
        let loaded = self.table.load(account);
        if let Some(mut meet) = self.meet.take() {
            meet();
        }
        loaded
    }

    fn swap(&mut self, account: &str, old: Option<&str>, new: &Record) -> Result<u64, Error> {
        self.swaps += 1;
        self.table.swap(account, old, new)
    }
}
