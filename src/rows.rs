//! The rows of a person who has a phone and a token (semantics [9.8](crate::guide::semantics#9.8)).

use alloc::format;
use alloc::string::String;

use crate::credential::Account;
use crate::error::{Error, ErrorKind};

/// The accounts of a person's rows: the first is the person's own, the others are for a second and a third authenticator.
///
/// Whatever ends a person's access goes over all of them: revoking, suspending, unlocking, forgetting, renaming, ending codes. Take
/// `person` from the server's own list, for the login name whose password was right, never from the request.
///
/// ```
/// use poterne::rows_of_person;
///
/// assert_eq!(rows_of_person("a.martin")?, ["a.martin", "a.martin#2", "a.martin#3"]);
/// # Ok::<(), poterne::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::Argument`] unless `person` is 1 to 253 bytes without control characters and does not end in `#2` or `#3` itself: such a
/// name cannot be given to anybody.
pub fn rows_of_person(person: &str) -> Result<[String; 3], Error> {
    let name = Account::new(person)?.as_str();
    let [second, third] = SUFFIXES.map(|suffix| format!("{name}{suffix}"));
    if person_and_row(name).1 != 1 || Account::new(&third).is_err() {
        return Err(Error::new(
            ErrorKind::Argument,
            "the name of a person has 1 to 253 bytes and does not end in #2 or #3: choose another account name",
        ));
    }
    Ok([name.into(), second, third])
}

/// The person and the number of the row, 1 to 3, of a login name that ends in `#2` or `#3` or in neither: on hosts without a page the
/// user writes the suffix behind the login name.
///
/// Check the password of the person, and then the code on that row alone.
///
/// ```
/// use poterne::person_and_row;
///
/// assert_eq!(person_and_row("a.martin#2"), ("a.martin", 2));
/// assert_eq!(person_and_row("a.martin"), ("a.martin", 1));
/// ```
pub fn person_and_row(login_name: &str) -> (&str, u8) {
    let name = login_name.trim_end_matches(' ');
    let [second, third] = SUFFIXES;
    match (name.strip_suffix(second), name.strip_suffix(third)) {
        (Some(person), _) if !person.is_empty() => (person, 2),
        (_, Some(person)) if !person.is_empty() => (person, 3),
        _ => (name, 1),
    }
}

/// Of the second and of the third row.
const SUFFIXES: [&str; 2] = ["#2", "#3"];
