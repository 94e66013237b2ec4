"""The examples of the README and of the manual, one after the other, as a newcomer types them."""

from __future__ import annotations

import re
import time
from typing import Any, List

import mypy.api
import pytest
from conftest import ROOT

import poterne

PAGES = [ROOT / "bindings" / "python" / name for name in ("README.md", "MANUAL.md")]
BLOCKS = [block for page in PAGES for block in re.findall(r"```python\n(.*?)```", page.read_text("utf-8"), re.DOTALL)]


@pytest.mark.parametrize("optimize", [0, 1, 2])
def test_the_examples_run(optimize: int, tmp_path: Any, monkeypatch: Any, capsys: Any) -> None:
    """And with `python -O`, which leaves assertions out, and `-OO`."""
    assert len(BLOCKS) == 14
    monkeypatch.chdir(tmp_path)
    space: Any = {"__name__": "readme"}
    begin = int(time.time())
    clock: List[int] = [begin]

    def typed(_: str) -> str:
        """The code of now, then the next one, which a phone may be ahead by."""
        secret = poterne.OtpauthUri.parse(space["uri"].as_str()).secret
        clock.append(clock[-1] + 30)
        return poterne.totp(secret, clock[-2])

    monkeypatch.setitem(space, "input", typed)
    for block in BLOCKS:
        exec(compile(block, "readme", "exec", optimize=optimize), space)
    said = capsys.readouterr().out
    assert "Recovery codes, shown once:" in said
    assert "\nWelcome\n" in said and space["session"] == {"user": "a.martin"}
    # The code of the login, again, in the two steps: `forget` keeps what could still be accepted.
    assert "refused.replayed" in said
    assert "<poterne.Status state=State.ACTIVE authenticator=Authenticator.APP" in said
    assert said.rstrip().endswith("False")
    assert space["page"].startswith("<svg")
    ticket, dud = (space["after_the_password"]("a.martin", is_right, b"cookie") for is_right in (True, False))
    for shown, code in ((ticket, "refused.malformed"), (dud, "refused.ticket")):
        with pytest.raises(poterne.Refused) as refused:
            space["with_the_code"]("a.martin", shown, b"cookie", "not a code")
        assert refused.value.code == code


def test_twelve_lines_are_twelve() -> None:
    (login,) = [block for block in BLOCKS if "def log_in(" in block]
    assert len([line for line in login.splitlines() if line.strip()]) == 12


def test_the_examples_pass_a_strict_type_checker(tmp_path: Any) -> None:
    examples = tmp_path / "examples.py"
    for text, passes in (("\n".join(BLOCKS), True), ("\n".join(BLOCKS) + "\nlog_in(session, 'a.martin', None)\n", False)):
        examples.write_text(text, "utf-8")
        said, _, status = mypy.api.run(["--strict", "--cache-dir", str(tmp_path / "cache"), str(examples)])
        assert (status == 0) == passes, said
