//! Tickets
//!
//! Password and code in two requests, with nothing kept between them: the State of RADIUS, a page without a session, a dialog in
//! two steps. If the password is right, `poterne_ticket` gives a text to send to the client. The next request brings it back with
//! the code. A ticket is not a login. One ticket is good for all rows of a person.
//!
//! Until it expires, a ticket stands for the password. Send it as you send the password, never in a URL. When the code comes, check
//! again that the person may log in.

use std::ffi::c_char;

use poterne::{Accepted, Error, Ticket, TicketBinding, UnixTime, Verifier};

use crate::attempt::{OnRecord, apart};
use crate::guard::{Answer, Chars, Failure, Output, bytes, guard, shared, submission, text, time};
use crate::login::{check_result, log_in, poterne_result, report};
use crate::status::{POTERNE_E_VERSION, POTERNE_OK};
use crate::structs;
use crate::table::{Callbacks, poterne_store};
use crate::two_steps::poterne_attempt;
use crate::verifier::poterne_verifier;

/// The size of a ticket's buffer: a ticket has 96 characters and a NUL.
pub const POTERNE_TICKET_MAX: usize = 128;

/// A ticket that came back, and the purpose and context for which it must have been made.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct poterne_presented_ticket {
    /// `sizeof(poterne_presented_ticket)`.
    pub struct_size: u32,
    /// Must be 0.
    pub reserved: u32,
    /// The ticket as the client sent it. It may be padded with spaces.
    pub ticket: *const c_char,
    /// The length of `ticket`.
    pub ticket_len: usize,
    /// The same purpose as in `poterne_ticket`.
    pub purpose: *const c_char,
    /// The length of `purpose`.
    pub purpose_len: usize,
    /// The same context as in `poterne_ticket`, taken from this request.
    pub context: *const u8,
    /// The length of `context`.
    pub context_len: usize,
}

/// Makes a ticket for a person whose password was right. It is valid for `POTERNE_OPTION_TICKET_SECONDS`.
///
/// @param account,account_len the account's name as it is stored, of any row of the person
/// @param purpose,purpose_len the purpose of the login, such as `vpn`; 1 to 64 bytes
/// @param context,context_len data that the client's next request has as well, and data that changes with the password; at most
///     1,024 bytes. For RADIUS: the NAS, the Calling-Station-Id and the time at which the password was changed. For a web page: a
///     random cookie that scripts cannot read
/// @param now Unix seconds, or `POTERNE_NOW`
/// @param out,cap,len the ticket, capital letters and digits; `POTERNE_TICKET_MAX` is enough
/// @return `POTERNE_OK`, which is not a login. `POTERNE_E_ARGUMENT`, `POTERNE_E_TIME`, `POTERNE_E_RANDOM`, `POTERNE_E_BUFFER`,
///     `POTERNE_E_UTF8`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`.
/// @since 0.1
///
/// # Safety
/// Handles are live, texts have their lengths, `out` has `cap` writable bytes.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_ticket(
    verifier: *const poterne_verifier,
    account: *const c_char,
    account_len: usize,
    purpose: *const c_char,
    purpose_len: usize,
    context: *const u8,
    context_len: usize,
    now: i64,
    out: *mut c_char,
    cap: usize,
    len: *mut usize,
) -> i32 {
    guard(|| {
        let binding = ((purpose, purpose_len), (context, context_len));
        // SAFETY: the caller's promise.
        unsafe {
            write_ticket(Verifier::ticket, verifier, (account, account_len), binding, now, (out, cap, len))
        }
    })
}

/// Makes a ticket that is never valid. It has the same form and takes the same work. Use it for a wrong password, where everybody
/// is asked for a code. If only the right password led to that question, the question would tell a guesser that the password is
/// right. Count wrong passwords where they are checked.
///
/// @return as `poterne_ticket`
/// @since 0.1
///
/// # Safety
/// As `poterne_ticket`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_dud_ticket(
    verifier: *const poterne_verifier,
    account: *const c_char,
    account_len: usize,
    purpose: *const c_char,
    purpose_len: usize,
    context: *const u8,
    context_len: usize,
    now: i64,
    out: *mut c_char,
    cap: usize,
    len: *mut usize,
) -> i32 {
    guard(|| {
        let binding = ((purpose, purpose_len), (context, context_len));
        // SAFETY: the caller's promise.
        unsafe {
            write_ticket(
                Verifier::dud_ticket,
                verifier,
                (account, account_len),
                binding,
                now,
                (out, cap, len),
            )
        }
    })
}

/// Checks the ticket, and then does what `poterne_login` does.
///
/// If the ticket is not valid, for any reason, the status is `POTERNE_REFUSED_TICKET`: no callback is called and no failure is
/// counted.
///
/// @param account,account_len as for `poterne_login`
/// @param presented the ticket, and the purpose and context for which it must have been made
/// @param submitted,submitted_len the text that the user submitted, unchanged
/// @param now Unix seconds, or `POTERNE_NOW`
/// @param result the outcome, with its `struct_size` set; may be NULL
/// @return `POTERNE_OK`: a login. Anything else lets nobody in. `POTERNE_REFUSED_TICKET`: start again with the password.
///     `POTERNE_E_ARGUMENT`: also for a purpose or a context of a wrong length. Else as `poterne_login`.
/// @since 0.1
///
/// # Safety
/// As `poterne_login`; the texts of `presented` have their lengths.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_login_with_ticket(
    verifier: *const poterne_verifier,
    store: *const poterne_store,
    account: *const c_char,
    account_len: usize,
    presented: *const poterne_presented_ticket,
    submitted: *const c_char,
    submitted_len: usize,
    now: i64,
    result: *mut poterne_result,
) -> i32 {
    guard(|| {
        let (account, given) = ((account, account_len), (submitted, submitted_len));
        // SAFETY: the caller's promise.
        unsafe {
            check_result(result)?;
            report(result, login_with_ticket(verifier, store, account, presented, given, now))
        }
    })
}

