//! What people put between the characters of a code or a secret.

/// The bytes of a text without spaces, tabs, line ends and dashes.
pub(crate) fn without(text: &str) -> impl Iterator<Item = u8> {
    text.bytes().filter(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'-'))
}
