//! Only records that were sealed open; any change to one is refused.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use poterne::{
    Denied, ErrorKind, ExistingCredential, Keyring, Parameters, Refusal, Secret, UnixTime, Verifier,
};

static VERIFIER: LazyLock<(Verifier, String)> = LazyLock::new(|| {
    let keyring = Keyring::parse(
        "poterne-keyring-1\n1 primary AAAQEAYEAUDAOCAJBIFQYDIOB4IBCEQTCQKRMFYYDENBWHA5DYPQ OXKDGPOA\n",
    );
    let verifier = Verifier::new(keyring.expect("a keyring"), "fuzz").expect("a verifier");
    let secret = Secret::from_bytes(b"12345678901234567890").expect("a secret");
    let existing = ExistingCredential::new(secret, Parameters::totp());
    let change = verifier.import("a", existing, UnixTime::EPOCH).expect("an import");
    let record = change.record().expect("a record to insert").as_str().to_owned();
    (verifier, record)
});

fuzz_target!(|input: (u16, &str)| {
    let (verifier, record) = &*VERIFIER;
    let (position, text) = input;
    let now = UnixTime::from_secs(1_700_000_010).expect("a time");
    // The text itself, and the text laid over a record.
    let position = usize::from(position) % (record.len() + 1);
    let end = (position + text.len()).min(record.len());
    let laid_over = format!("{}{text}{}", &record[..position], &record[end..]);
    for text in [text, &laid_over] {
        let trimmed = text.trim_end_matches(' ');
        match verifier.credential("a", Some(text)).expect("a name").verify("123456", now) {
            Ok(attempt) if trimmed.is_empty() => {
                assert!(matches!(attempt.outcome(1), Err(Denied::Refused(Refusal::NotEnrolled))));
            }
            Ok(_) => assert_eq!(trimmed, record),
            Err(error) => {
                let kinds = [ErrorKind::Record, ErrorKind::UnknownKey, ErrorKind::RecordFormat];
                assert!(kinds.contains(&error.kind()) && trimmed != record);
            }
        }
    }
});
