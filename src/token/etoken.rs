//! The XML files of SafeNet (Aladdin) eToken PASS: counter-based tokens with six digits. There is no specification; this is what the files
//! have.

use roxmltree::Node;

use super::entry::TokenEntry;
use super::file::{Entries, TokenFile};
use super::value;
use super::xml::{self, Source};
use crate::error::{Error, ErrorKind};
use crate::otp::{Algorithm, Secret};
use crate::parameters::{MAX_IMPORTED_FACTOR, Parameters};

/// Reads the XML file of SafeNet (Aladdin) eToken PASS: HOTP, 6 digits, secrets in hexadecimal.
///
/// The file does not name the hash. Without `algorithm`, a secret of 20 bytes is for SHA-1 and one of 32 bytes for SHA-256, as these tokens
/// are made; any other is a fault.
///
/// ```
/// use poterne::Algorithm;
/// use poterne::token::read_etoken;
///
/// let file = br#"<Tokens>
///  <Token serial="00040008CFA5">
///   <ProductName>Safeword Alpine</ProductName>
///   <Applications><Application ConnectorID="{ab1397d2-ddb6-4705-b66e-9f83f322deb9}">
///    <Seed>3132333435363738393031323334353637383930</Seed><MovingFactor>1</MovingFactor>
///   </Application></Applications>
///  </Token>
/// </Tokens>"#;
/// for entry in read_etoken(file, None)?.into_entries() {
///     let token = entry.expect("nothing is wrong with it");
///     assert_eq!((token.serial(), token.parameters().counter()), ("00040008CFA5", 1));
///     assert_eq!(token.parameters().algorithm(), Algorithm::Sha1);
/// }
/// # Ok::<(), poterne::Error>(())
/// ```
///
/// Source: semantics [16.9](crate::guide::semantics#16.9).
///
/// # Errors
/// [`ErrorKind::TokenFile`] if the bytes are not such a file, or one that is damaged, too large or too deep.
pub fn read_etoken(bytes: &[u8], algorithm: Option<Algorithm>) -> Result<TokenFile, Error> {
    let source = Source::new(bytes)?;
    let document = source.parse()?;
    let root = document.root_element();
    let mut lines = source.lines();
    if !is_named(root, "Tokens") {
        return Err(damaged("the file is not of eToken PASS: its first element is not Tokens")
            .at_line(lines.at(root.range().start)));
    }
    let mut entries = Entries::default();
    for token in xml::elements(root) {
        let line = lines.at(token.range().start);
        let serial = token.attribute("serial").map(str::trim);
        entries.push(line, serial, read(line, token, serial.unwrap_or_default(), algorithm))?;
    }
    entries.finish()
}

fn read(
    line: usize,
    token: Node<'_, '_>,
    serial: &str,
    algorithm: Option<Algorithm>,
) -> Result<TokenEntry, Error> {
    if !is_named(token, "Token") {
        return Err(damaged(
            "there is another element than Token, or one in a namespace: ask the manufacturer",
        ));
    }
    // What else stands here describes the device.
    if let Some(date) = one(token, "ProductionDate")? {
        check_date(xml::value(date)?)?;
    }
    let model = one(token, "ProductName")?.or(one(token, "Model")?);
    let model = model.map(xml::text).transpose()?.unwrap_or_default();
    let application = one(token, "Applications")?.map(|all| one(all, "Application")).transpose()?.flatten();
    let application =
        application.ok_or(damaged("the token has no application in the file: ask the manufacturer"))?;
    for element in xml::elements(application) {
        if !is_named(element, "Seed") && !is_named(element, "MovingFactor") {
            return Err(Error::new(
                ErrorKind::TokenUnsupported,
                "the application has more than a seed and a moving factor: it may be no counter-based token, ask the manufacturer",
            ));
        }
    }
    let seed = one(application, "Seed")?.ok_or(Error::new(
        ErrorKind::Secret,
        "the token has no secret (Seed) in the file: ask the manufacturer for it",
    ))?;
    let secret = Secret::from_hex(xml::value(seed)?)?;
    let algorithm = match (algorithm, secret.as_bytes().len()) {
        (Some(algorithm), _) => algorithm,
        (None, 20) => Algorithm::Sha1,
        (None, 32) => Algorithm::Sha256,
        (None, _) => {
            return Err(Error::new(
                ErrorKind::Argument,
                "the secret has neither 20 nor 32 bytes, and the file does not name the hash: declare it, or prove it by a code",
            ));
        }
    };
    let counter = match one(application, "MovingFactor")? {
        Some(counter) => value::number(xml::value(counter)?, MAX_IMPORTED_FACTOR).ok_or(WRONG_COUNTER)?,
        None => 0,
    };
    let parameters = Parameters::hotp().with_algorithm(algorithm).with_counter(counter)?;
    TokenEntry::new(line, serial, secret, parameters)?.with_model(model)
}

/// Returns the only element of this name.
fn one<'a, 'input: 'a>(node: Node<'a, 'input>, name: &str) -> Result<Option<Node<'a, 'input>>, Error> {
    let mut named = xml::elements(node).filter(|element| is_named(*element, name));
    let first = named.next();
    if named.next().is_some() {
        return Err(damaged("an element stands twice where one can be: ask the manufacturer which is right"));
    }
    Ok(first)
}

/// Whether an element has this name: in either case, since files have `seed` too, and in no namespace.
fn is_named(node: Node<'_, '_>, name: &str) -> bool {
    node.tag_name().namespace().is_none() && node.tag_name().name().eq_ignore_ascii_case(name)
}

/// Checks a date as Americans write it, `02/19/2009`: it is not used, but one that does not exist is a damaged file.
fn check_date(text: &str) -> Result<(), Error> {
    let mut parts = text.split('/');
    let mut part = |len, max| {
        let part = parts.next().filter(|part| part.len() == len)?;
        value::number(part, max).and_then(|number| i64::try_from(number).ok())
    };
    let date = part(2, 12).zip(part(2, 31)).zip(part(4, 9_999));
    let days = date.and_then(|((month, day), year)| value::days_of(year, month, day));
    if days.is_none() || parts.next().is_some() {
        return Err(Error::new(
            ErrorKind::Time,
            "the date of production does not exist, or is not written as 02/19/2009: ask for the file anew",
        ));
    }
    Ok(())
}

const fn damaged(message: &'static str) -> Error {
    Error::new(ErrorKind::TokenFile, message)
}

const WRONG_COUNTER: Error =
    Error::new(ErrorKind::Counter, "the moving factor is no number of 0 to 2^63 - 1: ask for the file anew");
