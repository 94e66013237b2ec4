//! Keyring files: what is opened, who may read it, and what is in it.

#![cfg(unix)]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::os::unix::net::UnixListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use poterne::{ErrorKind, Keyring};

/// A folder of its own for each test, gone at its end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("poterne-{}-{name}", std::process::id()));
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn file(&self, name: &str, content: &[u8], mode: u32) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        path
    }

    fn user(&self) -> u32 {
        fs::metadata(&self.0).unwrap().uid()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let removed = fs::remove_dir_all(&self.0);
        assert!(removed.is_ok() || std::thread::panicking(), "{removed:?}");
    }
}

/// The kind and the message of a refusal.
fn refused(path: impl AsRef<Path>) -> (ErrorKind, String) {
    match Keyring::open(path) {
        Ok(_) => panic!("opened"),
        Err(error) => (error.kind(), error.to_string()),
    }
}

#[track_caller]
fn refused_as(path: impl AsRef<Path>, reason: &str) {
    let (kind, message) = refused(path);
    assert_eq!(kind, ErrorKind::KeyringFile, "{message}");
    assert!(message.contains(reason), "{message}");
}

fn text() -> Vec<u8> {
    Keyring::generate(20261121).unwrap().to_text().as_bytes().to_vec()
}

const NOBODY: u32 = 65534;

#[test]
fn a_file_of_its_owner_alone_opens() {
    let (scratch, text) = (Scratch::new("opens"), text());
    for mode in [0o600, 0o400, 0o700] {
        let file = scratch.file(&format!("{mode:o}"), &text, mode);
        assert_eq!(Keyring::open(&file).unwrap().to_text().as_bytes(), text);
        // What counts is the file that a symbolic link names: container secrets are links.
        let link = scratch.path(&format!("link-{mode:o}"));
        symlink(&file, &link).unwrap();
        assert_eq!(Keyring::open(&link).unwrap().to_text().as_bytes(), text);
    }
}

#[test]
fn a_file_that_others_can_read_or_write_is_refused() {
    let (scratch, text) = (Scratch::new("others"), text());
    for mode in [0o640, 0o604, 0o644, 0o660, 0o606, 0o620, 0o602, 0o610, 0o666, 0o777] {
        let file = scratch.file(&format!("{mode:o}"), &text, mode);
        refused_as(&file, "open to group or others");
        // The way out for systemd credentials and container secrets.
        let (_, message) = refused(&file);
        assert!(message.contains("chmod 600") && message.contains("Keyring::parse"), "{message}");
        let link = scratch.path(&format!("link-{mode:o}"));
        symlink(&file, &link).unwrap();
        refused_as(&link, "open to group or others");
    }
}

#[test]
fn a_file_that_is_missing_says_so() {
    let scratch = Scratch::new("missing");
    refused_as(scratch.path("nothing"), "does not exist");
    refused_as(scratch.path("no-folder/keys"), "does not exist");
    symlink(scratch.path("nothing"), scratch.path("link")).unwrap();
    refused_as(scratch.path("link"), "does not exist");
    // A file where a folder should be.
    let file = scratch.file("file", &text(), 0o600);
    refused_as(file.join("keys"), "cannot be read");
    refused_as("a\0path", "cannot be read");
}

#[test]
fn what_is_no_regular_file_is_refused() {
    let scratch = Scratch::new("kinds");
    let folder = scratch.path("folder");
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, Permissions::from_mode(0o700)).unwrap();
    refused_as(&folder, "not a regular file");
    let socket = scratch.path("socket");
    let _listener = UnixListener::bind(&socket).unwrap();
    fs::set_permissions(&socket, Permissions::from_mode(0o600)).unwrap();
    refused_as(&socket, "not a regular file");
    refused_as("/dev/null", "not a regular file");
    refused_as("/dev/zero", "not a regular file");
}

#[test]
fn a_fifo_does_not_block() {
    let scratch = Scratch::new("fifo");
    let fifo = scratch.path("fifo");
    let made = Command::new("mkfifo").args(["-m", "600"]).arg(&fifo).status().unwrap();
    assert!(made.success());
    symlink(&fifo, scratch.path("link")).unwrap();
    for path in [fifo.clone(), scratch.path("link")] {
        let (tell, told) = mpsc::channel();
        let opening = std::thread::spawn(move || tell.send(Keyring::open(path).map(drop)).unwrap());
        // If it blocks, it waits for a writer: after a minute it gets one, so that the test ends.
        let outcome = told.recv_timeout(Duration::from_secs(60));
        if outcome.is_err() {
            fs::write(&fifo, b"").unwrap();
        }
        opening.join().unwrap();
        let error = outcome.expect("blocked").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::KeyringFile);
        assert!(error.to_string().contains("not a regular file"), "{error}");
    }
}

