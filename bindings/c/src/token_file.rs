//! Token files
//!
//! Files of hardware tokens: PSKC (RFC 6030), eToken PASS, and CSV. `poterne_token_file_read` gives a handle of which the secrets never
//! come out; its tokens are enrolled or imported by their index. A token that is wrong has a status below 0 and a text that says what
//! to do; the others are there.

use std::ffi::c_char;

use poterne::token::{
    CsvLayout, CsvOptions, Encoding, FileKey, Separator, TokenEntry, TokenFault, TokenFile,
};
use poterne::{Algorithm, Digits, State};

use crate::enrollment::{digits, moving_factor, unbound, write_record};
use crate::guard::{
    Failure, Output, bytes, chars, free, guard, numbered, put_handle, same_numbers, set, shared, text, time,
};
use crate::status::{
    POTERNE_E_ARGUMENT, POTERNE_E_INTERNAL, POTERNE_E_UTF8, POTERNE_E_VERSION, POTERNE_NOT_FOUND, POTERNE_OK,
};
use crate::structs;
use crate::verifier::poterne_verifier;

/// CSV of Microsoft Entra.
pub const POTERNE_FILE_ENTRA: u32 = 1;
/// CSV of Deepnet SafeID.
pub const POTERNE_FILE_DEEPNET: u32 = 2;
/// OATH CSV of LinOTP and privacyIDEA.
pub const POTERNE_FILE_OATH: u32 = 3;
/// The traditional log of Yubico's personalization tool.
pub const POTERNE_FILE_YUBICO_TRADITIONAL: u32 = 4;
/// Yubico's flat log.
pub const POTERNE_FILE_YUBICO_FLAT: u32 = 5;
/// CSV by a column map.
pub const POTERNE_FILE_COLUMNS: u32 = 6;
/// PSKC (RFC 6030).
pub const POTERNE_FILE_PSKC: u32 = 7;
/// The XML of SafeNet (Aladdin) eToken PASS.
pub const POTERNE_FILE_ETOKEN: u32 = 8;
/// Base32.
pub const POTERNE_ENCODING_BASE32: u32 = 1;
/// Hexadecimal.
pub const POTERNE_ENCODING_HEX: u32 = 2;
/// A comma.
pub const POTERNE_SEPARATOR_COMMA: u32 = 1;
/// A semicolon.
pub const POTERNE_SEPARATOR_SEMICOLON: u32 = 2;
/// A tab.
pub const POTERNE_SEPARATOR_TAB: u32 = 3;
/// The first line is a header line, which is not read; for a column map.
pub const POTERNE_FILE_HEADER: u32 = 1;
/// The tokens are counter-based; for a column map.
pub const POTERNE_FILE_COUNTER_BASED: u32 = 2;
/// The key is a password, from which PBKDF2 derives the key; for PSKC. Without this flag it is a pre-shared key.
pub const POTERNE_FILE_PASSWORD: u32 = 4;
/// The dates of the token do not count: some files give one that is past, of tokens that work.
pub const POTERNE_IGNORE_DATES: u32 = 1;
/// The serial number.
pub const POTERNE_TEXT_SERIAL: u32 = 1;
/// The manufacturer, as the file calls it.
pub const POTERNE_TEXT_MANUFACTURER: u32 = 2;
/// The model, as the file calls it.
pub const POTERNE_TEXT_MODEL: u32 = 3;
/// The user to whom the file assigns the token.
pub const POTERNE_TEXT_ACCOUNT: u32 = 4;
/// What is wrong, and what to do next, in English.
pub const POTERNE_TEXT_FAULT: u32 = 5;

/// The tokens of a file. Free it with `poterne_token_file_free`, which wipes the secrets. Threads may share it.
pub struct poterne_token_file {
    entries: Vec<Result<TokenEntry, TokenFault>>,
}

