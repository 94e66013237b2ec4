//! PSKC files through the public calls: hostile ones, altered ones, and the way of a token from the file to a login.

#![cfg(feature = "token-files")]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

use poterne::token::{FileKey, TokenFile, read_pskc};
use poterne::{
    Authenticator, Error, ErrorKind, Keyring, OtpFormat, Secret, State, TimeSteps, UnixTime, Verifier, hotp,
    totp,
};

const SECRET: &[u8] = b"12345678901234567890";
const SHARED: [u8; 16] =
    [0x12, 0x34, 0x56, 0x78, 0x90, 0x12, 0x34, 0x56, 0x78, 0x90, 0x12, 0x34, 0x56, 0x78, 0x90, 0x12];

fn container(inside: &str) -> String {
    format!(
        "<KeyContainer Version=\"1.0\" xmlns=\"urn:ietf:params:xml:ns:keyprov:pskc\" \
         xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\">{inside}</KeyContainer>"
    )
}

fn package(serial: &str, algorithm: &str, data: &str, policy: &str) -> String {
    format!(
        "<KeyPackage><DeviceInfo><SerialNo>{serial}</SerialNo></DeviceInfo>\
         <Key Id=\"1\" Algorithm=\"urn:ietf:params:xml:ns:keyprov:pskc:{algorithm}\">\
         <Data><Secret><PlainValue>MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=</PlainValue></Secret>{data}</Data>{policy}</Key></KeyPackage>"
    )
}

/// Figure 6 of RFC 6030.
fn figure_6() -> String {
    let value = |text| {
        format!(
            "<xenc:EncryptionMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#aes128-cbc\"/>\
             <xenc:CipherData><xenc:CipherValue>{text}</xenc:CipherValue></xenc:CipherData>"
        )
    };
    container(&format!(
        "<EncryptionKey/><MACMethod Algorithm=\"http://www.w3.org/2000/09/xmldsig#hmac-sha1\"><MACKey>{}</MACKey></MACMethod>\
         <KeyPackage><DeviceInfo><SerialNo>987654321</SerialNo></DeviceInfo>\
         <Key Id=\"12345678\" Algorithm=\"urn:ietf:params:xml:ns:keyprov:pskc:hotp\"><Data><Secret>\
         <EncryptedValue>{}</EncryptedValue><ValueMAC>Su+NvtQfmvfJzF6bmQiJqoLRExc=</ValueMAC></Secret></Data></Key></KeyPackage>",
        value("ESIzRFVmd4iZABEiM0RVZgKn6WjLaTC1sbeBMSvIhRejN9vJa2BOlSaMrR7I5wSX"),
        value("AAECAwQFBgcICQoLDA0OD+cIHItlB3Wra1DUpxVvOx2lef1VmNPCMl8jwZqIUqGv"),
    ))
}

fn refused(bytes: &[u8]) -> ErrorKind {
    read_pskc(bytes, FileKey::None).expect_err("a hostile file was read").kind()
}

/// Each is as large as a file may be, or larger. How long they take is in `benches/tokens`.
#[test]
fn large_files_of_rubbish_are_refused() {
    const LEN: usize = 64 << 20;
    for piece in ["\0", " ", "<", "a", "&", "<a>", "<a/>", "<!--", "<a b='", "\u{feff}", "</a>", "<![CDATA["]
    {
        for len in [LEN, 100_000_000] {
            assert_eq!(
                refused(piece.repeat(len / piece.len()).as_bytes()),
                ErrorKind::TokenFile,
                "{piece:?} x {len}"
            );
        }
    }
    let inside = |piece: &str| container(&piece.repeat((LEN - 1_000) / piece.len()));
    for piece in ["<a/>", "<a>", "x", "<!-- -->", "<?a?>", "<a x='1' y='2'/>", "&amp;", "<a xmlns:b='c'>"] {
        let kind = refused(inside(piece).as_bytes());
        assert!(matches!(kind, ErrorKind::TokenFile | ErrorKind::TokenUnsupported), "{piece}: {kind}");
    }
}

