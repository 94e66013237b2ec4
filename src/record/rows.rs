//! The rows of a person who has a phone and a token (semantics [9.8](crate::guide::semantics#9.8)).

use alloc::format;
use alloc::string::String;

use super::name::Account;
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
    if SUFFIXES.iter().any(|suffix| name.ends_with(suffix)) || Account::new(&third).is_err() {
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
/// use poterne::{person_and_row, rows_of_person};
///
/// assert_eq!(person_and_row("a.martin#2"), ("a.martin", 2));
/// let (person, row) = person_and_row("a.martin"); // rows count from 1, places in a list from 0
/// assert_eq!((person, row), ("a.martin", 1));
/// assert_eq!(rows_of_person(person)?[usize::from(row) - 1], "a.martin");
/// # Ok::<(), poterne::Error>(())
/// ```
pub fn person_and_row(login_name: &str) -> (&str, u8) {
    let name = trimmed(login_name);
    let person = |suffix| name.strip_suffix(suffix).map(trimmed).filter(|person| !person.is_empty());
    let [second, third] = SUFFIXES;
    match (person(second), person(third)) {
        (Some(person), _) => (person, 2),
        (_, Some(person)) => (person, 3),
        _ => (name, 1),
    }
}

/// Without trailing spaces, which are not part of a name (semantics 9.7).
fn trimmed(name: &str) -> &str {
    name.trim_end_matches(' ')
}

/// Of the second and of the third row.
const SUFFIXES: [&str; 2] = ["#2", "#3"];
