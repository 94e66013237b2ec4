//! Attempts in the caller's memory: the record in clear view, the verdict behind a mark.

use std::ffi::c_char;

use crate::guard::{Failure, Output, Status, guard};
use crate::status::{
    POTERNE_E_ATTEMPT, POTERNE_E_ROWS, POTERNE_E_VERSION, POTERNE_OK, POTERNE_REFUSED_CONFLICT, POTERNE_STORE,
};
use crate::structs::{self, poterne_attempt, poterne_result};
use crate::wipe::wipe;
use poterne::{Attempt, Change, Outcome, Record, RecoveryCodes, Rename, TemporaryCode};

/// The size of a record's buffer: a record has 504 characters and a NUL.
pub const POTERNE_RECORD_MAX: usize = 512;

/// The size of a buffer that holds all codes of `poterne_codes`.
pub const POTERNE_CODES_MAX: usize = 128;

/// Reports how many rows the committed swap updated, and gives the verdict. The attempt is spent, whatever
/// comes of it, unless the size of `result` is wrong.
///
/// Store the record of the attempt in a transaction of its own and COMMIT before this call, whatever the verdict will be:
/// `UPDATE ... SET record = :new WHERE account = :account AND record = :old`. A commit that failed, or whose answer was lost,
/// is 0 rows. If `changed` of the attempt is 0 there is nothing to store, and `rows_updated` does not count.
///
/// The caller keeps the attempt; wipe it with `poterne_wipe`. One thread at a time.
///
/// @param attempt filled by `poterne_verify` or another call that gave `POTERNE_STORE` or a refusal
/// @param rows_updated 1, or 0 for a conflict
/// @param result what the attempt came to, with its `struct_size` set; may be NULL: the status is enough
/// @return `POTERNE_OK`: a login. `POTERNE_CONFIRMED`, `POTERNE_RESYNCHRONIZED`, `POTERNE_CHANGED`: done, not a login.
///     `POTERNE_REFUSED_...`: refused. `POTERNE_E_ROWS`: neither 0 nor 1 row, the swap is wrong. `POTERNE_E_ATTEMPT`: spent
///     already, or never filled. `POTERNE_E_NULL`, `POTERNE_E_VERSION`, `POTERNE_E_INTERNAL`.
/// Since 0.1.
///
/// # Safety
/// The pointers are null or point to structures of the size that they state.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_outcome(
    attempt: *mut poterne_attempt,
    rows_updated: i64,
    result: *mut poterne_result,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        unsafe {
            if !result.is_null() {
                // Before the attempt is spent for a result that cannot be written.
                structs::stated_size(result)?;
            }
            let outcome = Filled::take(attempt).and_then(|mut filled| {
                let outcome = filled.outcome(rows_updated);
                filled.give_back_told(attempt);
                outcome
            });
            report(result, outcome)
        }
    })
}

/// The codes that a confirmation or a change has issued, to show now: recovery codes with a line feed between them, or one
/// temporary code. They can be had until the attempt is wiped, and only after `poterne_outcome` said `POTERNE_CONFIRMED` or `POTERNE_CHANGED`.
///
/// @param attempt the attempt, as `poterne_outcome` left it
/// @param out, cap, len a buffer, `POTERNE_CODES_MAX` is enough; empty if no codes were issued
/// @return `POTERNE_OK`, `POTERNE_E_ATTEMPT`, `POTERNE_E_BUFFER`, `POTERNE_E_NULL`, `POTERNE_E_VERSION`, `POTERNE_E_ARGUMENT`,
///     `POTERNE_E_INTERNAL`
/// Since 0.1.
///
/// # Safety
/// As `poterne_outcome`; `out` points to `cap` writable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_codes(
    attempt: *const poterne_attempt,
    out: *mut c_char,
    cap: usize,
    len: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's promise.
        unsafe {
            let output = Output::new(out.cast(), cap, len)?;
            let filled = Filled::take(attempt)?;
            if filled.0.opaque[PHASE] != TOLD {
                return Err(Failure(POTERNE_E_ATTEMPT));
            }
            output.write(filled.codes())?;
            Ok(POTERNE_OK)
        }
    })
}