/// What a file is. What its format fixes must be 0; what the format leaves open must be declared: it is never guessed.
#[derive(Clone, Copy, Default)]
#[repr(C)]
pub struct poterne_file_options {
    /// `sizeof(poterne_file_options)`.
    pub struct_size: u32,
    /// `POTERNE_FILE_...`.
    pub format: u32,
    /// `POTERNE_ENCODING_BASE32` or `POTERNE_ENCODING_HEX`; for Deepnet and a column map.
    pub encoding: u32,
    /// `POTERNE_SHA1`, `POTERNE_SHA256` or `POTERNE_SHA512`; for Deepnet, OATH, a column map and eToken PASS, where 0 means SHA-1 for
    /// secrets of 20 bytes and SHA-256 for 32.
    pub algorithm: u32,
    /// 6 (default), 7 or 8; for Deepnet, Yubico's flat log and a column map.
    pub digits: u32,
    /// Seconds, default 30; for a column map.
    pub time_step: u32,
    /// `POTERNE_SEPARATOR_COMMA` (default), `POTERNE_SEPARATOR_SEMICOLON` or `POTERNE_SEPARATOR_TAB`; for CSV.
    pub separator: u32,
    /// `POTERNE_FILE_HEADER`, `POTERNE_FILE_COUNTER_BASED` and `POTERNE_FILE_PASSWORD`, or 0.
    pub flags: u32,
}

/// A token of a file.
#[derive(Clone, Copy, Default)]
#[repr(C)]
pub struct poterne_file_token {
    /// `sizeof(poterne_file_token)`.
    pub struct_size: u32,
    /// `POTERNE_OK`, or what is wrong: then only the line counts.
    pub status: i32,
    /// The line of the file on which the token begins, from 1.
    pub line: u32,
    /// `POTERNE_COUNTER` or `POTERNE_TIME`.
    pub moving_factor: u32,
    /// `POTERNE_SHA1`, `POTERNE_SHA256` or `POTERNE_SHA512`.
    pub algorithm: u32,
    /// 6, 7 or 8.
    pub digits: u32,
    /// Seconds; 0 if it is counter-based.
    pub time_step: u32,
    /// The drift of its clock that another system has learned, in time steps.
    pub drift: i32,
    /// The counter that it shows next; 0 if it is time-based.
    pub counter: u64,
    /// The time from which steps are counted.
    pub t0: u64,
    /// The first valid second; 0 means no limit.
    pub not_before: i64,
    /// The last valid second; 0 means no limit.
    pub not_after: i64,
    /// The last time step that another system has accepted, if `has_watermark` is 1.
    pub watermark: u64,
    /// 1 if `watermark` counts, else 0.
    pub has_watermark: u32,
    /// 0.
    pub reserved: u32,
}

/// What a code proves about a file.
#[derive(Clone, Copy, Default)]
#[repr(C)]
pub struct poterne_file_proof {
    /// `sizeof(poterne_file_proof)`.
    pub struct_size: u32,
    /// How many encodings and hashes fit. One: it is proved. None: another token or file, a clock that is wrong, or a typing error.
    /// Several, by chance: try the next code.
    pub count: u32,
    /// `POTERNE_ENCODING_BASE32` or `POTERNE_ENCODING_HEX` if one fits, else 0.
    pub encoding: u32,
    /// `POTERNE_SHA1`, `POTERNE_SHA256` or `POTERNE_SHA512` if one fits, else 0.
    pub algorithm: u32,
}

