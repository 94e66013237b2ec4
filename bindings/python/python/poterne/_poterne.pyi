# The native half of the package, and the documentation of its calls: build.rs gives the docstrings to the native half, so that `help`
# shows the same text. The numbers are rules of the norm, src/guide/semantics.md.
#
# Everywhere: a time is Unix seconds or an aware datetime, and `now` is the system's clock by default. `account` is the account's name as
# it is stored. `record` is the stored record, None without a row. A wrong code raises `Refused`, never `Error`. An argument of a wrong
# type raises TypeError and spends nothing; a wrong value raises `ArgumentError`. Threads share objects without a lock; none can be
# copied or pickled. The text that the user typed may be any `str`: at worst it is malformed.

from datetime import datetime
from os import PathLike
from types import TracebackType
from typing import Any, AnyStr, Callable, ClassVar, Final, Generic, List, Optional, Tuple, Type, TypedDict, TypeVar, Union, final

from typing_extensions import Self, Unpack

from poterne._enums import (
    Algorithm,
    Authenticator,
    CodeSet,
    CsvLayout,
    CsvSeparator,
    ErrorKind,
    MatchResult,
    Method,
    MissingAuthenticator,
    MovingFactor,
    SecretEncoding,
    State,
)
from poterne._errors import Error
from poterne._store import SupportsStore

_T = TypeVar("_T")
_T_co = TypeVar("_T_co", covariant=True)
_Secret = Union[bytes, bytearray, Secret]
_Time = Union[int, float, datetime]
_PlainFact = Tuple[str, Optional[str], Optional[str]]

__all__ = [
    "Accepted",
    "Attempt",
    "CHECK_STORE",
    "Confirmed",
    "Enrollment",
    "Keyring",
    "LOGIN",
    "LOGIN_WITH_TICKET",
    "Match",
    "OtpauthContent",
    "OtpauthUri",
    "Policy",
    "Qr",
    "Rename",
    "ReplacementAttempt",
    "Resynchronized",
    "Secret",
    "SecretsInUse",
    "Settings",
    "Status",
    "Steps",
    "StoreCheck",
    "StoredCredential",
    "Submission",
    "TemporaryStatus",
    "TokenEntry",
    "TokenFault",
    "TokenFile",
    "UNAVAILABLE",
    "VERSION",
    "Verifier",
    "apps",
    "apps_html",
    "apps_markdown",
    "database",
    "error_message",
    "error_message_to_user",
    "hotp",
    "inserted",
    "is_conflict",
    "key_id_of",
    "loaded_credential",
    "match_otp",
    "move_out_pskc",
    "move_out_uris_in_clear",
    "moving_out_sentence",
    "person_and_row",
    "refusal_code",
    "refusal_is_clock_right",
    "refusal_message",
    "refusal_message_at_enrollment",
    "refusal_message_to_user",
    "rows_of_person",
    "split_password_and_code",
    "totp",
]

VERSION: Final[str]

class _Parameters(TypedDict, total=False):
    # How codes are made. With `counter` they are counter-based (RFC 4226), without it time-based (RFC 6238).
    authenticator: Authenticator
    algorithm: Algorithm
    digits: int
    time_step: int
    t0: _Time
    counter: int
    secret_len: int
    not_before: Optional[_Time]
    not_after: Optional[_Time]
    confirm_by: Optional[_Time]  # the last second in which a pending credential can be confirmed

@final
class Secret:
    """A shared secret of 1 to 1,024 bytes. It is wiped when the object is freed, and never printed. Python does not wipe `bytes`
    and `str`.

    Semantics 1.4.
    """

    def __new__(cls, secret: Union[bytes, bytearray]) -> Self: ...
    @staticmethod
    def from_base32(text: str) -> Secret:
        """Reads base32 as people write it: any case, spaces and dashes anywhere, padding at the end. Semantics 1.8."""
    @staticmethod
    def from_hex(text: str) -> Secret:
        """Reads hexadecimal, two digits per byte: any case, spaces and dashes anywhere, no `0x`. The encoding is never guessed:
        hexadecimal that consists of the digits 2 to 7 is also base32. Semantics 1.8.
        """
    @staticmethod
    def generate(length: int = 20) -> Secret:
        """Makes a fresh secret of 16 to 64 bytes. Semantics 1.4."""
    def to_base32(self) -> str:
        """Returns the secret in base32, upper case, without padding. Python does not wipe the text."""
    def to_bytes(self) -> bytes:
        """Returns the bytes of the secret. Python does not wipe them."""

@final
class Keyring:
    """The keys that seal records. A verifier takes a copy, so later changes affect only verifiers that are made later. Semantics
    13.
    """

    @staticmethod
    def generate(key_id: int) -> Keyring:
        """Makes a keyring with one fresh key, the primary one. Choose an id by which you recognize the key, such as its day of
        creation: 20261121. Semantics 13.
        """
    @staticmethod
    def parse(text: str) -> Keyring:
        """Reads a keyring from its text, for keys that come from systemd credentials, a container's secret or a vault. Semantics
        13.
        """
    @staticmethod
    def open(path: Union[str, PathLike[str]]) -> Keyring:
        """Reads a keyring from a file that only its owner can read. Semantics 13."""
    def add(self, key_id: int) -> None:
        """Adds a fresh secondary key, which opens records but does not seal them. Semantics 13."""
    def promote(self, key_id: int) -> None:
        """Makes a key the primary one. Every server must have the key first. Semantics 13."""
    def remove(self, key_id: int) -> None:
        """Removes a secondary key. Reseal the records that it sealed first. Semantics 8.8, 13."""
    def to_text(self) -> str:
        """Returns all keys in clear. Write them to a file of mode 0600. Semantics 13."""
    @property
    def primary_key_id(self) -> int:
        """The id of the primary key."""
    @property
    def key_ids(self) -> list[int]:
        """The ids of all keys."""