/// An attempt of the caller, copied in and wiped when dropped.
struct Filled(poterne_attempt);

impl Filled {
    const fn empty() -> Self {
        Self(poterne_attempt {
            struct_size: size_of::<poterne_attempt>() as u32,
            reserved: 0,
            record_len: 0,
            changed: 0,
            record: [0; POTERNE_RECORD_MAX],
            opaque: [0; 256],
        })
    }

    /// Copies a filled attempt in.
    ///
    /// # Safety
    /// Not null, `pointer` points to an attempt of the size that it states.
    unsafe fn take(pointer: *const poterne_attempt) -> Result<Self, Failure> {
        // SAFETY: the caller's promise; `check_size` has seen the size.
        let filled = unsafe {
            check_size(pointer)?;
            Self(pointer.read_unaligned())
        };
        if filled.0.reserved != 0 {
            return Err(Failure(POTERNE_E_VERSION));
        }
        let is_filled =
            filled.0.opaque[..8] == filled.mark() && matches!(filled.0.opaque[PHASE], READY | TOLD);
        if is_filled { Ok(filled) } else { Err(Failure(POTERNE_E_ATTEMPT)) }
    }

    /// Copies out what [`outcome`](Self::outcome) has changed: the record has been stored, and is as it was.
    ///
    /// # Safety
    /// As [`take`](Self::take), writable.
    unsafe fn give_back_told(&mut self, pointer: *mut poterne_attempt) {
        if self.0.opaque[PHASE] != 0 {
            self.set_mark();
        }
        // SAFETY: the caller's promise.
        unsafe { (&raw mut (*pointer).opaque).write_unaligned(self.0.opaque) };
    }

    /// Copies it out.
    ///
    /// # Safety
    /// As [`take`](Self::take), writable.
    unsafe fn give_back(&mut self, pointer: *mut poterne_attempt) {
        self.set_mark();
        // SAFETY: the caller's promise. A larger structure of the caller keeps its own size; what it has beyond ours becomes 0.
        unsafe {
            self.0.struct_size = pointer.cast::<u32>().read_unaligned();
            pointer.write_unaligned(self.0);
            let beyond = (self.0.struct_size as usize).saturating_sub(size_of::<poterne_attempt>());
            pointer.add(1).cast::<u8>().write_bytes(0, beyond);
        }
    }

    fn set_mark(&mut self) {
        let mark = self.mark();
        self.0.opaque[..8].copy_from_slice(&mark);
    }

    fn set_record(&mut self, record: &str) {
        let kept = record.len().min(POTERNE_RECORD_MAX - 1);
        for (to, from) in self.0.record.iter_mut().zip(&record.as_bytes()[..kept]) {
            *to = *from as c_char;
        }
        self.0.record_len = kept as u32;
    }

    fn set_verdict(&mut self, changed: bool, result: &poterne_result, codes: &str) {
        self.0.changed = changed.into();
        self.0.opaque[PHASE] = READY;
        self.0.opaque[CODES_LEN] = codes.len() as u8;
        self.0.opaque[RESULT..RESULT + 48].copy_from_slice(&encode(result));
        self.0.opaque[CODES..CODES + codes.len()].copy_from_slice(codes.as_bytes());
    }

    fn codes(&self) -> &[u8] {
        &self.0.opaque[CODES..][..usize::from(self.0.opaque[CODES_LEN]).min(POTERNE_CODES_MAX)]
    }

    /// The verdict; from here on the attempt only gives codes, if it has any to give.
    fn outcome(&mut self, rows_updated: i64) -> Result<poterne_result, Failure> {
        if self.0.opaque[PHASE] != READY {
            return Err(Failure(POTERNE_E_ATTEMPT));
        }
        let verdict = decode(&self.0.opaque[RESULT..RESULT + 48]);
        let (phase, outcome) = match (self.0.changed, rows_updated) {
            (0, _) => (0, Ok(verdict)),
            // A login has no codes to give afterwards.
            (_, 1) if verdict.status == POTERNE_OK => (0, Ok(verdict)),
            (_, 1) => (TOLD, Ok(verdict)),
            (_, 0) => {
                let conflict = poterne_result { status: POTERNE_REFUSED_CONFLICT, ..Default::default() };
                (0, Ok(conflict))
            }
            _ => (0, Err(Failure(POTERNE_E_ROWS))),
        };
        if phase == 0 {
            wipe(&mut self.0.opaque);
        }
        self.0.opaque[PHASE] = phase;
        outcome
    }

