//! CSV files of tokens: what manufacturers deliver, what spreadsheets make of it, and what means harm.

#![cfg(feature = "token-files")]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

use std::time::Instant;

use poterne::token::{CsvLayout, CsvOptions, Encoding, Separator, TokenEntry, prove_csv, read_csv};
use poterne::{
    Algorithm, Digits, Error, ErrorKind, MovingFactor, OtpFormat, Secret, TimeSteps, UnixTime, hotp, totp,
};
use proptest::prelude::*;

const HEADER: &str = "upn,serial number,secret key,time interval,manufacturer,model\n";
const BASE32: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const HEX: &str = "3132333435363738393031323334353637383930";

fn entra() -> CsvOptions {
    CsvOptions::new(CsvLayout::Entra)
}

fn oath() -> CsvOptions {
    CsvOptions::new(CsvLayout::Oath).with_algorithm(Algorithm::Sha1)
}

fn columns(map: &str) -> CsvOptions {
    CsvOptions::of_columns(map).unwrap().with_encoding(Encoding::Hex).with_algorithm(Algorithm::Sha1)
}

fn error(bytes: impl AsRef<[u8]>, options: &CsvOptions) -> Error {
    read_csv(bytes.as_ref(), options).map(|file| panic!("{file:?}")).unwrap_err()
}

/// The only token of a file.
fn one(text: &str, options: &CsvOptions) -> TokenEntry {
    let mut entries = read_csv(text.as_bytes(), options).unwrap().into_entries();
    assert_eq!(entries.len(), 1);
    entries.remove(0).unwrap()
}

/// What is said of the only line of a file.
fn fault(text: &str, options: &CsvOptions) -> (ErrorKind, String) {
    let mut entries = read_csv(text.as_bytes(), options).unwrap().into_entries();
    assert_eq!(entries.len(), 1, "{text}");
    let fault = entries.remove(0).expect_err(text);
    (fault.kind(), fault.to_string())
}

