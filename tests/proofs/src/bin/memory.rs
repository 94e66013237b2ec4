//! Looks for secrets in the memory of a process that has finished with them.
//!
//! The process starts itself again as a child, which gets its input through a pipe, uses it, drops everything and stops. Then all
//! that the child can write to is searched for every 8-byte window of the secrets, in the forms that HMAC gives them.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};
use std::process::{Child, Command, ExitCode, Stdio};
use std::str;
use std::time::{Duration, Instant};

use poterne::token::{CsvLayout, CsvOptions, FileKey, read_csv, read_etoken, read_pskc};
use poterne::{
    Algorithm, Digits, Error, ExistingCredential, Keyring, Match, MovingOut, Parameters, Record, Secret,
    State, Store, Verifier, hotp, match_otp, match_otp_from_bytes,
};
use poterne_proofs::fixture::{self, ACCOUNT, STEP, now};
use poterne_proofs::leaky;
use sha2::Digest;
use zeroize::Zeroizing;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [] => search(),
        [role, algorithm] => child(role, algorithm),
        _ => ExitCode::FAILURE,
    }
}

/// What a child does with the fields of its input.
const ROLES: [&str; 17] = [
    "login",
    "recovery",
    "confirm",
    "search",
    "search_bytes",
    "search_hashed",
    "generate",
    "generate_hashed",
    "base32",
    "pskc",
    "pskc_plain",
    "csv",
    "etoken",
    "moving_out",
    "moving_out_begun",
    "kept",
    "hmac",
];

// ---- The child.

fn child(role: &str, algorithm: &str) -> ExitCode {
    // Not the standard input of the library, which has a buffer.
    let mut input = File::open("/dev/stdin").expect("a pipe");
    let parameters = ALGORITHMS.into_iter().find(|known| known.name() == algorithm).map(parameters);
    let right = parameters.is_some_and(|parameters| play(role, &parameters, &mut input));
    if !right {
        return ExitCode::FAILURE;
    }
    // SAFETY: no argument but a number; the process is stopped until it is killed.
    unsafe { raise(SIGSTOP) };
    ExitCode::SUCCESS
}

unsafe extern "C" {
    fn raise(signal: i32) -> i32;
}

const SIGSTOP: i32 = 19;

#[inline(never)]
fn play(role: &str, parameters: &Parameters, input: &mut File) -> bool {
    match role {
        "login" => {
            let (verifier, mut row, typed) = (verifier(input), Row(field(input)), field(input));
            verifier.login(ACCOUNT, text(&typed), now(), &mut row).is_ok()
        }
        "recovery" => {
            let (verifier, record, typed) = (verifier(input), field(input), field(input));
            let attempt =
                fixture::stored(&verifier, text(&record)).verify(text(&typed), now()).expect("a record");
            attempt.outcome(1).is_ok()
        }
        "confirm" => {
            let (verifier, record, typed) = (verifier(input), field(input), field(input));
            let attempt =
                fixture::stored(&verifier, text(&record)).confirm(text(&typed), now()).expect("a record");
            attempt.outcome(1).is_ok()
        }
        "search" => {
            let secret = Secret::from_bytes(&field(input)).expect("20 bytes");
            let typed = field(input);
            let found = match_otp(&secret, parameters.format(), text(&typed), STEP - 1..=STEP + 1, None);
            found.is_ok_and(|found| found == Match::Found(STEP))
        }
        "search_bytes" | "search_hashed" => {
            let (secret, typed) = (field(input), field(input));
            let candidates = STEP - 1..=STEP + 1;
            let found = match_otp_from_bytes(&secret, parameters.format(), text(&typed), candidates, None);
            found.is_ok_and(|found| found == Match::Found(STEP))
        }
        "generate" | "generate_hashed" => {
            let secret = Secret::from_bytes(&field(input)).expect("a secret");
            hotp::generate(&secret, parameters.format(), STEP).as_str() == text(&field(input))
        }
        "base32" => {
            let secret = Secret::from_base32(text(&field(input))).expect("base32");
            secret.to_base32().len() == 32
        }
        "pskc" => {
            let (file, key) = (field(input), field(input));
            read_pskc(&file, FileKey::PreShared(&key))
                .is_ok_and(|read| read.entries().iter().all(Result::is_ok))
        }
        "pskc_plain" => {
            let file = field(input);
            read_pskc(&file, FileKey::None).is_ok_and(|read| read.entries().iter().all(Result::is_ok))
        }
        "csv" => {
            let file = field(input);
            let options = CsvOptions::new(CsvLayout::Oath).with_algorithm(parameters.algorithm());
            read_csv(&file, &options).is_ok_and(|read| read.entries().iter().all(Result::is_ok))
        }
        "etoken" => {
            let file = field(input);
            read_etoken(&file, Some(parameters.algorithm()))
                .is_ok_and(|read| read.entries().iter().all(Result::is_ok))
        }
        "moving_out" | "moving_out_begun" => {
            let keyring = Keyring::parse(text(&field(input))).expect("a keyring");
            let (record, key) = (field(input), field(input));
            let mut moving =
                MovingOut::new(&keyring, APPLICATION, MovingOut::CONFIRMATION).expect("the sentence");
            moving.add(ACCOUNT, text(&record)).is_ok()
                && (role == "moving_out_begun" || moving.to_pskc(FileKey::PreShared(&key)).is_ok())
        }
        // The first control keeps a copy.
        "kept" => {
            let secret = field(input);
            Box::leak(Box::<[u8]>::from(secret.as_slice())).len() == secret.len()
        }
        // The second one wipes what it has, but not the stack.
        "hmac" => leaky::hotp(&field(input), STEP) < 1_000_000,
        _ => false,
    }
}

