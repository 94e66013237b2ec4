"""The application's table."""

from __future__ import annotations

import abc
from datetime import datetime
from typing import Callable, Optional, Protocol, TypeVar, Union

from poterne import _poterne

_T = TypeVar("_T")


class SupportsStore(Protocol):
    """What `Verifier.login` needs: any object with these two methods, for a table with one row an account."""

    def load(self, account: str) -> Optional[str]:
        """Returns the stored record; None if there is no row. Read it where it is written, never from a replica."""

    def swap(self, account: str, old: Optional[str], new: str) -> int:
        """Replaces `old` by `new`, or inserts `new` if `old` is None, and COMMITS, in a transaction of its own. A record that is there
        is never replaced by an insert: that is 0 rows, no exception.

        Returns the number of updated rows. A serialization failure, a deadlock, a lock that others kept, a commit that
        failed or whose answer was lost are 0. For everything else, raise: the store is unavailable, nobody logs in. What comes out
        is an `Error` with the class, the codes and the place of what was raised, without its text: that may show a record.
        Semantics 7.2, 7.11.
        """


class Store(abc.ABC):
    """A base class for stores: `load` and `swap` as in `SupportsStore`, and the loops around every call."""

    @abc.abstractmethod
    def load(self, account: str) -> Optional[str]:
        """Returns the stored record; None if there is no row."""

    @abc.abstractmethod
    def swap(self, account: str, old: Optional[str], new: str) -> int:
        """Replaces `old` by `new`, commits, and returns the number of updated rows. Semantics 7.2."""

    def insert(self, account: str, record: str) -> None:
        """Stores the first record of an account, such as that of an enrollment. Raises `Refused` (CONFLICT), and stores nothing, if
        the account has a record already. Semantics 8.9.
        """
        _poterne.insert(self, account, record)

    def apply(
        self, verifier: _poterne.Verifier, account: str, make: Callable[[_poterne.StoredCredential], _poterne.Attempt[_T]]
    ) -> _T:
        """Makes an attempt on the stored credential, stores its record and returns the answer; after a conflict again, at most three
        times. A refusal is a `Refused`, as is the last conflict. For confirmations, resynchronizations and changes of the help desk:

            confirmed = store.apply(verifier, "a.martin", lambda credential: credential.confirm(code))
            codes = store.apply(verifier, "a.martin", lambda credential: credential.recovery_codes())

        Semantics 7.7.
        """
        return _poterne.apply(self, verifier, account, make)

    def inspect(
        self, verifier: _poterne.Verifier, account: str, *, now: Union[int, float, datetime, None] = None
    ) -> _poterne.Status:
        """Returns what the help desk may see of an account. Raises an `Error` of kind STATE if it has no record. Semantics 8.8."""
        return _poterne.inspect(self, verifier, account, now)
