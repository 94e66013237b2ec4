"""French as a French printer sets it: a space that does not break before high punctuation and inside quotation marks, and an apostrophe
that is one.
"""

from __future__ import annotations

import pathlib
import re
import sys
from typing import List

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "docs/maker")]

from commonmark import parts

# The Imprimerie nationale's Lexique: a whole space before a colon and inside quotation marks, a thin one before the others.
WHOLE, THIN = "\u00a0", "\u202f"
# Code, addresses, tags and the lines below titles of tables.
OTHER = re.compile(r"`+[^`]*`+|\]\([^)]*\)|<[/!a-zA-Z][^>]*>|^\s*\|[-| :]+\|\s*$|\b\w+://\S+", re.MULTILINE)
WRONG = re.compile(
    rf"[^\S{WHOLE}]:(?=\s|\*|$)|[^\S{THIN}][;!?](?=\W|$)|[^\W_][;!?](?=\s|$)|«(?!{WHOLE})|(?<!{WHOLE})»|(?<=[^\W\d_])'(?=[^\W\d_])",
    re.MULTILINE,
)


def misset(text: str) -> List[str]:
    """Each place of a page, with what is around it."""
    prose = "".join("" if is_code else OTHER.sub("x", piece) for is_code, piece in parts(text))
    return [prose[max(0, found.start() - 20) : found.end() + 10].replace("\n", " ") for found in WRONG.finditer(prose)]
