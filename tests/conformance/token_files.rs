//! Files of hardware tokens: section 16.

use poterne::token::{FileKey, TokenEntry, TokenFault, TokenFile, read_pskc};
use poterne::{Algorithm, Error, MovingFactor, UnixTime};

use super::{Case, bytes, run};

#[test]
fn pskc_vectors() {
    run("pskc.txt", |case| {
        let (kind, key) = case.one("key").split_once(' ').unwrap_or((case.one("key"), ""));
        let key = bytes(key);
        let key = match kind {
            "none" => FileKey::None,
            "key" => FileKey::PreShared(&key),
            "password" => FileKey::Password(&key),
            _ => panic!("{kind}"),
        };
        compare(case, read_pskc(&file(case), key));
    });
}

/// The lines of a file, joined.
fn file(case: &Case) -> Vec<u8> {
    let lines: Vec<Vec<u8>> = case.all("file").map(bytes).collect();
    assert!(!lines.is_empty(), "{} has no file", case.name);
    lines.join(&b'\n')
}

/// Compares what was read with the lines of a case: each token or fault in the file's order, or one error.
fn compare(case: &Case, read: Result<TokenFile, Error>) {
    let said: Vec<String> = match &read {
        Ok(file) => file.entries().iter().map(|entry| entry.as_ref().map_or_else(fault, token)).collect(),
        Err(error) => vec![format!("error = {}", error.kind())],
    };
    let wanted = |(key, _): &&(String, String)| ["token", "fault", "error"].contains(&key.as_str());
    let expected: Vec<String> =
        case.lines.iter().filter(wanted).map(|(key, value)| format!("{key} = {value}")).collect();
    assert!(!expected.is_empty(), "{} expects nothing", case.name);
    assert_eq!(said, expected, "{read:?}");
}

fn token(entry: &TokenEntry) -> String {
    let parameters = entry.parameters();
    let (factor, time_step, counter) = match parameters.moving_factor() {
        MovingFactor::Counter => ("counter", "-".into(), parameters.counter().to_string()),
        MovingFactor::Time(steps) => ("time", steps.time_step().to_string(), "-".into()),
    };
    let algorithm: Algorithm = parameters.algorithm();
    let seconds = |time: Option<UnixTime>| time.map_or("-".into(), |time| time.as_secs().to_string());
    let secret: String = entry.secret().as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!(
        "token = {} {} {factor} {time_step} {counter} {algorithm} {} {} {} {} {} {} {} {} hex:{secret}",
        entry.line(),
        odd(Some(entry.serial())),
        parameters.digits().as_usize(),
        entry.drift(),
        entry.watermark().map_or("-".into(), |watermark| watermark.to_string()),
        seconds(parameters.not_before()),
        seconds(parameters.not_after()),
        odd(entry.manufacturer()),
        odd(entry.model()),
        odd(entry.account()),
    )
}

fn fault(fault: &TokenFault) -> String {
    format!("fault = {} {} {}", fault.line(), odd(fault.serial()), fault.kind())
}

/// A word as it stands, or in hexadecimal if a vector could not hold it.
fn odd(word: Option<&str>) -> String {
    match word {
        None => "-".into(),
        Some(word) if word != "-" && word.bytes().all(|byte| byte.is_ascii_graphic()) => word.into(),
        Some(word) => format!("hex:{}", word.bytes().map(|byte| format!("{byte:02x}")).collect::<String>()),
    }
}
