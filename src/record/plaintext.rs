//! The plaintext of a record, format 1 (semantics [9.6](crate::guide::semantics#9.6)).

use crate::credential::{
    CodeHash, CodeSlots, Credential, MAX_DRIFT, MAX_USES, RECORD_TIME_STEPS, RECOVERY_SLOTS, State,
    TemporarySlot, is_time_based_token,
};
use crate::otp::{Algorithm, Digits, Secret, TimeSteps};
use crate::parameters::{Authenticator, MovingFactor};
use crate::time::UnixTime;
use crate::wipe;

/// The length of every plaintext.
pub(super) const PLAINTEXT_LEN: usize = 266;

/// Writes a credential. `plaintext` must be zeros.
pub(super) fn encode(credential: &Credential, plaintext: &mut [u8; PLAINTEXT_LEN]) {
    let mut writer = Writer(plaintext);
    writer.put([kind_byte(credential)]);
    writer.put([presence_byte(credential)]);
    let steps = match credential.moving_factor {
        MovingFactor::Time(steps) => Some(steps),
        MovingFactor::Counter => None,
    };
    writer.put([steps.and_then(|steps| u8::try_from(steps.time_step()).ok()).unwrap_or_default()]);
    writer.put([credential.failures]);
    let secret = credential.secret.as_ref().map(Secret::as_bytes).unwrap_or_default();
    writer.put([u8::try_from(secret.len()).unwrap_or_default()]);
    let codes = &credential.codes;
    writer.put([codes.issued]);
    writer.put(left_bits(codes).to_be_bytes());
    writer.put(credential.drift.to_be_bytes());
    writer.put(credential.last_sync.unwrap_or_default().to_be_bytes());
    writer.put([codes.temporary.as_ref().map(|slot| slot.uses).unwrap_or_default()]);
    writer.put([credential.untold]);
    writer.put([0; 2]);
    let factor = match credential.moving_factor {
        MovingFactor::Counter => credential.counter,
        MovingFactor::Time(_) => credential.watermark.unwrap_or_default(),
    };
    writer.put(factor.to_be_bytes());
    writer.put_time(steps.map(TimeSteps::t0));
    writer.put_time(credential.last_failure);
    writer.put_time(credential.not_before);
    writer.put_time(credential.not_after);
    writer.put_time(codes.temporary.as_ref().map(|slot| slot.expiry));
    writer.put_secret(secret);
    writer.put(codes.key);
    for slot in &codes.recovery {
        writer.put(slot.unwrap_or_default());
    }
    writer.put(codes.temporary.as_ref().map(|slot| slot.hash).unwrap_or_default());
    writer.put_time(credential.confirm_by);
}

