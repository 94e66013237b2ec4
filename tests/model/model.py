"""The norm (src/guide/semantics.md), sections 1 to 8, a second time.

Written from the norm alone, for clarity: nothing here is constant-time, and nothing here is for production. Numbers in
comments are the norm's rules. Python 3.9 or later, standard library only.

A call takes a `Credential` (a value, never changed in place) and gives an `Attempt` or a `Change`, which holds the next
credential and gives its verdict only for a number of rows (section 7). `Column` is where an application keeps the sealed
credential: a cell with a swap.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import re
import secrets
from dataclasses import dataclass, field, fields, replace
from typing import Callable, Iterable, List, NamedTuple, Optional, Set, Tuple, Union

MAX_TIME = 253402300799  # 31 December 9999
LAST_FACTOR = 2**64 - 2  # 1.3: counter + 1 must still fit
MAX_IMPORTED = 2**63 - 1  # 1.3
MAX_SUBMITTED = 64  # characters, 2.1
MAX_SUBMITTED_BYTES = 256  # of UTF-8, 2.1
MAX_SECRET = 1024  # bytes, 1.4 and 1.8
MAX_SECRET_TEXT = 8192  # bytes, 1.8
STORED_SECRET = 64  # bytes that a record has for it, 9.6
DAY = 86400
PERIOD = 30 * DAY  # 4.2
MAX_IDLE = 6  # steps, 4.2
MAX_STEPS = 10  # the most that any policy gives either side, 4.1
MAX_DRIFT = 200  # the most that any policy or import gives, 8.3
CLOCKS_APART = 300  # seconds between two servers, 1.7
CLOCKS_APART_STEPS = 10  # the same in the shortest steps, 8.7
CLOCK_WRONG = 900  # seconds ahead of what another server says, 3.6 and 8.5
CLOCK_OFF = 10  # steps, 8.2
MAX_FAILURES = 255  # what a record can count
SLOTS = 10  # recovery codes, 5.1
CODE_LENGTH = 13  # characters of a code of section 5
CODE_BYTE = b"\x02"  # before them in the hash, 5.3
CANDIDATES = 10000  # of the bare matcher

ALGORITHMS = {"SHA1": hashlib.sha1, "SHA256": hashlib.sha256, "SHA512": hashlib.sha512}
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
METHODS = {"otp": 1, "recovery_code": 2, "temporary_code": 3}
CODE_SETS = {"recovery": 1, "temporary": 2, "both": 3}  # that `end_codes` ends
REFUSALS = {
    "wrong_code": 1, "replayed": 2, "malformed": 3, "wait": 4, "locked": 5, "pending": 6, "revoked": 7, "not_yet_valid": 8,
    "expired": 9, "clock_behind": 10, "clock_off": 11, "conflict": 12, "not_enrolled": 13, "suspended": 14,
    "not_pending": 15,
}
ERRORS = {
    "argument": -1, "null": -2, "buffer": -3, "version": -4, "utf8": -5, "time": -6, "record": -7, "unknown_key": -8,
    "record_format": -9, "state": -10, "rows": -11, "attempt": -12, "keyring": -13, "keyring_file": -14, "secret": -15,
    "uri": -16, "counter": -17, "random": -18, "store": -19, "token_file": -20, "token_password": -21, "token_mac": -22,
    "token_unsupported": -23, "internal": -99,
}


class ModelError(Exception):
    """A mistake of the caller or a damaged record; never what a wrong code gives."""

    def __init__(self, kind: str) -> None:
        assert kind in ERRORS, kind
        super().__init__(kind)
        self.kind = kind


# ---------------------------------------------------------------------------------------------------------------- values


@dataclass(frozen=True)
class Refused:
    reason: str
    seconds: Optional[int] = None  # of a wait
    steps: Optional[int] = None  # of a clock_off

    def __post_init__(self) -> None:
        assert self.reason in REFUSALS, self.reason


@dataclass(frozen=True)
class Accepted:
    """A login, and the only outcome that is one (7.6)."""

    method: str
    factor: Optional[int]  # of an OTP
    drift: int
    recovery: int  # codes left
    failures_before: int  # since the last login by an OTP, 4.8


@dataclass(frozen=True)
class Confirmed:
    factor: int
    drift: int
    codes: Tuple[str, ...]


@dataclass(frozen=True)
class Resynchronized:
    factor: int  # the second code's
    drift: int


Outcome = Union[Accepted, Confirmed, Resynchronized, Refused]


@dataclass(frozen=True)
class Policy:
    """Section 12: one per verifier, none in the record."""

    app_steps_backward: int = 1
    app_steps_forward: int = 1
    token_steps_backward: int = 2
    token_steps_forward: int = 1
    look_ahead: int = 10
    max_failures: int = 20
    max_drift: int = 120
    resync_look_ahead: int = 1000
    recovery_codes: int = 8
    confirm_at_first_login: int = 0
    allow_short_secret: int = 0
    allow_incompatible: int = 0
    confirm_within_days: int = 30
    ticket_seconds: int = 300

    def __post_init__(self) -> None:
        for option in fields(self):
            low, high = POLICY_BOUNDS[option.name]
            if not low <= getattr(self, option.name) <= high:
                raise ModelError("argument")


POLICY_BOUNDS = {
    "app_steps_backward": (0, MAX_STEPS),
    "app_steps_forward": (0, MAX_STEPS),
    "token_steps_backward": (0, MAX_STEPS),
    "token_steps_forward": (0, MAX_STEPS),
    "look_ahead": (1, 100),
    "max_failures": (1, 100),
    "max_drift": (1, MAX_DRIFT),
    "resync_look_ahead": (1, 10000),
    "recovery_codes": (0, SLOTS),
    "confirm_at_first_login": (0, 1),
    "allow_short_secret": (0, 1),
    "allow_incompatible": (0, 1),
    "confirm_within_days": (1, 365),
    "ticket_seconds": (1, 600),
}


@dataclass(frozen=True)
class Temporary:
    digest: bytes
    expiry: int
    uses: int

    def is_valid(self, now: int) -> bool:
        return now <= self.expiry <= now + PERIOD + CLOCKS_APART and self.uses > 0  # 5.2


@dataclass(frozen=True)
class Credential:
    """What a record holds (9.6). Absent is None; a slot of `recovery` is None when empty or used."""

    state: str  # pending, active, suspended, revoked
    authenticator: str  # app, token
    factor: str  # time, counter
    algorithm: str
    digits: int
    secret: bytes
    time_step: int = 0  # 0 if counter-based
    t0: int = 0
    counter: int = 0  # of a counter-based one
    watermark: Optional[int] = None  # of a time-based one
    drift: int = 0
    last_sync: Optional[int] = None  # of a time-based token
    seen: bool = False  # a time-based token, 4.2
    failures: int = 0
    untold: int = 0  # failures since the last login by an OTP, 4.8
    last_failure: Optional[int] = None
    not_before: Optional[int] = None
    not_after: Optional[int] = None
    confirm_by: Optional[int] = None  # of a pending one, 8.12
    code_key: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    issued: int = 0
    recovery: Tuple[Optional[bytes], ...] = (None,) * SLOTS
    temporary: Optional[Temporary] = None

    @property
    def is_time_based(self) -> bool:
        return self.factor == "time"

    @property
    def learns_drift(self) -> bool:
        return self.is_time_based and self.authenticator == "token"

    @property
    def recovery_left(self) -> int:
        return sum(slot is not None for slot in self.recovery)

    def step(self, now: int) -> int:
        """s(now). Time before t0 is an error, never a wrap (1.3)."""
        if now < self.t0:
            raise ModelError("time")
        return (now - self.t0) // self.time_step

    def otp(self, moving_factor: int) -> str:
        return hotp(self.secret, moving_factor, self.digits, self.algorithm)


def check_time(now: int) -> None:
    if not 0 <= now <= MAX_TIME:
        raise ModelError("time")


# -------------------------------------------------------------------------------------------------- 1. one-time passwords


def hotp(secret: bytes, counter: int, digits: int = 6, algorithm: str = "SHA1") -> str:
    if digits not in (6, 7, 8) or algorithm not in ALGORITHMS:
        raise ModelError("argument")
    if not 1 <= len(secret) <= MAX_SECRET:
        raise ModelError("secret")
    digest = hmac.new(secret, counter.to_bytes(8, "big"), ALGORITHMS[algorithm]).digest()
    offset = digest[-1] & 15  # 1.2: the LAST byte, whatever the length
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return str(number % 10**digits).zfill(digits)


def time_step_of(now: int, time_step: int, t0: int) -> int:
    check_time(now)
    if not 1 <= time_step <= 86400:  # 1.5, the bare layer
        raise ModelError("argument")
    if now < t0:
        raise ModelError("time")
    return (now - t0) // time_step


def totp(secret: bytes, now: int, digits: int = 6, algorithm: str = "SHA1", time_step: int = 30, t0: int = 0) -> str:
    return hotp(secret, time_step_of(now, time_step, t0), digits, algorithm)


class Match(NamedTuple):
    result: str  # found, replayed, not_found, malformed
    factor: Optional[int] = None


def match_otp(
    secret: bytes, algorithm: str, digits: int, submitted: bytes, first: int, last: int, watermark: Optional[int]
) -> Match:
    """The stateless matcher, for those who keep their own state."""
    if first > LAST_FACTOR:
        raise ModelError("counter")
    last = min(last, LAST_FACTOR)
    if first > last or last - first + 1 > CANDIDATES:
        raise ModelError("argument")
    code = as_otp(submitted, digits)
    if code is None:
        return Match("malformed")
    equal = [i for i in range(first, last + 1) if hotp(secret, i, digits, algorithm) == code]
    eligible = [i for i in equal if watermark is None or i > watermark]
    if eligible:
        return Match("found", eligible[0])
    return Match("replayed" if equal else "not_found")


def key_of(secret: bytes, algorithm: str) -> bytes:
    """1.4: what is stored of a secret that is brought in. HMAC hashes a key that is longer than its block."""
    if len(secret) <= STORED_SECRET:
        return secret
    longest = {"SHA1": 64, "SHA256": 64, "SHA512": 128}[algorithm]
    if not longest < len(secret) <= MAX_SECRET:
        raise ModelError("secret")
    return ALGORITHMS[algorithm](secret).digest()


BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def base32_encode(data: bytes) -> str:
    """RFC 4648, upper case, no padding."""
    bits = "".join(format(byte, "08b") for byte in data)
    bits += "0" * (-len(bits) % 5)
    return "".join(BASE32[int(bits[i : i + 5], 2)] for i in range(0, len(bits), 5))


def _secret_text(text: bytes) -> str:
    """1.8: what remains of a secret as people write it."""
    if len(text) > MAX_SECRET_TEXT:
        raise ModelError("secret")
    kept = without(text, DROPPED)
    if kept is None or not kept.isascii():
        raise ModelError("secret")
    return kept


def base32_decode(text: bytes) -> bytes:
    """1.8. Spare bits are ignored, as every authenticator application does."""
    kept = _secret_text(text).rstrip("=").upper()
    if any(character not in BASE32 for character in kept) or len(kept) % 8 in (1, 3, 6):
        raise ModelError("secret")
    bits = "".join(format(BASE32.index(character), "05b") for character in kept)
    secret = bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits) - 7, 8))
    if not 1 <= len(secret) <= MAX_SECRET:
        raise ModelError("secret")
    return secret


def hex_decode(text: bytes) -> bytes:
    """1.8"""
    kept = _secret_text(text)
    if not re.fullmatch("([0-9A-Fa-f]{2})+", kept) or len(kept) > 2 * MAX_SECRET:
        raise ModelError("secret")
    return bytes.fromhex(kept)


# ------------------------------------------------------------------------------------------------ 2. what the user typed

# 2.1: this list is closed.
WHITE_SPACE = {0x09, 0x0A, 0x0D, 0x20, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000}
INVISIBLE = {0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, *range(0x2066, 0x206A), 0xFEFF}
DASHES = {0x2D, *range(0x2010, 0x2016), 0x2212, 0xFE58, 0xFE63, 0xFF0D}
DROPPED = WHITE_SPACE | INVISIBLE | DASHES

# 2.4: from 0 to 9, then what other rows have for 6 and 8.
FRENCH_ROW = dict(zip("\u00e0&\u00e9\"'(-\u00e8_\u00e7\u00a7!", "012345678968"))


def without(text: bytes, dropped: Set[int]) -> Optional[str]:
    """The characters that are not dropped; None if it is no UTF-8."""
    try:
        return "".join(character for character in text.decode("utf-8") if ord(character) not in dropped)
    except UnicodeDecodeError:
        return None


def typed(submitted: bytes, dropped: Set[int]) -> str:
    """2.1: what remains of a text that is not too long; nothing of any other."""
    if len(submitted) > MAX_SUBMITTED_BYTES or len(without(submitted, set()) or "") > MAX_SUBMITTED:
        return ""
    return without(submitted, dropped) or ""


def is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def as_otp(submitted: bytes, digits: int) -> Optional[str]:
    text = typed(submitted, DROPPED)
    if is_digits(text) and len(text) == digits:
        return text
    row = typed(submitted, WHITE_SPACE | INVISIBLE)  # 2.4: a dash is a digit
    if len(row) == digits and all(character in FRENCH_ROW for character in row):
        return "".join(FRENCH_ROW[character] for character in row)
    return None


def as_code(text: str) -> Optional[str]:
    """2.2: the normalized characters of a code of section 5."""
    if not text.isascii() or len(text) != CODE_LENGTH:
        return None
    normalized = text.upper().replace("O", "0").replace("I", "1").replace("L", "1")
    return normalized if all(c in CROCKFORD for c in normalized) and not normalized.isdigit() else None


def classify(submitted: bytes, digits: int) -> Tuple[str, str]:
    """2.2 to 2.4: otp, code or malformed, and the normalized characters."""
    otp = as_otp(submitted, digits)
    if otp is not None:
        return "otp", otp
    code = as_code(typed(submitted, DROPPED))
    return ("malformed", "") if code is None else ("code", code)


# ----------------------------------------------------------------------------------- 7. attempt, change, and the column


class _Spent:
    """What `outcome` and `stored` have in common: used once, and only with a number of rows."""

    def __init__(self, credential: Optional[Credential]) -> None:
        self.credential = credential  # to store; None if nothing changed
        self._spent = False

    @property
    def changed(self) -> bool:
        return self.credential is not None

    def _spend(self) -> None:
        if self._spent:
            raise ModelError("attempt")
        self._spent = True


class Attempt(_Spent):
    def __init__(self, credential: Optional[Credential], verdict: Outcome) -> None:
        super().__init__(credential)
        self._verdict = verdict

    def outcome(self, rows: int) -> Outcome:
        self._spend()
        if not self.changed:  # 7.3
            assert isinstance(self._verdict, Refused)
            return self._verdict
        if rows == 0:
            return Refused("conflict")
        if rows != 1:
            raise ModelError("rows")
        return self._verdict


class Change(_Spent):
    def __init__(self, credential: Optional[Credential], codes: Tuple[str, ...] = ()) -> None:
        super().__init__(credential)
        self._codes = codes

    def stored(self, rows: int) -> Union[Tuple[str, ...], Refused]:
        """The codes issued, if any; or the conflict."""
        self._spend()
        if not self.changed:  # 7.8
            return self._codes
        if rows == 0:
            return Refused("conflict")
        if rows != 1:
            raise ModelError("rows")
        return self._codes


def unchanged(reason: str, seconds: Optional[int] = None, steps: Optional[int] = None) -> Attempt:
    return Attempt(None, Refused(reason, seconds, steps))


def name(text: bytes, longest: int) -> bytes:
    """9.7: an application or an account."""
    try:
        characters = text.rstrip(b" ").decode("utf-8")
    except UnicodeDecodeError:
        raise ModelError("utf8") from None
    encoded = characters.encode("utf-8")
    if not 1 <= len(encoded) <= longest or re.search("[\x00-\x1f\x7f-\x9f]", characters):
        raise ModelError("argument")
    return encoded


class Version(NamedTuple):
    """A sealed credential, as seen from outside: equal only to itself. A new seal is a new number (7.4)."""

    number: int
    credential: Credential
    application: bytes
    account: bytes


class Versions:
    """Seals and opens without encryption. `record.Records` is the real thing, with the same two methods."""

    def __init__(self, application: bytes) -> None:
        self.application = name(application, 64)
        self._number = 0

    def seal(self, credential: Credential, account: bytes) -> Version:
        self._number += 1
        return Version(self._number, credential, self.application, name(account, 255))

    def open(self, sealed: Version, account: bytes) -> Credential:
        if (sealed.application, sealed.account) != (self.application, name(account, 255)):
            raise ModelError("record")
        return sealed.credential


class Column:
    """Where the application keeps the sealed credential. Every write is a swap (7.8)."""

    def __init__(self, content: object = None) -> None:
        self.content = content

    def swap(self, old: object, new: object) -> int:
        """Rows updated."""
        if self.content != old:
            return 0
        self.content = new
        return 1


# ------------------------------------------------------------------------------------------------------- 6. throttling


def delay(failures: int) -> int:
    return 0 if failures < 3 else min(5 * 2 ** (failures - 3), 900)


def wait_seconds(credential: Credential, now: int) -> int:
    """3.6: the seconds to wait, 0 if none."""
    last, pause = credential.last_failure, delay(credential.failures)
    if last is None or pause == 0 or not last - CLOCK_WRONG < now < last + pause:
        return 0
    return last + pause - now


def _failed(credential: Credential, now: int, steps: Optional[int] = None) -> Attempt:
    after = replace(
        credential,
        failures=min(credential.failures + 1, MAX_FAILURES),
        untold=min(credential.untold + 1, MAX_FAILURES),
        last_failure=now,
    )
    return Attempt(after, Refused("wrong_code") if steps is None else Refused("clock_off", steps=steps))


def _succeeded(credential: Credential) -> Credential:
    """4.8, and a pending record becomes active (8.2, 8.12)."""
    state = "active" if credential.state == "pending" else credential.state
    failures = max(0, credential.failures - 3)
    return replace(credential, state=state, failures=failures, last_failure=None, confirm_by=None)


# ---------------------------------------------------------------------------------------------- 3. order of the checks


def verify(credential: Optional[Credential], policy: Policy, submitted: bytes, now: int) -> Attempt:
    check_time(now)
    if credential is None:
        return unchanged("not_enrolled")  # 3.0
    if credential.state == "revoked":
        return unchanged("revoked")  # 3.2
    if credential.state == "pending":
        if not policy.confirm_at_first_login:
            return unchanged("pending")  # 3.3
        return _confirm(credential, policy, submitted, now, at_first_login=True)
    kind, text = classify(submitted, credential.digits)
    early = _validity(credential, now)
    if early:
        return early
    if kind == "code":
        return _verify_code(credential, text, now)  # 5.4
    early = _throttling(credential, policy, now)
    if early:
        return early
    if kind == "malformed":
        return unchanged("malformed")  # 3.7
    if credential.state == "suspended":
        return unchanged("suspended")  # 3.7b
    found = _search(credential, policy, text, now)
    if found.refused:
        return found.refused
    if found.moved is None:
        return _failed(credential, now)  # 4.6
    after = replace(_succeeded(found.moved), untold=0)
    return Attempt(after, _accepted("otp", credential, after))


def _accepted(method: str, before: Credential, after: Credential) -> Accepted:
    factor = None
    if method == "otp":
        factor = after.watermark if after.is_time_based else after.counter - 1
    return Accepted(method, factor, after.drift, after.recovery_left, before.untold)


def _validity(credential: Credential, now: int) -> Optional[Attempt]:
    """3.4"""
    if credential.not_before is not None and now < credential.not_before:
        return unchanged("not_yet_valid")
    if credential.not_after is not None and now > credential.not_after:
        return unchanged("expired")
    if credential.confirm_by is not None and now > credential.confirm_by:
        return unchanged("expired")  # 8.12
    return None


def _throttling(credential: Credential, policy: Policy, now: int) -> Optional[Attempt]:
    """3.5 and 3.6"""
    if credential.failures >= policy.max_failures:
        return unchanged("locked")
    seconds = wait_seconds(credential, now)
    if seconds:
        return unchanged("wait", seconds=seconds)
    return None


# --------------------------------------------------------------------------------------------------- 4. the OTP window


def periods(credential: Credential, now: int) -> int:
    """4.2: of 30 days, since a token's clock was heard of. The one under way counts."""
    assert credential.last_sync is not None
    return max(1, now // PERIOD - credential.last_sync + 1)


def idle(credential: Credential, now: int) -> int:
    """4.2: how far the window grows either side, for a token's clock that was not heard of for a while."""
    if not credential.learns_drift:
        return 0
    return min(MAX_IDLE, -(-30 * periods(credential, now) // credential.time_step))


def _steps(policy: Policy, authenticator: str) -> Tuple[int, int]:
    """4.1: backward and forward."""
    if authenticator == "app":
        return policy.app_steps_backward, policy.app_steps_forward
    return policy.token_steps_backward, policy.token_steps_forward


def code_lifetime(policy: Policy, authenticator: str, time_step: int) -> int:
    """4.10"""
    if not 30 <= time_step <= 120:
        raise ModelError("argument")
    grown = 0 if authenticator == "app" else MAX_IDLE
    return (sum(_steps(policy, authenticator)) + 2 * grown + 1) * time_step + CLOCKS_APART


def person_and_row(login_name: str) -> Tuple[str, int]:
    """9.8"""
    name = login_name.rstrip(" ")
    person = name[:-2].rstrip(" ")
    return (person, int(name[-1])) if name.endswith(("#2", "#3")) and person else (name, 1)


def rows_of_person(person: str) -> List[str]:
    """9.8"""
    name = person.rstrip(" ")
    # 9.7
    is_name = name != "" and not re.search("[\x00-\x1f\x7f-\x9f]", name)
    if not is_name or len(name.encode()) > 253 or name.endswith(("#2", "#3")):
        raise ModelError("argument")
    return [name, name + "#2", name + "#3"]


def _candidates(first: int, last: int) -> range:
    """1.3: the factors of first..=last that exist."""
    found = range(max(first, 0), min(last, LAST_FACTOR) + 1)
    if not found:
        raise ModelError("counter")
    return found


class _Search(NamedTuple):
    """What a search of the window gives. Neither `moved` nor `refused`: a wrong code."""

    moved: Optional[Credential] = None  # past the accepted code
    refused: Optional[Attempt] = None  # nothing changes
    any_equal: bool = False  # though not eligible


def _search(credential: Credential, policy: Policy, code: str, now: int) -> _Search:
    """3.8 and section 4."""
    if not credential.is_time_based:
        return _search_counters(credential, policy, code)
    grown = idle(credential, now)
    backward, forward = _steps(policy, credential.authenticator)
    center = credential.step(now) + credential.drift
    watermark = -1 if credential.watermark is None else credential.watermark
    if credential.watermark is not None and watermark > center + forward + grown:
        return _Search(refused=unchanged("clock_behind"))
    equal = [i for i in _candidates(center - backward - grown, center + forward + grown) if credential.otp(i) == code]
    for i in equal:
        shift = max(-grown, min(grown, _lateness_taken_off(i - center))) if credential.learns_drift else 0
        if i > watermark and _drift_allowed(credential, policy, credential.drift + shift):
            moved = replace(credential, watermark=i, drift=credential.drift + shift)
            return _Search(moved=_synchronized(moved, now))
    if any(i <= watermark for i in equal):
        return _Search(refused=unchanged("replayed"))  # 4.5
    return _Search(any_equal=bool(equal))


def _search_counters(credential: Credential, policy: Policy, code: str) -> _Search:
    """4.7"""
    counter = credential.counter
    for i in _candidates(counter, counter + policy.look_ahead - 1):
        if credential.otp(i) == code:
            return _Search(moved=replace(credential, counter=i + 1))
    if counter > 0 and credential.otp(counter - 1) == code:
        return _Search(refused=unchanged("replayed"))
    return _Search()


def _lateness_taken_off(offset: int) -> int:
    """4.9: a person types late, never early, so -1 is typing."""
    if offset > 0:
        return offset
    return offset + 1 if offset < -1 else 0


def _drift_allowed(credential: Credential, policy: Policy, drift: int) -> bool:
    return abs(drift) <= policy.max_drift or abs(drift) <= abs(credential.drift)  # 4.9


def _period(now: int) -> int:
    """What a record can hold of it (4.2)."""
    return min(now // PERIOD, 65535)


def _synchronized(credential: Credential, now: int) -> Credential:
    return replace(credential, last_sync=_period(now), seen=True) if credential.learns_drift else credential


# ------------------------------------------------------------------------------------- 5. recovery and temporary codes


def code_digest(code_key: bytes, normalized: str) -> bytes:
    """5.3"""
    return hmac.new(code_key, CODE_BYTE + normalized.encode("ascii"), hashlib.sha256).digest()[:8]


def _new_code() -> str:
    """Normalized, with a letter: a run of digits would not be told from an OTP (2.2)."""
    while True:
        code = "".join(secrets.choice(CROCKFORD) for _ in range(CODE_LENGTH))
        if not code.isdigit():
            return code


def _grouped(code: str) -> str:
    return f"{code[:5]}-{code[5:9]}-{code[9:]}"


def _verify_code(credential: Credential, text: str, now: int) -> Attempt:
    """5.4: the slots tell which kind it is, recovery first."""
    digest = code_digest(credential.code_key, text)
    if digest in credential.recovery:
        used = credential.recovery.index(digest)
        slots = tuple(None if i == used else slot for i, slot in enumerate(credential.recovery))
        after = replace(credential, recovery=slots)
        return Attempt(after, _accepted("recovery_code", credential, after))
    held = credential.temporary
    if held and held.digest == digest and held.is_valid(now):
        after = replace(credential, temporary=replace(held, uses=held.uses - 1) if held.uses > 1 else None)
        return Attempt(after, _accepted("temporary_code", credential, after))
    return unchanged("wrong_code")  # no failure


def _with_recovery_codes(credential: Credential, count: int) -> Tuple[Credential, Tuple[str, ...]]:
    codes: List[str] = []
    while len(codes) < count:
        code = _new_code()
        if code not in codes:
            codes.append(code)
    digests = [code_digest(credential.code_key, code) for code in codes]
    slots: Tuple[Optional[bytes], ...] = (*digests, *[None] * (SLOTS - count))
    return replace(credential, issued=count, recovery=slots), tuple(_grouped(code) for code in codes)


def recovery_codes(opened: Callable[[], Credential], count: int) -> Change:
    if not 1 <= count <= SLOTS:
        raise ModelError("argument")
    credential = opened()
    _must_be(credential, "active", "suspended")  # 8.6
    return Change(*_with_recovery_codes(credential, count))


def temporary_code(
    opened: Callable[[], Credential], now: int, expiry: Optional[int], uses: int, suspending: bool
) -> Change:
    check_time(now)
    if expiry is None:
        expiry = min(now + DAY, MAX_TIME)
    check_time(expiry)
    if not now <= expiry <= min(now + PERIOD, MAX_TIME) or not 1 <= uses <= 50:
        raise ModelError("argument")
    credential = opened()
    _must_be(credential, "active", "suspended")  # 8.6
    code = _new_code()
    held = Temporary(code_digest(credential.code_key, code), expiry, uses)
    state = "suspended" if suspending else credential.state
    return Change(replace(credential, temporary=held, state=state), (_grouped(code),))


def end_codes(opened: Callable[[], Credential], recovery: bool, temporary: bool) -> Change:
    """5.5"""
    if not recovery and not temporary:
        raise ModelError("argument")
    after = opened()
    _must_be(after, "active", "suspended")
    if recovery:
        after = replace(after, issued=0, recovery=(None,) * SLOTS)
    if temporary:
        after = replace(after, temporary=None)
    return Change(after)


# -------------------------------------------------------------------------------------------- 8. life of a credential


def confirm(credential: Optional[Credential], policy: Policy, submitted: bytes, now: int) -> Attempt:
    check_time(now)
    if credential is None:
        return unchanged("not_enrolled")  # 3.0
    if credential.state == "revoked":
        return unchanged("revoked")
    if credential.state != "pending":
        return unchanged("not_pending")
    return _confirm(credential, policy, submitted, now, at_first_login=False)


def replace_authenticator(
    old: Credential, opened: Callable[[], Credential], policy: Policy, submitted: bytes, now: int
) -> Attempt:
    """8.9: only a confirmed authenticator takes the place of the old one."""
    check_time(now)
    if old.state == "revoked":
        return unchanged("revoked")
    early = _validity(replace(old, confirm_by=None), now)
    if early:
        return early
    pending = opened()
    if pending.state == "pending" and pending.secret.rstrip(b"\0") == old.secret.rstrip(b"\0"):
        raise ModelError("argument")  # one key of HMAC, which fills with zeros
    attempt = confirm(pending, policy, submitted, now)
    verdict = attempt.outcome(1)
    if not isinstance(verdict, Confirmed):
        return Attempt(None, verdict)
    after = attempt.credential
    assert after is not None
    not_before = old.not_before if after.not_before is None else after.not_before
    not_after = old.not_after if after.not_after is None else after.not_after
    return Attempt(replace(after, not_before=not_before, not_after=not_after), verdict)


def _confirm(credential: Credential, policy: Policy, submitted: bytes, now: int, at_first_login: bool) -> Attempt:
    """8.2, and 3.3 at the first login."""
    early = _validity(credential, now) or _throttling(credential, policy, now)
    if early:
        return early
    code = as_otp(submitted, credential.digits)
    if code is None:
        return unchanged("malformed")
    found = _search(credential, policy, code, now)
    if found.refused:
        return found.refused
    if found.moved is None:
        is_app = credential.is_time_based and credential.authenticator == "app"
        if is_app and not found.any_equal and not at_first_login:
            return _clock_off(credential, code, now)
        return _failed(credential, now)
    after = _succeeded(found.moved)
    accepted = _accepted("otp", credential, after)
    if at_first_login:
        return Attempt(replace(after, untold=0), accepted)
    assert accepted.factor is not None
    codes: Tuple[str, ...] = ()
    if policy.recovery_codes:
        after, codes = _with_recovery_codes(after, policy.recovery_codes)
    return Attempt(after, Confirmed(accepted.factor, after.drift, codes))


def _clock_off(credential: Credential, code: str, now: int) -> Attempt:
    """8.2: a failure, which says what is wrong with the phone, and spends what it says."""
    here = credential.step(now)
    equal = [i - here for i in _candidates(here - CLOCK_OFF, here + CLOCK_OFF) if credential.otp(i) == code]
    nearest = min(equal, key=lambda steps: (abs(steps), steps), default=None)
    if equal:
        watermark = -1 if credential.watermark is None else credential.watermark
        credential = replace(credential, watermark=max(watermark, here + max(equal)))
    return _failed(credential, now, nearest)


def resynchronize(
    credential: Optional[Credential], policy: Policy, first: bytes, second: bytes, now: int
) -> Attempt:
    check_time(now)
    if credential is None:
        return unchanged("not_enrolled")  # 3.0
    if credential.state == "revoked":
        return unchanged("revoked")
    early = _validity(credential, now) or _throttling(credential, policy, now)
    if early:
        return early
    pair = as_otp(first, credential.digits), as_otp(second, credential.digits)
    if None in pair:
        return unchanged("malformed")
    if credential.state == "suspended":
        return unchanged("suspended")
    if credential.is_time_based:
        found = _pair_in_time(credential, policy, pair, now)
    else:
        found = _pair_of_counters(credential, policy, pair)
    if isinstance(found, Attempt):
        return found
    if found is None:
        return _failed(credential, now)
    after = _succeeded(found)
    factor = after.watermark if after.is_time_based else after.counter - 1
    assert factor is not None
    return Attempt(after, Resynchronized(factor, after.drift))


Pair = Tuple[Optional[str], Optional[str]]


def _pairs(credential: Credential, candidates: Iterable[int], pair: Pair) -> List[int]:
    return [
        i for i in candidates
        if i < LAST_FACTOR and credential.otp(i) == pair[0] and credential.otp(i + 1) == pair[1]
    ]


def _pair_in_time(credential: Credential, policy: Policy, pair: Pair, now: int) -> Union[Credential, Attempt, None]:
    here = credential.step(now)
    center = here + credential.drift
    watermark = -1 if credential.watermark is None else credential.watermark
    if watermark >= here + policy.max_drift:
        return unchanged("clock_behind")
    reach = pair_reach(credential, now)
    found = []
    for i in _pairs(credential, _candidates(here - policy.max_drift, here + policy.max_drift), pair):
        drift = _lateness_taken_off(i + 1 - here) if credential.learns_drift else 0
        distance = abs(i + 1 - center)
        if i > watermark and distance <= reach and _drift_allowed(credential, policy, drift):
            found.append((distance, i, drift))
    if not found:
        return None
    _, i, drift = min(found)
    if credential.authenticator == "app":
        return unchanged("clock_off", steps=i + 1 - here)
    return _synchronized(replace(credential, watermark=i + 1, drift=drift), now)


def pair_reach(credential: Credential, now: int) -> float:
    """8.4: how far from the center a pair may be. As far as a poor clock can have gone, 4 seconds a day."""
    if not credential.learns_drift or not credential.seen:
        return math.inf
    return -(-(300 + 120 * periods(credential, now)) // credential.time_step)


def _pair_of_counters(credential: Credential, policy: Policy, pair: Pair) -> Optional[Credential]:
    counter = credential.counter
    found = _pairs(credential, _candidates(counter, counter + policy.resync_look_ahead - 1), pair)
    return replace(credential, counter=found[0] + 2) if found else None


def _must_be(credential: Credential, *states: str) -> None:
    if credential.state not in states:
        raise ModelError("state")


def unlock(credential: Credential) -> Change:
    _must_be(credential, "pending", "active", "suspended")
    return Change(replace(credential, failures=0, last_failure=None))


def repair_clock(credential: Credential, now: int) -> Change:
    """8.5: what a clock that was wrong has left."""
    check_time(now)
    _must_be(credential, "pending", "active", "suspended")
    after = credential
    if after.is_time_based:
        highest = _farthest_ahead(after, now)
        if after.watermark is not None and after.watermark > highest:
            after = replace(after, watermark=highest if highest >= 0 else None)
    if after.last_failure is not None and after.last_failure > now + CLOCK_WRONG:
        after = replace(after, failures=0, last_failure=None)
    if after.last_sync is not None and after.last_sync > _period(now):
        after = replace(after, last_sync=_period(now))
    return Change(None if after == credential else after)


def _farthest_ahead(credential: Credential, now: int) -> int:
    """The highest step that any policy could have accepted on any server (8.5)."""
    if credential.authenticator == "app":
        return credential.step(now) + MAX_STEPS + CLOCKS_APART_STEPS
    return credential.step(now) + credential.drift + MAX_STEPS + MAX_IDLE + CLOCKS_APART_STEPS


def _farthest_back(credential: Credential, now: int) -> int:
    """The lowest step that any policy could accept, now or later, on any server (8.7)."""
    here = credential.step(now)
    if credential.authenticator == "app":
        return here - MAX_STEPS - CLOCKS_APART_STEPS
    window = here + credential.drift - MAX_STEPS - MAX_IDLE - CLOCKS_APART_STEPS
    return min(window, here - MAX_DRIFT - CLOCKS_APART_STEPS)


def suspend(credential: Credential) -> Change:
    _must_be(credential, "active", "suspended")
    return Change(replace(credential, state="suspended"))


def resume(credential: Credential) -> Change:
    _must_be(credential, "active", "suspended")
    return Change(replace(credential, state="active"))


def revoke(credential: Credential) -> Change:
    return Change(
        replace(
            credential, state="revoked", secret=b"", code_key=bytes(16), issued=0, recovery=(None,) * SLOTS, temporary=None,
            confirm_by=None,
        )
    )


def forget(credential: Credential, now: int) -> Change:
    check_time(now)
    after = credential
    if after.is_time_based:
        lowest = _farthest_back(after, now)
        if after.watermark is not None and after.watermark < lowest:
            after = replace(after, watermark=None)
    if not wait_seconds(after, now):
        after = replace(after, last_failure=None)
    if after.temporary and not after.temporary.is_valid(now):
        after = replace(after, temporary=None)
    return Change(after)


def reseal(credential: Credential) -> Change:
    """The same state; the seal is what is new."""
    return Change(credential)


rename = reseal  # 8.8: the account is in the seal and not in the state


def otpauth_uri(credential: Credential, now: int) -> None:
    """8.1 and 8.12: whether it can be had. What it says is in uri.txt."""
    check_time(now)
    if credential.state != "pending" or (credential.confirm_by is not None and now > credential.confirm_by):
        raise ModelError("state")


def import_credential(
    policy: Policy,
    now: int,
    *,
    authenticator: str,
    factor: str,
    algorithm: str,
    digits: int,
    secret: bytes,
    state: str,
    time_step: int = 30,
    t0: int = 0,
    counter: Optional[int] = None,
    watermark: Optional[int] = None,
    drift: Optional[int] = None,
    last_sync: Optional[int] = None,
    not_before: Optional[int] = None,
    not_after: Optional[int] = None,
    confirm_by: Optional[int] = None,
) -> Change:
    """8.3: moving in, and the vectors."""
    check_time(now)
    if algorithm not in ALGORITHMS or digits not in (6, 7, 8) or state not in ("pending", "active", "suspended"):
        raise ModelError("argument")
    if len(secret) < (10 if policy.allow_short_secret else 16):
        raise ModelError("secret")  # 1.4
    for instant in (t0, not_before, not_after, confirm_by):
        if instant is not None:
            check_time(instant)
    if not_before is not None and not_after is not None and not_before > not_after:
        raise ModelError("argument")
    if confirm_by is not None and state != "pending":
        raise ModelError("argument")  # 8.12
    if confirm_by is not None and confirm_by < max(now, not_before or 0):
        raise ModelError("argument")  # 8.12: nobody could confirm
    is_time_based = factor == "time"
    learns_drift = is_time_based and authenticator == "token"
    if is_time_based and not 30 <= time_step <= 120:
        raise ModelError("argument")  # 1.5
    if is_time_based and t0 > now:
        raise ModelError("time")  # 1.5
    if (counter if is_time_based else watermark) is not None:
        raise ModelError("argument")  # each belongs to the other factor
    if max(counter or 0, watermark or 0) > MAX_IMPORTED:
        raise ModelError("counter")  # 1.3
    if not learns_drift and (drift or last_sync is not None):
        raise ModelError("argument")
    if abs(drift or 0) > MAX_DRIFT or not 0 <= (last_sync or 0) <= 65535:
        raise ModelError("argument")
    credential = Credential(
        state=state,
        authenticator=authenticator,
        factor=factor,
        algorithm=algorithm,
        digits=digits,
        secret=key_of(secret, algorithm),
        time_step=time_step if is_time_based else 0,
        t0=t0 if is_time_based else 0,
        counter=counter or 0,
        watermark=watermark,
        drift=drift or 0,
        last_sync=_period(now) if learns_drift and last_sync is None else last_sync,
        seen=last_sync is not None,  # 4.2
        not_before=not_before,
        not_after=not_after,
        confirm_by=confirm_by,
    )
    return Change(credential)


def enroll_token(policy: Policy, now: int, **parameters) -> Change:
    """8.3: a pending token whose secret is brought in."""
    return import_credential(policy, now, authenticator="token", state="pending", **parameters)


def enroll(
    policy: Policy, now: int, secret_length: int = 20, confirm_by: Optional[int] = None, **parameters
) -> Change:
    """8.1, 1.4 and 8.12"""
    check_time(now)
    if not 16 <= secret_length <= 64:
        raise ModelError("secret")
    if confirm_by is None and parameters["authenticator"] == "app":
        first = max(now, parameters.get("not_before") or 0)
        confirm_by = min(first + policy.confirm_within_days * DAY, MAX_TIME)
    secret = secrets.token_bytes(secret_length)
    return import_credential(policy, now, secret=secret, state="pending", confirm_by=confirm_by, **parameters)


@dataclass(frozen=True)
class Status:
    state: str
    failures: int
    wait: int
    locked: bool
    drift: int
    recovery: int
    temporary: int  # uses left, 0 if not valid
    weak: bool
    confirm_by: Optional[int]


def inspect(credential: Credential, policy: Policy, now: int) -> Status:
    check_time(now)
    held = credential.temporary
    return Status(
        state=credential.state,
        failures=credential.failures,
        wait=wait_seconds(credential, now),
        locked=credential.failures >= policy.max_failures,
        drift=credential.drift,
        recovery=credential.recovery_left,
        temporary=held.uses if held and held.is_valid(now) else 0,
        weak=0 < len(credential.secret) < 16,
        confirm_by=credential.confirm_by,
    )


def split_password_and_code(text: bytes, digits: int) -> Tuple[bytes, Optional[bytes]]:
    """10.1"""
    if digits not in (6, 7, 8):
        raise ModelError("argument")
    otp = text[-digits:]
    if len(otp) == digits and otp.isdigit():
        return text[:-digits], otp
    code = text[-CODE_LENGTH - 2 :]
    shown = re.fullmatch(rb"([0-9A-Za-z]{5})-([0-9A-Za-z]{4})-([0-9A-Za-z]{4})", code)
    if shown and as_code(b"".join(shown.groups()).decode("ascii")) is not None:
        return text[: -len(code)], code
    return text, None
