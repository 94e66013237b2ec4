# The native half of the package, and the documentation of its calls.
#
# Everywhere: `now` is Unix seconds, by default the system's clock. `account` is the account's name as it is stored. A wrong code
# is an outcome, never an error; errors are `poterne.Error`. Arguments of a wrong type are a TypeError and spend nothing. Objects
# are shared between threads without a lock; none can be copied or pickled. What the user typed may be any `str`: it is malformed at
# worst. `record` is what the table holds for the account, None without a row: for a login that is a refusal (NOT_ENROLLED), for
# everything that needs a credential an error of kind STATE.

from os import PathLike
from types import TracebackType
from typing import Any, AnyStr, Callable, ClassVar, Final, Generic, Literal, Optional, Tuple, Type, TypedDict, TypeVar, Union, final

from typing_extensions import Self, Unpack

from poterne._enums import CodeSet, Method, Refusal, State
from poterne._store import SupportsStore

_T = TypeVar("_T")
_Algorithm = Literal["SHA1", "SHA256", "SHA512"]
_Secret = Union[bytes, bytearray, Secret]
_PlainFact = Tuple[str, Optional[str], Optional[str]]

__all__ = [
    "Attempt",
    "Change",
    "Enrollment",
    "Keyring",
    "Match",
    "OtpauthContent",
    "OtpauthUri",
    "Outcome",
    "Policy",
    "Qr",
    "Rename",
    "Secret",
    "Status",
    "TemporaryStatus",
    "VERSION",
    "Verifier",
    "apps",
    "apps_html",
    "apps_markdown",
    "attempt",
    "change",
    "database",
    "error_message",
    "error_message_to_user",
    "hotp",
    "is_conflict",
    "match_otp",
    "split_password_and_code",
    "totp",
]

VERSION: Final[str]

class _Parameters(TypedDict, total=False):
    # How codes are made. With `counter` they are counter-based (RFC 4226), without it time-based (RFC 6238).
    authenticator: Literal["app", "token"]
    algorithm: _Algorithm
    digits: int
    time_step: int
    t0: int
    counter: int
    secret_len: int
    not_before: Optional[int]
    not_after: Optional[int]
    confirm_by: Optional[int]  # of a pending credential: the last second in which it can be confirmed

@final
class Secret:
    """A shared secret of 1 to 1,024 bytes: wiped when it goes, never printed. `bytes` and `str` are not wiped by Python."""

    def __new__(cls, secret: Union[bytes, bytearray]) -> Self: ...
    @staticmethod
    def from_base32(text: str) -> Secret:
        """From base32 as people write it: any case, spaces and dashes anywhere, padding at the end."""
    @staticmethod
    def from_hex(text: str) -> Secret:
        """From hexadecimal digits, two a byte: any case, spaces and dashes anywhere, no `0x`. Say which of the two a text is: hex
        that is made of the digits 2 to 7 is base32 too.
        """
    @staticmethod
    def generate(length: int = 20) -> Secret:
        """A fresh one of 16 to 64 bytes."""
    def to_base32(self) -> str: ...
    def to_bytes(self) -> bytes: ...

@final
class Keyring:
    """The keys that seal records. A verifier takes a copy: later changes concern verifiers that are made later."""

    @staticmethod
    def generate(key_id: int) -> Keyring:
        """One fresh key, the primary. The id is a number to recognize it by; the day of creation reads well: 20261121."""
    @staticmethod
    def parse(text: str) -> Keyring:
        """From its text, for keys that come from systemd credentials, a container's secret or a vault."""
    @staticmethod
    def open(path: Union[str, PathLike[str]]) -> Keyring:
        """From a file that nobody but its owner can read."""
    def add(self, key_id: int) -> None:
        """Adds a fresh secondary key, which opens records but does not seal them."""
    def promote(self, key_id: int) -> None:
        """Makes a key the primary one. Every server must have it before."""
    def remove(self, key_id: int) -> None:
        """Removes a secondary key. Reseal the records that it sealed before."""
    def to_text(self) -> str:
        """All keys in clear: write it to a file of mode 0600."""
    @property
    def primary_key_id(self) -> int: ...
    @property
    def key_ids(self) -> list[int]: ...

