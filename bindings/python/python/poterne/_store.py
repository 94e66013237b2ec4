"""The application's table."""

from __future__ import annotations

import abc
from typing import Callable, Optional, Protocol, TypeVar

from poterne import _poterne

_T = TypeVar("_T")


class SupportsStore(Protocol):
    """What `Verifier.login` needs: any object with these two methods, for a table with one row an account."""

    def load(self, account: str) -> Optional[str]:
        """The stored record; None if there is no row. Read it where it is written, never from a replica."""

    def swap(self, account: str, old: Optional[str], new: str) -> int:
        """Replaces `old` by `new`, or inserts `new` if `old` is None, and COMMITS, in a transaction of its own. A record that is there
        is never replaced by an insert: that is 0 rows, no exception.

        Returns the number of updated rows. A serialization failure, a deadlock, a lock that others kept, a commit that
        failed or whose answer was lost are 0. For everything else, raise: the store is unavailable, nobody logs in. What comes out
        is an `Error` with the class, the codes and the place of what was raised, without its text: that may show a record.
        """


class Store(abc.ABC):
    """A base class for stores: `load` and `swap` as in `SupportsStore`, and the loops around every call."""

    @abc.abstractmethod
    def load(self, account: str) -> Optional[str]:
        """The stored record; None if there is no row."""

    @abc.abstractmethod
    def swap(self, account: str, old: Optional[str], new: str) -> int:
        """Replaces `old` by `new`, commits, and returns the number of updated rows."""

    def attempt(self, account: str, make: Callable[[str], _poterne.Attempt]) -> _poterne.Outcome:
        """Makes an attempt on the stored record, stores what it gives, and says what it came to; after a conflict again, at
        most three times:

            outcome = store.attempt("a.martin", lambda record: verifier.confirm(record, "a.martin", code))
        """
        return _poterne.attempt(self, account, make)

    def change(self, account: str, make: Callable[[str], _poterne.Change[_T]]) -> _T:
        """Makes a change on the stored record and stores it; after a conflict again, at most three times, then raises
        `Conflict`:

            codes = store.change("a.martin", lambda record: verifier.recovery_codes(record, "a.martin"))
        """
        return _poterne.change(self, account, make)
