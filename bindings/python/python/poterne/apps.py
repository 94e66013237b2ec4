"""The features of otpauth URIs that authenticator apps honor: a table that an organization can publish.

    >>> microsoft = next(app for app in APPS if app.name == "Microsoft Authenticator")
    >>> microsoft.facts["sha256"].support
    <Support.IGNORED: 'ignored'>
"""

from __future__ import annotations

import enum
from typing import Dict, NamedTuple, Optional, Tuple

from poterne import _poterne

__all__ = ["APPS", "App", "Fact", "Support", "html", "markdown"]


class Support(enum.Enum):
    """Whether an app honors a feature. IGNORED means that it computes wrong codes and says nothing."""

    HONORED = "honored"
    IGNORED = "ignored"
    FAILS = "fails"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Fact(NamedTuple):
    """A fact about one app and one feature."""

    support: Support
    source: Optional[str]
    """The address, or the repository, file and commit."""
    date: Optional[str]
    """The date of the source, or the day when a copy without a date was read."""


class App(NamedTuple):
    """An authenticator app."""

    name: str
    platforms: str
    free_of_charge: Fact
    facts: Dict[str, Fact]
    """By feature: sha256, sha512, seven_digits, eight_digits, sixty_seconds, hotp, long_secret."""


def markdown(language: str = "en") -> str:
    """Returns the table in Markdown, with its sources."""
    return _poterne.apps_markdown(language)


def html(language: str = "en") -> str:
    """Returns the table as an HTML fragment, with its sources."""
    return _poterne.apps_html(language)


def _fact(support: str, source: Optional[str], date: Optional[str]) -> Fact:
    return Fact(Support(support), source, date)


APPS: Tuple[App, ...] = tuple(
    App(name, platforms, _fact(*free), {feature: _fact(*fact) for feature, fact in facts})
    for name, platforms, free, facts in _poterne.apps()
)