@final
class Policy:
    """What a verifier allows; each option has a default. Out of its bounds is an error of kind ARGUMENT."""

    def __new__(
        cls,
        *,
        app_steps_backward: Optional[int] = None,
        app_steps_forward: Optional[int] = None,
        token_steps_backward: Optional[int] = None,
        token_steps_forward: Optional[int] = None,
        look_ahead: Optional[int] = None,
        max_failures: Optional[int] = None,
        max_drift: Optional[int] = None,
        resync_look_ahead: Optional[int] = None,
        recovery_codes: Optional[int] = None,
        confirm_at_first_login: Optional[bool] = None,
        allow_short_secret: Optional[bool] = None,
        allow_incompatible: Optional[bool] = None,
        confirm_within_days: Optional[int] = None,
    ) -> Self: ...
    def code_lifetime(self, authenticator: Literal["app", "token"], time_step: int) -> int:
        """How many seconds a time-based code lives: so long after a server could first accept it, no server does. Wait so long before
        a token is handed to somebody else, and before logins are let in again after a backup was restored.
        """
    @property
    def app_steps_backward(self) -> int: ...
    @property
    def app_steps_forward(self) -> int: ...
    @property
    def token_steps_backward(self) -> int: ...
    @property
    def token_steps_forward(self) -> int: ...
    @property
    def look_ahead(self) -> int: ...
    @property
    def max_failures(self) -> int: ...
    @property
    def max_drift(self) -> int: ...
    @property
    def resync_look_ahead(self) -> int: ...
    @property
    def recovery_codes(self) -> int: ...
    @property
    def confirm_at_first_login(self) -> bool: ...
    @property
    def allow_short_secret(self) -> bool: ...
    @property
    def allow_incompatible(self) -> bool: ...
    @property
    def confirm_within_days(self) -> int: ...

