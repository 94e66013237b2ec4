//! Names of RFC 6030 and of what it is built on.

use roxmltree::Node;

use super::super::xml;
use crate::error::{Error, ErrorKind};

/// RFC 6030 section 11.1.
pub(super) const PSKC: &str = "urn:ietf:params:xml:ns:keyprov:pskc";
/// XML Signature.
pub(super) const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
/// XML Encryption.
pub(super) const XENC: &str = "http://www.w3.org/2001/04/xmlenc#";
/// XML Encryption 1.1.
pub(super) const XENC11: &str = "http://www.w3.org/2009/xmlenc11#";
/// PKCS #5, in the two spellings of its schema.
pub(super) const PKCS5: [&str; 2] = [
    "http://www.rsasecurity.com/rsalabs/pkcs/schemas/pkcs-5v2-0#",
    "http://www.rsasecurity.com/rsalabs/pkcs/schemas/pkcs-5#",
];

/// Returns the element of this name in another, at most one.
pub(super) fn child<'a, 'input>(
    parent: Node<'a, 'input>,
    namespace: &str,
    name: &str,
) -> Result<Option<Node<'a, 'input>>, Error> {
    only(parent, |node| node.has_tag_name((namespace, name)))
}

/// Returns the element that is wanted, at most one.
pub(super) fn only<'a, 'input>(
    parent: Node<'a, 'input>,
    is_wanted: impl Fn(&Node<'a, 'input>) -> bool,
) -> Result<Option<Node<'a, 'input>>, Error> {
    let mut wanted = parent.children().filter(|node| node.is_element() && is_wanted(node));
    let first = wanted.next();
    if wanted.next().is_some() {
        return Err(Error::new(ErrorKind::TokenFile, "an element stands twice where it may stand once"));
    }
    Ok(first)
}

/// Checks that every element in another is one of these.
pub(super) fn check_children(parent: Node<'_, '_>, known: &[&str], unknown: Error) -> Result<(), Error> {
    let is_known = |node: &Node<'_, '_>| {
        node.tag_name().namespace() == Some(PSKC) && known.contains(&node.tag_name().name())
    };
    if xml::elements(parent).all(|node| is_known(&node)) { Ok(()) } else { Err(unknown) }
}

pub(super) const fn unsupported(message: &'static str) -> Error {
    Error::new(ErrorKind::TokenUnsupported, message)
}

pub(super) const fn damaged(message: &'static str) -> Error {
    Error::new(ErrorKind::TokenFile, message)
}

pub(super) const WRONG_KEY: Error = Error::new(
    ErrorKind::TokenPassword,
    "the key or password is not that of the file, or the file was altered: ask the manufacturer for both",
);
