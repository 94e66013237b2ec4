//! What Java holds a handle of. A handle is the index of a slot and the slot's generation, never an address: one that is closed
//! or made up opens nothing.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use poterne::token::TokenFile;
use poterne::{Enrollment, ErrorKind, Keyring, StoreCheck, Verifier};

use crate::response::Failure;

/// Lives until its handle is closed and the last call that uses it has ended.
pub(crate) enum Object {
    Keyring(Mutex<Keyring>),
    Verifier(Box<Verifier>),
    Enrollment(Box<Enrollment>),
    TokenFile(Box<TokenFile>),
    Check(Mutex<Option<Box<OwnedCheck>>>),
}

/// A check of a store under way, and the verifier that it uses.
pub(crate) struct OwnedCheck {
    pub(crate) check: StoreCheck,
    pub(crate) verifier: Arc<Object>,
}

struct Slot {
    generation: u32,
    object: Option<Arc<Object>>,
}

struct Slots {
    all: Vec<Slot>,
    free: Vec<u32>,
}

static SLOTS: RwLock<Slots> = RwLock::new(Slots { all: Vec::new(), free: Vec::new() });

/// Keeps an object, and gives its handle, which is above 0.
pub(crate) fn keep(object: Object) -> Result<i64, Failure> {
    let mut slots = SLOTS.write().unwrap_or_else(PoisonError::into_inner);
    let index = match slots.free.pop() {
        Some(index) => index,
        None => {
            let index = u32::try_from(slots.all.len()).map_err(|_| Failure::of(ErrorKind::Internal))?;
            slots.all.push(Slot { generation: 1, object: None });
            index
        }
    };
    let slot = usize::try_from(index).ok().and_then(|index| slots.all.get_mut(index));
    let slot = slot.ok_or_else(|| Failure::of(ErrorKind::Internal))?;
    slot.object = Some(Arc::new(object));
    Ok(i64::from(slot.generation) << 32 | i64::from(index))
}

/// The object of a handle.
pub(crate) fn get(handle: i64) -> Result<Arc<Object>, Failure> {
    let slots = SLOTS.read().unwrap_or_else(PoisonError::into_inner);
    let (generation, index) = parts(handle);
    let slot = slots.all.get(index).filter(|slot| slot.generation == generation);
    slot.and_then(|slot| slot.object.clone()).ok_or_else(closed)
}

/// Closes a handle; one that is closed already is fine.
pub(crate) fn close(handle: i64) {
    let mut slots = SLOTS.write().unwrap_or_else(PoisonError::into_inner);
    let (generation, index) = parts(handle);
    let is_open = slots.all.get(index).is_some_and(|slot| slot.generation == generation);
    let object = if is_open { slots.empty(index) } else { None };
    drop(slots);
    drop(object);
}

/// Closes every handle.
pub(crate) fn close_all() {
    let mut slots = SLOTS.write().unwrap_or_else(PoisonError::into_inner);
    let objects: Vec<_> = (0..slots.all.len()).filter_map(|index| slots.empty(index)).collect();
    drop(slots);
    drop(objects);
}

impl Slots {
    /// Takes what a slot holds, which ends its handle.
    fn empty(&mut self, index: usize) -> Option<Arc<Object>> {
        let slot = self.all.get_mut(index)?;
        let object = slot.object.take()?;
        // A slot whose generations are used up stays empty forever. They have 31 bits, so that a handle is above 0.
        slot.generation = slot.generation.saturating_add(1);
        let is_used_up = slot.generation > i32::MAX.unsigned_abs();
        if let (false, Ok(index)) = (is_used_up, u32::try_from(index)) {
            self.free.push(index);
        }
        Some(object)
    }
}

fn parts(handle: i64) -> (u32, usize) {
    let generation = u32::try_from(handle >> 32).unwrap_or_default();
    let index = usize::try_from(handle & i64::from(u32::MAX)).unwrap_or(usize::MAX);
    (generation, index)
}

/// A keyring, for as long as the guard lives.
pub(crate) fn keyring(object: &Object) -> Result<MutexGuard<'_, Keyring>, Failure> {
    let Object::Keyring(keyring) = object else { return Err(closed()) };
    Ok(keyring.lock().unwrap_or_else(PoisonError::into_inner))
}

pub(crate) fn verifier(object: &Object) -> Result<&Verifier, Failure> {
    let Object::Verifier(verifier) = object else { return Err(closed()) };
    Ok(verifier)
}

pub(crate) fn enrollment(object: &Object) -> Result<&Enrollment, Failure> {
    let Object::Enrollment(enrollment) = object else { return Err(closed()) };
    Ok(enrollment)
}

pub(crate) fn token_file(object: &Object) -> Result<&TokenFile, Failure> {
    let Object::TokenFile(file) = object else { return Err(closed()) };
    Ok(file)
}

pub(crate) fn check(object: &Object) -> Result<MutexGuard<'_, Option<Box<OwnedCheck>>>, Failure> {
    let Object::Check(check) = object else { return Err(closed()) };
    Ok(check.lock().unwrap_or_else(PoisonError::into_inner))
}

fn closed() -> Failure {
    Failure::new(ErrorKind::Argument, "it is closed: make a new one")
}
