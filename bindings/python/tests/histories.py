"""Random histories, step by step through the package and through the model of the norm: every answer, the whole status
after each step, and at the end what the record holds must be the same.

    histories.py [--histories N] [--seed S]

The model has codes of its own where the library's are random, and takes no verdict from it. Fails on differences, and cuts
the first ones down to scripts in the grammar of tests/vectors; if a fault planted in the model is not found; and from the
ordinary number of histories on, if an answer that the norm can give was never given.
"""

from __future__ import annotations

import argparse
import collections
import dataclasses
import functools
import multiprocessing
import sys
import time
from typing import Any, Callable, Counter, Dict, Iterator, List, NamedTuple, Optional, Tuple
from unittest import mock

import conftest  # noqa: F401  (where the model is)
import model
import record
import run
import test_vectors
from generate import Author, Line
from run import Result

import poterne

ORDINARY = 10_000
CONTROL = 1_000
CHUNK = 50
SHOWN = 3  # failing histories

# The same factors come again and again within a history, and a search of the model computes thousands.
model.hotp = functools.lru_cache(maxsize=1 << 15)(model.hotp)

# What must occur in an ordinary run, by verb: every outcome, refusal and error that the norm gives it. "again" is an attempt
# spent twice, "state" what a step has found.
ATTEMPT = "refused conflict, error time, error record, error rows"
EARLY = "refused wait, refused locked, refused revoked, refused not_yet_valid, refused expired, refused malformed"
CHANGE = "stored, conflict, error record, error rows"
MUST_OCCUR = {
    "import": "stored, error argument, error time, error secret, error counter",
    "enroll_token": "stored, error argument, error time, error secret, error counter",
    "enroll": "stored, error argument",
    "policy": "stored, error argument",
    "verify": f"{ATTEMPT}, {EARLY}, accepted otp, accepted recovery_code, accepted temporary_code, refused wrong_code, "
    "refused replayed, refused pending, refused clock_behind, refused suspended, error counter",
    "verify_absent": "refused not_enrolled, error time",
    "confirm": f"{ATTEMPT}, {EARLY}, confirmed, refused wrong_code, refused replayed, refused clock_behind, "
    "refused clock_off, refused not_pending",
    "replace": "confirmed, refused conflict, refused revoked, refused malformed, refused wrong_code, refused not_pending, "
    "refused not_yet_valid, refused expired, error argument, error record",
    "resynchronize": f"{ATTEMPT}, {EARLY}, resynchronized, refused wrong_code, refused clock_behind, refused clock_off, "
    "refused suspended",
    "inspect": "pending, active, suspended, revoked, error time",
    "otpauth_uri": "ok, error state, error time",
    "unlock": f"{CHANGE}, error state",
    "repair_clock": f"{CHANGE}, unchanged, error time, error state",
    "forget": f"{CHANGE}, error time",
    "suspend": f"{CHANGE}, error state",
    "resume": f"{CHANGE}, error state",
    "revoke": CHANGE,
    "reseal": CHANGE,
    "rename": f"{CHANGE}, error argument",
    "recovery_codes": f"{CHANGE}, error argument, error state",
    "temporary_code": f"{CHANGE}, error argument, error time, error state",
    "end_codes": f"{CHANGE}, error state",
    "again": "error attempt",
    "state": "throttled, locked, drifted, watermark ahead, window grown, factor at its limit, temporary code expired, "
    "past confirm_by, never seen, seen, failures told, failures untold",
}


