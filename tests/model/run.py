"""Runs vector files against the model: python tests/model/run.py tests/vectors/*.txt

Strict: an unknown key or word, a case without a line and a file without a case fail. The format is in
tests/vectors/README.md. Only record.txt needs more than the standard library (pyca `cryptography`).
"""

from __future__ import annotations

import dataclasses
import os
import re
import sys
from typing import Callable, Dict, List, NamedTuple, Optional, Tuple

import model
import ticket
import token_file
from model import ModelError, Policy
from record import Keyring, Records, check_xaes

MAX_LINE = 4096  # a secret of 1,024 bytes in hexadecimal fits; every other line has 1,000 bytes at most
# The values of the URIs come from CPython and the Key URI format, those of PSKC from tests/pskc; errors of databases are not for the model.
NOT_MODELED = ("uri.txt", "uri-parse.txt", "conflicts.txt", "pskc.txt")


class Failure(Exception):
    """What a case gave is not what it says, or it says it wrongly. Never shows a value but those of the file."""


class Case(NamedTuple):
    name: str
    lines: List[Tuple[str, str]]


def expect(condition: bool, message: str) -> None:
    if not condition:
        raise Failure(message)


# --------------------------------------------------------------------------------------------------------- the format


def read_cases(path: str) -> List[Case]:
    with open(path, "rb") as file:
        content = file.read()
    expect(content.endswith(b"\n") and b"\r" not in content, "lines end with LF")
    cases: List[Case] = []
    for number, line in enumerate(content[:-1].split(b"\n"), 1):
        expect(line.isascii() and len(line) <= MAX_LINE, f"line {number}: ASCII, {MAX_LINE} bytes at most")
        text = line.decode("ascii")
        if not text or text.startswith("#"):
            continue
        header = re.fullmatch(r"\[([a-z0-9.-]+)\]", text)
        if header:
            expect(header[1] not in [case.name for case in cases], f"line {number}: a name that is taken")
            cases.append(Case(header[1], []))
            continue
        found = re.fullmatch(r"([a-z0-9_]+) = (.*)", text)
        expect(found is not None, f"line {number}: neither a name nor a key")
        expect(bool(cases), f"line {number}: a case without a name")
        cases[-1].lines.append((found[1], found[2]))
    expect(bool(cases), "a file without a case")
    return cases


def text_of(word: str) -> bytes:
    """Text as it stands, or hex:..."""
    if not word.startswith("hex:"):
        return word.encode("ascii")
    return bytes_of(word)


def bytes_of(word: str) -> bytes:
    expect(re.fullmatch("hex:([0-9a-f]{2})*", word) is not None, "hexadecimal, lower case")
    return bytes.fromhex(word[4:])


def number_of(word: str) -> int:
    expect(re.fullmatch("0|-?[1-9][0-9]*", word) is not None, f"{word} is not a number")
    return int(word)


def optional_number(word: str) -> Optional[int]:
    return None if word == "none" else number_of(word)


def table(case: Case, required: str, repeated: str = "", optional: str = "", either: str = "") -> Dict[str, str]:
    """The keys of a case that is not a script: each once, and one set of `either` at most."""
    values: Dict[str, str] = {}
    for key, value in case.lines:
        expect(key in f"{required} {repeated} {optional} {either}".split(), f"unknown key {key}")
        expect(key not in values or key in repeated.split(), f"{key} comes twice")
        values[key] = value if key not in values else values[key] + "\n" + value
    for key in required.split():
        expect(key in values, f"no {key}")
    if either:
        given = set(either.split()) & set(values)
        expect(given in ({"error"}, set(either.split()) - {"error"}), "a value or an error")
    return values


def or_error(call: Callable[[], str]) -> str:
    try:
        return call()
    except ModelError as error:
        return f"error {error.kind}"


def same(expected: str, actual: str) -> None:
    expect(expected == actual, f"{actual} instead of {expected}")