/// The table of the loop.
struct Row(Zeroizing<Vec<u8>>);

impl Store for Row {
    fn load(&mut self, _: &str) -> Result<Option<String>, Error> {
        Ok(Some(text(&self.0).to_owned()))
    }

    fn swap(&mut self, _: &str, _: Option<&str>, _: &Record) -> Result<u64, Error> {
        Ok(1)
    }
}

fn verifier(input: &mut File) -> Verifier {
    let keyring = Keyring::parse(text(&field(input))).expect("a keyring");
    Verifier::new(keyring, APPLICATION).expect("a verifier")
}

/// A length and so many bytes, inverted in the pipe, wiped when dropped.
fn field(input: &mut File) -> Zeroizing<Vec<u8>> {
    let mut len = [0; 2];
    input.read_exact(&mut len).expect("a length");
    let mut bytes = Zeroizing::new(vec![0; usize::from(u16::from_be_bytes(len))]);
    input.read_exact(&mut bytes).expect("a field");
    bytes.iter_mut().for_each(|byte| *byte = !*byte);
    bytes
}

fn text(bytes: &[u8]) -> &str {
    str::from_utf8(bytes).expect("a text")
}

// ---- The parent.

fn search() -> ExitCode {
    let keyring = Keyring::generate(20261121).expect("randomness");
    let keyring_text = keyring.to_text();
    let verifier = Verifier::new(keyring, APPLICATION).expect("a verifier");
    let mut traces = Traces::default();
    let key_text = keyring_text.split([' ', '\n']).nth(3).expect("a key");
    traces.add("the keyring's key, as text", key_text.as_bytes());
    traces.add_key("the keyring's key", Secret::from_base32(key_text).expect("base32").as_bytes());
    let secret = Secret::generate(20).expect("randomness");
    let secret_text = secret.to_base32();
    traces.add("the secret, as text", secret_text.as_bytes());
    traces.add_key("the secret", secret.as_bytes());
    for (name, state) in hmac_states(secret.as_bytes()) {
        traces.add(name, &state);
    }
    // HMAC hashes it first, whatever the hash.
    let long: Vec<u8> =
        (0..4).flat_map(|_| Secret::generate(64).expect("randomness").as_bytes().to_vec()).collect();
    let long = Secret::from_bytes(&long).expect("256 bytes");
    traces.add_key("the long secret", long.as_bytes());
    for hashed in [
        sha1::Sha1::digest(long.as_bytes()).to_vec(),
        sha2::Sha256::digest(long.as_bytes()).to_vec(),
        sha2::Sha512::digest(long.as_bytes()).to_vec(),
    ] {
        traces.add_key("the hash of the long secret", &hashed);
        for (name, state) in hmac_states(&hashed) {
            traces.add(name, &state);
        }
    }
    let file_key = Secret::generate(32).expect("randomness");
    traces.add("the key of a file", file_key.as_bytes());
    let in_base64 = base64(secret.as_bytes());
    traces.add("the secret, as base64", in_base64.as_bytes());
    // Windows machines write the line ends that make the reader copy the file.
    let plain = format!(
        "<KeyContainer xmlns='urn:ietf:params:xml:ns:keyprov:pskc'><KeyPackage>\r\n<Key Id='1' \
         Algorithm='urn:ietf:params:xml:ns:keyprov:pskc:totp'><Data><Secret>\r\n<PlainValue>\r\n{in_base64}\r\n</PlainValue>\
         </Secret></Data></Key></KeyPackage></KeyContainer>"
    );
    let in_hex: String = secret.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    traces.add("the secret, in hexadecimal", in_hex.as_bytes());
    let csv = format!("token01,\"{in_hex}\",totp,8,30\n");
    let etoken = format!(
        "<Tokens><Token serial='01'><Applications><Application><Seed>{in_hex}</Seed></Application></Applications></Token></Tokens>"
    );

    let mut bytes = 0;
    for algorithm in ALGORITHMS {
        let parameters = parameters(algorithm);
        let otp = hotp::generate(&secret, parameters.format(), STEP);
        traces.add("an OTP", otp.as_str().as_bytes());
        let otp_of_long = hotp::generate(&long, parameters.format(), STEP);
        traces.add("an OTP", otp_of_long.as_str().as_bytes());
        let record = |state| {
            let copy = Secret::from_bytes(secret.as_bytes()).expect("20 bytes");
            fixture::import(&verifier, ExistingCredential::new(copy, parameters).with_state(state))
        };
        let change =
            fixture::stored(&verifier, &record(State::Active)).recovery_codes(10).expect("an active record");
        let active = change.record().expect("something to store").as_str().to_owned();
        let codes = change.outcome(1).expect("one row");
        let code = codes.iter().nth(7).expect("ten codes");
        traces.add("a recovery code", code.as_bytes());
        traces.add("a recovery code, normalized", code.replace('-', "").as_bytes());
        for role in ROLES {
            let pending = record(State::Pending);
            let encrypted = {
                let keyring = Keyring::parse(&keyring_text).expect("a keyring");
                let mut moving =
                    MovingOut::new(&keyring, APPLICATION, MovingOut::CONFIRMATION).expect("the sentence");
                moving.add(ACCOUNT, &active).expect("an active record");
                moving.to_pskc(FileKey::PreShared(file_key.as_bytes())).expect("a file")
            };
            let fields: &[&[u8]] = match role {
                "login" => &[keyring_text.as_bytes(), active.as_bytes(), otp.as_str().as_bytes()],
                "recovery" => &[keyring_text.as_bytes(), active.as_bytes(), code.as_bytes()],
                "confirm" => &[keyring_text.as_bytes(), pending.as_bytes(), otp.as_str().as_bytes()],
                "search_hashed" | "generate_hashed" => &[long.as_bytes(), otp_of_long.as_str().as_bytes()],
                "base32" => &[secret_text.as_bytes()],
                "pskc" => &[encrypted.as_bytes(), file_key.as_bytes()],
                "pskc_plain" => &[plain.as_bytes()],
                "csv" => &[csv.as_bytes()],
                "etoken" => &[etoken.as_bytes()],
                "moving_out" | "moving_out_begun" => {
                    &[keyring_text.as_bytes(), active.as_bytes(), file_key.as_bytes()]
                }
                _ => &[secret.as_bytes(), otp.as_str().as_bytes()],
            };
            let found = traces.search(&[role, algorithm.name()], fields, &mut bytes);
            println!("{role} {algorithm} {}", found.len());
            for line in found {
                println!("trace {role} {algorithm}: {line}");
            }
        }
    }
    println!("windows {}", traces.windows.len());
    println!("bytes {bytes}");
    ExitCode::SUCCESS
}