class Modeled(run.Script):
    """The model's side."""

    def __init__(self) -> None:
        super().__init__(is_sealed=False)
        self.again: Optional[str] = None
        self.is_secret_random = False

    def attempt(self, old: object, rows: Optional[int], attempt: model.Attempt) -> Result:
        try:
            return super().attempt(old, rows, attempt)
        finally:
            self.again = run.or_error(lambda: str(attempt.outcome(1)))

    def change(self, old: object, rows: Optional[int], change: model.Change, account: Optional[bytes] = None) -> Any:
        if account is not None:
            model.name(account, 255)  # a name that is none gives no change to spend
        try:
            return super().change(old, rows, change, account)
        finally:
            self.again = run.or_error(lambda: str(change.stored(1)))

    def status(self, now: int) -> Dict[str, object]:
        """8.8: all that `inspect` shows. There is one key, and it is the primary one."""
        model.check_time(now)  # 8.11: before the record
        credential = self.open(self.column.content)
        status = model.inspect(credential, self.policy, now)
        held = credential.temporary
        return {
            **dataclasses.asdict(status),
            "authenticator": credential.authenticator,
            "factor": credential.factor,
            "algorithm": credential.algorithm,
            "digits": credential.digits,
            "time_step": credential.time_step if credential.is_time_based else None,
            "t0": credential.t0 if credential.is_time_based else None,
            "not_before": credential.not_before,
            "not_after": credential.not_after,
            "expiry": held.expiry if held and held.is_valid(now) else None,
            "key_id": 1,
            "needs_reseal": False,
        }

    def held(self) -> Dict[str, object]:
        return held(self.open(self.column.content), self.is_secret_random)


class Library(test_vectors.Script):
    """The package's side: two servers, each with a verifier of its own over one keyring."""

    def __init__(self) -> None:
        super().__init__()
        self.again: Optional[str] = None
        self.is_secret_random = False
        self.server = 0
        self._verifiers = self._servers()

    def _servers(self) -> List[poterne.Verifier]:
        keyring: Any = self.keyring  # the package's, where the model's script has the model's
        policy = poterne.Policy(**self.options)
        return [poterne.Verifier(keyring, self.application, policy=policy) for _ in range(2)]

    @property
    def verifier(self) -> poterne.Verifier:
        return self._verifiers[self.server]

    def set_policy(self, value: str) -> None:
        before = dict(self.options)
        super().set_policy(value)
        try:
            self._verifiers = test_vectors.modeled(self._servers)
        except model.ModelError:
            self.options = before
            raise

    def attempt(self, old: Any, rows: Optional[int], attempt: Any) -> Result:
        try:
            return super().attempt(old, rows, attempt)
        finally:
            self.again = run.or_error(lambda: str(test_vectors.modeled(attempt.outcome, 1)))

    def change(self, old: Any, rows: Optional[int], change: Any, account: Any = None) -> Any:
        try:
            return super().change(old, rows, change, account)
        finally:
            self.again = run.or_error(lambda: str(test_vectors.modeled(change.outcome, 1)))

    def status(self, now: int) -> Dict[str, object]:
        status = test_vectors.modeled(self.credential(str(self.column.content)).inspect, now=now)
        temporary = status.temporary_code
        return {
            "state": status.state.name.lower(),
            "failures": status.failures,
            "wait": status.wait_seconds,
            "locked": status.is_locked,
            "drift": status.drift,
            "recovery": status.recovery_codes_left,
            "temporary": 0 if temporary is None else temporary.uses_left,
            "weak": status.is_secret_weak,
            "authenticator": status.authenticator.name.lower(),
            "factor": status.moving_factor.name.lower(),
            "algorithm": status.algorithm.name,
            "digits": status.digits,
            "time_step": status.time_step,
            "t0": status.t0,
            "not_before": status.not_before,
            "not_after": status.not_after,
            "confirm_by": status.confirm_by,
            "expiry": None if temporary is None else temporary.expiry,
            "key_id": status.key_id,
            "needs_reseal": status.needs_reseal,
        }

    def held(self) -> Dict[str, object]:
        keyring = record.Keyring.parse(self.keyring.to_text().encode("ascii"))
        account = self.account.encode("utf-8", "surrogateescape")
        opened = record.Records(keyring, self.application.encode("ascii")).open(str(self.column.content), account)
        assert opened is not None
        return held(opened, self.is_secret_random)


def held(credential: model.Credential, is_secret_random: bool) -> Dict[str, object]:
    """9.6: what the record holds, but for what is random."""
    temporary = credential.temporary
    return {
        **{field.name: getattr(credential, field.name) for field in dataclasses.fields(credential)},
        "secret": len(credential.secret) if is_secret_random else credential.secret,
        "code_key": any(credential.code_key),
        "recovery": [slot is not None for slot in credential.recovery],
        "temporary": None if temporary is None else (temporary.expiry, temporary.uses),
    }


