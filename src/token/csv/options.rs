//! What the caller declares about a CSV file.

use alloc::vec::Vec;

use super::column::{self, Column};
use crate::error::{Error, ErrorKind};
use crate::numbered::numbered;
use crate::otp::{Algorithm, Digits};

numbered! {
    /// The layouts of CSV files that have a name. [`CsvOptions::of_columns`] is for all others.
    #[non_exhaustive]
    pub enum CsvLayout {
        /// Microsoft Entra: a header line and the columns `upn`, `serial number`, `secret key`, `time interval`, `manufacturer`,
        /// `model`. Base32, SHA-1, 6 digits, time-based.
        Entra = 1, "entra";
        /// Deepnet SafeID: the same with or without `upn`, time-based; encoding and hash are declared.
        Deepnet = 2, "deepnet";
        /// OATH CSV of LinOTP and privacyIDEA: serial number, hexadecimal secret, `hotp` or `totp`, digits, then the counter or the time
        /// step; the hash is declared.
        Oath = 3, "oath";
        /// The traditional log of Yubico's personalization tool: HOTP with SHA-1, under the key's public identity.
        YubicoTraditional = 4, "yubico_traditional";
        /// Yubico's flat log: HOTP with SHA-1, from counter 0.
        YubicoFlat = 5, "yubico_flat";
    }
}

numbered! {
    /// How a secret is written. It is declared, or proved by a live code: never guessed (semantics [1.8](crate::guide::semantics#1.8)).
    pub enum Encoding {
        /// Base32.
        Base32 = 1, "base32";
        /// Hexadecimal.
        Hex = 2, "hex";
    }
}

numbered! {
    /// What stands between the columns of a CSV file.
    pub enum Separator {
        /// `,`
        Comma = 1, "comma";
        /// `;`, as spreadsheets write it where the comma is the decimal point.
        Semicolon = 2, "semicolon";
        /// A tab.
        Tab = 3, "tab";
    }
}

impl Separator {
    pub(super) fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
        }
    }
}

/// What the caller declares about a CSV file: its layout, and what the layout leaves open.
///
/// ```
/// use poterne::Algorithm;
/// use poterne::token::{CsvLayout, CsvOptions, Encoding, read_csv};
///
/// let file = b"token01,3132333435363738393031323334353637383930,totp,6,30\n";
/// let options = CsvOptions::new(CsvLayout::Oath).with_algorithm(Algorithm::Sha1);
/// assert_eq!(read_csv(file, &options)?.entries().len(), 1);
///
/// let file = b"306000123,GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ,12\n";
/// let options = CsvOptions::of_columns("serial,secret,counter")?
///     .with_encoding(Encoding::Base32)
///     .with_algorithm(Algorithm::Sha1);
/// assert_eq!(read_csv(file, &options)?.entries().len(), 1);
/// # Ok::<(), poterne::Error>(())
/// ```
///
/// Source: semantics [16.11](crate::guide::semantics#16.11), [16.12](crate::guide::semantics#16.12).
#[derive(Clone, Debug)]
pub struct CsvOptions {
    layout: Layout,
    pub(super) separator: Separator,
    pub(super) has_header: bool,
    encoding: Option<Encoding>,
    algorithm: Option<Algorithm>,
    digits: Option<Digits>,
    time_step: Option<u32>,
    is_counter_based: bool,
}

#[derive(Clone, Debug)]
enum Layout {
    Named(CsvLayout),
    Columns(Vec<Column>),
}

impl CsvOptions {
    /// Begins with a layout that has a name.
    pub fn new(layout: CsvLayout) -> Self {
        Self::of_layout(Layout::Named(layout))
    }

    /// Begins with a column map: the names of the columns in their order, such as `serial,secret,-,counter`.
    ///
    /// The names are `serial`, `secret`, `account`, `manufacturer`, `model`, `type` (`hotp` or `totp`), `algorithm`, `digits`,
    /// `time_step`, `counter`, `drift`, `watermark`, `not_before`, `not_after` (dates of ISO 8601), and `-` for a column to ignore. An
    /// empty cell is what is declared, or the default. A file without `type` is counter-based if it has a column `counter`.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] for another name, for one that comes twice, and without `serial` and `secret`.
    pub fn of_columns(map: &str) -> Result<Self, Error> {
        Ok(Self::of_layout(Layout::Columns(column::map(map)?)))
    }

