//! Files of hardware tokens: section 16.

use poterne::token::{
    CsvLayout, CsvOptions, Encoding, FileKey, Separator, TokenEntry, TokenFault, TokenFile, prove_csv,
    read_csv, read_etoken, read_pskc,
};
use poterne::{Algorithm, Digits, Error, MovingFactor, UnixTime};

use super::{Case, algorithm, bytes, run, text, time};

#[test]
fn pskc_vectors() {
    run("pskc.txt", |case| compare(case, &read(case)));
}

#[test]
fn token_csv_vectors() {
    run("token-csv.txt", |case| {
        let file = file(case);
        let Some(proof) = case.all("prove").next() else {
            return compare(case, &read(case));
        };
        let words: Vec<&str> = proof.split(' ').collect();
        let [serial, code, now] = words[..] else { panic!("{proof}") };
        let fits = csv_options(case)
            .and_then(|options| prove_csv(&file, &options, &text(serial), &text(code), time(now)?));
        let said: Vec<String> = match fits {
            Ok(fits) if fits.is_empty() => vec!["fits = none".into()],
            Ok(fits) => fits
                .iter()
                .map(|(encoding, algorithm)| format!("fits = {} {algorithm}", encoding.name()))
                .collect(),
            Err(error) => vec![format!("error = {}", error.kind())],
        };
        let expected: Vec<String> = case
            .lines
            .iter()
            .filter(|(key, _)| ["fits", "error"].contains(&key.as_str()))
            .map(|(key, value)| format!("{key} = {value}"))
            .collect();
        assert_eq!(said, expected);
    });
}

#[test]
fn etoken_vectors() {
    run("etoken.txt", |case| compare(case, &read(case)));
}

/// Reads the file of a case as its lines declare it.
pub(super) fn read(case: &Case) -> Result<TokenFile, Error> {
    let file = file(case);
    if let Some(key) = case.all("key").next() {
        let (kind, key) = key.split_once(' ').unwrap_or((key, ""));
        let key = bytes(key);
        let key = match kind {
            "none" => FileKey::None,
            "key" => FileKey::PreShared(&key),
            "password" => FileKey::Password(&key),
            _ => panic!("{kind}"),
        };
        return read_pskc(&file, key);
    }
    if case.all("layout").next().is_some() {
        return read_csv(&file, &csv_options(case)?);
    }
    let declared = Some(case.one("algorithm")).filter(|name| *name != "none").map(algorithm);
    read_etoken(&file, declared)
}

fn csv_options(case: &Case) -> Result<CsvOptions, Error> {
    let layout = case.one("layout");
    let mut options = match layout.strip_prefix("columns ") {
        Some(map) => CsvOptions::of_columns(map)?,
        None => CsvOptions::new(*CsvLayout::ALL.iter().find(|each| each.name() == layout).unwrap()),
    };
    for declared in case.all("declare") {
        let (name, word) = declared.split_once(' ').unwrap_or((declared, ""));
        options = match name {
            "encoding" => {
                options.with_encoding(*Encoding::ALL.iter().find(|each| each.name() == word).unwrap())
            }
            "algorithm" => options.with_algorithm(algorithm(word)),
            "digits" => options.with_digits(Digits::new(word.parse().unwrap())?),
            "time_step" => options.with_time_step(word.parse().unwrap()),
            "separator" => {
                options.with_separator(*Separator::ALL.iter().find(|each| each.name() == word).unwrap())
            }
            "counter_based" => options.with_counter_based(),
            "header" => options.with_header(),
            _ => panic!("{name}"),
        };
    }
    Ok(options)
}

/// The lines of a file, joined.
fn file(case: &Case) -> Vec<u8> {
    let lines: Vec<Vec<u8>> = case.all("file").map(bytes).collect();
    assert!(!lines.is_empty(), "{} has no file", case.name);
    lines.join(&b'\n')
}

/// Compares what was read with the lines of a case: each token or fault in the file's order, or one error.
pub(super) fn compare(case: &Case, read: &Result<TokenFile, Error>) {
    let said: Vec<String> = match read {
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
