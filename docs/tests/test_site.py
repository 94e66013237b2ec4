"""The built site: links, samples, spelling, accessibility, and that reading it asks nobody else."""

from __future__ import annotations

import functools
import http.server
import pathlib
import re
import subprocess
import sys
import threading
import tomllib
from typing import Any, Dict, Iterator, List

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page as Tab, sync_playwright

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "docs/tests"), str(ROOT / "docs/maker")]

import questions
import samples
from commonmark import parts
from french import misset
from page import Page, brackets, dead_links, outside

SITE = ROOT / "target/docs/site"
SCREENS = ROOT / "target/docs/screens"
PAGES = sorted([*SITE.glob("en/**/*.html"), *SITE.glob("fr/**/*.html"), SITE / "index.html"])
OWN = [page for page in PAGES if "source" not in page.relative_to(SITE).parts]
# Of every kind one.
KINDS = [
    "index.html", "fr/index.html", "en/tasks/login.html", "fr/tasks/failover.html", "en/guide/integration.html",
    "fr/guide/help_desk.html", "en/reference/norm.html", "en/reference/command.html", "en/source/docs/examples/enroll.sh.html",
    "en/languages/python.html", "fr/people/apps.html", "fr/people/print/leaflet_a4.html", "en/decide/comparison.html",
]
# Blocks of these languages are programs: they are taken from files that are run. Statements of SQL stand in all guides.
PROGRAMS = {*samples.LANGUAGES.values(), *samples.SAID, "cobol", "csharp", "pascal", "bash", "console", "sh"} - {"ini", "sql", "toml"}


def planted(folder: pathlib.Path, name: str, body: str) -> pathlib.Path:
    file = folder / name
    file.write_text(f'<html lang="en"><body><article>{body}</article></body></html>', "utf-8")
    return file


def test_no_link_is_dead(tmp_path: pathlib.Path) -> None:
    assert len(PAGES) > 100
    assert dead_links(SITE, PAGES) == []
    # The controls: no file, no place in a file; and what is there.
    planted(tmp_path, "there.html", '<h1 id="here">-</h1>')
    bad = planted(tmp_path, "bad.html", '<a href="gone.html">-</a><a href="there.html#gone">-</a><a href="there.html#here">-</a><img src="no.svg">')
    assert dead_links(tmp_path, [bad]) == ["bad.html: gone.html", "bad.html: there.html#gone", "bad.html: no.svg"]


def test_every_rule_of_the_norm_has_its_place() -> None:
    norm = (ROOT / "src/guide/semantics.md").read_text("utf-8")
    rules = set(re.findall(r'<a id="([^"]+)">', norm))
    assert len(rules) > 80 and rules <= Page((SITE / "en/reference/norm.html").read_text("utf-8")).ids


def test_no_markdown_is_left(tmp_path: pathlib.Path) -> None:
    found = {str(file.relative_to(SITE)): left for file in OWN if (left := brackets(Page(file.read_text("utf-8"))))}
    assert found == {}
    bad = planted(tmp_path, "bad.html", "See [Verifier::login] and [a page](gone).")
    assert len(brackets(Page(bad.read_text("utf-8")))) == 2


def untested(text: str) -> List[str]:
    """Blocks of programs that no test has run, and samples of files that no test is known to run."""
    found = []
    for is_code, piece in parts(text):
        first, _, body = piece.partition("\n")
        info = first.strip().lstrip("`~").strip()
        if not is_code:
            continue
        if info == "sample":
            path = body.strip().splitlines()[0].strip()
            try:
                samples.run_by(path)
            except LookupError as error:
                found.append(str(error))
        elif samples.language_of(info) in PROGRAMS or info in PROGRAMS:
            found.append(f"a block of {info}: {body.strip().splitlines()[0]}")
    return found


def test_every_sample_is_of_a_tested_file() -> None:
    written = sorted(ROOT.glob("docs/*/**/*.md"))
    written = [file for file in written if file.relative_to(ROOT).parts[1] in ("en", "fr")]
    assert len(written) > 6
    assert {str(file.relative_to(ROOT)): found for file in written if (found := untested(file.read_text("utf-8")))} == {}
    # The controls.
    assert untested("```python\nprint()\n```\n") and untested("```sample\nRELEASING.md\n```\n")