# --------------------------------------------------------------------------------------------------------- the tables


def run_hotp(case: Case) -> None:
    values = table(case, "algorithm digits secret counter otp")
    secret, counter = bytes_of(values["secret"]), number_of(values["counter"])
    expect(0 <= counter <= model.LAST_FACTOR, "a counter that does not exist")
    same(values["otp"], model.hotp(secret, counter, number_of(values["digits"]), values["algorithm"]))


def run_totp(case: Case) -> None:
    values = table(case, "algorithm digits secret time_step t0 time", either="otp error")
    secret, digits = bytes_of(values["secret"]), number_of(values["digits"])
    time, time_step, t0 = (number_of(values[key]) for key in ("time", "time_step", "t0"))
    actual = or_error(lambda: model.totp(secret, time, digits, values["algorithm"], time_step, t0))
    same(values.get("otp") or "error " + values["error"], actual)


def run_base32(case: Case) -> None:
    values = table(case, "text", either="secret canonical error")
    actual = or_error(lambda: "hex:" + model.base32_decode(text_of(values["text"])).hex())
    same(values.get("secret") or "error " + values["error"], actual)
    if "canonical" in values:
        same(values["canonical"], model.base32_encode(bytes_of(values["secret"])))
        same(values["secret"], "hex:" + model.base32_decode(text_of(values["canonical"])).hex())


def run_hex(case: Case) -> None:
    values = table(case, "text", either="secret canonical error")
    actual = or_error(lambda: "hex:" + model.hex_decode(text_of(values["text"])).hex())
    same(values.get("secret") or "error " + values["error"], actual)
    if "canonical" in values:
        same(values["canonical"], model.base32_encode(bytes_of(values["secret"])))


def run_lifetime(case: Case) -> None:
    values = table(case, "authenticator time_step", repeated="policy", either="seconds error")
    options = option_words(values["policy"].split(" "), " ".join(model.POLICY_BOUNDS)) if "policy" in values else {}
    policy = Policy(**{key: number_of(word) for key, word in options.items()})
    expect(values["authenticator"] in ("app", "token"), "an unknown word")
    time_step = number_of(values["time_step"])
    actual = or_error(lambda: str(model.code_lifetime(policy, values["authenticator"], time_step)))
    same(values.get("seconds") or "error " + values["error"], actual)


def run_rows(case: Case) -> None:
    values = table(case, "login_name person row", repeated="rows", either="rows error")
    login_name = text_of(values["login_name"]).decode()
    person, row = model.person_and_row(login_name)
    same(f"{text_of(values['person']).decode()} {values['row']}", f"{person} {row}")
    expected = [text_of(name).decode() for name in values["rows"].split("\n")] if "rows" in values else None
    actual = or_error(lambda: "\n".join(model.rows_of_person(login_name)))
    same("error " + values["error"] if expected is None else "\n".join(expected), actual)


def run_match(case: Case) -> None:
    values = table(case, "algorithm digits secret submitted candidates watermark match")
    first, last = (number_of(word) for word in values["candidates"].split(" "))

    def call() -> str:
        found = model.match_otp(
            bytes_of(values["secret"]), values["algorithm"], number_of(values["digits"]), text_of(values["submitted"]),
            first, last, optional_number(values["watermark"]),
        )
        return found.result if found.factor is None else f"{found.result} {found.factor}"

    same(values["match"], or_error(call))


def run_split(case: Case) -> None:
    values = table(case, "field digits password code")
    password, code = model.split_password_and_code(text_of(values["field"]), number_of(values["digits"]))
    expect(text_of(values["password"]) == password, "another password part")
    expect((None if values["code"] == "none" else text_of(values["code"])) == code, "another code")


