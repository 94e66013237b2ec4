//! The life of a token that `oathtool` plays: file, first holder, a year on a poor clock, back, second holder. Written by
//! `tests/life/generate.py`.

use std::panic::{AssertUnwindSafe, catch_unwind};

use poterne::token::{TokenEntry, TokenFile};

use super::{Case, Script, read_cases, run, state, text, time, token_files};

const FILE: &str = "../life/token-life.txt";

#[test]
fn token_lives() {
    run(FILE, live);
}

/// The controls: one digit of a code is another one, or a token comes back with the recovery codes of its last holder.
#[test]
fn a_life_that_is_wrong_is_found() {
    let is_found = |case: &Case, fault: &str| {
        assert!(catch_unwind(AssertUnwindSafe(|| live(case))).is_err(), "{}: {fault}", case.name);
    };
    for case in read_cases(FILE) {
        for said in [" -> confirmed", " -> accepted", " -> resynchronized", " -> refused replayed"] {
            let mut lines = case.lines.clone();
            let line = lines.iter_mut().map(|(_, value)| value).rfind(|value| value.contains(said)).unwrap();
            let at = line.find(said).unwrap();
            let other = if line[..at].ends_with('0') { "1" } else { "0" };
            line.replace_range(at - 1..at, other);
            is_found(&Case { name: case.name.clone(), lines }, said);
        }
        let lines = case.lines.iter().filter(|(_, value)| !value.starts_with("end_codes")).cloned().collect();
        is_found(&Case { name: case.name.clone(), lines }, "codes of the last holder");
    }
}

fn live(case: &Case) {
    let read = token_files::read(case);
    token_files::compare(case, &read);
    let file = read.unwrap();
    let mut script = Script::new();
    for (key, value) in &case.lines {
        match key.as_str() {
            "file" | "layout" | "declare" | "key" | "algorithm" | "token" => {}
            "deliver" => script.deliver(value, &file),
            _ => script.line(key, value),
        }
    }
}

impl Script {
    fn deliver(&mut self, value: &str, file: &TokenFile) {
        let words: Vec<&str> = value.split(' ').collect();
        let [serial, state_name, now] = words[..] else { panic!("{value}") };
        let entry: &TokenEntry = file
            .entries()
            .iter()
            .filter_map(|entry| entry.as_ref().ok())
            .find(|entry| entry.serial() == text(serial))
            .expect("a token of the file");
        let existing = entry.copy().into_existing(state(state_name));
        let change = self.verifier.import(&self.account, existing, time(now).unwrap()).unwrap();
        self.record = change.record().expect("a record to insert").as_str().into();
        change.outcome(1).unwrap();
    }
}
