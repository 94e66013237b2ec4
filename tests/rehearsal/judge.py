"""Tells what each typed text must give, from RFC 4226, RFC 6238 and sections 2 to 6 and 8 of the norm, without the library."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import re
import struct
import threading
from collections import Counter
from typing import List, Optional, Sequence, Set

STEP = 30
MAX_FAILURES = 20
# How many steps before and after the present one are looked at (4.1); a token gets one more each in its first period (4.2).
WINDOW = {"app": (1, 1), "token": (3, 2)}
# Of a counter-based token (4.7).
LOOK_AHEAD = 10
COUNTER = "counter"
# Codes of section 5, as they are shown (2.2).
CODE = re.compile("[0-9A-HJKMNP-TV-Z]{5}(?:-[0-9A-HJKMNP-TV-Z]{4}){2}")


def hotp(secret: bytes, factor: int) -> str:
    """RFC 4226 section 5.3; over the steps of RFC 6238, its TOTP."""
    mac = hmac.digest(secret, struct.pack(">Q", factor), hashlib.sha1)
    at = mac[-1] & 15
    return f"{(int.from_bytes(mac[at : at + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"


class Person:
    """Somebody with an authenticator, and what the department must know of them at every moment of the day."""

    def __init__(self, account: str, authenticator: str) -> None:
        self.account, self.authenticator = account, authenticator
        self.secret = hashlib.sha1(f"secret of {account}".encode()).digest()
        self.state = "active"
        # Of a counter-based token the next counter, else the last step.
        self.counter = self.watermark = 0
        self.failures = 0
        self.last_failure: Optional[int] = None
        self.recovery: Set[str] = set()
        self.temporary, self.uses = "", 0
        self.is_guessed_at = False
        # How often the button of a counter-based token was pressed, as far as the day is planned.
        self.presses = 0

    def shows(self, now: int) -> str:
        """For the plan: what the authenticator shows. A counter-based token shows a new code each time."""
        self.presses += 1
        return hotp(self.secret, self.presses - 1) if self.authenticator == COUNTER else self.code(now)

    def code(self, now: int) -> str:
        """The right code at this moment; of a counter-based token the first that was not used."""
        return hotp(self.secret, self.counter if self.authenticator == COUNTER else now // STEP)

    def is_near(self, text: str, now: int) -> bool:
        """Whether a text is the code of some step or counter around: what must be wrong is none of them."""
        if self.authenticator == COUNTER:
            return any(hotp(self.secret, counter) == text for counter in range(self.presses + 60))
        return any(hotp(self.secret, now // STEP + step) == text for step in range(-20, 21))

    def judge(self, text: str, now: int) -> str:
        """What one text must give, and what the record knows afterwards: the table of 3.10. Whoever has a letter is pending, under
        `confirm_at_first_login`."""
        is_otp, is_code = re.fullmatch("[0-9]{6}", text) is not None, CODE.fullmatch(text) is not None
        if self.state == "revoked":
            return "refused.revoked"
        if not is_code or self.state == "pending":
            if self.failures >= MAX_FAILURES:
                return "refused.locked"
            delay = 0 if self.failures < 3 else min(5 * 2 ** (self.failures - 3), 900)
            if delay and self.last_failure is not None and self.last_failure - 900 < now < self.last_failure + delay:
                return "refused.wait"
        if not is_otp and (not is_code or self.state == "pending"):
            return "refused.malformed"
        if is_code:
            return self._judge_code(text)
        if self.state == "suspended":
            return "refused.suspended"
        return self._judge_counter(text, now) if self.authenticator == COUNTER else self._judge_step(text, now)

    def _judge_step(self, text: str, now: int) -> str:
        back, forward = WINDOW[self.authenticator]
        if self.watermark > now // STEP + forward:
            return "refused.clock_behind"
        equal = [step for step in range(now // STEP - back, now // STEP + forward + 1) if hotp(self.secret, step) == text]
        fresh = [step for step in equal if step > self.watermark]
        if fresh:
            self.watermark = fresh[0]
            return self._accepted()
        return "refused.replayed" if equal else self._wrong(now)

    def _judge_counter(self, text: str, now: int) -> str:
        equal = [each for each in range(self.counter, self.counter + LOOK_AHEAD) if hotp(self.secret, each) == text]
        if equal:
            self.counter = equal[0] + 1
            return self._accepted()
        if self.counter and hotp(self.secret, self.counter - 1) == text:
            return "refused.replayed"
        return self._wrong(now)

    def _accepted(self) -> str:
        # 4.8, and 8.2 of the first one.
        self.state = "active"
        self.last_failure = None
        self.failures = max(0, self.failures - 3)
        return "accepted.otp"

    def _wrong(self, now: int) -> str:
        self.failures, self.last_failure = self.failures + 1, now
        return "refused.wrong_code"

    def _judge_code(self, text: str) -> str:
        """5.4: once each, and a wrong one is not counted."""
        if text in self.recovery:
            self.recovery.remove(text)
            return "accepted.recovery_code"
        if text == self.temporary and self.uses:
            self.uses -= 1
            return "accepted.temporary_code"
        return "refused.wrong_code"

    # What the help desk does (section 8).

    def unlocked(self) -> None:
        self.failures, self.last_failure = 0, None

    def given(self, temporary: str, uses: int, *, suspends: bool) -> None:
        self.temporary, self.uses = temporary, uses
        self.state = "suspended" if suspends else self.state

    def revoked(self) -> None:
        self.state, self.recovery, self.uses = "revoked", set(), 0

    def replaced(self, secret: bytes, step: int, recovery: Sequence[str]) -> None:
        """8.9: an app with a record of its own, whose first code was that of the step."""
        self.authenticator, self.secret, self.state = "app", secret, "active"
        self.watermark, self.recovery, self.uses = step, set(recovery), 0
        self.unlocked()

    def resynchronized(self, counter: int) -> None:
        """8.4: the second code was that of this counter."""
        self.counter = counter + 1
        self._accepted()


def agrees(said: str, due: str, at_once: bool) -> bool:
    """The VPN says yes or no. The loser of a race reads again, and is refused as a replay; or three others were quicker."""
    if said in ("accepted", "refused"):
        return due.startswith(f"{said}.")
    return said == due or (at_once and said == "refused.conflict" and due == "refused.replayed")


class Judge:
    """Compares what doors said with what they must say. Each person is judged by one thread at a time."""

    def __init__(self) -> None:
        self.found: List[str] = []
        self.twice = 0
        self.due: Counter[str] = Counter()
        self._lock = threading.Lock()

    def hear(self, person: Person, text: str, now: int, said: Sequence[str]) -> str:
        """One text, typed at as many doors at once as there are answers: one of them gets the verdict, the others what comes after it."""
        expected = [person.judge(text, now) for _ in said]
        grants, due = (sum(each.startswith("accepted") for each in answers) for answers in (said, expected))
        with self._lock:
            self.due.update(expected)
            self.twice += max(0, grants - due)
            if not any(
                all(agrees(one, other, len(said) > 1) for one, other in zip(said, order)) for order in itertools.permutations(expected)
            ):
                self.found.append(f"{person.account}, second {now}: {list(said)}, not {expected}")
        return expected[0]