def run_keyring(case: Case) -> None:
    values = table(case, "", repeated="text", either="primary keys error")
    text = b"".join(text_of(line) + b"\n" for line in values["text"].split("\n"))

    def call() -> str:
        keyring = Keyring.parse(text)
        again = Keyring.parse(keyring.to_text().encode("ascii"))
        expect((again.primary, again.keys) == (keyring.primary, keyring.keys), "the text does not come back")
        return f"{keyring.primary} {len(keyring.keys)}"

    same(f"error {values['error']}" if "error" in values else f"{values['primary']} {values['keys']}", or_error(call))


def run_ticket(case: Case) -> None:
    check_xaes()
    values = table(case, "keyring application account purpose context now", optional="policy ticket made dud", either="said error")
    expect(len({"ticket", "made", "dud"} & set(values)) == 1, "a ticket, or the time when it is made")
    options = option_words(values["policy"].split(" "), " ".join(model.POLICY_BOUNDS)) if "policy" in values else {}
    policy = Policy(**{key: number_of(word) for key, word in options.items()})
    keyring = Keyring.parse(text_of(values["keyring"]))
    bound = [text_of(values[key]) for key in ("application", "account", "purpose", "context")]

    def call() -> str:
        if "ticket" in values:
            given = text_of(values["ticket"])
        else:
            key = "made" if "made" in values else "dud"
            expiry = min(number_of(values[key]) + policy.ticket_seconds, model.MAX_TIME)
            label = b"poterne ticket" if key == "made" else b"poterne nobody"
            given = ticket.seal(keyring, keyring.primary, os.urandom(24), *bound, expiry, label=label).encode()
            expect(len(given) == ticket.LENGTH, "another length")
        is_valid = ticket.is_valid(keyring, *bound, given, number_of(values["now"]))
        return "refused not_enrolled" if is_valid else "refused ticket"

    same(values.get("said") or "error " + values["error"], or_error(call))


def declared_of(value: str) -> Dict[str, object]:
    """What a case declares about a CSV file, a word or two a line."""
    declared: Dict[str, object] = {}
    for line in value.split("\n") if value else []:
        name, _, word = line.partition(" ")
        expect(name in "encoding algorithm digits time_step separator counter_based header".split(), f"unknown word {name}")
        expect(name not in declared and (word == "") == (name in ("counter_based", "header")), f"{name} is declared wrongly")
        declared[name] = number_of(word) if name in ("digits", "time_step") else word
    return declared


def file_of(values: Dict[str, str]) -> bytes:
    return b"\n".join(text_of(line) for line in values["file"].split("\n"))


def run_token_csv(case: Case) -> None:
    said = [line for line in case.lines if line[0] in ("token", "fault", "error", "fits")]
    rest = Case(case.name, [line for line in case.lines if line not in said])
    values = table(rest, "layout", repeated="file declare", optional="prove")
    data, layout, declared = file_of(values), values["layout"], declared_of(values.get("declare", ""))

    def call() -> str:
        if "prove" in values:
            serial, code, now = values["prove"].split(" ")
            fits = token_file.prove(data, layout, declared, text_of(serial).decode(), text_of(code), number_of(now))
            return "\n".join(f"fits {fit}" for fit in fits) or "fits none"
        return "\n".join(" ".join(words) for words in token_file.read_csv(data, layout, declared))

    expect(bool(said), "it expects nothing")
    same("\n".join(" ".join(line) for line in said), or_error(call))


def run_etoken(case: Case) -> None:
    said = [line for line in case.lines if line[0] in ("token", "fault", "error")]
    values = table(Case(case.name, [line for line in case.lines if line not in said]), "algorithm", repeated="file")
    algorithm = None if values["algorithm"] == "none" else values["algorithm"]
    data = file_of(values)
    actual = or_error(lambda: "\n".join(" ".join(words) for words in token_file.read_etoken(data, algorithm)))
    expect(bool(said), "it expects nothing")
    same("\n".join(" ".join(line) for line in said), actual)


# -------------------------------------------------------------------------------------------------------- the scripts