@final
class Policy:
    """Limits and switches of a verifier. Each option has a default. If a value is out of its bounds, an `ArgumentError` names
    the option and the bounds. Semantics 12.
    """

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
        ticket_seconds: Optional[int] = None,
    ) -> Self: ...
    def code_lifetime(self, authenticator: Authenticator, time_step: int) -> int:
        """Returns the life of a time-based code in seconds: after that time, no server accepts a code that some server could
        accept at its beginning. Wait that long before you hand a token to another user, and before you allow logins again after
        a restored backup. Semantics 4.10.
        """
    @property
    def app_steps_backward(self) -> int:
        """Time steps before the present one, for an app: 0 to 10, default 1. They allow for typing and for the way to the
        server. Semantics 4.1.
        """
    @property
    def app_steps_forward(self) -> int:
        """Time steps after the present one, for an app: 0 to 10, default 1. Semantics 4.1."""
    @property
    def token_steps_backward(self) -> int:
        """Time steps before the present one, for a hardware token: 0 to 10, default 2. Semantics 4.1."""
    @property
    def token_steps_forward(self) -> int:
        """Time steps after the present one, for a hardware token: 0 to 10, default 1. Semantics 4.1."""
    @property
    def look_ahead(self) -> int:
        """Counters to try: 1 to 100, default 10. Semantics 4.7."""
    @property
    def max_failures(self) -> int:
        """Failures that lock a credential: 1 to 100, default 20. Semantics 6.2."""
    @property
    def max_drift(self) -> int:
        """Largest difference of a token's clock, in time steps: 1 to 200, default 120. Semantics 4.9."""
    @property
    def resync_look_ahead(self) -> int:
        """Counters to try in a resynchronization: 1 to 10,000, default 1,000. Semantics 8.4."""
    @property
    def recovery_codes(self) -> int:
        """Recovery codes that a confirmation issues: 0 to 10, default 8. Semantics 8.2."""
    @property
    def confirm_at_first_login(self) -> bool:
        """Whether the first login with a pending authenticator confirms it, for roll-outs by letter. Off by default. Semantics 3.3."""
    @property
    def allow_short_secret(self) -> bool:
        """Whether secrets of 10 to 15 bytes may be imported. Off by default. Semantics 1.4."""
    @property
    def allow_incompatible(self) -> bool:
        """Whether parameters and names that some authenticator apps do not honor may be enrolled. Off by default. Semantics 12."""
    @property
    def confirm_within_days(self) -> int:
        """Days within which an app must be confirmed, from its enrollment: 1 to 365, default 30. Semantics 8.12."""
    @property
    def ticket_seconds(self) -> int:
        """Lifetime of a ticket, in seconds: 1 to 600, default 300. Semantics 15.3."""