    /// A mark over record and verdict, to know memory that no call has filled. It is no signature: whoever writes into the
    /// application's memory needs none.
    fn mark(&self) -> [u8; 8] {
        // Four lanes, so that their multiplications overlap; the constants are digits of the golden ratio and its kin.
        let mut lanes = [
            0x706f_7465_726e_6531_u64 ^ u64::from(self.0.record_len) << 32 ^ u64::from(self.0.changed),
            0x9e37_79b9_7f4a_7c15,
            0xc2b2_ae3d_27d4_eb4f,
            0x1656_67b1_9e37_79f9,
        ];
        // SAFETY: a `c_char` is a byte, and every pattern of bits is a value of a `u8`.
        let record =
            unsafe { std::slice::from_raw_parts(self.0.record.as_ptr().cast::<u8>(), POTERNE_RECORD_MAX) };
        for bytes in [record, &self.0.opaque[8..]] {
            for chunk in bytes.chunks(64) {
                for (lane, pair) in lanes.iter_mut().zip(chunk.chunks(16)) {
                    let [first, second] =
                        [0, 8].map(|at| pair[at..].first_chunk().copied().unwrap_or_default());
                    let [first, second] = [u64::from_le_bytes(first), u64::from_le_bytes(second)];
                    *lane = mixed(first ^ 0x9fb2_1c65_1e98_df25, second ^ *lane);
                }
            }
        }
        lanes.into_iter().fold(0, |mark, lane| mixed(mark ^ 0x9fb2_1c65_1e98_df25, lane)).to_le_bytes()
    }
}

/// Both halves of the product, one over the other.
fn mixed(first: u64, second: u64) -> u64 {
    let product = u128::from(first).wrapping_mul(u128::from(second));
    (product >> 64) as u64 ^ product as u64
}

impl Drop for Filled {
    fn drop(&mut self) {
        wipe(&mut self.0.opaque);
    }
}

/// Empties the caller's attempt before anything can fail: a zeroed attempt has no verdict.
///
/// # Safety
/// Not null, `pointer` points to a writable attempt of the size that it states.
pub(crate) unsafe fn clear(pointer: *mut poterne_attempt) -> Result<(), Failure> {
    // SAFETY: the caller's promise. The size that it states stays.
    unsafe {
        let size = check_size(pointer)?;
        pointer.cast::<u8>().add(size_of::<u32>()).write_bytes(0, size - size_of::<u32>());
    }
    Ok(())
}

/// Hands an attempt over.
///
/// # Safety
/// As [`clear`].
pub(crate) unsafe fn give(pointer: *mut poterne_attempt, attempt: Attempt) -> Status {
    let mut filled = Filled::empty();
    let changed = attempt.changed();
    filled.set_record(attempt.record().as_str());
    // The library's own verdict, which goes behind the mark.
    let outcome = attempt.outcome(1)?;
    let codes = match &outcome {
        Outcome::Confirmed(confirmed) => lines(confirmed.recovery_codes()),
        _ => zeroize::Zeroizing::default(),
    };
    let result = poterne_result::from_outcome(&outcome);
    filled.set_verdict(changed, &result, &codes);
    // SAFETY: the caller's promise.
    unsafe { filled.give_back(pointer) };
    Ok(if changed { POTERNE_STORE } else { result.status })
}

/// Hands a change over.
///
/// # Safety
/// As [`clear`].
pub(crate) unsafe fn give_change<T: Codes>(pointer: *mut poterne_attempt, change: Change<T>) -> Status {
    let mut filled = Filled::empty();
    filled.set_record(change.record().as_str());
    let codes = change.stored(1)?.done().map(|codes| codes.lines()).unwrap_or_default();
    filled.set_verdict(true, &poterne_result::changed(), &codes);
    // SAFETY: the caller's promise.
    unsafe { filled.give_back(pointer) };
    Ok(POTERNE_STORE)
}

