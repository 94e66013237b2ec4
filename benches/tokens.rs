//! How long token files take: 10,000 tokens read and sealed, plain and encrypted, and files that want to take long. Processor time of
//! one core, the best of several rounds; the derivation of a key from a password is left out.
//!
//! `cargo bench --features token-files --bench tokens`; with `-- --test` each once.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark may panic and print"
)]

use std::env;
use std::fmt::Write;
use std::hint::black_box;
use std::time::Duration;

use aes::Aes128;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeEncrypt, KeyIvInit};
use cpu_time::ThreadTime;
use hmac::{Hmac, KeyInit, Mac};
use poterne::token::{FileKey, read_pskc};
use poterne::{Keyring, UnixTime, Verifier};
use sha1::Sha1;

const TOKENS: u32 = 10_000;
const SHARED: [u8; 16] = *b"0123456789abcdef";

fn main() {
    let rounds = if env::args().any(|argument| argument == "--test") { 1 } else { 7 };
    let best = |work: &mut dyn FnMut()| -> Duration {
        (0..rounds)
            .map(|_| {
                let begin = ThreadTime::now();
                work();
                begin.elapsed()
            })
            .min()
            .unwrap()
    };
    let verifier = Verifier::new(Keyring::generate(20_261_128).unwrap(), "benches").unwrap();
    let now = UnixTime::from_secs(1_795_887_900).unwrap();
    let read_and_seal = |file: &str, key: FileKey<'_>| {
        let mut sealed = 0;
        for entry in read_pskc(file.as_bytes(), key).unwrap().into_entries() {
            let entry = entry.unwrap();
            let account = format!("serial:{}", entry.serial());
            let _ = black_box(verifier.enroll_token(&account, entry.into_hardware_token(), now).unwrap());
            sealed += 1;
        }
        assert_eq!(sealed, TOKENS);
    };
    let (plain, encrypted) = (plain(), encrypted());
    for (name, file, key) in
        [("plain", &plain, FileKey::None), ("encrypted", &encrypted, FileKey::PreShared(&SHARED))]
    {
        let read = best(&mut || {
            black_box(read_pskc(file.as_bytes(), key).unwrap());
        });
        let sealed = best(&mut || read_and_seal(file, key));
        println!("{name}: {TOKENS} tokens, {} bytes: read {read:?}, read and sealed {sealed:?}", file.len());
    }

    const LARGEST: usize = 64 << 20;
    let container = |inside: String| {
        format!("<KeyContainer xmlns=\"urn:ietf:params:xml:ns:keyprov:pskc\">{inside}</KeyContainer>")
    };
    for (name, file) in [
        ("100 MB of a letter", "a".repeat(100_000_000)),
        ("64 MiB of elements", container("<a/>".repeat((LARGEST - 200) / 4))),
        ("64 MiB of attributes", container("<a b='1' c='2' d='3'/>".repeat((LARGEST - 200) / 22))),
        ("64 MiB of text", container("x".repeat(LARGEST - 200))),
        ("64 MiB of references", container("&amp;".repeat((LARGEST - 200) / 5))),
        ("64 MiB of line ends", container("\r\n".repeat((LARGEST - 200) / 2))),
        ("64 MiB of comments", container("<!---->".repeat((LARGEST - 200) / 7))),
        ("64 MiB of namespaces", container("<a xmlns:b='c'/>".repeat((LARGEST - 200) / 16))),
        ("64 MiB of packages", container("<KeyPackage/>".repeat((LARGEST - 200) / 13))),
    ] {
        let time = best(&mut || {
            black_box(read_pskc(file.as_bytes(), FileKey::None).unwrap_err());
        });
        println!("{name}: refused in {time:?}");
    }
}

fn packages(namespaces: &str, before: &str, secret: impl Fn(&[u8; 20], u32) -> String) -> String {
    let mut file = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<KeyContainer Version=\"1.0\" xmlns=\"urn:ietf:params:xml:ns:keyprov:pskc\"{namespaces}>\n{before}"
    );
    for number in 0..TOKENS {
        let mut bytes = *b"12345678901234567890";
        for (byte, number) in bytes.iter_mut().zip(number.to_be_bytes()) {
            *byte = number;
        }
        write!(
            file,
            "  <KeyPackage>\n    <DeviceInfo>\n      <Manufacturer>Feitian Technology Co.,Ltd</Manufacturer>\n      <SerialNo>26001{number:08}</SerialNo>\n    </DeviceInfo>\n    <Key Id=\"26001{number:08}\" Algorithm=\"urn:ietf:params:xml:ns:keyprov:pskc:totp\">\n      <AlgorithmParameters>\n        <ResponseFormat Length=\"6\" Encoding=\"DECIMAL\"/>\n      </AlgorithmParameters>\n      <Data>\n        <Secret>\n          {}\n        </Secret>\n        <Time>\n          <PlainValue>0</PlainValue>\n        </Time>\n        <TimeInterval>\n          <PlainValue>60</PlainValue>\n        </TimeInterval>\n      </Data>\n      <Policy>\n        <StartDate>2026-08-01T00:00:00Z</StartDate>\n        <ExpiryDate>2037-12-31T00:00:00Z</ExpiryDate>\n      </Policy>\n    </Key>\n  </KeyPackage>\n",
            secret(&bytes, number)
        )
        .unwrap();
    }
    file.push_str("</KeyContainer>\n");
    file
}

fn plain() -> String {
    packages("", "", |secret, _| format!("<PlainValue>{}</PlainValue>", base64(secret)))
}

fn encrypted() -> String {
    const MAC_KEY: &[u8] = b"a key of twenty byte";
    let value = |bytes: &[u8], number: u32| {
        let mut iv = [0; 16];
        iv.iter_mut().zip(number.to_be_bytes()).for_each(|(byte, number)| *byte = number);
        let mut data = [iv.as_slice(), bytes, &[0; 16]].concat();
        let encryptor = cbc::Encryptor::<Aes128>::new_from_slices(&SHARED, &iv).unwrap();
        let len = encryptor.encrypt_padded::<Pkcs7>(data.get_mut(16..).unwrap(), bytes.len()).unwrap().len();
        data.truncate(16 + len);
        data
    };
    let data = |bytes: &[u8]| {
        format!(
            "<xenc:EncryptionMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#aes128-cbc\"/>\n            <xenc:CipherData>\n              <xenc:CipherValue>{}</xenc:CipherValue>\n            </xenc:CipherData>",
            base64(bytes)
        )
    };
    let before = format!(
        "  <EncryptionKey><ds:KeyName>k</ds:KeyName></EncryptionKey>\n  <MACMethod Algorithm=\"http://www.w3.org/2000/09/xmldsig#hmac-sha1\"><MACKey>{}</MACKey></MACMethod>\n",
        data(&value(MAC_KEY, u32::MAX))
    );
    let namespaces =
        " xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\"";
    packages(namespaces, &before, |secret, number| {
        let sealed = value(secret, number);
        let mut mac = <Hmac<Sha1> as KeyInit>::new_from_slice(MAC_KEY).unwrap();
        mac.update(&sealed);
        let mac = base64(&mac.finalize().into_bytes());
        format!("<EncryptedValue>{}</EncryptedValue>\n          <ValueMAC>{mac}</ValueMAC>", data(&sealed))
    })
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
            let value = ALPHABET.get((group >> (18 - 6 * place) & 63) as usize).unwrap();
            text.push(if place <= chunk.len() { char::from(*value) } else { '=' });
        }
    }
    text
}