/// What to look for: 8 bytes, and what they are part of.
#[derive(Default)]
struct Traces {
    windows: HashMap<u64, String>,
}

impl Traces {
    fn add(&mut self, name: &str, bytes: &[u8]) {
        for window in bytes.windows(8) {
            self.windows.insert(u64::from_ne_bytes(window.try_into().expect("8 bytes")), name.to_owned());
        }
    }

    /// A key as it is and under the masks of RFC 2104, as bytes and as the words of 32 and 64 bits of the hashes.
    fn add_key(&mut self, name: &str, key: &[u8]) {
        for (mask, masked) in [(0, ""), (0x36, ", inner block"), (0x5c, ", outer block")] {
            let mut block: Vec<u8> = key.iter().map(|byte| byte ^ mask).collect();
            self.add(&format!("{name}{masked}"), &block);
            for word in [4, 8] {
                block.resize(block.len().next_multiple_of(word), mask);
                let words: Vec<u8> = block.chunks(word).flat_map(|word| word.iter().rev()).copied().collect();
                self.add(&format!("{name}{masked}, in words of {word} bytes"), &words);
            }
        }
    }

    /// Runs a child, and searches it once it has stopped.
    fn search(&self, arguments: &[&str], fields: &[&[u8]], bytes: &mut usize) -> Vec<String> {
        let mut input = Vec::new();
        for field in fields {
            input.extend(u16::try_from(field.len()).expect("a short field").to_be_bytes());
            input.extend(field.iter().map(|byte| !byte));
        }
        let program = std::env::current_exe().expect("this program");
        let mut child =
            Command::new(program).args(arguments).stdin(Stdio::piped()).spawn().expect("this program starts");
        child.stdin.as_mut().expect("a pipe").write_all(&input).expect("the child reads");
        wait_until_stopped(&mut child);
        let found = self.search_process(child.id(), bytes);
        child.kill().expect("a child");
        child.wait().expect("a child");
        found
    }

