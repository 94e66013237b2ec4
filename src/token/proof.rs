//! Which encoding and which hash a file has, proved by a code that one of its tokens shows.

use alloc::vec::Vec;

use super::csv::{CsvOptions, Encoding, read_csv};
use super::entry::TokenEntry;
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
/// Source: semantics [16.9](crate::guide::semantics#16.9).
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
    let mut fits = Vec::new();
    let mut is_read = false;
    for (encoding, options) in options.candidates() {
        let file = read_csv(bytes, &options)?;
        let entry = file.into_entries().into_iter().flatten().find(|entry| entry.serial() == serial);
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
