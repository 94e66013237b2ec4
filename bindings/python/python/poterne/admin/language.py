"""English and French, side by side: a message stands where it is said, in both languages."""

from __future__ import annotations

import os
from typing import Mapping, Optional, Sequence

LANGUAGES = ("en", "fr")


class Say:
    """Picks one of two texts. Values are put in with `str.format`, and never become part of the pattern.

        say("{count} records", "{count} enregistrements", count=3)
    """

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, english: str, french: str, **values: object) -> str:
        text = french if self.language == "fr" else english
        return text.format(**values) if values else text


def choose(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """The language of a call: `--lang`, else the locale. It is needed before the arguments are parsed, for `--help`."""
    for index, argument in enumerate(arguments):
        given: Optional[str] = None
        if argument == "--lang" and index + 1 < len(arguments):
            given = arguments[index + 1]
        elif argument.startswith("--lang="):
            given = argument[len("--lang=") :]
        if given in LANGUAGES:
            return given
    # The order of POSIX: the first that is set decides.
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = environment.get(name, "")
        if value:
            return "fr" if value.lower().startswith("fr") else "en"
    return "en"


def of_process(arguments: Sequence[str]) -> str:
    return choose(arguments, os.environ)
