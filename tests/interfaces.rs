//! What the compiler promises to callers, and what it refuses to careless ones.

use poterne::{
    Accepted, Attempt, Change, Confirmed, Denied, Enrollment, Error, Keyring, NotStored, OtpauthUri, Policy,
    Record, RecoveryCodes, Rename, Resynchronized, Secret, Status, Steps, StoreCheck, StoredCredential,
    TemporaryCode, Verifier,
};

/// A verifier is shared between threads, and whatever is under way may go on in another one, as asynchronous runtimes do it.
#[test]
fn everything_is_send_and_sync() {
    fn check<T: Send + Sync + 'static>() {}
    check::<Verifier>();
    check::<Keyring>();
    check::<Policy>();
    check::<Secret>();
    check::<Record>();
    check::<Enrollment>();
    check::<OtpauthUri>();
    check::<Status>();
    check::<Attempt<Accepted>>();
    check::<Attempt<Confirmed>>();
    check::<Attempt<Resynchronized>>();
    check::<Change<RecoveryCodes>>();
    check::<Change<TemporaryCode>>();
    check::<Rename>();
    check::<Steps<Accepted>>();
    check::<Steps<(), NotStored>>();
    check::<StoreCheck>();
    check::<StoredCredential<'static>>();
    check::<Denied>();
    check::<Error>();
}

/// Errors are what `?` and `Box<dyn Error>` take.
#[test]
fn denials_are_errors() {
    fn check<T: core::error::Error + From<Error> + Send + Sync + 'static>() {}
    check::<Denied>();
    check::<NotStored>();
}
