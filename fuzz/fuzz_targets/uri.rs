//! A URI that was read can be built, and is read again as it was.

#![no_main]

use libfuzzer_sys::fuzz_target;
use poterne::{ErrorKind, OtpauthNames, OtpauthUri};

fuzz_target!(|text: &str| {
    let content = match OtpauthUri::parse(text) {
        Ok(content) => content,
        Err(error) => {
            let kinds = [ErrorKind::Uri, ErrorKind::Secret, ErrorKind::Counter];
            return assert!(kinds.contains(&error.kind()));
        }
    };
    let issuer = content.issuer().unwrap_or("nobody");
    let names = OtpauthNames { issuer, label: content.label() };
    let built = OtpauthUri::build(content.secret(), content.parameters(), names, true);
    let names_fit = (1..=64).contains(&issuer.len())
        && (1..=255).contains(&content.label().len())
        && !issuer.contains(':')
        && !content.label().contains(':');
    let Ok(uri) = built else { return assert!(!names_fit) };
    // Spaces around the names belong to the separator, not to them.
    if issuer.trim_matches(' ') != issuer || content.label().trim_start_matches(' ') != content.label() {
        return;
    }
    let again = OtpauthUri::parse(uri.as_str()).expect("what was built can be read");
    assert_eq!(again.secret().as_bytes(), content.secret().as_bytes());
    assert_eq!(again.parameters(), content.parameters());
    assert_eq!((again.issuer(), again.label()), (Some(issuer), content.label()));
    let same = OtpauthUri::build(again.secret(), again.parameters(), names, true);
    assert_eq!(same.expect("once more").as_str(), uri.as_str());
});
