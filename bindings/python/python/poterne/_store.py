"""The application's table."""

from __future__ import annotations

import abc
from datetime import datetime
from typing import Callable, Optional, Protocol, TypeVar, Union

from poterne import _poterne

_T = TypeVar("_T")


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
        _poterne.insert(self, account, record)

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
        return _poterne.apply(self, verifier, account, make)

    def inspect(
        self, verifier: _poterne.Verifier, account: str, *, now: Union[int, float, datetime, None] = None
    ) -> _poterne.Status:
        """Returns the status of an account, for the help desk. Raises an `Error` of kind STATE if it has no record. Semantics
        8.8.
        """
        return _poterne.inspect(self, verifier, account, now)