@final
class Verifier:
    """Makes and checks the records of one application. Make one at the start, and share it between threads.

    `application` is part of every record: the same on all servers, for ever.
    """

    def __new__(cls, keyring: Keyring, application: str, *, policy: Optional[Policy] = None) -> Self: ...
    @property
    def policy(self) -> Policy: ...
    def enroll(self, account: str, *, now: Optional[int] = None, **parameters: Unpack[_Parameters]) -> Enrollment:
        """A credential with a fresh secret, pending until its first code is confirmed. An app must be confirmed within the policy's
        `confirm_within_days`, from now or from `not_before`, unless `confirm_by` names another time: neither before now nor before
        `not_before`.
        """
    def enroll_token(
        self, account: str, secret: _Secret, *, now: Optional[int] = None, **parameters: Unpack[_Parameters]
    ) -> Enrollment:
        """A hardware token whose secret is known, pending until its first code is confirmed."""
    def import_credential(
        self,
        account: str,
        secret: _Secret,
        *,
        state: Optional[State] = None,
        watermark: Optional[int] = None,
        drift: int = 0,
        last_sync: Optional[int] = None,
        now: Optional[int] = None,
        **parameters: Unpack[_Parameters],
    ) -> Change[None]:
        """A credential that exists elsewhere, active unless `state` says otherwise. Bring its counter or watermark along, or a
        code that the other system has accepted is accepted once more.
        """
    def otpauth_uri(
        self, record: Optional[str], account: str, issuer: str, label: str, *, now: Optional[int] = None
    ) -> OtpauthUri:
        """The URI of a pending credential, once more. Once confirmed, or after its `confirm_by`, no call returns the secret: an error of
        kind STATE.
        """
    def verify(self, record: Optional[str], account: str, submitted: str, *, now: Optional[int] = None) -> Attempt:
        """A login; `submitted` is what the user typed: an OTP, a recovery code or a temporary code."""
    def verify_absent(self, account: str, submitted: str, *, now: Optional[int] = None) -> Attempt:
        """A login of an account without a record: NOT_ENROLLED, after the work that a login takes."""
    def confirm(self, record: Optional[str], account: str, submitted: str, *, now: Optional[int] = None) -> Attempt:
        """The first code of a pending authenticator. Not a login."""
    def replace(
        self, old: Optional[str], pending: Optional[str], account: str, submitted: str, *, now: Optional[int] = None
    ) -> Attempt:
        """The first code of a new authenticator that replaces an old one; the swap compares with `old`, the record that was
        stored when the new one was enrolled. Not a login. Throw `pending` away once it is confirmed.
        """
    def resynchronize(
        self, record: Optional[str], account: str, first: str, second: str, *, now: Optional[int] = None
    ) -> Attempt:
        """Two codes in a row, for a token whose clock or counter is out of reach. Not a login."""
    def recovery_codes(self, record: Optional[str], account: str, *, count: Optional[int] = None) -> Change[Tuple[str, ...]]:
        """1 to 10 recovery codes in place of the former ones; 8 unless `count` says otherwise."""
    def temporary_code(
        self,
        record: Optional[str],
        account: str,
        *,
        suspend: bool,
        expiry: Optional[int] = None,
        uses: int = 1,
        now: Optional[int] = None,
    ) -> Change[str]:
        """A temporary code, valid for 24 hours unless `expiry` says otherwise. `suspend` the authenticator if it is lost or
        stolen, not if it was forgotten at home.
        """
    def end_codes(self, record: Optional[str], account: str, codes: CodeSet) -> Change[None]:
        """Ends the recovery codes, the temporary code, or both: they were lost with the phone, or told to the wrong person."""
    def unlock(self, record: Optional[str], account: str) -> Change[None]:
        """Clears the failures: the account is neither locked nor has to wait. Make sure first who calls."""
    def repair_clock(self, record: Optional[str], account: str, *, now: Optional[int] = None) -> Change[None]:
        """Takes back what a clock that was ahead has written: a watermark that is not reached yet, failures and a last use of the
        future. Run it on all records once the clock is right; `changed` says whether there was anything. A thief's lock stays. Look at
        the clock of this server first: on one that is itself behind, used codes would work once more.
        """
    def suspend(self, record: Optional[str], account: str) -> Change[None]:
        """Puts the authenticator out of use; recovery and temporary codes work."""
    def resume(self, record: Optional[str], account: str) -> Change[None]:
        """Puts the authenticator back in use."""
    def revoke(self, record: Optional[str], account: str) -> Change[None]:
        """Ends a credential: its secret and codes are erased."""
    def forget(self, record: Optional[str], account: str, *, now: Optional[int] = None) -> Change[None]:
        """Drops what no longer matters; run it on all records every night."""
    def reseal(self, record: Optional[str], account: str) -> Change[None]:
        """The same credential under the primary key."""
    def rename(self, record: Optional[str], account: str, new_account: str) -> Rename:
        """The same credential for another name of the account."""
    def inspect(self, record: Optional[str], account: str, *, now: Optional[int] = None) -> Status:
        """What the help desk may see."""
    def login(self, account: str, submitted: str, *, store: SupportsStore, now: Optional[int] = None) -> Outcome:
        """Loads, verifies, swaps; after a conflict again, at most three times. Returns an outcome that is accepted, or raises
        `Refused`. An exception of the store becomes an `Error` of kind STORE, with its class and codes, without its text.
        """
    def check_store(self, account: str, *, store: SupportsStore, second: SupportsStore) -> None:
        """Proves that a store swaps, compares, commits and keeps, at the start of an application, before the first login.

        `account` is one that is kept for this, with a revoked record, or any that has a record; it gets the same credential, sealed
        anew. `second` is another handle on the same table, opened on its own: one that shares a connection with `store` would see
        what `store` has not committed. `poterne.sql.Column.check` opens it by itself.

        Raises an `Error` of kind ROWS if the store updates without comparing, updates nothing, takes a first record for an account
        that has one, or does not keep what it has committed; of kind RECORD if a column cuts or alters the record; of kind STATE if the account has none. Raises `Conflict` if
        others wrote this record all the time, at each of five tries: that proves nothing either way.
        """

@final
class Attempt:
    """A login try, whose verdict cannot be read yet. It is used once, and `if attempt:` is a TypeError."""

    @property
    def record(self) -> str:
        """The record to store; the one that was given if nothing changed."""
    @property
    def changed(self) -> bool:
        """Whether there is something to store. If not, skip the swap and ask for the outcome with 0 rows."""
    def outcome(self, rows_updated: int) -> Outcome:
        """The verdict, for the number of rows that the committed swap updated: 1, or 0 for a conflict. Another number is an
        error of kind ROWS: the swap is wrong. A commit that failed, or whose answer was lost, is 0.
        """
    def __bool__(self) -> bool: ...

