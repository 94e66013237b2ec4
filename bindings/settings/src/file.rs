//! Opens the files, with a look at who else can.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::Path;

use zeroize::Zeroizing;

use crate::fault::{Fault, Reason};
use crate::text::MAX_LEN;

/// The text of a settings file, and whether nobody but its owner can read it.
pub(crate) fn read_settings(path: &Path) -> Result<(Zeroizing<String>, bool), Fault> {
    let (text, metadata) = read(path)?;
    if mode(&metadata) & 0o022 != 0 {
        return Err(Fault::of_file(Reason::Writable));
    }
    if is_of_somebody_else(&metadata) {
        return Err(Fault::of_file(Reason::OtherOwner));
    }
    Ok((text, mode(&metadata) & 0o077 == 0))
}

/// The text of a file that holds a secret. `is_checked` is off for systemd's credentials, whose permissions are systemd's.
pub(crate) fn read_secret(path: &Path, is_checked: bool) -> Result<Zeroizing<String>, Fault> {
    let (text, metadata) = read(path)?;
    if is_checked && mode(&metadata) & 0o077 != 0 {
        return Err(Fault::of_file(Reason::PasswordFileIsOpen));
    }
    if is_checked && is_of_somebody_else(&metadata) {
        return Err(Fault::of_file(Reason::OtherOwner));
    }
    Ok(text)
}

fn read(path: &Path) -> Result<(Zeroizing<String>, Metadata), Fault> {
    // Before it is opened: opening a FIFO waits for a writer.
    if !path.metadata().map_err(not_read)?.is_file() {
        return Err(Fault::of_file(Reason::NotRegular));
    }
    let file = File::open(path).map_err(not_read)?;
    let metadata = file.metadata().map_err(not_read)?;
    if !metadata.is_file() {
        return Err(Fault::of_file(Reason::NotRegular));
    }
    if metadata.len() > MAX_LEN as u64 {
        return Err(Fault::of_file(Reason::TooLong));
    }
    // The whole buffer from the start: growing would leave copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_LEN.saturating_add(2)));
    file.take(MAX_LEN.saturating_add(1) as u64).read_to_end(&mut bytes).map_err(not_read)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| Fault::of_file(Reason::NotText))?;
    Ok((Zeroizing::new(text.to_owned()), metadata))
}

fn not_read(error: io::Error) -> Fault {
    Fault::of_file(match error.kind() {
        io::ErrorKind::NotFound => Reason::NotFound,
        io::ErrorKind::PermissionDenied => Reason::NotPermitted,
        _ => Reason::NotRead,
    })
}

#[cfg(unix)]
fn mode(metadata: &Metadata) -> u32 {
    use std::os::unix::fs::MetadataExt;

    metadata.mode()
}

/// Other systems have no such mode.
#[cfg(not(unix))]
fn mode(_: &Metadata) -> u32 {
    0
}

/// Who owns a file can change it and its mode. The folder `/proc/self` belongs to the effective user, which std does not tell.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn is_of_somebody_else(metadata: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;

    let user = std::fs::metadata("/proc/self").map(|metadata| metadata.uid()).ok();
    metadata.uid() != 0 && user.is_some_and(|user| user != metadata.uid())
}

/// Not to be told without unsafe code.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn is_of_somebody_else(_: &Metadata) -> bool {
    false
}
