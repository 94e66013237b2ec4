"""Tells what each typed text must give, from RFC 6238 and sections 3, 4 and 6 of the norm, without the library."""

from __future__ import annotations

import hashlib
import hmac
import struct
from typing import Dict, List, Optional

STEP = 30
MAX_FAILURES = 20
# How many steps before and after the present one are looked at (4.1); a token gets one more each in its first period (4.2).
WINDOW = {"app": (1, 1), "token": (3, 2)}


def totp(secret: bytes, step: int) -> str:
    """RFC 4226 section 5.3, over the steps of RFC 6238."""
    mac = hmac.digest(secret, struct.pack(">Q", step), hashlib.sha1)
    at = mac[-1] & 15
    return f"{(int.from_bytes(mac[at : at + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"


class Person:
    """Somebody with an authenticator, and what the department must know of them at every moment of the day."""

    def __init__(self, account: str, authenticator: str) -> None:
        self.account, self.authenticator = account, authenticator
        self.secret = hashlib.sha1(f"secret of {account}".encode()).digest()
        self.watermark = 0
        self.failures = 0
        self.last_failure: Optional[int] = None
        self.is_guessed_at = False
        self.accepted: Dict[int, int] = {}

    def code(self, now: int) -> str:
        return totp(self.secret, now // STEP)

    def is_near(self, text: str, now: int) -> bool:
        """Whether a text is the code of some step around: what must be wrong is none of them."""
        return any(totp(self.secret, now // STEP + step) == text for step in range(-20, 21))

    def judge(self, text: str, now: int) -> str:
        """What one text must give, and what the record knows afterwards."""
        if self.failures >= MAX_FAILURES:
            return "refused.locked"
        delay = 0 if self.failures < 3 else min(5 * 2 ** (self.failures - 3), 900)
        if delay and self.last_failure is not None and now < self.last_failure + delay:
            return "refused.wait"
        back, forward = WINDOW[self.authenticator]
        equal = [step for step in range(now // STEP - back, now // STEP + forward + 1) if totp(self.secret, step) == text]
        fresh = [step for step in equal if step > self.watermark]
        if fresh:
            self.watermark = fresh[0]
            self.last_failure = None
            self.failures = max(0, self.failures - 3)
            return "accepted.otp"
        if equal:
            return "refused.replayed"
        self.failures, self.last_failure = self.failures + 1, now
        return "refused.wrong_code"


class Judge:
    """Compares what doors said with what they must say. Each person is judged by one thread."""

    def __init__(self) -> None:
        self.found: List[str] = []
        self.twice = 0
        self.typed = 0

    def hear(self, person: Person, text: str, now: int, said: List[str]) -> str:
        """One text, typed at as many doors at once as there are answers: one of them gets the verdict, the others a replay."""
        due = person.judge(text, now)
        expected = [due]
        for _ in said[1:]:
            expected.append(person.judge(text, now))
        self.typed += len(said)
        accepted = sum(each.startswith("accepted.") for each in said)
        if accepted > 1 or (accepted and not due.startswith("accepted.")):
            self.twice += accepted - 1 if due.startswith("accepted.") else accepted
        # The loser of a race reads again, and is refused as a replay; or three others were quicker.
        heard = sorted("refused.replayed" if each == "refused.conflict" and len(said) > 1 else each for each in said)
        if heard != sorted(expected):
            self.found.append(f"{person.account}, second {now}: {said}, not {expected}")
        return due
