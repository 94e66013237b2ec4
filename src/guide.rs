//! The guide: long documents, compiled with the crate.
//!
//! - [integration]: what to build around the library, and in which order.
//! - [integration_fr] : en français, ce qu’il faut construire autour de la bibliothèque, et dans quel ordre.
//! - [databases]: the swap on SQLite, PostgreSQL, MySQL, MariaDB, Oracle, SQL Server and Firebird.
//! - [databases_fr] : en français, pour l’administrateur de la base.
//! - [enrollment]: handing an authenticator over, replacing it, moving in from another system.
//! - [enrollment_fr] : en français, pour ceux qui équipent les agents : lettres, guichet, jetons, reprise.
//! - [careless]: the ways to get it wrong, and what happens, in C, Java, Python and Rust.
//! - [careless_fr] : en français, les façons de se tromper, et ce qui se passe dans chaque langage.
//! - [help_desk]: lost phones, locked accounts, nightly work, wrong clocks, key rotation, restored backups.
//! - [help_desk_fr] : en français, téléphones perdus, comptes bloqués, travaux de nuit, horloges décalées, clés, sauvegardes restaurées.
//! - [outages]: failover, a restored backup, a lost keyring, step by step.
//! - [outages_fr] : en français, bascule, sauvegarde restaurée, trousseau perdu, pas à pas.
//! - [defaults]: every option and every fixed number, and its reason; the risk of guessing; clocks.
//! - [defaults_fr] : en français, les options et leurs raisons, le risque, les horloges.
//! - [lessons]: how others failed, and what stops it here.
//! - [lessons_fr] : en français, comment d’autres ont échoué, et ce qui l’arrête ici.
//! - [portal]: one code in the morning: a sign-on portal in front, the VPN and the applications by SAML.
//! - [portal_fr] : en français, un code le matin : le portail devant, le VPN et les applications par SAML.
//! - [personal_data]: what is kept about a person, and texts for the register.
//! - [personal_data_fr] : en français, pour le délégué à la protection des données et les représentants du personnel.
//! - [vpn]: which way fits which gateway, the gateway's side, what to try before the change.
//! - [vpn_fr] : en français, le VPN : quelle voie pour quelle passerelle, ses réglages, les essais avant la bascule.
//! - [glossary]: the words.
//! - [glossary_fr] : en français, les mots.
//! - [semantics]: the norm, which the others cite by the numbers of its rules.

// The pages link to what the crate exports by its bare name.
#[cfg(doc)]
#[allow(unused_imports, reason = "for the links alone")]
use crate::*;

#[doc = include_str!("guide/careless.md")]
pub mod careless {}

#[doc = include_str!("guide/careless_fr.md")]
pub mod careless_fr {}

#[doc = include_str!("guide/databases.md")]
pub mod databases {}

#[doc = include_str!("guide/databases_fr.md")]
pub mod databases_fr {}

#[doc = include_str!("guide/defaults.md")]
pub mod defaults {}

#[doc = include_str!("guide/defaults_fr.md")]
pub mod defaults_fr {}

#[doc = include_str!("guide/enrollment.md")]
pub mod enrollment {}

#[doc = include_str!("guide/enrollment_fr.md")]
pub mod enrollment_fr {}

#[doc = include_str!("guide/glossary.md")]
pub mod glossary {}

#[doc = include_str!("guide/glossary_fr.md")]
pub mod glossary_fr {}

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

#[doc = include_str!("guide/lessons_fr.md")]
pub mod lessons_fr {}

#[doc = include_str!("guide/outages.md")]
pub mod outages {}

#[doc = include_str!("guide/outages_fr.md")]
pub mod outages_fr {}

#[doc = include_str!("guide/personal_data.md")]
pub mod personal_data {}

#[doc = include_str!("guide/personal_data_fr.md")]
pub mod personal_data_fr {}

#[doc = include_str!("guide/portal.md")]
pub mod portal {}

#[doc = include_str!("guide/portal_fr.md")]
pub mod portal_fr {}

#[doc = include_str!("guide/semantics.md")]
pub mod semantics {}