#[test]
fn every_layout() {
    let token = one(&format!("{HEADER}a.martin@dep.example,0306,{BASE32},60,Example,T1\n"), &entra());
    assert_eq!((token.line(), token.serial(), token.account()), (2, "0306", Some("a.martin@dep.example")));
    assert_eq!((token.manufacturer(), token.model()), (Some("Example"), Some("T1")));
    assert_eq!(token.secret().as_bytes(), b"12345678901234567890");
    assert_eq!(token.parameters().time_steps().unwrap().time_step(), 60);
    assert_eq!((token.parameters().algorithm(), token.parameters().digits()), (Algorithm::Sha1, Digits::Six));

    let deepnet = CsvOptions::new(CsvLayout::Deepnet)
        .with_encoding(Encoding::Hex)
        .with_algorithm(Algorithm::Sha256)
        .with_digits(Digits::Eight);
    let file =
        format!("Serial Number,Secret Key,timeinterval,Manufacturer,Model\n7,{HEX},30,Deepnet,SafeID\n");
    let token = one(&file, &deepnet);
    assert_eq!((token.serial(), token.account()), ("7", None));
    assert_eq!(
        (token.parameters().algorithm(), token.parameters().digits()),
        (Algorithm::Sha256, Digits::Eight)
    );
    assert!(read_csv(format!("{HEADER}x@y,7,{HEX},30,Deepnet,SafeID").as_bytes(), &deepnet).is_ok());

    let file = format!("t1, {HEX}, totp, 8, 60\n");
    assert_eq!(one(&file, &oath()).parameters().time_steps().unwrap().time_step(), 60);
    let token = one(&format!("t1,{HEX},HOTP,7,60"), &oath());
    assert_eq!((token.parameters().counter(), token.parameters().digits()), (60, Digits::Seven));
    assert_eq!(
        one(&format!("t1,{HEX},totp"), &oath()).parameters().time_steps().unwrap(),
        TimeSteps::default()
    );

    let yubico = CsvOptions::new(CsvLayout::YubicoTraditional);
    let token =
        one(&format!("OATH-HOTP,11.12.13 18:55,1,cccccccccccc,,{HEX},,,0,0,0,8,16,0,0,0,0,0\n"), &yubico);
    assert_eq!((token.serial(), token.parameters().counter()), ("cccccccccccc", 16));
    assert_eq!(
        (token.parameters().moving_factor(), token.parameters().digits()),
        (MovingFactor::Counter, Digits::Eight)
    );
    let flat = CsvOptions::new(CsvLayout::YubicoFlat);
    let token = one(&format!("# OATH mode\n508326,,0,{HEX},,2013-12-12T08:41:07,\n"), &flat);
    assert_eq!(
        (token.line(), token.serial(), token.parameters().moving_factor()),
        (2, "508326", MovingFactor::Counter)
    );

    let all = "account,-,serial,secret,type,algorithm,digits,time_step,counter,drift,watermark,not_before,not_after";
    let token = one(
        &format!("a.martin,x,7,{HEX},totp,SHA-512,8,60,,-3,58793333,2026-01-01,2026-12-31\n"),
        &columns(all),
    );
    assert_eq!((token.account(), token.drift(), token.watermark()), (Some("a.martin"), -3, Some(58_793_333)));
    assert_eq!(token.parameters().algorithm(), Algorithm::Sha512);
    assert_eq!(token.parameters().not_before().map(UnixTime::as_secs), Some(1_767_225_600));
    assert_eq!(
        token.parameters().not_after().map(UnixTime::as_secs),
        Some(1_798_761_599),
        "the day's last second"
    );
    let copy = token.copy().ignore_dates();
    assert_eq!((copy.parameters().not_before(), copy.parameters().not_after()), (None, None));
    assert_eq!((copy.account(), copy.secret().as_bytes()), (token.account(), token.secret().as_bytes()));
    assert!(token.parameters().not_after().is_some(), "the file's stays");
    let token =
        one(&format!("7;{HEX};9\n"), &columns("serial,secret,counter").with_separator(Separator::Semicolon));
    assert_eq!(token.parameters().counter(), 9);
    let token = one(&format!("7\t{HEX}\n"), &columns("serial,secret,counter").with_separator(Separator::Tab));
    assert_eq!(
        (token.parameters().moving_factor(), token.parameters().counter()),
        (MovingFactor::Counter, 0)
    );
    let token =
        one(&format!("number,key\n7,{HEX}\n"), &columns("serial,secret").with_header().with_time_step(60));
    assert_eq!(token.parameters().time_steps().unwrap().time_step(), 60);
    let token = one(&format!("7,{HEX}\n"), &columns("serial,secret").with_counter_based());
    assert_eq!(token.parameters().moving_factor(), MovingFactor::Counter);
}