@final
class Verifier:
    """Makes and checks the records of one application. Make one when the application starts, and share it between threads.

    `application` is part of every record: the same on all servers, forever. Semantics 9.3, 9.7.
    """

    def __new__(cls, keyring: Keyring, application: str, *, policy: Optional[Policy] = None) -> Self: ...
    @property
    def policy(self) -> Policy:
        """The policy."""
    def enroll(self, account: str, *, now: Optional[_Time] = None, **parameters: Unpack[_Parameters]) -> Enrollment:
        """Makes a credential with a fresh secret. It is pending until its first code is confirmed. An app must be confirmed
        within `confirm_within_days` of the policy, counted from now or from `not_before`. `confirm_by` sets another time, which
        must not be before now or before `not_before`. Semantics 8.1, 8.12.
        """
    def enroll_token(
        self, account: str, secret: _Secret, *, now: Optional[_Time] = None, **parameters: Unpack[_Parameters]
    ) -> Enrollment:
        """Makes a credential for a hardware token whose secret is known. It is pending until its first code is confirmed.
        Semantics 8.3.
        """
    def import_credential(
        self,
        account: str,
        secret: _Secret,
        *,
        state: Optional[State] = None,
        watermark: Optional[int] = None,
        drift: int = 0,
        last_sync: Optional[int] = None,
        now: Optional[_Time] = None,
        **parameters: Unpack[_Parameters],
    ) -> Attempt[None]:
        """Imports a credential from another system. It is active unless `state` says otherwise. Import its counter or watermark
        too. Otherwise a code that the other system has accepted is accepted once more. Semantics 8.3.
        """
    def credential(self, account: str, record: Optional[str]) -> StoredCredential:
        """Returns the credential of an account. `record` is the stored text, or None if there is no row. This call does not open
        the record; each call on the credential does. Semantics 9.7.
        """
    def replace(
        self, account: str, submitted: str, *, old: Optional[str], pending: Optional[str], now: Optional[_Time] = None
    ) -> ReplacementAttempt:
        """Confirms a new authenticator that replaces an old one. It is not a login. The swap compares with `old`, the record
        that was stored when the new authenticator was enrolled. Delete `pending` once it is confirmed. Semantics 8.9.
        """
    def login(
        self,
        account: str,
        submitted: str,
        *,
        store: SupportsStore,
        now: Optional[_Time] = None,
        record: Optional[str] = ...,
    ) -> Accepted:
        """Logs a user in: loads, verifies and swaps. After a conflict it starts again, at most three times in all. It returns
        only if the user is logged in; a refusal raises `Refused`. An exception of the store becomes an `Error` of kind STORE,
        with its class and codes, without its text.

        If the application has loaded the record with its own row, pass it as `record` to save a query; None means that the row has
        no record. Semantics 7.7, 7.9.
        """
    def ticket(self, account: str, *, purpose: str, context: bytes, now: Optional[_Time] = None) -> str:
        """Returns a ticket for a person whose password was right. Use it on a host that asks for the code in another request and
        keeps nothing between the two. It is valid for `ticket_seconds` of the policy. It is not a login. Until it expires, it
        stands for the password: never put it in a URL.

        `purpose` names the purpose of the login. `context` is data that the client's next request has as well, such as a random
        cookie, and data that changes with the password. Raises `ArgumentError` unless the purpose has 1 to 64 bytes and the context
        at most 1024. Semantics 15.2, 15.3, 15.5.
        """
    def dud_ticket(self, account: str, *, purpose: str, context: bytes, now: Optional[_Time] = None) -> str:
        """Returns a ticket that is never valid. It has the same form and takes the same work. Use it for a wrong password, where
        everybody is asked for a code. Semantics 15.6.
        """
    def login_with_ticket(
        self,
        account: str,
        ticket: str,
        submitted: str,
        *,
        purpose: str,
        context: bytes,
        store: SupportsStore,
        now: Optional[_Time] = None,
    ) -> Accepted:
        """Checks the ticket, and then logs the user in as `login` does. If the ticket is not valid, for any reason, it raises
        `Refused` (TICKET): the store is not asked, and no failure is counted. Check again that the person may log in. Semantics
        15.4.
        """
    def check_store(self, account: str, *, store: SupportsStore, second: SupportsStore) -> None:
        """Checks that a store swaps, compares, commits and keeps. Call it when the application starts, before the first login.

        `account` is an account kept for this check, with a revoked record, or any account that has a record. Its credential stays
        the same and is sealed anew. `second` is another handle on the same table. Open it separately: on a shared connection it
        would see what `store` has not committed. `poterne.sql.Column.check` opens it itself.

        Raises an `Error` of kind ROWS if the store updates without comparing, updates nothing, takes a first record for an account
        that has one, does not keep what it has committed, or reports 0 rows for what it wrote; of kind RECORD if a column cuts or
        alters the record; of kind STATE if the account has none. Raises `Refused` (CONFLICT) if others kept writing this record, in
        all of five tries: that proves nothing either way. Semantics 7.9.
        """

@final
class Settings:
    """The settings file that the command `poterne` writes and every ready-made host reads: `name = value` lines, each setting once.

    What is wrong is an `Error` that names the line, the setting and its bounds, in `language`, and never a value. `credentials` is the
    folder of systemd's credentials, for a path that begins with `$CREDENTIALS_DIRECTORY`: give `os.environ["CREDENTIALS_DIRECTORY"]`
    in a service that systemd starts.
    """

    @staticmethod
    def open(path: Union[str, PathLike[str]], *, language: str = "en") -> Settings:
        """Reads a file. It must belong to root or to this user, nobody else may change it, and nobody else may read it if it holds the
        database's password.
        """
    @staticmethod
    def parse(text: str, *, language: str = "en") -> Settings:
        """Reads the text of a file."""
    @staticmethod
    def render(values: dict[str, str], *, language: str = "en") -> str:
        """Returns the text of a file with these values, each setting behind its description; the others stand as comments."""
    @staticmethod
    def names() -> list[str]:
        """Returns the names of all settings, in the order of the file."""
    @staticmethod
    def describe(name: str, *, language: str = "en") -> Tuple[str, str, str]:
        """Returns what a setting is for, its default, and what a value must be."""
    def value(self, name: str) -> str:
        """Returns the value of a setting as text, or its default; empty without either. The database's address is without its
        password.
        """
    @property
    def application(self) -> str:
        """The name that is part of every record. Semantics 9.3."""
    @property
    def database(self) -> str:
        """The database's address, in SQLAlchemy's form, without its password."""
    @property
    def table(self) -> str:
        """The table, perhaps qualified."""
    @property
    def account_column(self) -> str:
        """The column that holds the account."""
    @property
    def record_column(self) -> str:
        """The column that holds the record."""
    @property
    def language(self) -> str:
        """The language of messages and letters: en or fr."""
    @property
    def policy(self) -> Policy:
        """The policy of every verifier. Semantics 12."""
    @property
    def issuer(self) -> Optional[str]:
        """The organization, as authenticator apps show it."""
    @property
    def help_desk_phone(self) -> Optional[str]:
        """The help desk's telephone number."""
    @property
    def apps_address(self) -> Optional[str]:
        """The address of the list of compatible apps."""
    @property
    def fingerprint(self) -> str:
        """Hexadecimal digits over what must be equal on all servers: the application, the table, and the policy."""
    def keyring_path(self, *, credentials: Union[str, PathLike[str], None] = None, language: str = "en") -> str:
        """Returns where the keyring is."""
    def open_keyring(self, *, credentials: Union[str, PathLike[str], None] = None, language: str = "en") -> Keyring:
        """Opens the keyring. Semantics 13."""
    def database_password(
        self, *, credentials: Union[str, PathLike[str], None] = None, language: str = "en"
    ) -> Optional[str]:
        """Returns the database's password, of its address or its file; None without one. Python does not wipe it."""
    def verifier(self, *, credentials: Union[str, PathLike[str], None] = None, language: str = "en") -> Verifier:
        """Returns a verifier with the keyring, the application and the policy."""

