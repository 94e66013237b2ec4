//! Keyring files: who may read them, and what is in them.

#![cfg(unix)]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use poterne::{ErrorKind, Keyring};

/// A file of its own for each test, gone at its end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str, content: &[u8], mode: u32) -> Self {
        let path = std::env::temp_dir().join(format!("poterne-{}-{name}", std::process::id()));
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn refused(file: &Scratch) -> (ErrorKind, String) {
    match Keyring::open(&file.0) {
        Ok(_) => panic!("opened"),
        Err(error) => (error.kind(), error.to_string()),
    }
}

#[test]
fn a_file_of_its_owner_alone_opens() {
    let keyring = Keyring::generate(20261121).unwrap();
    for (mode, name) in [(0o600, "0600"), (0o400, "0400"), (0o700, "0700")] {
        let file = Scratch::new(name, keyring.to_text().as_bytes(), mode);
        let opened = Keyring::open(&file.0).unwrap();
        assert_eq!(opened.to_text().as_str(), keyring.to_text().as_str());
    }
}

#[test]
fn a_file_that_others_can_read_or_write_is_refused() {
    let keyring = Keyring::generate(1).unwrap();
    for mode in [0o640, 0o604, 0o644, 0o660, 0o606, 0o620, 0o602, 0o610, 0o666, 0o777] {
        let file = Scratch::new(&format!("{mode:o}"), keyring.to_text().as_bytes(), mode);
        let (kind, message) = refused(&file);
        assert_eq!(kind, ErrorKind::KeyringFile);
        // The way out for systemd credentials and container secrets.
        assert!(message.contains("chmod 600") && message.contains("Keyring::parse"), "{message}");
    }
}

#[test]
fn files_that_are_no_keyrings_are_refused() {
    let missing = Scratch(std::env::temp_dir().join("poterne-there-is-no-such-file"));
    assert_eq!(refused(&missing).0, ErrorKind::KeyringFile);
    let folder = std::env::temp_dir().join(format!("poterne-{}-folder", std::process::id()));
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, Permissions::from_mode(0o700)).unwrap();
    let kind = Keyring::open(&folder).map(drop).unwrap_err().kind();
    fs::remove_dir(&folder).unwrap();
    assert_eq!(kind, ErrorKind::KeyringFile);

    let text = Keyring::generate(1).unwrap().to_text();
    let mut long = text.as_bytes().to_vec();
    long.extend(b"#".repeat(10_000_000));
    let contents: [(&str, &[u8]); 6] = [
        ("empty", b""),
        ("latin-1", b"poterne-keyring-1\n# cl\xe9s\n"),
        ("nul", b"poterne-keyring-1\0"),
        ("half", &text.as_bytes()[..40]),
        ("header", b"poterne-keyring-1\n"),
        ("long", &long),
    ];
    for (name, content) in contents {
        assert_eq!(refused(&Scratch::new(name, content, 0o600)).0, ErrorKind::Keyring, "{name}");
    }
}
