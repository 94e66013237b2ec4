"""The manual pages of the C library, as a page: each with its first line, and the place where the same text is read here."""

from __future__ import annotations

import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
BEGIN = """# Manual pages

`bindings/c/install` and the Debian package `libpoterne-dev` bring these pages: `man poterne_login`, `apropos poterne`. Their text is that
of the [C header](site:en/reference/c.html), where each name below leads. `man 1 poterne` is the [command](site:en/reference/command.html), in
English and in French; the Debian package `poterne` brings it, and `poterne manual FOLDER` writes it.

| page | what it is |
|---|---|
"""


def page() -> str:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, ROOT / "bindings/c/packaging/manual.py", folder], check=True)
        pages = sorted(pathlib.Path(folder).glob("*.3"))
        return BEGIN + "".join(row(file.stem, file.read_text("utf-8")) for file in pages)


def row(name: str, text: str) -> str:
    """Of the line that apropos reads."""
    summary = re.search(r"(?m)^\.SH NAME\n\S+ \\- (.*)$", text)
    if summary is None:
        raise LookupError(f"{name}.3 does not say what it is")
    anchor = "" if name == "poterne" else f"#{name}"
    said = re.sub(r"\\f[BR]", "", summary[1]).replace("\\-", "-").replace("\\e", "\\").replace("|", "\\|")
    return f"| [`{name}(3)`](site:en/reference/c.html{anchor}) | {said} |\n"
