"""include/poterne.h as a page: each function, number and structure under its own name."""

from __future__ import annotations

import pathlib
import re
from typing import List

HEADER = pathlib.Path(__file__).resolve().parents[2] / "include/poterne.h"
SECTION = re.compile(r"/\* -{20,}\n \* (.*)\n \* -{20,}\n((?: \*.*\n)*?) \*/")
COMMENT = re.compile(r"/\*\*(.*?)\*/\n", re.DOTALL)
NAME = re.compile(r"\b(?:poterne_\w+|POTERNE_\w+)\b")


def page() -> str:
    text = HEADER.read_text("utf-8")
    lines = ["# The C interface", "", "This page is `include/poterne.h`, which every installation has.", ""]
    anchors = {name for block in COMMENT.finditer(text) for name in [declared(declaration(text, block.end()))] if name}
    first = True
    position = 0
    while True:
        section, comment = SECTION.search(text, position), COMMENT.search(text, position)
        if comment is None:
            break
        if section and section.start() < comment.start():
            lines += [f"## {section[1].capitalize()}", "", linked(stars(section[2]), anchors), ""]
            position = section.end()
            continue
        position = comment.end()
        if first:
            lines += [linked(prose(stars(comment[1])), anchors), ""]
            first = False
            continue
        code = declaration(text, comment.end())
        name = declared(code)
        if name:
            lines += [f"### `{name}` {{ #{name} }}", "", linked(prose(stars(comment[1])), anchors), "", "``` c", code, "```", ""]
    return "\n".join(lines)


def declaration(text: str, begin: int) -> str:
    """What a comment stands before."""
    rest = text[begin:]
    if rest.startswith("#define"):
        return re.match(r"(?:.*\\\n)*.*", rest)[0]  # type: ignore[index]
    if rest.startswith("#"):
        return ""
    body = re.match(r"[^;{]*(?:\{.*?\n\})?[^;]*;", rest, re.DOTALL)
    return body[0].strip() if body else ""


def declared(code: str) -> str:
    if code.startswith("#define"):
        return re.match(r"#define (\w+)", code)[1]  # type: ignore[index]
    structure = re.match(r"(?:typedef )?struct (\w+)", code)
    if structure:
        return structure[1]
    pointer = re.search(r"\(\*(\w+)\)", code)
    function = re.search(r"\b(poterne_\w+)\(", code)
    return (function or pointer)[1] if function or pointer else ""  # type: ignore[index]


def stars(text: str) -> str:
    return "\n".join(re.sub(r"^ \* ?|^ ", "", line).rstrip() for line in text.strip("\n").splitlines()).strip()


def prose(text: str) -> str:
    text = re.sub(r"@file \S+\n*", "", text)
    code: List[str] = []

    def block(found: "re.Match[str]") -> str:
        code.append(f"\n``` c\n{found[1].strip(chr(10))}\n```\n")
        return f"@@{len(code) - 1}@@"

    text = re.sub(r"@code\n(.*?)@endcode", block, text, flags=re.DOTALL)
    text = re.sub(r"(?m)^@param ([\w,]+) (.*(?:\n(?!@|\n).*)*)", lambda found: f"\n- `{found[1]}`: {' '.join(found[2].split())}", text)
    text = re.sub(r"(?m)^@return (.*(?:\n(?!@|\n).*)*)", lambda found: f"\n\nReturns {' '.join(found[1].split())}", text)
    text = re.sub(r"(?m)^@since (.*)", r"\n\nSince \1.", text)
    text = re.sub(r"(?m)^@(\w+) ", r"\n\n", text)
    return re.sub(r"@@(\d+)@@", lambda found: code[int(found[1])], re.sub(r"\n{3,}", "\n\n", text))


def linked(text: str, anchors: "set[str]") -> str:
    """Names that stand on this page, in code or not."""
    pieces = re.split(r"(\n``` c\n.*?\n```\n|^    [^\n]*$)", text, flags=re.DOTALL | re.MULTILINE)
    for number in range(0, len(pieces), 2):
        pieces[number] = re.sub(r"`(poterne_\w+|POTERNE_\w+)`|(?<![`\w(\[])(poterne_\w+|POTERNE_\w+)(?![\w`(])", lambda found: one(found[1] or found[2], anchors), pieces[number])
        pieces[number] = re.sub(r"(?<![`\w])_(\w+)", r"\\_\1", pieces[number])
    return "".join(pieces)


def one(name: str, anchors: "set[str]") -> str:
    return f"[`{name}`](#{name})" if name in anchors else f"`{name}`"