    fn of_layout(layout: Layout) -> Self {
        Self {
            layout,
            separator: Separator::Comma,
            has_header: false,
            encoding: None,
            algorithm: None,
            digits: None,
            time_step: None,
            is_counter_based: false,
        }
    }

    /// Declares the separator; a comma by default.
    #[must_use]
    pub fn with_separator(self, separator: Separator) -> Self {
        Self { separator, ..self }
    }

    /// Declares, for a column map, that the first line is a header line, which is not read.
    #[must_use]
    pub fn with_header(self) -> Self {
        Self { has_header: true, ..self }
    }

    /// Declares how the secrets are written.
    #[must_use]
    pub fn with_encoding(self, encoding: Encoding) -> Self {
        Self { encoding: Some(encoding), ..self }
    }

    /// Declares the hash.
    #[must_use]
    pub fn with_algorithm(self, algorithm: Algorithm) -> Self {
        Self { algorithm: Some(algorithm), ..self }
    }

    /// Declares the number of digits; 6 by default.
    #[must_use]
    pub fn with_digits(self, digits: Digits) -> Self {
        Self { digits: Some(digits), ..self }
    }

    /// Declares the time step in seconds; 30 by default.
    #[must_use]
    pub fn with_time_step(self, time_step: u32) -> Self {
        Self { time_step: Some(time_step), ..self }
    }

    /// Declares, for a column map, that the tokens are counter-based (HOTP), from counter 0 unless a column says more.
    #[must_use]
    pub fn with_counter_based(self) -> Self {
        Self { is_counter_based: true, ..self }
    }

    /// Returns what is read, and how: what the layout fixes cannot be declared otherwise, what it leaves open must be declared.
    pub(super) fn reading(&self) -> Result<Reading, Error> {
        let fixes = self.fixes();
        let declared = [
            (fixes.encoding.is_some() && self.encoding.is_some(), ENCODING_IS_FIXED),
            (fixes.algorithm.is_some() && self.algorithm.is_some(), ALGORITHM_IS_FIXED),
            (fixes.digits && self.digits.is_some(), DIGITS_ARE_FIXED),
            (fixes.time_step && self.time_step.is_some(), TIME_STEP_IS_FIXED),
            (!fixes.is_map && (self.is_counter_based || self.has_header), ONLY_FOR_MAPS),
        ];
        if let Some((_, message)) = declared.into_iter().find(|(is_wrong, _)| *is_wrong) {
            return Err(Error::new(ErrorKind::Argument, message));
        }
        let columns = match &self.layout {
            Layout::Named(CsvLayout::Entra) => Columns::Header { needs_account: true },
            Layout::Named(CsvLayout::Deepnet) => Columns::Header { needs_account: false },
            Layout::Named(CsvLayout::Oath) => Columns::Fixed { columns: OATH.to_vec(), least: 3 },
            Layout::Named(CsvLayout::YubicoTraditional) => {
                Columns::Fixed { columns: YUBICO_TRADITIONAL.to_vec(), least: 13 }
            }
            Layout::Named(CsvLayout::YubicoFlat) => {
                Columns::Fixed { columns: YUBICO_FLAT.to_vec(), least: 4 }
            }
            Layout::Columns(columns) => {
                let is_needed = |column: &Column| matches!(column, Column::Serial | Column::Secret);
                let last = columns.iter().rposition(is_needed).unwrap_or_default();
                Columns::Fixed { columns: columns.clone(), least: last.saturating_add(1) }
            }
        };
        let has = |column| matches!(&columns, Columns::Fixed { columns, .. } if columns.contains(&column));
        let is_counter_based = self.is_counter_based || fixes.is_hotp || has(Column::Counter);
        if is_counter_based && self.time_step.is_some() && !has(Column::Kind) {
            return Err(Error::new(ErrorKind::Argument, "counter-based tokens have no time step"));
        }
        let algorithm = fixes.algorithm.or(self.algorithm);
        if algorithm.is_none() && !has(Column::Algorithm) {
            return Err(Error::new(
                ErrorKind::Argument,
                "declare the hash of the file (SHA-1 nearly always), or prove it by a code that a token shows",
            ));
        }
        Ok(Reading {
            encoding: fixes.encoding.or(self.encoding).ok_or(Error::new(
                ErrorKind::Argument,
                "declare how the secrets are written, base32 or hexadecimal, or prove it by a code that a token shows",
            ))?,
            algorithm,
            digits: self.digits.unwrap_or(Digits::Six),
            // A header line promises the time step of each token.
            time_step: match columns {
                Columns::Header { .. } => None,
                Columns::Fixed { .. } => Some(self.time_step.unwrap_or(30)),
            },
            is_counter_based,
            has_comments: matches!(columns, Columns::Fixed { .. }),
            columns,
        })
    }

