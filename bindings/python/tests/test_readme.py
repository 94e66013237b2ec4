"""The examples of the README, one after the other, as a newcomer types them."""

from __future__ import annotations

import re
import time
from typing import Any, List

import pytest
from conftest import ROOT

import poterne

README = ROOT / "bindings" / "python" / "README.md"


@pytest.mark.parametrize("optimize", [0, 1, 2])
def test_the_examples_run(optimize: int, tmp_path: Any, monkeypatch: Any, capsys: Any) -> None:
    """And with `python -O`, which leaves assertions out, and `-OO`."""
    blocks = re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    assert len(blocks) == 9
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
    for block in blocks:
        exec(compile(block, str(README), "exec", optimize=optimize), space)
    said = capsys.readouterr().out
    assert "Recovery codes, shown once:" in said
    assert "Welcome; 0 refused codes before this login." in said
    # The code of the login, again, in the two steps.
    assert "refused.replayed" in said
    assert "State.ACTIVE 0 False 8" in said
    assert said.rstrip().endswith("False")
    assert space["page"].startswith("<svg")
