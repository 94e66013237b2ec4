//! Attempts in the caller's memory: the record in clear view, the verdict behind a mark.

use std::sync::atomic::{AtomicU8, Ordering};

use zeroize::Zeroizing;

use poterne::{
    Attempt, Denial, Denied, Record, Refusal, Rename, ReplacementAttempt, StoredCredential, Verifier,
    is_stored,
};

use crate::answer::{APPLIED, Answered, ONCE};
use crate::enrollment::POTERNE_RECORD_MAX;
use crate::guard::{Answer, Chars, Failure, POTERNE_NUL, bytes, shared, text};
use crate::login::poterne_result;
use crate::status::{
    POTERNE_CHANGED, POTERNE_CONFIRMED, POTERNE_E_ARGUMENT, POTERNE_E_ATTEMPT, POTERNE_E_COUNTER,
    POTERNE_E_INTERNAL, POTERNE_E_NULL, POTERNE_E_RANDOM, POTERNE_E_RECORD, POTERNE_E_RECORD_FORMAT,
    POTERNE_E_STATE, POTERNE_E_STORE, POTERNE_E_TIME, POTERNE_E_UNKNOWN_KEY, POTERNE_E_UTF8,
    POTERNE_E_VERSION, POTERNE_STORE,
};
use crate::structs;
use crate::table::Text;
use crate::two_steps::{POTERNE_CODES_MAX, poterne_attempt};
use crate::verifier::poterne_verifier;

/// The inputs of a call on a stored record: the attempt to fill, the verifier, the record, the account.
pub(crate) struct OnRecord(
    pub(crate) *mut poterne_attempt,
    pub(crate) *const poterne_verifier,
    pub(crate) Chars,
    pub(crate) Chars,
);