#[test]
fn files_that_are_none() {
    let line = format!("x@y,7,{BASE32},30,E,T\n");
    let file = format!("{HEADER}{line}");
    assert!(read_csv(file.as_bytes(), &entra()).is_ok());
    assert!(read_csv(&[b"\xef\xbb\xbf", file.as_bytes()].concat(), &entra()).is_ok(), "a mark is no fault");
    assert!(read_csv(file.replace('\n', "\r\n").as_bytes(), &entra()).is_ok());

    let utf16 = |bom: [u8; 2], of: fn(u16) -> [u8; 2]| {
        [bom.to_vec(), file.encode_utf16().flat_map(of).collect()].concat()
    };
    for (bytes, said) in [
        (utf16([0xff, 0xfe], u16::to_le_bytes), "UTF-16"),
        (utf16([0xfe, 0xff], u16::to_be_bytes), "UTF-16"),
        (utf16([0xff, 0xfe], u16::to_le_bytes)[2..].to_vec(), "UTF-16"),
        (file.replace("T\n", "T\0\n").into_bytes(), "no text"),
        ([file.as_bytes(), b"x@y,8,\xe9,30,E,T\n"].concat(), "not UTF-8"),
        (b"".to_vec(), "header line"),
        (b"\xef\xbb\xbf".to_vec(), "header line"),
        (b"\n\n,,,\n".to_vec(), "header line"),
        (HEADER.into(), "no token"),
        (line.clone().into_bytes(), "header line"),
        (file.replace(',', ";").into_bytes(), "separator"),
        (file.replace("upn,", "").into_bytes(), "`upn`"),
        (b"PK\x03\x04".to_vec(), "header line"),
        (b"<?xml version=\"1.0\"?><x/>".to_vec(), "quote"),
        (vec![b'a'; (64 << 20) + 1], "64 MiB"),
    ] {
        let error = error(&bytes, &entra());
        assert_eq!(error.kind(), ErrorKind::TokenFile, "{error}");
        assert!(error.to_string().contains(said), "{said}: {error}");
    }
    assert_eq!(error(format!("serial,{HEX},type,digits\n"), &oath()).kind(), ErrorKind::TokenFile);
    assert_eq!(error("", &oath()).to_string(), "there is no token in the file");
    for version_2 in ["# version: 2\n", "#version:2\n"] {
        let error = error(format!("{version_2}a,r,r,7,{HEX},totp,6\n"), &oath());
        assert_eq!(error.kind(), ErrorKind::TokenUnsupported);
    }
    assert!(read_csv(format!("# version: 1\n7,{HEX},totp,6\n").as_bytes(), &oath()).is_ok());
}

