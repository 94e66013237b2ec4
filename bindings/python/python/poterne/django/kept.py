"""What a session keeps for our pages from one request to the next.

Each value is for one user, in one standing (nobody's, behind the password, between the steps, behind the code), from one moment, and for
its time: whoever comes to hold the session otherwise finds nothing.
"""

from __future__ import annotations

import time
from typing import Any, Dict

from django.contrib import auth

from poterne.django.conf import configuration

# Who a session is of: the user between the password and the code, whose code was accepted, and who needs none.
WAITING, ACCEPTED, FREE = "_poterne_waiting", "_poterne_accepted", "_poterne_free"

# An authenticator between its QR code and its first code; the recovery codes to show; a notice for the next page; what was refused
# before a login; what the next page says was refused; the account at the help desk. Each form is answered by a redirection: going back
# sends none again.
ENROLLING, CODES, NOTICE, BEFORE, ERROR, DESK = "enrolling", "codes", "notice", "before", "error", "desk"

_KEPT = "_poterne_kept"
_OURS = "_poterne_"

# The redirection is followed at once.
_CODES_SECONDS, _SAID_SECONDS, DESK_SECONDS = 120, 300, 900

# By which the clocks of two nodes may differ.
SKEW_SECONDS = 5


class Kept:
    """The values of one session."""

    def __init__(self, session: Any) -> None:
        self._session = session

    def get(self, purpose: str) -> Any:
        """None, unless the value was made for whom the session is of now, and its time runs."""
        return self._values().get(purpose, {}).get("value")

    def put(self, purpose: str, value: Any) -> None:
        self._store({**self._values(), purpose: {"holder": holder(self._session), "at": time.time(), "value": value}})

    def take(self, purpose: str) -> Any:
        """What is said or done once. Nothing is written where nothing was."""
        value = self.get(purpose)
        if value is not None:
            self.drop(purpose)
        return value

    def drop(self, purpose: str) -> None:
        self._store({name: each for name, each in self._values().items() if name != purpose})

    def is_younger(self, purpose: str, seconds: float) -> bool:
        found = self._values().get(purpose)
        return found is not None and time.time() - found["at"] <= seconds

    def _values(self) -> Dict[str, Dict[str, Any]]:
        now, who = time.time(), holder(self._session)
        stored: Dict[str, Dict[str, Any]] = self._session.get(_KEPT) or {}
        return {
            name: each for name, each in stored.items() if each["holder"] == who and -SKEW_SECONDS <= now - each["at"] <= _seconds(name)
        }

    def _store(self, values: Dict[str, Dict[str, Any]]) -> None:
        if values:
            self._session[_KEPT] = values
        else:
            self._session.pop(_KEPT, None)


def holder(session: Any) -> str:
    """Who has the session, and by what."""
    user, waiting = session.get(auth.SESSION_KEY), session.get(WAITING)
    if user is not None and session.get(ACCEPTED) == user:
        return f"accepted {user}"
    if waiting:
        return f"waiting {waiting['user']}"
    return "nobody" if user is None else f"password {user}"


def forget(session: Any) -> None:
    """Nothing of ours is left, whatever the session was."""
    for name in [name for name in session.keys() if name.startswith(_OURS)]:
        del session[name]


def forget_begun(session: Any) -> None:
    """What was begun and not ended. Whose login it is stays."""
    for name in (WAITING, _KEPT):
        session.pop(name, None)


def forget_others(session: Any) -> None:
    """What is of another user than the one who is logged in, or of one who no longer is: a sign-in in a session that waited keeps its data."""
    user = session.get(auth.SESSION_KEY)
    if user is None:
        # A site that takes its own login out of a session leaves these: the same user's password would find the code shown already.
        for name in (ACCEPTED, FREE):
            session.pop(name, None)
        return
    waiting = session.get(WAITING)
    if (waiting and waiting["user"] != user) or any(session.get(name, user) != user for name in (ACCEPTED, FREE)):
        forget(session)


def _seconds(purpose: str) -> int:
    if purpose in (ENROLLING, NOTICE):
        return configuration().enroll_seconds
    return {CODES: _CODES_SECONDS, DESK: DESK_SECONDS}.get(purpose, _SAID_SECONDS)
