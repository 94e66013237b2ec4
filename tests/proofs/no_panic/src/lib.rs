//! The calls of a login and of the help desk, each under a guard that is left in the object file unless the compiler proves that it cannot unwind.
//!
//! They are exported, so their arguments can be anything. An allocation that fails ends the program, which is no panic.

use std::alloc::{GlobalAlloc, Layout, System};

use no_panic::no_panic;
use poterne::{
    Accepted, Authenticator, Change, CodeSet, Confirmed, Database, Denied, Digits, Enrollment, Error,
    ExistingCredential, HardwareToken, Match, MissingAuthenticator, NotStored, Otp, OtpFormat, Parameters,
    Policy, PolicyBuilder, RecoveryCodes, Rename, Replacement, Resynchronized, Secret, Status, Step, Steps,
    StoredCredential, TemporaryCode, TimeSteps, UnixTime, Verifier, hotp, split_password_and_code, totp,
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
    ($(fn $name:ident $(<$lifetime:lifetime>)? ($($argument:ident: $type:ty),*) -> $result:ty $body:block)*) => {
        $(
            // SAFETY: nothing else is linked to this library, so no other symbol has the name.
            #[unsafe(export_name = concat!("poterne_proof_", stringify!($name)))]
            #[no_panic]
            #[inline(never)]
            pub fn $name $(<$lifetime>)? ($($argument: $type),*) -> $result $body
        )*
    };
}

calls! {
    fn match_otp(
        secret: &Secret, format: OtpFormat, submitted: &str, first: u64, last: u64, watermark: Option<u64>
    ) -> Result<Match, Error> {
        poterne::match_otp(secret, format, submitted, first..=last, watermark)
    }

    fn hotp_generate(secret: &Secret, format: OtpFormat, counter: u64) -> Otp {
        hotp::generate(secret, format, counter)
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

    fn credential<'a>(
        verifier: &'a Verifier, account: &'a str, record: Option<&'a str>
    ) -> Result<StoredCredential<'a>, Error> {
        verifier.credential(account, record)
    }

    fn verify(stored: StoredCredential<'_>, submitted: &str, now: UnixTime, rows: u64) -> Result<Accepted, Denied> {
        stored.verify(submitted, now)?.outcome(rows)
    }

    fn confirm(stored: StoredCredential<'_>, submitted: &str, now: UnixTime, rows: u64) -> Result<Confirmed, Denied> {
        stored.confirm(submitted, now)?.outcome(rows)
    }

    fn replace(
        verifier: &Verifier, replacement: Replacement<'_>, submitted: &str, now: UnixTime, rows: u64
    ) -> Result<Confirmed, Denied> {
        verifier.replace(replacement, submitted, now)?.outcome(rows)
    }

    fn resynchronize(
        stored: StoredCredential<'_>, first: &str, second: &str, now: UnixTime, rows: u64
    ) -> Result<Resynchronized, Denied> {
        stored.resynchronize(first, second, now)?.outcome(rows)
    }

    fn steps_step<'s>(steps: &'s Steps<Accepted, Denied, &'static str>) -> Step<'s> {
        steps.step()
    }

    fn steps_loaded(
        steps: &mut Steps<Accepted, Denied, &'static str>, record: Option<&'static str>, verifier: &Verifier, account: &str,
        submitted: &str, now: UnixTime
    ) -> Result<(), Error> {
        steps.loaded(record, |record| verifier.credential(account, record)?.verify(submitted, now))
    }

    fn steps_swapped(steps: &mut Steps<Accepted, Denied, &'static str>, rows: u64) -> Result<(), Error> {
        steps.swapped(rows)
    }

    fn steps_outcome(steps: Steps<Accepted, Denied, &'static str>) -> Result<Accepted, Denied> {
        steps.outcome()
    }

    fn change_outcome(change: Change<()>, rows: u64) -> Result<(), NotStored> {
        change.outcome(rows)
    }

    fn rename_outcome(rename: Rename, rows: u64) -> Result<(), NotStored> {
        rename.outcome(rows)
    }

    fn inspect(stored: StoredCredential<'_>, now: UnixTime) -> Result<Status, Error> {
        stored.inspect(now)
    }

    fn recovery_codes(stored: StoredCredential<'_>, count: u32) -> Result<Change<RecoveryCodes>, Error> {
        stored.recovery_codes(count)
    }

    fn temporary_code(
        stored: StoredCredential<'_>, expiry: Option<UnixTime>, uses: u32, missing: MissingAuthenticator, now: UnixTime
    ) -> Result<Change<TemporaryCode>, Error> {
        stored.temporary_code(expiry, uses, missing, now)
    }

    fn end_codes(stored: StoredCredential<'_>, codes: CodeSet) -> Result<Change<()>, Error> {
        stored.end_codes(codes)
    }

    fn unlock(stored: StoredCredential<'_>) -> Result<Change<()>, Error> {
        stored.unlock()
    }

    fn repair_clock(stored: StoredCredential<'_>, now: UnixTime) -> Result<Change<()>, Error> {
        stored.repair_clock(now)
    }

    fn suspend(stored: StoredCredential<'_>) -> Result<Change<()>, Error> {
        stored.suspend()
    }

    fn resume(stored: StoredCredential<'_>) -> Result<Change<()>, Error> {
        stored.resume()
    }

    fn revoke(stored: StoredCredential<'_>) -> Result<Change<()>, Error> {
        stored.revoke()
    }

    fn forget(stored: StoredCredential<'_>, now: UnixTime) -> Result<Change<()>, Error> {
        stored.forget(now)
    }

    fn reseal(stored: StoredCredential<'_>) -> Result<Change<()>, Error> {
        stored.reseal()
    }

    fn rename(stored: StoredCredential<'_>, new_account: &str) -> Result<Rename, Error> {
        stored.rename(new_account)
    }

    fn import(verifier: &Verifier, account: &str, existing: ExistingCredential, now: UnixTime) -> Result<Change<()>, Error> {
        verifier.import(account, existing, now)
    }

    fn enroll(
        verifier: &Verifier, account: &str, parameters: Parameters, now: UnixTime
    ) -> Result<Enrollment, Error> {
        verifier.enroll(account, parameters, now)
    }

    fn enroll_token(
        verifier: &Verifier, account: &str, token: HardwareToken, now: UnixTime
    ) -> Result<Enrollment, Error> {
        verifier.enroll_token(account, token, now)
    }

    fn policy(policy: PolicyBuilder) -> Result<Policy, Error> {
        policy.build()
    }

    fn is_conflict(database: Database, sqlstate: Option<&str>, code: Option<i32>) -> bool {
        poterne::is_conflict(database, sqlstate, code)
    }

    fn person_and_row(login_name: &str) -> (&str, u8) {
        poterne::person_and_row(login_name)
    }

    fn totp_generate(secret: &Secret, format: OtpFormat, steps: TimeSteps, now: UnixTime) -> Result<Otp, Error> {
        totp::generate(secret, format, steps, now)
    }

    fn control(text: &str, at: usize) -> u8 {
        text.as_bytes()[at]
    }
}
