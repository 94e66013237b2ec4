"""Reads letters back as the reader of a letter does: from the paper."""

from __future__ import annotations

import pathlib
import re
import subprocess
import tempfile
from dataclasses import dataclass
from typing import Dict, List

import poterne


@dataclass(frozen=True)
class Read:
    """A letter: the code that a telephone scans, and the text that a person reads."""

    uri: str
    text: str

    @property
    def account(self) -> str:
        return poterne.OtpauthUri.parse(self.uri).label

    @property
    def secret(self) -> poterne.Secret:
        return poterne.OtpauthUri.parse(self.uri).secret

    @property
    def typed(self) -> poterne.Secret:
        """The secret as somebody types it, group by group."""
        groups: List[str] = []
        for line in re.findall(r"(?:\b[A-Z2-7]{4}\b ?){4}", self.text):
            groups += line.split()
        return poterne.Secret.from_base32(" ".join(groups))


def read(pdf: pathlib.Path, resolution: int = 150) -> List[Read]:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["pdftoppm", "-r", str(resolution), "-gray", pdf, f"{folder}/page"], check=True)
        pages = sorted(pathlib.Path(folder).iterdir())
        assert pages, "a PDF has pages"
        codes = subprocess.run(["zbarimg", "-q", "--raw", *pages], check=True, capture_output=True, text=True).stdout.splitlines()
    assert len(codes) == len(pages), f"{len(codes)} codes on {len(pages)} pages"
    text = subprocess.run(["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True, text=True).stdout
    texts = text.split("\f")[:-1]
    return [Read(code, text) for code, text in zip(codes, texts)]


def read_all(folder: pathlib.Path) -> Dict[str, List[Read]]:
    """All letters of a folder, by their account."""
    found: Dict[str, List[Read]] = {}
    for pdf in sorted(folder.glob("letters-*.pdf")):
        for letter in read(pdf):
            found.setdefault(letter.account, []).append(letter)
    return found
