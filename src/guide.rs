//! The guide: long documents, compiled with the crate.
//!
//! - [integration]: what to build around the library, and in which order.
//! - [integration_fr] : en français, ce qu'il faut construire autour de la bibliothèque, et dans quel ordre.
//! - [databases]: the swap on SQLite, PostgreSQL, MySQL, MariaDB, Oracle, SQL Server and Firebird.
//! - [enrollment]: handing an authenticator over, replacing it, moving in from another system.
//! - [help_desk]: lost phones, locked accounts, nightly work, wrong clocks, key rotation, restored backups.
//! - [help_desk_fr] : en français, téléphones perdus, comptes bloqués, travaux de nuit, horloges décalées, clés, sauvegardes restaurées.
//! - [defaults]: every option and every fixed number, and its reason; the risk of guessing; clocks.
//! - [lessons]: how others failed, and what stops it here.
//! - [personal_data]: what is kept about a person, and texts for the register.
//! - [glossary]: the words.
//! - [semantics]: the norm, which the others cite by the numbers of its rules.

// The pages link to what the crate exports by its bare name.
#[cfg(doc)]
#[allow(unused_imports, reason = "for the links alone")]
use crate::*;

#[doc = include_str!("guide/databases.md")]
pub mod databases {}

#[doc = include_str!("guide/defaults.md")]
pub mod defaults {}

#[doc = include_str!("guide/enrollment.md")]
pub mod enrollment {}

#[doc = include_str!("guide/glossary.md")]
pub mod glossary {}

#[doc = include_str!("guide/help_desk.md")]
pub mod help_desk {}

#[doc = include_str!("guide/help_desk_fr.md")]
pub mod help_desk_fr {}

#[doc = include_str!("guide/integration.md")]
pub mod integration {}

#[doc = include_str!("guide/integration_fr.md")]
pub mod integration_fr {}

#[doc = include_str!("guide/lessons.md")]
pub mod lessons {}

#[doc = include_str!("guide/personal_data.md")]
pub mod personal_data {}

#[doc = include_str!("guide/semantics.md")]
pub mod semantics {}

/// The examples of the README, compiled like all others.
#[cfg(all(doctest, feature = "std", feature = "getrandom"))]
#[doc = include_str!("../README.md")]
mod readme {}