#[doc = include_str!("guide/vpn.md")]
pub mod vpn {}

#[doc = include_str!("guide/vpn_fr.md")]
pub mod vpn_fr {}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::string::String;

    /// Who follows a citation lands on its rule: every rule and section has its anchor, and nothing that is not there is cited.
    #[test]
    fn every_rule_can_be_linked_to() {
        let norm = include_str!("guide/semantics.md");
        let anchors: BTreeSet<&str> =
            norm.split("<a id=\"").skip(1).filter_map(|rest| Some(rest.split_once('"')?.0)).collect();
        let mut rules = BTreeSet::new();
        for line in norm.lines() {
            let rule = line.trim_start().strip_prefix("- ").and_then(|line| line.split("**").nth(1));
            let section = line.strip_prefix("## ").and_then(|line| line.split('.').next());
            rules.extend(
                rule.filter(|rule| rule.starts_with(|first: char| first.is_ascii_digit())).or(section),
            );
        }
        assert!(rules.len() > 80 && rules.contains("4.5") && rules.contains("12"), "{rules:?}");
        assert_eq!(rules, anchors);
        let mut cited = BTreeSet::new();
        let mut folders = std::vec![concat!(env!("CARGO_MANIFEST_DIR"), "/src").into()];
        while let Some(folder) = folders.pop() {
            for entry in
                fs::read_dir::<std::path::PathBuf>(folder).unwrap().map(|entry| entry.unwrap().path())
            {
                if entry.is_dir() {
                    folders.push(entry);
                } else if entry.extension().is_some_and(|extension| extension == "rs") {
                    let text = fs::read_to_string(entry).unwrap();
                    let links = text.split(concat!("(crate::guide::", "semantics#")).skip(1);
                    cited.extend(links.filter_map(|rest| Some(String::from(rest.split_once(')')?.0))));
                }
            }
        }
        let dead = |cited: &BTreeSet<String>| cited.iter().any(|rule| !anchors.contains(rule.as_str()));
        assert!(cited.len() > 40 && !dead(&cited), "{cited:?}");
        // The control.
        cited.insert("4.99".into());
        assert!(dead(&cited));
    }

    /// The page list of this module, its modules and the README name every page, and no other.
    #[test]
    fn every_page_is_listed() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide");
        let pages: BTreeSet<String> = fs::read_dir(folder)
            .unwrap()
            .filter_map(|file| Some(file.unwrap().file_name().to_str()?.strip_suffix(".md")?.into()))
            .collect();
        assert!(pages.contains("semantics"));
        let between = |text: &str, begin: &str, end: &str| -> BTreeSet<String> {
            text.split(begin).skip(1).filter_map(|rest| Some(rest.split_once(end)?.0.into())).collect()
        };
        let module = include_str!("guide.rs").split_once("mod tests").unwrap().0;
        assert_eq!(pages, between(module, "//! - [", "]"));
        assert_eq!(pages, between(module, "\"guide/", ".md"));
        assert_eq!(pages, between(module, "pub mod ", " "));
        assert_eq!(pages, between(include_str!("../README.md"), "(src/guide/", ".md"));
    }

    /// The crate page has the features of `Cargo.toml`.
    #[test]
    fn every_feature_is_listed() {
        let manifest = include_str!("../Cargo.toml");
        let table = manifest.split_once("[features]\n").unwrap().1.split_once("\n\n").unwrap().0;
        let features: BTreeSet<&str> = table
            .lines()
            .filter_map(|line| line.split_once(" = "))
            .map(|(name, _)| name)
            .filter(|name| *name != "default")
            .collect();
        assert!(features.contains("getrandom"));
        let page = include_str!("lib.rs").split_once("#![no_std]").unwrap().0;
        let listed: BTreeSet<&str> =
            page.split("//! - **`").skip(1).filter_map(|rest| Some(rest.split_once('`')?.0)).collect();
        assert_eq!(features, listed);
    }
}

/// The examples of the README, compiled like all others.
#[cfg(all(doctest, feature = "std", feature = "getrandom"))]
#[doc = include_str!("../README.md")]
mod readme {}
