//! Plays a morning: each thread takes the next visit in the order of arrival as soon as it is free.

use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use poterne::{Denied, Store, Verifier};

use crate::database::{Database, Row, Timed};
use crate::morning::{self, Kind, Morning, Typed, Visit};
use crate::screen::Progress;

/// The result of a morning.
#[derive(Default)]
pub(crate) struct Played {
    /// The elapsed time, including the waits of double clicks.
    pub(crate) elapsed: Duration,
    /// The nanoseconds of each login, in ascending order.
    pub(crate) times: Vec<u64>,
    pub(crate) outcomes: BTreeMap<&'static str, usize>,
    /// Outcomes that the guide does not allow for this visit.
    pub(crate) unexpected: usize,
    /// The nanoseconds that all logins spent in the database.
    pub(crate) database: u64,
    pub(crate) conflicts: u64,
    /// The number of reloads after a conflict.
    pub(crate) retries: u64,
}

/// How the halves of a double click arrive.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clicks {
    /// Both have loaded the record before one of them stores anything: the race is certain.
    AtOnce,
    /// By chance, so that no thread waits.
    AsTheyCome,
}

/// Recovery codes, by account.
pub(crate) type Codes = HashMap<usize, String>;

/// Fills the table with the records of a morning, and returns the recovery codes that it uses.
pub(crate) fn fill(
    database: &impl Database,
    verifier: &Verifier,
    morning: &Morning,
    records: usize,
    seed: u64,
) -> Result<Codes, Box<dyn Error>> {
    let recovery = morning.recovery_accounts();
    let mut codes = Codes::new();
    let mut progress = Progress::new("records", records);
    let mut rows = (0..records).map(|account| -> Row {
        progress.show(account);
        let (name, now) = (morning::account_name(account), morning::start()?);
        let change = verifier.import(&name, morning::credential(seed, account)?, now)?;
        let mut record = change.record().expect("an import brings a record").clone();
        if recovery.binary_search(&account).is_ok() {
            let change = verifier.credential(&name, Some(record.as_str()))?.recovery_codes(8)?;
            record = change.record().expect("new codes bring a record").clone();
            codes.insert(account, change.outcome(1)?.iter().next().unwrap_or_default().to_owned());
        }
        Ok((name, record))
    });
    database.fill(&mut rows)?;
    Ok(codes)
}

pub(crate) fn play(
    database: &impl Database,
    verifier: &Verifier,
    morning: &Morning,
    codes: &Codes,
    threads: usize,
    clicks: Clicks,
) -> Result<Played, Box<dyn Error>> {
    let connections = (0..threads).map(|_| database.connect()).collect::<Result<Vec<_>, _>>()?;
    let desk = Desk {
        verifier,
        morning,
        codes,
        clicks: (0..morning.double_clicks).map(|_| DoubleClick::default()).collect(),
        is_parallel: threads > 1 && clicks == Clicks::AtOnce,
        begin: Instant::now(),
        next: AtomicUsize::new(0),
        has_failed: AtomicBool::new(false),
    };
    let results: Vec<_> = thread::scope(|scope| {
        let desk = &desk;
        let work = |connection| scope.spawn(move || desk.work(Timed::new(connection)));
        let workers: Vec<_> = connections.into_iter().map(work).collect();
        let mut progress = Progress::new(database.name(), morning.visits.len());
        while progress.is_shown() && workers.iter().any(|worker| !worker.is_finished()) {
            progress.show(desk.next.load(Ordering::Relaxed));
            thread::sleep(Duration::from_millis(50));
        }
        workers.into_iter().map(|worker| worker.join().expect("a worker does not panic")).collect()
    });
    let mut played = Played::default();
    for result in results {
        played.add(result?);
    }
    played.times.sort_unstable();
    played.unexpected += desk.clicks.iter().filter(|click| !click.is_right()).count();
    Ok(played)
}

/// The state that the threads share.
struct Desk<'p> {
    verifier: &'p Verifier,
    morning: &'p Morning,
    codes: &'p Codes,
    clicks: Vec<DoubleClick>,
    /// Both halves of a double click wait for each other, once they have loaded the record.
    is_parallel: bool,
    begin: Instant,
    next: AtomicUsize,
    has_failed: AtomicBool,
}

impl Desk<'_> {
    fn work<'d, S: Store>(&'d self, mut store: Timed<'d, S>) -> Result<Played, poterne::Error> {
        let mut played = Played::default();
        while let Some(visit) = self.morning.visits.get(self.next.fetch_add(1, Ordering::Relaxed)) {
            if let Err(error) = self.serve(visit, &mut store, &mut played) {
                self.has_failed.store(true, Ordering::Relaxed);
                return Err(error);
            }
        }
        played.elapsed = self.begin.elapsed();
        played.database = store.nanoseconds;
        played.conflicts = store.conflicts;
        played.retries = store.loads - played.times.len() as u64;
        Ok(played)
    }

    fn serve<'d, S: Store>(
        &'d self,
        visit: &Visit,
        store: &mut Timed<'d, S>,
        played: &mut Played,
    ) -> Result<(), poterne::Error> {
        let account = morning::account_name(visit.account);
        let click = visit.double_click.map(|click| &self.clicks[click]);
        for (at, one) in visit.tries.iter().enumerate() {
            let typed = match &one.typed {
                Typed::Otp(otp) => otp,
                Typed::RecoveryCode => self.codes.get(&visit.account).map_or("", String::as_str),
            };
            store.race = click.filter(|_| self.is_parallel).map(|click| (click, &self.has_failed));
            let (begin, waited) = (Instant::now(), store.waited);
            let login = self.verifier.login(&account, typed, one.now, store);
            let time = begin.elapsed().saturating_sub(store.waited - waited);
            played.times.push(time.as_nanos() as u64);
            let code = match login {
                Ok(accepted) => accepted.code(),
                Err(Denied::Refused(refusal)) => refusal.code(),
                Err(Denied::Error(error)) => return Err(error),
            };
            *played.outcomes.entry(code).or_default() += 1;
            match click {
                Some(click) => click.count(code),
                None => played.unexpected += usize::from(visit.kind.expected()[at] != code),
            }
        }
        Ok(())
    }
}

impl Played {
    fn add(&mut self, other: Self) {
        self.elapsed = self.elapsed.max(other.elapsed);
        self.times.extend(other.times);
        for (code, count) in other.outcomes {
            *self.outcomes.entry(code).or_default() += count;
        }
        self.unexpected += other.unexpected;
        self.database += other.database;
        self.conflicts += other.conflicts;
        self.retries += other.retries;
    }
}

/// One code, sent twice at the same moment.
#[derive(Default)]
pub(crate) struct DoubleClick {
    here: AtomicUsize,
    accepted: AtomicUsize,
    replayed: AtomicUsize,
}

impl DoubleClick {
    /// The other half is the next visit, which the next free thread takes.
    pub(crate) fn wait_for_the_other(&self, has_failed: &AtomicBool) {
        self.here.fetch_add(1, Ordering::Relaxed);
        while self.here.load(Ordering::Relaxed) < 2 && !has_failed.load(Ordering::Relaxed) {
            thread::yield_now();
        }
    }

    fn count(&self, code: &str) {
        let [accepted, replayed] = Kind::DoubleClick.expected() else { return };
        self.accepted.fetch_add(usize::from(code == *accepted), Ordering::Relaxed);
        self.replayed.fetch_add(usize::from(code == *replayed), Ordering::Relaxed);
    }

    fn is_right(&self) -> bool {
        self.accepted.load(Ordering::Relaxed) == 1 && self.replayed.load(Ordering::Relaxed) == 1
    }
}