/// Checks the ticket, and then does what `poterne_verify` does: the first step of a login without callbacks.
///
/// If the ticket is not valid, for any reason, the status is `POTERNE_REFUSED_TICKET`: the record is not opened, no failure is
/// counted, and there is nothing to store.
///
/// @param record,record_len the stored record; NULL or empty if there is no row
/// @param account,account_len the account's name as it is stored
/// @param presented the ticket, and the purpose and context for which it must have been made
/// @param submitted,submitted_len the text that the user submitted, unchanged
/// @param now Unix seconds, or `POTERNE_NOW`
/// @param attempt is filled; set its `struct_size` first
/// @return `POTERNE_REFUSED_TICKET`: start again with the password; `poterne_outcome` says the same. Never 0. `POTERNE_E_ARGUMENT`:
///     also for a purpose or a context of a wrong length. Else as `poterne_verify`.
/// @since 0.1
///
/// # Safety
/// As `poterne_enroll`; the texts of `presented` have their lengths.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poterne_verify_with_ticket(
    verifier: *const poterne_verifier,
    record: *const c_char,
    record_len: usize,
    account: *const c_char,
    account_len: usize,
    presented: *const poterne_presented_ticket,
    submitted: *const c_char,
    submitted_len: usize,
    now: i64,
    attempt: *mut poterne_attempt,
) -> i32 {
    guard(|| {
        let given = (submitted, submitted_len);
        let on = OnRecord(attempt, verifier, (record, record_len), (account, account_len));
        // SAFETY: the caller's promise.
        unsafe {
            on.fill(|credential| {
                let (ticket, binding) = read(presented, Some(attempt))?;
                let submitted = submission(apart(attempt, given)?)?;
                Ok(credential.verify_with_ticket(ticket, binding, submitted, time(now)?)?)
            })
        }
    })
}

/// # Safety
/// As [`poterne_ticket`].
unsafe fn write_ticket(
    make: impl FnOnce(&Verifier, &str, TicketBinding<'_>, UnixTime) -> Result<Ticket, Error>,
    verifier: *const poterne_verifier,
    account: Chars,
    bound_to: (Chars, (*const u8, usize)),
    now: i64,
    (out, cap, len): (*mut c_char, usize, *mut usize),
) -> Answer {
    // SAFETY: the caller's promise.
    unsafe {
        let output = Output::new(out.cast(), cap, len)?;
        let (verifier, account) = (shared(verifier)?.get()?, text(account)?);
        let binding = binding(bound_to)?;
        output.fits(Ticket::LEN)?;
        output.write(make(verifier, account, binding, time(now)?)?.as_str().as_bytes())?;
    }
    Ok(POTERNE_OK)
}

/// # Safety
/// As [`poterne_login_with_ticket`].
unsafe fn login_with_ticket(
    verifier: *const poterne_verifier,
    store: *const poterne_store,
    account: Chars,
    presented: *const poterne_presented_ticket,
    given: Chars,
    now: i64,
) -> Result<poterne_result, Failure> {
    // SAFETY: the caller's promise.
    unsafe {
        let verifier = shared(verifier)?.get()?;
        let mut table = Callbacks::new(store, account)?;
        let (ticket, binding) = read(presented, None)?;
        let (account, submitted, now) = (text(account)?, submission(given)?, time(now)?);
        // Here and not in the library's `login_with_ticket`: a C login needs no memory, and its table is not a `Store`.
        match verifier.check_ticket(account, ticket, binding, now) {
            Ok(()) => log_in(verifier, &mut table, account, submitted, now),
            Err(denied) => poterne_result::from_outcome::<Accepted>(Err(denied)),
        }
    }
}

/// What `presented` points to. Its texts must not lie in the attempt that is filled, if there is one.
///
/// # Safety
/// Null, or a structure of the size that it states, whose texts have their lengths.
unsafe fn read<'a>(
    pointer: *const poterne_presented_ticket,
    filled: Option<*mut poterne_attempt>,
) -> Result<(&'a str, TicketBinding<'a>), Failure> {
    // SAFETY: the caller's promise; the size has been seen before the whole is read.
    unsafe {
        structs::fixed_size(pointer)?;
        let given = pointer.read_unaligned();
        if given.reserved != 0 {
            return Err(Failure(POTERNE_E_VERSION));
        }
        let (ticket, purpose) = ((given.ticket, given.ticket_len), (given.purpose, given.purpose_len));
        if let Some(attempt) = filled {
            for text in [ticket, purpose, (given.context.cast(), given.context_len)] {
                apart(attempt, text)?;
            }
        }
        // Of the client, and never an error.
        let ticket = submission(ticket)?;
        Ok((ticket, binding((purpose, (given.context, given.context_len)))?))
    }
}

/// # Safety
/// Both have their lengths.
unsafe fn binding<'a>(
    (purpose, (context, context_len)): (Chars, (*const u8, usize)),
) -> Result<TicketBinding<'a>, Failure> {
    // SAFETY: the caller's promise.
    unsafe { Ok(TicketBinding { purpose: text(purpose)?, context: bytes(context, context_len)? }) }
}

const _: () = assert!(Ticket::LEN < POTERNE_TICKET_MAX);