# ------------------------------------------------------------------------------------------------------- side by side


class Answer(NamedTuple):
    words: str
    keys: Dict[str, str]
    again: Optional[str]  # what the same attempt gives when it is spent once more

    def __str__(self) -> str:
        words = [self.words, *(f"{key}={value}" for key, value in self.keys.items())]
        return " ".join(words) + ("" if self.again is None else f", then {self.again}")


class Difference(Exception):
    """What the norm gives at a line, and what the library gives."""

    def __init__(self, what: str, norm: object, library: object) -> None:
        super().__init__(f"{what}: {norm} by the norm; {library} by the library")


class Pair:
    """One history through both sides, which share nothing."""

    def __init__(self) -> None:
        self.model = Modeled()
        self.library = Library()

    def play(self, line: Line) -> Answer:
        """What the norm answers."""
        self.library.server = line.server
        norm = answer(self.model, line)
        same("answer", norm, library_answer(self.library, line))
        if self.model.column.content is not None:
            same("status", *(or_kind(functools.partial(side.status, line.now)) for side in (self.model, self.library)))
        return norm

    def look_inside(self) -> None:
        if self.model.column.content is not None:
            same("record", *(or_kind(side.held) for side in (self.model, self.library)))


def answer(side: Any, line: Line) -> Answer:
    side.again = None
    if line.key == "step":
        result = side.carry_out(line.value)
        return Answer(result.words, result.keys, side.again)
    if line.key == "policy":
        return Answer(run.or_error(lambda: side.set_policy(line.value) or "stored"), {}, None)
    create = {"import": side.imported, "enroll_token": side.token_enrolled, "enroll": side.enrolled}[line.key]
    stored = Answer(create(line.value), {}, None)
    if stored.words == "stored":
        side.is_secret_random = line.key == "enroll"
    return stored


def library_answer(side: Library, line: Line) -> Answer:
    try:
        return answer(side, line)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic is not an Exception, and would end the worker without a word
        return Answer(f"{type(error).__name__}: {error}", {}, None)


def or_kind(look: Callable[[], Dict[str, object]]) -> Dict[str, object]:
    try:
        return look()
    except model.ModelError as error:
        return {"error": error.kind}


def same(what: str, norm: Any, library: Any) -> None:
    if norm == library:
        return
    if isinstance(norm, dict):
        unlike = [key for key in {**norm, **library} if norm.get(key) != library.get(key)]
        norm, library = ({key: side.get(key) for key in unlike} for side in (norm, library))
    raise Difference(what, norm, library)


class Told(NamedTuple):
    """What a history came to."""

    lines: List[Line]
    answers: Counter[Tuple[str, str]]
    difference: Optional[Difference]


def tell(seed: str, is_looked_into: bool = True) -> Told:
    pair, author = Pair(), Author(seed)
    told = Told([], collections.Counter(), None)
    try:
        while len(told.lines) < author.length:
            for line in author.lines(pair.model):
                told.lines.append(line)
                told.answers.update(("state", state) for state in states(pair.model, line.now))
                count(told.answers, line, pair.play(line))
        if is_looked_into:
            pair.look_inside()
    except Difference as difference:
        return told._replace(difference=difference)
    return told


def states(side: Modeled, now: int) -> Iterator[str]:
    """What is rare about the credential that is stored."""
    version: Any = side.column.content
    if version is None:
        return
    credential: model.Credential = version.credential
    if model.wait_seconds(credential, now):
        yield "throttled"
    if credential.failures >= side.policy.max_failures:
        yield "locked"
    if credential.drift:
        yield "drifted"
    if credential.is_time_based and now >= credential.t0:
        ahead = (credential.watermark or 0) - credential.step(now) - credential.drift
        if ahead > model.MAX_STEPS + model.MAX_IDLE + model.CLOCKS_APART_STEPS:
            yield "watermark ahead"
    if model.idle(credential, now) > 1:
        yield "window grown"
    if max(credential.counter, credential.watermark or 0) >= model.MAX_IMPORTED:
        yield "factor at its limit"
    if credential.temporary and not credential.temporary.is_valid(now):
        yield "temporary code expired"
    if credential.confirm_by is not None and now > credential.confirm_by:
        yield "past confirm_by"
    if credential.learns_drift:
        yield "seen" if credential.seen else "never seen"
    if credential.failures or credential.untold:
        yield "failures untold" if credential.untold else "failures told"


