"""What `manage.py check` finds: settings under which logins fail, or the second step is none."""

from __future__ import annotations

import os
import re
import stat
from typing import Any, Iterator, List, Optional

from django.apps import apps
from django.conf import settings
from django.conf.urls.i18n import is_language_prefix_patterns_used
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.db import Error as DatabaseError
from django.db import connections
from django.shortcuts import resolve_url
from django.urls import NoReverseMatch, Resolver404, URLResolver, get_resolver, resolve, reverse
from django.urls.converters import get_converters
from django.urls.resolvers import LocalePrefixPattern, RegexPattern
from django.utils.regex_helper import normalize
from django.utils.translation import get_language_from_path

import poterne
from poterne.django.conf import Configuration, configuration, verifier

_STEP = "poterne.django.middleware.SecondStep"
_BEFORE = ("django.contrib.sessions.middleware.SessionMiddleware", "django.contrib.auth.middleware.AuthenticationMiddleware")


def _found() -> Optional[Configuration]:
    try:
        return configuration()
    except (ImproperlyConfigured, poterne.Error, TypeError, ImportError):
        return None


@register(Tags.security)
def check_settings(**_: Any) -> List[CheckMessage]:
    try:
        configuration()
    except (ImproperlyConfigured, poterne.Error, TypeError, ImportError) as error:
        return [Error(f"the setting POTERNE is wrong: {error}", hint="bindings/python/DJANGO.md has its names and values", id="poterne.E001")]
    return []


@register(Tags.security)
def check_keyring(**_: Any) -> List[CheckMessage]:
    found = _found()
    if found is None:
        return []
    try:
        mode = os.stat(found.keyring).st_mode
    except OSError as error:
        return [Error(f"the keyring cannot be read: {error.strerror}", hint="POTERNE['KEYRING'] is its path; `poterne init` makes one", id="poterne.E002")]
    if stat.S_IMODE(mode) & 0o077:
        return [Error("group or others can read the keyring", hint="chmod 600; if somebody may have read it, change the key too", id="poterne.E003")]
    try:
        verifier()
    except poterne.Error as error:
        return [Error(f"the keyring cannot be used: {error}", id="poterne.E002")]
    return []


@register(Tags.security)
def check_middleware(**_: Any) -> List[CheckMessage]:
    order = list(settings.MIDDLEWARE)
    if _STEP not in order and apps.is_installed("poterne.django.otp") and "django_otp.middleware.OTPMiddleware" in order:
        return []
    if _STEP not in order:
        return [Error(f"{_STEP} is not in MIDDLEWARE: the password alone opens everything", id="poterne.E004")]
    late = [name for name in _BEFORE if name not in order or order.index(name) > order.index(_STEP)]
    if late:
        return [Error(f"{_STEP} must stand behind {' and '.join(late)}", id="poterne.E005")]
    return []


@register(Tags.urls)
def check_urls(**_: Any) -> List[CheckMessage]:
    try:
        reverse("poterne:code")
    except NoReverseMatch:
        return [Error("the pages have no address", hint='path("second-step/", include("poterne.django.urls"))', id="poterne.E006")]
    return []


@register(Tags.urls)
def check_protected(**_: Any) -> List[CheckMessage]:
    """An expression that no path matches protects nothing, and nobody would notice."""
    found = _found()
    if found is None or found.urls is None:
        return []
    if not found.urls:
        return [Error("POTERNE['URLS'] is empty: the password alone opens everything", hint="without URLS the code opens everything", id="poterne.E008")]
    problems: List[CheckMessage] = []
    paths = list(_paths(get_resolver().url_patterns, [""]))
    for each in found.urls:
        language = _LANGUAGE.match(each.pattern)
        if _NO_SLASH.match(each.pattern):
            text = f"POTERNE['URLS'] has {each.pattern!r}: a path begins with a slash, so it protects nothing"
            problems.append(Error(text, hint=f"{'^/' + each.pattern.lstrip('^')!r}", id="poterne.E008"))
        elif language and get_language_from_path(f"/{language[1]}/") and is_language_prefix_patterns_used(settings.ROOT_URLCONF)[0]:
            text = f"POTERNE['URLS'] has {each.pattern!r}: the same pages in other languages are not protected"
            problems.append(Error(text, hint=f"{'^' + each.pattern[language.end(1) :]!r}, which is for all languages", id="poterne.E008"))
        elif not any(each.match(path) for path in paths) and not _leads_somewhere(each.pattern):
            text = f"POTERNE['URLS'] has {each.pattern!r}, and no address of the site matches it: it protects nothing"
            problems.append(Warning(text, hint="the addresses are those of ROOT_URLCONF, without FORCE_SCRIPT_NAME", id="poterne.W006"))
    return problems


_NO_SLASH = re.compile(r"(\(\?[a-zA-Z]+\))?(\^|\\A)*\w")
_LANGUAGE = re.compile(r"(?:\(\?[a-zA-Z]+\))?(?:\^|\\A)*/(\w+(?:[-@]\w+)*)/")

# A value for each converter of a route.
_VALUES = {"int": "1", "str": "x", "slug": "x", "path": "x", "uuid": "00000000-0000-4000-8000-000000000000"}


