"""The setting POTERNE, and what is made of it: once a process, when it is first asked for."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Callable, Dict, FrozenSet, Mapping, Optional, Pattern, Tuple, Union

import re

from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import get_language

import poterne

# A person who has just learned that an app is needed installs one first.
ENROLL_SECONDS = 900


@dataclass(frozen=True)
class Configuration:
    """What the setting says, checked. `DJANGO.md` has the names."""

    application: str
    keyring: str
    issuer: str
    policy: poterne.Policy
    database: str
    table: str
    account_column: str
    record_column: str
    account: Callable[[Any], str]
    # The field by which the help desk finds a user, if the account is one.
    account_field: Optional[str]
    label: Callable[[Any], str]
    who: Callable[[Any], bool]
    urls: Optional[Tuple[Pattern[str], ...]]
    exempt: Tuple[Pattern[str], ...]
    may_enroll: bool
    enroll_seconds: int
    connections: int

    @property
    def seconds(self) -> int:
        """The time between the password and the code."""
        return self.policy.ticket_seconds


NAMES: FrozenSet[str] = frozenset(
    {"SETTINGS", "APPLICATION", "KEYRING", "ISSUER", "POLICY", "DATABASE", "TABLE", "ACCOUNT_COLUMN", "RECORD_COLUMN", "ACCOUNT", "LABEL"}
    | {"WHO", "URLS", "EXEMPT", "NO_RECORD", "ENROLL_SECONDS", "CONNECTIONS"}
)


@functools.lru_cache(maxsize=None)
def configuration() -> Configuration:
    given: Mapping[str, Any] = getattr(django_settings, "POTERNE", {})
    unknown = sorted(set(given) - NAMES)
    if unknown:
        raise ImproperlyConfigured(f"POTERNE has no {', '.join(unknown)}: it has {', '.join(sorted(NAMES))}")
    values: Dict[str, Any] = {**_of_file(given.get("SETTINGS")), **given}
    for name in ("APPLICATION", "KEYRING", "ISSUER"):
        if not values.get(name):
            raise ImproperlyConfigured(f"POTERNE needs {name}, or SETTINGS, the file of the command poterne")
    policy = values.get("POLICY", {})
    no_record = values.get("NO_RECORD", "refuse")
    if no_record not in ("refuse", "enroll"):
        raise ImproperlyConfigured("POTERNE['NO_RECORD'] is refuse or enroll")
    account = _attribute(values.get("ACCOUNT"), "ACCOUNT")
    urls = values.get("URLS")
    return Configuration(
        application=values["APPLICATION"],
        keyring=str(values["KEYRING"]),
        issuer=values["ISSUER"],
        policy=policy if isinstance(policy, poterne.Policy) else poterne.Policy(**policy),
        database=values.get("DATABASE", "default"),
        table=values.get("TABLE", "poterne"),
        account_column=values.get("ACCOUNT_COLUMN", "account"),
        record_column=values.get("RECORD_COLUMN", "record"),
        account=account,
        account_field=_field(values.get("ACCOUNT")),
        label=_attribute(values["LABEL"], "LABEL") if "LABEL" in values else account,
        who=_who(values.get("WHO", "everybody")),
        urls=None if urls is None else _patterns(urls),
        exempt=_patterns(values.get("EXEMPT", ())),
        may_enroll=no_record == "enroll",
        enroll_seconds=int(values.get("ENROLL_SECONDS", ENROLL_SECONDS)),
        connections=int(values.get("CONNECTIONS", 4)),
    )


@functools.lru_cache(maxsize=None)
def verifier() -> poterne.Verifier:
    found = configuration()
    return poterne.Verifier(poterne.Keyring.open(found.keyring), found.application, policy=found.policy)


def forget(*, setting: str, **_: Any) -> None:
    """For tests that change the settings."""
    if setting in ("POTERNE", "DATABASES"):
        from poterne.django import table

        configuration.cache_clear()
        verifier.cache_clear()
        table.close()


def language() -> str:
    """The language of this request, of the two that the library speaks."""
    return "fr" if (get_language() or "").startswith("fr") else "en"


def _of_file(path: Optional[str]) -> Dict[str, Any]:
    """The settings file that the command `poterne` writes. The database is Django's own."""
    if path is None:
        return {}
    settings = poterne.Settings.open(path)
    return {
        "APPLICATION": settings.application,
        "KEYRING": settings.keyring_path(),
        "ISSUER": settings.issuer or settings.application,
        "POLICY": settings.policy,
        "TABLE": settings.table,
        "ACCOUNT_COLUMN": settings.account_column,
        "RECORD_COLUMN": settings.record_column,
    }


def _attribute(given: Union[None, str, Callable[[Any], str]], name: str) -> Callable[[Any], str]:
    """What a user is called: by an attribute, a function, or where one is."""
    if given is None:
        return lambda user: str(user.get_username())
    if callable(given):
        return given
    if "." in given:
        function: Callable[[Any], str] = import_string(given)
        return function
    if given in ("email", "email_address"):
        # Whoever may change it would have somebody else's record, or none.
        raise ImproperlyConfigured(f"POTERNE['{name}'] is not an e-mail address: name an attribute that never changes")
    attribute: str = given
    return lambda user: str(getattr(user, attribute))


def _field(given: Any) -> Optional[str]:
    return given if isinstance(given, str) and "." not in given else None


def _who(given: Any) -> Callable[[Any], bool]:
    """Who must have a code."""
    if given == "everybody":
        return lambda user: True
    if isinstance(given, (date, datetime)):
        return lambda user: _has_begun(given)
    if isinstance(given, Mapping):
        groups = dict(given)
        return lambda user: any(_has_begun(groups[name]) for name in user.groups.values_list("name", flat=True) if name in groups)
    if isinstance(given, str):
        given = import_string(given)
    if not callable(given):
        raise ImproperlyConfigured("POTERNE['WHO'] is everybody, a date, a dictionary of groups and their dates, or a function of the user")
    function: Callable[[Any], bool] = given
    return function


def _has_begun(day: Union[None, date, datetime]) -> bool:
    if day is None:
        return True
    now = timezone.now()
    if isinstance(day, datetime):
        return now >= (timezone.make_aware(day) if timezone.is_naive(day) else day)
    return timezone.localdate(now if timezone.is_aware(now) else timezone.make_aware(now)) >= day


def _patterns(given: Any) -> Tuple[Pattern[str], ...]:
    """Regular expressions for the beginning of a path."""
    if isinstance(given, str):
        # Its letters would be expressions.
        raise ImproperlyConfigured("POTERNE['URLS'] and POTERNE['EXEMPT'] are lists of expressions")
    return tuple(re.compile(each) for each in given)