/// Reads a credential. Returns `None` if any field is not as [`encode`] writes it.
pub(super) fn decode(plaintext: &[u8; PLAINTEXT_LEN]) -> Option<Credential> {
    let mut reader = Reader(plaintext);
    let [kind] = reader.take()?;
    let [presence] = reader.take()?;
    let [time_step] = reader.take()?;
    let [failures] = reader.take()?;
    let [secret_len] = reader.take()?;
    let [issued] = reader.take()?;
    let left = u16::from_be_bytes(reader.take()?);
    let drift = i16::from_be_bytes(reader.take()?);
    let last_sync = u16::from_be_bytes(reader.take()?);
    let [uses] = reader.take()?;
    let [untold] = reader.take()?;
    reader.zeros::<2>()?;
    let factor = u64::from_be_bytes(reader.take()?);
    let t0 = reader.time()?;
    let [last_failure, not_before, not_after, expiry] =
        [reader.time()?, reader.time()?, reader.time()?, reader.time()?];
    let secret = reader.secret(secret_len)?;
    let key = reader.take()?;
    let mut hashes = [CodeHash::default(); RECOVERY_SLOTS];
    for hash in &mut hashes {
        *hash = reader.take()?;
    }
    let temporary_hash = reader.take()?;
    let confirm_by = reader.time()?;
    reader.zeros::<26>()?;

    let state =
        *[State::Pending, State::Active, State::Suspended, State::Revoked].get(usize::from(kind >> 6))?;
    // Only revoking erases both the secret and the codes.
    let codes_erased = left == 0 && presence & TEMPORARY == 0 && key == [0; 16];
    if secret.is_none() != (state == State::Revoked) || (secret.is_none() && !codes_erased) {
        return None;
    }
    let authenticator = if kind & TOKEN == 0 { Authenticator::App } else { Authenticator::Token };
    let algorithm =
        *[Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512].get(usize::from(kind >> 2 & 3))?;
    let digits = *[Digits::Six, Digits::Seven, Digits::Eight].get(usize::from(kind & 3))?;
    let has = |bit: u8| presence & bit != 0;
    let watermark = present(has(WATERMARK), factor, 0);
    let (moving_factor, counter, watermark) = if kind & TIME == 0 {
        // A counter has neither steps nor a watermark.
        if time_step != 0 || t0 != UnixTime::EPOCH || has(WATERMARK) {
            return None;
        }
        (MovingFactor::Counter, factor, None)
    } else {
        if !RECORD_TIME_STEPS.contains(&u32::from(time_step)) {
            return None;
        }
        (MovingFactor::Time(TimeSteps::new(time_step.into(), t0).ok()?), 0, watermark?)
    };
    let is_time_based_token = is_time_based_token(authenticator, moving_factor);
    if has(LAST_SYNC) != is_time_based_token
        || has(SEEN) && !is_time_based_token
        || has(CONFIRM_BY) && state != State::Pending
        || i64::from(drift).abs() > if is_time_based_token { MAX_DRIFT } else { 0 }
    {
        return None;
    }
    let mut codes = CodeSlots::new(key);
    codes.issued = issued;
    // A slot can hold a code only if that many codes were issued.
    if usize::from(issued) > RECOVERY_SLOTS || left >> issued != 0 {
        return None;
    }
    for ((slot, hash), bit) in codes.recovery.iter_mut().zip(hashes).zip(0_u32..) {
        *slot = present(left >> bit & 1 == 1, hash, CodeHash::default())?;
    }
    let temporary = TemporarySlot { expiry, uses, hash: temporary_hash };
    if has(TEMPORARY) {
        if !(1..=MAX_USES).contains(&uses) {
            return None;
        }
        codes.temporary = Some(temporary);
    } else if uses != 0 || expiry != UnixTime::EPOCH || temporary.hash != CodeHash::default() {
        return None;
    }
    Some(Credential {
        state,
        authenticator,
        moving_factor,
        algorithm,
        digits,
        secret,
        counter,
        watermark,
        drift,
        last_sync: present(has(LAST_SYNC), last_sync, 0)?,
        seen: has(SEEN),
        failures,
        untold,
        last_failure: present(has(LAST_FAILURE), last_failure, UnixTime::EPOCH)?,
        not_before: present(has(NOT_BEFORE), not_before, UnixTime::EPOCH)?,
        not_after: present(has(NOT_AFTER), not_after, UnixTime::EPOCH)?,
        confirm_by: present(has(CONFIRM_BY), confirm_by, UnixTime::EPOCH)?,
        codes,
    })
}

/// The secrets that fit a record, in bytes.
pub(crate) const RECORD_SECRET_LENS: core::ops::RangeInclusive<usize> = 10..=64;

fn kind_byte(credential: &Credential) -> u8 {
    let state = match credential.state {
        State::Pending => 0,
        State::Active => 1 << 6,
        State::Suspended => 2 << 6,
        State::Revoked => 3 << 6,
    };
    let authenticator = match credential.authenticator {
        Authenticator::App => 0,
        Authenticator::Token => TOKEN,
    };
    let moving_factor = match credential.moving_factor {
        MovingFactor::Counter => 0,
        MovingFactor::Time(_) => TIME,
    };
    let algorithm = match credential.algorithm {
        Algorithm::Sha1 => 0,
        Algorithm::Sha256 => 1 << 2,
        Algorithm::Sha512 => 2 << 2,
    };
    let digits = match credential.digits {
        Digits::Six => 0,
        Digits::Seven => 1,
        Digits::Eight => 2,
    };
    state | authenticator | moving_factor | algorithm | digits
}