@final
class Outcome:
    """What an attempt came to. Only `accepted` is a login; `if outcome:` is a TypeError."""

    @property
    def accepted(self) -> bool: ...
    @property
    def confirmed(self) -> bool: ...
    @property
    def resynchronized(self) -> bool: ...
    @property
    def refusal(self) -> Optional[Refusal]: ...
    @property
    def code(self) -> str:
        """A stable text for the application's own journal: accepted.otp, refused.replayed."""
    @property
    def method(self) -> Optional[Method]:
        """By what a login was accepted."""
    @property
    def moving_factor(self) -> Optional[int]:
        """The counter or time step of the OTP."""
    @property
    def drift(self) -> int:
        """The drift of a token's clock, in time steps."""
    @property
    def recovery_codes_left(self) -> int:
        """After a login; else 0."""
    @property
    def failures_before(self) -> int:
        """How many codes were refused since the last login by an OTP: worth showing to the person. Else 0."""
    @property
    def recovery_codes(self) -> Tuple[str, ...]:
        """What a confirmation has issued, to show now: they cannot be had again."""
    @property
    def wait_seconds(self) -> int:
        """Seconds until the next attempt, of a WAIT; else 0."""
    @property
    def clock_off_steps(self) -> int:
        """Time steps of a CLOCK_OFF, negative: the phone is slow; else 0."""
    def message(self, tag: str, /) -> Optional[str]:
        """What the help desk may read of a refusal, in the language of the tag."""
    def message_to_user(self, tag: str, /) -> Optional[str]:
        """What the end user may read of a refusal."""
    def __bool__(self) -> bool: ...

@final
class Change(Generic[_T]):
    """A changed record to store, used once; `if change:` is a TypeError."""

    @property
    def record(self) -> str:
        """The record to store; the one that was given if nothing changed."""
    @property
    def changed(self) -> bool:
        """Whether there is something to store. Only `repair_clock` may find nothing: then skip the swap, and ask with any number."""
    def stored(self, rows_updated: int) -> _T:
        """What the change brings, for the number of rows that the committed swap updated: 1. With 0 it raises `Conflict`. If nothing
        changed, any number will do.
        """
    def __bool__(self) -> bool: ...
    @classmethod
    def __class_getitem__(cls, key: Any) -> Any: ...

@final
class Rename:
    """The record of a renamed account, for the row of the new name. It is no `Change`, which would be stored in the old one:

    UPDATE poterne SET account = :new_account, record = :new WHERE account = :account AND record = :old
    """

    @property
    def record(self) -> str: ...
    def stored(self, rows_updated: int) -> None: ...
    def __bool__(self) -> bool: ...

@final
class Enrollment:
    """A pending credential: the record to store, and the URI to show. Its secret is wiped by `wipe`, at the end of a `with`, or
    when the object goes.
    """

    @property
    def record(self) -> str:
        """It goes into the column only if that is empty; to replace an authenticator, keep it elsewhere, see `replace`."""
    def otpauth_uri(self, issuer: str, label: str) -> OtpauthUri:
        """The text of the QR code. The issuer is the organization, the label the account as its owner knows it."""
    def wipe(self) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        _type: Optional[Type[BaseException]],
        _value: Optional[BaseException],
        _traceback: Optional[TracebackType],
        /,
    ) -> None: ...
    def __bool__(self) -> bool: ...

@final
class Status:
    """What the help desk may see of a credential: never the secret, counter, watermark or a date of use."""

    @property
    def state(self) -> State: ...
    @property
    def authenticator(self) -> Literal["app", "token"]: ...
    @property
    def moving_factor(self) -> Literal["counter", "time"]: ...
    @property
    def time_step(self) -> Optional[int]: ...
    @property
    def t0(self) -> Optional[int]: ...
    @property
    def algorithm(self) -> _Algorithm: ...
    @property
    def digits(self) -> int: ...
    @property
    def failures(self) -> int: ...
    @property
    def wait_seconds(self) -> int: ...
    @property
    def is_locked(self) -> bool: ...
    @property
    def drift(self) -> int: ...
    @property
    def recovery_codes_left(self) -> int: ...
    @property
    def temporary_code(self) -> Optional[TemporaryStatus]: ...
    @property
    def not_before(self) -> Optional[int]: ...
    @property
    def not_after(self) -> Optional[int]: ...
    @property
    def confirm_by(self) -> Optional[int]:
        """Of a pending credential: the last second in which it can be confirmed; None for no limit."""
    @property
    def is_secret_weak(self) -> bool: ...
    @property
    def key_id(self) -> int: ...
    @property
    def needs_reseal(self) -> bool: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]

