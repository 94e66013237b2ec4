"""Texts with numbers in both languages."""

from __future__ import annotations

import ast
import pathlib
import re
from typing import Iterator

import pytest

import poterne.admin
from poterne.admin.language import Say

TEXTS = ("{count:#record is|records are} sealed in {seconds:.1f} s", "{count:#enregistrement est scellé|enregistrements sont scellés} en {seconds:.1f} s")


# Unicode CLDR, plural rules of cardinals: `one` is 1 in English; 0 and 1 in French. Decimal separators: CLDR, numbers.
@pytest.mark.parametrize(
    "language, count, seconds, text",
    [
        ("en", 0, 0.0, "0 records are sealed in 0.0 s"),
        ("en", 1, 1.25, "1 record is sealed in 1.2 s"),
        ("en", 2, 9.96, "2 records are sealed in 10.0 s"),
        ("fr", 0, 0.0, "0 enregistrement est scellé en 0,0 s"),
        ("fr", 1, 1.25, "1 enregistrement est scellé en 1,2 s"),
        ("fr", 2, 9.96, "2 enregistrements sont scellés en 10,0 s"),
    ],
)
def test_a_number_agrees_with_its_word_and_its_language(language: str, count: int, seconds: float, text: str) -> None:
    assert Say(language)(*TEXTS, count=count, seconds=seconds) == text


def test_a_value_is_no_pattern() -> None:
    assert Say("fr")("{account}", "{account}", account="{count:#a|b} 1.5") == "{count:#a|b} 1.5"
    assert Say("fr")("{account}", "{account}") == "{account}"


def of(source: str) -> Iterator[str]:
    """The words behind each `#` of the texts of a source."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from re.findall(r"{\w+:#([^}]*)}", node.value)


def test_each_counted_word_is_given_as_one_and_as_many() -> None:
    folder = pathlib.Path(poterne.admin.__file__).parent
    specs = [spec for path in sorted(folder.rglob("*.py")) for spec in of(path.read_text())]
    assert len(specs) > 20
    assert [spec for spec in specs if spec.count("|") != 1 or len(set(spec.split("|"))) != 2] == []
    # The control.
    assert [spec for spec in of('say("{n:#record} and {m:#token|tokens}")') if spec.count("|") != 1] == ["record"]