#[test]
fn what_grows_with_a_square_is_bounded() {
    let attributes: String = (0..100_000).map(|number| format!(" a{number}='x'")).collect();
    assert_eq!(refused(container(&format!("<a{attributes}/>")).as_bytes()), ErrorKind::TokenFile);
    // The bound itself, and one below it: an element that the format does not have.
    let tag = |count| (0..count).map(|number| format!(" a{number}='x'")).collect::<String>();
    assert_eq!(refused(container(&format!("<a{}/>", tag(33))).as_bytes()), ErrorKind::TokenFile);
    assert_eq!(refused(container(&format!("<a{}/>", tag(32))).as_bytes()), ErrorKind::TokenUnsupported);
    let namespaces: String = (0..40_000).map(|number| format!("<a xmlns:n{number}='x{number}'>")).collect();
    assert_eq!(refused(container(&namespaces).as_bytes()), ErrorKind::TokenFile);
    let siblings: String = (0..31).map(|number| format!(" xmlns:n{number}='x{number}'")).collect();
    assert_eq!(
        refused(container(&format!("<a{siblings}><a{siblings}><a{siblings}/></a></a>")).as_bytes()),
        ErrorKind::TokenFile
    );
    // The control: what a manufacturer's program may well write is none of that.
    let namespaces: String = (0..10).map(|number| format!(" xmlns:n{number}='x{number}'")).collect();
    let file =
        container(&package("1", "hotp", "", "")).replace("<KeyPackage", &format!("<KeyPackage{namespaces}"));
    assert!(read_pskc(file.as_bytes(), FileKey::None).unwrap().entries()[0].is_ok());
}

#[test]
fn the_number_of_tokens_is_bounded() {
    let file = |count| container(&"<KeyPackage/>".repeat(count));
    assert_eq!(read_pskc(file(200_000).as_bytes(), FileKey::None).unwrap().entries().len(), 200_000);
    assert_eq!(refused(file(200_001).as_bytes()), ErrorKind::TokenFile);
    let key = "<KeyPackage><Key/></KeyPackage>";
    assert_eq!(refused(container(&key.repeat(200_001)).as_bytes()), ErrorKind::TokenFile);
}

#[test]
fn the_line_of_what_is_wrong_is_told() {
    let file = format!("\n\n{}", container("\n\n<a b='<'/>"));
    let error = read_pskc(file.as_bytes(), FileKey::None).unwrap_err();
    assert!(error.to_string().starts_with("line 5: the file is not well-formed"), "{error}");
    let file = format!("\n{}", container(&format!("\n\n{}", package("1", "pin", "", ""))));
    let read = read_pskc(file.as_bytes(), FileKey::None).unwrap();
    let fault = read.entries()[0].as_ref().unwrap_err();
    assert_eq!((fault.line(), fault.serial(), fault.kind()), (4, Some("1"), ErrorKind::TokenUnsupported));
    assert!(fault.to_string().starts_with("line 4, serial 1: the key is for another algorithm"), "{fault}");
}

/// Every byte of an encrypted file, altered: the secret is the right one, or there is none.
#[test]
fn no_altered_byte_of_an_encrypted_file_gives_another_secret() {
    let file = figure_6().into_bytes();
    let read = |file: &[u8]| read_pskc(file, FileKey::PreShared(&SHARED));
    assert_eq!(secrets(read(&file)), [SECRET]);
    let (mut same, mut refused) = (0, 0);
    for at in 0..file.len() {
        for change in [1, 2, 0x20] {
            let mut altered = file.clone();
            altered[at] ^= change;
            match secrets(read(&altered)).as_slice() {
                [] => refused += 1,
                [secret] if secret == SECRET => same += 1,
                _ => panic!("byte {at} gives another secret"),
            }
        }
    }
    for len in 0..file.len() {
        assert!(secrets(read(&file[..len])).is_empty(), "the first {len} bytes");
    }
    // Serial numbers, attributes that are not read, and white space may be altered: nothing protects them.
    assert!(refused > 2_000 && same > 10, "{refused} refused, {same} the same: the test is blind");
}

fn secrets(read: Result<TokenFile, Error>) -> Vec<Vec<u8>> {
    let entries = read.map(TokenFile::into_entries).unwrap_or_default();
    entries.into_iter().flatten().map(|entry| entry.secret().as_bytes().to_vec()).collect()
}

