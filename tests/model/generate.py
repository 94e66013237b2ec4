"""Random histories of one credential, as lines of the scripts of tests/vectors/README.md.

An `Author` writes one line at a time, looking at the model's state so that rare states are reached: it waits until just
before or just after a bound, guesses until the credential is locked, types codes from every edge of every window. The
same random numbers and the same model give the same history. Standard library only.
"""

from __future__ import annotations

import random
from typing import List, NamedTuple, Optional, Sequence, Tuple, TypeVar

import model
import run

T = TypeVar("T")

# By length: the default, the two other hashes' own, the shortest, a weak one, the weakest, and two that are refused.
SECRETS = {length: (b"1234567890" * 7)[:length] for length in (20, 32, 64, 16, 15, 10, 9, 65)}
STARTS = (1_700_000_010, 1_700_000_010, 1_111_111_109, 40_000, 0, model.MAX_TIME - 40 * 86400)
MALFORMED = (
    "12345", "1234567890", "123456789012", "OOOOOOOOOO", "ILO01-ILO01", "ABCDE-FGHJU", "ABCD-EFGH-JKM", "-123456x",
    "hex:", "hex:ff", "hex:31323334353600", "hex:efbc91efbc92efbc93efbc94efbc95efbc96", "hex:" + "20" * 59 + "313233343536",
)
ACCOUNTS = ("a.martin", "b.durand", "serial:42", "hex:c3a97665", "hex:612e6d617274696e2020")
WRONG_ACCOUNTS = ("hex:", "hex:2020", "hex:6100", "hex:c285", "hex:" + "61" * 256)
DAY = 86400
YEAR = 365 * DAY


class Line(NamedTuple):
    """A line of a script, and who carries it out: one of two servers, at the time that its clock shows."""

    server: int
    now: int
    key: str
    value: str