impl OnRecord {
    /// Empties the attempt, reads the texts, and writes the result of `work` into the attempt.
    ///
    /// # Safety
    /// Handles are live, texts have their lengths, the attempt the size that it states.
    // Inlined, as all up to `put`: an attempt of 600 bytes would be copied at each call, for a thirtieth of the time of a login.
    #[inline(always)]
    pub(crate) unsafe fn fill<P: Proposal>(
        self,
        work: impl FnOnce(StoredCredential<'_>) -> Result<P, Failure>,
    ) -> Answer {
        // SAFETY: the caller's promise.
        unsafe {
            self.fill_from(|verifier, record, account| work(verifier.credential(account, Some(record))?))
        }
    }

    /// The same for a call that takes a second record.
    ///
    /// # Safety
    /// As [`fill`](Self::fill).
    #[inline(always)]
    pub(crate) unsafe fn fill_from<P: Proposal>(
        self,
        work: impl FnOnce(&Verifier, &str, &str) -> Result<P, Failure>,
    ) -> Answer {
        let Self(attempt, verifier, record, account) = self;
        // SAFETY: the caller's promise.
        unsafe {
            clear(attempt)?;
            let (record, account) = (text(apart(attempt, record)?)?, text(apart(attempt, account)?)?);
            work(shared(verifier)?.get()?, record, account)?.give(attempt, record)
        }
    }
}

/// Reads a text of the caller. It must not be inside the attempt that the call fills: the attempt is emptied before the text is
/// read.
pub(crate) fn apart(attempt: *const poterne_attempt, given: Chars) -> Result<Chars, Failure> {
    let ((start, len), from) = ((given.0.addr(), given.1), attempt.addr());
    // Where a text ends that a NUL ends is not known yet.
    let end = if len == POTERNE_NUL { start.saturating_add(1) } else { start.saturating_add(len) };
    let is_apart = len == 0 || end <= from || start >= from.saturating_add(size_of::<poterne_attempt>());
    if is_apart { Ok(given) } else { Err(Failure(POTERNE_E_ARGUMENT)) }
}

/// Returns the outcome of an attempt, and spends it.
///
/// # Safety
/// Not null, `pointer` points to a writable attempt if it states that size, else to 8 writable bytes.
pub(crate) unsafe fn outcome(
    pointer: *mut poterne_attempt,
    rows_updated: i64,
) -> Result<poterne_result, Failure> {
    // SAFETY: the caller's promise.
    unsafe {
        check_size(pointer)?;
        Verdict::take(pointer)?.spend(pointer, rows_updated)
    }
}

/// Returns the outcome of an attempt that [`made`] checked before the swap. If it was filled again in the meantime, its verdict is
/// not about the stored record: it is taken, and returned to nobody.
///
/// # Safety
/// As [`outcome`].
pub(crate) unsafe fn outcome_of_made(
    pointer: *mut poterne_attempt,
    seen: Mark,
    rows_updated: i64,
) -> Result<poterne_result, Failure> {
    // SAFETY: the caller's promise.
    unsafe {
        check_size(pointer)?;
        let verdict = Verdict::take(pointer)?;
        if verdict.opaque[..MARK_LEN] == seen {
            verdict.spend(pointer, rows_updated)
        } else {
            Err(Failure(POTERNE_E_ATTEMPT))
        }
    }
}

/// Returns the codes of an attempt whose outcome was asked for.
///
/// # Safety
/// As [`outcome`]; nobody writes to the attempt while they are looked at.
pub(crate) unsafe fn codes<'a>(pointer: *const poterne_attempt) -> Result<&'a [u8], Failure> {
    // SAFETY: the caller's promise; so many codes are in the opaque part.
    unsafe {
        let verdict = Verdict::told(pointer)?;
        bytes((&raw const (*pointer).opaque).cast::<u8>().add(CODES), verdict.codes_len())
    }
}

/// Returns the record to store, if there is one, and the mark of the verdict, of an attempt that a callback of `poterne_apply` has
/// filled. The attempt must be made on the loaded record, and hold the record that was written there. The callback must have
/// returned the status of the call that filled it.
///
/// # Safety
/// As [`outcome`].
pub(crate) unsafe fn made(
    pointer: *const poterne_attempt,
    status: i32,
    loaded: &str,
) -> Result<(Option<Text<POTERNE_RECORD_MAX>>, Mark), Failure> {
    let wrong = Failure(POTERNE_E_ATTEMPT);
    if status < 0 {
        return Err(if ERRORS.contains(&status) { Failure(status) } else { wrong });
    }
    // SAFETY: the caller's promise; the record lies in the attempt.
    unsafe {
        structs::fixed_size(pointer)?;
        check_reserved(pointer)?;
        if phase(pointer).load(Ordering::Acquire) != READY {
            return Err(wrong);
        }
        let verdict = Verdict::read(pointer, READY)?;
        let result = decode(&verdict.opaque[RESULT..BASIS]);
        // Another record's answer would be stored over this one's, or a guess would not be counted.
        if verdict.opaque[KIND] != APPLIED || verdict.opaque[BASIS..CODES] != basis(loaded) {
            return Err(Failure(POTERNE_E_ARGUMENT));
        }
        if status != if verdict.changed == 0 { result.status } else { POTERNE_STORE } {
            return Err(wrong);
        }
        let mut seen = Mark::default();
        seen.copy_from_slice(&verdict.opaque[..MARK_LEN]);
        if verdict.changed == 0 {
            return Ok((None, seen));
        }
        let mut record = Text::new();
        let given = text(((&raw const (*pointer).record).cast(), verdict.record_len as usize));
        let is_copied = given.and_then(|given| record.take(given)).is_ok();
        // The copy is stored, whatever is written into the attempt from here on.
        if is_copied && verdict.opaque[RECORD..RESULT] == short(record.as_ref()) {
            Ok((Some(record), seen))
        } else {
            Err(wrong)
        }
    }
}

/// The verdict of an attempt, which is copied out of the caller's memory and into it. The record and the codes stay there.
struct Verdict {
    record_len: u32,
    changed: u32,
    /// The opaque part up to the codes.
    opaque: [u8; CODES],
}

impl Verdict {
    fn new((record_len, stored): Put, result: &poterne_result, made_on: &str) -> Self {
        let mut opaque = [0; CODES];
        opaque[PHASE] = READY;
        opaque[RECORD..RESULT].copy_from_slice(&stored.unwrap_or_default());
        opaque[RESULT..BASIS].copy_from_slice(&encode(result));
        opaque[BASIS..].copy_from_slice(&basis(made_on));
        Self { record_len: record_len as u32, changed: stored.is_some().into(), opaque }
    }