def _paths(patterns: Any, before: List[str]) -> Iterator[str]:
    """An example of each address of the site."""
    for each in patterns:
        there = [start + end for start in before for end in _examples(each.pattern)]
        if isinstance(each, URLResolver):
            yield from _paths(each.url_patterns, there)
        else:
            yield from ("/" + path for path in there)


def _examples(pattern: Any) -> List[str]:
    if isinstance(pattern, LocalePrefixPattern):
        # As the middleware matches: with the prefix and without.
        return ["", str(pattern)]
    if isinstance(pattern, RegexPattern):
        return _normalized(str(pattern))
    values = {name: next((_VALUES[kind] for kind, one in get_converters().items() if one is each and kind in _VALUES), "x") for name, each in pattern.converters.items()}
    return [re.sub(r"<(?:[^>:]*:)?([^>]*)>", lambda found: values.get(found[1], "x"), str(pattern))]


def _normalized(expression: str) -> List[str]:
    """Texts that a regular expression matches, as Django's `reverse` makes them."""
    return [text % {name: "1" for name in names} for text, names in normalize(expression)]


def _leads_somewhere(expression: str) -> bool:
    """Whether it is one page of a route with a value in it, as `^/folder/17/`."""
    for text in _normalized(expression):
        for path in (text, text + "/"):
            try:
                resolve(path)
                return True
            except Resolver404:
                pass
    return False


@register(Tags.urls)
def check_ways(**_: Any) -> List[CheckMessage]:
    """Where the pages send to that are not ours."""
    return [
        Warning(f"{name} is {getattr(settings, name)!r}, and the site has no such address: {what} leads to 404", id="poterne.W008")
        for name, what in (("LOGIN_URL", "signing in once more"), ("LOGIN_REDIRECT_URL", "a sign-in without another target"))
        if not _is_somewhere(str(getattr(settings, name)))
    ]


def _is_somewhere(address: str) -> bool:
    try:
        path = resolve_url(address)
        if path.startswith("/") and not path.startswith("//"):
            resolve(path.partition("?")[0])
    except (NoReverseMatch, Resolver404):
        return False
    return True


@register(Tags.security)
def check_sessions(**_: Any) -> List[CheckMessage]:
    if settings.SESSION_ENGINE.endswith("signed_cookies"):
        return [
            Error(
                "a session in a cookie cannot be ended: an older cookie brings back what it said",
                hint="SESSION_ENGINE = 'django.contrib.sessions.backends.db', or cached_db",
                id="poterne.E007",
            )
        ]
    return []


@register(Tags.security, deploy=True)
def check_cookies(**_: Any) -> List[CheckMessage]:
    unsafe = [name for name in ("SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "CSRF_COOKIE_SECURE") if not getattr(settings, name)]
    if settings.SESSION_COOKIE_SAMESITE not in ("Lax", "Strict"):
        unsafe.append("SESSION_COOKIE_SAMESITE")
    return [Warning(f"the session's cookie is not protected: {', '.join(unsafe)}", id="poterne.W001")] if unsafe else []


# NIST SP 800-63B (revision 3, section 4.2.3): twelve hours, whatever is done meanwhile.
_SESSION_SECONDS = 43_200


@register(Tags.security, deploy=True)
def check_age(**_: Any) -> List[CheckMessage]:
    if settings.SESSION_COOKIE_AGE <= _SESSION_SECONDS:
        return []
    days = settings.SESSION_COOKIE_AGE / 86_400
    return [Warning(f"a code is good for {days:.1f} days, SESSION_COOKIE_AGE", hint="SESSION_COOKIE_AGE = 43_200, twelve hours", id="poterne.W007")]


@register(Tags.security)
def check_transactions(**_: Any) -> List[CheckMessage]:
    found = _found()
    if found is None or not connections[found.database].settings_dict.get("ATOMIC_REQUESTS"):
        return []
    if connections[found.database].vendor != "sqlite":
        return []
    return [
        Warning(
            "ATOMIC_REQUESTS with SQLite: the pages of poterne run outside it, and calls of your own views need transaction.non_atomic_requests",
            id="poterne.W002",
        )
    ]


@register(Tags.database)
def check_database(databases: Any = None, **_: Any) -> List[CheckMessage]:
    """With `check --database default`, and before each `migrate`."""
    found = _found()
    if found is None or found.database not in (databases or ()):
        return []
    connection = connections[found.database]
    problems: List[CheckMessage] = []
    try:
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA journal_mode")
                if cursor.fetchone()[0] not in ("wal", "memory"):
                    problems.append(
                        Warning(
                            "SQLite without WAL: whoever reads keeps logins from writing",
                            hint="once: sqlite3 FILE 'PRAGMA journal_mode = WAL'; or, from Django 5.1, OPTIONS: {'init_command': 'PRAGMA journal_mode = WAL'}",
                            id="poterne.W003",
                        )
                    )
            if found.table.rpartition(".")[2] not in connection.introspection.table_names(cursor):
                problems.append(Warning(f"there is no table {found.table} yet: until it is made, every login is an error", hint="`manage.py migrate poterne` makes it", id="poterne.W004"))
    except DatabaseError:
        problems.append(Warning("the database of POTERNE does not answer", id="poterne.W005"))
    return problems