@final
class StoredCredential:
    """A stored credential: an account and its sealed record. `Verifier.credential` and `Store.apply` make it. Each call opens
    the record, does its work, and wipes the opened credential. Without a record, an attempt is refused as NOT_ENROLLED, and a
    call that needs a credential raises an `Error` of kind STATE. Semantics 3.0.
    """

    def verify(self, submitted: str, *, now: Optional[_Time] = None) -> Attempt[Accepted]:
        """Checks the text that the user typed for a login: an OTP, a recovery code or a temporary code. Semantics 3, 4."""
    def verify_with_ticket(
        self, ticket: str, submitted: str, *, purpose: str, context: bytes, now: Optional[_Time] = None
    ) -> Attempt[Accepted]:
        """Checks the ticket of `Verifier.ticket`, and then does what `verify` does. If the ticket is not valid, for any reason,
        the attempt is refused as TICKET, with nothing to store. Semantics 15.4.
        """
    def confirm(self, submitted: str, *, now: Optional[_Time] = None) -> Attempt[Confirmed]:
        """Checks the first code of a pending authenticator. It is not a login. Semantics 8.2."""
    def resynchronize(self, first: str, second: str, *, now: Optional[_Time] = None) -> Attempt[Resynchronized]:
        """Checks two codes in a row, for a token whose clock or counter is out of reach. It is not a login. Semantics 8.4."""
    def otpauth_uri(self, issuer: str, label: str, *, now: Optional[_Time] = None) -> OtpauthUri:
        """Returns the URI of a pending credential once more. Once the credential is confirmed, or after its `confirm_by`, no
        call returns the secret: this one raises an `Error` of kind STATE. Semantics 8.1.
        """
    def recovery_codes(self, count: Optional[int] = None) -> Attempt[Tuple[str, ...]]:
        """Issues 1 to 10 recovery codes, 8 by default. They replace the former ones. Semantics 5.1."""
    def temporary_code(
        self, missing: MissingAuthenticator, *, expiry: Optional[_Time] = None, uses: int = 1, now: Optional[_Time] = None
    ) -> Attempt[str]:
        """Issues a temporary code, valid for 24 hours unless `expiry` says otherwise. `missing` says how to treat the
        authenticator: SUSPEND if it is lost or stolen, KEEP if the user forgot it at home. Semantics 5.2.
        """
    def end_codes(self, codes: CodeSet) -> Attempt[None]:
        """Ends the recovery codes, the temporary code, or both. Use it when they were lost with the phone or told to the wrong
        person. Semantics 5.5.
        """
    def unlock(self) -> Attempt[None]:
        """Clears the failures: the account is no longer locked and does not have to wait. Check the caller's identity first.
        Semantics 8.5.
        """
    def repair_clock(self, *, now: Optional[_Time] = None) -> Attempt[None]:
        """Undoes what a fast clock has written: a watermark in the future, and failures or a last use in the future. Call it on
        all records once the clock is right; `record` is None if there is nothing to repair. A lock that an attack has caused
        stays. Check this server's own clock first: if it is behind, used codes would work once more. Semantics 8.5.
        """
    def suspend(self) -> Attempt[None]:
        """Suspends the authenticator. Recovery and temporary codes still work. Semantics 8.6."""
    def resume(self) -> Attempt[None]:
        """Resumes a suspended authenticator. Semantics 8.6."""
    def revoke(self) -> Attempt[None]:
        """Ends the credential: erases its secret and its codes. Semantics 8.6."""
    def forget(self, *, now: Optional[_Time] = None) -> Attempt[None]:
        """Erases traces of use that are no longer needed. Run it on all records every night: then the record of an app does not
        reveal when its user last logged in. Semantics 8.7.
        """
    def reseal(self) -> Attempt[None]:
        """Seals the same credential under the primary key. Semantics 8.8."""
    def rename(self, new_account: str) -> Rename:
        """Moves the credential to another account name. Semantics 8.8."""
    def inspect(self, *, now: Optional[_Time] = None) -> Status:
        """Returns the status of the credential, for the help desk. Semantics 8.8."""
    def __bool__(self) -> bool: ...

