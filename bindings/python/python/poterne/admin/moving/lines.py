"""A text file by lines: what an editor of another system makes of it (BOM, UTF-16, old encodings) is read, and what is no text is refused."""

from __future__ import annotations

import re
from typing import Iterator, Tuple

from poterne.admin.employees import UnreadableList, decoded
from poterne.admin.language import Say
from poterne.admin.moving.found import MAX_LINE_LEN, Source, UnreadableSource, line_of


def text_of(content: bytes, say: Say) -> str:
    try:
        return decoded(content, say)[0]
    except UnreadableList as error:
        raise UnreadableSource(str(error)) from None


def lines_of(content: bytes, say: Say, source: Source) -> Iterator[Tuple[int, str]]:
    """The lines that are neither blank nor a comment, each with its number. One that is too long is among the troubles."""
    for at, line in enumerate(re.split("\r\n|\n|\r", text_of(content, say)), 1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        if len(line) > MAX_LINE_LEN:
            source.refuse(line_of(say, at), "", say("the line is too long", "ligne trop longue"))
            continue
        yield at, stripped
