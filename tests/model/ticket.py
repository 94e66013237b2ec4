"""The norm, section 15, a second time: sealing and opening tickets. AES comes from pyca `cryptography`, as in record.py."""

from __future__ import annotations

import re
import struct

from model import CLOCKS_APART, MAX_TIME, ModelError, base32_encode, name, person_and_row
from record import FORMAT, Keyring, unbase32, xaes_open, xaes_seal

PREFIX = "POTERNT1"
LENGTH = 96
MAX_SECONDS = 600


def associated_data(key_id: int, application: bytes, account: bytes, purpose: bytes, context: bytes, label: bytes) -> bytes:
    """15.1, 15.2"""
    if not 1 <= len(purpose) <= 64 or len(context) > 1024:
        raise ModelError("argument")
    person = person_and_row(name(account, 255).decode())[0].encode()
    parts = b"".join(bytes([len(part)]) + part for part in (name(application, 64), person, purpose))
    head = label + bytes([FORMAT]) + struct.pack(">I", key_id)
    return head + parts + struct.pack(">H", len(context)) + context


def seal(
    keyring: Keyring, key_id: int, nonce: bytes, application: bytes, account: bytes, purpose: bytes, context: bytes,
    expiry: int, reserved: bytes = bytes(3), label: bytes = b"poterne ticket",
) -> str:
    """15.1; with other reserved bytes or another label one that is never valid."""
    associated = associated_data(key_id, application, account, purpose, context, label)
    sealed = xaes_seal(keyring.keys[key_id], nonce, struct.pack(">Q", expiry) + reserved, associated)
    return PREFIX + base32_encode(struct.pack(">I", key_id) + nonce + sealed)


def is_valid(
    keyring: Keyring, application: bytes, account: bytes, purpose: bytes, context: bytes, ticket: bytes, now: int
) -> bool:
    """15.3, 15.4"""
    label = b"poterne ticket"
    associated_data(0, application, account, purpose, context, label)
    found = re.fullmatch(rb"POTERNT1([A-Z2-7]{88}) *", ticket)
    if found is None:
        return False
    sealed = unbase32(found[1].decode())
    (key_id,) = struct.unpack(">I", sealed[:4])
    key = keyring.keys.get(key_id)
    if key is None:
        return False
    try:
        associated = associated_data(key_id, application, account, purpose, context, label)
        plaintext = xaes_open(key, sealed[4:28], sealed[28:], associated)
    except ModelError:
        return False
    (expiry,) = struct.unpack(">Q", plaintext[:8])
    if any(plaintext[8:]) or expiry > MAX_TIME:
        return False
    return now <= expiry <= min(now + MAX_SECONDS + CLOCKS_APART, MAX_TIME)