@final
class Attempt(Generic[_T_co]):
    """A record to store, and an answer that can be read only once it is stored. It is used once; `if attempt:` is a TypeError.

    The answer is an `Accepted`, a `Confirmed` or a `Resynchronized` for what a user typed. A change by the help desk returns None,
    or codes to hand over. Semantics 7.2, 7.6, 7.8.
    """

    @property
    def record(self) -> Optional[str]:
        """The record to store. None means that nothing changed: skip the swap, and call `outcome` with 0 rows. Semantics 7.3."""
    def outcome(self, rows_updated: int) -> _T_co:
        """Returns the answer if the committed swap updated 1 row. Otherwise it raises: `Refused` for a refusal, `Refused`
        (CONFLICT) for 0 rows, an `Error` of kind ROWS for any other number, because then the swap is wrong. If the commit
        failed, or its answer was lost, pass 0. Semantics 7.2.
        """
    def __bool__(self) -> bool: ...
    @classmethod
    def __class_getitem__(cls, key: Any) -> Any: ...

@final
class Accepted:
    """An accepted and stored login. Nothing else lets a user in. Semantics 7.5, 7.6."""

    @property
    def code(self) -> str:
        """A stable text for the application's own journal, such as accepted.otp. Semantics 12."""
    @property
    def method(self) -> Method:
        """The kind of code that was accepted."""
    @property
    def moving_factor(self) -> Optional[int]:
        """The counter or time step of the OTP; None for other methods."""
    @property
    def drift(self) -> int:
        """The drift of a token's clock, in time steps; 0 for an app. Semantics 4.9."""
    @property
    def recovery_codes_left(self) -> int:
        """The number of recovery codes that are left."""
    @property
    def failures_before(self) -> int:
        """The number of refused attempts since the last login by an OTP: show it to the user. Semantics 4.8."""
    def __bool__(self) -> bool: ...

@final
class Confirmed:
    """A confirmed authenticator. It is not a login. Semantics 8.2."""

    @property
    def code(self) -> str:
        """A stable text for the application's own journal: confirmed. Semantics 12."""
    @property
    def moving_factor(self) -> int:
        """The counter or time step of the OTP."""
    @property
    def drift(self) -> int:
        """The drift of a token's clock, in time steps; 0 for an app. Semantics 4.9."""
    @property
    def recovery_codes(self) -> Tuple[str, ...]:
        """The recovery codes. Show them now: no call returns them again. Semantics 5.1."""
    def __bool__(self) -> bool: ...

@final
class Resynchronized:
    """A resynchronized token. It is not a login. Semantics 8.4."""

    @property
    def code(self) -> str:
        """A stable text for the application's own journal: resynchronized. Semantics 12."""
    @property
    def moving_factor(self) -> int:
        """The counter or time step of the second OTP."""
    @property
    def drift(self) -> int:
        """The drift of the token's clock, in time steps. Semantics 4.9."""
    def __bool__(self) -> bool: ...

@final
class ReplacementAttempt:
    """The first code of an authenticator that replaces an old one. It is an attempt that is made once, and not an `Attempt`:
    `Store.apply` would store that in place of whatever it loaded, even a record that was suspended or revoked in the meantime.
    Semantics 8.9.
    """

    @property
    def record(self) -> Optional[str]:
        """The record to store in place of the old one. None means that the code was refused: nothing changes. Semantics 7.3."""
    def outcome(self, rows_updated: int) -> Confirmed:
        """Returns the answer for the number of rows that the committed swap updated, as `Attempt.outcome`. After a conflict,
        enroll the new authenticator again. Semantics 7.2.
        """
    def __bool__(self) -> bool: ...

@final
class Rename:
    """The record of a renamed account, for the row of the new name. It is not an `Attempt`, because that would be stored in the
    old row:

    UPDATE poterne SET account = :new_account, record = :new WHERE account = :account AND record = :old

    Semantics 8.8.
    """

    @property
    def record(self) -> str:
        """The record to store, under the new name."""
    def outcome(self, rows_updated: int) -> None:
        """Returns if the committed swap updated 1 row. For 0 it raises `Refused` (CONFLICT). Semantics 7.2."""
    def __bool__(self) -> bool: ...

@final
class Enrollment:
    """A pending credential: the record to store, and the URI to show. Its secret is wiped by `wipe`, at the end of a `with`, or
    when the object is freed. Semantics 8.1.
    """

    @property
    def record(self) -> str:
        """The pending record. Store it only if the account has no record, see `Store.insert`. To replace an authenticator, keep
        it elsewhere, see `Verifier.replace`. Semantics 8.9.
        """
    def otpauth_uri(self, issuer: str, label: str) -> OtpauthUri:
        """Returns the text of the QR code. The issuer is the organization, the label the account as its user knows it."""
    def wipe(self) -> None:
        """Wipes the secret now. A second call does nothing."""
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
    """The status of a credential, for the help desk. It never holds the secret, the counter, the watermark or a date of use.
    `print` shows all of it. Semantics 8.8.
    """

    @property
    def state(self) -> State:
        """The state of the credential."""
    @property
    def authenticator(self) -> Authenticator:
        """Whether an app or a token shows the codes."""
    @property
    def moving_factor(self) -> MovingFactor:
        """Whether the codes are made from a counter or from the time."""
    @property
    def time_step(self) -> Optional[int]:
        """The seconds of a time step; None if the codes are counter-based."""
    @property
    def t0(self) -> Optional[int]:
        """The time at which the time steps begin; None if the codes are counter-based."""
    @property
    def algorithm(self) -> Algorithm:
        """The hash."""
    @property
    def digits(self) -> int:
        """The number of digits of a code."""
    @property
    def failures(self) -> int:
        """The number of failures that count. Semantics 6.1."""
    @property
    def wait_seconds(self) -> int:
        """Seconds until the next attempt; 0 if nobody has to wait. Semantics 3.6."""
    @property
    def is_locked(self) -> bool:
        """Whether the credential is locked. Semantics 3.5."""
    @property
    def drift(self) -> int:
        """The drift of a token's clock, in time steps; 0 for an app. Semantics 4.9."""
    @property
    def recovery_codes_left(self) -> int:
        """The number of recovery codes that are left."""
    @property
    def temporary_code(self) -> Optional[TemporaryStatus]:
        """The temporary code, if there is a valid one. Semantics 5.2."""
    @property
    def not_before(self) -> Optional[int]:
        """The time at which the validity begins. Semantics 3.4."""
    @property
    def not_after(self) -> Optional[int]:
        """The last second of the validity. Semantics 3.4."""
    @property
    def confirm_by(self) -> Optional[int]:
        """The last second in which a pending credential can be confirmed; None for no limit. Semantics 8.12."""
    @property
    def is_secret_weak(self) -> bool:
        """Whether the secret has fewer than 16 bytes. Semantics 1.4."""
    @property
    def key_id(self) -> int:
        """The id of the key that sealed the record."""
    @property
    def needs_reseal(self) -> bool:
        """Whether that key is no longer the primary one. Semantics 8.8."""
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]