    /// Takes the verdict out of a filled attempt. Of several threads that try, only one gets it.
    ///
    /// # Safety
    /// `pointer` points to an attempt of the right size, which nobody fills at the same time.
    unsafe fn take(pointer: *mut poterne_attempt) -> Result<Self, Failure> {
        // SAFETY: the caller's promise.
        unsafe {
            check_reserved(pointer)?;
            let taken = phase(pointer).compare_exchange(READY, TAKEN, Ordering::AcqRel, Ordering::Relaxed);
            taken.map_err(|_| Failure(POTERNE_E_ATTEMPT))?;
            Self::read(pointer, READY)
        }
    }

    /// Reads the verdict of an attempt that has already returned it.
    ///
    /// # Safety
    /// Not null, `pointer` points to an attempt of the size that it states.
    unsafe fn told(pointer: *const poterne_attempt) -> Result<Self, Failure> {
        // SAFETY: the caller's promise; `fixed_size` has seen the size.
        unsafe {
            structs::fixed_size(pointer)?;
            check_reserved(pointer)?;
            if phase(pointer).load(Ordering::Acquire) != TOLD {
                return Err(Failure(POTERNE_E_ATTEMPT));
            }
            Self::read(pointer, TOLD)
        }
    }

    /// Reads the verdict except its phase, which other threads may be reading, and checks its mark.
    ///
    /// # Safety
    /// As [`take`](Self::take); nobody writes to the attempt.
    unsafe fn read(pointer: *const poterne_attempt, phase: u8) -> Result<Self, Failure> {
        // SAFETY: the caller's promise. Unaligned, for callers that pack their structures.
        let verdict = unsafe {
            let mut opaque = [0; CODES];
            opaque[PHASE] = phase;
            let given = (&raw const (*pointer).opaque).cast::<u8>();
            opaque[..PHASE].copy_from_slice(std::slice::from_raw_parts(given, PHASE));
            let behind = std::slice::from_raw_parts(given.add(PHASE + 1), CODES - PHASE - 1);
            opaque[PHASE + 1..].copy_from_slice(behind);
            Self {
                record_len: (&raw const (*pointer).record_len).read_unaligned(),
                changed: (&raw const (*pointer).changed).read_unaligned(),
                opaque,
            }
        };
        // SAFETY: the caller's promise.
        let is_filled = unsafe { verdict.opaque[..MARK_LEN] == verdict.mark(pointer) };
        if is_filled { Ok(verdict) } else { Err(Failure(POTERNE_E_ATTEMPT)) }
    }

    /// Writes it with its mark into an attempt that is being filled.
    ///
    /// # Safety
    /// As [`take`](Self::take), writable.
    unsafe fn write(mut self, pointer: *mut poterne_attempt) {
        // SAFETY: the caller's promise.
        unsafe {
            let mark = self.mark(pointer);
            self.opaque[..MARK_LEN].copy_from_slice(&mark);
            (&raw mut (*pointer).record_len).write_unaligned(self.record_len);
            (&raw mut (*pointer).changed).write_unaligned(self.changed);
            (&raw mut (*pointer).opaque).cast::<[u8; CODES]>().write_unaligned(self.opaque);
        }
    }

    /// Returns the outcome, and leaves the attempt in the phase of the outcome.
    ///
    /// # Safety
    /// [`take`](Self::take) gave it.
    unsafe fn spend(
        mut self,
        pointer: *mut poterne_attempt,
        rows_updated: i64,
    ) -> Result<poterne_result, Failure> {
        let outcome = self.outcome(rows_updated);
        // SAFETY: the caller's promise.
        unsafe { self.leave(pointer) };
        outcome
    }

    /// Leaves the attempt from which it was taken as its new phase says: with a mark for the codes, or wiped with them once
    /// there is nothing left to ask for. The phase comes last.
    ///
    /// # Safety
    /// [`take`](Self::take) gave it.
    unsafe fn leave(self, pointer: *mut poterne_attempt) {
        // SAFETY: the caller's promise: until the phase is another one, nobody else looks at the rest.
        unsafe {
            let opaque = (&raw mut (*pointer).opaque).cast::<u8>();
            if self.opaque[PHASE] == SPENT {
                poterne_boundary::wipe(std::slice::from_raw_parts_mut(opaque, PHASE));
                poterne_boundary::wipe(std::slice::from_raw_parts_mut(
                    opaque.add(PHASE + 1),
                    OPAQUE - PHASE - 1,
                ));
            } else {
                opaque.cast::<Mark>().write_unaligned(self.mark(pointer));
            }
            phase(pointer).store(self.opaque[PHASE], Ordering::Release);
        }
    }

