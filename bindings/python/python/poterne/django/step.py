"""What a session says: that the password was right, or that a code was accepted.

    _poterne_waiting   the password of this user was right at this time, by this backend. It opens nothing.
    _poterne_accepted  the user whose code was accepted in this session
    _poterne_free      the user who needs no code, unless a date or a group says so since
    _poterne_kept      what the pages keep for that user, see poterne.django.kept
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from importlib import import_module
from typing import Any, Dict, Optional

from django.conf import settings
from django.contrib import auth
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_variables

from poterne.django import kept
from poterne.django.conf import configuration
from poterne.django.kept import ACCEPTED, FREE, WAITING, Kept

TWIN = "_poterne_twin"

# How long the form that was sent twice finds its twin's answer, and how long it waits for it. In a session that is gone, that is the moment
# between its end and what it leaves: anybody may send its cookie, and none of them holds a worker for long.
TWIN_SECONDS, TWIN_TRIES = 10, 3
TWIN_WAITS = (0.0, 0.02, 0.08, 0.15)
TWIN_WAITS_OF_STRANGERS = (0.0, 0.05)

# Longer than the ticket's time, so that the page can say that it is over.
_GRACE = 600

_EXPIRY = "_session_expiry"


@dataclass
class Waiting:
    """Somebody between the password and the code."""

    user: str
    backend: str
    hash: str
    at: float
    next: str
    # The expiry that the login had set ("stay signed in"), for the session that comes of it.
    expiry: Any = None
    # A person who enrolls has more time.
    is_enrolling: bool = False

    @property
    def is_late(self) -> bool:
        seconds = configuration().enroll_seconds if self.is_enrolling else configuration().seconds
        return not -kept.SKEW_SECONDS <= time.time() - self.at <= seconds

    def is_of(self, user: Any, backend: str) -> bool:
        return (self.user, self.backend) == (str(user.pk), backend) and constant_time_compare(self.hash, _hash(user))

    def find(self) -> Any:
        """The user, asked for again now: None if the account is closed or gone, or the password another one since."""
        if self.backend not in settings.AUTHENTICATION_BACKENDS:
            return None
        user = auth.load_backend(self.backend).get_user(_key(self.user))
        if user is None or not constant_time_compare(_hash(user), self.hash):
            return None
        return user


def wait(request: HttpRequest, user: Any, backend: str, url: str, *, is_anew: bool = True) -> None:
    """The password was right. Until the code is, the session is nobody's, has a new identifier, and nothing of ours from before."""
    session = request.session
    before = waiting(request)
    expiry = session.get(_EXPIRY)
    if expiry == _seconds_of_wait():
        # Ours, of a wait before: the login has set none.
        expiry = None if before is None else before.expiry
    owners = {session.get(auth.SESSION_KEY), None if before is None else before.user} - {None}
    strip(request)
    if not is_anew and before is not None and before.is_of(user, backend) and not before.is_late:
        # A host that signs in with each request (REMOTE_USER): the time runs on.
        return
    if owners <= {str(user.pk)}:
        kept.forget(session)
    else:
        # Somebody else's, with what the site has put there.
        session.flush()
    store(request, begun(user, backend, url, expiry))
    session.cycle_key()
    # Ten thousand who never come back are gone with the next clearsessions.
    session.set_expiry(_seconds_of_wait())


def strip(request: HttpRequest) -> None:
    """The session is nobody's."""
    for name in (auth.SESSION_KEY, auth.BACKEND_SESSION_KEY, auth.HASH_SESSION_KEY, ACCEPTED, FREE):
        request.session.pop(name, None)


def begun(user: Any, backend: str, url: str, expiry: Any = None) -> Waiting:
    return Waiting(str(user.pk), backend, _hash(user), time.time(), url, expiry)


def store(request: HttpRequest, waiting: Waiting) -> None:
    request.session[WAITING] = asdict(waiting)


def waiting(request: HttpRequest) -> Optional[Waiting]:
    found = request.session.get(WAITING)
    return Waiting(**found) if found else None


def leave(request: HttpRequest) -> None:
    """Somebody else signs in: nothing of the first is kept."""
    request.session.flush()


