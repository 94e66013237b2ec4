//! A run: the morning on each store, the figures, and growth on request.

use std::error::Error;
use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::Write as _;

use poterne::{Keyring, Verifier};

use crate::database::Database;
use crate::figures::per_mille;
use crate::morning::Morning;
use crate::options::Options;
use crate::play::{self, Clicks, Played};
use crate::{chart, growth, screen};

pub(crate) struct Run {
    options: Options,
    morning: Option<Morning>,
    played: Vec<(&'static str, Played)>,
    is_right: bool,
}

impl Run {
    pub(crate) fn new(options: Options) -> Self {
        Self { options, morning: None, played: Vec::new(), is_right: true }
    }

    pub(crate) fn wants(&self, store: &str) -> bool {
        self.options.stores.iter().any(|wanted| wanted == store)
    }

    pub(crate) fn morning(&mut self, database: &impl Database) -> Result<(), Box<dyn Error>> {
        let Options { agents, records, threads, seed, .. } = self.options;
        let morning = match self.morning.take() {
            Some(morning) => morning,
            None => {
                let morning = Morning::new(agents, records, seed)?;
                screen::morning(&morning, agents, records, threads, seed);
                morning
            }
        };
        let verifier = verifier()?;
        let codes = play::fill(database, &verifier, &morning, records, seed)?;
        let played = play::play(database, &verifier, &morning, &codes, threads, Clicks::AtOnce)?;
        let expected = morning.expected();
        screen::played(database.name(), &played, &expected);
        self.is_right &= played.unexpected == 0
            && expected.iter().all(|(code, count)| played.outcomes.get(code) == Some(count))
            && expected.len() == played.outcomes.len();
        self.played.push((database.name(), played));
        self.morning = Some(morning);
        Ok(())
    }

    /// Returns whether every outcome was as expected.
    pub(crate) fn finish(self) -> Result<bool, Box<dyn Error>> {
        let Options { agents, records, threads, .. } = self.options;
        let mut lines = String::new();
        for (store, played) in &self.played {
            let all: u64 = played.times.iter().sum();
            let figures = [
                ("agents", agents as f64),
                ("records", records as f64),
                ("threads", threads as f64),
                ("logins", played.times.len() as f64),
                ("logins_per_second", played.times.len() as f64 / played.elapsed.as_secs_f64()),
                ("p50_ns", per_mille(&played.times, 500) as f64),
                ("p99_ns", per_mille(&played.times, 990) as f64),
                ("p999_ns", per_mille(&played.times, 999) as f64),
                ("max_ns", per_mille(&played.times, 1000) as f64),
                ("database_percent", played.database as f64 * 100.0 / all as f64),
                ("conflicts", played.conflicts as f64),
                ("retries", played.retries as f64),
                ("unexpected", played.unexpected as f64),
            ];
            for (what, value) in figures {
                writeln!(lines, "peak\t{store}\t{what}\t{value:.1}")?;
            }
        }
        if self.options.growth {
            for (what, slope) in growth::show()? {
                writeln!(lines, "growth\tmemory\t{what}\t{slope:.2}")?;
            }
        }
        if let Some(file) = &self.options.tsv {
            OpenOptions::new().create(true).append(true).open(file)?.write_all(lines.as_bytes())?;
        }
        if let (Some(file), Some(morning)) = (&self.options.svg, &self.morning) {
            std::fs::write(file, chart::svg(morning, &self.played))?;
            println!("Chart: {}", file.display());
        }
        println!("{}", if self.is_right { "Every outcome was as expected." } else { "OUTCOMES DIFFER." });
        Ok(self.is_right)
    }
}

/// A verifier with a keyring of its own.
pub(crate) fn verifier() -> Result<Verifier, poterne::Error> {
    Verifier::new(Keyring::generate(1)?, "login-peak")
}
