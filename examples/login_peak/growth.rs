//! Growth: the cost of a login in memory, with ten times more of something at each step.

use std::error::Error;
use std::time::Instant;

use poterne::{Denied, ExistingCredential, OtpFormat, Parameters, Policy, Record, Refusal, Secret, hotp};

use crate::figures::{duration, per_mille, slope, thousands};
use crate::memory::Memory;
use crate::morning::{self, Morning};
use crate::play::{self, Clicks};
use crate::run;

/// Prints three tables, and returns the slopes.
pub(crate) fn show() -> Result<[(&'static str, f64); 3], Box<dyn Error>> {
    println!("Growth, in memory. The slope is in logarithms: 0 is constant, 1 is proportional.");
    Ok([
        table("threads", &[1, 10, 100], "time between two logins", of_threads)?,
        table("records", &[1_000, 10_000, 100_000, 1_000_000], "a login", of_records)?,
        table("window", &[1, 10, 100], "a wrong code, counters", of_window)?,
    ])
}

type Measure = fn(usize) -> Result<u64, Box<dyn Error>>;

fn table(
    what: &'static str,
    sizes: &[usize],
    of: &str,
    measure: Measure,
) -> Result<(&'static str, f64), Box<dyn Error>> {
    println!("  {what:>9}  {of}");
    let mut points = Vec::new();
    for size in sizes {
        let nanoseconds = measure(*size)?;
        println!("  {:>9}  {}", thousands(*size), duration(nanoseconds));
        points.push((*size as f64, nanoseconds as f64));
    }
    let slope = slope(&points);
    println!("      slope  {slope:.2}\n");
    Ok((what, slope))
}

/// Beyond the number of cores the time cannot fall further, but it must not rise.
fn of_threads(threads: usize) -> Result<u64, Box<dyn Error>> {
    let (played, logins) = played(10_000, 10_000, threads)?;
    Ok(played.elapsed.as_nanos() as u64 / logins)
}

fn of_records(records: usize) -> Result<u64, Box<dyn Error>> {
    let (played, _) = played(1_000, records, 1)?;
    Ok(per_mille(&played.times, 500))
}

fn played(agents: usize, records: usize, threads: usize) -> Result<(play::Played, u64), Box<dyn Error>> {
    let (database, verifier) = (Memory::new(), run::verifier()?);
    let morning = Morning::new(agents, records, 1)?;
    let codes = play::fill(&database, &verifier, &morning, records, 1)?;
    let played = play::play(&database, &verifier, &morning, &codes, threads, Clicks::AsTheyCome)?;
    if played.unexpected > 0 {
        return Err(format!("{} unexpected outcomes", played.unexpected).into());
    }
    let logins = played.times.len() as u64;
    Ok((played, logins))
}

fn of_window(look_ahead: usize) -> Result<u64, Box<dyn Error>> {
    let policy = Policy::builder().look_ahead(look_ahead.try_into()?).build()?;
    let verifier = run::verifier()?.with_policy(policy);
    let (secret, now) = (|| Secret::from_bytes(b"12345678901234567890"), morning::start()?);
    let change = verifier.import("token", ExistingCredential::new(secret()?, Parameters::hotp()), now)?;
    let record = change.record().map(Record::as_str);
    let code = hotp::generate(&secret()?, OtpFormat::default(), 1_000_000);
    let mut times = Vec::new();
    for _ in 0..1_000 {
        let begin = Instant::now();
        let outcome = verifier.credential("token", record)?.verify(code.as_str(), now)?.outcome(1);
        times.push(begin.elapsed().as_nanos() as u64);
        if !matches!(outcome, Err(Denied::Refused(Refusal::WrongCode))) {
            return Err(format!("{outcome:?} for a wrong code").into());
        }
    }
    times.sort_unstable();
    Ok(per_mille(&times, 500))
}
