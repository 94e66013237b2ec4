"""The life of a token that oathtool plays, from its file to its second holder: tests/life/generate.py wrote it."""

from __future__ import annotations

from typing import Callable, Dict, List, Tuple

import pytest
import run
import test_vectors
from conftest import ROOT
from run import Case, Failure, expect, number_of

import poterne

LIVES = run.read_cases(str(ROOT / "tests" / "life" / "token-life.txt"))

# How the file of a case is compared and read, by the key that its format has.
READERS: Dict[str, Tuple[Callable[[Case], None], Callable[[Dict[str, str]], poterne.TokenFile]]] = {
    "key": (test_vectors.pskc, test_vectors.read_pskc),
    "layout": (test_vectors.token_csv, test_vectors.read_csv),
    "algorithm": (test_vectors.etoken, test_vectors.read_etoken),
}


class Life(test_vectors.Script):
    """A script that begins with a token of a file."""

    def read(self, case: Case) -> None:
        (format_,) = {key for key, _ in case.lines} & set(READERS)
        compare, read = READERS[format_]
        compare(case)
        values: Dict[str, str] = {}
        for key, value in case.lines:
            values[key] = value if key not in values else f"{values[key]}\n{value}"
        self.entries = read(values).entries

    def token_delivered(self, serial: str, state: str, now: str) -> str:
        (entry,) = [each for each in self.entries if isinstance(each, poterne.TokenEntry) and each.serial == serial]
        made = entry.import_credential(self.verifier, self.account, state=poterne.State[state.upper()], now=number_of(now))
        self.column.content = made.record
        made.outcome(1)
        return "stored"


def live(case: Case) -> None:
    script = Life()
    run.run_token_life(case, script, script.read)


@pytest.mark.parametrize("case", LIVES, ids=[case.name for case in LIVES])
def test_the_life_of_a_token(case: Case) -> None:
    live(case)
    steps = [value for key, value in case.lines if key == "step"]
    expect(len(steps) > 40, "hardly a life")


@pytest.mark.parametrize("said", [" -> confirmed", " -> accepted", " -> resynchronized", " -> refused replayed"])
@pytest.mark.parametrize("case", LIVES, ids=[case.name for case in LIVES])
def test_a_code_that_the_token_does_not_show_is_found(case: Case, said: str) -> None:
    lines: List[Tuple[str, str]] = list(case.lines)
    at = max(at for at, (_, value) in enumerate(lines) if said in value)
    call, _, rest = lines[at][1].partition(said)
    lines[at] = ("step", f"{call[:-1]}{'1' if call[-1] == '0' else '0'}{said}{rest}")
    with pytest.raises(Failure):
        live(Case(case.name, lines))


@pytest.mark.parametrize("case", LIVES, ids=[case.name for case in LIVES])
def test_codes_of_the_last_holder_are_found(case: Case) -> None:
    with pytest.raises(Failure):
        live(Case(case.name, [line for line in case.lines if not line[1].startswith("end_codes")]))