def test_the_tests_of_the_samples_are_there() -> None:
    """Each test that is named speaks of the files, and its part is one of tests/run."""
    run = (ROOT / "tests/run").read_text("utf-8")

    def unnamed(sample: Dict[str, str]) -> bool:
        test = (ROOT / sample["test"]).read_text("utf-8")
        word = sample["files"].rstrip("*").rstrip("/").rpartition("/")[2]
        word = {"*.md": "guide/", "*.rs": "login", "moving_out.rs": "mod moving_out"}.get(word, word)
        return word not in test or f"\n{sample['part']}() {{" not in run

    assert [sample["files"] for sample in samples.tested() if unnamed(sample)] == []
    assert unnamed({"files": "bindings/ada/*", "part": "languages", "test": "bindings/cpp/test"})
    assert unnamed({"files": "bindings/cpp/*", "part": "nowhere", "test": "bindings/cpp/test"})


def words(language: str) -> Dict[str, str]:
    """What is not in the dictionary and not in docs/words: each word, and a page that has it."""
    # Where an address may break, it is one word all the same.
    texts = {
        str(file.relative_to(SITE)): Page(file.read_text("utf-8").replace("<wbr>", "")) for file in OWN if file.relative_to(SITE).parts[0] == language
    }
    found: Dict[str, str] = {}
    for name, page in texts.items():
        if "changelog" not in name:
            for word in misspelled(" ".join(text for tag, text in page.text if tag.startswith(language)), language):
                found.setdefault(word, name)
    return found


def misspelled(text: str, language: str) -> List[str]:
    # Names with a dot, an underscore, a digit or a capital inside are of a program.
    text = re.sub(r"\S*(?:[\w][._/:@#\\=][\w]|\w\d|\d\w|[a-z][A-Z])\S*", " ", text.replace("’", "'"))
    known = set((ROOT / f"docs/words/{language}.txt").read_text("utf-8").split())
    command = ["aspell", "list", f"--lang={'en_US' if language == 'en' else 'fr'}", "--encoding=utf-8", "--ignore=2", "--ignore-case"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
    # A genitive is spelled as its name is.
    return sorted({word for word in done.stdout.split() if not {word, word.lower(), word.lower().removesuffix("'s")} & known})


@pytest.mark.parametrize("language", ["en", "fr"])
def test_spelling(language: str) -> None:
    assert words(language) == {}
    # The control.
    assert misspelled("recieve" if language == "en" else "authentication développpement", language) != []
    assert misspelled("the otp's length, a recieve's", "en") == ["recieve's"]


def test_french_is_set_as_french() -> None:
    included = tomllib.loads((ROOT / "docs/included.toml").read_text("utf-8"))["fr"].values()
    files = [*sorted(ROOT.glob("docs/fr/**/*.md")), *(ROOT / name for name in sorted(set(included))), ROOT / "docs/people/fr.toml"]
    assert len(files) > 40
    assert {str(file.relative_to(ROOT)): found for file in files if (found := misset(file.read_text("utf-8")))} == {}
    # The controls: each fault alone; and what is right, with code that looks wrong.
    for wrong in ("Vraiment ?", "« oui »", "Ceci : cela", "l'un", "ici\u00a0; là", "ici\u202f: là", "Fini!"):
        assert misset(wrong), wrong
    assert misset("`a ?` «\u00a0x\u00a0»\u00a0: l’un\u202f; deux\u202f? [z](a!b)\n```sh\necho 'l'un ?'\n```\n") == []


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="session")
def base() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(SITE))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # Root has no sandbox of Chromium's.
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


def listening(browser: Browser, base: str, width: int = 1280) -> "tuple[Tab, List[str]]":
    """A tab that reaches the site alone, and what it asked of others."""
    asked: List[str] = []
    tab = browser.new_page(viewport={"width": width, "height": 900})

    def decide(route: Any) -> None:
        if route.request.url.startswith(base):
            route.continue_()
        else:
            asked.append(route.request.url)
            route.abort()

    tab.route("**/*", decide)
    return tab, asked


def test_reading_asks_nobody_else(browser: Browser, base: str, tmp_path: pathlib.Path) -> None:
    everything = [*PAGES, *SITE.glob("en/**/*.css"), *SITE.glob("fr/**/*.css")]
    assert outside(SITE, everything) == []
    for name in [*KINDS, "python/poterne.html", "rust/poterne/index.html", "java/index.html"]:
        tab, asked = listening(browser, base)
        tab.goto(f"{base}/{name}")
        tab.wait_for_load_state("networkidle")
        assert asked == [], name
        tab.close()
    # The controls.
    bad = planted(tmp_path, "bad.html", '<script src="https://example.invalid/a.js"></script>')
    assert outside(tmp_path, [bad]) == ["bad.html: https://example.invalid/a.js"]
    tab, asked = listening(browser, base)
    tab.set_content('<img src="https://example.invalid/a.png">')
    tab.wait_for_load_state("networkidle")
    assert asked == ["https://example.invalid/a.png"]