def count(answers: Counter[Tuple[str, str]], line: Line, norm: Answer) -> None:
    verb = line.value.split(" ")[0] if line.key == "step" else line.key
    answers[verb, " ".join(word for word in norm.words.split(" ") if not word.lstrip("-").isdigit())] += 1
    if norm.again is not None:
        answers["again", norm.again] += 1


# ---------------------------------------------------------------------------------------------------------- a failure


def difference_of(lines: List[Line]) -> Optional[Tuple[int, Difference]]:
    """The first difference, looking into the record after each line, and how many lines it takes."""
    pair = Pair()
    for number, line in enumerate(lines, 1):
        try:
            pair.play(line)
            pair.look_inside()
        except Difference as difference:
            return number, difference
        except run.Failure:
            return None  # a line needs one that was dropped
    return None


def shrunk(lines: List[Line]) -> List[Line]:
    """Fewer lines, of which none can be dropped without losing every difference."""
    place = len(lines)
    while place > 0:
        place -= 1
        fewer = lines[:place] + lines[place + 1 :]
        found = difference_of(fewer)
        if found:
            lines = fewer[: found[0]]
            place = len(lines)
    return lines


def script_of(seed: str, lines: List[Line]) -> str:
    """A case for tests/vectors, with what the norm gives. What the grammar has no word for is a comment."""
    side = Modeled()
    case = [f"[history-{seed}]"]
    for line in [*lines, Line(0, 0, "step", f"inspect {lines[-1].now}")]:
        if side.column.content is None and line.key == "step":
            continue
        norm = answer(side, line)
        if line.key == "step":
            case.append(f"step = {line.value} -> {norm._replace(again=None)}")
        elif norm.words == "stored":
            case.append(f"{line.key} = {line.value}")
        else:  # a policy line has no room for a result
            case.append(f"{'# ' * (line.key == 'policy')}{line.key} = {line.value} -> {norm}")
    found = difference_of(lines)
    return "\n".join([*case, f"# {found[1]}" if found else "# no difference when it is told again"])


# ----------------------------------------------------------------------------------------------------------- controls


def watermark_not_raised() -> Any:
    """4.8, broken: an accepted code leaves the watermark where it was."""
    right = model.verify

    def wrong(credential: Any, policy: model.Policy, submitted: bytes, now: int) -> model.Attempt:
        attempt = right(credential, policy, submitted, now)
        if attempt.credential is not None:
            attempt.credential = dataclasses.replace(attempt.credential, watermark=credential.watermark)
        return attempt

    return mock.patch.object(model, "verify", wrong)


def delay_late_by_a_failure() -> Any:
    """6.1, broken: the fourth failure is the first that has to wait."""
    right = model.delay
    return mock.patch.object(model, "delay", lambda failures: right(failures - 1))


def old_pairs_count() -> Any:
    """8.4, broken: a pair counts however far it is from where the token's clock can be."""
    return mock.patch.object(model, "pair_reach", lambda credential, now: 1 << 32)


def codes_of_section_5_are_counted() -> Any:
    """5.4, broken: a wrong one is a failure."""
    right = model.verify

    def wrong(credential: Any, policy: model.Policy, submitted: bytes, now: int) -> model.Attempt:
        attempt = right(credential, policy, submitted, now)
        code = credential and model.classify(submitted, credential.digits)[0] == "code"
        if not code or attempt.changed or attempt._verdict != model.Refused("wrong_code"):
            return attempt
        after = dataclasses.replace(credential, failures=min(credential.failures + 1, 255), last_failure=now)
        return model.Attempt(after, model.Refused("wrong_code"))

    return mock.patch.object(model, "verify", wrong)


def failures_told_twice() -> Any:
    """4.8, broken: a login does not clear what it has told."""
    right = model.verify

    def wrong(credential: Any, policy: model.Policy, submitted: bytes, now: int) -> model.Attempt:
        attempt = right(credential, policy, submitted, now)
        if attempt.credential is not None:
            untold = max(credential.untold, attempt.credential.untold)
            attempt.credential = dataclasses.replace(attempt.credential, untold=untold)
        return attempt

    return mock.patch.object(model, "verify", wrong)


