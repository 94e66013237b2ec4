"""The enumerations, with the numbers that every language uses (semantics, section 12)."""

from __future__ import annotations

import enum

from poterne import _poterne


class Refusal(enum.Enum):
    """The reason why an attempt was refused, for the application and the help desk (semantics 7.10, 12).

    The end user always sees the same refusal, except WAIT and LOCKED: show those two only once the password is right.
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
    TICKET = 16


class ErrorKind(enum.Enum):
    """The kinds of `poterne.Error` (semantics 12)."""

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
        """Returns the message for the help desk and the operators: what happened, and what to do next. `language` is a tag such
        as en, fr or fr-FR.
        """
        return _poterne.error_message(self.value, language)

    def message_to_user(self, language: str = "en") -> str:
        """Returns the message for the end user: one text for every error, which does not look like a refused code."""
        return _poterne.error_message_to_user(self.value, language)


class Method(enum.Enum):
    """The kind of code that was accepted (semantics 12)."""

    OTP = 1
    RECOVERY_CODE = 2
    TEMPORARY_CODE = 3


class CodeSet(enum.Enum):
    """The codes that `StoredCredential.end_codes` ends (semantics 5.5)."""

    RECOVERY = 1
    TEMPORARY = 2
    BOTH = 3


class State(enum.Enum):
    """The state of a credential (semantics 8)."""

    PENDING = 0
    ACTIVE = 1
    SUSPENDED = 2
    REVOKED = 3


class Algorithm(enum.Enum):
    """The hash under HMAC (semantics 1.1). SHA1 is the only one that every authenticator app honors."""

    SHA1 = 1
    SHA256 = 2
    SHA512 = 3


class CsvLayout(enum.Enum):
    """The layouts of CSV files of tokens that have a name (semantics 16.11)."""

    ENTRA = 1
    DEEPNET = 2
    OATH = 3
    YUBICO_TRADITIONAL = 4
    YUBICO_FLAT = 5


class SecretEncoding(enum.Enum):
    """How a secret is written in a CSV file (semantics 1.8)."""

    BASE32 = 1
    HEX = 2


class CsvSeparator(enum.Enum):
    """The character between the columns of a CSV file."""

    COMMA = 1
    SEMICOLON = 2
    TAB = 3


class Authenticator(enum.Enum):
    """The device that holds the secret and shows the codes (semantics 4.1): an app on a phone, or a hardware token, whose clock
    drifts.
    """

    APP = 1
    TOKEN = 2


class MovingFactor(enum.Enum):
    """The value that changes with each code: a counter (RFC 4226), or the time (RFC 6238)."""

    COUNTER = 1
    TIME = 2


class MissingAuthenticator(enum.Enum):
    """How to treat an authenticator that is not at hand when a temporary code is issued (semantics 5.2).

    KEEP: the user forgot it at home. SUSPEND: it was lost or stolen.
    """

    KEEP = 1
    SUSPEND = 2


class MatchResult(enum.Enum):
    """The result of `match_otp`."""

    FOUND = 1
    REPLAYED = 2
    NOT_FOUND = 3
    MALFORMED = 4