FILE_KEYS = ("file", "layout", "declare", "key", "algorithm", "token")


class Result(NamedTuple):
    words: str
    keys: Dict[str, str]


class Verb(NamedTuple):
    arguments: int
    is_write: bool
    has_time: bool = False


STATE_KEYS = "state watermark counter failures untold last_failure last_sync seen drift confirm_by"


def yes(value: bool) -> str:
    return "yes" if value else "no"


def or_none(value: object) -> str:
    return "none" if value is None else str(value)


def option_words(words: List[str], allowed: str) -> Dict[str, str]:
    options: Dict[str, str] = {}
    for word in words:
        key, sign, value = word.partition("=")
        expect(sign == "=" and key in allowed.split(), f"unknown word {word}")
        expect(key not in options, f"{key} comes twice")
        options[key] = value
    return options


class Script:
    """One credential, and the column that it is stored in."""

    def __init__(self, is_sealed: bool) -> None:
        self.is_sealed = is_sealed
        self.keyring = Keyring.generate(1)
        self.policy = Policy()
        self.application = b"vectors"
        self.account = b"a.martin"
        self.column = model.Column()
        self.forks: Dict[str, object] = {}
        self.recovery: List[str] = []  # issued, in their order
        self.temporary: Optional[str] = None
        self.delivered: Dict[str, List[str]] = {}  # the words of a token, by its serial number
        self._vault: object = None

    @property
    def vault(self):
        if self._vault is None:
            sealed = self.is_sealed
            self._vault = Records(self.keyring, self.application) if sealed else model.Versions(self.application)
        return self._vault

    # the lines

    def rule(self, value: str) -> None:
        expect(re.fullmatch(r"[1-9][0-9]?\.[0-9]+b?", value) is not None, "not a rule")

    def set_policy(self, value: str) -> None:
        options = option_words(value.split(" "), " ".join(model.POLICY_BOUNDS))
        self.policy = dataclasses.replace(self.policy, **{key: number_of(word) for key, word in options.items()})

    def set_keyring(self, value: str) -> None:
        expect(self.is_sealed and self._vault is None, "a keyring belongs to record.txt, before the credential")
        self.keyring = Keyring.parse(bytes_of(value))

    def set_application(self, value: str) -> None:
        expect(self._vault is None, "an application comes before the credential")
        self.application = text_of(value)

    def set_account(self, value: str) -> None:
        expect(self.column.content is None, "an account comes before the credential")
        self.account = text_of(value)

    def set_record(self, value: str) -> None:
        expect(self.is_sealed and self.column.content is None, "a record belongs to record.txt, once")
        self.column.content = text_of(value).decode("latin-1")

    def import_line(self, value: str) -> None:
        call, expected = self._expected_error(value)
        same(expected, self.imported(call))

    def imported(self, call: str) -> str:
        words = call.split(" ")
        expect(len(words) >= 8, "too few words")
        authenticator, factor, algorithm, digits, time_step, t0, secret, state = words[:8]
        expect(authenticator in ("app", "token") and state in ("pending", "active", "suspended"), "an unknown word")
        options = option_words(words[8:], "now counter watermark drift last_sync not_before not_after confirm_by")
        numbers = {key: optional_number(word) for key, word in options.items()}
        return self._create(
            model.import_credential, numbers, factor, algorithm, digits, time_step, t0, secret,
            authenticator=authenticator, state=state,
        )

    def deliver_line(self, value: str) -> None:
        call, expected = self._expected_error(value)
        words = call.split(" ")
        expect(len(words) == 3 and words[0] in self.delivered, "a serial number of the file, a state and a time")
        same(expected, self.token_delivered(*words))

    def token_delivered(self, serial: str, state: str, now: str) -> str:
        _, _, factor, time_step, counter, algorithm, digits, drift, watermark, not_before, not_after, *_, secret = self.delivered[serial]
        given = {"counter": counter, "watermark": watermark, "not_before": not_before, "not_after": not_after}
        if factor == "time":
            given["drift"] = drift
        keys = [f"{key}={word}" for key, word in {"now": now, **given}.items() if word != "-"]
        t0 = "0" if factor == "time" else "-"
        return self.imported(" ".join(["token", factor, algorithm, digits, time_step, t0, secret, state, *keys]))

    def enroll_token_line(self, value: str) -> None:
        call, expected = self._expected_error(value)
        same(expected, self.token_enrolled(call))

    def token_enrolled(self, call: str) -> str:
        words = call.split(" ")
        expect(len(words) >= 6, "too few words")
        options = option_words(words[6:], "now counter not_before not_after confirm_by")
        return self._create(model.enroll_token, {key: optional_number(word) for key, word in options.items()}, *words[:6])

    def enroll_line(self, value: str) -> None:
        call, expected = self._expected_error(value)
        same(expected, self.enrolled(call))

    def enrolled(self, call: str) -> str:
        words = call.split(" ")
        expect(len(words) >= 6 and words[0] in ("app", "token"), "too few words, or an unknown one")
        options = option_words(words[6:], "now not_before not_after confirm_by")
        numbers = {key: optional_number(word) for key, word in options.items()}
        return self._create(model.enroll, numbers, *words[1:6], None, authenticator=words[0])

    @staticmethod
    def _expected_error(value: str) -> Tuple[str, str]:
        call, arrow, expected = value.partition(" -> ")
        expect(not arrow or expected.startswith("error "), "only an error can stand there")
        return call, expected or "stored"

    def _create(self, call, numbers, factor, algorithm, digits, time_step, t0, secret, **more) -> str:
        expect(factor in ("time", "counter"), f"unknown word {factor}")
        if factor == "time":
            more.update(time_step=number_of(time_step), t0=number_of(t0))
        else:
            expect((time_step, t0) == ("-", "-"), "a counter has neither time step nor t0")
        now = numbers.pop("now", None)
        now = more.get("t0", 0) if now is None else now
        if secret is not None:  # else a random one
            more.update(secret=bytes_of(secret))

        def create() -> str:
            change = call(
                self.policy, now, factor=factor, algorithm=algorithm, digits=number_of(digits), **numbers, **more
            )
            sealed = self.vault.seal(change.credential, self.account)
            change.stored(1)
            self.column.content = sealed
            return "stored"

        return or_error(create)

    def state_line(self, value: str) -> None:
        expected = option_words(value.split(" "), STATE_KEYS)
        credential = self.vault.open(self.column.content, self.account)
        for key, word in expected.items():
            actual = yes(credential.seen) if key == "seen" else getattr(credential, key)
            same(f"{key}={word}", f"{key}={or_none(actual)}")

    def step(self, value: str) -> None:
        call, arrow, expected = value.partition(" -> ")
        expect(arrow != "", "a step without a result")
        self._compare(expected, self.carry_out(call))

    def carry_out(self, call: str) -> Result:
        words = call.split(" ")
        verb = VERBS.get(words[0])
        expect(verb is not None, f"unknown verb {words[0]}")
        arguments, behind = words[1 : verb.arguments + 1], words[verb.arguments + 1 :]
        expect(len(arguments) == verb.arguments, f"too few words for {words[0]}")
        fork, rows = None, None
        if behind[:1] == ["with"]:
            expect(len(behind) > 1 and behind[1] in self.forks, "no such fork")
            fork, behind = behind[1], behind[2:]
        if behind and behind[0].startswith("rows="):
            expect(verb.is_write, "rows of what is not a write")
            rows, behind = number_of(behind[0][5:]), behind[1:]
        expect(not behind, "words too many")
        old = self.forks[fork] if fork is not None else self.column.content
        try:
            if verb.has_time:
                model.check_time(number_of(arguments[0]))  # 8.11: before the record
            return getattr(self, words[0])(old, rows, *arguments)
        except ModelError as error:
            return Result(f"error {error.kind}", {})

    @staticmethod
    def _compare(expected: str, result: Result) -> None:
        shown = " ".join([result.words, *(f"{key}={value}" for key, value in result.keys.items())])
        words = expected.split(" ")
        same(" ".join(word for word in words if "=" not in word), result.words)
        for word in words:
            if "=" in word:
                key, _, value = word.partition("=")
                expect(result.keys.get(key) == value, f"{shown} instead of {expected}")

    # the verbs: the record that is submitted, the rows to report or None, then the words

    def typed(self, word: str) -> bytes:
        issued = re.fullmatch(r"recovery\[([0-9]+)\]", word)
        if issued:
            expect(int(issued[1]) < len(self.recovery), "no such recovery code")
            return self.recovery[int(issued[1])].encode("ascii")
        if word == "temporary":
            expect(self.temporary is not None, "no temporary code")
            return self.temporary.encode("ascii")
        return text_of(word)

    def attempt(self, old: object, rows: Optional[int], attempt: model.Attempt) -> Result:
        if not attempt.changed:
            rows = 0 if rows is None else rows
        elif rows is None:
            rows = self.column.swap(old, self.vault.seal(attempt.credential, self.account))
        outcome = attempt.outcome(rows)
        if isinstance(outcome, model.Refused):
            detail = [outcome.reason, outcome.seconds, outcome.steps]
            return Result(" ".join(["refused", *(str(part) for part in detail if part is not None)]), {})
        if isinstance(outcome, model.Accepted):
            words = "accepted " + outcome.method + ("" if outcome.factor is None else f" {outcome.factor}")
            keys = {"drift": outcome.drift, "recovery": outcome.recovery, "failures_before": outcome.failures_before}
        elif isinstance(outcome, model.Confirmed):
            self.recovery += outcome.codes
            words, keys = f"confirmed {outcome.factor}", {"drift": outcome.drift, "codes": len(outcome.codes)}
        else:
            words, keys = f"resynchronized {outcome.factor}", {"drift": outcome.drift}
        return Result(words, {key: str(value) for key, value in keys.items()})

    def change(self, old: object, rows: Optional[int], change: model.Change, account: Optional[bytes] = None):
        account = self.account if account is None else account
        if not change.changed:
            stored = change.stored(0 if rows is None else rows)
            expect(not isinstance(stored, model.Refused), "a conflict without a swap")
            return Result("unchanged", {}), stored
        sealed = self.vault.seal(change.credential, account)
        stored = change.stored(self.column.swap(old, sealed) if rows is None else rows)
        if isinstance(stored, model.Refused):
            return Result(stored.reason, {}), ()
        self.account = account
        return Result("stored", {}), stored

    def open(self, old: object) -> model.Credential:
        """For the calls that need a credential to be there."""
        expect(old is not None, "no credential")
        credential = self.vault.open(old, self.account)
        if credential is None:
            raise ModelError("state")
        return credential

    def verify(self, old, rows, now, text) -> Result:
        expect(old is not None, "no credential")
        credential = self.vault.open(old, self.account)
        return self.attempt(old, rows, model.verify(credential, self.policy, self.typed(text), number_of(now)))

    def verify_absent(self, old, rows, now, text) -> Result:
        return self.attempt(old, rows, model.verify(None, self.policy, self.typed(text), number_of(now)))

    def confirm(self, old, rows, now, text) -> Result:
        expect(old is not None, "no credential")
        credential = self.vault.open(old, self.account)
        return self.attempt(old, rows, model.confirm(credential, self.policy, self.typed(text), number_of(now)))

    def replace(self, old, rows, now, text, pending) -> Result:
        expect(pending in self.forks, "no such fork")
        attempt = model.replace_authenticator(
            self.open(old), lambda: self.open(self.forks[pending]), self.policy, self.typed(text), number_of(now)
        )
        return self.attempt(old, rows, attempt)

    def resynchronize(self, old, rows, now, first, second) -> Result:
        expect(old is not None, "no credential")
        credential = self.vault.open(old, self.account)
        first, second = self.typed(first), self.typed(second)
        return self.attempt(old, rows, model.resynchronize(credential, self.policy, first, second, number_of(now)))

    def inspect(self, old, rows, now) -> Result:
        status = model.inspect(self.open(old), self.policy, number_of(now))
        keys = {key: str(getattr(status, key)) for key in ("failures", "wait", "drift", "recovery", "temporary")}
        keys["confirm_by"] = or_none(status.confirm_by)
        return Result(status.state, {**keys, "locked": yes(status.locked), "weak": yes(status.weak)})

    def otpauth_uri(self, old, rows, now) -> Result:
        model.otpauth_uri(self.open(old), number_of(now))
        return Result("ok", {})

    def recovery_codes(self, old, rows, count) -> Result:
        result, codes = self.change(old, rows, model.recovery_codes(lambda: self.open(old), number_of(count)))
        self.recovery += codes
        return result

    def temporary_code(self, old, rows, now, expiry, uses, choice) -> Result:
        expect(choice in ("suspend", "keep"), f"unknown word {choice}")
        change = model.temporary_code(
            lambda: self.open(old), number_of(now), optional_number(expiry), number_of(uses), choice == "suspend"
        )
        result, codes = self.change(old, rows, change)
        self.temporary = codes[0] if codes else self.temporary
        return result

    def end_codes(self, old, rows, which) -> Result:
        expect(which in model.CODE_SETS, f"unknown word {which}")
        kinds = model.CODE_SETS[which]
        return self.change(old, rows, model.end_codes(lambda: self.open(old), bool(kinds & 1), bool(kinds & 2)))[0]

    def unlock(self, old, rows) -> Result:
        return self.change(old, rows, model.unlock(self.open(old)))[0]

    def repair_clock(self, old, rows, now) -> Result:
        return self.change(old, rows, model.repair_clock(self.open(old), number_of(now)))[0]

    def forget(self, old, rows, now) -> Result:
        return self.change(old, rows, model.forget(self.open(old), number_of(now)))[0]

    def suspend(self, old, rows) -> Result:
        return self.change(old, rows, model.suspend(self.open(old)))[0]

    def resume(self, old, rows) -> Result:
        return self.change(old, rows, model.resume(self.open(old)))[0]

    def revoke(self, old, rows) -> Result:
        return self.change(old, rows, model.revoke(self.open(old)))[0]

    def reseal(self, old, rows) -> Result:
        return self.change(old, rows, model.reseal(self.open(old)))[0]

    def rename(self, old, rows, account) -> Result:
        new_account = text_of(account)
        model.name(new_account, 255)  # 8.11: before the record
        return self.change(old, rows, model.rename(self.open(old)), new_account)[0]

    def fork(self, old, rows, name) -> Result:
        expect(name not in self.forks and old is not None, "a fork that is taken, or of nothing")
        self.forks[name] = old
        return Result("ok", {})


