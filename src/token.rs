//! Token files: the secrets of hardware tokens as their manufacturers deliver them, and those of other systems.
//!
//! - [`read_pskc`] reads PSKC (RFC 6030), plain or encrypted.
//! - [`read_csv`] reads CSV, in the layouts of Microsoft Entra, Deepnet, OATH and Yubico, and in any other by a column map.
//! - [`read_etoken`] reads the XML files of SafeNet (Aladdin) eToken PASS.
//! - [`prove_csv`] and [`prove_etoken`] find out encoding and hash by a code that one of the tokens shows.
//!
//! A reader returns a [`TokenFile`]: its entries in the file's order. A token that is wrong is a [`TokenFault`] with its line and
//! serial number, and the others are read. A file that is wrong as a whole is an [`Error`](crate::Error). Nothing is guessed: not the
//! encoding of a secret, not its hash. No reader opens a file, a URL or anything else: it is given the bytes.
//!
//! Read from a pipe (`gpg -d`) where you can, so that the secrets never lie on the disk. Wipe the bytes after reading.
//!
//! Source: semantics [16](crate::guide::semantics#16).

// In the order of their dependencies: each uses only what stands above it.
mod fault;
mod value;
mod entry;
mod distinct;
mod file;
mod base64;
mod xml;
mod pskc;
mod etoken;
mod csv;
mod proof;

pub use csv::{CsvLayout, CsvOptions, Encoding, Separator, read_csv};
pub use entry::TokenEntry;
pub use etoken::read_etoken;
pub use fault::TokenFault;
pub use file::TokenFile;
pub use proof::{prove_csv, prove_etoken};
pub use pskc::{FileKey, read_pskc};

#[cfg(feature = "getrandom")]
pub(crate) use distinct::{Distinct, Twice};
#[cfg(feature = "getrandom")]
pub(crate) use pskc::write_pskc;
