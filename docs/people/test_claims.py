"""What the pages claim can be looked up: links lead to files, rules are rules of the norm, checks are in the repository, both languages state the
same, and figures are those of benches/RESULTS.md.
"""

from __future__ import annotations

import pathlib
import re
import runpy
import subprocess
from typing import Dict, List, Set, Tuple

import pytest

DOCS = pathlib.Path(__file__).parents[1]

ROOT = DOCS.parent

PAGES = sorted(page for folder in ("people", "decide") for language in ("fr", "en") for page in (DOCS / language / folder).glob("*.md"))

STATES = {"respecté": "met", "en partie": "partly", "non": "not", "à l’application": "the application's"}

RULES = set(re.findall(r'<a id="([^"]+)"></a>', (ROOT / "src/guide/semantics.md").read_text())) | {
    number for number in re.findall(r"^## (\d+)\.", (ROOT / "src/guide/semantics.md").read_text(), re.M)
}


def dead(page: pathlib.Path, text: str) -> List[str]:
    """Links to what is not there. Anchors are those of a forge."""
    found = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        path, _, anchor = target.partition("#")
        if re.match(r"[a-z]+:", target):
            found.append(target)
            continue
        file = (page.parent / path).resolve() if path else page
        if not file.is_file() or not file.is_relative_to(ROOT):
            found.append(target)
        elif anchor:
            titles = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in re.findall(r"^#+ (.+)$", file.read_text(), re.M)}
            if anchor not in titles | set(re.findall(r'<a id="([^"]+)"', file.read_text())):
                found.append(target)
    return found


def test_links_lead_somewhere() -> None:
    assert len(PAGES) == 20
    for page in PAGES:
        assert not dead(page, page.read_text()), page
        assert dead(page, "[x](nowhere.md)") and dead(page, f"[x]({page.name}#no-such-title)"), "the check is blind"


def strange(text: str) -> Set[str]:
    """Rules that the norm does not have, of those in parentheses and in a column of the norm's."""
    cited = re.findall(r"(?<!RFC )(?<!SP 800-63B-4, )\((\d{1,2}\.\d{1,2}(?:, \d{1,2}\.\d{1,2})*)\)", text)
    return {number for numbers in cited for number in numbers.split(", ")} - RULES


def rows(text: str) -> List[List[str]]:
    """Rows of the conformity tables: rule, demand, state, norm, check, remark."""
    tables = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ") and line.count(" | ") >= 4]
    return [[*row, ""][:6] for row in tables if row[0] not in ("règle", "rule")]


def test_rules_are_rules_of_the_norm() -> None:
    for page in PAGES:
        assert not strange(page.read_text()), (page, strange(page.read_text()))
    assert strange("it does (99.1)") == {"99.1"}, "the check is blind"
    for language in ("fr", "en"):
        for row in rows((DOCS / language / "decide/conformity.md").read_text()):
            assert row[3] == "—" or set(row[3].split(", ")) <= RULES, row


def stated(language: str, text: str) -> Dict[str, Tuple[str, str, str]]:
    """By rule: state, norm, check."""
    found = {}
    for row in rows(text):
        state = row[2].strip("*")
        found[row[0].replace("RGPD", "GDPR")] = (STATES[state] if language == "fr" else state, row[3], row[4])
    return found


def test_both_languages_state_the_same() -> None:
    texts = {language: (DOCS / language / "decide/conformity.md").read_text() for language in ("fr", "en")}
    french, english = stated("fr", texts["fr"]), stated("en", texts["en"])
    assert len(english) > 60 and french == english
    assert {state for state, _, _ in english.values()} == set(STATES.values())
    for state in STATES.values():
        assert f"| {state} | {sum(each[0] == state for each in english.values())} |" in texts["en"], state
    altered = texts["fr"].replace("| **non** |", "| **respecté** |", 1)
    assert stated("fr", altered) != english, "the check is blind"


