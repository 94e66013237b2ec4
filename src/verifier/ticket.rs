//! Logins in two requests without a session between them: first a ticket for the password, then the code (semantics
//! [15](crate::guide::semantics#15)).

use super::{Attempt, StoredCredential, Verifier};
use crate::credential::{Accepted, CLOCK_TOLERANCE, Denied, Refusal};
use crate::error::Error;
#[cfg(doc)]
use crate::error::ErrorKind;
use crate::record::{Account, Ticket, TicketBinding, TicketKind, open_ticket, person_and_row, seal_ticket};
use crate::time::UnixTime;

impl Verifier {
    /// Makes a ticket for a person whose password was right. It is valid for
    /// [`Policy::ticket_seconds`](crate::Policy::ticket_seconds).
    ///
    /// It is not a login: [`login_with_ticket`](Self::login_with_ticket) takes the ticket and the code. One ticket is good for all
    /// rows of the person.
    ///
    /// ```
    /// use poterne::{Denied, Keyring, Refusal, Store, TicketBinding, UnixTime, Verifier};
    ///
    /// # struct Empty;
    /// # impl Store for Empty {
    /// #     fn load(&mut self, _: &str) -> Result<Option<String>, poterne::Error> { Ok(None) }
    /// #     fn swap(&mut self, _: &str, _: Option<&str>, _: &poterne::Record) -> Result<u64, poterne::Error> { Ok(0) }
    /// # }
    /// # let (mut table, cookie) = (Empty, [7; 32]);
    /// # let verifier = Verifier::new(Keyring::generate(20261121)?, "grand-angle")?;
    /// // The first request, whose password was right. `cookie` is random, and made by this answer.
    /// let binding = TicketBinding { purpose: "portal", context: &cookie };
    /// let ticket = verifier.ticket("a.martin", binding, UnixTime::now()?)?;
    /// let field = ticket.as_str(); // into a hidden field of the page that asks for the code
    ///
    /// // The second request: the cookie and the field have come back.
    /// let login = verifier.login_with_ticket("a.martin", field, binding, "123456", UnixTime::now()?, &mut table);
    /// # assert!(matches!(login, Err(Denied::Refused(Refusal::NotEnrolled))));
    /// let another = TicketBinding { purpose: "portal", context: &[8; 32] };
    /// let stolen = verifier.login_with_ticket("a.martin", field, another, "123456", UnixTime::now()?, &mut table);
    /// assert!(matches!(stolen, Err(Denied::Refused(Refusal::Ticket))));
    /// # Ok::<(), poterne::Error>(())
    /// ```
    ///
    /// Source: semantics [15.3](crate::guide::semantics#15.3).
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] unless the account is 1 to 255 bytes without control characters, the purpose is 1 to 64 bytes and
    /// the context is at most 1024 bytes; [`ErrorKind::Random`] if the system gives no randomness.
    pub fn ticket(&self, account: &str, binding: TicketBinding<'_>, now: UnixTime) -> Result<Ticket, Error> {
        self.seal_ticket(account, binding, now, TicketKind::Valid)
    }

    /// Makes a ticket that is never valid. It has the same form and takes the same work. Use it for a wrong password, on a host
    /// that asks everybody for a code.
    ///
    /// If only the right password led to that question, the question would tell a guesser that the password is right. Count wrong
    /// passwords where they are checked.
    ///
    /// Source: semantics [15.6](crate::guide::semantics#15.6).
    ///
    /// # Errors
    /// As [`ticket`](Self::ticket).
    pub fn dud_ticket(
        &self,
        account: &str,
        binding: TicketBinding<'_>,
        now: UnixTime,
    ) -> Result<Ticket, Error> {
        self.seal_ticket(account, binding, now, TicketKind::Dud)
    }

    /// Refuses a ticket that is not valid. Bindings whose tables are not a [`Store`] call it before they load. It is not part of
    /// the interface: a call that says that a ticket is valid would be taken for a login (semantics
    /// [15.4](crate::guide::semantics#15.4)).
    ///
    /// # Errors
    /// [`Refusal::Ticket`], and as [`login_with_ticket`](Self::login_with_ticket).
    #[doc(hidden)]
    pub fn check_ticket(
        &self,
        account: &str,
        ticket: &str,
        binding: TicketBinding<'_>,
        now: UnixTime,
    ) -> Result<(), Denied> {
        let person = person(Account::new(account)?)?;
        let expiry = open_ticket(&self.keyring, &self.application, person, binding, ticket)?;
        let is_valid = expiry.is_some_and(|expiry| now <= expiry && expiry <= now.saturating_add(MAX_AHEAD));
        if is_valid { Ok(()) } else { Err(Refusal::Ticket.into()) }
    }

    fn seal_ticket(
        &self,
        account: &str,
        binding: TicketBinding<'_>,
        now: UnixTime,
        kind: TicketKind,
    ) -> Result<Ticket, Error> {
        let person = person(Account::new(account)?)?;
        let expiry = now.saturating_add(self.policy.ticket_seconds().into());
        seal_ticket(&self.keyring, &self.application, person, binding, expiry, kind)
    }
}

impl StoredCredential<'_> {
    /// Checks the ticket, and then does what [`verify`](Self::verify) does: for asynchronous programs, and for
    /// [`Steps`](crate::Steps).
    ///
    /// If the ticket is not valid, for any reason, the answer is [`Refusal::Ticket`]: the record is not opened, no failure is
    /// counted, and there is nothing to store.
    ///
    /// Source: semantics [15.4](crate::guide::semantics#15.4).
    ///
    /// # Errors
    /// As [`verify`](Self::verify); [`ErrorKind::Argument`] if the purpose or the context is not as [`Verifier::ticket`] takes it.
    pub fn verify_with_ticket(
        &self,
        ticket: &str,
        binding: TicketBinding<'_>,
        submitted: &str,
        now: UnixTime,
    ) -> Result<Attempt<Accepted>, Error> {
        match self.verifier.check_ticket(self.account.as_str(), ticket, binding, now) {
            Ok(()) => self.verify(submitted, now),
            Err(Denied::Refused(refusal)) => Ok(Attempt::refused(self.record, refusal)),
            Err(Denied::Error(error)) => Err(error),
        }
    }
}

/// Returns the person: a ticket is for all rows of a person (semantics [15.2](crate::guide::semantics#15.2)).
fn person(account: Account<'_>) -> Result<Account<'_>, Error> {
    let (person, _) = person_and_row(account.as_str());
    Account::new(person)
}

/// How long a ticket may still be valid, in seconds: the longest lifetime, and the clock difference.
const MAX_AHEAD: u64 = 600 + CLOCK_TOLERANCE;
