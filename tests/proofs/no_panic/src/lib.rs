//! The calls of a login and of the help desk, each under a guard that is left in the object file unless the compiler proves that it cannot unwind.
//!
//! They are exported, so their arguments can be anything. An allocation that fails ends the program, which is no panic.

use std::alloc::{GlobalAlloc, Layout, System};

use no_panic::no_panic;
use poterne::{
    Authenticator, Change, CodeSet, Digits, Enrollment, Error, Imported, Match, Meanwhile, Otp, Outcome,
    Parameters, Policy, RecoveryCodes, Rename, Secret, Status, TemporaryCode, UnixTime, Verifier, hotp,
    split_password_and_code, totp,
};

struct OrAbort;

// SAFETY: the system's allocator, which keeps the contract; it does not return without memory.
unsafe impl GlobalAlloc for OrAbort {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise.
        let memory = unsafe { System.alloc(layout) };
        if memory.is_null() {
            std::process::abort();
        }
        memory
    }

    #[inline]
    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static OR_ABORT: OrAbort = OrAbort;

macro_rules! calls {
    ($(fn $name:ident($($argument:ident: $type:ty),*) -> $result:ty $body:block)*) => {
        $(
            // SAFETY: nothing else is linked to this library, so no other symbol has the name.
            #[unsafe(export_name = concat!("poterne_proof_", stringify!($name)))]
            #[no_panic]
            #[inline(never)]
            pub fn $name($($argument: $type),*) -> $result $body
        )*
    };
}

calls! {
    fn match_otp(
        secret: &Secret, parameters: &Parameters, submitted: &str, first: u64, last: u64, watermark: Option<u64>
    ) -> Result<Match, Error> {
        poterne::match_otp(secret, parameters, submitted, first..=last, watermark)
    }

    fn hotp_generate(secret: &Secret, parameters: &Parameters, counter: u64) -> Otp {
        hotp::generate(secret, parameters, counter)
    }

    fn secret_from_base32(text: &str) -> Result<Secret, Error> {
        Secret::from_base32(text)
    }

    fn secret_from_hex(text: &str) -> Result<Secret, Error> {
        Secret::from_hex(text)
    }

    fn code_lifetime(policy: &Policy, authenticator: Authenticator, time_step: u32) -> Result<u64, Error> {
        policy.code_lifetime(authenticator, time_step)
    }

    fn split(field: &[u8], digits: Digits) -> (&[u8], Option<&str>) {
        split_password_and_code(field, digits)
    }

    fn verify(
        verifier: &Verifier, record: &str, account: &str, submitted: &str, now: UnixTime, rows: u64
    ) -> Result<Outcome, Error> {
        verifier.verify(record, account, submitted, now)?.outcome(rows)
    }

    fn confirm(
        verifier: &Verifier, record: &str, account: &str, submitted: &str, now: UnixTime, rows: u64
    ) -> Result<Outcome, Error> {
        verifier.confirm(record, account, submitted, now)?.outcome(rows)
    }

    fn replace(
        verifier: &Verifier, old: &str, pending: &str, account: &str, submitted: &str, now: UnixTime, rows: u64
    ) -> Result<Outcome, Error> {
        verifier.replace(old, pending, account, submitted, now)?.outcome(rows)
    }

    fn resynchronize(
        verifier: &Verifier, record: &str, account: &str, first: &str, second: &str, now: UnixTime, rows: u64
    ) -> Result<Outcome, Error> {
        verifier.resynchronize(record, account, first, second, now)?.outcome(rows)
    }

    fn verify_absent(verifier: &Verifier, account: &str, submitted: &str, now: UnixTime) -> Result<Outcome, Error> {
        verifier.verify_absent(account, submitted, now)?.outcome(0)
    }

    fn inspect(verifier: &Verifier, record: &str, account: &str, now: UnixTime) -> Result<Status, Error> {
        verifier.inspect(record, account, now)
    }

    fn recovery_codes(verifier: &Verifier, record: &str, account: &str, count: u32) -> Result<Change<RecoveryCodes>, Error> {
        verifier.recovery_codes(record, account, count)
    }

    fn temporary_code(
        verifier: &Verifier, record: &str, account: &str, expiry: Option<UnixTime>, uses: u32, meanwhile: Meanwhile,
        now: UnixTime
    ) -> Result<Change<TemporaryCode>, Error> {
        verifier.temporary_code(record, account, expiry, uses, meanwhile, now)
    }

    fn end_codes(verifier: &Verifier, record: &str, account: &str, codes: CodeSet) -> Result<Change<()>, Error> {
        verifier.end_codes(record, account, codes)
    }

    fn unlock(verifier: &Verifier, record: &str, account: &str) -> Result<Change<()>, Error> {
        verifier.unlock(record, account)
    }

    fn repair_clock(verifier: &Verifier, record: &str, account: &str, now: UnixTime) -> Result<Change<()>, Error> {
        verifier.repair_clock(record, account, now)
    }

    fn suspend(verifier: &Verifier, record: &str, account: &str) -> Result<Change<()>, Error> {
        verifier.suspend(record, account)
    }

    fn resume(verifier: &Verifier, record: &str, account: &str) -> Result<Change<()>, Error> {
        verifier.resume(record, account)
    }

    fn revoke(verifier: &Verifier, record: &str, account: &str) -> Result<Change<()>, Error> {
        verifier.revoke(record, account)
    }

    fn forget(verifier: &Verifier, record: &str, account: &str, now: UnixTime) -> Result<Change<()>, Error> {
        verifier.forget(record, account, now)
    }

    fn reseal(verifier: &Verifier, record: &str, account: &str) -> Result<Change<()>, Error> {
        verifier.reseal(record, account)
    }

    fn rename(verifier: &Verifier, record: &str, account: &str, new_account: &str) -> Result<Rename, Error> {
        verifier.rename(record, account, new_account)
    }

    fn import(verifier: &Verifier, account: &str, imported: Imported, now: UnixTime) -> Result<Change<()>, Error> {
        verifier.import(account, imported, now)
    }

    fn enroll(
        verifier: &Verifier, account: &str, parameters: Parameters, now: UnixTime
    ) -> Result<Enrollment, Error> {
        verifier.enroll(account, parameters, now)
    }

    fn totp_generate(secret: &Secret, parameters: &Parameters, now: UnixTime) -> Result<Otp, Error> {
        totp::generate(secret, parameters, now)
    }

    fn control(text: &str, at: usize) -> u8 {
        text.as_bytes()[at]
    }
}