@final
class TemporaryStatus:
    """A valid temporary code. Semantics 5.2."""

    @property
    def expiry(self) -> int:
        """The last second in which it is accepted."""
    @property
    def uses_left(self) -> int:
        """The number of logins that are left."""

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
    ) -> OtpauthUri:
        """Builds a URI. `allow_incompatible` permits what some authenticator apps are known to ignore or to misread."""
    @staticmethod
    def parse(text: str) -> OtpauthContent:
        """Reads a URI that another system made. Semantics 8.10."""
    @staticmethod
    def from_text(text: str) -> OtpauthUri:
        """Takes a text that is an otpauth URI, to make its QR code. Semantics 8.10."""
    def as_str(self) -> str:
        """Returns the text. Show it, and do not keep it."""
    def secret_to_type(self) -> str:
        """Returns the secret in groups of four characters, for users who cannot scan and have to type it."""
    def qr(self) -> Qr:
        """Returns the QR code."""

@final
class OtpauthContent:
    """The content of an otpauth URI: `verifier.import_credential(account, content.secret, **content.parameters)`. Semantics 8.10."""

    @property
    def secret(self) -> Secret:
        """The shared secret."""
    @property
    def parameters(self) -> _Parameters:
        """The parameters of the codes, as keywords for `import_credential`."""
    @property
    def issuer(self) -> Optional[str]:
        """The organization; None if the URI names none."""
    @property
    def label(self) -> str:
        """The account as its user knows it."""

@final
class Qr:
    """A QR code to scan, with its quiet zone."""

    @property
    def width(self) -> int:
        """The number of modules on a side."""
    def svg(self) -> str:
        """Returns an SVG image, for a page."""
    def png(self) -> bytes:
        """Returns a PNG image, for a letter."""
    def text(self) -> str:
        """Returns text of block characters, for a terminal."""

@final
class Match:
    """The result of `match_otp`. It is not a login: the caller keeps the watermark. `if match:` is a TypeError."""

    @property
    def result(self) -> MatchResult:
        """The kind of result."""
    @property
    def found(self) -> bool:
        """Whether the code matched above the watermark."""
    @property
    def moving_factor(self) -> Optional[int]:
        """The moving factor that matched; None if there is none."""
    def __bool__(self) -> bool: ...

@final
class TokenFile:
    """The tokens of a file: PSKC (RFC 6030), eToken PASS or CSV. `entries` are in the file's order, each a token or what is wrong with it. A file
    that is wrong as a whole raises `Error`, with a kind that begins with TOKEN. Wipe a `bytearray` of yours after reading. Semantics 16.
    """

    @staticmethod
    def read_pskc(
        data: Union[bytes, bytearray],
        *,
        key: Optional[Union[bytes, bytearray]] = None,
        password: Optional[Union[bytes, bytearray]] = None,
    ) -> TokenFile:
        """Reads PSKC: plain, under a pre-shared key of 16, 24 or 32 bytes, or under a password in UTF-8."""
    @staticmethod
    def read_etoken(data: Union[bytes, bytearray], *, algorithm: Optional[Algorithm] = None) -> TokenFile:
        """Reads the XML of SafeNet (Aladdin) eToken PASS. Without `algorithm`, secrets of 20 bytes are for SHA-1 and of 32 bytes for
        SHA-256; others are faults. Semantics 16.9.
        """
    @staticmethod
    def prove_etoken(data: Union[bytes, bytearray], serial: str, code: str) -> List[Algorithm]:
        """Returns the hashes with which the token of this serial number shows this code now, as `prove_csv` does. Semantics 16.13."""
    @staticmethod
    def read_csv(
        data: Union[bytes, bytearray],
        layout: Optional[CsvLayout] = None,
        *,
        columns: Optional[str] = None,
        encoding: Optional[SecretEncoding] = None,
        algorithm: Optional[Algorithm] = None,
        digits: Optional[int] = None,
        time_step: Optional[int] = None,
        counter_based: bool = False,
        header: bool = False,
        separator: Optional[CsvSeparator] = None,
    ) -> TokenFile:
        """Reads CSV, in a layout that has a name or by a column map such as `serial,secret,-,counter`. Encoding and hash are declared
        where the layout leaves them open, and nowhere else: they are never guessed. A column is serial, secret, account,
        manufacturer, model, type, algorithm, digits, time_step, counter, drift, watermark, not_before, not_after, or - for one to
        ignore. `counter_based` and `header` are for column maps. The separator is a comma unless declared.
        """
    @staticmethod
    def prove_csv(
        data: Union[bytes, bytearray],
        serial: str,
        code: str,
        layout: Optional[CsvLayout] = None,
        *,
        now: Optional[_Time] = None,
        columns: Optional[str] = None,
        encoding: Optional[SecretEncoding] = None,
        algorithm: Optional[Algorithm] = None,
        digits: Optional[int] = None,
        time_step: Optional[int] = None,
        counter_based: bool = False,
        header: bool = False,
        separator: Optional[CsvSeparator] = None,
    ) -> List[Tuple[SecretEncoding, Algorithm]]:
        """Returns the encodings and hashes with which the token of this serial number shows this code now. One: it is proved. None:
        another token or file, a clock that is wrong, or a typing error. Several, by chance: try the next code.
        """
    @property
    def entries(self) -> Tuple[Union[TokenEntry, TokenFault], ...]:
        """The tokens, and what is wrong with others, in the file's order."""

