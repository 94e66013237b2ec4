"""The exceptions. None carries a secret, a code or a record in its text."""

from __future__ import annotations

import os
import re
from typing import Iterator, List, Optional

from poterne import _poterne
from poterne._enums import ErrorKind, Refusal


class Error(Exception):
    """A mistake of the caller, damaged data, or an unavailable store. It is never a verdict: refuse the login, and tell the
    operators. `kind` is the kind of error, `kind.message("fr")` says what to do next, and `kind.message_to_user("fr")` is for
    the end user.
    """

    def __new__(cls, kind: ErrorKind | int, message: str) -> Error:
        is_of_a_value = cls is Error and ErrorKind(kind) in _OF_VALUES
        return super().__new__(ArgumentError if is_of_a_value else cls, kind, message)

    def __init__(self, kind: ErrorKind | int, message: str) -> None:
        self.kind = ErrorKind(kind)
        super().__init__(self.kind, message)

    def __str__(self) -> str:
        return f"{self.kind.name.lower()}: {self.args[1]}"


class ArgumentError(Error, ValueError):
    """The caller passed a wrong value: an `Error` of kind ARGUMENT, SECRET, URI, COUNTER or TIME. It is a ValueError too."""


_OF_VALUES = (ErrorKind.ARGUMENT, ErrorKind.SECRET, ErrorKind.URI, ErrorKind.COUNTER, ErrorKind.TIME)

# For the native half, which makes exceptions without calling their classes.
CLASSES = {kind.value: ArgumentError if kind in _OF_VALUES else Error for kind in ErrorKind}


class Refused(Exception):
    """The user's code was refused, or a change lost against another one (CONFLICT). Nobody is let in, and no change is stored.

    `detail` is the seconds of WAIT or the steps of CLOCK_OFF. The text is the stable code of the refusal. Semantics 7.6.
    """

    def __init__(self, refusal: Refusal | int, detail: int = 0) -> None:
        self.refusal = Refusal(refusal)
        super().__init__(self.refusal, detail)

    @property
    def code(self) -> str:
        """A stable text for the application's own journal, such as refused.replayed. Semantics 12."""
        return _poterne.refusal_code(self.refusal.value)

    @property
    def wait_seconds(self) -> int:
        """Seconds until the next attempt, for WAIT; otherwise 0. Semantics 3.6."""
        return self._detail_of(Refusal.WAIT)

    @property
    def clock_off_steps(self) -> int:
        """The error of the phone's clock in time steps, for CLOCK_OFF; otherwise 0. It is negative if the phone is slow.
        Semantics 8.2.
        """
        return self._detail_of(Refusal.CLOCK_OFF)

    @property
    def is_clock_right(self) -> bool:
        """Whether a CLOCK_OFF tells of a clock that is right: a step may end while a code is read out. Semantics 8.4."""
        return _poterne.refusal_is_clock_right(self.refusal.value, self.args[1])

    def message(self, language: str = "en") -> str:
        """Returns the message for the help desk: what happened, and what to do next. Never show it to the end user: it tells a
        thief what to try.
        """
        return _poterne.refusal_message(self.refusal.value, self.args[1], language)

    def message_to_user(self, language: str = "en") -> str:
        """Returns the message for the end user: one text for every refusal, except WAIT and LOCKED. Semantics 7.10."""
        return _poterne.refusal_message_to_user(self.refusal.value, self.args[1], language)

    def message_at_enrollment(self, language: str = "en") -> str:
        """Returns the message for the page that has just shown the QR code and asks for the first code. It gives the reason: its
        reader holds the secret anyway. Do not use it at a login.
        """
        return _poterne.refusal_message_at_enrollment(self.refusal.value, self.args[1], language)

    def __str__(self) -> str:
        return self.code

    def _detail_of(self, refusal: Refusal) -> int:
        detail: int = self.args[1]
        return detail if self.refusal is refusal else 0


def unavailable(failure: BaseException, message: str) -> Error:
    """Makes the error of kind STORE for an exception of the database, or of the application's store.

    It keeps the place, the class and the codes. It drops the text, and the exception with it: PostgreSQL's "Failing row contains"
    shows the record, and SQLAlchemy's exceptions show every parameter.
    """
    return Error(ErrorKind.STORE, f"{message} ({description(failure)})").with_traceback(failure.__traceback__)


def of_keyring_file(path: os.PathLike[str], kind: int, message: str) -> Error:
    """Makes the error of a keyring's file, with its path. The system's own error is in the text too, and is the cause."""
    message = message.replace("Keyring::parse", "Keyring.parse")
    # A caller that confuses `open` and `parse` passes the keys: they must not come out again.
    if re.search("\n|[A-Za-z2-7]{40}", os.fspath(path)):
        return Error(kind, f"{message} (the path looks like the text of a keyring: use Keyring.parse)")
    reason: Optional[Exception] = None
    try:
        # A directory can be opened and not be read; one byte tells nothing. Nobody waits for a pipe.
        file = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        try:
            os.read(file, 1)
        finally:
            os.close(file)
    except (OSError, ValueError) as failure:
        reason = failure
    place = repr(os.path.abspath(path))
    if reason is None:
        return Error(kind, f"{message} ({place})")
    error = Error(kind, f"{message} ({place}: {getattr(reason, 'strerror', None) or reason})")
    error.__cause__ = reason
    return error


def description(failure: BaseException) -> str:
    """Returns the class and the codes of an exception and of those that it wraps, as SQLAlchemy and Django wrap the driver's."""
    parts: List[str] = []
    each: Optional[BaseException] = failure
    for _ in range(3):
        if each is None:
            break
        kind = type(each)
        parts.append(kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}")
        parts += _codes(each)
        wrapped = getattr(each, "orig", None)
        each = wrapped if isinstance(wrapped, BaseException) else each.__cause__
    return ", ".join(parts)


def _codes(failure: BaseException) -> Iterator[str]:
    # Of an exception of Python's the first argument is text of any kind; a driver has its code there.
    first = failure.args[0] if failure.args and type(failure).__module__ != "builtins" else None
    for code in (getattr(failure, "sqlstate", None), getattr(failure, "pgcode", None), first):
        if isinstance(code, str) and re.fullmatch("[0-9A-Z]{5}", code):
            yield f"SQLSTATE {code}"
            break
    for number in (getattr(failure, "errno", None), first):
        if isinstance(number, int):
            yield f"error {number}"
            break
    for name in (getattr(first, "full_code", None), getattr(failure, "sqlite_errorname", None)):
        if isinstance(name, str) and re.fullmatch("[0-9A-Z_-]{1,40}", name):
            yield name