#[test]
fn a_file_that_this_user_cannot_read_says_so() {
    let (scratch, text) = (Scratch::new("unreadable"), text());
    let file = scratch.file("file", &text, 0o000);
    let folder = scratch.path("folder");
    fs::create_dir(&folder).unwrap();
    let inside = scratch.file("folder/file", &text, 0o600);
    fs::set_permissions(&folder, Permissions::from_mode(0o000)).unwrap();
    if scratch.user() == 0 {
        // Root reads everything; `all_of_it_as_another_user` runs this once more.
        assert!(Keyring::open(&file).is_ok() && Keyring::open(&inside).is_ok());
    } else {
        refused_as(&file, "this user cannot read");
        refused_as(&inside, "this user cannot read");
    }
    fs::set_permissions(&folder, Permissions::from_mode(0o700)).unwrap();
}

#[test]
fn a_file_of_another_user_is_refused() {
    let (scratch, text) = (Scratch::new("owner"), text());
    let file = scratch.file("file", &text, 0o600);
    assert!(Keyring::open(&file).is_ok());
    if scratch.user() != 0 {
        eprintln!("not root: no file can be given to another user, nor could it be read");
        return;
    }
    for user in [1, NOBODY] {
        chown(&file, Some(user), None).unwrap();
        // Elsewhere the kernel alone keeps users apart, and root reads everything.
        if cfg!(target_os = "linux") {
            refused_as(&file, "another user");
        } else {
            assert!(Keyring::open(&file).is_ok());
        }
    }
    // Root's file is right for every application that can read it.
    chown(&file, Some(0), None).unwrap();
    assert!(Keyring::open(&file).is_ok());
}

/// The same tests without root's rights, with a file of root's beside them.
#[test]
fn all_of_it_as_another_user() {
    let scratch = Scratch::new("as-another-user");
    if scratch.user() != 0 {
        // This is that user.
        if let Some(file) = std::env::var_os("POTERNE_FILE_OF_ROOT") {
            refused_as(file, "this user cannot read");
        }
        return;
    }
    // Where everybody can run it, whoever built it.
    let program = scratch.path("keyring_file");
    fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    fs::set_permissions(&program, Permissions::from_mode(0o755)).unwrap();
    let temporary = scratch.path("tmp");
    fs::create_dir(&temporary).unwrap();
    chown(&temporary, Some(NOBODY), Some(NOBODY)).unwrap();
    let output = Command::new(&program)
        .env("TMPDIR", &temporary)
        .env("POTERNE_FILE_OF_ROOT", scratch.file("root", &text(), 0o600))
        // A measurement of the coverage would leave its file here.
        .env("LLVM_PROFILE_FILE", "/dev/null")
        .current_dir(&temporary)
        .uid(NOBODY)
        .gid(NOBODY)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains(" passed; 0 failed; 0 ignored"), "{said}");
    assert!(said.contains("test a_file_that_this_user_cannot_read_says_so ... ok"), "{said}");
    assert_eq!(fs::read_dir(&temporary).unwrap().count(), 0, "files were left behind");
}

/// Whoever can write to the folder can put another file in the place of the one that was looked at.
#[test]
fn a_file_that_is_exchanged_meanwhile_is_refused() {
    let scratch = Scratch::new("exchanged");
    let (text, place) = (text(), scratch.path("place"));
    scratch.file("place", &text, 0o600);
    let stop = Arc::new(AtomicBool::new(false));
    let exchanging = std::thread::spawn({
        let (stop, place, other) = (Arc::clone(&stop), place.clone(), scratch.path("other"));
        move || {
            while !stop.load(Ordering::Relaxed) {
                // A new file each time: a number that was freed could be the old one's.
                fs::write(&other, &text).unwrap();
                fs::set_permissions(&other, Permissions::from_mode(0o600)).unwrap();
                fs::rename(&other, &place).unwrap();
            }
        }
    });
    let begin = Instant::now();
    let is_seen = std::iter::repeat_with(|| Keyring::open(&place))
        .take_while(|_| begin.elapsed() < Duration::from_secs(60))
        .any(|opened| {
            opened.is_err_and(|error| error.to_string().contains("was replaced while it was opened"))
        });
    stop.store(true, Ordering::Relaxed);
    exchanging.join().unwrap();
    assert!(is_seen, "no exchange was noticed in a minute");
}

#[test]
fn files_that_are_too_large_are_refused() {
    let (scratch, mut text) = (Scratch::new("large"), text());
    let mut fill = |len: usize| {
        text.resize(len, b'#');
        text.clone()
    };
    text_of(&scratch, &fill(16 * 1024)).unwrap();
    assert_eq!(text_of(&scratch, &fill(16 * 1024 + 1)), Err(ErrorKind::KeyringFile));
    refused_as(scratch.file("long", &fill(10_000_000), 0o600), "longer than 16 KiB");
}

#[test]
fn files_that_are_no_keyrings_are_refused() {
    let (scratch, text) = (Scratch::new("damaged"), text());
    let contents: [&[u8]; 5] =
        [b"", b"poterne-keyring-1\n# cl\xe9s\n", b"poterne-keyring-1\0", &text[..40], b"poterne-keyring-1\n"];
    for content in contents {
        assert_eq!(text_of(&scratch, content), Err(ErrorKind::Keyring), "{content:?}");
    }
}

fn text_of(scratch: &Scratch, content: &[u8]) -> Result<(), ErrorKind> {
    Keyring::open(scratch.file("file", content, 0o600)).map(drop).map_err(|error| error.kind())
}
