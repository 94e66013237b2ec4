"""English and French, side by side: a message stands where it is said, in both languages."""

from __future__ import annotations

import os
import string
from typing import Any, Mapping, Optional, Sequence

LANGUAGES = ("en", "fr")


class Say(string.Formatter):
    """Picks one of two texts. Values are put in as by `str.format`, and never become part of the pattern. Behind `#` a number brings the
    word that it counts, as one and as many; a number with decimals has a comma in French.

        say("{count:#record|records} in {time:.1f} s", "{count:#enregistrement|enregistrements} en {time:.1f} s", count=1, time=0.5)
        # 1 record in 0.5 s, 1 enregistrement en 0,5 s
    """

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, english: str, french: str, **values: object) -> str:
        text = french if self.language == "fr" else english
        return self.vformat(text, (), values) if values else text

    def format_field(self, value: Any, format_spec: str) -> str:
        is_french = self.language == "fr"
        if format_spec.startswith("#"):
            one, many = format_spec[1:].split("|")
            # In French, nothing is singular.
            return f"{value} {one if value == 1 or (is_french and value == 0) else many}"
        text = format(value, format_spec)
        return text.replace(".", ",") if is_french and isinstance(value, float) else text


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