#[test]
fn keys_of_every_length_are_told_apart() {
    for len in 0..=64 {
        let key: Vec<u8> = (1..=len).collect();
        let error = read_pskc(figure_6().as_bytes(), FileKey::PreShared(&key)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TokenPassword, "{len}");
    }
}

#[test]
fn nothing_that_is_printed_holds_a_secret() {
    let read = read_pskc(container(&package("1", "hotp", "", "")).as_bytes(), FileKey::None).unwrap();
    let wrong = read_pskc(
        container(&package("1", "hotp", "<Counter><PlainValue>8151617</PlainValue><x/></Counter>", ""))
            .as_bytes(),
        FileKey::None,
    )
    .unwrap();
    for said in [
        format!("{read:?}"),
        format!("{wrong:?}"),
        wrong.entries()[0].as_ref().unwrap_err().to_string(),
        format!("{:?}", FileKey::PreShared(&SHARED)),
        format!("{:?}", FileKey::Password(b"qwerty")),
    ] {
        for secret in ["MTIz", "1234567890", "49, 50", "8151617", "qwerty", "[18"] {
            assert!(!said.contains(secret), "{said}");
        }
    }
    assert!(format!("{read:?}").contains("serial: \"1\""), "{read:?}");
}

/// From the file to a login: enrolled, or imported with its counter, watermark, drift and dates.
#[test]
fn tokens_log_in() {
    let verifier = Verifier::new(Keyring::generate(20_261_128).unwrap(), "tests").unwrap();
    let secret = Secret::from_bytes(SECRET).unwrap();
    let now = UnixTime::from_secs(1_795_887_900).unwrap();
    let read = |algorithm, data, policy| {
        let file = container(&package("306000123", algorithm, data, policy));
        read_pskc(file.as_bytes(), FileKey::None).unwrap().into_entries().remove(0).unwrap()
    };

    let token = read("hotp", "<Counter><PlainValue>7</PlainValue></Counter>", "");
    assert_eq!(token.parameters().authenticator(), Authenticator::Token);
    let record = verifier.import("a.martin", token.into_existing(State::Active), now).unwrap();
    let record = record.record().unwrap().as_str().to_string();
    let code = |counter| hotp::generate(&secret, OtpFormat::default(), counter);
    let verify = |code: &str| {
        let attempt = verifier.credential("a.martin", Some(&record)).unwrap().verify(code, now).unwrap();
        attempt.outcome(1).is_ok()
    };
    assert!(!verify(code(6).as_str()), "a code before the counter of the file");
    assert!(verify(code(7).as_str()));

    let steps = TimeSteps::new(60, UnixTime::EPOCH).unwrap();
    let step = steps.at(now).unwrap();
    let data = format!(
        "<Time><PlainValue>{}</PlainValue></Time><TimeInterval><PlainValue>60</PlainValue></TimeInterval>\
         <TimeDrift><PlainValue>30</PlainValue></TimeDrift>",
        step + 29
    );
    let dates = "<Policy><StartDate>2012-08-01T00:00:00Z</StartDate><ExpiryDate>2022-12-31T00:00:00Z</ExpiryDate></Policy>";
    let token = read("totp", &data, dates);
    assert_eq!((token.watermark(), token.drift()), (Some(step + 29), 30));
    assert_eq!(token.parameters().not_after().map(UnixTime::as_secs), Some(1_672_444_800));
    let token = token.ignore_dates();
    assert_eq!((token.parameters().not_before(), token.parameters().not_after()), (None, None));
    let record = verifier.import("a.martin", token.into_existing(State::Active), now).unwrap();
    let record = record.record().unwrap().as_str().to_string();
    let code = |drift: u64| {
        totp::generate(&secret, OtpFormat::default(), steps, now.saturating_add(60 * drift)).unwrap()
    };
    let verify = |code: &str| {
        let attempt = verifier.credential("a.martin", Some(&record)).unwrap().verify(code, now).unwrap();
        attempt.outcome(1).is_ok()
    };
    assert!(verify(code(30).as_str()), "the drift of the file");
    assert!(!verify(code(29).as_str()), "the watermark of the file");

    let token = read("totp", "", "").into_hardware_token();
    assert!(verifier.enroll_token("a.martin", token, now).is_ok());
}
