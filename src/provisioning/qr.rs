//! The QR code (ISO/IEC 18004) of an otpauth URI.

use core::fmt;
use std::string::String;

use qrcode::render::svg;
use qrcode::render::unicode::Dense1x2;
use qrcode::{EcLevel, QrCode};
use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind};

/// A QR code to scan, with error correction M and its quiet zone of four modules.
///
/// Its texts hold the secret and are wiped when dropped; the code in between is made by the `qrcode` crate, which does not
/// wipe.
pub struct Qr(QrCode);

impl Qr {
    pub(super) fn new(uri: &str) -> Result<Self, Error> {
        QrCode::with_error_correction_level(uri, EcLevel::M)
            .map(Self)
            .map_err(|_| Error::new(ErrorKind::Uri, "the URI is too long for a QR code: shorten the names"))
    }

    /// Modules on a side, without the quiet zone: 21 for version 1, 4 more for each version after it.
    pub fn width(&self) -> usize {
        self.0.width()
    }

    /// An SVG image, black on white, of at least 300 pixels a side.
    pub fn svg(&self) -> Zeroizing<String> {
        Zeroizing::new(self.0.render::<svg::Color<'_>>().min_dimensions(300, 300).build())
    }

    /// Text for a terminal: half blocks in black and white by ANSI colors, so that any theme shows it right.
    pub fn text(&self) -> Zeroizing<String> {
        // A full block is light: white foreground on black.
        let blocks =
            Zeroizing::new(self.0.render().dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).build());
        let mut text = Zeroizing::new(String::with_capacity(blocks.len().saturating_mul(2)));
        // With the quiet zone the number of rows is odd: below the last one is the terminal's own background.
        let last = blocks.lines().last().unwrap_or_default();
        for line in blocks.lines() {
            text.push_str(if core::ptr::eq(line, last) { "\x1b[97;49m" } else { "\x1b[97;40m" });
            text.push_str(line);
            text.push_str("\x1b[0m\n");
        }
        text
    }
}

impl fmt::Debug for Qr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Qr { .. }")
    }
}
