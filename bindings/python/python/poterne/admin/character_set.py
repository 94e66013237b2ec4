"""Terminals and pipes with another character set than UTF-8: LANG=fr_FR@euro has no ’, and C has no é. A message that cannot be written is
no reason to end a command whose work is done.
"""

from __future__ import annotations

import codecs
import io
import sys
import unicodedata
from typing import Tuple

_NAME = "poterne.readable"

# The signs of the French and English texts; letters lose their accents.
_WRITTEN = {"’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "…": "...", "→": "->", "–": "-", "—": "-", "✓": "+", "✗": "x", "\u202f": " ", "\xa0": " ", "œ": "oe", "Œ": "OE", "€": "EUR"}


def allow_any() -> None:
    """What the character set of the two outputs does not have is written with what it has."""
    codecs.register_error(_NAME, _readable)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_NAME)


def _readable(error: UnicodeError) -> Tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = "".join(_WRITTEN.get(each) or _plain(each) for each in error.object[error.start : error.end])
    return text, error.end


def _plain(sign: str) -> str:
    return unicodedata.normalize("NFKD", sign).encode("ascii", "ignore").decode() or "?"