/// Reads a file from its bytes. Wipe them afterwards with `poterne_wipe`.
///
/// @param file,file_len the bytes of the file
/// @param options what it is
/// @param with,with_len for encrypted PSKC: a pre-shared key of 16, 24 or 32 bytes, or a password. For a column map: the columns, such
///     as `serial,secret,-,counter`; they are serial, secret, account, manufacturer, model, type, algorithm, digits, time_step, counter,
///     drift, watermark, not_before, not_after, and - for one to ignore. Else NULL and 0
/// @param out receives the handle; NULL on failure
/// @return `POTERNE_OK`: at least one token, or what is wrong with it. `POTERNE_E_TOKEN_FILE`: it is no such file, or damaged.
///     `POTERNE_E_TOKEN_PASSWORD`: the key is wrong or missing, or one is not needed. `POTERNE_E_TOKEN_MAC`: encrypted without being
///     authenticated. `POTERNE_E_TOKEN_UNSUPPORTED`. `POTERNE_E_ARGUMENT`: the options do not fit the format. `POTERNE_E_UTF8`
///     (columns), `POTERNE_E_VERSION`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`.
/// @since 0.1
///
/// # Safety
/// Bytes and texts have their lengths, structures the size that they state, `out` is null or writable.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_token_file_read(
    file: *const u8,
    file_len: usize,
    options: *const poterne_file_options,
    with: *const c_char,
    with_len: usize,
    out: *mut *mut poterne_token_file,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        unsafe {
            set(out, std::ptr::null_mut())?;
            let (file, options) = (bytes(file, file_len)?, structs::read(options)?);
            let entries = options.read(file, chars((with, with_len))?)?.into_entries();
            put_handle(out, poterne_token_file { entries });
        }
        Ok(POTERNE_OK)
    })
}

/// Frees the handle and wipes its secrets. NULL is allowed.
/// @since 0.1
///
/// # Safety
/// Null, or a handle that is not used again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_token_file_free(file: *mut poterne_token_file) {
    // SAFETY: the caller's promise.
    unsafe { free(file) }
}

/// Gives a token, or what is wrong with it.
///
/// @param index from 0, in the file's order
/// @param out receives the token; set its `struct_size`
/// @return `POTERNE_OK`: look at the token's `status`. `POTERNE_NOT_FOUND`: there is no token of this index; all were seen.
///     `POTERNE_E_VERSION`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
/// @since 0.1
///
/// # Safety
/// The handle is live, `out` has the size that it states.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_token_file_token(
    file: *const poterne_token_file,
    index: usize,
    out: *mut poterne_file_token,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        unsafe {
            structs::write(out, &poterne_file_token::default())?;
            let Some(entry) = shared(file)?.entries.get(index) else { return Ok(POTERNE_NOT_FOUND) };
            structs::write(out, &entry.as_ref().map_or_else(of_fault, of_token))?;
        }
        Ok(POTERNE_OK)
    })
}

/// Gives a text of a token, or of what is wrong with it.
///
/// @param what `POTERNE_TEXT_...`
/// @param out,cap,len the text, in UTF-8; 512 is enough
/// @return `POTERNE_OK`. `POTERNE_NOT_FOUND`: the file does not have it, or there is no token of this index. `POTERNE_E_ARGUMENT`,
///     `POTERNE_E_BUFFER`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
/// @since 0.1
///
/// # Safety
/// The handle is live, `out` has `cap` writable bytes.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_token_file_text(
    file: *const poterne_token_file,
    index: usize,
    what: u32,
    out: *mut c_char,
    cap: usize,
    len: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        let (output, file) = unsafe { (Output::new(out.cast(), cap, len)?, shared(file)?) };
        let Some(entry) = file.entries.get(index) else { return Ok(POTERNE_NOT_FOUND) };
        let text = match (what, entry) {
            (POTERNE_TEXT_SERIAL, Ok(token)) => Some(token.serial().into()),
            (POTERNE_TEXT_SERIAL, Err(fault)) => fault.serial().map(String::from),
            (POTERNE_TEXT_MANUFACTURER, Ok(token)) => token.manufacturer().map(String::from),
            (POTERNE_TEXT_MODEL, Ok(token)) => token.model().map(String::from),
            (POTERNE_TEXT_ACCOUNT, Ok(token)) => token.account().map(String::from),
            (POTERNE_TEXT_FAULT, Err(fault)) => Some(fault.to_string()),
            (POTERNE_TEXT_SERIAL..=POTERNE_TEXT_FAULT, _) => None,
            _ => return Err(Failure(POTERNE_E_ARGUMENT)),
        };
        let Some(text) = text else { return Ok(POTERNE_NOT_FOUND) };
        output.write(text.as_bytes())?;
        Ok(POTERNE_OK)
    })
}