# Verbs and lines are methods of `Script`; a class derived from it runs the same files through another implementation.
VERBS = {
    "verify": Verb(2, True, has_time=True),
    "verify_absent": Verb(2, True, has_time=True),
    "confirm": Verb(2, True, has_time=True),
    "replace": Verb(3, True, has_time=True),
    "resynchronize": Verb(3, True, has_time=True),
    "inspect": Verb(1, False, has_time=True),
    "otpauth_uri": Verb(1, False, has_time=True),
    "recovery_codes": Verb(1, True),
    "temporary_code": Verb(4, True, has_time=True),
    "end_codes": Verb(1, True),
    "unlock": Verb(0, True),
    "repair_clock": Verb(1, True, has_time=True),
    "forget": Verb(1, True, has_time=True),
    "suspend": Verb(0, True),
    "resume": Verb(0, True),
    "revoke": Verb(0, True),
    "reseal": Verb(0, True),
    "rename": Verb(1, True),
    "fork": Verb(1, False),
}
LINES = {
    "rule": "rule",
    "policy": "set_policy",
    "keyring": "set_keyring",
    "application": "set_application",
    "account": "set_account",
    "record": "set_record",
    "import": "import_line",
    "enroll_token": "enroll_token_line",
    "deliver": "deliver_line",
    "enroll": "enroll_line",
    "state": "state_line",
    "step": "step",
}


