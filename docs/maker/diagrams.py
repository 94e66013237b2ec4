"""Diagrams, written as text, drawn at the build by Mermaid in Chromium. Nothing is fetched: the page that draws has the program in it."""

from __future__ import annotations

import hashlib
import json
import pathlib
import re
from typing import Dict, List

from playwright.sync_api import sync_playwright

CHROMIUM = "/usr/bin/chromium"
SETTINGS = {
    "startOnLoad": False, "securityLevel": "strict", "theme": "neutral", "htmlLabels": False, "flowchart": {"htmlLabels": False},
    "fontFamily": "sans-serif", "deterministicIds": True,
}
BLOCK = re.compile(r"```mermaid\n(.*?)```", re.DOTALL)


def name(source: str) -> str:
    return hashlib.sha256(source.encode()).hexdigest()[:16] + ".svg"


def draw(sources: List[str], program: pathlib.Path, folder: pathlib.Path) -> None:
    """Those that are not there yet."""
    missing = [source for source in sources if not (folder / name(source)).exists()]
    folder.mkdir(parents=True, exist_ok=True)
    if not missing:
        return
    with sync_playwright() as playwright:
        # Root has no sandbox of Chromium's.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"])
        page = browser.new_page(offline=True)
        page.set_content("<!DOCTYPE html><html lang='en'><body></body></html>")
        page.add_script_tag(content=program.read_text("utf-8"))
        for source in missing:
            drawn: Dict[str, str] = page.evaluate(
                "async ([settings, source]) => { mermaid.initialize(settings); return mermaid.render('diagram', source) }",
                [json.loads(json.dumps(SETTINGS)), source],
            )
            # On its own, the image has no page that gives it a size.
            (folder / name(source)).write_text(sized(drawn["svg"]), "utf-8")
        browser.close()


def sized(svg: str) -> str:
    width, height = re.search(r'viewBox="\S+ \S+ (\S+) (\S+)"', svg).groups()  # type: ignore[union-attr]
    head, rest = svg.split(">", 1)
    head = re.sub(r' (?:width|height|style)="[^"]*"', "", head)
    return f'{head} width="{float(width):.0f}" height="{float(height):.0f}" style="background:#fff">{rest}'


def title(source: str) -> str:
    """What a screen reader says: the diagram's own description."""
    found = re.search(r"^\s*accDescr: (.*)$", source, re.MULTILINE)
    if found is None:
        raise LookupError(f"a diagram has no accDescr: {source.splitlines()[0]}")
    return found[1].strip()


def placed(text: str, folder: str) -> str:
    def image(found: "re.Match[str]") -> str:
        said = title(found[1]).replace("[", "(").replace("]", ")")
        # A link to itself: on a phone it is too small to read in the page.
        return f"[![{said}]({folder}/{name(found[1])}){{ .diagram }}]({folder}/{name(found[1])})"

    return BLOCK.sub(image, text)
