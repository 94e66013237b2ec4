"""The norm, sections 9 and 13, a second time: sealing and opening records, and the keyring's text.

AES and AES-GCM come from pyca `cryptography`, which is asked for only when a record is sealed or opened; the keyring needs
the standard library alone.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import struct
from typing import Dict, List, Optional, Tuple

from model import MAX_DRIFT, MAX_TIME, SLOTS, Credential, ModelError, Temporary, base32_encode, name

PREFIX = "POTERNE"
FORMAT = 1
RECORD_LENGTH = 504
PLAINTEXT_LENGTH = 266
STATES = ("pending", "active", "suspended", "revoked")
AUTHENTICATORS = ("app", "token")
FACTORS = ("counter", "time")
ALGORITHMS = ("SHA1", "SHA256", "SHA512")


# ------------------------------------------------------------------------------------------------- 9.3 XAES-256-GCM


def xaes_key(key: bytes, nonce: bytes) -> bytes:
    """C2SP XAES-256-GCM: the key of AES-256-GCM for the first 12 bytes of the nonce (CMAC as a key derivation)."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    def aes(block: bytes) -> bytes:
        encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
        return encryptor.update(block) + encryptor.finalize()

    doubled = int.from_bytes(aes(bytes(16)), "big") << 1
    if doubled >> 128:
        doubled ^= (1 << 128) | 0x87
    subkey = doubled.to_bytes(16, "big")
    derived = b""
    for counter in (1, 2):
        block = bytes([0, counter]) + b"X" + bytes(1) + nonce[:12]
        derived += aes(bytes(a ^ b for a, b in zip(block, subkey)))
    return derived


def xaes_seal(key: bytes, nonce: bytes, plaintext: bytes, associated: bytes) -> bytes:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(xaes_key(key, nonce)).encrypt(nonce[12:], plaintext, associated)


def xaes_open(key: bytes, nonce: bytes, ciphertext: bytes, associated: bytes) -> bytes:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(xaes_key(key, nonce)).decrypt(nonce[12:], ciphertext, associated)
    except InvalidTag:
        raise ModelError("record") from None


def check_xaes() -> None:
    """The two vectors of the C2SP specification, so that a record sealed here is what it says."""
    nonce, plaintext = b"ABCDEFGHIJKLMNOPQRSTUVWX", b"XAES-256-GCM"
    for key, associated, ciphertext in (
        (b"\x01" * 32, b"", "ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271"),
        (b"\x03" * 32, b"c2sp.org/XAES-256-GCM", "986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d"),
    ):
        sealed = xaes_seal(key, nonce, plaintext, associated)
        assert sealed.hex() == ciphertext, "XAES-256-GCM differs from C2SP's vectors"
        assert xaes_open(key, nonce, sealed, associated) == plaintext


# ------------------------------------------------------------------------------------------------- 9.6 the plaintext

# head, presence, time_step, failures, secret length, codes issued, codes left, drift, last_sync, temporary uses, untold,
# zero, counter or watermark, t0, last_failure, not_before, not_after, temporary expiry, secret, code key, recovery hashes,
# temporary hash, confirm_by, zero
LAYOUT = struct.Struct(">BBBBBBHhHBB2sQQQQQQ64s16s80s8sQ26s")
assert LAYOUT.size == PLAINTEXT_LENGTH


def encode(credential: Credential) -> bytes:
    held = credential.temporary
    head = (
        STATES.index(credential.state) << 6
        | AUTHENTICATORS.index(credential.authenticator) << 5
        | FACTORS.index(credential.factor) << 4
        | ALGORITHMS.index(credential.algorithm) << 2
        | credential.digits - 6
    )
    optional = (
        credential.watermark, credential.last_failure, credential.not_before, credential.not_after, credential.last_sync,
        held, credential.confirm_by, credential.seen or None,
    )
    presence = sum(0x80 >> i for i, value in enumerate(optional) if value is not None)
    return LAYOUT.pack(
        head,
        presence,
        credential.time_step,
        credential.failures,
        len(credential.secret),
        credential.issued,
        sum(1 << i for i, slot in enumerate(credential.recovery) if slot is not None),
        credential.drift,
        credential.last_sync or 0,
        held.uses if held else 0,
        credential.untold,
        bytes(2),
        (credential.watermark or 0) if credential.is_time_based else credential.counter,
        credential.t0,
        credential.last_failure or 0,
        credential.not_before or 0,
        credential.not_after or 0,
        held.expiry if held else 0,
        credential.secret,  # struct fills with zeros behind
        credential.code_key,
        b"".join(slot or bytes(8) for slot in credential.recovery),
        held.digest if held else bytes(8),
        credential.confirm_by or 0,
        bytes(26),
    )