/// Makes a credential for a token of a file, as `poterne_enroll_token` does. Its drift and watermark are dropped. Store it under one
/// account only.
///
/// @param index from 0; a token whose `status` is `POTERNE_OK`
/// @param flags `POTERNE_IGNORE_DATES` or 0
/// @param out,cap,len the record, for INSERT; `POTERNE_RECORD_MAX` is enough
/// @return `POTERNE_OK`. `POTERNE_NOT_FOUND`: there is no token of this index. The status of the token, if it is wrong.
///     `POTERNE_E_SECRET`, `POTERNE_E_ARGUMENT`, `POTERNE_E_TIME`, `POTERNE_E_COUNTER`, `POTERNE_E_RANDOM`, `POTERNE_E_BUFFER`,
///     `POTERNE_E_UTF8`, `POTERNE_E_VERSION` (flags of a later version), `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`,
///     `POTERNE_E_TOKEN_FILE`, `POTERNE_E_TOKEN_MAC`, `POTERNE_E_TOKEN_UNSUPPORTED`.
/// @since 0.1
///
/// # Safety
/// Handles are live, texts have their lengths, `out` has `cap` writable bytes.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_token_file_enroll(
    verifier: *const poterne_verifier,
    account: *const c_char,
    account_len: usize,
    file: *const poterne_token_file,
    index: usize,
    flags: u32,
    now: i64,
    out: *mut c_char,
    cap: usize,
    len: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        unsafe {
            let output = Output::new(out.cast(), cap, len)?;
            let (verifier, account) = (shared(verifier)?.get()?, text((account, account_len))?);
            let Some(token) = token(shared(file)?, index, flags)? else { return Ok(POTERNE_NOT_FOUND) };
            output.fits(poterne::Record::LEN)?;
            let enrollment = verifier.enroll_token(account, token.into_hardware_token(), time(now)?)?;
            write_record(&output, enrollment.record())
        }
    })
}

/// Makes a credential for a token of a file with its drift and its watermark, as `poterne_import` does: for tokens that were in use
/// elsewhere.
///
/// @param state `POTERNE_STATE_PENDING` (0), `POTERNE_STATE_ACTIVE` or `POTERNE_STATE_SUSPENDED`
/// @return as `poterne_token_file_enroll`
/// @since 0.1
///
/// # Safety
/// As `poterne_token_file_enroll`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_token_file_import(
    verifier: *const poterne_verifier,
    account: *const c_char,
    account_len: usize,
    file: *const poterne_token_file,
    index: usize,
    state: u32,
    flags: u32,
    now: i64,
    out: *mut c_char,
    cap: usize,
    len: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        unsafe {
            let output = Output::new(out.cast(), cap, len)?;
            let (verifier, account) = (shared(verifier)?.get()?, text((account, account_len))?);
            let state = numbered(state, State::from_number)?;
            let Some(token) = token(shared(file)?, index, flags)? else { return Ok(POTERNE_NOT_FOUND) };
            output.fits(poterne::Record::LEN)?;
            let change = verifier.import(account, token.into_existing(state), time(now)?)?;
            write_record(&output, change.record().ok_or(Failure(POTERNE_E_INTERNAL))?)
        }
    })
}

