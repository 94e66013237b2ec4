//! Only tickets that were sealed are valid; any change to one is refused, and none is an error.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use poterne::{Denied, Keyring, Refusal, TicketBinding, UnixTime, Verifier};

const BINDING: TicketBinding<'_> = TicketBinding { purpose: "fuzz", context: b"context" };

static VERIFIER: LazyLock<(Verifier, String)> = LazyLock::new(|| {
    let keyring = Keyring::parse(
        "poterne-keyring-1\n1 primary AAAQEAYEAUDAOCAJBIFQYDIOB4IBCEQTCQKRMFYYDENBWHA5DYPQ OXKDGPOA\n",
    );
    let verifier = Verifier::new(keyring.expect("a keyring"), "fuzz").expect("a verifier");
    let ticket = verifier.ticket("a", BINDING, now()).expect("a ticket").as_str().to_owned();
    (verifier, ticket)
});

fn now() -> UnixTime {
    UnixTime::from_secs(1_700_000_010).expect("a time")
}

fuzz_target!(|input: (u16, &str)| {
    let (verifier, ticket) = &*VERIFIER;
    let (position, text) = input;
    // The text itself, and the text laid over a ticket.
    let position = usize::from(position) % (ticket.len() + 1);
    let end = (position + text.len()).min(ticket.len());
    let laid_over = format!("{}{text}{}", &ticket[..position], &ticket[end..]);
    let credential = verifier.credential("a", None).expect("a name");
    for text in [text, &laid_over] {
        let attempt = credential.verify_with_ticket(text, BINDING, "123456", now()).expect("no error");
        assert!(attempt.record().is_none());
        let expected =
            if text.trim_end_matches(' ') == ticket { Refusal::NotEnrolled } else { Refusal::Ticket };
        assert!(matches!(attempt.outcome(1), Err(Denied::Refused(refusal)) if refusal == expected));
    }
});