fn presence_byte(credential: &Credential) -> u8 {
    [
        (credential.watermark.is_some(), WATERMARK),
        (credential.last_failure.is_some(), LAST_FAILURE),
        (credential.not_before.is_some(), NOT_BEFORE),
        (credential.not_after.is_some(), NOT_AFTER),
        (credential.last_sync.is_some(), LAST_SYNC),
        (credential.codes.temporary.is_some(), TEMPORARY),
        (credential.confirm_by.is_some(), CONFIRM_BY),
        (credential.seen, SEEN),
    ]
    .into_iter()
    .fold(0, |byte, (present, bit)| if present { byte | bit } else { byte })
}

fn left_bits(codes: &CodeSlots) -> u16 {
    codes.recovery.iter().zip(0_u32..).fold(0, |bits, (slot, bit)| bits | u16::from(slot.is_some()) << bit)
}

/// Returns a field that is present, or absent and then zero; otherwise `None`.
fn present<T: PartialEq>(present: bool, value: T, zero: T) -> Option<Option<T>> {
    if present { Some(Some(value)) } else { (value == zero).then_some(None) }
}

struct Writer<'a>(&'a mut [u8]);

impl Writer<'_> {
    fn put<const N: usize>(&mut self, bytes: [u8; N]) {
        if let Some((field, rest)) = core::mem::take(&mut self.0).split_first_chunk_mut() {
            *field = bytes;
            self.0 = rest;
        }
    }

    fn put_time(&mut self, time: Option<UnixTime>) {
        self.put(time.map(UnixTime::as_secs).unwrap_or_default().to_be_bytes());
    }

    fn put_secret(&mut self, secret: &[u8]) {
        if let Some((field, rest)) = core::mem::take(&mut self.0).split_first_chunk_mut::<SECRET_LEN>() {
            for (byte, secret) in field.iter_mut().zip(secret) {
                *byte = *secret;
            }
            self.0 = rest;
        }
    }
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (field, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*field)
    }

    fn zeros<const N: usize>(&mut self) -> Option<()> {
        (self.take::<N>()? == [0; N]).then_some(())
    }

    fn time(&mut self) -> Option<UnixTime> {
        i64::try_from(u64::from_be_bytes(self.take()?))
            .ok()
            .and_then(|seconds| UnixTime::from_secs(seconds).ok())
    }

    /// Reads the secret and the zeros after it. There is no secret if its length is 0.
    fn secret(&mut self, len: u8) -> Option<Option<Secret>> {
        let mut field = self.take::<SECRET_LEN>()?;
        let (secret, rest) = field.split_at_checked(len.into())?;
        // The bytes after the secret are not secret: their comparison may stop early.
        let read = if rest.iter().any(|byte| *byte != 0) {
            None
        } else if len == 0 {
            Some(None)
        } else {
            Secret::short(secret).filter(|_| RECORD_SECRET_LENS.contains(&secret.len())).map(Some)
        };
        wipe::value(&mut field);
        read
    }
}

const SECRET_LEN: usize = 64;

// Byte 0, below the state.
const TOKEN: u8 = 1 << 5;
const TIME: u8 = 1 << 4;

// Byte 1.
const WATERMARK: u8 = 1 << 7;
const LAST_FAILURE: u8 = 1 << 6;
const NOT_BEFORE: u8 = 1 << 5;
const NOT_AFTER: u8 = 1 << 4;
const LAST_SYNC: u8 = 1 << 3;
const TEMPORARY: u8 = 1 << 2;
const CONFIRM_BY: u8 = 1 << 1;
const SEEN: u8 = 1;