    /// Returns the readings that a live code decides between, with their encodings: what is fixed or declared, else each.
    pub(in crate::token) fn candidates(&self) -> Vec<(Encoding, Self)> {
        let fixes = self.fixes();
        let mut candidates = Vec::new();
        for encoding in Encoding::ALL {
            if fixes.encoding.or(self.encoding).is_some_and(|known| known != *encoding) {
                continue;
            }
            for algorithm in Algorithm::ALL {
                if fixes.algorithm.or(self.algorithm).is_some_and(|known| known != *algorithm) {
                    continue;
                }
                let mut options = self.clone();
                options.encoding = Some(*encoding).filter(|_| fixes.encoding.is_none());
                options.algorithm = Some(*algorithm).filter(|_| fixes.algorithm.is_none());
                candidates.push((*encoding, options));
            }
        }
        candidates
    }

    fn fixes(&self) -> Fixes {
        let of_hex = Some(Encoding::Hex);
        let of_sha1 = Some(Algorithm::Sha1);
        match &self.layout {
            Layout::Named(CsvLayout::Entra) => Fixes {
                encoding: Some(Encoding::Base32),
                algorithm: of_sha1,
                digits: true,
                time_step: true,
                ..Fixes::default()
            },
            Layout::Named(CsvLayout::Deepnet) => Fixes { time_step: true, ..Fixes::default() },
            Layout::Named(CsvLayout::Oath) => {
                Fixes { encoding: of_hex, digits: true, time_step: true, ..Fixes::default() }
            }
            Layout::Named(CsvLayout::YubicoTraditional) => Fixes {
                encoding: of_hex,
                algorithm: of_sha1,
                digits: true,
                time_step: true,
                is_hotp: true,
                ..Fixes::default()
            },
            Layout::Named(CsvLayout::YubicoFlat) => Fixes {
                encoding: of_hex,
                algorithm: of_sha1,
                time_step: true,
                is_hotp: true,
                ..Fixes::default()
            },
            Layout::Columns(_) => Fixes { is_map: true, ..Fixes::default() },
        }
    }

    pub(super) fn is_oath(&self) -> bool {
        matches!(self.layout, Layout::Named(CsvLayout::Oath))
    }
}

/// What a layout leaves nobody to declare.
#[derive(Default)]
struct Fixes {
    encoding: Option<Encoding>,
    algorithm: Option<Algorithm>,
    digits: bool,
    time_step: bool,
    is_hotp: bool,
    is_map: bool,
}

/// How the lines of a file are read.
pub(super) struct Reading {
    pub(super) columns: Columns,
    pub(super) has_comments: bool,
    pub(super) encoding: Encoding,
    pub(super) algorithm: Option<Algorithm>,
    pub(super) digits: Digits,
    pub(super) time_step: Option<u32>,
    pub(super) is_counter_based: bool,
}

/// Where the columns are known from.
pub(super) enum Columns {
    /// The header line.
    Header { needs_account: bool },
    /// The layout; a line has at least so many.
    Fixed { columns: Vec<Column>, least: usize },
}

const OATH: [Column; 5] =
    [Column::Serial, Column::Secret, Column::Kind, Column::Digits, Column::TimeStepOrCounter];

/// Event, time, slot, public identity, private identity, secret, two access codes, three flags of the identifier that is typed before a
/// code, digits, counter (its moving factor seed); then what does not concern codes. Source: `yubikeylogger.cpp` of Yubico's
/// yubikey-personalization-gui.
const YUBICO_TRADITIONAL: [Column; 18] = [
    Column::YubicoEvent,
    Column::Ignored,
    Column::Ignored,
    Column::Serial,
    Column::Ignored,
    Column::Secret,
    Column::Ignored,
    Column::Ignored,
    Column::YubicoPrefix,
    Column::YubicoPrefix,
    Column::YubicoPrefix,
    Column::Digits,
    Column::Counter,
    Column::Ignored,
    Column::Ignored,
    Column::Ignored,
    Column::Ignored,
    Column::Ignored,
];

