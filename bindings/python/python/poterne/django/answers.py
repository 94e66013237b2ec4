"""How a page is sent: never kept by a browser, and an error as an error."""

from __future__ import annotations

import logging
from typing import Any, Dict, Optional

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers
from django.utils.encoding import escape_uri_path
from django.utils.http import escape_leading_slashes

import poterne
from poterne.django.conf import language

log = logging.getLogger("poterne.django")


def page(request: HttpRequest, template: str, context: Optional[Dict[str, Any]] = None, *, status: int = 200) -> HttpResponse:
    response = _framed_by_nobody(render(request, f"poterne/{template}.html", {"poterne_base": "poterne/base.html", **(context or {})}, status=status))
    add_never_cache_headers(response)
    return response


def _framed_by_nobody(response: HttpResponse) -> HttpResponse:
    """Also on a site without XFrameOptionsMiddleware. A Content-Security-Policy is the site's: one of ours would keep its own away."""
    response.headers["X-Frame-Options"] = "DENY"
    return response


def unavailable(request: HttpRequest, error: Exception) -> HttpResponse:
    """Nobody is let in or refused. The page asks for nothing that a database has: no session, no user, no context of the site."""
    if isinstance(error, poterne.Error):
        # Its text has no secret, and no account: which call it was, and the driver's codes.
        log.error("error.%s: %s", error.kind.name.lower(), error.kind.message("en"), exc_info=_outside_of_pages(error))
        text = error.kind.message_to_user(language())
    else:
        log.error("error.store: %s", type(error).__name__)
        text = poterne.ErrorKind.STORE.message_to_user(language())
    # `//host/` would be another host's.
    again = escape_leading_slashes(request.get_full_path() if request.method in ("GET", "HEAD") else escape_uri_path(request.path))
    body = render_to_string("poterne/unavailable.html", {"poterne_base": "poterne/base.html", "text": text, "again": again, "LANGUAGE_CODE": language()})
    response = _framed_by_nobody(HttpResponse(body, status=503))
    response.headers["Retry-After"] = "10"
    # What Django would log again, it need not: the request's form has a code.
    response._has_been_logged = True  # type: ignore[attr-defined]
    add_never_cache_headers(response)
    return response


def _outside_of_pages(error: poterne.Error) -> Optional[BaseException]:
    """A mistake of the site's settings is told with its place; of a database that is stopped, its name is enough."""
    return None if error.kind is poterne.ErrorKind.STORE and error.__cause__ is not None else error
