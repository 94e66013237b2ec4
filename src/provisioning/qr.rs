//! The QR code (ISO/IEC 18004) of an otpauth URI.

use core::fmt;
use std::string::String;
use std::vec::Vec;

use qrcode::render::svg;
use qrcode::render::unicode::Dense1x2;
use qrcode::{Color, EcLevel, QrCode};
use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind};

/// A QR code to scan, with error correction M and a quiet zone of four modules.
///
/// Its texts hold the secret; dropping them wipes them. The `qrcode` crate, which makes the code in between, does not wipe.
pub struct Qr(QrCode);

impl Qr {
    pub(super) fn new(uri: &str) -> Result<Self, Error> {
        QrCode::with_error_correction_level(uri, EcLevel::M)
            .map(Self)
            .map_err(|_| Error::new(ErrorKind::Uri, "the URI is too long for a QR code: shorten the names"))
    }

    /// Returns the modules on a side, without the quiet zone: 21 for version 1, and 4 more for each later version.
    pub fn width(&self) -> usize {
        self.0.width()
    }

    /// Returns an SVG image, black on white, at least 300 pixels on a side, for a file or inside a page.
    pub fn svg(&self) -> Zeroizing<String> {
        let document = Zeroizing::new(self.0.render::<svg::Color<'_>>().min_dimensions(300, 300).build());
        // A file may have an XML declaration, but not a page.
        Zeroizing::new(document.find("<svg").and_then(|at| document.get(at..)).unwrap_or_default().into())
    }

    /// Returns a PNG image, black on white, eight pixels per module, one bit per pixel.
    ///
    /// # Errors
    /// [`ErrorKind::Internal`] if the image cannot be written, which only a lack of memory could cause.
    pub fn png(&self) -> Result<Zeroizing<Vec<u8>>, Error> {
        let fault = |_| Error::new(ErrorKind::Internal, "the QR code's image could not be made: try again");
        let side = self.width().saturating_add(QUIET_ZONE.saturating_mul(2));
        let pixels = u32::try_from(side.saturating_mul(PIXELS)).unwrap_or_default();
        // Eight pixels of one bit: a module is a byte, and a light one has all bits set.
        let mut image = Zeroizing::new(Vec::with_capacity(side.saturating_mul(side).saturating_mul(PIXELS)));
        for y in 0..side {
            for _ in 0..PIXELS {
                image.extend((0..side).map(|x| if self.is_dark(x, y) { 0x00 } else { 0xff }));
            }
        }
        // One allocation: a growing buffer would leave copies of the image behind.
        let mut png = Zeroizing::new(Vec::with_capacity(image.len().saturating_add(4096)));
        let mut encoder = png::Encoder::new(&mut *png, pixels, pixels);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::One);
        encoder.write_header().map_err(fault)?.write_image_data(&image).map_err(fault)?;
        Ok(png)
    }

    /// Returns whether the module is dark. The position includes the quiet zone.
    fn is_dark(&self, x: usize, y: usize) -> bool {
        let inside = |at: usize| at.checked_sub(QUIET_ZONE).filter(|at| *at < self.width());
        match (inside(x), inside(y)) {
            (Some(x), Some(y)) => self.0[(x, y)] == Color::Dark,
            _ => false,
        }
    }

    /// Returns text for a terminal: half blocks in black and white by ANSI colors, correct in any theme.
    pub fn text(&self) -> Zeroizing<String> {
        // A full block is light: white foreground on black.
        let blocks =
            Zeroizing::new(self.0.render().dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).build());
        let mut text = Zeroizing::new(String::with_capacity(blocks.len().saturating_mul(2)));
        // With the quiet zone the number of rows is odd: below the last row is the terminal's own background.
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

/// Light modules on each side, ISO/IEC 18004 5.3.8.
const QUIET_ZONE: usize = 4;

/// Pixels on a side of a module.
const PIXELS: usize = 8;
