"""The questions of docs/questions.toml, as a page: each with its answer's page, and what to type to find it."""

from __future__ import annotations

import pathlib
import tomllib
from typing import Dict, List

DOCS = pathlib.Path(__file__).resolve().parents[1]
TITLE = {"en": "Questions", "fr": "Questions"}
BEGIN = {
    "en": "What new readers ask, where the answer is, and what to type into the search box to find it.",
    "fr": "Ce que demande un nouveau lecteur, où est la réponse, et ce qu’il faut saisir dans la recherche pour la trouver.",
}
HEAD = {"en": "| question | type | answer |", "fr": "| question | saisir | réponse |"}


def all_of_them() -> List[Dict[str, str]]:
    return tomllib.loads((DOCS / "questions.toml").read_text("utf-8"))["question"]


def page(language: str) -> str:
    rows = [
        f"| {each['asks']} | {each['types']} | [{title(language, each['page'])}](site:{language}/{each['page']}.html) |"
        for each in all_of_them()
        if each["language"] == language
    ]
    return "\n".join([f"# {TITLE[language]}", "", BEGIN[language], "", HEAD[language], "|---|---|---|", *rows, ""])


def title(language: str, name: str) -> str:
    """Of the page, as it stands at its top."""
    included = tomllib.loads((DOCS / "included.toml").read_text("utf-8"))[language]
    source = DOCS.parent / included[f"{name}.md"] if f"{name}.md" in included else DOCS / language / f"{name}.md"
    return source.read_text("utf-8").partition("\n")[0].lstrip("# ")