# From a page, by the switch of its header, to a page of the other language.
SWITCHES = [
    ("en/tasks/lost_phone.html", "fr", "fr/tasks/lost_phone.html"),
    ("fr/guide/help_desk.html", "en", "en/guide/help_desk.html"),
    ("en/index.html", "fr", "fr/index.html"),
    # English only: the home page, and the switch says so.
    ("en/reference/changelog.html", "fr", "fr/index.html"),
    ("fr/reference/security.html", "en", "en/reference/security.html"),
]


@pytest.mark.parametrize("name, other, target", SWITCHES)
def test_the_switch_of_languages_stays_on_the_page(browser: Browser, base: str, name: str, other: str, target: str) -> None:
    tab, _ = listening(browser, base)
    tab.goto(f"{base}/{name}")
    tab.wait_for_load_state("networkidle")
    tab.locator(".md-select > button").first.hover()
    switch = tab.locator(f".md-select__link[hreflang={other}]")
    assert ("Accueil" in switch.inner_text()) == (name[3:] != target[3:])
    switch.click()
    tab.wait_for_url(f"{base}/{target}")
    tab.close()


def test_every_page_that_is_in_both_languages_leads_to_the_other() -> None:
    both = {page.relative_to(SITE / "en") for page in OWN if page.is_relative_to(SITE / "en")}
    both &= {page.relative_to(SITE / "fr") for page in OWN if page.is_relative_to(SITE / "fr")}
    both = {name for name in both if "print" not in name.parts}
    assert len(both) > 30
    for language, other in (("en", "fr"), ("fr", "en")):
        for name in sorted(both):
            page = SITE / language / name
            assert (SITE / other / name).resolve() in {(page.parent / link).resolve() for link in Page(page.read_text("utf-8")).links}, page


def faults(tab: Tab) -> List[str]:
    results = Axe().run(tab).response
    return [f"{one['id']}: {[node['target'] for node in one['nodes']][:3]}" for one in results["violations"] if one["id"] not in LEFT]


