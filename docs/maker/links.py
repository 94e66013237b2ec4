"""Links of a page to what the site has: another page, what rustdoc knows, or a page with the text of a file of the repository."""

from __future__ import annotations

import os
import posixpath
import re
from typing import Callable, Dict, Optional

from commonmark import parts
from rustdoc import plain

# Code first: its brackets are no links.
LINK = re.compile(r"(`+)(?:(?!\1).)+?\1|(!?)\[((?:`[^`]*`|\[[^\]]*\]|[^\[\]`])+)\](?:\(([^()\s]*(?:\([^()\s]*\)[^()\s]*)*)\)|\[([^\]]*)\])?", re.DOTALL)
CITED = re.compile(r"(?<![\d.,§/#>\[])\((\d{1,2}\.\d{1,2}b?(?:(?:, | to | and | et | à )\d{1,2}\.\d{1,2}b?)*)\)(?!\()")


class Links:
    """`place` gives the address of a repository's file as seen from the page, or None where there is no such file."""

    def __init__(self, source: str, place: Callable[[str], Optional[str]], resolved: Dict[str, str], rust: Callable[[str], str]) -> None:
        self.folder = posixpath.dirname(source)
        self.source, self.place, self.resolved, self.rust = source, place, resolved, rust

    def rewritten(self, text: str, rule: Callable[[str], Optional[str]]) -> str:
        return "".join(piece if is_code else self._prose(piece, rule) for is_code, piece in parts(text))

    def _prose(self, text: str, rule: Callable[[str], Optional[str]]) -> str:
        return cited(LINK.sub(self._link, text), rule)

    def _link(self, found: "re.Match[str]") -> str:
        if found[1]:
            # The guide names a manual by its file, since rustdoc has no page of it.
            manual = re.fullmatch(r"`(bindings/\w+/\w+[.]md)`", found[0])
            place = self.place(manual[1]) if manual else None
            return found[0] if place is None else f"[{found[0]}]({place})"
        image, said, target = found[2], found[3], found[4]
        if target is None:
            if re.fullmatch(r"[ x]", said) or (not self.resolved and found[5] is None):
                return found[0]
            return self._known(found[0], said)
        if re.match(r"(?:[a-z]+:|#)", target) or not target:
            return found[0]
        path, _, anchor = target.partition("#")
        whole = posixpath.normpath(posixpath.join(self.folder, path)).lstrip("/")
        place = self.place(whole)
        if place is None:
            if self.resolved:
                return self._known(found[0], said)
            raise LookupError(f"{self.source}: nothing is at {target}")
        return f"{image}[{said}]({place}{'#' + anchor if anchor else ''})"

    def _known(self, whole: str, said: str) -> str:
        target = self.resolved.get(plain(said))
        if target is None:
            raise LookupError(f"{self.source}: rustdoc knows no target of {whole}")
        return f"[{said}]({self.rust(target)})"


def cited(text: str, rule: Callable[[str], Optional[str]]) -> str:
    """Rules of the norm in parentheses, as links."""

    def link(number: "re.Match[str]") -> str:
        place = rule(number[0])
        return number[0] if place is None else f"[{number[0]}]({place})"

    def each(found: "re.Match[str]") -> str:
        return "(" + re.sub(r"\d{1,2}\.\d{1,2}b?", link, found[1]) + ")"

    pieces = re.split(r"(`+[^`]*`+|\]\([^)]*\))", text)
    return "".join(piece if number % 2 else CITED.sub(each, piece) for number, piece in enumerate(pieces))


def relative(target: str, page: str) -> str:
    """From one file of the site to another."""
    path, mark, anchor = target.partition("#")
    return os.path.relpath(path, posixpath.dirname(page) or ".") + mark + anchor
