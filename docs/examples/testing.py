"""A test of an application: the time is an argument, the secret is known, the store is a dictionary."""

from __future__ import annotations

import poterne

SECRET = poterne.Secret.from_base32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
NOW = 1_800_000_000


class Memory(poterne.Store):
    """The table, in memory."""

    def __init__(self) -> None:
        self.records: dict[str, str] = {}

    def load(self, account: str) -> str | None:
        return self.records.get(account)

    def swap(self, account: str, old: str | None, new: str) -> int:
        if self.records.get(account) != old:
            return 0
        self.records[account] = new
        return 1


def refused(code: str, now: int) -> str:
    try:
        verifier.login("a.martin", code, store=store, now=now)
    except poterne.Refused as refusal:
        return refusal.code
    raise AssertionError("it was a login")


verifier = poterne.Verifier(poterne.Keyring.generate(1), "tests", policy=poterne.Policy(max_failures=3))
store = Memory()
change = verifier.import_credential("a.martin", SECRET, now=NOW)
assert change.record is not None
change.outcome(store.swap("a.martin", None, change.record))

code = poterne.totp(SECRET, NOW)  # what the phone shows at that time
assert verifier.login("a.martin", code, store=store, now=NOW).code == "accepted.otp"
assert refused(code, NOW) == "refused.replayed"
wrong = "000000" if code != "000000" else "000001"
assert refused(wrong, NOW + 30) == "refused.wrong_code"
