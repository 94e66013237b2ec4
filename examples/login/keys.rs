//! The keyring's file.

use std::error::Error;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use poterne::Keyring;

/// Opens the keyring of a database, or makes both.
pub(crate) fn open(keys: &Path, database: &Path) -> Result<Keyring, Box<dyn Error>> {
    if !keys.exists() {
        if database.exists() {
            // A new keyring would open none of the existing records.
            return Err(
                "the database exists but its keyring does not: restore the keyring, or remove both".into()
            );
        }
        create(keys)?;
    }
    Ok(Keyring::open(keys)?)
}

/// Creates the file for its owner only, from the first moment on, and never over another keyring.
fn create(keys: &Path) -> Result<(), Box<dyn Error>> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let keyring = Keyring::generate(1)?;
    let mut file = options.open(keys).map_err(|error| format!("{}: {error}", keys.display()))?;
    file.write_all(keyring.to_text().as_bytes())?;
    file.sync_all()?;
    Ok(())
}