def test_checks_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the check of SECURITY.md's tables."""
    monkeypatch.syspath_prepend(str(ROOT / "tests/supply"))
    named = runpy.run_path(str(ROOT / "tests/supply/named.py"))
    parts = set(re.findall(r"^([a-z_]+)\(\) \{$", (ROOT / "tests/run").read_text(), re.M))
    listed = subprocess.run(["git", "ls-files", "tests", "src", "bindings/python/tests"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    words = {word for file in listed.split() if file.endswith((".rs", ".py")) for word in re.findall(r"\w+", (ROOT / file).read_text())}
    for language in ("fr", "en"):
        for row in rows((DOCS / language / "decide/conformity.md").read_text()):
            line = f"| {row[0]} | {row[4]} |"
            # What is not met, and what is the application's, has perhaps no check.
            has_none = row[4] == "—" and row[2].strip("*") in ("non", "not", "à l’application", "the application's")
            assert has_none or re.search(r"`[^`]+`", row[4]), row
            assert not named["faults"](line, words, parts), row
    for planted in ("`tests/no_such_file.rs`", "`semantics-99.txt`", "`" + "_".join(("no", "such", "test")) + "`", "*nopart*"):
        assert named["faults"](f"| RFC | {planted} |", words, parts), "the check is blind"


def unsourced(text: str) -> Set[int]:
    """Sources that are cited and not there, or there and not cited."""
    prose, _, listed = text.partition("## Sources\n")
    cited = {int(number) for numbers in re.findall(r"\[(\d+(?:, \d+)*)\](?!\()", prose) for number in numbers.split(", ")}
    return cited ^ {int(number) for number in re.findall(r"^(\d+)\. ", listed, re.M)}


def test_the_comparison_names_its_sources() -> None:
    for language in ("fr", "en"):
        text = (DOCS / language / "decide/comparison.md").read_text()
        assert not unsourced(text), (language, unsourced(text))
        assert unsourced(text.replace("[16]", "[99]")) and unsourced(text + "99. Nobody cites this\n"), "the check is blind"


def measured(results: str) -> Set[str]:
    """Figures that the pages repeat, as benches/RESULTS.md has them."""
    peers = {name: (wrong, ratio) for name, wrong, ratio in re.findall(r"^\| rust: ([^|]+?) \| ([\d,]+) \| ([\d.]+) ", results, re.M)}
    peak = dict(re.findall(r"^\| (sqlite|postgresql) \| 10,000 \| 15,500 \| 2 \| ([\d,]+) \|", results, re.M))
    names = ("poterne match", "liboath 2.6.7", "poterne record")
    return {figure for name in names for figure in peers[name]} | set(peak.values())


def hosts(campaigns: str, pam: str) -> Set[str]:
    """What a login takes in a whole host, as the campaigns and the manual of PAM have it."""
    portal = re.findall(r"^\| (?:a login: p50, p99[^|]*|the same, second run, load 10) \| ([\d.]+), ([\d.]+), ", campaigns, re.M)
    prompt = re.findall(r"(?:with `prompt` \(p50 |1,860 times \()(\d+) ms, (?:p99 )?(\d+) ms", " ".join(pam.split()))
    without = re.findall(r"The same stack without the module does 650 \(([\d.]+) ms, (\d+) ms\)", " ".join(pam.split()))
    return {f"{figure} ms" for pair in portal + prompt + without for figure in pair}


def test_figures_of_hosts_are_the_campaigns() -> None:
    campaigns, pam = (ROOT / "tests/campaigns.md").read_text(), (ROOT / "bindings/pam/MANUAL.md").read_text()
    figures = hosts(campaigns, pam)
    assert len(figures) == 10, figures
    for language in ("fr", "en"):
        text = (DOCS / language / "decide/comparison.md").read_text()
        assert not missing(figures, text, language), language
        # The control: another campaign.
        assert missing(hosts(campaigns.replace("23.5, 29.1", "23.6, 29.1"), pam), text, language) == {"23.6 ms"}, "the check is blind"


def test_figures_are_the_benchmarks() -> None:
    results = (ROOT / "benches/RESULTS.md").read_text()
    figures = measured(results)
    assert len(figures) == 8
    for language in ("fr", "en"):
        text = "".join((DOCS / language / "decide" / page).read_text() for page in ("overview.md", "comparison.md"))
        assert not missing(figures, text, language), language
        # The control: another run of the benchmarks.
        assert missing(measured(re.sub(r"(\| rust: liboath 2\.6\.7 \| )[\d,]+", r"\g<1>9,876", results)), text, language) == {"9,876"}, "the check is blind"


def missing(figures: Set[str], text: str, language: str) -> Set[str]:
    french = str.maketrans({",": "\u00a0", ".": ","})
    return {figure for figure in figures if (figure.translate(french) if language == "fr" else figure) not in text}