    fn search_process(&self, pid: u32, bytes: &mut usize) -> Vec<String> {
        let maps = fs::read_to_string(format!("/proc/{pid}/maps")).expect("the child's maps");
        let mut memory = File::open(format!("/proc/{pid}/mem")).expect("the child's memory");
        let mut found = Vec::new();
        for line in maps.lines() {
            let mut fields = line.split_ascii_whitespace();
            let (Some(range), Some(permissions)) = (fields.next(), fields.next()) else { continue };
            if !permissions.starts_with("rw") {
                continue;
            }
            let name = fields.nth(3).unwrap_or("anonymous");
            let (start, end) = range.split_once('-').expect("a range");
            let address = |text| u64::from_str_radix(text, 16).expect("an address");
            let (start, end) = (address(start), address(end));
            let mut content = vec![0; (end - start).try_into().expect("memory")];
            memory.seek(SeekFrom::Start(start)).expect("an address");
            memory.read_exact(&mut content).unwrap_or_else(|error| panic!("{name}: {error}"));
            *bytes += content.len();
            for (at, window) in content.windows(8).enumerate() {
                let window = u64::from_ne_bytes(window.try_into().expect("8 bytes"));
                if let Some(trace) = self.windows.get(&window) {
                    found.push(format!("{trace} at {:x} in {name}", start + at as u64));
                }
            }
        }
        found
    }
}

fn wait_until_stopped(child: &mut Child) {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let stat = fs::read_to_string(format!("/proc/{}/stat", child.id())).expect("the child's state");
        // The state follows the name of the program in parentheses.
        match stat.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next()) {
            Some('T') => return,
            Some('Z') => panic!("the child refused a code"),
            _ => assert!(Instant::now() < deadline, "the child does not stop"),
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The states after the inner and the outer block: who has them can compute codes.
fn hmac_states(key: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let mut states = Vec::new();
    for mask in [0x36, 0x5c] {
        let mut block = [mask; 128];
        for (byte, key) in block.iter_mut().zip(key) {
            *byte ^= key;
        }
        let short: [u8; 64] = *block.first_chunk().expect("64 of 128 bytes");
        let mut sha1 = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];
        sha1::block_api::compress(&mut sha1, &[short]);
        states.push(("HMAC-SHA-1 of the secret", sha1.map(u32::to_ne_bytes).concat()));
        let mut sha256 = [
            0x6a09_e667,
            0xbb67_ae85,
            0x3c6e_f372,
            0xa54f_f53a,
            0x510e_527f,
            0x9b05_688c,
            0x1f83_d9ab,
            0x5be0_cd19,
        ];
        sha2::block_api::compress256(&mut sha256, &[short]);
        states.push(("HMAC-SHA-256 of the secret", sha256.map(u32::to_ne_bytes).concat()));
        let mut sha512 = [
            0x6a09_e667_f3bc_c908,
            0xbb67_ae85_84ca_a73b,
            0x3c6e_f372_fe94_f82b,
            0xa54f_f53a_5f1d_36f1,
            0x510e_527f_ade6_82d1,
            0x9b05_688c_2b3e_6c1f,
            0x1f83_d9ab_fb41_bd6b,
            0x5be0_cd19_137e_2179,
        ];
        sha2::block_api::compress512(&mut sha512, &[block]);
        states.push(("HMAC-SHA-512 of the secret", sha512.map(u64::to_ne_bytes).concat()));
    }
    states
}

/// Base64, of whole groups of three bytes and two more.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let group =
            chunk.iter().chain(&[0; 2]).take(3).fold(0_usize, |group, byte| group << 8 | usize::from(*byte));
        for place in 0..4 {
            let character = ALPHABET[group >> (18 - 6 * place) & 63];
            text.push(if place <= chunk.len() { char::from(character) } else { '=' });
        }
    }
    text
}

/// Eight digits: a window of their own.
fn parameters(algorithm: Algorithm) -> Parameters {
    Parameters::totp().with_algorithm(algorithm).with_digits(Digits::Eight)
}

const ALGORITHMS: [Algorithm; 3] = [Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512];

const APPLICATION: &str = "proofs";