#[test]
fn lines_that_are_wrong() {
    use ErrorKind::{Argument, Counter, Secret, Time, TokenFile, TokenUnsupported};

    for (line, kind, said) in [
        (format!(",,{BASE32},30,E,T"), Argument, "line 2: the token has no serial number"),
        (format!(",1.23E+11,{BASE32},30,E,T"), Argument, "spreadsheet has rounded the serial number"),
        (format!(",{HEX},306000,30,E,T"), Argument, "line 2: the serial number looks like a secret"),
        (format!(",{BASE32},306000,30,E,T"), Argument, "line 2: the serial number looks like a secret"),
        (",7,,30,E,T".into(), Secret, "line 2, serial 7: "),
        (",7,1.23E+39,30,E,T".into(), Secret, "spreadsheet has rounded the secret"),
        (",7,1234567ABCDEF,30,E,T".into(), Secret, "line 2, serial 7: "),
        (",7,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA,30,E,T".into(), Secret, "placeholder"),
        (format!(",7,{BASE32},,E,T"), Argument, "the time step is missing"),
        (format!(",7,{BASE32},30junk,E,T"), Argument, "the time step"),
        (format!(",7,{BASE32},+30,E,T"), Argument, "the time step"),
        (format!(",7,{BASE32},29,E,T"), Argument, "the time step"),
        (format!(",7,{BASE32},121,E,T"), Argument, "the time step"),
        (format!(",7,{BASE32},30,E"), TokenFile, "line 2, serial 7: the line has fewer columns"),
        (format!(",7,{BASE32},30,E,T,x"), TokenFile, "line 2, serial 7: the line has more columns"),
        (format!(",7,{BASE32},30,E\u{200b},T"), Argument, "invisible"),
        (format!("=\"7\",7,{BASE32},30,E,T"), TokenFile, "line 2: a quote"),
        (
            format!(",7,\"{BASE32},30,E,T"),
            TokenFile,
            "line 2: a cell begins with a quote that is never closed",
        ),
        (format!(",7,{BASE32},30,E,T\rx"), TokenFile, "line 2: "),
    ] {
        let (found, message) = fault(&format!("{HEADER}{line}\n"), &entra());
        assert_eq!(found, kind, "{line}: {message}");
        assert!(message.contains(said), "{line}: {message}");
        assert!(!message.contains(BASE32) && !message.contains(HEX), "{message}");
    }
    for (line, kind, said) in [
        (format!("7,{HEX}"), TokenFile, "fewer columns"),
        (format!("7,{HEX},"), Argument, "hotp or totp"),
        (format!("7,{HEX},ocra,OCRA-1:HOTP-SHA1-8:QH40"), TokenUnsupported, "neither hotp nor totp"),
        (format!("7,{HEX},totp,5"), Argument, "digits"),
        (format!("7,{HEX},totp,9"), Argument, "digits"),
        (format!("7,{HEX},totp,6x"), Argument, "digits"),
        (format!("7,{HEX},hotp,6,-1"), Counter, "counter"),
        (format!("7,{HEX},hotp,6,12;rm"), Counter, "counter"),
        (format!("7,{HEX},hotp,6,9223372036854775808"), Counter, "counter"),
        (format!("7,{}1,totp,6", HEX), Secret, "hexadecimal"),
        (format!("7,0x{HEX},totp,6"), Secret, "hexadecimal"),
        (format!("7,{},totp,6", "00".repeat(20)), Secret, "placeholder"),
    ] {
        let (found, message) = fault(&line, &oath());
        assert_eq!(found, kind, "{line}: {message}");
        assert!(message.contains(said) && !message.contains(HEX), "{line}: {message}");
    }
    assert_eq!(
        one(&format!("7,{HEX},hotp,6,9223372036854775807"), &oath()).parameters().counter(),
        u64::MAX >> 1
    );
    let all = "serial,secret,type,algorithm,counter,drift,watermark,not_before,not_after";
    for (cells, kind) in [
        ("totp,MD5,,,,,", TokenUnsupported),
        ("totp,,1,,,,", Argument),
        ("hotp,,,1,,,", Argument),
        ("hotp,,,,1,,", Argument),
        ("totp,,,201,,,", Argument),
        ("totp,,,1.5,,,", Argument),
        ("totp,,,,x,,", Argument),
        ("totp,,,,9223372036854775808,,", Counter),
        ("totp,,,,,2026-02-29,", Time),
        ("totp,,,,,,31/12/2026", Time),
        ("totp,,,,,2026-12-31,2026-01-01", Argument),
    ] {
        assert_eq!(fault(&format!("7,{HEX},{cells}"), &columns(all)).0, kind, "{cells}");
    }
    let yubico = CsvOptions::new(CsvLayout::YubicoTraditional);
    for (line, said) in [
        (
            format!("Yubico OTP,12/11/2013 11:10,1,vvgutbiedkvi,ab86c04de6a3,{HEX},,,0,0,0,0,0"),
            "no OATH-HOTP",
        ),
        (format!("OATH-HOTP,x,1,cccccccccccc,,{HEX},,,0,1,0,6,0"), "before each code"),
        (format!("OATH-HOTP,x,1,,,{HEX},,,0,0,0,6,0"), "no serial number"),
    ] {
        let (_, message) = fault(&line, &yubico);
        assert!(message.contains(said), "{message}");
    }
    let flat = CsvOptions::new(CsvLayout::YubicoFlat);
    assert_eq!(fault(&format!("508326,ccc,83ce,{HEX},,,"), &flat).0, TokenUnsupported);
    assert_eq!(fault(&format!("508326,,,{HEX},,,"), &flat).0, TokenUnsupported);
}

/// A serial number or a secret that comes twice is a fault of the later line; a faulty line does not count.
#[test]
fn what_comes_twice() {
    let other = HEX.replace('9', "8");
    let file = format!("1,{HEX},totp\n1,{other},totp\n2,{HEX},totp\n3,x,totp\n3,{other},totp\n");
    let entries = read_csv(file.as_bytes(), &oath()).unwrap().into_entries();
    let faults: Vec<_> = entries.iter().map(|entry| entry.as_ref().err().map(|fault| fault.line())).collect();
    assert_eq!(faults, [None, Some(2), Some(3), Some(4), None]);
}

