"""A page of the built site, as the tests look at it."""

from __future__ import annotations

import html.parser
import pathlib
import posixpath
import re
import urllib.parse
from typing import List, Optional, Set, Tuple

CODE = {"code", "pre", "kbd", "samp", "script", "style", "svg"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
# What a browser fetches by itself.
FETCHED = {
    "script": ["src"], "img": ["src", "srcset"], "iframe": ["src"], "source": ["src", "srcset"], "object": ["data"], "embed": ["src"],
    "video": ["src", "poster"], "audio": ["src"], "link": ["href"], "input": ["src"], "form": ["action"],
}


class Page(html.parser.HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.ids: Set[str] = set()
        self.links: List[str] = []
        self.fetched: List[str] = []
        # Of the article alone, without code, and each word's language.
        self.text: List[Tuple[str, str]] = []
        self._open: List[Tuple[str, bool, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: List[Tuple[str, Optional[str]]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.ids |= {values[name] for name in ("id", "name") if name in values}
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        if not (tag == "link" and values.get("rel") in ("canonical", "alternate", "prev", "next")):
            self.fetched += [values[name] for name in FETCHED.get(tag, []) if name in values]
        if "style" in values:
            self.fetched += re.findall(r"url\(([^)]*)\)", values["style"])
        if tag not in VOID:
            inside = self._open[-1][1] if self._open else False
            language = values.get("lang") or (self._open[-1][2] if self._open else "")
            is_hidden = tag in CODE or values.get("class", "") in ("headerlink", "tabbed-labels", "from")
            self._open.append((tag, (inside or tag == "article") and not is_hidden, language))

    def handle_endtag(self, tag: str) -> None:
        for number in range(len(self._open) - 1, -1, -1):
            if self._open[number][0] == tag:
                del self._open[number:]
                return

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1][1]:
            self.text.append((self._open[-1][2], data))


def dead_links(site: pathlib.Path, files: List[pathlib.Path]) -> List[str]:
    """Links of these pages that lead to no file of the site, or to no place in it."""
    known: dict[pathlib.Path, Set[str]] = {}
    dead = []
    for file in files:
        page = Page(file.read_text("utf-8"))
        for link in page.links + page.fetched:
            path, _, anchor = link.partition("#")
            if re.match(r"(?:[a-z]+:|//)", link):
                continue
            target = file if not path else pathlib.Path(posixpath.normpath(file.parent / urllib.parse.unquote(path.split("?")[0])))
            if target.is_dir():
                target /= "index.html"
            if not target.is_relative_to(site) or not target.is_file():
                dead.append(f"{file.relative_to(site)}: {link}")
            elif anchor and target.suffix == ".html":
                if target not in known:
                    known[target] = Page(target.read_text("utf-8", errors="replace")).ids
                if urllib.parse.unquote(anchor) not in known[target]:
                    dead.append(f"{file.relative_to(site)}: {link}")
    return dead


def outside(site: pathlib.Path, files: List[pathlib.Path]) -> List[str]:
    """What a page or a style sheet fetches from elsewhere."""
    found = []
    for file in files:
        text = file.read_text("utf-8")
        fetched = re.findall(r"(?:url\(|@import )[\"']?([^)\"';]*)", text) if file.suffix == ".css" else Page(text).fetched
        found += [f"{file.relative_to(site)}: {address}" for address in fetched if re.match(r"\s*(?:https?:|//|ftp:)", address)]
    return found


def brackets(page: Page) -> List[str]:
    """Markdown that nobody has read."""
    text = "".join(piece for _, piece in page.text)
    # Numbers of sources stay.
    return re.findall(r"\[(?![\d, ]+\])[^\]\n]{1,60}\](?:\([^)\n]*\))?|\]\(|^\s*(?:=== \"|```).*", text, re.MULTILINE)
