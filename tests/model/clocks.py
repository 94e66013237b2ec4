"""Two servers over one table, whose clocks differ (1.7): no moving factor is accepted twice, nor one that ClockOff has told
(8.2), whatever is called on either.

    clocks.py [--histories N] [--seed S]

Random histories of the model, policies at their widest and their narrowest, times that are aimed at the bounds of 8.5 and
8.7. Fails if a factor is accepted twice while the clocks are 300 seconds apart at most; and if no factor is, in three
controls: the bounds without the steps that those seconds are, clocks farther apart, and a slow phone's step that is told
and not spent. Standard library only, less than a minute.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from dataclasses import replace
from typing import Callable, Dict, List, NamedTuple, Optional, Sequence, Set, TypeVar

import model

T = TypeVar("T")

HISTORIES = 6_000
CONTROL = 1_000
CALLS = 40
START = 1_700_000_010
WIDEST = model.Policy(
    app_steps_backward=10, app_steps_forward=10, token_steps_backward=10, token_steps_forward=10, max_drift=200,
    max_failures=100, recovery_codes=0,
)
NARROW = model.Policy(app_steps_backward=0, app_steps_forward=0, token_steps_forward=0, max_drift=60, recovery_codes=0)


def plain_code(secret: bytes, counter: int, digits: int = 6, algorithm: str = "SHA1") -> str:
    """In the place of HOTP: no two factors within reach have one code, and it takes no time."""
    return str(counter % 10**digits).zfill(digits)


class Twice(NamedTuple):
    seed: str
    factor: int
    calls: List[str]


class History:
    """One credential; what each of its secrets has accepted or told; and the clock of each server."""

    def __init__(self, seed: str, apart: int) -> None:
        self.seed = seed
        self._random = random.Random(seed)
        self._apart = apart
        self._clocks = [START, START + self._random.randrange(-apart, apart + 1)]
        # One in four is a new app, of a phone whose clock is wrong.
        is_wrong_phone = self._random.random() < 0.25
        self._policy = NARROW if is_wrong_phone else WIDEST
        self._secrets = 0
        # Accepted, or told: what must not be accepted (any more).
        self._used: Dict[bytes, Set[int]] = {}
        state = "pending" if is_wrong_phone else self._pick(("pending", "active", "active"))
        self._credential = self._imported(state, "app" if is_wrong_phone else self._pick(("app", "token", "token")))
        self.calls: List[str] = []
        self.twice: Optional[int] = None

    def play(self) -> Optional[Twice]:
        while len(self.calls) < CALLS and self.twice is None:
            self._move_on()
            self._random.choices(
                (self._verify, self._resynchronize, self._forget, self._repair_clock, self._unlock, self._other,
                 self._replace, self._change_policy),
                (40, 16, 18, 12, 6, 3, 2, 3),
            )[0]()
        return None if self.twice is None else Twice(self.seed, self.twice, self.calls)

    def _pick(self, values: Sequence[T]) -> T:
        return values[self._random.randrange(len(values))]

    def _imported(self, state: str, authenticator: str) -> model.Credential:
        self._secrets += 1
        options: Dict[str, Optional[int]] = {}
        if authenticator == "token":
            options["drift"] = self._pick((0, 0, 1, -1, -184, -185, 200, -200, self._random.randrange(-200, 201)))
            options["last_sync"] = self._pick((None, START // model.PERIOD, START // model.PERIOD - 40))
        change = model.import_credential(
            WIDEST, max(self._clocks), authenticator=authenticator, factor="time", algorithm="SHA1", digits=8,
            secret=self._secrets.to_bytes(20, "big"), state=state, time_step=self._pick((30, 30, 30, 31, 45, 60, 120)),
            **options,  # type: ignore[arg-type]
        )
        assert change.credential is not None
        return change.credential

    # the clocks: each goes forward, and the one is near the other

    def _move_on(self) -> None:
        which = self._random.randrange(2)
        if self._random.random() < 0.45:
            return
        self._set_clock(which, self._pick((0, 1, 29, 30, 31, 60, 300, 600, 3600)) + self._clocks[which])
        used = sorted(self._used.get(self._credential.secret, ()))[-4:]
        if used and self._random.random() < 0.5:
            # To where a used factor is about to be forgotten, or could be accepted for the last time.
            step, drift = self._credential.time_step, self._credential.drift
            far = self._pick((10, 20, 16 - drift, 26 - drift, 200, 210))
            target = (self._pick(used) + far + self._pick((-1, 0, 1, 2))) * step + self._pick((0, step - 1))
            self._set_clock(which, target)

    def _set_clock(self, which: int, now: int) -> None:
        """If it is no step back; the other one follows."""
        if now < self._clocks[which]:
            return
        other = self._clocks[1 - which]
        nearest, farthest = max(other, now - self._apart), max(other, now + self._apart)
        self._clocks[which] = now
        self._clocks[1 - which] = self._pick((nearest, nearest, farthest, self._random.randrange(nearest, farthest + 1)))
        assert abs(self._clocks[0] - self._clocks[1]) <= self._apart

    # the calls

    def _now(self, call: str) -> int:
        server = self._random.randrange(2)
        self.calls.append(f"{call} on {server} at {self._clocks[server]}")
        return self._clocks[server]

    def _store(self, credential: Optional[model.Credential]) -> None:
        self._credential = self._credential if credential is None else credential

    def _factor(self, now: int) -> int:
        """A used one, an edge of the window, or any nearby."""
        credential, here = self._credential, now // self._credential.time_step
        used = sorted(self._used.get(credential.secret, ()))
        grown = model.MAX_STEPS + model.idle(credential, now)
        edge = here + credential.drift + self._pick((-grown, grown, grown, 0, self._random.randrange(-grown, grown + 1)))
        if credential.state == "pending" and self._policy is NARROW:
            edge = here + self._random.randrange(-model.CLOCK_OFF, model.CLOCK_OFF + 1)
        return max(0, self._pick((used[-1], used[-1], self._pick(used), edge)) if used else edge)

    def _accepted(self, *factors: int) -> None:
        used = self._used.setdefault(self._credential.secret, set())
        self.twice = next((factor for factor in factors if factor in used), None)
        used.update(factors)

    def _verify(self) -> None:
        now = self._now("verify")
        factor = self._factor(now)
        self.calls[-1] += f" {factor}"
        call = model.confirm if self._credential.state == "pending" else model.verify
        attempt = call(self._credential, self._policy, plain_code(b"", factor, 8).encode("ascii"), now)
        outcome = attempt.outcome(1)
        if isinstance(outcome, (model.Accepted, model.Confirmed)):
            assert outcome.factor is not None
            self._accepted(outcome.factor)
        if isinstance(outcome, model.Refused) and outcome.steps is not None:
            self.calls[-1] += f", told {outcome.steps}"
            self._used.setdefault(self._credential.secret, set()).add(factor)
        self._store(attempt.credential)

    def _resynchronize(self) -> None:
        now = self._now("resynchronize")
        far, here = self._policy.max_drift, now // self._credential.time_step
        first = self._pick((self._factor(now), self._factor(now) - 1, here - far, here + far, here))
        self.calls[-1] += f" {first} {first + 1}"
        one, two = (plain_code(b"", max(0, factor), 8).encode("ascii") for factor in (first, first + 1))
        attempt = model.resynchronize(self._credential, self._policy, one, two, now)
        outcome = attempt.outcome(1)
        if isinstance(outcome, model.Resynchronized):
            self._accepted(outcome.factor - 1, outcome.factor)
        self._store(attempt.credential)

    def _forget(self) -> None:
        self._store(model.forget(self._credential, self._now("forget")).credential)

    def _repair_clock(self) -> None:
        self._store(model.repair_clock(self._credential, self._now("repair_clock")).credential)

    def _unlock(self) -> None:
        self.calls.append("unlock")
        self._store(model.unlock(self._credential).credential)

    def _other(self) -> None:
        """What leaves the state as it is, in the end."""
        self.calls.append("suspend, resume, reseal")
        if self._credential.state != "pending":
            for call in (model.suspend, model.resume, model.reseal):
                self._store(call(self._credential).credential)

    def _replace(self) -> None:
        now = self._now("replace")
        pending = self._imported("pending", self._pick(("app", "token", "token")))
        factor = now // pending.time_step + pending.drift
        submitted = plain_code(b"", max(0, factor), 8).encode("ascii")
        attempt = model.replace_authenticator(self._credential, lambda: pending, self._policy, submitted, now)
        self._store(attempt.credential)
        outcome = attempt.outcome(1)
        if isinstance(outcome, model.Confirmed):
            self._accepted(outcome.factor)

    def _change_policy(self) -> None:
        self._policy = self._pick((WIDEST, WIDEST, model.Policy(max_failures=100), NARROW))
        self.calls.append("policy")


def found_twice(seed: str, histories: int, apart: int) -> List[Twice]:
    found = (History(f"{seed}.{number}", apart).play() for number in range(histories))
    return [twice for twice in found if twice is not None]


def without_the_steps_of_the_clocks() -> List[Twice]:
    """The bounds of 8.5 and 8.7 as 10, 16 and 200."""
    right = model.CLOCKS_APART_STEPS
    model.CLOCKS_APART_STEPS = 0
    try:
        return found_twice("steps", CONTROL, model.CLOCKS_APART)
    finally:
        model.CLOCKS_APART_STEPS = right


def clocks_too_far_apart() -> List[Twice]:
    return found_twice("apart", CONTROL, model.CLOCKS_APART + 31)


def told_and_not_spent() -> List[Twice]:
    """8.2, of a fast phone alone."""
    right = model._clock_off

    def wrong(credential: model.Credential, code: str, now: int) -> model.Attempt:
        attempt = right(credential, code, now)
        after, verdict = attempt.credential, attempt.outcome(1)
        assert after is not None and isinstance(verdict, model.Refused)
        if verdict.steps is not None and verdict.steps < 0:
            after = replace(after, watermark=credential.watermark)
        return model.Attempt(after, verdict)

    model._clock_off = wrong
    try:
        return found_twice("told", CONTROL, model.CLOCKS_APART)
    finally:
        model._clock_off = right


CONTROLS: Sequence[Callable[[], List[Twice]]] = (without_the_steps_of_the_clocks, clocks_too_far_apart, told_and_not_spent)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--histories", type=int, default=HISTORIES)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    begin = time.monotonic()
    model.hotp = plain_code
    problems = 0
    for control in CONTROLS:
        found = len(control())
        problems += not found
        print(f"control: {control.__name__}: {found} of {CONTROL} histories accept a factor twice")
    twice = found_twice(str(arguments.seed), arguments.histories, model.CLOCKS_APART)
    for one in twice[:3]:
        print(f"history {one.seed} accepts {one.factor} twice:", *one.calls, sep="\n  ")
    print(f"clocks: {arguments.histories} histories, {len(twice)} accept a factor twice, {time.monotonic() - begin:.0f} s")
    return 1 if problems or twice or arguments.histories < 1 else 0


if __name__ == "__main__":
    sys.exit(main())
