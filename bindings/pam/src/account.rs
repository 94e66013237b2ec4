//! How a login name becomes the accounts of a person.

use poterne::{person_and_row, rows_of_person};

use crate::options::Options;
use crate::verdict::Fault;

/// The accounts of the person with this login name, as the options say. A name that ends like a second row is nobody's (semantics 9.8):
/// the password behind `eve#2` would be checked for one name and the code for another.
pub(crate) fn accounts(login_name: &str, options: &Options) -> Result<[String; 3], Fault> {
    let mut name = login_name;
    if options.strip_domain {
        name = name.rsplit_once('\\').map_or(name, |(_, name)| name);
        name = name.split_once('@').map_or(name, |(name, _)| name);
    }
    let account = if options.lowercase { name.to_lowercase() } else { name.to_owned() };
    match person_and_row(&account) {
        (person, 1) if !person.is_empty() => {
            rows_of_person(person).map_err(|error| Fault::Library(error.kind()))
        }
        _ => Err(Fault::Account),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_as_the_options_say() {
        let account = |name: &str, arguments: &[&str]| {
            let arguments = ["prompt"].iter().chain(arguments).map(|text| text.as_bytes());
            accounts(name, &Options::parse(arguments).ok().expect("right"))
        };
        let both = ["strip_domain", "lowercase"];
        for (name, arguments, expected) in [
            ("A.Martin", &[][..], "A.Martin"),
            ("A.Martin@finances.example", &[], "A.Martin@finances.example"),
            ("A.Martin@finances.example", &both, "a.martin"),
            ("FINANCES\\A.Martin", &both, "a.martin"),
            ("FINANCES\\A.Martin@x@y", &both, "a.martin"),
            ("\u{c9}ve", &both, "\u{e9}ve"),
        ] {
            let found = account(name, arguments).ok().expect("somebody's");
            assert_eq!(found, [expected.to_owned(), format!("{expected}#2"), format!("{expected}#3")]);
        }
        for nobody in ["", "@x", "x\\", "eve#2", "eve#3", "EVE#2@x", "  "] {
            assert!(account(nobody, &both).is_err(), "{nobody}");
        }
    }
}