/// Finds out the encoding and the hash of a CSV or an eToken PASS file by a code that one of its tokens shows now. What the options leave
/// open is tried.
///
/// @param serial,serial_len the serial number of the token
/// @param code,code_len the code that it shows
/// @param now Unix seconds, or `POTERNE_NOW`
/// @param out receives what is proved; set its `struct_size`
/// @return `POTERNE_OK`: look at `count`. `POTERNE_E_ARGUMENT`: no token of this serial number can be read, the code does not have as
///     many digits as the token, PSKC, or the options do not fit. `POTERNE_E_TOKEN_FILE`, `POTERNE_E_TOKEN_UNSUPPORTED`,
///     `POTERNE_E_TIME`, `POTERNE_E_UTF8`, `POTERNE_E_VERSION`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`.
/// @since 0.1
///
/// # Safety
/// As `poterne_token_file_read`; `out` has the size that it states.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_token_file_prove(
    file: *const u8,
    file_len: usize,
    options: *const poterne_file_options,
    with: *const c_char,
    with_len: usize,
    serial: *const c_char,
    serial_len: usize,
    code: *const c_char,
    code_len: usize,
    now: i64,
    out: *mut poterne_file_proof,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        unsafe {
            structs::write(out, &poterne_file_proof::default())?;
            let (file, options) = (bytes(file, file_len)?, structs::read(options)?);
            let with = chars((with, with_len))?;
            let (serial, code) = (text((serial, serial_len))?, text((code, code_len))?);
            let fits = if options.format == POTERNE_FILE_ETOKEN {
                options.only(&[], with)?;
                let fits = poterne::token::prove_etoken(file, serial, code)?;
                fits.into_iter().map(|algorithm| (Encoding::Hex, algorithm)).collect()
            } else {
                poterne::token::prove_csv(file, &options.csv(with)?, serial, code, time(now)?)?
            };
            let mut proof = poterne_file_proof {
                count: u32::try_from(fits.len()).unwrap_or(u32::MAX),
                ..Default::default()
            };
            if let [(encoding, algorithm)] = fits.as_slice() {
                proof.encoding = encoding.number().unsigned_abs();
                proof.algorithm = algorithm.number().unsigned_abs();
            }
            structs::write(out, &proof)?;
        }
        Ok(POTERNE_OK)
    })
}

impl poterne_file_options {
    fn read(self, file: &[u8], with: &[u8]) -> Result<TokenFile, Failure> {
        Ok(match self.format {
            POTERNE_FILE_PSKC => {
                self.only(&[self.flags], &[])?;
                let key = match (self.flags, with) {
                    (0, []) => FileKey::None,
                    (0, key) => FileKey::PreShared(key),
                    (POTERNE_FILE_PASSWORD, password) => FileKey::Password(password),
                    _ => return Err(Failure(POTERNE_E_ARGUMENT)),
                };
                poterne::token::read_pskc(file, key)
            }
            POTERNE_FILE_ETOKEN => {
                self.only(&[self.algorithm], with)?;
                poterne::token::read_etoken(file, declared(self.algorithm, Algorithm::from_number)?)
            }
            _ => poterne::token::read_csv(file, &self.csv(with)?),
        }?)
    }

    /// Checks that nothing is declared but what is named.
    fn only(self, named: &[u32], with: &[u8]) -> Result<(), Failure> {
        let all = [self.encoding, self.algorithm, self.digits, self.time_step, self.separator, self.flags];
        let count = |fields: &[u32]| fields.iter().filter(|field| **field != 0).count();
        if count(&all) == count(named) && with.is_empty() { Ok(()) } else { Err(Failure(POTERNE_E_ARGUMENT)) }
    }

