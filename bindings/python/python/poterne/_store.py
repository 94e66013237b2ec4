"""The application's table."""

from __future__ import annotations

import abc
import time
from datetime import datetime
from typing import Any, Callable, Optional, Protocol, TypeVar, Union

from poterne import _poterne
from poterne._enums import ErrorKind
from poterne._errors import ArgumentError, Error, unavailable

_T = TypeVar("_T")
_Time = Union[int, float, datetime]


class SupportsStore(Protocol):
    """The store that `Verifier.login` needs: any object with these two methods, for a table with one row per account."""

    def load(self, account: str) -> Optional[str]:
        """Returns the stored record; None if there is no row. Read from the database that `swap` writes to, never from a
        replica.
        """

    def swap(self, account: str, old: Optional[str], new: str) -> int:
        """Replaces `old` with `new`, or inserts `new` if `old` is None, and COMMITS, in a transaction of its own. An insert
        never replaces a record that is there: it returns 0, which is not an error.

        Returns the number of updated rows. These count as 0 rows: a serialization failure, a deadlock, a lock timeout, a commit
        that failed or whose answer was lost. For everything else, raise an exception: the store is unavailable, and nobody logs in.
        The caller gets an `Error` with the class, the codes and the place of your exception, without its text, which may show a
        record. Semantics 7.2, 7.11.
        """


class Store(abc.ABC):
    """A base class for stores: `load` and `swap` as in `SupportsStore`, and the loops around every call."""

    @abc.abstractmethod
    def load(self, account: str) -> Optional[str]:
        """Returns the stored record; None if there is no row."""

    @abc.abstractmethod
    def swap(self, account: str, old: Optional[str], new: str) -> int:
        """Replaces `old` with `new`, commits, and returns the number of updated rows. Semantics 7.2."""

    def insert(self, account: str, record: str) -> None:
        """Stores the first record of an account, such as that of an enrollment. If the account already has a record, it raises
        `Refused` (CONFLICT) and stores nothing. Semantics 8.9.
        """
        _poterne.inserted(_ask(self, "swap", account, None, record))

    def apply(
        self, verifier: _poterne.Verifier, account: str, make: Callable[[_poterne.StoredCredential], _poterne.Attempt[_T]]
    ) -> _T:
        """Makes an attempt on the stored credential, stores its record and returns the answer. After a conflict it starts again,
        at most three times in all. It raises `Refused` for a refusal, and for the last conflict. Use it for confirmations,
        resynchronizations and changes by the help desk:

            confirmed = store.apply(verifier, "a.martin", lambda credential: credential.confirm(code))
            codes = store.apply(verifier, "a.martin", lambda credential: credential.recovery_codes())

        Semantics 7.7.
        """
        steps: _poterne.Steps[_T] = _poterne.Steps(verifier, account)
        return _follow(steps, self, account, steps.loaded(_load(self, account)), make).outcome()

    def inspect(
        self, verifier: _poterne.Verifier, account: str, *, now: Union[int, float, datetime, None] = None
    ) -> _poterne.Status:
        """Returns the status of an account, for the help desk. Raises an `Error` of kind STATE if it has no record. Semantics
        8.8.
        """
        verifier.credential(account, None)
        return _poterne.loaded_credential(verifier, account, _load(self, account)).inspect(now=now)


class _NotYet(str):
    """Text, as the stub says of the default; no other text is this object."""

    def __repr__(self) -> str:
        return "..."


_NOT_YET = _NotYet()


# The loops call the store from Python, never from the native half: see bindings/python/src/store.rs. `help` has their texts from the stub.
# No frame of theirs holds a code or a record in a variable: those who report an exception show them.
def _login(
    self: _poterne.Verifier,
    account: str,
    submitted: str,
    *,
    store: SupportsStore,
    now: Optional[_Time] = None,
    record: Optional[str] = _NOT_YET,
) -> _poterne.Accepted:
    try:
        submission = _poterne.Submission(submitted, now)
        steps: _poterne.Steps[_poterne.Accepted] = _poterne.Steps(self, account)
        credential = None if record is _NOT_YET else steps.begin(record)
    finally:
        del submitted, record
    if credential is None:
        credential = steps.loaded(_load(store, account))
    return _follow(steps, store, account, credential, submission.verify).outcome()


def _login_with_ticket(
    self: _poterne.Verifier,
    account: str,
    ticket: str,
    submitted: str,
    *,
    purpose: str,
    context: bytes,
    store: SupportsStore,
    now: Optional[_Time] = None,
) -> _poterne.Accepted:
    try:
        submission = _poterne.Submission(submitted, now)
        submission.check_ticket(self, account, ticket, purpose, context)
    finally:
        del submitted, ticket, context
    steps: _poterne.Steps[_poterne.Accepted] = _poterne.Steps(self, account)
    return _follow(steps, store, account, steps.loaded(_load(store, account)), submission.verify).outcome()


def _check_store(self: _poterne.Verifier, account: str, *, store: SupportsStore, second: SupportsStore) -> None:
    if store is second:
        raise ArgumentError(ErrorKind.ARGUMENT, "second must be another handle on the table, opened on its own")
    check = _poterne.StoreCheck(self, account)
    while step := check.step():
        name, milliseconds = step
        if name == "swap":
            check.swapped(_ask(store, "swap", account, *check.swap()))
        elif name == "pause":
            time.sleep(milliseconds / 1000)
            check.paused()
        else:
            check.loaded(_load(second if name == "load by second" else store, account))
    check.outcome()


for _loop, _name, _text in (
    (_login, "login", _poterne.LOGIN),
    (_login_with_ticket, "login_with_ticket", _poterne.LOGIN_WITH_TICKET),
    (_check_store, "check_store", _poterne.CHECK_STORE),
):
    _loop.__name__, _loop.__qualname__, _loop.__doc__ = _name, f"Verifier.{_name}", _text
    setattr(_poterne.Verifier, _name, _loop)


def _follow(
    steps: _poterne.Steps[_T],
    store: object,
    account: str,
    credential: _poterne.StoredCredential,
    make: Callable[[_poterne.StoredCredential], _poterne.Attempt[_T]],
) -> _poterne.Steps[_T]:
    """Does what the steps ask for (semantics 7.7)."""
    while steps.made(make(credential)) and steps.swapped(_ask(store, "swap", account, *steps.swap())):
        credential = steps.loaded(_load(store, account))
    return steps


def _load(store: object, account: str) -> Any:
    return _ask(store, "load", account)


def _ask(store: object, name: str, *arguments: Optional[str]) -> Any:
    error: Optional[Error] = None
    method = None
    try:
        method = getattr(store, name)
        return method(*arguments)
    except Error:  # It says by itself what it is.
        raise
    except Exception as failure:
        if method is None and isinstance(failure, AttributeError):
            error = Error(ErrorKind.STORE, "a store is an object with two methods, load and swap")
        else:
            error = unavailable(failure, _poterne.UNAVAILABLE)
    finally:
        del arguments
    # Not above, where Python would keep the other exception beside it.
    raise error