class Author:
    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)
        self._time = self._pick(STARTS) + self._random.randrange(600)
        self._ahead = [0, self._pick((0, 0, 2, -7, 40, -200, 900))]  # of each server's clock, in seconds
        self._device = self._pick((0, 0, 0, -20, 35, -90, 150, -2000, 3500))  # of the authenticator's clock
        self._guesses = 0  # wrong codes to come, each at the end of its wait
        self._forks: List[str] = []
        self.length = self._random.randrange(8, 36)

    def lines(self, script: run.Script) -> List[Line]:
        """What comes next. More than one line where they belong together."""
        server = self._random.randrange(2)
        if script.column.content is None:
            return [Line(server, *self._beginning(script, self._now(server)))]
        credential = script.column.content.credential  # type: ignore[attr-defined]
        self._move_on(credential)
        now = self._now(server)
        if self._chance(0.02):
            now = self._pick((-1, model.MAX_TIME + 1, max(0, credential.t0 - 1), model.MAX_TIME))
        if self._guesses:
            self._guesses -= 1
            return [Line(server, now, "step", f"{self._trial(credential)} {now} {self._wrong(credential)}")]
        if self._chance(0.08):
            return [Line(server, now, "policy", self._policy())]
        if self._chance(0.02):
            return [Line(server, *self._beginning(script, now))]
        if self._chance(0.03):
            return self._replacement(script, server, now)
        # Of two wrong arguments either may be told (8.11): a wrong time stands alone.
        if 0 <= now <= model.MAX_TIME and self._chance(0.02):
            return [Line(server, now, "step", self._mistake(script, now))]
        call = self._call(script, credential, now)
        if not call.startswith("fork"):
            call += self._behind(script, is_write=not call.startswith("inspect"))
        return [Line(server, now, "step", call)]

    # chance

    def _chance(self, probability: float) -> bool:
        return self._random.random() < probability

    def _pick(self, values: Sequence[T]) -> T:
        return values[self._random.randrange(len(values))]

    # the clocks

    def _now(self, server: int) -> int:
        return min(max(self._time + self._ahead[server], 0), model.MAX_TIME)

    def _move_on(self, credential: model.Credential) -> None:
        """Time goes by: to a bound of the credential, or by a span that people know."""
        bounds = [bound for bound in (credential.not_before, credential.not_after) if bound is not None]
        if credential.last_failure is not None:
            wait = model.delay(credential.failures)
            bounds += [credential.last_failure + wait] * 4 + [credential.last_failure - wait]
        if credential.temporary is not None:
            bounds += [credential.temporary.expiry] * 2
        if self._guesses:
            self._time = max(self._time, (credential.last_failure or 0) + model.delay(credential.failures))
        elif bounds and self._chance(0.25):
            # To the bound on either side, on the clock of either server.
            self._time = self._pick(bounds) + self._pick((-1, 0, 1)) - self._pick(self._ahead)
        elif self._chance(0.7):
            self._time += self._pick((0, 1, 3, 10, 29, 30, 31, 60, 61, 300))
        elif self._chance(0.9):
            self._time += self._pick((-1, -30, -90, 900, 3600, DAY, 20 * DAY, 30 * DAY, 31 * DAY, 100 * DAY))
        else:
            self._time += self._pick((-YEAR, YEAR, 3 * YEAR))
        if self._chance(0.03):
            self._ahead[1] = self._pick((0, 1, -5, 60, -60, 600, -3600, 2 * DAY, YEAR, -YEAR, 5 * YEAR))
        if self._chance(0.05):
            self._device += self._pick((-40, -3, 3, 40, 400))
        self._time = min(max(self._time, 0), model.MAX_TIME)

    # the credential

    def _beginning(self, script: run.Script, now: int) -> Tuple[int, str, str]:
        is_token = self._chance(0.5)
        is_time_based = self._chance(0.75)
        enrolls_token = is_token and self._chance(0.3)
        # One wrong parameter at most.
        now = min(max(now, 0), model.MAX_TIME)
        kinds = ("t0", "secret", "range", "foreign", "digits", "time_step", "now", "validity")
        wrong = self._pick(kinds) if self._chance(0.1) else ""
        length = self._length(script.policy, wrong == "secret")
        time_step = 30 if self._chance(0.7) else self._pick((31, 60, 120))
        t0 = 0 if self._chance(0.6) else self._pick((now, max(0, now - 25), max(0, now - 3600), now // 2))
        if wrong == "now":
            now = self._pick((-1, model.MAX_TIME + 1))
        if wrong == "t0":
            t0 = self._pick((now + 1, model.MAX_TIME + 1))
        if wrong == "time_step":
            time_step = self._pick((29, 121, 0))
        digits = self._pick((5, 9)) if wrong == "digits" else self._pick((6, 6, 7, 8))
        words = [
            "time" if is_time_based else "counter",
            self._pick(("SHA1", "SHA1", "SHA256", "SHA512")),
            str(digits),
            *((str(time_step), str(t0)) if is_time_based else ("-", "-")),
            "hex:" + SECRETS[length].hex(),
        ]
        options = [f"now={now}"]
        not_before = max(0, now + self._pick((-10, 0, 5, 100)))
        if wrong == "validity" and 0 < not_before <= model.MAX_TIME:
            options += [f"not_before={not_before}", f"not_after={not_before - 1}"]
        elif self._chance(0.12):
            options.append(f"not_before={min(not_before, model.MAX_TIME)}")
        if wrong != "validity" and self._chance(0.12):
            not_after = max(not_before, now + self._pick((-5, 0, 100, 3600, 40 * DAY)))
            options.append(f"not_after={min(not_after, model.MAX_TIME)}")
        if not is_time_based:
            counter = self._pick((0, 0, 1, 20, 2**32 - 3, model.MAX_IMPORTED - 1, model.MAX_IMPORTED))
            options.append(f"counter={model.MAX_IMPORTED + 1 if wrong == 'range' else counter}")
        if enrolls_token:
            if is_time_based and wrong == "foreign":
                options.append("counter=0")
            return now, "enroll_token", " ".join([*words, *options])
        if is_time_based:
            options += self._sync(is_token, now, time_step, t0, wrong)
        elif wrong == "foreign":
            options.append(self._pick(("watermark=7", "drift=1", "last_sync=600")))
        state = self._pick(("pending", "active", "active", "active", "suspended"))
        return now, "import", " ".join(["token" if is_token else "app", *words, state, *options])

    def _length(self, policy: model.Policy, is_wrong: bool) -> int:
        if is_wrong:
            return self._pick((9, 65) if policy.allow_short_secret else (9, 65, 15))
        return self._pick((20, 20, 20, 32, 64, 16, 15, 10) if policy.allow_short_secret else (20, 20, 32, 64, 16))

    def _sync(self, is_token: bool, now: int, time_step: int, t0: int, wrong: str) -> List[str]:
        """Watermark, drift and last_sync of a time-based credential."""
        options = []
        step = max(0, now - t0) // max(1, time_step)
        if wrong == "range":
            return [self._pick((f"watermark={model.MAX_IMPORTED + 1}", *(("drift=201", "drift=-201") * is_token)))]
        if wrong == "foreign":
            return [self._pick(("counter=3", *(("drift=1", "last_sync=600") * (not is_token))))]
        if self._chance(0.3):
            ahead = self._pick((-5, -1, 0, 1, 2, 10, 11, 120, 200, 100_000, model.MAX_IMPORTED - step))
            options.append(f"watermark={max(0, step + ahead)}")
        if is_token and self._chance(0.4):
            options.append(f"drift={self._pick((0, 1, -3, 20, -100, 120, -121, 200, -200))}")
        if is_token and self._chance(0.4):
            period = min(65535, max(0, now) // model.PERIOD)
            options.append(f"last_sync={self._pick((0, period, max(0, period - 1), max(0, period - 3), 65535))}")
        return options

    def _policy(self) -> str:
        words = []
        if self._chance(0.1):
            # Out of bounds, and alone: what stands beside it would not be set either.
            option = self._pick([option for option, bounds in model.POLICY_BOUNDS.items() if bounds != (0, 1)])
            low, high = model.POLICY_BOUNDS[option]
            return f"{option}={self._pick((low - 1, high + 1)) if low else high + 1}"
        for option, (low, high) in model.POLICY_BOUNDS.items():
            if option == "allow_short_secret":
                words += [f"{option}={self._random.randrange(2)}"] * self._chance(0.4)
            elif option == "resync_look_ahead":
                # Its high end costs the model ten thousand codes.
                far = self._pick((1, 2, 50, 1000, high) if self._chance(0.1) else (1, 20, 100))
                words += [f"{option}={far}"] * self._chance(0.3)
            elif option == "max_failures":
                words += [f"{option}={self._pick((1, 3, 4, 6, 20, 20, 100))}"] * self._chance(0.3)
            elif self._chance(0.2):
                default = getattr(model.Policy(), option)
                words.append(f"{option}={self._pick((low, default, default, high, min(high, low + 2)))}")
        return " ".join(words) or "max_failures=4"

    def _replacement(self, script: run.Script, server: int, now: int) -> List[Line]:
        """A new pending authenticator kept beside the old one (8.9)."""
        old, pending = self._fork(), self._fork()
        secret = "hex:" + SECRETS[self._pick((20, 32))].hex()
        factor = self._pick((f"time SHA1 6 30 0 {secret}", f"counter SHA1 6 - - {secret}"))
        state = self._pick(("pending", "pending", "pending", "active"))
        lines = [
            Line(server, now, "step", f"fork {old}"),
            Line(server, now, "import", f"{self._pick(('app', 'token'))} {factor} {state} now={now}"),
            Line(server, now, "step", f"fork {pending}"),
        ]
        if self._chance(0.7):
            value = f"app time SHA1 6 30 0 hex:{SECRETS[20].hex()} active now={now}"
            lines.append(Line(server, now, "import", value))
        return lines

    def _fork(self) -> str:
        name = f"f{len(self._forks)}"
        self._forks.append(name)
        return name

    # what is typed

    def _wrong(self, credential: model.Credential) -> str:
        return "".join(self._pick("0123456789") for _ in range(credential.digits))

    def _trial(self, credential: model.Credential) -> str:
        return "confirm" if credential.state == "pending" else "verify"

    def _factor(self, script: run.Script, credential: model.Credential, now: int) -> int:
        """A moving factor that tells something: what the device shows, what was used, the edges of every window."""
        policy = script.policy
        if not credential.is_time_based:
            ahead = (-2, -1, -1, 0, 0, 0, 1, policy.look_ahead - 1, policy.look_ahead)
            return max(0, credential.counter + self._pick(ahead))
        late = self._pick((0, 0, 3, 10, 25))
        here = max(0, now - credential.t0) // credential.time_step
        shown = max(0, now - credential.t0 + self._device - late) // credential.time_step
        center = here + credential.drift
        is_app = credential.authenticator == "app"
        backward = policy.app_steps_backward if is_app else policy.token_steps_backward
        forward = policy.app_steps_forward if is_app else policy.token_steps_forward
        grown = model.idle(credential, now)
        mark = center if credential.watermark is None else min(credential.watermark, model.MAX_IMPORTED)
        edges = (
            center - backward - grown - 1, center - backward - grown, center + forward + grown, center + forward + grown + 1
        )
        return max(0, self._pick((
            shown, shown, center, center, center + 1, mark, mark, mark + 1, mark - 1, *edges, *edges,
            here + self._random.randrange(-12, 13),
        )))

    def _typed(self, script: run.Script, credential: model.Credential, now: int) -> str:
        kind = self._random.random()
        if kind < 0.58:
            code = credential.otp(self._factor(script, credential, now)) if credential.secret else "123456"
            return self._decorated(code) if self._chance(0.15) else code
        if kind < 0.70:
            return self._wrong(credential)
        if kind < 0.78:
            return self._pick((*MALFORMED, "1" * (credential.digits + 1), "1" * (credential.digits - 1)))
        if kind < 0.88:
            return f"recovery[{self._random.randrange(len(script.recovery))}]" if script.recovery else "ABCDE-FGHJK"
        if kind < 0.98:
            return "temporary" if script.temporary else "ABCD-EFGH-JKMN"
        return self._pick(("abcde-fghjk", "hex:6162636465206667686a6b", "abcdefghjkmn", "OI01L-OI01Z"))

    def _decorated(self, code: str) -> str:
        """2.1: blanks and dashes anywhere."""
        place = self._random.randrange(len(code) + 1)
        return "hex:" + (code[:place] + self._pick((" ", "-", "\t", "\r\n", "  ")) + code[place:]).encode("ascii").hex()

    def _pair(self, script: run.Script, credential: model.Credential, now: int) -> str:
        if not credential.secret or self._chance(0.2):
            return f"{self._typed(script, credential, now)} {self._typed(script, credential, now)}"
        factor = self._factor(script, credential, now)
        if credential.is_time_based and self._chance(0.6):
            far = script.policy.max_drift
            here = max(0, now - credential.t0) // credential.time_step
            factor = max(0, here + self._pick((-far - 1, -far, far - 1, far, far + 1, self._random.randrange(-far, far))))
        elif not credential.is_time_based and self._chance(0.5):
            factor = max(0, credential.counter + script.policy.resync_look_ahead + self._pick((-2, -1, 0)))
        second = factor + self._pick((1, 1, 1, 1, 1, 1, 0, 2))
        return f"{credential.otp(factor)} {credential.otp(second)}"

    # the calls

    def _call(self, script: run.Script, credential: model.Credential, now: int) -> str:
        if credential.state == "pending" and self._chance(0.5):
            return f"confirm {now} {self._typed(script, credential, now)}"
        if credential.state == "suspended" and self._chance(0.1):
            return "resume"
        if credential.state == "revoked" and self._chance(0.5):
            return f"inspect {now}"
        own = [name for name in self._forks if self._is_open(script, script.forks[name])]
        if own and self._chance(0.1):
            pending = self._pick(own)
            typed = self._typed(script, script.forks[pending].credential, now)  # type: ignore[attr-defined]
            return f"replace {now} {typed} {pending}"
        verb = self._random.choices(
            ("verify", "guess", "confirm", "resynchronize", "unlock", "forget", "suspend", "resume", "revoke",
             "recovery_codes", "temporary_code", "reseal", "rename", "fork", "inspect", "verify_absent"),
            (46, 3, 2, 8, 4, 5, 2, 2, 1, 5, 6, 3, 3, 4, 3, 2),
        )[0]
        if verb == "guess":
            self._guesses = self._pick((3, 5, 9, script.policy.max_failures))
            verb = "verify"
        if verb in ("verify", "confirm", "verify_absent"):
            return f"{verb} {now} {self._typed(script, credential, now)}"
        if verb == "resynchronize":
            return f"{verb} {now} {self._pair(script, credential, now)}"
        if verb in ("unlock", "forget", "inspect"):
            return f"{verb} {now}"
        if verb == "recovery_codes":
            return f"{verb} {self._pick((1, 1, 3, 8, 10))}"
        if verb == "temporary_code":
            uses, choice = self._pick((1, 1, 1, 2, 3, 50)), self._pick(("keep", "keep", "suspend"))
            return f"{verb} {now} {self._expiry(now)} {uses} {choice}"
        if verb == "rename":
            return f"{verb} {self._pick(ACCOUNTS)}"
        if verb == "fork":
            return f"{verb} {self._fork()}"
        return verb

    def _expiry(self, now: int) -> str:
        ahead = self._pick((None, None, 0, 1, 5, 60, DAY, model.PERIOD))
        return "none" if ahead is None else str(min(now + ahead, max(now, model.MAX_TIME)))

    def _is_open(self, script: run.Script, version: object) -> bool:
        """Whether a record is the account's; not so after a renaming that was not stored."""
        return version.account == model.name(script.account, 255)  # type: ignore[attr-defined, no-any-return]

    def _foreign(self, script: run.Script) -> List[str]:
        """Copies that were sealed for another account."""
        return [name for name in self._forks if not self._is_open(script, script.forks[name])]

    def _mistake(self, script: run.Script, now: int) -> str:
        foreign = self._foreign(script)
        if foreign and self._chance(0.4):
            return f"replace {now} 123456 {self._pick(foreign)}"
        return self._pick((
            "recovery_codes 0",
            "recovery_codes 11",
            f"temporary_code {now} {now - 1} 1 keep",
            f"temporary_code {now} {now + model.PERIOD + 1} 1 suspend",
            f"temporary_code {now} none 0 keep",
            f"temporary_code {now} none 51 keep",
            *(f"rename {account}" for account in WRONG_ACCOUNTS),
        ))

    def _behind(self, script: run.Script, is_write: bool) -> str:
        words = ""
        foreign = self._foreign(script)
        if foreign and self._chance(0.05):
            words += f" with {self._pick(foreign)}"
        elif self._forks and self._chance(0.08):
            words += f" with {self._pick(self._forks)}"
        if is_write and self._chance(0.04):
            words += f" rows={self._pick((0, 0, 1, 2, -1, 2**31))}"
        return words
