"""An agent with an authenticator, for the tests."""

from __future__ import annotations

from typing import Any, Dict, Optional

import poterne

STEP = 56_666_667
NOW = STEP * 30
ACCOUNT = "a.martin"
SECRET = b"12345678901234567890"


def code(step: int = STEP) -> str:
    return poterne.hotp(SECRET, step)


def verifier() -> poterne.Verifier:
    return poterne.Verifier(poterne.Keyring.generate(20261121), "tests")


def record(verifier: poterne.Verifier, account: str = ACCOUNT) -> str:
    """An active credential that has accepted nothing yet."""
    return new_record(verifier.import_credential(account, SECRET, now=NOW))


def new_record(attempt: poterne.Attempt[Any]) -> str:
    """Of an attempt that has one."""
    record = attempt.record
    if record is None:
        raise ValueError("nothing to store")
    return record


def refusal(attempt: poterne.Attempt[Any] | poterne.ReplacementAttempt, rows: int = 1) -> Optional[poterne.Refusal]:
    """None for an answer."""
    try:
        attempt.outcome(rows)
    except poterne.Refused as refused:
        return refused.refusal
    return None


class Table(poterne.Store):
    """A table in memory."""

    def __init__(self, rows: Optional[Dict[str, str]] = None) -> None:
        self.rows = {} if rows is None else rows

    def load(self, account: str) -> Optional[str]:
        return self.rows.get(account)

    def swap(self, account: str, old: Optional[str], new: str) -> int:
        if self.rows.get(account) != old:
            return 0
        self.rows[account] = new
        return 1
