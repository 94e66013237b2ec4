//! Which encoding and which hash a file has, proved by a code that one of its tokens shows.

use alloc::vec::Vec;

use super::csv::{CsvOptions, Encoding, read_csv};
use super::entry::TokenEntry;
use super::etoken::read_etoken;
use super::file::TokenFile;
use crate::error::{Error, ErrorKind};
use crate::otp::{Algorithm, Match, match_otp};
use crate::parameters::MovingFactor;
use crate::time::UnixTime;

/// Finds out encoding and hash of a CSV file by a code that one of its tokens shows now.
///
/// Gives the encodings and hashes that make the code. One: it is proved. None: another token or file, a clock that is wrong, or a typing
/// error. Several, by chance: try the next code.
///
/// The options say the layout, and whatever else is known; what they leave open is tried, all of it, whatever matches. The time may be off
/// by 10 time steps; of a counter-based token, the file's counter and the 20 after it are tried. One code in 8,000 fits by chance: let
/// the token confirm as always.
///
/// ```
/// use poterne::token::{CsvLayout, CsvOptions, Encoding, prove_csv};
/// use poterne::{Algorithm, UnixTime};
///
/// // RFC 6238 appendix B: at 59 seconds, SHA-1 gives 94287082 in 8 digits.
/// let file = b"token01,3132333435363738393031323334353637383930,totp,8,30\n";
/// let options = CsvOptions::new(CsvLayout::Oath);
/// let fits = prove_csv(file, &options, "token01", "94287082", UnixTime::from_secs(59)?)?;
/// assert_eq!(fits, [(Encoding::Hex, Algorithm::Sha1)]);
/// # Ok::<(), poterne::Error>(())
/// ```
///
/// Source: semantics [16.13](crate::guide::semantics#16.13).
///
/// # Errors
/// Those of [`read_csv`]; [`ErrorKind::Argument`] if no token of this serial number can be read, or the code does not have as many digits
/// as the token.
pub fn prove_csv(
    bytes: &[u8],
    options: &CsvOptions,
    serial: &str,
    code: &str,
    now: UnixTime,
) -> Result<Vec<(Encoding, Algorithm)>, Error> {
    let readings = options.candidates().into_iter();
    fits(readings.map(|(encoding, options)| (encoding, read_csv(bytes, &options))), serial, code, now)
}

/// Finds out the hash of an eToken PASS file by a code that one of its tokens shows now, as [`prove_csv`] does for CSV.
///
/// Source: semantics [16.13](crate::guide::semantics#16.13).
///
/// # Errors
/// Those of [`read_etoken`]; [`ErrorKind::Argument`] if no token of this serial number can be read, or the code does not have 6 digits.
pub fn prove_etoken(bytes: &[u8], serial: &str, code: &str) -> Result<Vec<Algorithm>, Error> {
    let readings = Algorithm::ALL.iter();
    let readings = readings.map(|algorithm| (Encoding::Hex, read_etoken(bytes, Some(*algorithm))));
    // Nothing in it depends on the time.
    let fits = fits(readings, serial, code, UnixTime::EPOCH)?;
    Ok(fits.into_iter().map(|(_, algorithm)| algorithm).collect())
}

/// Returns the readings in which the token of this serial number makes the code. All are computed, whatever matches.
fn fits(
    readings: impl Iterator<Item = (Encoding, Result<TokenFile, Error>)>,
    serial: &str,
    code: &str,
    now: UnixTime,
) -> Result<Vec<(Encoding, Algorithm)>, Error> {
    let (mut fits, mut is_read) = (Vec::new(), false);
    for (encoding, file) in readings {
        let entry = file?.into_entries().into_iter().flatten().find(|entry| entry.serial() == serial);
        let Some(entry) = entry else { continue };
        is_read = true;
        let fit = (encoding, entry.parameters().algorithm());
        // A column may say the hash: then one reading comes several times.
        if matches(&entry, code, now)? && !fits.contains(&fit) {
            fits.push(fit);
        }
    }
    if !is_read {
        return Err(Error::new(
            ErrorKind::Argument,
            "no token of this serial number can be read in the file: read the file, and see what is wrong with it",
        ));
    }
    Ok(fits)
}

/// Returns whether a token makes a code now. Every candidate is computed and compared.
fn matches(entry: &TokenEntry, code: &str, now: UnixTime) -> Result<bool, Error> {
    let candidates = match entry.parameters().moving_factor() {
        MovingFactor::Counter => {
            let counter = entry.parameters().counter();
            counter..=counter.saturating_add(LOOK_AHEAD)
        }
        MovingFactor::Time(steps) => {
            let step = steps.at(now)?.saturating_add_signed(entry.drift().into());
            step.saturating_sub(STEPS)..=step.saturating_add(STEPS)
        }
    };
    match match_otp(entry.secret(), entry.parameters().format(), code, candidates, None)? {
        Match::Malformed => {
            Err(Error::new(ErrorKind::Argument, "the code does not have as many digits as the token"))
        }
        found => Ok(matches!(found, Match::Found(_))),
    }
}

/// Time steps either way: a token that lay in stock for years.
const STEPS: u64 = 10;
/// Presses of a button in a pocket.
const LOOK_AHEAD: u64 = 20;