def decode(plaintext: bytes) -> Credential:
    """Strict: a credential that `encode` would write in another way is an error (9.4)."""
    (
        head, presence, time_step, failures, secret_length, issued, left, drift, last_sync, uses, untold, _, moving, t0,
        last_failure, not_before, not_after, expiry, secret, code_key, hashes, temporary_hash, confirm_by, _,
    ) = LAYOUT.unpack(plaintext)

    def require(condition: bool) -> None:
        if not condition:
            raise ModelError("record")

    require(head >> 2 & 3 < 3 and head & 3 < 3)
    present = [bool(presence & 0x80 >> i) for i in range(8)]
    factor = FACTORS[head >> 4 & 1]
    slots = tuple(hashes[8 * i : 8 * i + 8] if left >> i & 1 else None for i in range(SLOTS))
    credential = Credential(
        state=STATES[head >> 6],
        authenticator=AUTHENTICATORS[head >> 5 & 1],
        factor=factor,
        algorithm=ALGORITHMS[head >> 2 & 3],
        digits=6 + (head & 3),
        secret=secret[:secret_length],
        time_step=time_step,
        t0=t0,
        counter=moving if factor == "counter" else 0,
        watermark=moving if present[0] else None,
        drift=drift,
        last_sync=last_sync if present[4] else None,
        seen=present[7],
        failures=failures,
        untold=untold,
        last_failure=last_failure if present[1] else None,
        not_before=not_before if present[2] else None,
        not_after=not_after if present[3] else None,
        confirm_by=confirm_by if present[6] else None,
        code_key=code_key,
        issued=issued,
        recovery=slots,
        temporary=Temporary(temporary_hash, expiry, uses) if present[5] else None,
    )
    is_revoked = credential.state == "revoked"
    require(30 <= time_step <= 120 if credential.is_time_based else time_step == 0 and t0 == 0)
    require(secret_length == 0 if is_revoked else 10 <= secret_length <= 64)
    require(credential.is_time_based or not present[0])
    require(present[4] == credential.learns_drift)
    require(credential.learns_drift or (drift == 0 and not present[7]))
    require(credential.state == "pending" or not present[6])
    require(abs(drift) <= MAX_DRIFT)
    require(issued <= SLOTS and left >> issued == 0)
    require(all(value <= MAX_TIME for value in (t0, last_failure, not_before, not_after, expiry, confirm_by)))
    require(not present[5] or 1 <= uses <= 50)
    require(not is_revoked or (issued == 0 and not present[5] and not any(code_key)))
    require(encode(credential) == plaintext)  # absent fields, unused bits and reserved bytes are 0
    return credential


# ------------------------------------------------------------------------------------------------------- the record


def associated_data(key_id: int, application: bytes, account: bytes) -> bytes:
    names = b"".join(bytes([len(part)]) + part for part in (application, account))
    return b"poterne record" + bytes([FORMAT]) + struct.pack(">I", key_id) + names


def seal_plaintext(plaintext: bytes, key_id: int, key: bytes, nonce: bytes, application: bytes, account: bytes) -> str:
    sealed = xaes_seal(key, nonce, plaintext, associated_data(key_id, application, account))
    return f"{PREFIX}{FORMAT}" + base32_encode(struct.pack(">I", key_id) + nonce + sealed)


def record_bytes(record: str) -> bytes:
    """The 310 bytes of a record of format 1. Upper case only, and no padding but spaces (9.1)."""
    text = record.rstrip(" ")
    if re.match(PREFIX + "[^1]", text, re.DOTALL):
        raise ModelError("record_format")
    if len(text) != RECORD_LENGTH or not re.fullmatch("POTERNE1[A-Z2-7]*", text):
        raise ModelError("record")
    return unbase32(text[len(PREFIX) + 1 :])


