//! A login whose record comes with the application's own row, against a bare UPDATE:
//! `POTERNE_FLUSH=on tests/databases cargo run --release -p poterne-peak -- swap [ROUNDS]`.
//!
//! Sixteen threads have a connection each, and people of their own, so that nobody waits for a row. In each turn all threads do the
//! same work for a fifth of a second, and each statement commits itself. The bare UPDATE compares with nothing. Every login must be
//! accepted, and must load as often as it says; the controls are below.
//!
//! Prints lines `rust<TAB>CONTESTANT<TAB>PostgreSQL<TAB>ROUND<TAB>NANOSECONDS_PER_CALL`: clock time divided by the calls of all threads.

use std::error::Error;
use std::mem;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use postgres::Statement;

use poterne::{
    Denied, ExistingCredential, Otp, OtpFormat, Parameters, Record, Refusal, Secret, Store, TimeSteps,
    UnixTime, Verifier, totp,
};

use crate::database::{Database, Row};
use crate::postgresql::{Connection, Postgresql};
use crate::run;

const THREADS: usize = 16;
/// For each thread and work.
const PEOPLE: usize = 125;
const ROUNDS: usize = 61;
const TIME: Duration = Duration::from_millis(200);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Work {
    Update,
    LoginFromRecord,
    RowThenUpdate,
    RowThenLoginFromRecord,
    RowThenLogin,
}

const WORKS: [(Work, &str); 5] = [
    (Work::Update, "bare UPDATE"),
    (Work::LoginFromRecord, "a login from a record at hand"),
    (Work::RowThenUpdate, "the row, then a bare UPDATE"),
    (Work::RowThenLoginFromRecord, "the row with the record, then a login from it"),
    (Work::RowThenLogin, "the row, then a login that loads"),
];

// What an application reads of a user to let them in.
const ROW: &str = "SELECT name, password, is_open FROM users WHERE account = $1";
const ROW_WITH_RECORD: &str =
    "SELECT name, password, is_open, record FROM users LEFT JOIN poterne USING (account) WHERE account = $1";
const UPDATE: &str = "UPDATE poterne SET record = $2 WHERE account = $1";
const USERS: &str = "
    DROP TABLE IF EXISTS users;
    CREATE TABLE users (account VARCHAR(255) NOT NULL PRIMARY KEY, name TEXT NOT NULL, password TEXT NOT NULL, is_open BOOLEAN NOT NULL);
    INSERT INTO users SELECT account, 'Agent ' || account, rpad('$argon2id$v=19$m=19456,t=2,p=1$', 97, md5(account)), true FROM poterne;
    ANALYZE users";

type Failure = Box<dyn Error + Send + Sync>;

/// `rounds` as on the command line.
pub(crate) fn measure(rounds: Option<&str>) -> Result<bool, Box<dyn Error>> {
    let rounds = rounds.map_or(Ok(ROUNDS), str::parse)?;
    let (database, verifier) = (Postgresql::new()?, run::verifier()?);
    let teams = (0..THREADS)
        .map(|thread| {
            (0..WORKS.len() * PEOPLE).map(|person| Person::new(&verifier, thread, person)).collect()
        })
        .collect::<Result<Vec<Vec<Person>>, _>>()?;
    let mut rows =
        teams.iter().flatten().map(|person| Row::Ok((person.account.clone(), person.enrolled.clone())));
    database.fill(&mut rows)?;
    database.connect()?.client.batch_execute(USERS)?;
    let mut desks =
        teams.into_iter().map(|team| Desk::new(&database, &verifier, team)).collect::<Result<Vec<_>, _>>()?;

    for round in 0..=rounds {
        for turn in 0..WORKS.len() {
            let (work, name) = WORKS[(turn + round) % WORKS.len()];
            let nanoseconds = take_turn(&mut desks, work).map_err(of_one_thread)?;
            // The first round warms up.
            if round > 0 {
                println!("rust\t{name}\tPostgreSQL\t{round}\t{nanoseconds:.1}");
            }
        }
    }
    for desk in &mut desks {
        desk.refuse_replays().map_err(of_one_thread)?;
    }
    Ok(true)
}

