"""What authenticator applications honor of an otpauth URI: the table that an administration can publish.

    >>> microsoft = next(app for app in APPS if app.name == "Microsoft Authenticator")
    >>> microsoft.facts["sha256"].support
    'ignored'
"""

from __future__ import annotations

from typing import Dict, NamedTuple, Optional, Tuple

from poterne import _poterne

__all__ = ["APPS", "App", "Fact", "html", "markdown"]


class Fact(NamedTuple):
    """What is known of one application and one feature."""

    support: str
    """honored; ignored: it computes other codes and says nothing; fails; refused; unknown."""
    source: Optional[str]
    """The address, or the repository, file and commit."""
    date: Optional[str]
    """The date of the source, or the day when a copy without a date was read."""


class App(NamedTuple):
    """An authenticator application."""

    name: str
    platforms: str
    free_of_charge: Fact
    facts: Dict[str, Fact]
    """By feature: sha256, sha512, seven_digits, eight_digits, sixty_seconds, hotp, long_secret."""


def markdown(language: str = "en") -> str:
    """The table in Markdown, with its sources."""
    return _poterne.apps_markdown(language)


def html(language: str = "en") -> str:
    """The table as an HTML fragment, with its sources."""
    return _poterne.apps_html(language)


APPS: Tuple[App, ...] = tuple(
    App(name, platforms, Fact(*free), {feature: Fact(*fact) for feature, fact in facts})
    for name, platforms, free, facts in _poterne.apps()
)
