"""The enumerations, with the numbers that every language uses (semantics, section 12)."""

from __future__ import annotations

import enum

from poterne import _poterne


class Refusal(enum.Enum):
    """Why an attempt was refused: for the application and the help desk.

    The end user sees one and the same refusal, except WAIT and LOCKED, which may be shown once the password is right.
    """

    WRONG_CODE = 1
    REPLAYED = 2
    MALFORMED = 3
    WAIT = 4
    LOCKED = 5
    PENDING = 6
    REVOKED = 7
    NOT_YET_VALID = 8
    EXPIRED = 9
    CLOCK_BEHIND = 10
    CLOCK_OFF = 11
    CONFLICT = 12
    NOT_ENROLLED = 13
    SUSPENDED = 14
    NOT_PENDING = 15


class ErrorKind(enum.Enum):
    """The kinds of `poterne.Error`."""

    ARGUMENT = -1
    NULL = -2
    BUFFER = -3
    VERSION = -4
    UTF8 = -5
    TIME = -6
    RECORD = -7
    UNKNOWN_KEY = -8
    RECORD_FORMAT = -9
    STATE = -10
    ROWS = -11
    ATTEMPT = -12
    KEYRING = -13
    KEYRING_FILE = -14
    SECRET = -15
    URI = -16
    COUNTER = -17
    RANDOM = -18
    STORE = -19
    TOKEN_FILE = -20
    TOKEN_PASSWORD = -21
    TOKEN_MAC = -22
    TOKEN_UNSUPPORTED = -23
    INTERNAL = -99

    def message(self, language: str = "en") -> str:
        """What the help desk and the operators may read, and do next; `language` is a tag such as en, fr or fr-FR."""
        return _poterne.error_message(self.value, language)

    def message_to_user(self, language: str = "en") -> str:
        """What the end user may read: one text for every error, which does not look like a refused code."""
        return _poterne.error_message_to_user(self.value, language)


class Method(enum.Enum):
    """By what a login was accepted."""

    OTP = 1
    RECOVERY_CODE = 2
    TEMPORARY_CODE = 3


class CodeSet(enum.IntEnum):
    """The codes that `Verifier.end_codes` ends."""

    RECOVERY = 1
    TEMPORARY = 2
    BOTH = 3


class State(enum.Enum):
    """Where a credential is in its life."""

    PENDING = 0
    ACTIVE = 1
    SUSPENDED = 2
    REVOKED = 3