#[test]
fn a_code_proves_encoding_and_hash() {
    let now = UnixTime::from_secs(1_763_800_000).unwrap();
    let deepnet = CsvOptions::new(CsvLayout::Deepnet);
    // Base32 of 32 characters, all of which are hexadecimal digits too.
    let text = "234567ABCDEF234567ABCDEF234567AB";
    let file =
        format!("serial number,secret key,time interval,manufacturer,model\n7,{text},30,E,T\n8,x,30,E,T\n");
    for encoding in Encoding::ALL {
        let secret = match encoding {
            Encoding::Base32 => Secret::from_base32(text).unwrap(),
            Encoding::Hex => Secret::from_hex(text).unwrap(),
        };
        for algorithm in Algorithm::ALL {
            let format = OtpFormat::default().with_algorithm(*algorithm);
            for (late, is_found) in [(0, true), (300, true), (319, true), (320, false)] {
                let then = now.saturating_add(late);
                let code = totp::generate(&secret, format, TimeSteps::default(), now).unwrap();
                let proof = prove_csv(file.as_bytes(), &deepnet, "7", code.as_str(), then).unwrap();
                let proved = [(*encoding, *algorithm)];
                assert_eq!(proof, if is_found { proved.to_vec() } else { Vec::new() }, "{late}");
            }
            // What is declared is not tried otherwise.
            let code = totp::generate(&secret, format, TimeSteps::default(), now).unwrap();
            let declared = deepnet.clone().with_encoding(Encoding::Hex).with_algorithm(Algorithm::Sha1);
            let is_found = (*encoding, *algorithm) == (Encoding::Hex, Algorithm::Sha1);
            let proof = prove_csv(file.as_bytes(), &declared, "7", code.as_str(), now).unwrap();
            assert_eq!(proof.is_empty(), !is_found);
        }
    }
    for (serial, code) in [("8", "123456"), ("9", "123456"), ("7", "1234567"), ("7", "")] {
        let error = prove_csv(file.as_bytes(), &deepnet, serial, code, now).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Argument, "{serial} {code}");
    }
    // Counter-based: from the file's counter on, 20 presses.
    let secret = Secret::from_hex(HEX).unwrap();
    let oath = CsvOptions::new(CsvLayout::Oath);
    let file = format!("7,{HEX},hotp,6,100\n");
    for (counter, is_found) in [(99, false), (100, true), (120, true), (121, false)] {
        let format = OtpFormat::default().with_algorithm(Algorithm::Sha512);
        let code = hotp::generate(&secret, format, counter);
        let proof = prove_csv(file.as_bytes(), &oath, "7", code.as_str(), now).unwrap();
        let proved = [(Encoding::Hex, Algorithm::Sha512)];
        assert_eq!(proof, if is_found { proved.to_vec() } else { Vec::new() }, "{counter}");
    }
    // A column that says the hash leaves nothing to prove but the encoding.
    let map = CsvOptions::of_columns("serial,secret,algorithm").unwrap();
    let code = totp::generate(&secret, OtpFormat::default(), TimeSteps::default(), now).unwrap();
    let proof = prove_csv(format!("7,{HEX},SHA1").as_bytes(), &map, "7", code.as_str(), now).unwrap();
    assert_eq!(proof, [(Encoding::Hex, Algorithm::Sha1)]);
}

/// A code that two readings make proves nothing. Found by search: of one secret, the codes of two hashes are the same at some counter.
#[test]
fn several_fit() {
    let secret = Secret::from_hex(HEX).unwrap();
    let of =
        |algorithm, counter| hotp::generate(&secret, OtpFormat::default().with_algorithm(algorithm), counter);
    let counter = (0..2_000_000)
        .find(|counter| of(Algorithm::Sha1, *counter).as_str() == of(Algorithm::Sha256, *counter).as_str())
        .unwrap();
    let file = format!("7,{HEX},hotp,6,{counter}\n");
    let code = of(Algorithm::Sha1, counter);
    let proof =
        prove_csv(file.as_bytes(), &CsvOptions::new(CsvLayout::Oath), "7", code.as_str(), UnixTime::EPOCH);
    assert_eq!(proof.unwrap(), [(Encoding::Hex, Algorithm::Sha1), (Encoding::Hex, Algorithm::Sha256)]);
}