    fn csv(self, with: &[u8]) -> Result<CsvOptions, Failure> {
        let mut options = match (self.format, with) {
            (POTERNE_FILE_COLUMNS, map) => {
                CsvOptions::of_columns(std::str::from_utf8(map).map_err(|_| Failure(POTERNE_E_UTF8))?)?
            }
            (format, []) => CsvOptions::new(numbered(format, CsvLayout::from_number)?),
            _ => return Err(Failure(POTERNE_E_ARGUMENT)),
        };
        if let Some(encoding) = declared(self.encoding, Encoding::from_number)? {
            options = options.with_encoding(encoding);
        }
        if let Some(algorithm) = declared(self.algorithm, Algorithm::from_number)? {
            options = options.with_algorithm(algorithm);
        }
        if self.digits != 0 {
            options = options.with_digits(Digits::new(self.digits)?);
        }
        if self.time_step != 0 {
            options = options.with_time_step(self.time_step);
        }
        if let Some(separator) = declared(self.separator, Separator::from_number)? {
            options = options.with_separator(separator);
        }
        if self.flags & !(POTERNE_FILE_HEADER | POTERNE_FILE_COUNTER_BASED) != 0 {
            return Err(Failure(if self.flags & !7 == 0 { POTERNE_E_ARGUMENT } else { POTERNE_E_VERSION }));
        }
        if self.flags & POTERNE_FILE_HEADER != 0 {
            options = options.with_header();
        }
        if self.flags & POTERNE_FILE_COUNTER_BASED != 0 {
            options = options.with_counter_based();
        }
        Ok(options)
    }
}

fn declared<T>(number: u32, from_number: impl Fn(i32) -> Option<T>) -> Result<Option<T>, Failure> {
    if number == 0 { Ok(None) } else { numbered(number, from_number).map(Some) }
}

/// A copy of a token, to seal.
fn token(file: &poterne_token_file, index: usize, flags: u32) -> Result<Option<TokenEntry>, Failure> {
    if flags & !POTERNE_IGNORE_DATES != 0 {
        return Err(Failure(POTERNE_E_VERSION));
    }
    match file.entries.get(index) {
        None => Ok(None),
        Some(Err(fault)) => Err(Failure(fault.kind().number())),
        Some(Ok(token)) if flags == POTERNE_IGNORE_DATES => Ok(Some(token.copy().ignore_dates())),
        Some(Ok(token)) => Ok(Some(token.copy())),
    }
}

fn of_fault(fault: &TokenFault) -> poterne_file_token {
    poterne_file_token { status: fault.kind().number(), line: line(fault.line()), ..Default::default() }
}

fn of_token(token: &TokenEntry) -> poterne_file_token {
    let parameters = token.parameters();
    let (moving_factor, time_step, t0) = moving_factor(parameters.moving_factor());
    poterne_file_token {
        status: POTERNE_OK,
        line: line(token.line()),
        moving_factor,
        algorithm: parameters.algorithm().number().unsigned_abs(),
        digits: digits(parameters.digits()),
        time_step,
        drift: token.drift().into(),
        counter: parameters.counter(),
        t0,
        not_before: unbound(parameters.not_before()),
        not_after: unbound(parameters.not_after()),
        watermark: token.watermark().unwrap_or_default(),
        has_watermark: token.watermark().is_some().into(),
        ..Default::default()
    }
}

fn line(line: usize) -> u32 {
    u32::try_from(line).unwrap_or(u32::MAX)
}

same_numbers! {
    CsvLayout:
    CsvLayout::Entra => POTERNE_FILE_ENTRA,
    CsvLayout::Deepnet => POTERNE_FILE_DEEPNET,
    CsvLayout::Oath => POTERNE_FILE_OATH,
    CsvLayout::YubicoTraditional => POTERNE_FILE_YUBICO_TRADITIONAL,
    CsvLayout::YubicoFlat => POTERNE_FILE_YUBICO_FLAT,
}
same_numbers! {
    Encoding: Encoding::Base32 => POTERNE_ENCODING_BASE32, Encoding::Hex => POTERNE_ENCODING_HEX
}
same_numbers! {
    Separator:
    Separator::Comma => POTERNE_SEPARATOR_COMMA,
    Separator::Semicolon => POTERNE_SEPARATOR_SEMICOLON,
    Separator::Tab => POTERNE_SEPARATOR_TAB,
}
