//! The text of a ticket, and its seal (semantics [15.1](crate::guide::semantics#15.1)).

use core::fmt;

use super::keyring::{Key, Keyring};
use super::name::{Account, Application};
use super::seal::{AssociatedData, HEAD_LEN, NAMES_LEN, decrypt, encrypt};
use crate::error::{Error, ErrorKind};
use crate::otp::base32;
use crate::random;
use crate::time::UnixTime;

/// A ticket to send to the client: 96 characters, capital letters and digits. [`Verifier::ticket`](crate::Verifier::ticket) makes
/// it.
///
/// It says that a person's password was right, until some second. It says nothing about the code.
///
/// Until it expires, it stands for the password. Send it as you send the password: in a POST over TLS, or in the State of RADIUS;
/// never in a URL.
///
/// Source: semantics [15](crate::guide::semantics#15).
#[derive(Clone)]
pub struct Ticket {
    text: [u8; Self::LEN],
}

impl Ticket {
    /// The length of every ticket, in characters.
    pub const LEN: usize = 8 * TEXT_BLOCKS;

    /// Returns the text to send.
    pub fn as_str(&self) -> &str {
        // Capital letters and digits.
        core::str::from_utf8(&self.text).unwrap_or_default()
    }
}

impl AsRef<str> for Ticket {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

/// Prints nothing of the ticket: a person who has it needs no password.
impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ticket { .. }")
    }
}

/// The purpose of a ticket, and a context that binds it to one client. Both must be the same when the ticket is made and when it is
/// used.
///
/// ```
/// use poterne::TicketBinding;
///
/// // Of RADIUS: the NAS, the station, and what changes with the password.
/// let context = b"192.0.2.1\x0002-00-00-00-00-01\x0020261128070000Z";
/// let binding = TicketBinding { purpose: "vpn", context };
/// ```
///
/// Source: semantics [15.2](crate::guide::semantics#15.2), [15.5](crate::guide::semantics#15.5).
#[derive(Clone, Copy)]
pub struct TicketBinding<'a> {
    /// The purpose of the login: 1 to 64 bytes.
    pub purpose: &'a str,
    /// Up to 1024 bytes: data that the client's next request has as well, and data that changes with the password.
    pub context: &'a [u8],
}

impl TicketBinding<'_> {
    /// # Errors
    /// [`ErrorKind::Argument`] for a purpose or a context that is too short or too long.
    fn check(self) -> Result<(), Error> {
        let is_right = (1..=PURPOSE_MAX).contains(&self.purpose.len()) && self.context.len() <= CONTEXT_MAX;
        is_right.then_some(()).ok_or(Error::new(
            ErrorKind::Argument,
            "the purpose of a ticket has 1 to 64 bytes, its context at most 1024: pass a hash of a longer one",
        ))
    }
}

/// Prints the purpose only: the context may hold data that changes with the password.
impl fmt::Debug for TicketBinding<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TicketBinding").field("purpose", &self.purpose).finish_non_exhaustive()
    }
}

/// The kind of a sealed ticket.
#[derive(Clone, Copy)]
pub(crate) enum TicketKind {
    /// It opens.
    Valid,
    /// It looks like a ticket and never opens: it is bound to a label that nothing opens.
    Dud,
}

/// Seals a ticket under the primary key. The nonce is fresh, so no two are equal.
pub(crate) fn seal_ticket(
    keyring: &Keyring,
    application: &Application,
    person: Account<'_>,
    binding: TicketBinding<'_>,
    expiry: UnixTime,
    kind: TicketKind,
) -> Result<Ticket, Error> {
    binding.check()?;
    let key = keyring.primary()?;
    let label = match kind {
        TicketKind::Valid => LABEL,
        TicketKind::Dud => b"poterne nobody",
    };
    let [a, b, c, d, e, f, g, h] = expiry.as_secs().to_be_bytes();
    let text = [a, b, c, d, e, f, g, h, 0, 0, 0];
    let mut parts = Parts { key_id: key.id().to_be_bytes(), nonce: random::array()?, text, tag: [0; 16] };
    let associated = associated_data(label, key, application, person, binding);
    encrypt(key, associated.as_bytes(), &parts.nonce, &mut parts.text, &mut parts.tag)?;
    Ok(parts.to_ticket())
}

