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

# By length: the default, the two other hashes' own, the shortest, weak ones, those that are stored as their hash, and two
# that are refused; as 65 and 128 are with SHA-512.
SECRETS = {length: (b"1234567890" * 103)[:length] for length in (20, 32, 64, 16, 15, 10, 65, 128, 129, 1024, 9, 1025)}
STARTS = (1_700_000_010, 1_700_000_010, 1_111_111_109, 40_000, 0, model.MAX_TIME - 40 * 86400)
MALFORMED = (
    "12345", "1234567890", "1234567890123", "OOOOOOOOOOOOO", "ILO01-ILO0-ILO0", "ABCDE-FGHJ-KMNU", "ABCDE-FGHJK", "-123456x",
    "hex:", "hex:ff", "hex:31323334353600", "hex:efbc91efbc92efbc93efbc94efbc95efbc96", "hex:" + "20" * 59 + "313233343536",
    "hex:313233a0343536", "hex:313233e28096343536", "hex:" + "e2808b" * 59 + "313233343536", "hex:" + "f09f9491" * 64,
    "-----", "1-3456", "hex:c38926222728c3a0",
)
# 2.4, the other way round: some digits have two characters.
FRENCH = {digit: [key for key, other in model.FRENCH_ROW.items() if other == digit] for digit in "0123456789"}
ACCOUNTS = ("a.martin", "b.durand", "serial:42", "hex:c3a97665", "hex:612e6d617274696e2020")
WRONG_ACCOUNTS = ("hex:", "hex:2020", "hex:6100", "hex:c285", "hex:" + "61" * 256)
DAY = model.DAY
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
        # Of each server's clock, in seconds.
        self._ahead = [0, self._pick((0, 0, 2, -7, 40, -200, 299, 300, -300, 301, 899, 900))]
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
        if self._chance(0.05):
            return self._replacement(server, now)
        if self._chance(0.02):
            return self._enrollment(script, server, now)
        # Of two wrong arguments either may be told (8.11): a wrong time stands alone.
        if 0 <= now <= model.MAX_TIME and self._chance(0.02):
            return [Line(server, now, "step", self._mistake(script, now))]
        call = self._call(script, credential, now)
        # A copy may be one whose URI needs an option, see `_can_have_uri`.
        if not call.startswith(("fork", "otpauth_uri")):
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
        validity = credential.not_before, credential.not_after, credential.confirm_by, credential.confirm_by
        bounds = [bound for bound in validity if bound is not None]
        if credential.last_failure is not None:
            wait = model.delay(credential.failures)
            bounds += [credential.last_failure + wait] * 4 + [credential.last_failure - model.CLOCK_WRONG] * 2
        if credential.watermark is not None and self._chance(0.3):
            # Where 8.5 lowers a watermark, and 8.7 drops it.
            far = self._pick((-20, -26 - credential.drift, 21, 211, 27 - credential.drift, 10, 16 - credential.drift))
            bounds += [credential.t0 + (credential.watermark + far) * credential.time_step] * 3
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
            self._ahead[1] = self._pick((0, 1, -5, 60, -60, 300, -300, 600, 900, -3600, 2 * DAY, YEAR, -YEAR, 5 * YEAR))
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
        kinds = ("t0", "secret", "range", "foreign", "digits", "time_step", "now", "validity", "confirm_by")
        wrong = self._pick(kinds) if self._chance(0.1) else ""
        algorithm = self._pick(("SHA1", "SHA1", "SHA256", "SHA512"))
        length = self._length(script.policy, algorithm, wrong == "secret")
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
            algorithm,
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
        first = max([now, *(int(option[11:]) for option in options if option.startswith("not_before="))])
        if wrong != "validity" and self._chance(0.12):
            not_after = max(not_before, now + self._pick((-5, 0, 100, 3600, 40 * DAY)))
            options.append(f"not_after={min(not_after, model.MAX_TIME)}")
        if not is_time_based:
            counter = self._pick((0, 0, 1, 20, 2**32 - 3, model.MAX_IMPORTED - 1, model.MAX_IMPORTED))
            options.append(f"counter={model.MAX_IMPORTED + 1 if wrong == 'range' else counter}")
        state = self._pick(("pending", "pending", "active", "active", "active", "suspended"))
        if wrong == "confirm_by":
            state = self._pick(("active", "suspended", "pending"))
            is_pending = state == "pending" or enrolls_token
            options.append(f"confirm_by={self._pick((-1, max(first - 1, -1))) if is_pending else first + 100}")
        elif wrong != "validity" and (state == "pending" or enrolls_token) and self._chance(0.35):
            confirm_by = first + self._pick((0, 1, 5, 60, 3600, 30 * DAY))
            options.append(f"confirm_by={min(confirm_by, model.MAX_TIME)}")
        if enrolls_token:
            if is_time_based and wrong == "foreign":
                options.append("counter=0")
            return now, "enroll_token", " ".join([*words, *options])
        if is_time_based:
            options += self._sync(is_token, now, time_step, t0, wrong)
        elif wrong == "foreign":
            options.append(self._pick(("watermark=7", "drift=1", "last_sync=600")))
        return now, "import", " ".join(["token" if is_token else "app", *words, state, *options])

    def _length(self, policy: model.Policy, algorithm: str, is_wrong: bool) -> int:
        if is_wrong:
            own = [65, 128] if algorithm == "SHA512" else [1025]  # a key of HMAC's own, and too long for a record
            return self._pick([9, 9, *own] if policy.allow_short_secret else [9, 9, 15, *own])
        if self._chance(0.1):
            return self._pick((129, 1024) if algorithm == "SHA512" else (65, 128, 129, 1024))
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
            ahead = self._pick((-5, -1, 0, 1, 2, 20, 21, 120, 200, 100_000, model.MAX_IMPORTED - step))
            options.append(f"watermark={max(0, step + ahead)}")
        if is_token and self._chance(0.4):
            options.append(f"drift={self._pick((0, 1, -3, 20, -100, 120, -121, 200, -200))}")
        if is_token and self._chance(0.5):  # seen; else nobody knows where its clock is
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

    def _replacement(self, server: int, now: int) -> List[Line]:
        """A new pending authenticator kept beside the old one (8.9)."""
        old, pending = self._fork(), self._fork()
        secret = "hex:" + SECRETS[self._pick((20, 32, 32, 32))].hex()
        factor = self._pick((f"time SHA1 6 30 0 {secret}", f"counter SHA1 6 - - {secret}"))
        state = self._pick(("pending", "pending", "pending", "pending", "active"))
        has_date = state == "pending" and self._chance(0.2)
        confirm_by = f" confirm_by={min(now + self._pick((1, 60)), model.MAX_TIME)}" if has_date and now >= 0 else ""
        lines = [
            Line(server, now, "step", f"fork {old}"),
            Line(
                server, now, "import",
                f"{self._pick(('app', 'token'))} {factor} {state} now={now}{self._validity(now)}{confirm_by}",
            ),
            Line(server, now, "step", f"fork {pending}"),
        ]
        if self._chance(0.2):
            # Its secret is its own, however often it was sealed, and whatever it has counted.
            lines.append(Line(server, now, "step", self._pick(("reseal", f"confirm {now} 000000"))))
        else:
            state = self._pick(("active", "active", "active", "suspended", "pending"))
            value = f"app time SHA1 6 30 0 hex:{SECRETS[20].hex()} {state} now={now}{self._validity(now)}"
            lines.append(Line(server, now, "import", value))
        typed = model.hotp(SECRETS[32], now // 30 if "time" in factor and 0 <= now else 0)
        lines += [Line(server, now, "step", f"replace {now} {typed} {pending}")] * self._chance(0.5)
        return lines

    def _validity(self, now: int) -> str:
        """Bounds that are near, so that they differ from those of the other record."""
        not_before = f" not_before={max(0, now + self._pick((-600, -1, 0, 1)))}" if self._chance(0.25) else ""
        has_end = self._chance(0.25) and now < model.MAX_TIME - 3600
        not_after = f" not_after={now + self._pick((1, 30, 3600))}" if has_end else ""
        return not_before + not_after

    def _enrollment(self, script: run.Script, server: int, now: int) -> List[Line]:
        """8.12. Its secret is random, and on each side another: nobody types a code of it, and a known one follows."""
        now = min(max(now, 0), model.MAX_TIME)
        authenticator = self._pick(("app", "app", "token"))
        not_before = None if self._chance(0.7) else min(now + self._pick((-60, 0, 60, 40 * DAY)), model.MAX_TIME)
        first = max(now, not_before or 0)
        confirm_by = None if self._chance(0.6) else min(first + self._pick((0, 60, 366 * DAY)), model.MAX_TIME)
        options = "" if confirm_by is None else f" confirm_by={confirm_by}"
        options += "" if not_before is None else f" not_before={max(0, not_before)}"
        days = script.policy.confirm_within_days * DAY
        later = min(max(0, first + self._pick((0, 61, days, days + 1, 367 * DAY))), model.MAX_TIME)
        if self._chance(0.1) and first > 0:
            # A date that is over: nothing is enrolled, and what is stored stays.
            return [Line(server, now, "enroll", f"{authenticator} time SHA1 6 30 0 now={now} not_before={first} confirm_by={first - 1}")]
        typed = self._pick(("12345", "12345", "hex:"))  # a code that has the right length would be wrong on one side alone
        calls = [
            f"otpauth_uri {later}", f"confirm {later} {typed}", f"verify {later} {typed}", f"forget {later}", "unlock",
            f"repair_clock {now}", "reseal", f"inspect {later}", "suspend", "end_codes both", "revoke",
        ]
        return [
            Line(server, now, "enroll", f"{authenticator} time SHA1 6 30 0 now={now}{options}"),
            *(Line(server, later, "step", call) for call in calls if self._chance(0.5)),
            Line(server, now, "import", f"app time SHA1 6 30 0 hex:{SECRETS[20].hex()} active now={now}"),
        ]

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
        is_kept_out = (
            credential.state == "suspended" or credential.failures >= script.policy.max_failures
            or bool(model.wait_seconds(credential, now))
        )
        if is_kept_out and self._chance(0.4):
            kind = 0.78 + self._random.random() * 0.22  # a code of section 5, all the same
        if kind < 0.58:
            code = credential.otp(self._factor(script, credential, now)) if credential.secret else "123456"
            return self._decorated(code) if self._chance(0.25) else code
        if kind < 0.70:
            return self._wrong(credential)
        if kind < 0.78:
            return self._pick((*MALFORMED, "1" * (credential.digits + 1), "-" * (credential.digits - 1)))
        if kind < 0.88:
            return f"recovery[{self._random.randrange(len(script.recovery))}]" if script.recovery else "ABCDE-FGHJ-KMNP"
        if kind < 0.97:
            return "temporary" if script.temporary else "ABCDE-FGHJ-KMNP"
        return self._pick((
            "abcde-fghj-kmnp", "hex:6162636465c2a06667686ae280916b6d6e70", "abcdefghjkmnp", "OI01L-OI01-OI0Z",
            "-" * credential.digits,
        ))

    def _decorated(self, code: str) -> str:
        """2.1: what is dropped, anywhere; and the other keyboard of 2.4."""
        dropped = model.DROPPED
        if self._chance(0.4):
            code = "".join(self._pick(FRENCH[digit]) for digit in code)
            dropped = model.DROPPED if self._chance(0.1) else model.DROPPED - model.DASHES
        signs = sorted(dropped)
        for _ in range(self._pick((0, 1, 1, 2, 5))):
            place = self._random.randrange(len(code) + 1)
            code = code[:place] + chr(self._pick(signs)) + code[place:]
        return "hex:" + code.encode("utf-8").hex()

    def _pair(self, script: run.Script, credential: model.Credential, now: int) -> str:
        if not credential.secret or self._chance(0.2):
            return f"{self._typed(script, credential, now)} {self._typed(script, credential, now)}"
        factor = self._factor(script, credential, now)
        if credential.is_time_based and self._chance(0.6):
            far = script.policy.max_drift
            here = max(0, now - credential.t0) // credential.time_step
            edges = [here + far + edge for edge in (-2 * far - 1, -2 * far, -1, 0, 1, self._random.randrange(-2 * far, 0))]
            reach = model.pair_reach(credential, now)
            if reach < far and self._chance(0.7):
                center = here + credential.drift - 1
                edges = [center + side * int(reach) + edge for side in (-1, 1) for edge in (-1, 0, 1)]
            factor = max(0, self._pick(edges))
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
            ("verify", "guess", "confirm", "resynchronize", "unlock", "repair_clock", "forget", "suspend", "resume",
             "revoke", "recovery_codes", "temporary_code", "end_codes", "reseal", "rename", "fork", "inspect", "otpauth_uri",
             "verify_absent"),
            (46, 3, 2, 9, 4, 4, 5, 2, 2, 1, 5, 6, 3, 3, 3, 4, 3, 2, 2),
        )[0]
        if verb == "otpauth_uri" and not self._can_have_uri(credential):
            verb = "inspect"
        if verb == "guess":
            self._guesses = self._pick((3, 5, 9, script.policy.max_failures))
            verb = "verify"
        if verb in ("verify", "confirm", "verify_absent"):
            return f"{verb} {now} {self._typed(script, credential, now)}"
        if verb == "resynchronize":
            return f"{verb} {now} {self._pair(script, credential, now)}"
        if verb in ("repair_clock", "forget", "inspect", "otpauth_uri"):
            return f"{verb} {now}"
        if verb == "end_codes":
            return f"{verb} {self._pick(tuple(model.CODE_SETS))}"
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

    def _can_have_uri(self, credential: model.Credential) -> bool:
        """Without an option `allow_incompatible`, if it is pending."""
        usual = ("time", "SHA1", 6, 30, 0, 20)
        its = (credential.factor, credential.algorithm, credential.digits, credential.time_step, credential.t0)
        return credential.state != "pending" or (*its, len(credential.secret)) == usual

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