@final
class TokenEntry:
    """A token of a file. Enroll it, or import it with its drift and watermark. One token belongs to one account. Semantics 16.2."""

    @property
    def line(self) -> int:
        """The line of the file on which the token begins, counted from 1."""
    @property
    def serial(self) -> str:
        """The serial number."""
    @property
    def manufacturer(self) -> Optional[str]:
        """The manufacturer, as the file calls it."""
    @property
    def model(self) -> Optional[str]:
        """The model, as the file calls it."""
    @property
    def account(self) -> Optional[str]:
        """The user to whom the file assigns the token."""
    @property
    def moving_factor(self) -> MovingFactor:
        """Whether the codes are made from a counter or from the time."""
    @property
    def algorithm(self) -> Algorithm:
        """The hash."""
    @property
    def digits(self) -> int:
        """The number of digits of a code."""
    @property
    def time_step(self) -> Optional[int]:
        """The seconds of a time step; None if the codes are counter-based."""
    @property
    def t0(self) -> Optional[int]:
        """The time at which the time steps begin; None if the codes are counter-based."""
    @property
    def counter(self) -> Optional[int]:
        """The counter that the token shows next; None if the codes are time-based."""
    @property
    def not_before(self) -> Optional[int]:
        """The time at which the validity begins."""
    @property
    def not_after(self) -> Optional[int]:
        """The last second of the validity. Some files give one that is past, of tokens that work: `ignore_dates`."""
    @property
    def drift(self) -> int:
        """The drift of the token's clock that another system has learned, in time steps."""
    @property
    def watermark(self) -> Optional[int]:
        """The last time step that another system has accepted."""
    @property
    def secret(self) -> Secret:
        """The secret, as a copy."""
    def ignore_dates(self) -> TokenEntry:
        """Returns the same token without its dates."""
    def enroll(self, verifier: Verifier, account: str, *, now: Optional[_Time] = None) -> Enrollment:
        """Makes a pending credential, as `Verifier.enroll_token` does. Drift and watermark are dropped. Semantics 8.3."""
    def import_credential(
        self, verifier: Verifier, account: str, *, state: Optional[State] = None, now: Optional[_Time] = None
    ) -> Attempt[None]:
        """Makes a credential with the drift and the watermark of the file, as `Verifier.import_credential` does. It is active unless
        `state` says otherwise. Semantics 8.3.
        """

@final
class TokenFault:
    """What is wrong with one token of a file. Its text has the line and the serial number, and never a secret."""

    @property
    def line(self) -> int:
        """The line of the file on which the token begins, counted from 1."""
    @property
    def serial(self) -> Optional[str]:
        """The serial number, if there is one that can be shown."""
    @property
    def kind(self) -> ErrorKind:
        """The kind of the error."""
    def __str__(self) -> str:
        """What is wrong, and what to do next: `line 12, serial 306000123: the secret is ...`."""

def hotp(secret: _Secret, counter: int, *, digits: int = 6, algorithm: Optional[Algorithm] = None) -> str:
    """Returns the one-time password of a counter (RFC 4226), with SHA-1 unless `algorithm` says otherwise. Semantics 1.1."""

def totp(
    secret: _Secret,
    now: Optional[_Time] = None,
    *,
    digits: int = 6,
    algorithm: Optional[Algorithm] = None,
    time_step: int = 30,
    t0: _Time = 0,
) -> str:
    """Returns the one-time password of a time (RFC 6238). Semantics 1.1."""

def match_otp(
    secret: _Secret,
    submitted: str,
    first: int,
    last: int,
    *,
    watermark: Optional[int] = None,
    digits: int = 6,
    algorithm: Optional[Algorithm] = None,
) -> Match:
    """Searches the moving factors `first` to `last`, at most 10,000, for a code. It has no state: it is for applications that
    keep their own. Factors at or below `watermark` never match: they only reveal a replay. Semantics 4.3, 4.4.
    """

