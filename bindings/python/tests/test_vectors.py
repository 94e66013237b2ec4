"""The vectors of every language, through the package. Lines `state` look into the record: the Rust library's tests read them."""

from __future__ import annotations

import pathlib
from typing import Any, Callable, Dict, List, Optional, Tuple

import model
import pytest
import run
import token_file
from conftest import ROOT
from run import Case, Result, bytes_of, expect, number_of, optional_number, option_words, same, table, text_of, yes

import poterne
from poterne import _poterne

FILES = sorted((ROOT / "tests" / "vectors").glob("*.txt"))


def modeled(call: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """A call, with errors as the vectors name them."""
    try:
        return call(*arguments, **options)
    except poterne.Error as error:
        raise model.ModelError(error.kind.name.lower()) from None


def text(word: str) -> str:
    """Bytes that are no UTF-8 become lone surrogates, as Python's own interfaces give them."""
    return text_of(word).decode("utf-8", "surrogateescape")


def parameters(factor: str, algorithm: str, digits: str, time_step: str, t0: str, counter: str) -> Dict[str, Any]:
    given: Dict[str, Any] = {"algorithm": poterne.Algorithm[algorithm], "digits": number_of(digits)}
    expect(factor in ("time", "counter"), "an unknown factor")
    if factor == "time":
        return {**given, "time_step": number_of(time_step), "t0": number_of(t0)}
    return {**given, "counter": 0 if counter == "-" else number_of(counter)}


def authenticator_of(word: str) -> poterne.Authenticator:
    return poterne.Authenticator[word.upper()]


def policy_options(value: str) -> Dict[str, Any]:
    words = option_words(value.split(" "), " ".join(model.POLICY_BOUNDS))
    return {
        key: bool(number_of(word)) if isinstance(getattr(poterne.Policy(), key), bool) else number_of(word)
        for key, word in words.items()
    }


class Script(run.Script):
    """One credential in a column, and the package instead of the model."""

    def __init__(self) -> None:
        super().__init__(is_sealed=True)
        self.keyring = poterne.Keyring.generate(1)
        self.application: Any = "vectors"
        self.account: Any = "a.martin"
        self.options: Dict[str, Any] = {}

    @property
    def verifier(self) -> poterne.Verifier:
        return poterne.Verifier(self.keyring, self.application, policy=poterne.Policy(**self.options))

    def credential(self, record: Optional[str]) -> poterne.StoredCredential:
        return modeled(self.verifier.credential, self.account, record)

    def set_policy(self, value: str) -> None:
        self.options.update(policy_options(value))

    def set_keyring(self, value: str) -> None:
        self.keyring = poterne.Keyring.parse(text(value))

    def set_application(self, value: str) -> None:
        self.application = text(value)

    def set_account(self, value: str) -> None:
        self.account = text(value)

    def set_record(self, value: str) -> None:
        self.column.content = text(value)

    def state_line(self, value: str) -> None:
        option_words(value.split(" "), run.STATE_KEYS)

    def _create(self, call, numbers, factor, algorithm, digits, time_step, t0, secret, **more) -> str:
        options = parameters(factor, algorithm, digits, time_step, t0, "-")
        now = numbers.pop("now", None)
        options.update({key: number for key, number in numbers.items() if key != "drift" or number is not None})
        options["now"] = options.get("t0", 0) if now is None else now

        def create() -> str:
            if call is model.enroll:
                made = modeled(self.verifier.enroll, self.account, authenticator=authenticator_of(more["authenticator"]), **options)
            elif call is model.enroll_token:
                made = modeled(self.verifier.enroll_token, self.account, bytes_of(secret), **options)
            else:
                state = poterne.State[more["state"].upper()]
                made = modeled(
                    self.verifier.import_credential, self.account, bytes_of(secret), state=state,
                    authenticator=authenticator_of(more["authenticator"]), **options,
                )
            self.column.content = made.record
            return "stored"

        return run.or_error(create)

    def attempt(self, old, rows, attempt: poterne.Attempt[Any]) -> Result:
        rows = self.swapped(old, rows, attempt.record)
        try:
            answer = modeled(attempt.outcome, rows)
        except poterne.Refused as refused:
            words = ["refused", refused.refusal.name.lower()]
            same("refused." + words[1], refused.code)
            if refused.refusal is poterne.Refusal.WAIT:
                words.append(str(refused.wait_seconds))
            if refused.refusal is poterne.Refusal.CLOCK_OFF:
                words.append(str(refused.clock_off_steps))
            return Result(" ".join(words), {})
        factor = "" if answer.moving_factor is None else f" {answer.moving_factor}"
        keys = {"drift": answer.drift}
        if isinstance(answer, poterne.Accepted):
            words = "accepted " + answer.method.name.lower() + factor
            same("accepted." + answer.method.name.lower(), answer.code)
            keys.update(recovery=answer.recovery_codes_left, failures_before=answer.failures_before)
        else:
            words = answer.code + factor
            if isinstance(answer, poterne.Confirmed):
                self.recovery += answer.recovery_codes
                keys.update(codes=len(answer.recovery_codes))
        return Result(words, {key: str(value) for key, value in keys.items()})

    def change(self, old, rows, change, account: Optional[str] = None):
        record = change.record
        rows = self.swapped(old, rows, record)
        try:
            brought = modeled(change.outcome, rows)
        except poterne.Refused as refused:
            assert record is not None and refused.refusal is poterne.Refusal.CONFLICT  # 7.8
            return Result("conflict", {}), None
        if record is None:
            return Result("unchanged", {}), brought
        self.account = self.account if account is None else account
        return Result("stored", {}), brought

    def swapped(self, old, rows, record: Optional[str]) -> int:
        """The number of rows: those of the script, or of a swap where there is something to store."""
        if record is None:
            return 0 if rows is None else rows
        assert record != old.rstrip(" ")  # 7.4
        return self.column.swap(old, record) if rows is None else rows

    def typed(self, word: str) -> str:
        return super().typed(word).decode("utf-8", "surrogateescape")

    def verify(self, old, rows, now, word) -> Result:
        expect(old is not None, "no credential")
        return self.attempt(
            old, rows, modeled(self.credential(old).verify, self.typed(word), now=number_of(now))
        )

    def verify_absent(self, old, rows, now, word) -> Result:
        attempt = modeled(self.credential(None).verify, self.typed(word), now=number_of(now))
        assert attempt.record is None
        return self.attempt("", rows, attempt)

    def confirm(self, old, rows, now, word) -> Result:
        return self.attempt(
            old, rows, modeled(self.credential(old).confirm, self.typed(word), now=number_of(now))
        )

    def replace(self, old, rows, now, word, pending) -> Result:
        attempt = modeled(
            self.verifier.replace, self.account, self.typed(word), old=old, pending=self.forks[pending], now=number_of(now)
        )
        return self.attempt(old, rows, attempt)

    def resynchronize(self, old, rows, now, first, second) -> Result:
        attempt = modeled(self.credential(old).resynchronize, self.typed(first), self.typed(second), now=number_of(now)
        )
        return self.attempt(old, rows, attempt)

    def inspect(self, old, rows, now) -> Result:
        status = modeled(self.credential(old).inspect, now=number_of(now))
        temporary = status.temporary_code
        keys: Dict[str, Any] = {
            "confirm_by": run.or_none(status.confirm_by),
            "failures": status.failures,
            "wait": status.wait_seconds,
            "drift": status.drift,
            "recovery": status.recovery_codes_left,
            "temporary": 0 if temporary is None else temporary.uses_left,
            "locked": yes(status.is_locked),
            "weak": yes(status.is_secret_weak),
        }
        return Result(status.state.name.lower(), {key: str(value) for key, value in keys.items()})

    def recovery_codes(self, old, rows, count) -> Result:
        change = modeled(self.credential(old).recovery_codes, count=number_of(count))
        result, codes = self.change(old, rows, change)
        self.recovery += codes or ()
        return result

    def temporary_code(self, old, rows, now, expiry, uses, choice) -> Result:
        expect(choice in ("suspend", "keep"), f"unknown word {choice}")
        change = modeled(self.credential(old).temporary_code, poterne.MissingAuthenticator[choice.upper()],
            expiry=optional_number(expiry), uses=number_of(uses), now=number_of(now),
        )
        result, code = self.change(old, rows, change)
        self.temporary = self.temporary if code is None else code
        return result

    def otpauth_uri(self, old, rows, now) -> Result:
        modeled(self.credential(old).otpauth_uri, "vectors", "a", now=number_of(now))
        return Result("ok", {})

    def end_codes(self, old, rows, which) -> Result:
        expect(which.upper() in poterne.CodeSet.__members__, f"unknown word {which}")
        codes = poterne.CodeSet[which.upper()]
        return self.change(old, rows, modeled(self.credential(old).end_codes, codes))[0]

    def unlock(self, old, rows) -> Result:
        return self.change(old, rows, modeled(self.credential(old).unlock))[0]

    def repair_clock(self, old, rows, now) -> Result:
        return self.change(old, rows, modeled(self.credential(old).repair_clock, now=number_of(now)))[0]

    def forget(self, old, rows, now) -> Result:
        return self.change(old, rows, modeled(self.credential(old).forget, now=number_of(now)))[0]

    def suspend(self, old, rows) -> Result:
        return self.change(old, rows, modeled(self.credential(old).suspend))[0]

    def resume(self, old, rows) -> Result:
        return self.change(old, rows, modeled(self.credential(old).resume))[0]

    def revoke(self, old, rows) -> Result:
        return self.change(old, rows, modeled(self.credential(old).revoke))[0]

    def reseal(self, old, rows) -> Result:
        return self.change(old, rows, modeled(self.credential(old).reseal))[0]

    def rename(self, old, rows, account) -> Result:
        name = text(account)
        return self.change(old, rows, modeled(self.credential(old).rename, name), name)[0]


def hotp(case: Case) -> None:
    values = table(case, "algorithm digits secret counter otp")
    options = {"digits": number_of(values["digits"]), "algorithm": poterne.Algorithm[values["algorithm"]]}
    secret, counter = bytes_of(values["secret"]), number_of(values["counter"])
    same(values["otp"], poterne.hotp(secret, counter, **options))
    assert poterne.match_otp(secret, values["otp"], counter, counter, **options).moving_factor == counter


def totp(case: Case) -> None:
    values = table(case, "algorithm digits secret time_step t0 time", either="otp error")
    options = {key: number_of(values[key]) for key in ("digits", "time_step", "t0")}

    def call() -> str:
        secret, now = bytes_of(values["secret"]), number_of(values["time"])
        return modeled(poterne.totp, secret, now, algorithm=poterne.Algorithm[values["algorithm"]], **options)

    same(values.get("otp") or "error " + values["error"], run.or_error(call))


def base32(case: Case) -> None:
    secret_text(case, poterne.Secret.from_base32)


def hexadecimal(case: Case) -> None:
    secret_text(case, poterne.Secret.from_hex)


def secret_text(case: Case, read: Callable[[str], poterne.Secret]) -> None:
    values = table(case, "text", either="secret canonical error")
    actual = run.or_error(lambda: "hex:" + modeled(read, text(values["text"])).to_bytes().hex())
    same(values.get("secret") or "error " + values["error"], actual)
    if "canonical" in values:
        same(values["canonical"], poterne.Secret(bytes_of(values["secret"])).to_base32())


def match(case: Case) -> None:
    values = table(case, "algorithm digits secret submitted candidates watermark match")
    first, last = (number_of(word) for word in values["candidates"].split(" "))

    def call() -> str:
        found = modeled(
            poterne.match_otp, bytes_of(values["secret"]), text(values["submitted"]), first, last,
            watermark=optional_number(values["watermark"]), digits=number_of(values["digits"]),
            algorithm=poterne.Algorithm[values["algorithm"]],
        )
        assert found.found == (found.moving_factor is not None)
        return f"found {found.moving_factor}" if found.found else found.result.name.lower()

    same(values["match"], run.or_error(call))


def lifetime(case: Case) -> None:
    values = table(case, "authenticator time_step", repeated="policy", either="seconds error")
    policy = poterne.Policy(**policy_options(values["policy"])) if "policy" in values else poterne.Policy()
    authenticator, time_step = authenticator_of(values["authenticator"]), number_of(values["time_step"])
    actual = run.or_error(lambda: str(modeled(policy.code_lifetime, authenticator, time_step)))
    same(values.get("seconds") or "error " + values["error"], actual)


def csv_options(values: Dict[str, str]) -> Dict[str, Any]:
    layout, declared = values["layout"], run.declared_of(values.get("declare", ""))
    options: Dict[str, Any] = {key: value for key, value in declared.items() if key in ("digits", "time_step")}
    options.update({key: True for key in ("header", "counter_based") if key in declared})
    if "encoding" in declared:
        options["encoding"] = poterne.SecretEncoding[str(declared["encoding"]).upper()]
    if "algorithm" in declared:
        options["algorithm"] = poterne.Algorithm[str(declared["algorithm"])]
    if "separator" in declared:
        options["separator"] = poterne.CsvSeparator[str(declared["separator"]).upper()]
    if layout.startswith("columns "):
        options["columns"] = layout[8:]
    else:
        options["layout"] = poterne.CsvLayout[layout.upper()]
    return options


def read_csv(values: Dict[str, str]) -> poterne.TokenFile:
    return modeled(poterne.TokenFile.read_csv, bytearray(run.file_of(values)), **csv_options(values))


def read_etoken(values: Dict[str, str]) -> poterne.TokenFile:
    algorithm = None if values["algorithm"] == "none" else poterne.Algorithm[values["algorithm"]]
    return modeled(poterne.TokenFile.read_etoken, run.file_of(values), algorithm=algorithm)


def read_pskc(values: Dict[str, str]) -> poterne.TokenFile:
    kind, _, key = values["key"].partition(" ")
    expect(kind in ("none", "key", "password"), "an unknown word")
    given = {} if kind == "none" else {kind: text_of(key)}
    return modeled(poterne.TokenFile.read_pskc, run.file_of(values), **given)


def token_csv(case: Case) -> None:
    said, rest = expected(case)
    values = table(rest, "layout", repeated="file declare", optional="prove")

    def call() -> str:
        if "prove" in values:
            serial, typed, now = values["prove"].split(" ")
            options = csv_options(values)
            data = run.file_of(values)
            fits = modeled(poterne.TokenFile.prove_csv, data, text(serial), text(typed), now=number_of(now), **options)
            return "\n".join(f"fits {encoding.name.lower()} {algorithm.name}" for encoding, algorithm in fits) or "fits none"
        return entries(read_csv(values))

    same(said, run.or_error(call))


def etoken(case: Case) -> None:
    said, rest = expected(case)
    values = table(rest, "algorithm", repeated="file")
    same(said, run.or_error(lambda: entries(read_etoken(values))))


def pskc(case: Case) -> None:
    said, rest = expected(case)
    values = table(rest, "key", repeated="file")
    same(said, run.or_error(lambda: entries(read_pskc(values))))


def expected(case: Case) -> Tuple[str, Case]:
    """What a file of tokens gives, and the other lines."""
    said = [line for line in case.lines if line[0] in ("token", "fault", "error", "fits")]
    expect(bool(said), "it expects nothing")
    return "\n".join(" ".join(line) for line in said), Case(case.name, [line for line in case.lines if line not in said])


def entries(file: poterne.TokenFile) -> str:
    dash = lambda value: "-" if value is None else str(value)
    lines = []
    for entry in file.entries:
        if isinstance(entry, poterne.TokenFault):
            lines.append(f"fault {entry.line} {token_file.word(entry.serial)} {entry.kind.name.lower()}")
            assert str(entry).startswith(f"line {entry.line}") and (entry.serial or "") in str(entry)
            continue
        assert (entry.counter is None) == (entry.time_step is not None) == (entry.t0 == 0)
        lines.append(" ".join([
            "token", str(entry.line), token_file.word(entry.serial), entry.moving_factor.name.lower(), dash(entry.time_step),
            dash(entry.counter), entry.algorithm.name, str(entry.digits), str(entry.drift), dash(entry.watermark),
            dash(entry.not_before), dash(entry.not_after), token_file.word(entry.manufacturer), token_file.word(entry.model),
            token_file.word(entry.account), "hex:" + entry.secret.to_bytes().hex(),
        ]))
    return "\n".join(lines)


def split(case: Case) -> None:
    values = table(case, "field digits password code")
    field, digits = text_of(values["field"]), number_of(values["digits"])
    expected = None if values["code"] == "none" else text(values["code"])
    assert poterne.split_password_and_code(field, digits=digits) == (text_of(values["password"]), expected)
    # The same as text: lone surrogates stand for bytes that are no UTF-8.
    assert poterne.split_password_and_code(text(values["field"]), digits=digits) == (text(values["password"]), expected)


def conflicts(case: Case) -> None:
    values = table(case, "product database sqlstate code conflict", repeated="product")
    sqlstate = None if values["sqlstate"] == "none" else text(values["sqlstate"])
    code = optional_number(values["code"])
    for product in values["product"].split("\n"):
        same(values["database"], _poterne.database(text(product)))
        same(values["conflict"], yes(_poterne.is_conflict(text(product), sqlstate, code)))


def rows(case: Case) -> None:
    values = table(case, "login_name person row", repeated="rows", either="rows error")
    login_name = text(values["login_name"])
    person, row = poterne.person_and_row(login_name)
    same(f"{text(values['person'])} {values['row']}", f"{person} {row}")
    expected = "\n".join(text(name) for name in values["rows"].split("\n")) if "rows" in values else "error " + values["error"]
    same(expected, run.or_error(lambda: "\n".join(modeled(poterne.rows_of_person, login_name))))


def ticket(case: Case) -> None:
    values = table(
        case, "keyring application account purpose context now", optional="policy ticket made dud", either="said error"
    )
    keys = poterne.Keyring.parse(text(values["keyring"]))
    policy = poterne.Policy(**policy_options(values["policy"])) if "policy" in values else poterne.Policy()
    verifier = poterne.Verifier(keys, text(values["application"]), policy=policy)
    account, now = text(values["account"]), number_of(values["now"])
    bound = {"purpose": text(values["purpose"]), "context": text_of(values["context"])}

    def call() -> str:
        if "ticket" in values:
            given = text(values["ticket"])
        elif "made" in values:
            given = modeled(verifier.ticket, account, now=number_of(values["made"]), **bound)
        else:
            given = modeled(verifier.dud_ticket, account, now=number_of(values["dud"]), **bound)
        credential = modeled(verifier.credential, account, None)
        attempt = modeled(credential.verify_with_ticket, given, "123456", now=now, **bound)
        try:
            return str(attempt.outcome(0))
        except poterne.Refused as refused:
            return refused.code.replace(".", " ")

    same(values.get("said") or "error " + values["error"], run.or_error(call))


def keyring(case: Case) -> None:
    values = table(case, "", repeated="text", either="primary keys error")
    whole = b"".join(text_of(line) + b"\n" for line in values["text"].split("\n"))

    def call() -> str:
        parsed = modeled(poterne.Keyring.parse, whole.decode("utf-8", "surrogateescape"))
        same(parsed.to_text(), poterne.Keyring.parse(parsed.to_text()).to_text())
        return f"{parsed.primary_key_id} {len(parsed.key_ids)}"

    same(f"error {values['error']}" if "error" in values else f"{values['primary']} {values['keys']}", run.or_error(call))


def uri(case: Case) -> None:
    values = table(case, "parameters secret issuer label incompatible", either="uri error")
    authenticator, *words = values["parameters"].split(" ")
    secret, issuer, label = bytes_of(values["secret"]), text(values["issuer"]), text(values["label"])
    options = parameters(*words)
    expect(values["incompatible"] in ("yes", "no"), "an unknown word")

    def call() -> str:
        built = modeled(
            poterne.OtpauthUri.build, secret, issuer, label, authenticator=authenticator_of(authenticator),
            allow_incompatible=values["incompatible"] == "yes", **options,
        )
        content = poterne.OtpauthUri.parse(built.as_str())
        assert (content.secret.to_bytes(), content.issuer, content.label) == (secret, issuer, label)
        options.pop("t0", None)
        assert content.parameters == {**options, "authenticator": poterne.Authenticator.APP}
        return built.as_str()

    same(values.get("uri") or "error " + values["error"], run.or_error(call))


def uri_parse(case: Case) -> None:
    values = table(case, "uri", either="parameters secret issuer label error")
    content = None
    try:
        content = modeled(poterne.OtpauthUri.parse, text(values["uri"]))
    except model.ModelError as error:
        same(f"error {values.get('error')}", f"error {error.kind}")
    if content is not None:
        factor, algorithm, digits, time_step, counter = values["parameters"].split(" ")
        expected = parameters(factor, algorithm, digits, time_step, "0", counter)
        expected.pop("t0", None)
        assert content.parameters == {**expected, "authenticator": poterne.Authenticator.APP}
        same(values["secret"], "hex:" + content.secret.to_bytes().hex())
        assert content.issuer == (None if values["issuer"] == "none" else text(values["issuer"]))
        same(text(values["label"]), content.label)


def script(case: Case) -> None:
    run.run_script(case, Script())


KINDS: Dict[str, Callable[[Case], None]] = {
    "hotp": hotp, "totp": totp, "base32": base32, "hex": hexadecimal, "match": match, "french-keyboard": match,
    "token-csv": token_csv, "etoken": etoken, "pskc": pskc, "lifetime": lifetime, "split": split, "keyring": keyring, "uri": uri, "uri-parse": uri_parse, "conflicts": conflicts, "rows": rows,
    "ticket": ticket, "record": script,
}


def cases() -> List[Any]:
    found = []
    for path in FILES:
        kind = script if path.stem.startswith("semantics-") else KINDS[path.stem]
        found += [pytest.param(kind, case, id=f"{path.stem}:{case.name}") for case in run.read_cases(str(path))]
    return found


@pytest.mark.parametrize("kind, case", cases())
def test_vector(kind: Callable[[Case], None], case: Case) -> None:
    assert case.lines
    kind(case)


def test_every_file_is_run() -> None:
    assert {path.stem for path in FILES if not path.stem.startswith("semantics-")} == set(KINDS)
    assert len(cases()) > 2500


def test_a_wrong_vector_is_found(tmp_path: pathlib.Path) -> None:
    wrong = (ROOT / "tests" / "vectors" / "hotp.txt").read_text().replace("otp = ", "otp = X", 1)
    (tmp_path / "hotp.txt").write_text(wrong)
    with pytest.raises(run.Failure):
        hotp(run.read_cases(str(tmp_path / "hotp.txt"))[0])
