"""Where the brackets of the guide lead: rustdoc resolves them, and its pages say where to."""

from __future__ import annotations

import html
import pathlib
import posixpath
import re
from typing import Dict


def links(documentation: pathlib.Path, page: str) -> Dict[str, str]:
    """For the text of each link of a guide's page, as it is read: its target from the root of the documentation."""
    file = documentation / f"poterne/guide/{page}/index.html"
    text = file.read_text("utf-8")
    main = text[text.index('id="main-content"') :]
    found = {}
    for target, said in re.findall(r'<a href="([^"#][^"]*)"[^>]*>(.*?)</a>', main, re.DOTALL):
        if not re.match("[a-z]+:", target):
            path, _, anchor = html.unescape(target).partition("#")
            whole = posixpath.normpath(posixpath.join(f"poterne/guide/{page}", path))
            found.setdefault(plain(said), whole + (f"#{anchor}" if anchor else ""))
    return found


def plain(said: str) -> str:
    """Without markup, and with the quotes of a keyboard: rustdoc sets others."""
    text = html.unescape(re.sub(r"<[^>]*>", "", said)).replace("\u2019", "'").replace("\u2018", "'")
    return " ".join(text.replace("\u201c", '"').replace("\u201d", '"').replace("`", "").split())