def run_script(case: Case, script: Optional[Script] = None) -> None:
    script = Script(is_sealed=False) if script is None else script
    for key, value in case.lines:
        expect(key in LINES, f"unknown key {key}")
        try:
            getattr(script, LINES[key])(value)
        except Failure as failure:
            raise Failure(f"{key} = {value[:120]}: {failure}") from None
    expects = [key for key, value in case.lines if key == "step" or " -> " in value]
    expect(bool(expects), "a case that expects nothing")


def run_token_life(case: Case, script: Optional[Script] = None, read: Optional[Callable[[Case], None]] = None) -> None:
    """A file of tokens, and what becomes of one of them. PSKC is not read here: its line says what is in it."""
    file = Case(case.name, [line for line in case.lines if line[0] in FILE_KEYS])
    keys = {key for key, _ in file.lines}
    expect({"file", "token"} <= keys, "no file, or no token of it")
    if read is not None:
        read(file)
    elif "key" not in keys:
        (run_token_csv if "layout" in keys else run_etoken)(file)
    script = Script(is_sealed=False) if script is None else script
    for key, value in file.lines:
        if key == "token":
            script.delivered[value.split(" ")[1]] = value.split(" ")
    run_script(Case(case.name, [line for line in case.lines if line not in file.lines]), script)


