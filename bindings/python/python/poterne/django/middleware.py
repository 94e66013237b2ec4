"""The second step behind every first one: by Django's own view, the admin's, an identity provider's, or a call of `login`."""

from __future__ import annotations

from typing import Any, Callable, Dict, Optional, Tuple

from django.contrib import auth
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, resolve, reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import get_language_from_path

import poterne
from poterne.django import kept, step
from poterne.django.answers import unavailable
from poterne.django.conf import configuration
from poterne.django.person import Person

NAMESPACE = "poterne"

# The user of the session that was looked at before the view.
_SEEN = "_poterne_seen"


class SecondStep:
    """Behind `AuthenticationMiddleware`.

    A session that says who somebody is and not that their code was accepted is taken back before it is saved, and its owner is sent
    to the code page. With URLS the password opens the other pages, and the code these.
    """

    sync_capable, async_capable = True, False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            answer = self._before(request)
        except (poterne.Error, DatabaseError) as error:
            # Whether the second step is done cannot be told.
            return unavailable(request, error)
        if answer is not None:
            return answer
        former = request.session.session_key
        response = self.get_response(request)
        try:
            if request.method == "POST" and request.session.session_key != former and not _is_ours(request):
                # A sign-in: also of the same user once more, who begins once more. A middleware that signs in with each request does not.
                kept.forget_begun(request.session)
            return self._after(request, response)
        except (poterne.Error, DatabaseError) as error:
            self._forget(request)
            return unavailable(request, error)

    def process_view(self, request: HttpRequest, view: Any, arguments: Tuple[Any, ...], values: Dict[str, Any]) -> Optional[HttpResponse]:
        """Last before the view: a middleware behind this one may have signed somebody in, and the view must not run as them."""
        if request.session.get(auth.SESSION_KEY) == getattr(request, _SEEN, None):
            return None
        try:
            return self._before(request)
        except (poterne.Error, DatabaseError) as error:
            return unavailable(request, error)

    def process_exception(self, request: HttpRequest, exception: Exception) -> Optional[HttpResponse]:
        """An error is no verdict. Those of the site's own views are the site's."""
        match = request.resolver_match
        if isinstance(exception, (poterne.Error, DatabaseError)) and match is not None and NAMESPACE in match.namespaces:
            return unavailable(request, exception)
        if isinstance(exception, poterne.Error):
            return unavailable(request, exception)
        return None

    def _before(self, request: HttpRequest) -> Optional[HttpResponse]:
        _check_order(request)
        kept.forget_others(request.session)
        setattr(request, _SEEN, request.session.get(auth.SESSION_KEY))
        # The path first: whether somebody has an app is asked of the database, and only for the pages that want to know.
        if (_is_open(request) and not _is_ours(request)) or not self._is_wanting(request):
            return None
        if configuration().urls is not None:
            return None if _is_ours(request) else self._ask(request, request.get_full_path())
        self._take_back(request, request.get_full_path() if request.method == "GET" else None)
        is_open = _is_ours(request) or any(each.match(request.path_info) for each in configuration().exempt)
        return None if is_open else _to_code_page()

    def _after(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """What a view, or a middleware behind this one, has logged in since."""
        kept.forget_others(request.session)
        is_by_path = configuration().urls is not None
        if (is_by_path and (_is_ours(request) or _is_open(request))) or not self._is_wanting(request):
            return response
        if is_by_path:
            # The page has signed somebody in and answers them at once.
            return self._ask(request, response.headers.get("Location"))
        self._take_back(request, response.headers.get("Location"))
        return response if _is_ours(request) else _to_code_page()

    def _is_wanting(self, request: HttpRequest) -> bool:
        """Whether this session is somebody's who must have a code, and had none."""
        session = request.session
        if auth.SESSION_KEY not in session or step.is_accepted(request):
            return False
        user = step.session_user(request)
        if not user.is_authenticated:
            return False
        if configuration().who(user):
            return True
        if step.is_free(request):
            return False
        # Whoever has an authenticator already is asked for its codes.
        if Person(user).has_record():
            return True
        kept.forget(session)
        session[kept.FREE] = session[auth.SESSION_KEY]
        return False

    def _ask(self, request: HttpRequest, url: Optional[str]) -> HttpResponse:
        """The password goes on opening the other pages."""
        step.store(request, step.begun(step.session_user(request), request.session[auth.BACKEND_SESSION_KEY], step.target(request, url)))
        return _to_code_page()

    def _take_back(self, request: Any, url: Optional[str]) -> None:
        step.wait(request, step.session_user(request), request.session[auth.BACKEND_SESSION_KEY], step.target(request, url), is_anew=False)
        request.user = AnonymousUser()
        # Another middleware may have asked for the user asynchronously, which Django remembers by itself.
        request.auser = _nobody
        setattr(request, _SEEN, None)

    def _forget(self, request: HttpRequest) -> None:
        """Nobody is logged in by an answer that could not be given."""
        try:
            request.session.flush()
        except DatabaseError:
            request.session.modified = False


def _to_code_page() -> HttpResponse:
    response = HttpResponseRedirect(reverse("poterne:code"))
    add_never_cache_headers(response)
    return response


async def _nobody() -> AnonymousUser:
    return AnonymousUser()


def _is_open(request: HttpRequest) -> bool:
    """Whether the password opens this path. The expressions are for every language that `i18n_patterns` puts before it."""
    wanted = configuration().urls
    path = request.path_info
    paths = [path, "/" + path[1:].partition("/")[2]] if get_language_from_path(path) else [path]
    return wanted is not None and not any(each.match(one) for each in wanted for one in paths)


def _is_ours(request: HttpRequest) -> bool:
    try:
        return NAMESPACE in resolve(request.path_info).namespaces
    except Resolver404:
        return False


def _check_order(request: Any) -> None:
    if not hasattr(request, "session") or not hasattr(request, "user"):
        raise ImproperlyConfigured("poterne.django.middleware.SecondStep stands behind SessionMiddleware and AuthenticationMiddleware")
