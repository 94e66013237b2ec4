"""Markdown as a forge and rustdoc read it, written for the generator's parser, which wants four spaces inside a list and a blank line
before one.
"""

from __future__ import annotations

import re
from typing import Iterator, List, Tuple

FENCE = re.compile(r"^(\s*)(`{3,}|~{3,})(.*)$")
ITEM = re.compile(r"^( *)([-*+]|\d{1,9}[.)])( +)(\S.*)$")


def parts(text: str) -> Iterator[Tuple[bool, str]]:
    """The text in pieces, each with whether it is a fenced block; a block has its two fences."""
    piece: List[str] = []
    fence = ""
    for line in text.splitlines(keepends=True):
        found = FENCE.match(line)
        if not fence and found:
            if piece:
                yield False, "".join(piece)
            piece, fence = [line], found[2]
        elif fence and found and found[2].startswith(fence) and not found[3].strip():
            yield True, "".join([*piece, line])
            piece, fence = [], ""
        else:
            piece.append(line)
    if fence:
        raise ValueError(f"a fence does not end: {piece[0].strip()}")
    if piece:
        yield False, "".join(piece)


def indented(text: str) -> str:
    """Lists with their contents at multiples of four."""
    lines: List[str] = []
    # Where the content of each list begins that is open: in the source.
    contents: List[int] = []
    fence = ""
    for line in text.splitlines():
        width = len(line) - len(line.lstrip(" "))
        found = FENCE.match(line)
        if fence:
            # Inside a block only its place changes.
            lines.append(moved(line, contents))
            if found and found[2].startswith(fence) and not found[3].strip():
                fence = ""
            continue
        if not line.strip():
            lines.append("")
            continue
        item = ITEM.match(line)
        # A line with less indentation ends lists, unless it goes on with a paragraph of one.
        while contents and width < contents[-1] and (item or not lines[-1].strip() or line.startswith(("#", "<", "|", "```"))):
            contents.pop()
        if item:
            if lines and lines[-1].strip() and not contents and not ITEM.match(lines[-1]):
                lines.append("")
            if lines and lines[-1].strip() and contents and not ITEM.match(lines[-1].lstrip()) and width >= contents[-1]:
                lines.append("")
            depth = len(contents)
            marker = item[2] if item[2] in "-*+" else re.sub(r"[.)]", ".", item[2])
            lines.append(" " * (4 * depth) + f"{marker} ".ljust(4) + item[4])
            contents.append(width + len(item[2]) + len(item[3]))
            continue
        if found:
            fence = found[2]
        if line.lstrip().startswith("|") and lines and lines[-1].strip() and not lines[-1].lstrip().startswith("|"):
            lines.append("")
        lines.append(moved(line, contents))
    return "\n".join(lines) + "\n"


def moved(line: str, contents: List[int]) -> str:
    if not contents or not line.strip():
        return line
    width = len(line) - len(line.lstrip(" "))
    return " " * (4 * len(contents) + max(0, width - contents[-1])) + line.lstrip(" ")