def run_record(case: Case) -> None:
    check_xaes()
    run_script(case, Script(is_sealed=True))


# ----------------------------------------------------------------------------------------------------------- the files

RUNNERS: Dict[str, Callable[[Case], None]] = {
    "hotp.txt": run_hotp,
    "totp.txt": run_totp,
    "base32.txt": run_base32,
    "hex.txt": run_hex,
    "lifetime.txt": run_lifetime,
    "token-csv.txt": run_token_csv,
    "etoken.txt": run_etoken,
    "token-life.txt": run_token_life,
    "rows.txt": run_rows,
    "ticket.txt": run_ticket,
    "match.txt": run_match,
    "french-keyboard.txt": run_match,
    "split.txt": run_split,
    "keyring.txt": run_keyring,
    "record.txt": run_record,
}


def runner_of(path: str) -> Callable[[Case], None]:
    file = os.path.basename(path)
    if re.fullmatch("semantics-[a-z0-9-]+[.]txt", file):
        return run_script
    expect(file in RUNNERS, "a file of no known kind")
    return RUNNERS[file]


def run_file(path: str) -> Tuple[int, int]:
    passed, failed = 0, 0
    try:
        run, cases = runner_of(path), read_cases(path)
    except Failure as failure:
        print(f"FAILED {path}: {failure}")
        return 0, 1
    for case in cases:
        try:
            expect(bool(case.lines), "a case without a line")
            run(case)
            passed += 1
        except (Failure, ModelError, ValueError) as failure:
            print(f"FAILED {path} [{case.name}]: {failure}")
            failed += 1
    print(f"{path}: {passed} passed, {failed} failed")
    return passed, failed


def main(paths: List[str]) -> int:
    passed, failed = 0, 0
    for path in paths:
        if os.path.basename(path) in NOT_MODELED:
            print(f"{path}: not modeled")
            continue
        counts = run_file(path)
        passed, failed = passed + counts[0], failed + counts[1]
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