/// All threads at work. Returns the nanoseconds of the clock for each call.
fn take_turn(desks: &mut [Desk<'_>], work: Work) -> Result<f64, Failure> {
    let start = Barrier::new(desks.len());
    thread::scope(|scope| {
        let go = |desk| {
            let start = &start;
            scope.spawn(move || Desk::take_turn(desk, work, start))
        };
        let workers: Vec<_> = desks.iter_mut().map(go).collect();
        let turns = workers
            .into_iter()
            .map(|worker| worker.join().expect("a worker does not panic"))
            .collect::<Result<Vec<_>, _>>()?;
        let begin = turns.iter().map(|turn| turn.begin).min().expect("there are threads");
        let end = turns.iter().map(|turn| turn.end).max().expect("there are threads");
        let calls: u64 = turns.iter().map(|turn| turn.calls).sum();
        Ok((end - begin).as_nanos() as f64 / calls as f64)
    })
}

/// What a thread did.
struct Turn {
    begin: Instant,
    end: Instant,
    calls: u64,
}

struct Person {
    account: String,
    enrolled: Record,
    /// What a work stores that does not read it before. The bare UPDATE stores the two in turn: of a row that stays as it is, the server
    /// would write less to its log.
    texts: [String; 2],
    /// The time of the last login.
    seconds: i64,
}

impl Person {
    fn new(verifier: &Verifier, thread: usize, person: usize) -> Result<Self, Box<dyn Error>> {
        let account = format!("{thread}.{person}");
        let enroll = || -> Result<Record, Box<dyn Error>> {
            let credential = ExistingCredential::new(secret()?, Parameters::totp());
            let change = verifier.import(&account, credential, UnixTime::from_secs(BEGIN)?)?;
            Ok(change.record().expect("an import brings a record").clone())
        };
        let enrolled = enroll()?;
        let texts = [enrolled.as_str().to_owned(), enroll()?.as_str().to_owned()];
        Ok(Self { account, enrolled, texts, seconds: BEGIN })
    }

    /// Waits for the next code.
    fn wait(&mut self) {
        self.seconds += 30;
    }

    fn now(&self) -> Result<UnixTime, poterne::Error> {
        UnixTime::from_secs(self.seconds)
    }

    fn code(&self) -> Result<Otp, poterne::Error> {
        totp::generate(&secret()?, OtpFormat::default(), TimeSteps::default(), self.now()?)
    }
}

/// A thread's connection and people.
struct Desk<'v> {
    verifier: &'v Verifier,
    store: Counted,
    row: Statement,
    row_with_record: Statement,
    update: Statement,
    /// `PEOPLE` for each work, in the order of `WORKS`.
    team: Vec<Person>,
    calls: usize,
}

impl<'v> Desk<'v> {
    fn new(database: &Postgresql, verifier: &'v Verifier, team: Vec<Person>) -> Result<Self, Box<dyn Error>> {
        let mut connection = database.connect()?;
        let [row, row_with_record, update] =
            [ROW, ROW_WITH_RECORD, UPDATE].map(|statement| connection.client.prepare(statement));
        let store = Counted { connection, loads: 0, stored: String::new() };
        Ok(Self {
            verifier,
            store,
            row: row?,
            row_with_record: row_with_record?,
            update: update?,
            team,
            calls: 0,
        })
    }

    fn take_turn(&mut self, work: Work, start: &Barrier) -> Result<Turn, Failure> {
        self.store.loads = 0;
        start.wait();
        let begin = Instant::now();
        let mut calls = 0;
        while begin.elapsed() < TIME {
            self.call(work)?;
            calls += 1;
        }
        let expected = if work == Work::RowThenLogin { calls } else { 0 };
        if self.store.loads != expected {
            return Err(format!(
                "{} loads instead of {expected}: the logins did something else",
                self.store.loads
            )
            .into());
        }
        Ok(Turn { begin, end: Instant::now(), calls })
    }

