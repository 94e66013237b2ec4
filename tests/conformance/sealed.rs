//! A second reader of records, written from sections 9 and 13 of the norm: what a record holds, without the library's own code.

use std::collections::BTreeMap;

use xaes_256_gcm::aead::{AeadInOut, KeyInit};
use xaes_256_gcm::{Nonce, Tag, Xaes256Gcm};

/// The fields of a record that `state` lines name, as these show them. The record and the names may end in spaces.
pub(crate) fn fields(
    keyring: &str,
    application: &str,
    account: &str,
    record: &str,
) -> BTreeMap<&'static str, String> {
    let plaintext = open(keyring, application, account, record.trim_end_matches(' '));
    let number = |at: usize, len: usize| {
        plaintext[at..at + len].iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte))
    };
    // From the high bit.
    let has = |bit: u8| plaintext[1] << bit & 0x80 != 0;
    let shown = |is_there: bool, value: u64| if is_there { value.to_string() } else { "none".into() };
    let is_counter = plaintext[0] & 0x10 == 0;
    let factor = number(16, 8);
    BTreeMap::from([
        ("state", ["pending", "active", "suspended", "revoked"][usize::from(plaintext[0] >> 6)].into()),
        ("watermark", shown(has(0), factor)),
        ("counter", if is_counter { factor } else { 0 }.to_string()),
        ("seen", if has(7) { "yes" } else { "no" }.into()),
        ("failures", plaintext[3].to_string()),
        ("untold", plaintext[13].to_string()),
        ("confirm_by", shown(has(6), number(232, 8))),
        ("last_failure", shown(has(1), number(32, 8))),
        ("last_sync", shown(has(4), number(10, 2))),
        ("drift", i16::from_be_bytes([plaintext[8], plaintext[9]]).to_string()),
    ])
}

fn open(keyring: &str, application: &str, account: &str, record: &str) -> [u8; 266] {
    let sealed = decoded(record.strip_prefix("POTERNE1").expect("format 1"));
    assert_eq!(sealed.len(), 310);
    let (key_id, rest) = sealed.split_at(4);
    let (nonce, rest) = rest.split_at(24);
    let (ciphertext, tag) = rest.split_at(266);
    let mut bound = b"poterne record\x01".to_vec();
    bound.extend(key_id);
    for name in [application.trim_end_matches(' '), account.trim_end_matches(' ')] {
        bound.push(u8::try_from(name.len()).unwrap());
        bound.extend(name.as_bytes());
    }
    let key = key(keyring, u32::from_be_bytes(key_id.try_into().unwrap()));
    let mut plaintext: [u8; 266] = ciphertext.try_into().unwrap();
    let nonce: [u8; 24] = nonce.try_into().unwrap();
    let tag: [u8; 16] = tag.try_into().unwrap();
    Xaes256Gcm::new(&key.into())
        .decrypt_inout_detached(&Nonce::from(nonce), &bound, plaintext.as_mut_slice().into(), &Tag::from(tag))
        .expect("the record of this account");
    plaintext
}

/// The key of a keyring's text: lines of `KEY_ID [primary] KEY CHECK`.
fn key(keyring: &str, key_id: u32) -> [u8; 32] {
    let words: Vec<&str> = keyring
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .find(|words| words.first() == Some(&key_id.to_string().as_str()))
        .expect("the key of the record");
    decoded(words[words.len() - 2]).try_into().unwrap()
}

fn decoded(text: &str) -> Vec<u8> {
    base32::decode(base32::Alphabet::Rfc4648 { padding: false }, text).expect("base32")
}