def clock_off_spends_nothing() -> Any:
    """8.2, broken: a coming step that was told to be one works later."""
    right = model.confirm

    def wrong(credential: Any, policy: model.Policy, submitted: bytes, now: int) -> model.Attempt:
        attempt = right(credential, policy, submitted, now)
        if attempt.credential is not None and isinstance(attempt._verdict, model.Refused):
            attempt.credential = dataclasses.replace(attempt.credential, watermark=credential.watermark)
        return attempt

    return mock.patch.object(model, "confirm", wrong)


def recovery_code_not_spent() -> Any:
    """5.3, broken: a recovery code works for ever."""
    right = model.verify

    def wrong(credential: Any, policy: model.Policy, submitted: bytes, now: int) -> model.Attempt:
        attempt = right(credential, policy, submitted, now)
        if attempt.credential is not None:
            attempt.credential = dataclasses.replace(attempt.credential, recovery=credential.recovery)
        return attempt

    return mock.patch.object(model, "verify", wrong)


FAULTS: Tuple[Callable[[], Any], ...] = (
    watermark_not_raised, delay_late_by_a_failure, recovery_code_not_spent, old_pairs_count, codes_of_section_5_are_counted,
    failures_told_twice, clock_off_spends_nothing,
)


def find_faults(seed: int) -> List[str]:
    """Each planted fault must show in answers and status alone, without a look into the record."""
    missed = []
    for fault in FAULTS:
        with fault():
            histories = (number for number in range(CONTROL) if tell(f"{seed}.{number}", is_looked_into=False).difference)
            found = next(histories, None)
        if found is None:
            missed.append(f"control: {fault.__name__} was not found by {CONTROL} histories")
        else:
            print(f"control: {fault.__name__} found by history {found + 1}")
    return missed


# ---------------------------------------------------------------------------------------------------------------- all


class Chunk(NamedTuple):
    steps: int
    answers: Counter[Tuple[str, str]]
    failed: List[str]  # seeds


def tell_chunk(seeds: List[str]) -> Chunk:
    steps, answers, failed = 0, collections.Counter[Tuple[str, str]](), []
    for seed in seeds:
        told = tell(seed)
        steps += len(told.lines)
        answers += told.answers
        failed += [seed] if told.difference else []
    return Chunk(steps, answers, failed)


def chunks(seed: int, histories: int) -> Iterator[List[str]]:
    for first in range(0, histories, CHUNK):
        yield [f"{seed}.{number}" for number in range(first, min(first + CHUNK, histories))]


def never_given(answers: Counter[Tuple[str, str]]) -> List[str]:
    return [
        f"never: {verb}: {words}"
        for verb, all_words in MUST_OCCUR.items()
        for words in all_words.split(", ")
        if not answers[verb, words]
    ]


def report(answers: Counter[Tuple[str, str]]) -> None:
    for verb in sorted({verb for verb, _ in answers}):
        print(f"{verb}: " + ", ".join(f"{words} {number}" for (of, words), number in answers.most_common() if of == verb))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--histories", type=int, default=ORDINARY)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    begin = time.monotonic()
    steps, answers, failed = 0, collections.Counter[Tuple[str, str]](), []
    with multiprocessing.get_context("fork").Pool(2) as pool:
        for chunk in pool.imap_unordered(tell_chunk, chunks(arguments.seed, arguments.histories)):
            steps += chunk.steps
            answers += chunk.answers
            failed += chunk.failed
    report(answers)
    problems = find_faults(arguments.seed)
    if arguments.histories >= ORDINARY:
        problems += never_given(answers)
    for seed in failed[:SHOWN]:
        print(f"\nhistory {seed} differs:\n{script_of(seed, shrunk(tell(seed).lines))}\n")
    for problem in problems:
        print(problem)
    print(f"histories: {arguments.histories}, {steps} steps, {len(failed)} differ, {time.monotonic() - begin:.0f} s")
    return 1 if failed or problems or not steps else 0


if __name__ == "__main__":
    sys.exit(main())