/// Hands a renaming over.
///
/// # Safety
/// As [`clear`].
pub(crate) unsafe fn give_rename(pointer: *mut poterne_attempt, rename: Rename) -> Status {
    let mut filled = Filled::empty();
    filled.set_record(rename.record().as_str());
    filled.set_verdict(true, &poterne_result::changed(), "");
    // SAFETY: the caller's promise.
    unsafe { filled.give_back(pointer) };
    Ok(POTERNE_STORE)
}

/// What a change may bring.
pub(crate) trait Codes {
    fn lines(&self) -> zeroize::Zeroizing<String>;
}

impl Codes for () {
    fn lines(&self) -> zeroize::Zeroizing<String> {
        zeroize::Zeroizing::default()
    }
}

impl Codes for RecoveryCodes {
    fn lines(&self) -> zeroize::Zeroizing<String> {
        lines(self)
    }
}

impl Codes for TemporaryCode {
    fn lines(&self) -> zeroize::Zeroizing<String> {
        zeroize::Zeroizing::new(self.as_str().into())
    }
}

fn lines(codes: &RecoveryCodes) -> zeroize::Zeroizing<String> {
    let mut text = zeroize::Zeroizing::new(String::with_capacity(POTERNE_CODES_MAX));
    for code in codes.iter() {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(code);
    }
    text
}

/// Writes a result, or zeros for a failure, and gives the status.
///
/// # Safety
/// Not null, `pointer` points to a writable result of the size that it states.
pub(crate) unsafe fn report(
    pointer: *mut poterne_result,
    outcome: Result<poterne_result, Failure>,
) -> Status {
    let result = match outcome {
        Ok(result) => result,
        Err(Failure(status)) => poterne_result { status, ..Default::default() },
    };
    if !pointer.is_null() {
        // SAFETY: the caller's promise.
        unsafe { structs::write(pointer, &result)? };
    }
    Ok(result.status)
}

/// A record into the caller's buffer.
pub(crate) fn write_record(output: &Output, record: &Record) -> Status {
    output.write(record.as_str().as_bytes())?;
    Ok(POTERNE_OK)
}

/// # Safety
/// Not null, `pointer` points to as many bytes as it states.
unsafe fn check_size(pointer: *const poterne_attempt) -> Result<usize, Failure> {
    // SAFETY: the caller's promise.
    let size = unsafe { structs::stated_size(pointer)? };
    if size < size_of::<poterne_attempt>() { Err(Failure(POTERNE_E_VERSION)) } else { Ok(size) }
}

fn encode(result: &poterne_result) -> [u8; 48] {
    let mut bytes = [0; 48];
    let words = [
        u64::from(result.status as u32) << 32 | u64::from(result.method),
        u64::from(result.recovery_codes_left) << 32 | u64::from(result.failures_before),
        result.moving_factor,
        u64::from(result.drift as u32) << 32 | u64::from(result.clock_off_steps as u32),
        result.wait_seconds,
        0,
    ];
    for (bytes, word) in bytes.chunks_exact_mut(8).zip(words) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    bytes
}

fn decode(bytes: &[u8]) -> poterne_result {
    let mut words = [0_u64; 6];
    for (word, bytes) in words.iter_mut().zip(bytes.chunks_exact(8)) {
        let mut copy = [0; 8];
        copy.copy_from_slice(bytes);
        *word = u64::from_be_bytes(copy);
    }
    let [a, b, moving_factor, c, wait_seconds, _] = words;
    poterne_result {
        status: (a >> 32) as i32,
        method: a as u32,
        recovery_codes_left: (b >> 32) as u32,
        failures_before: b as u32,
        moving_factor,
        drift: (c >> 32) as i32,
        clock_off_steps: c as i32,
        wait_seconds,
        ..Default::default()
    }
}

// The opaque part: mark 8, phase, length of the codes, the result from 16, the codes from 64.
const PHASE: usize = 8;
const CODES_LEN: usize = 9;
const RESULT: usize = 16;
const CODES: usize = 64;

/// The verdict can be asked.
const READY: u8 = 1;
/// It was told; codes can be had.
const TOLD: u8 = 2;

const _: () = assert!(CODES + POTERNE_CODES_MAX <= 256);