    /// Returns the outcome of the login. From here on the attempt only gives codes, if it has any.
    fn outcome(&mut self, rows_updated: i64) -> Result<poterne_result, Failure> {
        let verdict = decode(&self.opaque[RESULT..BASIS]);
        let stored = match self.changed {
            0 => Ok(true),
            // A negative number is not a number of rows.
            _ => is_stored(u64::try_from(rows_updated).unwrap_or(u64::MAX)),
        };
        let (phase, outcome) = match stored {
            // No other answer has codes to give.
            Ok(true) if [POTERNE_CONFIRMED, POTERNE_CHANGED].contains(&verdict.status) => (TOLD, Ok(verdict)),
            Ok(true) => (SPENT, Ok(verdict)),
            Ok(false) => (SPENT, Ok(poterne_result::from_refusal(Refusal::Conflict))),
            Err(error) => (SPENT, Err(error.into())),
        };
        self.opaque[PHASE] = phase;
        outcome
    }

    /// A mark over the verdict and the codes, to know memory that no call has filled. It is no signature: whoever writes into
    /// the application's memory needs none. The record has been stored when the verdict is asked for, and perhaps wiped; it has a
    /// mark of its own in the verdict, at which only [`made`] looks.
    ///
    /// # Safety
    /// As [`read`](Self::read).
    unsafe fn mark(&self, pointer: *const poterne_attempt) -> Mark {
        let codes: &[u8] = if self.codes_len() == 0 {
            &[]
        } else {
            // SAFETY: the caller's promise; so many codes are in the opaque part.
            unsafe {
                let codes = (&raw const (*pointer).opaque).cast::<u8>().add(CODES);
                std::slice::from_raw_parts(codes, POTERNE_CODES_MAX)
            }
        };
        // The constants are digits of the golden ratio and its kin.
        let start = 0x706f_7465_726e_6531 ^ u64::from(self.record_len) << 32 ^ u64::from(self.changed);
        let words = self.opaque[MARK_LEN..].chunks_exact(8).chain(codes.chunks_exact(8));
        let mark = words.fold(start, |mark, word| {
            let word = word.first_chunk().copied().map_or(0, u64::from_le_bytes);
            mixed(mark ^ word ^ 0x9fb2_1c65_1e98_df25)
        });
        mark.to_le_bytes()
    }

