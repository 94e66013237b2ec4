"""The exceptions. None carries a secret, a code or a record in its text."""

from __future__ import annotations

from poterne import _poterne
from poterne._enums import ErrorKind, Refusal


class Error(Exception):
    """The caller's mistake, damaged data, or a store that is unavailable. It is never a verdict: refuse the login, and tell
    the operators. `kind` says which, `kind.message("fr")` what to do next.
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
    """A change that was not stored, because the record changed in between: load it, and make the change again."""

    def __str__(self) -> str:
        return "the record changed in between: load it and make the change again"