/// Returns when a ticket expires; `None` if it does not belong to this keyring, application, person and binding.
pub(crate) fn open_ticket(
    keyring: &Keyring,
    application: &Application,
    person: Account<'_>,
    binding: TicketBinding<'_>,
    ticket: &str,
) -> Result<Option<UnixTime>, Error> {
    binding.check()?;
    Ok(Parts::parse(ticket.trim_end_matches(' ')).and_then(|mut parts| {
        let key = keyring.find(u32::from_be_bytes(parts.key_id)).ok()?;
        let associated = associated_data(LABEL, key, application, person, binding);
        decrypt(key, associated.as_bytes(), &parts.nonce, &mut parts.text, &parts.tag)?;
        let (expiry, reserved) = parts.text.split_first_chunk()?;
        let expiry = i64::try_from(u64::from_be_bytes(*expiry)).ok()?;
        UnixTime::from_secs(expiry).ok().filter(|_| reserved.iter().all(|byte| *byte == 0))
    }))
}

fn associated_data(
    label: &[u8; 14],
    key: &Key,
    application: &Application,
    person: Account<'_>,
    binding: TicketBinding<'_>,
) -> AssociatedData<ASSOCIATED_MAX> {
    let mut data = AssociatedData::new(label, key.id());
    for name in [application.as_str(), person.as_str(), binding.purpose] {
        data.push_name(name);
    }
    data.push(&u16::try_from(binding.context.len()).unwrap_or_default().to_be_bytes());
    data.push(binding.context);
    data
}

/// The bytes of a ticket.
struct Parts {
    key_id: [u8; 4],
    nonce: [u8; 24],
    text: [u8; TEXT_LEN],
    tag: [u8; 16],
}

impl Parts {
    fn to_ticket(&self) -> Ticket {
        let mut bytes = [[0; 5]; PARTS_LEN / 5];
        let fields = [self.key_id.as_slice(), &self.nonce, &self.text, &self.tag];
        for (byte, field) in bytes.as_flattened_mut().iter_mut().zip(fields.into_iter().flatten()) {
            *byte = *field;
        }
        let mut text = [MAGIC; TEXT_BLOCKS];
        let [_, encoded @ ..] = &mut text;
        base32::encode_blocks(&bytes, encoded);
        let mut ticket = Ticket { text: [0; Ticket::LEN] };
        ticket.text.copy_from_slice(text.as_flattened());
        ticket
    }

    fn parse(text: &str) -> Option<Self> {
        let whole: &[u8; Ticket::LEN] = text.as_bytes().try_into().ok()?;
        let mut blocks = [MAGIC; TEXT_BLOCKS];
        blocks.as_flattened_mut().copy_from_slice(whole);
        let [magic, encoded @ ..] = &blocks;
        let mut bytes = [[0; 5]; PARTS_LEN / 5];
        base32::decode_blocks(encoded, &mut bytes).filter(|()| *magic == MAGIC)?;
        let (key_id, rest) = bytes.as_flattened().split_first_chunk()?;
        let (nonce, rest) = rest.split_first_chunk()?;
        let (text, tag) = rest.split_first_chunk()?;
        Some(Self { key_id: *key_id, nonce: *nonce, text: *text, tag: *tag.first_chunk()? })
    }
}

const LABEL: &[u8; 14] = b"poterne ticket";
const PURPOSE_MAX: usize = 64;
const CONTEXT_MAX: usize = 1024;
const ASSOCIATED_MAX: usize = HEAD_LEN + NAMES_LEN + 1 + PURPOSE_MAX + 2 + CONTEXT_MAX;

const MAGIC: [u8; 8] = *b"POTERNT1";

/// The expiry, and zeros up to whole blocks of base32: one ticket, one text.
const TEXT_LEN: usize = 8 + 3;
const PARTS_LEN: usize = 4 + 24 + TEXT_LEN + 16;
const TEXT_BLOCKS: usize = 1 + PARTS_LEN / 5;

const _: () = assert!(PARTS_LEN % 5 == 0 && Ticket::LEN == 96);