@sensitive_variables("code")
def accept(request: HttpRequest, user: Any, found: Waiting, code: str, url: str, notice: Optional[Dict[str, Any]] = None) -> None:
    """A code was accepted: the session is this user's, under a new identifier. What was sent twice finds it, and goes on at `url`.
    Of what the pages kept before, nothing goes on: `notice` is what the login itself has to say.
    """
    session = request.session
    former, csrf = session.session_key, session.get("_csrftoken")
    is_logged_in = session.get(auth.SESSION_KEY) == str(user.pk)
    kept.forget(session)
    if is_logged_in:
        session.cycle_key()
    else:
        session.pop(_EXPIRY, None)
        if found.expiry is not None:
            session[_EXPIRY] = found.expiry
        auth.login(request, user, backend=found.backend)
    session[ACCEPTED] = session[auth.SESSION_KEY]
    if notice is not None:
        Kept(session).put(kept.BEFORE, notice)
    if former is not None:
        session.save()
        _leave_for_twin(former, {"session": session.session_key, "url": url, "code": _digest(former, code), "at": time.time()}, csrf)


def session_user(request: HttpRequest) -> Any:
    """Whose session this is. A middleware of the site may let the views see another user, and our pages do not go by that."""
    user = request.user
    is_theirs = user.is_authenticated and str(user.pk) == request.session.get(auth.SESSION_KEY)
    return user if is_theirs else auth.get_user(request)


def is_accepted(request: HttpRequest) -> bool:
    """Whether this session is a login with a code of this very user."""
    user = request.session.get(auth.SESSION_KEY)
    return user is not None and request.session.get(ACCEPTED) == user


def is_free(request: HttpRequest) -> bool:
    """Whether this session is a login of a user who needed no code when it began."""
    user = request.session.get(auth.SESSION_KEY)
    return user is not None and request.session.get(FREE) == user


@sensitive_variables("code")
def follow_twin(request: HttpRequest, code: str) -> Optional[str]:
    """The address at which the same form, sent once before and accepted, went on: this request goes on there, in that session.

    A double click sends the form twice, and the browser shows the second answer and drops the first, its cookie too. The two come
    with the same cookie and the same code, within seconds. It is no second login: the session is the first one's.
    """
    former = request.session.session_key or request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    if not former:
        return None
    engine = import_module(settings.SESSION_ENGINE)
    for seconds in TWIN_WAITS if WAITING in request.session else TWIN_WAITS_OF_STRANGERS:
        time.sleep(seconds)
        left = engine.SessionStore(former)
        twin: Dict[str, Any] = left.get(TWIN) or {}
        if not twin:
            continue
        if time.time() - twin["at"] > TWIN_SECONDS:
            return None
        if not constant_time_compare(twin["code"], _digest(former, code)):
            _count(left, twin)
            return None
        there = engine.SessionStore(twin["session"])
        if there.get(ACCEPTED) is None:
            return None
        # So that its cookie is set once more.
        there.modified = True
        request.session = there
        return str(twin["url"])
    return None


def _count(left: Any, twin: Dict[str, Any]) -> None:
    """The cookie of before is no place to guess the code."""
    tries = twin.get("tries", 0) + 1
    if tries >= TWIN_TRIES:
        left.delete()
        return
    left[TWIN] = {**twin, "tries": tries}
    try:
        left.save()
    except UpdateError:
        # Another has ended it.
        pass


def reloaded(request: HttpRequest) -> Any:
    """The session as it is stored now, perhaps by another request."""
    return import_module(settings.SESSION_ENGINE).SessionStore(request.session.session_key)


def _leave_for_twin(former: str, twin: Dict[str, Any], csrf: Optional[str]) -> None:
    left = import_module(settings.SESSION_ENGINE).SessionStore(former)
    left._session_cache = {TWIN: twin} if csrf is None else {TWIN: twin, "_csrftoken": csrf}
    left.set_expiry(TWIN_SECONDS)
    try:
        left.save(must_create=True)
    except CreateError:
        # Another tab has saved the former session meanwhile. The login stands; the twin is a comfort.
        pass


def target(request: HttpRequest, url: Optional[str]) -> str:
    """Where to go after the login: on this host, or the site's own page."""
    if url and url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return url
    return resolve_url(settings.LOGIN_REDIRECT_URL)


def _seconds_of_wait() -> int:
    return max(configuration().seconds, configuration().enroll_seconds) + _GRACE


def _hash(user: Any) -> str:
    """What changes with the password. A user model without it is bound by its key alone, as Django's own login."""
    return str(user.get_session_auth_hash()) if hasattr(user, "get_session_auth_hash") else ""


def _key(text: str) -> Any:
    return auth.get_user_model()._meta.pk.to_python(text)


@sensitive_variables("code")
def _digest(session_key: str, code: str) -> str:
    return salted_hmac("poterne.django.twin", f"{session_key}\0{code}", algorithm="sha256").hexdigest()