@final
class TemporaryStatus:
    """A temporary code that is valid."""

    @property
    def expiry(self) -> int: ...
    @property
    def uses_left(self) -> int: ...

@final
class OtpauthUri:
    """An otpauth URI: the text of the QR code, which holds the secret."""

    @staticmethod
    def build(
        secret: _Secret,
        issuer: str,
        label: str,
        *,
        allow_incompatible: bool = False,
        **parameters: Unpack[_Parameters],
    ) -> OtpauthUri: ...
    @staticmethod
    def parse(text: str) -> OtpauthContent:
        """Reads a URI that another system has made."""
    @staticmethod
    def from_text(text: str) -> OtpauthUri:
        """A URI from a text that is one, for its QR code."""
    def as_str(self) -> str:
        """The text: show it, and do not keep it."""
    def secret_to_type(self) -> str:
        """The secret in groups of four characters, for those who cannot scan."""
    def qr(self) -> Qr: ...

@final
class OtpauthContent:
    """What an otpauth URI says: `verifier.import_credential(account, content.secret, **content.parameters)`."""

    @property
    def secret(self) -> Secret: ...
    @property
    def parameters(self) -> _Parameters: ...
    @property
    def issuer(self) -> Optional[str]: ...
    @property
    def label(self) -> str: ...

@final
class Qr:
    """A QR code to scan, with its quiet zone."""

    @property
    def width(self) -> int:
        """Modules on a side."""
    def svg(self) -> str: ...
    def png(self) -> bytes: ...
    def text(self) -> str:
        """For a terminal."""

@final
class Match:
    """What `match_otp` found. It is no login: whoever calls it keeps the watermark. `if match:` is a TypeError."""

    @property
    def result(self) -> Literal["found", "replayed", "not_found", "malformed"]: ...
    @property
    def found(self) -> bool: ...
    @property
    def moving_factor(self) -> Optional[int]: ...
    def __bool__(self) -> bool: ...

def hotp(secret: _Secret, counter: int, *, digits: int = 6, algorithm: Optional[_Algorithm] = None) -> str:
    """The one-time password of a counter (RFC 4226), with SHA-1 unless `algorithm` says otherwise."""

def totp(
    secret: _Secret,
    now: Optional[int] = None,
    *,
    digits: int = 6,
    algorithm: Optional[_Algorithm] = None,
    time_step: int = 30,
    t0: int = 0,
) -> str:
    """The one-time password of a time (RFC 6238)."""

def match_otp(
    secret: _Secret,
    submitted: str,
    first: int,
    last: int,
    *,
    watermark: Optional[int] = None,
    digits: int = 6,
    algorithm: Optional[_Algorithm] = None,
) -> Match:
    """Looks for a code among the moving factors `first` to `last`, at most 10,000, without any state: for those who keep their
    own. Factors at or below `watermark` never match, they only tell a replay.
    """

def split_password_and_code(field: AnyStr, *, digits: int = 6) -> Tuple[AnyStr, Optional[str]]:
    """Splits a field in which the password is typed first and the code behind it: an OTP of so many digits, or a recovery or temporary
    code with its hyphens, XXXXX-XXXX-XXXX. None if there is no code. Bytes are split in any encoding, and their password comes back
    byte for byte.
    """

def error_message(kind: int, tag: str) -> str: ...
def error_message_to_user(kind: int, tag: str) -> str: ...
def database(product: str) -> str: ...
def is_conflict(product: str, sqlstate: Optional[str], code: Optional[int]) -> bool: ...
def apps() -> list[Tuple[str, str, _PlainFact, list[Tuple[str, _PlainFact]]]]: ...
def apps_markdown(tag: str) -> str: ...
def apps_html(tag: str) -> str: ...
def attempt(store: SupportsStore, account: str, make: Callable[[str], Attempt]) -> Outcome: ...
def change(store: SupportsStore, account: str, make: Callable[[str], Change[_T]]) -> _T: ...