/// Serial number, public identity, mode, secret, access code, time.
const YUBICO_FLAT: [Column; 6] =
    [Column::Serial, Column::Ignored, Column::YubicoMode, Column::Secret, Column::Ignored, Column::Ignored];

const ENCODING_IS_FIXED: &str = "this layout has one encoding (entra base32, oath and yubico hexadecimal): declare none, or take another layout";
const ALGORITHM_IS_FIXED: &str = "this layout has one hash, SHA-1: declare none; for tokens with another hash take the layout deepnet or a column map";
const DIGITS_ARE_FIXED: &str =
    "the file says the number of digits, or has 6 (entra): declare none, or take another layout";
const TIME_STEP_IS_FIXED: &str = "the file says the time step, or has none: declare none";
const ONLY_FOR_MAPS: &str = "a header line and counter-based are declared for column maps only";

#[cfg(test)]
mod tests {
    use super::*;

    /// What a layout fixes may not be declared; what it leaves open must be.
    #[test]
    fn declared_once() {
        let of = |layout| CsvOptions::new(layout);
        let map = || CsvOptions::of_columns("serial,secret").unwrap();
        type Declare = fn(CsvOptions) -> CsvOptions;
        let encoding: Declare = |options| options.with_encoding(Encoding::Hex);
        let algorithm: Declare = |options| options.with_algorithm(Algorithm::Sha1);
        let digits: Declare = |options| options.with_digits(Digits::Eight);
        let time_step: Declare = |options| options.with_time_step(60);
        let counter_based: Declare = CsvOptions::with_counter_based;
        let header: Declare = CsvOptions::with_header;
        let all = [encoding, algorithm, digits, time_step, counter_based, header];
        // For each layout what must be declared, and what may be, in the order above.
        for (options, musts, mays) in [
            (of(CsvLayout::Entra), [false, false], [false; 6]),
            (of(CsvLayout::Deepnet), [true, true], [true, true, true, false, false, false]),
            (of(CsvLayout::Oath), [false, true], [false, true, false, false, false, false]),
            (of(CsvLayout::YubicoTraditional), [false, false], [false; 6]),
            (of(CsvLayout::YubicoFlat), [false, false], [false, false, true, false, false, false]),
            (map(), [true, true], [true; 6]),
        ] {
            let declare = |without: Option<usize>| {
                (0..2)
                    .filter(|each| musts[*each] && Some(*each) != without)
                    .fold(options.clone(), |o, i| all[i](o))
            };
            assert!(declare(None).reading().is_ok(), "{options:?}");
            for (each, must) in musts.into_iter().enumerate() {
                let said = declare(Some(each)).reading();
                assert_eq!(said.is_err(), must, "{options:?} {each}");
                if let Err(error) = said {
                    assert_eq!(error.kind(), ErrorKind::Argument);
                    assert!(error.message().starts_with("declare "));
                }
            }
            for (each, may) in mays.into_iter().enumerate() {
                let said = all[each](declare(None)).reading();
                assert_eq!(said.is_ok(), may, "{options:?} {each}");
            }
        }
        let counters =
            map().with_counter_based().with_encoding(Encoding::Hex).with_algorithm(Algorithm::Sha1);
        assert!(counters.clone().reading().is_ok());
        assert!(counters.with_time_step(60).reading().is_err());
    }

    #[test]
    fn candidates_of_a_proof() {
        let count = |options: CsvOptions| options.candidates().len();
        assert_eq!(count(CsvOptions::new(CsvLayout::Entra)), 1);
        assert_eq!(count(CsvOptions::new(CsvLayout::Oath)), 3);
        assert_eq!(count(CsvOptions::new(CsvLayout::Oath).with_algorithm(Algorithm::Sha256)), 1);
        assert_eq!(count(CsvOptions::new(CsvLayout::Deepnet)), 6);
        assert_eq!(count(CsvOptions::new(CsvLayout::Deepnet).with_encoding(Encoding::Hex)), 3);
        assert_eq!(count(CsvOptions::new(CsvLayout::Deepnet).with_algorithm(Algorithm::Sha512)), 2);
        assert_eq!(count(CsvOptions::of_columns("serial,secret").unwrap()), 6);
    }
}
