"""What a reader finds: authenticators with their secrets, and lines that it does not take, each with the place where it stands."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import List, Optional, Tuple

from poterne import Algorithm, Authenticator, Error, ErrorKind, Secret
from poterne.admin.language import Say

# Of a source as a whole. 100,000 accounts with everything that a JSON export says of them have room.
MAX_BYTES = 64 << 20

MAX_LINE_LEN = 8_192


@dataclass(frozen=True)
class Found:
    """An authenticator of another system."""

    place: str
    """Where it stands: a line, or a row of a table."""
    there: str
    """The account's name in the other system."""
    secret: Secret = field(repr=False)
    algorithm: Algorithm = Algorithm.SHA1
    digits: int = 6
    time_step: int = 30
    t0: int = 0
    counter: Optional[int] = None
    """The next counter; None if it is time-based."""
    last_step: Optional[int] = None
    """The last time step that was used there."""
    is_use_known: bool = False
    """Whether the source tells what was used: then no last step means that none was."""
    drift: int = 0
    authenticator: Authenticator = Authenticator.APP
    is_pending: bool = False
    also: Tuple[str, ...] = ()
    """Other names under which a list of accounts may have it, such as a serial number."""
    remark: str = ""
    """What does not come along."""


@dataclass(frozen=True)
class Trouble:
    """A line that is not moved, and why."""

    place: str
    there: str
    text: str


@dataclass
class Source:
    """All that a reader has found."""

    found: List[Found] = field(default_factory=list)
    troubles: List[Trouble] = field(default_factory=list)
    ignored: "Counter[str]" = field(default_factory=Counter)
    """What is not an authenticator that could be moved, counted by what it is."""

    def refuse(self, place: str, there: str, text: str) -> None:
        self.troubles.append(Trouble(place, "" if looks_secret(there) else there, text))


class UnreadableSource(Exception):
    """The source as a whole is not of this kind. The text is for the administrator, and has no value of the source."""


def reason(say: Say, error: Error) -> str:
    """Why the library does not take what a source says: its words name what is wrong, and no value. The source is wrong, and not the
    application, to whose developers such an error is reported elsewhere.
    """
    if error.kind is ErrorKind.ARGUMENT:
        text = say("a name or a value is not one that can be stored", "nom ou valeur qui ne peut être enregistré")
    else:
        text = error.kind.message(say.language)
    return f"{text} ({error.args[1]})"


def number(text: str, least: int, most: int) -> Optional[int]:
    """A decimal number within bounds, read to its end; None if it is none."""
    if not re.fullmatch("[0-9]{1,20}", text):
        return None
    return value if least <= (value := int(text)) <= most else None


def algorithm_of(name: str) -> Optional[Algorithm]:
    """The hash of a name as systems write it: SHA256, sha-256, HmacSHA256."""
    folded = re.sub("[^a-z0-9]", "", name.lower())
    return _ALGORITHMS.get(folded[len("hmac") :] if folded.startswith("hmac") else folded)


_ALGORITHMS = {"sha1": Algorithm.SHA1, "sha256": Algorithm.SHA256, "sha512": Algorithm.SHA512}

MAX_COUNTER = (1 << 63) - 1


def line_of(say: Say, at: int) -> str:
    return say("line {number}", "ligne {number}", number=at)


def looks_secret(account: str) -> bool:
    """Whether this may be a secret in the column of the accounts: then it is neither shown nor stored. 16 bytes have 26 characters of base32
    and 32 hexadecimal digits, 10 bytes 16 and 20; so few are taken for one only if digits stand between the letters, as in no name. Dashes as
    a UUID has them are no secret's.
    """
    text = re.sub(r"[\s-]", "", account).rstrip("=")
    if re.fullmatch("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", account) or not re.fullmatch("[A-Za-z0-9+/]+", text):
        return False
    has_both = re.search("[0-9][A-Za-z]", text) is not None
    return len(text) >= 26 or (has_both and (re.fullmatch("[0-9a-fA-F]{20,}|[A-Za-z2-7]{16,}", text) is not None))


def swapped(say: Say) -> str:
    return say("the account looks like a secret; are the columns swapped?", "le compte ressemble à un secret ; les colonnes sont-elles interverties ?")


def is_uniform(secret: Secret) -> bool:
    """Whether all bytes are the same: a placeholder, never a secret."""
    return len(set(secret.to_bytes())) == 1

