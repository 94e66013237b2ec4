"""A text file by lines: what an editor of another system makes of it (BOM, UTF-16, old encodings) is read, and what is no text is refused."""

from __future__ import annotations

import os
import pathlib
import re
from typing import Iterator, Tuple

from poterne.admin.employees import UnreadableList, decoded
from poterne.admin.language import Say
from poterne.admin.moving.found import MAX_BYTES, MAX_LINE_LEN, Source, UnreadableSource, line_of


def bounded(path: pathlib.Path, say: Say) -> bytes:
    """A file that no other process fills without end."""
    with open(path, "rb") as file:
        if not os.path.isfile(path):
            raise UnreadableSource(say("{path} is not a file.", "{path} n’est pas un fichier.", path=path))
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise UnreadableSource(say("The source has more than {size} MB.", "La source dépasse {size} Mo.", size=MAX_BYTES >> 20))
    return content


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
