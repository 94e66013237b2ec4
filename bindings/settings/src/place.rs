//! The path of a file that holds a secret.

use std::path::{Path, PathBuf};

use crate::fault::{Fault, Reason};

/// A file: an absolute path, or a credential of systemd.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place(String);

impl Place {
    pub(crate) fn parse(value: &str) -> Option<Self> {
        let is_right = match value.strip_prefix(PREFIX) {
            // systemd lets no slash into a credential's name; nothing may lead out of its folder.
            Some(name) => !name.is_empty() && !name.contains('/') && !matches!(name, "." | ".."),
            None => Path::new(value).is_absolute(),
        };
        (is_right && !value.contains(char::is_control)).then(|| Self(value.into()))
    }

    /// Whether systemd hands the file over.
    pub fn is_credential(&self) -> bool {
        self.0.starts_with(PREFIX)
    }

    /// The path. `credentials` is systemd's folder.
    ///
    /// # Errors
    /// A [`Fault`] if the folder is needed and is none.
    pub fn path(&self, credentials: Option<&Path>) -> Result<PathBuf, Fault> {
        match (self.0.strip_prefix(PREFIX), credentials) {
            (None, _) => Ok(self.0.clone().into()),
            (Some(name), Some(folder)) if folder.is_absolute() => Ok(folder.join(name)),
            (Some(_), _) => Err(Fault::of_file(Reason::NoCredentials)),
        }
    }
}

const PREFIX: &str = "$CREDENTIALS_DIRECTORY/";