def unbase32(text: str) -> bytes:
    """Upper case, no padding, spare bits 0."""
    if not re.fullmatch("[A-Z2-7]+", text):
        raise ValueError("not base32")
    bits = "".join(format("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".index(c), "05b") for c in text)
    data = bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits) - 7, 8))
    if base32_encode(data) != text:
        raise ValueError("spare bits")
    return data


class Records:
    """Seals and opens for real, with the two methods of `model.Versions`."""

    def __init__(self, keyring: "Keyring", application: bytes) -> None:
        self.keyring = keyring
        self.application = name(application, 64)

    def seal(self, credential: Credential, account: bytes) -> str:
        key_id = self.keyring.primary
        key, nonce = self.keyring.keys[key_id], secrets.token_bytes(24)
        return seal_plaintext(encode(credential), key_id, key, nonce, self.application, name(account, 255))

    def open(self, record: str, account: bytes) -> Optional[Credential]:
        """None where there is no record (3.0)."""
        if not record.rstrip(" "):
            return None
        sealed = record_bytes(record)
        (key_id,) = struct.unpack(">I", sealed[:4])
        key = self.keyring.keys.get(key_id)
        if key is None:
            raise ModelError("unknown_key")
        associated = associated_data(key_id, self.application, name(account, 255))
        return decode(xaes_open(key, sealed[4:28], sealed[28:], associated))


# ------------------------------------------------------------------------------------------------------ 13. keyring

HEADER = "poterne-keyring-1"
MAX_KEYS = 64
MAX_TEXT = 16384


def check_of(key_id: int, key: bytes) -> str:
    return base32_encode(hashlib.sha256(b"poterne keyring" + struct.pack(">I", key_id) + key).digest()[:5])


class Keyring:
    def __init__(self, primary: int, keys: Dict[int, bytes]) -> None:
        self.primary = primary
        self.keys = keys

    @classmethod
    def generate(cls, key_id: int) -> "Keyring":
        return cls(key_id, {key_id: secrets.token_bytes(32)})

    @classmethod
    def parse(cls, text: bytes) -> "Keyring":
        if len(text) > MAX_TEXT:
            raise ModelError("keyring")
        try:
            lines = text.decode("utf-8").removeprefix("\ufeff").split("\n")
        except UnicodeDecodeError:
            raise ModelError("keyring") from None
        header, *rest = [line[:-1] if line.endswith("\r") else line for line in lines]
        if header != HEADER:
            raise ModelError("keyring")
        primaries: List[int] = []
        keys: Dict[int, bytes] = {}
        for line in rest:
            if not line.strip(" \t") or line.startswith("#"):
                continue
            key_id, is_primary, key = cls._parse_line(line)
            if key_id in keys or key in keys.values():
                raise ModelError("keyring")
            keys[key_id] = key
            if is_primary:
                primaries.append(key_id)
        if len(primaries) != 1 or len(keys) > MAX_KEYS:
            raise ModelError("keyring")
        return cls(primaries[0], keys)

    @staticmethod
    def _parse_line(line: str) -> Tuple[int, bool, bytes]:
        found = re.fullmatch("[ \t]*([1-9][0-9]{0,9})[ \t]+(primary[ \t]+)?([A-Z2-7]{52})[ \t]+([A-Z2-7]{8})[ \t]*", line)
        if not found or int(found[1]) > 2**32 - 1:
            raise ModelError("keyring")
        try:
            key = unbase32(found[3])
        except ValueError:
            raise ModelError("keyring") from None
        if check_of(int(found[1]), key) != found[4]:
            raise ModelError("keyring")
        return int(found[1]), found[2] is not None, key

    def to_text(self) -> str:
        lines = [HEADER]
        for key_id, key in self.keys.items():
            primary = " primary" if key_id == self.primary else ""
            lines.append(f"{key_id}{primary} {base32_encode(key)} {check_of(key_id, key)}")
        return "\n".join(lines) + "\n"