def split_password_and_code(field: AnyStr, *, digits: int = 6) -> Tuple[AnyStr, Optional[str]]:
    """Splits a field that holds the password followed by the code: an OTP with that number of digits, or a recovery or temporary
    code with its hyphens, XXXXX-XXXX-XXXX. The code is None if there is none. Bytes may have any encoding, and their password
    comes back byte for byte. Semantics 10.1.
    """

def rows_of_person(person: str) -> Tuple[str, str, str]:
    """Returns the accounts of a person's rows. The first is the person's own; the others are for a second and a third
    authenticator. Any change that ends a person's access must cover all of them. Take `person` from the server's own list, as
    the login name whose password was right. Never take it from the request. Semantics 9.8.
    """

def key_id_of(record: str) -> int:
    """Returns the id of the key that sealed a stored record, without opening it: which keys the records of a table need. Only
    opening a record proves that its key sealed it. Semantics 9.1.
    """

def person_and_row(login_name: str) -> Tuple[str, int]:
    """Returns the person and the number of the row, 1 to 3. The login name ends in `#2`, in `#3` or in neither: on hosts without
    a login page, the user types the suffix after the login name. Check the person's password, and then the code on that row
    alone. Semantics 9.8.
    """

# Of the command alone (semantics 8.13 and 16.14): not in `poterne`.
@final
class SecretsInUse:
    """Finds records that have one secret, such as two deliveries of a token under two serial numbers: a code would be accepted on each.
    Insert the records of the table, then those that are to be stored.
    """

    def __new__(cls) -> Self: ...
    def insert(self, verifier: Verifier, account: str, record: str) -> Optional[str]:
        """Adds the record of an account. Returns the account that has its secret already; then the record is not added."""

def moving_out_sentence() -> str:
    """Returns the sentence that a person has to type, at a terminal, for one of these two calls."""

def move_out_pskc(
    keyring: Keyring,
    application: str,
    typed: str,
    rows: list[Tuple[str, str]],
    *,
    key: Union[bytes, bytearray, None] = None,
    password: Union[bytes, bytearray, None] = None,
) -> Tuple[str, list[Tuple[int, Error]]]:
    """Returns an encrypted PSKC file of the rows, account and record each, and the places of the rows that are left out, each with the
    reason. Another sentence is an error of kind ARGUMENT, a key or password that is too short one of kind TOKEN_PASSWORD.
    """

def move_out_uris_in_clear(
    keyring: Keyring, application: str, typed: str, rows: list[Tuple[str, str]], issuer: str
) -> Tuple[bytearray, list[Tuple[int, Error]]]:
    """Returns otpauth URIs of the rows, one a line, and the rows that are left out, as `move_out_pskc` does. They are secrets in clear:
    overwrite the bytes once they are written.
    """

def error_message(kind: int, tag: str) -> str: ...
def error_message_to_user(kind: int, tag: str) -> str: ...
def refusal_code(number: int) -> str: ...
def refusal_is_clock_right(number: int, detail: int) -> bool: ...
def refusal_message(number: int, detail: int, tag: str) -> str: ...
def refusal_message_at_enrollment(number: int, detail: int, tag: str) -> str: ...
def refusal_message_to_user(number: int, detail: int, tag: str) -> str: ...
def database(product: str) -> str: ...
def is_conflict(product: str, sqlstate: Optional[str], code: Optional[int]) -> bool: ...
def apps() -> list[Tuple[str, str, _PlainFact, list[Tuple[str, _PlainFact]]]]: ...
def apps_markdown(tag: str) -> str: ...
def apps_html(tag: str) -> str: ...

# The loops over a store, without its calls: those stand in `poterne._store`.
LOGIN: Final[str]
LOGIN_WITH_TICKET: Final[str]
CHECK_STORE: Final[str]
UNAVAILABLE: Final[str]

@final
class Steps(Generic[_T]):
    def __new__(cls, verifier: Verifier, account: str) -> Self: ...
    def begin(self, record: Optional[str]) -> StoredCredential: ...
    def loaded(self, record: object) -> StoredCredential: ...
    def made(self, attempt: Attempt[_T]) -> bool: ...
    def swap(self) -> Tuple[str, str]: ...
    def swapped(self, rows_updated: object) -> bool: ...
    def outcome(self) -> _T: ...

@final
class StoreCheck:
    def __new__(cls, verifier: Verifier, account: str) -> Self: ...
    def step(self) -> Optional[Tuple[str, int]]: ...
    def swap(self) -> Tuple[Optional[str], str]: ...
    def loaded(self, record: object) -> None: ...
    def swapped(self, rows_updated: object) -> None: ...
    def paused(self) -> None: ...
    def outcome(self) -> None: ...

@final
class Submission:
    def __new__(cls, submitted: str, now: Optional[_Time]) -> Self: ...
    def check_ticket(self, verifier: Verifier, account: str, ticket: str, purpose: str, context: bytes) -> None: ...
    def verify(self, credential: StoredCredential) -> Attempt[Accepted]: ...

def inserted(rows_updated: object) -> None: ...
def loaded_credential(verifier: Verifier, account: str, record: object) -> StoredCredential: ...
