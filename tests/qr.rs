//! QR codes are read back by an independent decoder: `zbarimg` (Debian package zbar-tools), from PNG, from SVG rendered by
//! `rsvg-convert` (librsvg2-bin), and from the terminal's text.
//!
//! Ignored by a plain `cargo test`, since it needs the tools: `cargo test --test qr -- --ignored`.

#![cfg(feature = "qr")]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use poterne::{OtpauthNames, OtpauthUri, Parameters, Qr, Secret};

struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("poterne-qr-{}", std::process::id()));
        fs::create_dir(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let output = output.unwrap_or_else(|error| panic!("{program} cannot be started: {error}"));
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn decoded(image: &Path) -> String {
    run(
        "zbarimg",
        &["--quiet", "--raw", "--set", "*.enable=0", "--set", "qrcode.enable=1", image.to_str().unwrap()],
    )
    .trim_end()
    .into()
}

fn uris() -> Vec<OtpauthUri> {
    let build = |len: u8, issuer: &str, label: &str| {
        let secret = Secret::from_bytes(&(0..len).collect::<Vec<_>>()).unwrap();
        OtpauthUri::build(&secret, &Parameters::totp(), OtpauthNames { issuer, label }, true).unwrap()
    };
    vec![
        build(20, "CD", "a"),
        build(20, "Département", "a.martin@departement.example"),
        build(
            20,
            "Conseil départemental de l'Ardèche — Extranet",
            "éléonore.d'hérouville-çà@département.example",
        ),
        build(64, &"é".repeat(32), &"œ".repeat(127)),
    ]
}

#[test]
#[ignore = "needs zbarimg and rsvg-convert, of the Debian packages zbar-tools and librsvg2-bin"]
fn images_are_read_back() {
    let folder = Folder::new();
    let mut sizes = Vec::new();
    for uri in uris() {
        let qr = uri.qr().unwrap();
        let png = folder.0.join("code.png");
        fs::write(&png, &*qr.png().unwrap()).unwrap();
        assert_eq!(decoded(&png), uri.as_str());

        let svg = folder.0.join("code.svg");
        fs::write(&svg, &*qr.svg()).unwrap();
        let rendered = folder.0.join("rendered.png");
        run("rsvg-convert", &["--zoom", "2", "-o", rendered.to_str().unwrap(), svg.to_str().unwrap()]);
        assert_eq!(decoded(&rendered), uri.as_str());

        let screen = folder.0.join("screen.pgm");
        fs::write(&screen, screenshot(&qr)).unwrap();
        assert_eq!(decoded(&screen), uri.as_str());
        sizes.push(qr.width());
    }
    // The size follows the length.
    assert!(sizes.windows(2).all(|pair| pair[0] < pair[1]), "{sizes:?}");
}

/// What a terminal with a black background shows: white foreground, in cells of 4 x 8 pixels.
fn screenshot(qr: &Qr) -> Vec<u8> {
    let text = qr.text();
    let lines: Vec<&str> = text
        .lines()
        .map(|line| {
            let line = line.strip_prefix("\x1b[97;40m").or_else(|| line.strip_prefix("\x1b[97;49m"));
            line.and_then(|line| line.strip_suffix("\x1b[0m")).expect("its own colors")
        })
        .collect();
    let columns = lines[0].chars().count();
    assert_eq!((columns, lines.len()), (qr.width() + 8, (qr.width() + 9) / 2));
    let mut pixels: Vec<u8> = Vec::new();
    for line in lines {
        assert_eq!(line.chars().count(), columns);
        for half in [0, 1] {
            let row: Vec<u8> = line
                .chars()
                .flat_map(|character| {
                    let light = match character {
                        '█' => [true, true],
                        '▀' => [true, false],
                        '▄' => [false, true],
                        ' ' => [false, false],
                        _ => panic!("{character:?}"),
                    };
                    [if light[half] { 255 } else { 0 }; 4]
                })
                .collect();
            for _ in 0..4 {
                pixels.extend(&row);
            }
        }
    }
    let mut image = format!("P5 {} {} 255\n", columns * 4, pixels.len() / (columns * 4)).into_bytes();
    image.extend(pixels);
    image
}
