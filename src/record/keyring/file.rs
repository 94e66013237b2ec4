//! The file of a keyring.

use alloc::vec::Vec;
use std::fs;
use std::io::{self, Read};
use std::path::Path;

use zeroize::Zeroizing;

use super::{Keyring, MAX_TEXT_LEN, damaged};
use crate::error::{Error, ErrorKind};

impl Keyring {
    /// Reads a keyring from a regular file that only its owner can read. The owner must be the user that the process runs as, or
    /// root.
    ///
    /// It follows a symbolic link and checks the file that the link names. It opens regular files only, so a FIFO does not block.
    /// On Linux it compares the owner with the effective user, which the kernel tells without unsafe code. Other Unix systems rely
    /// on the kernel: at this mode, only a privileged process can open the file of another user. On systems other than Unix it
    /// checks neither permissions nor owner.
    ///
    /// # Errors
    /// [`ErrorKind::KeyringFile`] if the file does not exist, if this user cannot read it, if it is not a regular file, if its
    /// group or others can read or write it, if it belongs to another user, or if it is longer than 16 KiB; the message says which.
    /// [`ErrorKind::Keyring`] if its text is damaged.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        let file = open_file(path.as_ref())?;
        // Reserve the whole buffer at the start: a growing one would leave copies behind. A file can have grown, or not tell its
        // length.
        let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_TEXT_LEN.saturating_add(2)));
        file.take(MAX_TEXT_LEN.saturating_add(1) as u64).read_to_end(&mut bytes).map_err(not_opened)?;
        Self::parse(
            core::str::from_utf8(&bytes)
                .map_err(|_| damaged("the keyring is not text: restore it from its backup"))?,
        )
    }
}

/// Opens a file that may hold keys, and no other.
fn open_file(path: &Path) -> Result<fs::File, Error> {
    // Check before opening: opening a FIFO waits for a writer, and opening a device can do anything.
    let before = fs::metadata(path).map_err(not_opened)?;
    check_file(&before)?;
    let file = fs::File::open(path).map_err(not_opened)?;
    // Check again: a process that can write to the folder can replace the file in between.
    let opened = file.metadata().map_err(not_opened)?;
    check_file(&opened)?;
    same_file(&before, &opened)
        .then_some(file)
        .ok_or(refused("the keyring file was replaced while it was opened: try again"))
}

#[cfg(unix)]
fn same_file(one: &fs::Metadata, other: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;

    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// Has no stable identities to compare.
#[cfg(not(unix))]
fn same_file(_: &fs::Metadata, _: &fs::Metadata) -> bool {
    true
}

fn check_file(metadata: &fs::Metadata) -> Result<(), Error> {
    if !metadata.is_file() {
        return Err(refused(
            "the keyring file is not a regular file: check its path, or pass its text to Keyring::parse",
        ));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;

        if metadata.mode() & 0o077 != 0 {
            return Err(refused(
                "the keyring file is open to group or others: chmod 600 it, or pass its text to Keyring::parse",
            ));
        }
        // The owner of a file can change it and its mode. Root can do that anyway.
        if metadata.uid() != 0 && effective_user().is_some_and(|user| user != metadata.uid()) {
            return Err(refused(
                "the keyring file belongs to another user: chown it to the user that the application runs as",
            ));
        }
    }
    if metadata.len() > MAX_TEXT_LEN as u64 {
        return Err(refused("the keyring file is longer than 16 KiB: is this the right file?"));
    }
    Ok(())
}

/// Returns the user whose rights this process has: std has no `geteuid`.
///
/// The folder `/proc/self` belongs to the effective user. That holds even where the files in it belong to root because the process
/// must not be dumped. Without `/proc` there is no answer. Then only a privileged process can have opened the file of another user,
/// since only its owner may read it.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn effective_user() -> Option<u32> {
    use std::os::unix::fs::MetadataExt;

    fs::metadata("/proc/self").ok().map(|metadata| metadata.uid())
}

/// No other way is known to be reliable.
#[cfg(all(unix, not(any(target_os = "linux", target_os = "android"))))]
fn effective_user() -> Option<u32> {
    None
}

fn not_opened(error: io::Error) -> Error {
    let message = match error.kind() {
        io::ErrorKind::NotFound => "the keyring file does not exist: check its path",
        io::ErrorKind::PermissionDenied => {
            "this user cannot read the keyring file: check its owner and permissions, and those of its folders"
        }
        _ => "the keyring file cannot be read: check its path, and the disk",
    };
    refused(message).caused_by(error)
}

const fn refused(message: &'static str) -> Error {
    Error::new(ErrorKind::KeyringFile, message)
}
