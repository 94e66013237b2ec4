//! PSKC files of other people, and what other people's software reads from them: python-pskc and the pskctool of OATH Toolkit.
//!
//! Ignored by a plain `cargo test`, since it needs them: `tests/pskc/run` fetches both and runs it. The files of python-pskc's own tests
//! come out of its source distribution and are not in this repository. `tests/pskc/decided.txt` says of each what becomes of it.

#![cfg(feature = "token-files")]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test may panic and print"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use poterne::token::{FileKey, TokenEntry, read_pskc};
use poterne::{MovingFactor, UnixTime};

/// A line of `decided.txt`.
struct Decided {
    name: String,
    key: String,
    /// What becomes of each key, or of the file as a whole.
    verdicts: Vec<String>,
}

fn decided() -> Vec<Decided> {
    let text =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pskc/decided.txt")).unwrap();
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let mut fields = line.split('|').map(|field| field.trim().to_string());
            let mut next = || fields.next().unwrap_or_else(|| panic!("too few fields: {line}"));
            let (name, key, verdicts, reason) = (next(), next(), next(), next());
            let verdicts: Vec<String> = verdicts.split(' ').map(String::from).collect();
            assert_eq!(
                verdicts.iter().any(|verdict| verdict != "read"),
                !reason.is_empty(),
                "a refusal has a reason: {line}"
            );
            Decided { name, key, verdicts }
        })
        .collect()
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len() / 2).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap()).collect()
}

/// The values that python-pskc gives, in the same order.
fn shown(entry: &TokenEntry) -> Vec<String> {
    let parameters = entry.parameters();
    let seconds = |time: Option<UnixTime>| time.map_or("-".into(), |time| time.as_secs().to_string());
    let (algorithm, counter, interval) = match parameters.moving_factor() {
        MovingFactor::Counter => ("hotp", parameters.counter().to_string(), "-".into()),
        MovingFactor::Time(steps) => ("totp", "-".into(), steps.time_step().to_string()),
    };
    let secret: String = entry.secret().as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    vec![
        entry.serial().into(),
        algorithm.into(),
        parameters.digits().as_usize().to_string(),
        secret,
        counter,
        interval,
        entry.drift().to_string(),
        seconds(parameters.not_before()),
        seconds(parameters.not_after()),
    ]
}

/// Writes python-pskc's values as ours: its missing ones are our defaults.
fn expected(line: &[&str]) -> Vec<String> {
    let algorithm = if line[1].to_ascii_lowercase().ends_with("totp") { "totp" } else { "hotp" };
    let or = |value: &str, default: &str| if value == "-" { default.to_string() } else { value.to_string() };
    let (counter, interval) =
        if algorithm == "hotp" { (or(line[4], "0"), "-".into()) } else { ("-".into(), or(line[5], "30")) };
    vec![
        line[0].into(),
        algorithm.into(),
        or(line[2], "6"),
        line[3].into(),
        counter,
        interval,
        or(line[6], "0"),
        line[7].into(),
        line[8].into(),
    ]
}

#[test]
#[ignore = "needs the source distribution of python-pskc: tests/pskc/run"]
fn every_file_of_python_pskc_is_decided() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/pskc");
    let values = fs::read_to_string(folder.join("values.txt")).expect("tests/pskc/run --fetch makes it");
    let folder = folder.join("tests");
    let (compared, wrong) = differences(&folder, &decided(), &values);
    println!("{} files, {compared} tokens compared with python-pskc", decided().len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(decided().len() >= 68 && compared >= 32, "{compared} tokens: the test is blind");

    // The controls: another secret and another time interval of python-pskc, and a file that is decided wrongly.
    for (one, other) in [("\t3132333435", "\t3132333436"), ("\t60\t", "\t61\t")] {
        assert!(values.contains(one), "{one:?}");
        assert!(
            !differences(&folder, &decided(), &values.replace(one, other)).1.is_empty(),
            "{one:?} is not compared"
        );
    }
    let mut decided = decided();
    decided.iter_mut().find(|file| file.verdicts == ["file:token_mac"]).unwrap().verdicts =
        vec!["file:token_file".into()];
    assert_eq!(differences(&folder, &decided, &values).1.len(), 1);
}