    fn call(&mut self, work: Work) -> Result<(), Failure> {
        let at = first_of(work) + self.calls % PEOPLE;
        self.calls += 1;
        match work {
            Work::Update => self.update(at),
            Work::LoginFromRecord => {
                let record = mem::take(&mut self.team[at].texts[0]);
                self.team[at].wait();
                self.log_in_with(at, Some(record))?;
                mem::swap(&mut self.team[at].texts[0], &mut self.store.stored);
                Ok(())
            }
            Work::RowThenUpdate => {
                self.read_row(at)?;
                self.update(at)
            }
            Work::RowThenLoginFromRecord => {
                let record = self.read_row_with_record(at)?;
                self.team[at].wait();
                Ok(self.log_in_with(at, record)?)
            }
            Work::RowThenLogin => {
                self.read_row(at)?;
                let person = &mut self.team[at];
                person.wait();
                let (code, now) = (person.code()?, person.now()?);
                Ok(self.verifier.login(&person.account, code.as_str(), now, &mut self.store).map(|_| ())?)
            }
        }
    }

    fn update(&mut self, at: usize) -> Result<(), Failure> {
        let person = &mut self.team[at];
        person.texts.swap(0, 1);
        match self.store.connection.client.execute(&self.update, &[&person.account, &person.texts[0]])? {
            1 => Ok(()),
            rows => Err(format!("a bare UPDATE updated {rows} rows").into()),
        }
    }

    fn read_row(&mut self, at: usize) -> Result<(), Failure> {
        may_come_in(&self.store.connection.client.query_one(&self.row, &[&self.team[at].account])?)
    }

    fn read_row_with_record(&mut self, at: usize) -> Result<Option<String>, Failure> {
        let row = self.store.connection.client.query_one(&self.row_with_record, &[&self.team[at].account])?;
        may_come_in(&row)?;
        Ok(row.try_get("record")?)
    }

    fn log_in_with(&mut self, at: usize, record: Option<String>) -> Result<(), Denied> {
        let person = &self.team[at];
        let (code, now) = (person.code()?, person.now()?);
        self.verifier
            .login_with_record(&person.account, record, code.as_str(), now, &mut self.store)
            .map(|_| ())
    }

    /// The controls. A code that was accepted is refused on the record that the login has stored. It is refused on the record before it
    /// too: its swap finds another record, and the login loads that one.
    fn refuse_replays(&mut self) -> Result<(), Failure> {
        let at = first_of(Work::RowThenLoginFromRecord);
        let before = self.read_row_with_record(at)?;
        self.team[at].wait();
        self.log_in_with(at, before.clone())?;
        let after = self.read_row_with_record(at)?;
        for (record, loads) in [(after, 0), (before, 1)] {
            self.store.loads = 0;
            let replayed = self.log_in_with(at, record);
            if !matches!(replayed, Err(Denied::Refused(Refusal::Replayed))) || self.store.loads != loads {
                return Err(format!("a replay, after {} loads: {replayed:?}", self.store.loads).into());
            }
        }
        Ok(())
    }
}

/// The row is read as an application would.
fn may_come_in(row: &postgres::Row) -> Result<(), Failure> {
    let (_name, _password): (&str, &str) = (row.try_get("name")?, row.try_get("password")?);
    match row.try_get("is_open")? {
        true => Ok(()),
        false => Err("an account is closed".into()),
    }
}

/// The store of the morning, which tells how often it was asked, and what it has stored.
struct Counted {
    connection: Connection,
    loads: u64,
    stored: String,
}

impl Store for Counted {
    fn load(&mut self, account: &str) -> Result<Option<String>, poterne::Error> {
        self.loads += 1;
        self.connection.load(account)
    }

    fn swap(&mut self, account: &str, old: Option<&str>, new: &Record) -> Result<u64, poterne::Error> {
        self.stored = new.as_str().to_owned();
        self.connection.swap(account, old, new)
    }
}

fn of_one_thread(failure: Failure) -> Box<dyn Error> {
    failure
}

fn first_of(work: Work) -> usize {
    WORKS.iter().position(|(other, _)| *other == work).expect("all are there") * PEOPLE
}

fn secret() -> Result<Secret, poterne::Error> {
    Secret::from_bytes(b"12345678901234567890")
}

const BEGIN: i64 = 1_800_000_015;