/// Rubbish is refused without being read for long; what is read is read once.
#[test]
fn size_is_bounded() {
    let started = Instant::now();
    let rubbish = vec![b'x'; 100_000_000];
    assert_eq!(error(&rubbish, &entra()).kind(), ErrorKind::TokenFile);
    for text in ["\n", ",\n", "\"", "\"\"\n", "a,", "a\n", "#\n", "\"a\"\"\n"] {
        let file = text.repeat((64 << 20) / text.len());
        let said = read_csv(file.as_bytes(), &oath());
        assert!(said.is_err() || said.unwrap().entries().iter().all(Result::is_err), "{text}");
    }
    // Not a measure of speed: what is quadratic in 16 MB would not end today.
    assert!(started.elapsed().as_secs() < 600);
    let mut file = String::new();
    for serial in 0..100_000 {
        file.push_str(&format!("{serial},{serial:040x},totp,6,30\n"));
    }
    let entries = read_csv(file.as_bytes(), &oath()).unwrap().into_entries();
    assert_eq!(entries.iter().filter(|entry| entry.is_ok()).count(), 99_999, "all but the secret of zeros");
}

proptest! {
    /// What is written as RFC 4180 says is read as it was.
    #[test]
    fn written_and_read(
        account in "[ -~é€]{0,20}",
        model in "[ -~\"]{0,20}",
        serial in "[A-Z]{2}[0-9]{1,10}",
        secret in proptest::collection::vec(any::<u8>(), 2..64),
        crlf: bool,
        separator in prop_oneof![Just((Separator::Comma, ',')), Just((Separator::Semicolon, ';')), Just((Separator::Tab, '\t'))],
    ) {
        prop_assume!(secret.iter().any(|byte| *byte != secret[0]));
        let (separator, mark) = separator;
        let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
        let secret = Secret::from_bytes(&secret).unwrap();
        let text = secret.to_base32();
        let cells = [quoted(&serial), text.as_str().into(), quoted(&account), quoted(&model)];
        let end = if crlf { "\r\n" } else { "\n" };
        let file = format!("{}{end}", cells.join(&mark.to_string()));
        let options = columns("serial,secret,account,model").with_encoding(Encoding::Base32).with_separator(separator);
        let token = one(&file, &options);
        prop_assert_eq!(token.serial(), serial);
        prop_assert_eq!(token.secret().as_bytes(), secret.as_bytes());
        prop_assert_eq!(token.account().unwrap_or_default(), account.trim_matches(' '));
        prop_assert_eq!(token.model().unwrap_or_default(), model.trim_matches(' '));
    }

    /// Nothing panics, no message has what stands in the secret's place, and every line of it is inside the file.
    #[test]
    fn anything(text in "[0-9A-Ga-g,;\"\r\n#\t .+-]{0,200}", layout in 0..6_usize) {
        let options = match CsvLayout::ALL.get(layout) {
            Some(CsvLayout::Deepnet) => CsvOptions::new(CsvLayout::Deepnet).with_encoding(Encoding::Hex).with_algorithm(Algorithm::Sha1),
            Some(CsvLayout::Oath) => oath(),
            Some(layout) => CsvOptions::new(*layout),
            None => columns("serial,secret,counter"),
        };
        let file = if layout < 2 { format!("{HEADER}{text}") } else { text };
        if let Ok(read) = read_csv(file.as_bytes(), &options) {
            for entry in read.entries() {
                let line = match entry {
                    Ok(token) => token.line(),
                    Err(fault) => fault.line(),
                };
                prop_assert!((1..=file.lines().count()).contains(&line));
            }
        }
    }
}
