"""The tables are the library's, and the sheets print on one A4 page each."""

from __future__ import annotations

import pathlib
import re
import runpy
import shutil
import subprocess
from typing import List

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

from poterne.apps import APPS

DOCS = pathlib.Path(__file__).parents[1]

WRITE = runpy.run_path(str(DOCS / "people" / "write"))

SHEETS = [(language, name) for language in WRITE["LANGUAGES"] for name in WRITE["SHEETS"]]


def test_tables_and_sheets_are_as_they_would_be_written(tmp_path: pathlib.Path) -> None:
    WRITE["main"](["--check"])
    for language in WRITE["LANGUAGES"]:
        page = (DOCS / language / "people" / "apps.md").read_text()
        rows = [line for line in page.splitlines() if line.startswith("| ")]
        assert [re.sub(r"\*", "", row).partition("<br>")[0][2:] for row in rows[2:]] == [app.name for app in APPS]
    # The control: one word of a table, and one of a sheet, changed by hand.
    for name in ("apps.md", "apps_developers.md", "leaflet_a4.html", "recovery_sheet_a4.html"):
        copy = tmp_path / name
        for language in WRITE["LANGUAGES"]:
            shutil.copytree(DOCS / language / "people", copy / language / "people")
        WRITE["main"](["--check"], copy)
        altered = copy / "fr" / "people" / name
        text = altered.read_text()
        altered.write_text(re.sub("^.*Aegis Authenticator", "| Aegis", text, count=1, flags=re.MULTILINE) if name.endswith(".md") else text.replace("téléphone", "telephone", 1))
        with pytest.raises(SystemExit, match=name):
            WRITE["main"](["--check"], copy)


def pages(path: pathlib.Path, folder: pathlib.Path) -> List[str]:
    """The text of each page, as the browser prints it."""
    pdf = folder / "sheet.pdf"
    subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", f"--user-data-dir={folder / 'browser'}", f"--print-to-pdf={pdf}", path.as_uri()],
        check=True, capture_output=True, timeout=60,
    )
    said = subprocess.run(["pdfinfo", pdf], check=True, capture_output=True, text=True).stdout
    width, height = map(float, re.findall(r"Page size: *([\d.]+) x ([\d.]+) pts", said)[0])
    assert abs(width - 595.28) < 1 and abs(height - 841.89) < 1, said
    text = subprocess.run(["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True, text=True).stdout
    return text.split("\f")[:-1]


def test_each_sheet_is_one_page_of_a4(tmp_path: pathlib.Path) -> None:
    for language, name in SHEETS:
        # With its gaps filled in.
        empty = (DOCS / language / "people" / f"{name}_a4.html").read_text()
        filled = tmp_path / "filled.html"
        filled.write_text(re.sub(r'(<span class="field"[^>]*>)', r"\1intranet.department.example/applications", empty))
        made = pages(filled, tmp_path)
        assert "intranet.department" in made[0]
        words = WRITE["read"](f"{language}.toml")
        assert len(made) == 1, (language, name)
        assert " ".join(words[name]["title"].split()) in " ".join(made[0].split())
        # The last line is on it, and what is for the screen is not.
        assert words[name]["desk"].split("\u00a0")[0].split(":")[0].strip() in made[0]
        assert words["how"][:20] not in made[0]
    # The control: a text too long.
    long = tmp_path / "long.html"
    text = (DOCS / "fr" / "people" / "leaflet_a4.html").read_text()
    long.write_text(text.replace("</footer>", "</footer><p>" + "trop long " * 700 + "</p>"))
    assert len(pages(long, tmp_path)) > 1, "the check is blind"


def hindrances(page: Page) -> List[str]:
    """What axe-core finds, and what has to be scrolled sideways on a phone."""
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})
    page.set_viewport_size({"width": 390, "height": 800})
    wide = page.evaluate("document.documentElement.scrollWidth") > 390
    return [str(each["id"]) for each in found.response["violations"]] + ["wide"] * wide


def test_the_sheets_can_be_read_by_everybody(tmp_path: pathlib.Path) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-dev-shm-usage"])
        for language, name in SHEETS:
            page = browser.new_page()
            path = DOCS / language / "people" / f"{name}_a4.html"
            page.goto(path.as_uri())
            assert not hindrances(page), (language, name, hindrances(page))
        # The control: a gap without a name, in a line that does not break.
        bad = tmp_path / "bad.html"
        bad.write_text(re.sub(r'aria-label="[^"]*" title="[^"]*"', "", path.read_text()).replace("<main>", '<main style="width: 900px">'))
        page = browser.new_page()
        page.goto(bad.as_uri())
        assert {"aria-input-field-name", "wide"} <= set(hindrances(page)), "the check is blind"
        browser.close()


def test_the_sheets_ask_for_nothing_from_elsewhere() -> None:
    for language, name in SHEETS:
        text = (DOCS / language / "people" / f"{name}_a4.html").read_text()
        assert not re.search(r"<script|<link|\bsrc=|url\(|https?://(?!www\.w3\.org/2000/svg)", text), (language, name)