@pytest.mark.parametrize("name", KINDS)
def test_accessibility(browser: Browser, base: str, name: str) -> None:
    """Of every kind of page, at two widths, in light and dark; with screenshots to look at."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    for width, scheme in ((1280, "light"), (1280, "dark"), (390, "light")):
        tab, _ = listening(browser, base, width)
        tab.emulate_media(color_scheme=scheme)
        tab.goto(f"{base}/{name}")
        tab.wait_for_load_state("networkidle")
        assert faults(tab) == [], f"{name}, {width}, {scheme}"
        # Nothing runs over the edge, but of a sheet of paper.
        assert "/print/" in name or tab.evaluate("document.documentElement.scrollWidth") <= width
        if scheme == "light":
            tab.screenshot(path=SCREENS / f"{name.replace('/', '_')}_{width}.png")
        tab.close()


def cut(tab: Tab) -> List[str]:
    """Tables of which a part has to be scrolled to."""
    return [
        str(text)
        for text in tab.evaluate(
            """[...document.querySelectorAll('article .md-typeset__scrollwrap')]
            .filter(one => one.scrollWidth > one.clientWidth + 1).map(one => one.textContent.trim().slice(0, 40))"""
        )
    ]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_employees_and_the_help_desk_read_fits_a_phone(browser: Browser, base: str, language: str) -> None:
    for name in ("people/apps", "people/help_desk_card", "tasks/lost_phone", "tasks/questions", "decide/comparison"):
        tab, _ = listening(browser, base, 390)
        tab.goto(f"{base}/{language}/{name}.html")
        tab.wait_for_load_state("networkidle")
        found = cut(tab)
        # The control: a comparison has more columns than a phone has room for.
        assert bool(found) == (name == "decide/comparison"), (name, found)
        tab.close()


def test_no_line_breaks_within_an_option(browser: Browser, base: str) -> None:
    tab, _ = listening(browser, base, 390)
    tab.goto(f"{base}/fr/tasks/login.html")
    lines = "[...document.querySelectorAll('article code .option')].map(one => one.getClientRects().length)"
    assert tab.evaluate(lines) and set(tab.evaluate(lines)) == {1}
    # The control.
    tab.add_style_tag(content=".md-typeset code .option { white-space: normal; }")
    assert 2 in tab.evaluate(lines)
    tab.close()


def test_axe_finds_a_fault(browser: Browser, base: str) -> None:
    tab, _ = listening(browser, base)
    tab.goto(f"{base}/en/index.html")
    tab.evaluate("document.querySelector('article').insertAdjacentHTML('beforeend', '<img src=\"../diagrams/none.svg\">')")
    assert any("image-alt" in fault for fault in faults(tab))


# The generator's script gives every block of code a navigation of one button, all under one name. No rule of WCAG forbids it.
LEFT = {"landmark-unique"}

@pytest.mark.parametrize("question", questions.all_of_them(), ids=lambda question: question["types"])
def test_ten_questions_find_their_answer(browser: Browser, base: str, question: Dict[str, str]) -> None:
    """From the search box of the home page, by one of the first three pages, to the text of the answer."""
    tab, asked = searching(browser, base, question["language"], question["types"])
    assert any(question["page"] in link for link in links(tab)[:3]), links(tab)
    tab.locator(f'{RESULTS}[href*="{question["page"]}.html"]').first.click()
    tab.wait_for_url(f"{base}/{question['language']}/{question['page']}.html**")
    assert question["answer"] in " ".join((tab.locator("article").text_content() or "").split())
    tab.close()
    assert asked == []


def test_there_are_ten_questions() -> None:
    languages = [question["language"] for question in questions.all_of_them()]
    assert (languages.count("fr"), languages.count("en")) == (5, 5)


def test_the_search_finds_nothing_of_nonsense(browser: Browser, base: str) -> None:
    tab, _ = searching(browser, base, "en", "zzyzx")
    assert links(tab) == []
    tab.close()


# As people type: behind an apostrophe, the straight one of the keyboard too; in the plural; in a sentence.
TYPED = [
    ("fr", "l'enrôlement", "enroll"), ("fr", "l’enrôlement", "enroll"), ("fr", "comment enrôler un agent ?", "enroll"),
    ("fr", "téléphones perdus", "tasks/lost_phone"), ("fr", "comptes bloqués", "help_desk"),
    ("fr", "départ d'un agent", "help_desk_card"), ("fr", "changement de nom", "help_desk_card"), ("fr", "imprimer les lettres", "tasks/enroll"),
    ("en", "employee leaves", "help_desk_card"), ("en", "print letters", "tasks/enroll"),
    ("en", "how do I restore a backup?", "tasks/restore"), ("en", "hardware tokens", "tasks/tokens"),
]


@pytest.mark.parametrize("language, typed, answer", TYPED)
def test_the_search_takes_words_as_they_are_meant(browser: Browser, base: str, language: str, typed: str, answer: str) -> None:
    tab, _ = searching(browser, base, language, typed)
    assert any(answer in link for link in links(tab)[:3]), links(tab)
    tab.close()


def test_without_our_script_the_search_does_not(browser: Browser, base: str) -> None:
    """The control."""
    tab, _ = listening(browser, base)
    tab.route("**/site.js", lambda route: route.abort())
    ask(tab, base, "fr", "téléphones perdus")
    assert not any("tasks/lost_phone" in link for link in links(tab)[:3])
    tab.close()


RESULTS = ".md-search-result__item > a.md-search-result__link"


def searching(browser: Browser, base: str, language: str, question: str) -> "tuple[Tab, List[str]]":
    tab, asked = listening(browser, base)
    ask(tab, base, language, question)
    return tab, asked


def ask(tab: Tab, base: str, language: str, question: str) -> None:
    tab.goto(f"{base}/{language}/index.html")
    tab.wait_for_load_state("networkidle")
    tab.locator(".md-search__input").first.click()
    tab.locator(".md-search__input").first.fill(question)
    # The script looks when a key goes up: once, with all of the question.
    tab.locator(".md-search__input").first.press("End")
    # How many there are, and then they.
    tab.wait_for_function(
        "() => { const said = document.querySelector('.md-search-result__meta').textContent;"
        " return /No matching|Aucun document/.test(said) || (/[0-9]|^One|^Un /.test(said) && document.querySelector('.md-search-result__item')) }"
    )


def links(tab: Tab) -> List[str]:
    return [str(link) for link in tab.locator(RESULTS).evaluate_all("all => all.map(one => one.getAttribute('href'))")]