    fn codes_len(&self) -> usize {
        usize::from(self.opaque[CODES_LEN]).min(POTERNE_CODES_MAX)
    }
}

/// The phase of an attempt, a byte of its own: packed structures are aligned to nothing more.
///
/// # Safety
/// `pointer` points to an attempt of the right size.
unsafe fn phase<'a>(pointer: *const poterne_attempt) -> &'a AtomicU8 {
    // SAFETY: the caller's promise. What only reads the phase only loads it; the memory is the caller's, who once filled it.
    unsafe { AtomicU8::from_ptr((&raw const (*pointer).opaque).cast::<u8>().add(PHASE).cast_mut()) }
}

/// # Safety
/// As [`phase`].
unsafe fn check_reserved(pointer: *const poterne_attempt) -> Result<(), Failure> {
    // SAFETY: the caller's promise.
    let reserved = unsafe { (&raw const (*pointer).reserved).read_unaligned() };
    if reserved == 0 { Ok(()) } else { Err(Failure(POTERNE_E_VERSION)) }
}

/// The statuses below 0 that a call that fills an attempt returns, or its caller for the table.
const ERRORS: [i32; 13] = [
    POTERNE_E_ARGUMENT,
    POTERNE_E_NULL,
    POTERNE_E_VERSION,
    POTERNE_E_UTF8,
    POTERNE_E_TIME,
    POTERNE_E_RECORD,
    POTERNE_E_UNKNOWN_KEY,
    POTERNE_E_RECORD_FORMAT,
    POTERNE_E_STATE,
    POTERNE_E_COUNTER,
    POTERNE_E_RANDOM,
    POTERNE_E_STORE,
    POTERNE_E_INTERNAL,
];

/// Both halves of a product, one over the other.
fn mixed(value: u64) -> u64 {
    let product = u128::from(value).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (product >> 64) as u64 ^ product as u64
}

/// Empties the caller's attempt before anything can fail: a zeroed attempt has no verdict.
///
/// # Safety
/// Not null, `pointer` points to a writable attempt if it states that size, else to 8 writable bytes.
pub(crate) unsafe fn clear(pointer: *mut poterne_attempt) -> Result<(), Failure> {
    // SAFETY: the caller's promise. The size that it states stays.
    unsafe {
        check_size(pointer)?;
        let rest = size_of::<poterne_attempt>() - size_of::<u32>();
        pointer.cast::<u8>().add(size_of::<u32>()).write_bytes(0, rest);
    }
    Ok(())
}

/// Checks that the caller means an attempt. If not, nothing is known to lie behind its first two fields, so that an earlier
/// verdict cannot be wiped there: the reserved field bars the way to it.
///
/// # Safety
/// As [`clear`].
unsafe fn check_size(pointer: *mut poterne_attempt) -> Result<(), Failure> {
    // SAFETY: the caller's promise.
    unsafe {
        let checked = structs::fixed_size(pointer);
        if checked.is_err() && !pointer.is_null() {
            (&raw mut (*pointer).reserved).write_unaligned(NO_ATTEMPT);
        }
        checked
    }
}

/// The result of a call on a record.
pub(crate) trait Proposal {
    /// Puts it into an attempt. If there is nothing to store, the record is the one that was given: a program that runs its UPDATE
    /// all the same writes what was there.
    ///
    /// # Safety
    /// [`clear`] has emptied what `pointer` points to.
    unsafe fn give(self, pointer: *mut poterne_attempt, given: &str) -> Answer;
}

impl<T: Answered, D: Denial + Into<Denied>> Proposal for Attempt<T, D> {
    #[inline(always)]
    unsafe fn give(self, pointer: *mut poterne_attempt, given: &str) -> Answer {
        // SAFETY: the caller's promise; the row that the library's own answer waits for, which goes behind the mark.
        unsafe {
            let record = put_record(pointer, self.record(), given);
            put(pointer, record, self.outcome(1).map_err(Into::into), T::KIND, given)
        }
    }
}

impl Proposal for ReplacementAttempt {
    unsafe fn give(self, pointer: *mut poterne_attempt, given: &str) -> Answer {
        // SAFETY: as above.
        unsafe {
            let record = put_record(pointer, self.record(), given);
            put(pointer, record, self.outcome(1), ONCE, given)
        }
    }
}

impl Proposal for Rename {
    unsafe fn give(self, pointer: *mut poterne_attempt, given: &str) -> Answer {
        // SAFETY: the caller's promise.
        unsafe {
            let record = put_record(pointer, Some(self.record()), given);
            put(pointer, record, Ok(()), ONCE, given)
        }
    }
}

/// Puts the answer behind the record in an attempt.
///
/// # Safety
/// As [`Proposal::give`].
#[inline(always)]
unsafe fn put<T: Answered>(
    pointer: *mut poterne_attempt,
    record: Put,
    answer: Result<T, Denied>,
    kind: u8,
    made_on: &str,
) -> Answer {
    let codes = answer.as_ref().map_or_else(|_| Zeroizing::default(), T::codes);
    let result = poterne_result::from_outcome(answer)?;
    let mut verdict = Verdict::new(record, &result, made_on);
    verdict.opaque[KIND] = kind;
    // SAFETY: the caller's promise.
    unsafe { put_verdict(pointer, verdict, &codes) };
    Ok(if record.1.is_some() { POTERNE_STORE } else { result.status })
}

/// The length of the record in the attempt, and if it is to be stored, its mark.
type Put = (usize, Option<[u8; RESULT - RECORD]>);

/// Puts the record in an attempt.
///
/// # Safety
/// As [`Proposal::give`].
unsafe fn put_record(pointer: *mut poterne_attempt, record: Option<&Record>, given: &str) -> Put {
    // What was given has opened, is none, which is blank, or was not looked at: then it may be anything, and is cut.
    let text = record.map_or(given.trim_end_matches(' '), Record::as_str).as_bytes();
    const { assert!(Record::LEN < POTERNE_RECORD_MAX) };
    let len = text.len().min(Record::LEN);
    // SAFETY: the caller's promise; these are at most `Record::LEN` bytes, so that one of the zeros stays behind them.
    unsafe { (&raw mut (*pointer).record).cast::<u8>().copy_from_nonoverlapping(text.as_ptr(), len) };
    (len, record.map(|record| short(record.as_str())))
}

/// The codes, and last the verdict, whose mark says that all of the attempt is there.
///
/// # Safety
/// As [`Proposal::give`].
unsafe fn put_verdict(pointer: *mut poterne_attempt, mut verdict: Verdict, codes: &str) {
    let kept = codes.len().min(POTERNE_CODES_MAX);
    verdict.opaque[CODES_LEN] = kept as u8;
    // SAFETY: the caller's promise; so many codes fit the opaque part.
    unsafe {
        let place = (&raw mut (*pointer).opaque).cast::<u8>().add(CODES);
        place.copy_from_nonoverlapping(codes.as_ptr(), kept);
        verdict.write(pointer);
    }
}

/// Marks a record to know it from others, that on which an attempt was made: by its key id and nonce, which no other has. Spaces
/// behind it do not count. It is no signature either.
fn basis(record: &str) -> Mark {
    let record = record.trim_end_matches(' ').as_bytes();
    let words = record.chunks_exact(8).take(BASIS_LEN / 8);
    let mark = words.fold(record.len() as u64, |mark, word| {
        let word = word.first_chunk().copied().map_or(0, u64::from_le_bytes);
        mixed(mark ^ word ^ 0x9fb2_1c65_1e98_df25)
    });
    mark.to_le_bytes()
}

/// As much of it as there is room for: the mark of the record to store.
fn short(record: &str) -> [u8; RESULT - RECORD] {
    let [a, b, c, d, ..] = basis(record);
    [a, b, c, d]
}

fn encode(result: &poterne_result) -> [u8; 40] {
    let mut bytes = [0; 40];
    let words = [
        u64::from(result.status as u32) << 32 | u64::from(result.method),
        u64::from(result.recovery_codes_left) << 32 | u64::from(result.failures_before),
        result.moving_factor,
        u64::from(result.drift as u32) << 32 | u64::from(result.clock_off_steps as u32),
        result.wait_seconds,
    ];
    for (bytes, word) in bytes.chunks_exact_mut(8).zip(words) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    bytes
}

fn decode(bytes: &[u8]) -> poterne_result {
    let mut words = [0_u64; 5];
    for (word, bytes) in words.iter_mut().zip(bytes.chunks_exact(8)) {
        let mut copy = [0; 8];
        copy.copy_from_slice(bytes);
        *word = u64::from_be_bytes(copy);
    }
    let [a, b, moving_factor, c, wait_seconds] = words;
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

// The opaque part: mark, phase, length of the codes, kind, the record to store from 12, the result from 16, the record it was made on
// from 56, the codes from 64.
const OPAQUE: usize = 256;
const MARK_LEN: usize = 8;
pub(crate) type Mark = [u8; MARK_LEN];
const PHASE: usize = 8;
const CODES_LEN: usize = 9;
const KIND: usize = 10;
const RECORD: usize = 12;
const RESULT: usize = 16;
const BASIS: usize = 56;
const CODES: usize = 64;

/// Nothing can be asked for.
const SPENT: u8 = 0;
/// The verdict can be asked.
const READY: u8 = 1;
/// It was told; codes can be asked.
const TOLD: u8 = 2;
/// Somebody is asking for it, or the mark was wrong.
const TAKEN: u8 = 3;

/// `POTERNE1`, and 28 bytes in base32.
const BASIS_LEN: usize = 8 + 48;

/// In the reserved field: an attempt whose size was wrong once. The next call that fills it makes it 0.
const NO_ATTEMPT: u32 = u32::MAX;

const _: () = assert!(CODES + POTERNE_CODES_MAX <= OPAQUE && POTERNE_CODES_MAX % 8 == 0);
