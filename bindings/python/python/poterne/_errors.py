"""The exceptions. None carries a secret, a code or a record in its text."""

from __future__ import annotations

import os
import re
from typing import Iterator, List, Optional

from poterne import _poterne
from poterne._enums import ErrorKind, Refusal


class Error(Exception):
    """The caller's mistake, damaged data, or a store that is unavailable. It is never a verdict: refuse the login, and tell
    the operators. `kind` says which, `kind.message("fr")` what to do next, and `kind.message_to_user("fr")` is for the end user.
    """

    def __init__(self, kind: ErrorKind | int, message: str) -> None:
        super().__init__(kind, message)
        self.kind = ErrorKind(kind)

    def __str__(self) -> str:
        return f"{self.kind.name.lower()}: {self.args[1]}"


class Refused(Exception):
    """A login that was refused. Its text is the outcome's stable code, for the application's own journal."""

    def __init__(self, outcome: _poterne.Outcome) -> None:
        super().__init__(outcome)
        refusal = outcome.refusal
        if refusal is None:
            raise TypeError("only a refused outcome can be raised")
        self.outcome = outcome
        self.refusal: Refusal = refusal
        self.wait_seconds = outcome.wait_seconds

    def message(self, language: str = "en") -> str:
        """What the help desk may read, and do next. Not for the end user: it tells a thief what to try."""
        return self.outcome.message(language) or ""

    def message_to_user(self, language: str = "en") -> str:
        """What the end user may read: one text for every refusal, but for WAIT and LOCKED."""
        return self.outcome.message_to_user(language) or ""

    def __str__(self) -> str:
        return self.outcome.code


class Conflict(Exception):
    """A change that was not stored, because the record changed in between: load it, and make the change again. Or a check of a store
    that proves nothing, because others wrote the record all the time.
    """

    def __init__(self, message: str = "the record changed in between: load it and make the change again") -> None:
        super().__init__(message)


def unavailable(failure: BaseException, message: str) -> Error:
    """The error of kind STORE that stands for an exception of the database, or of the application's store.

    It keeps the place, the class and the codes. It drops the text, and the exception with it: PostgreSQL's "Failing row contains"
    shows the record, and SQLAlchemy's exceptions show every parameter.
    """
    return Error(ErrorKind.STORE, f"{message} ({description(failure)})").with_traceback(failure.__traceback__)


def of_keyring_file(path: os.PathLike[str], kind: int, message: str) -> Error:
    """The error of a keyring's file, with its path; what the system says is in the text too, and the cause."""
    # Whoever confuses `open` and `parse` gives the keys: they must not come out again.
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
    """The class and the codes of an exception and of those that it wraps, as SQLAlchemy and Django wrap the driver's."""
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
