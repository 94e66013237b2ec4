//! The rows of a person who has a phone and a token (semantics [9.8](crate::guide::semantics#9.8)).

use alloc::format;
use alloc::string::String;

use super::name::Account;
use crate::error::{Error, ErrorKind};

/// Returns the accounts of a person's rows. The first is the person's own; the others are for a second and a third authenticator.
///
/// Any change that ends a person's access must cover all of them: revoke, suspend, unlock, forget, rename, end codes. Take `person`
/// from the server's own list, as the login name whose password was right. Never take it from the request.
///
/// ```
/// use poterne::rows_of_person;
///
/// assert_eq!(rows_of_person("a.martin")?, ["a.martin", "a.martin#2", "a.martin#3"]);
/// # Ok::<(), poterne::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::Argument`] unless `person` is 1 to 253 bytes without control characters and does not itself end in `#2` or `#3`:
/// give nobody such a name.
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

/// Returns the person and the number of the row, 1 to 3. The login name ends in `#2`, in `#3` or in neither. On hosts without a
/// login page, the user types the suffix after the login name.
///
/// Check the person's password, and then the code on that row alone.
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

/// Removes trailing spaces, which are not part of a name (semantics 9.7).
fn trimmed(name: &str) -> &str {
    name.trim_end_matches(' ')
}

/// The suffixes of the second and third row.
const SUFFIXES: [&str; 2] = ["#2", "#3"];