/// The number of tokens that were compared, and what is not as decided or not as python-pskc says.
fn differences(folder: &Path, decided: &[Decided], values: &str) -> (usize, Vec<String>) {
    let mut peers: BTreeMap<&str, Vec<Vec<&str>>> = BTreeMap::new();
    for line in values.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        peers.entry(fields[0]).or_default().push(fields[2..].to_vec());
    }
    let (mut compared, mut wrong) = (0, Vec::new());
    for Decided { name, key, verdicts } in decided {
        let (path, has_algorithm) =
            name.strip_suffix(" + hotp").map_or((name.as_str(), false), |path| (path, true));
        let mut file = fs::read(folder.join(path)).unwrap();
        if has_algorithm {
            let key = r#"<Key Id="1" Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:hotp">"#;
            file = String::from_utf8(file).unwrap().replacen("<Key>", key, 1).into_bytes();
        }
        let (kind, value) = key.split_once(' ').unwrap_or((key, ""));
        let shared = bytes(if kind == "key" { value } else { "" });
        let key = match kind {
            "-" => FileKey::None,
            "key" => FileKey::PreShared(&shared),
            "password" => FileKey::Password(value.as_bytes()),
            _ => panic!("{kind}"),
        };
        let mut found = Vec::new();
        match read_pskc(&file, key) {
            Err(error) => {
                println!("{name}: {error}");
                found.push(format!("file:{}", error.kind()));
            }
            Ok(read) => {
                for (place, entry) in read.entries().iter().enumerate() {
                    match entry {
                        Ok(entry) => {
                            let peer = peers.get(path).and_then(|keys| keys.get(place));
                            let peer =
                                peer.unwrap_or_else(|| panic!("{name}: python-pskc has no key {place}"));
                            let mut peer = expected(peer);
                            if has_algorithm {
                                peer[0] = "1".into();
                            }
                            if shown(entry) != peer {
                                wrong.push(format!("{name}: {:?}, python-pskc {peer:?}", shown(entry)));
                            }
                            compared += 1;
                            found.push("read".into());
                        }
                        Err(fault) => {
                            println!("{name}: {fault}");
                            found.push(fault.kind().to_string());
                        }
                    }
                }
            }
        }
        if &found != verdicts {
            wrong.push(format!("{name}: {}, decided {}", found.join(" "), verdicts.join(" ")));
        }
    }
    (compared, wrong)
}

/// pskctool reads plain files: what it prints of a file is what is read here, field by field.
#[test]
#[ignore = "needs pskctool, of the Debian package of that name"]
fn plain_files_are_read_as_by_pskctool() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/pskc/tests");
    let mut compared = 0;
    for name in [
        "rfc6030/figure2.pskcxml",
        "rfc6030/figure3.pskcxml",
        "feitian/file1.pskcxml",
        "misc/odd-namespace.pskcxml",
    ] {
        let path = folder.join(name);
        let output = Command::new("pskctool").arg("--info").arg(&path).output().expect("pskctool, of Debian");
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        let said = String::from_utf8(output.stdout).unwrap();
        let fields = |name: &str| -> Vec<String> {
            said.lines()
                .filter_map(|line| line.trim().strip_prefix(name)?.strip_prefix(": ").map(String::from))
                .collect()
        };
        let read = read_pskc(&fs::read(&path).unwrap(), FileKey::None).unwrap();
        let entries: Vec<&TokenEntry> = read.entries().iter().map(|entry| entry.as_ref().unwrap()).collect();
        let secrets: Vec<String> = entries.iter().map(|entry| base64(entry.secret().as_bytes())).collect();
        assert_eq!(fields("Key Secret (base64)"), secrets, "{name}: {said}");
        let serials = fields("SerialNo");
        if !serials.is_empty() {
            assert_eq!(
                serials,
                entries.iter().map(|entry| entry.serial().to_string()).collect::<Vec<_>>(),
                "{name}"
            );
        }
        let intervals = fields("Key TimeInterval");
        let ours = |entry: &&TokenEntry| {
            entry.parameters().time_steps().ok().map(|steps| steps.time_step().to_string())
        };
        assert_eq!(intervals, entries.iter().filter_map(ours).collect::<Vec<_>>(), "{name}");
        compared += entries.len();
    }
    assert!(compared >= 9, "{compared} tokens: the test is blind");
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let group = chunk
            .iter()
            .chain([0; 3].iter())
            .take(3)
            .fold(0_u32, |group, byte| group << 8 | u32::from(*byte));
        for place in 0..4 {
            let value = (group >> (18 - 6 * place) & 63) as usize;
            text.push(if place <= chunk.len() { char::from(ALPHABET[value]) } else { '=' });
        }
    }
    text
}
