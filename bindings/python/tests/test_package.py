"""What Python adds: types, one use, no truth values, nothing secret in sight, threads."""

from __future__ import annotations

import copy
import datetime
import gc
import math
import os
import pickle
import re
import threading
import time
import traceback
from typing import Any, Callable, Dict, List, Optional, Tuple

import agent
import pytest
from agent import ACCOUNT, NOW, SECRET, STEP, Table, code, new_record
from hypothesis import given, settings
from hypothesis import strategies as st

import poterne
import poterne.sql
from poterne import Authenticator, CodeSet, ErrorKind, Refusal, _poterne, apps

VERIFIER = agent.verifier()
RECORD = agent.record(VERIFIER)
CREDENTIAL = VERIFIER.credential(ACCOUNT, RECORD)
KEEP = poterne.MissingAuthenticator.KEEP


def attempt() -> poterne.Attempt[poterne.Accepted]:
    return CREDENTIAL.verify(code(), now=NOW)


def objects() -> Dict[str, Any]:
    """One of every class."""
    enrollment = VERIFIER.enroll(ACCOUNT, now=NOW)
    uri = enrollment.otpauth_uri("poterne", ACCOUNT)
    pending = VERIFIER.enroll_token(ACCOUNT, SECRET, now=NOW).record
    helped = new_record(CREDENTIAL.temporary_code(KEEP, now=NOW))
    return {
        "Accepted": attempt().outcome(1),
        "Attempt": attempt(),
        "Confirmed": VERIFIER.credential(ACCOUNT, pending).confirm(code(), now=NOW).outcome(1),
        "Enrollment": enrollment,
        "Keyring": poterne.Keyring.generate(1),
        "Match": poterne.match_otp(SECRET, code(), STEP, STEP),
        "OtpauthContent": poterne.OtpauthUri.parse(uri.as_str()),
        "OtpauthUri": uri,
        "Policy": poterne.Policy(),
        "Qr": uri.qr(),
        "Rename": CREDENTIAL.rename("a.durand"),
        "ReplacementAttempt": VERIFIER.replace(ACCOUNT, code(), old=VERIFIER.enroll(ACCOUNT, now=NOW).record, pending=pending, now=NOW),
        "Resynchronized": VERIFIER.credential(ACCOUNT, pending).resynchronize(code(), code(STEP + 1), now=NOW).outcome(1),
        "Secret": poterne.Secret(SECRET),
        "SecretsInUse": _poterne.SecretsInUse(),
        "Settings": poterne.Settings.parse("application = a\ndatabase = sqlite:////a\nkeyring = /a"),
        "Status": CREDENTIAL.inspect(now=NOW),
        "Steps": _poterne.Steps(VERIFIER, ACCOUNT),
        "StoreCheck": _poterne.StoreCheck(VERIFIER, ACCOUNT),
        "StoredCredential": CREDENTIAL,
        "Submission": _poterne.Submission(code(), NOW),
        "TemporaryStatus": VERIFIER.credential(ACCOUNT, helped).inspect(now=NOW).temporary_code,
        "TokenEntry": tokens().entries[0],
        "TokenFault": tokens().entries[1],
        "TokenFile": tokens(),
        "Verifier": VERIFIER,
    }


def tokens() -> poterne.TokenFile:
    """One token that can be read, and one that cannot."""
    file = f"306000123,{SECRET.hex()},totp,6,60\n306000124,{SECRET.hex()[1:]},totp,6,60\n"
    return poterne.TokenFile.read_csv(file.encode(), poterne.CsvLayout.OATH, algorithm=poterne.Algorithm.SHA1)


def test_there_is_one_object_of_every_class() -> None:
    classes = {name for name in dir(_poterne) if isinstance(getattr(_poterne, name), type)}
    assert set(objects()) == classes and len(classes) == 26


@pytest.mark.parametrize("name", ["Accepted", "Attempt", "Confirmed", "Enrollment", "Match", "Rename", "ReplacementAttempt", "Resynchronized", "StoredCredential"])
def test_no_object_is_a_verdict(name: str) -> None:
    thing = objects()[name]
    with pytest.raises(TypeError):
        bool(thing)
    with pytest.raises(TypeError):
        _ = thing or "let in"
    with pytest.raises(TypeError):
        _ = not thing


@pytest.mark.parametrize("name", sorted(set(objects()) - {"Policy", "Status", "TemporaryStatus"}))
def test_objects_are_neither_copied_nor_pickled_nor_built(name: str) -> None:
    thing = objects()[name]
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(TypeError):
            pickle.dumps(thing, protocol)
    for copied in (copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            copied(thing)
    if name not in ("Secret", "SecretsInUse", "Verifier"):
        with pytest.raises(TypeError):
            type(thing)()
    with pytest.raises(TypeError):
        object.__new__(type(thing))
    with pytest.raises(AttributeError):
        thing.accepted = True
    with pytest.raises(TypeError):
        type("Derived", (type(thing),), {})


def test_no_secret_code_or_record_is_shown() -> None:
    every = objects()
    keyring, change = every["Keyring"], CREDENTIAL.recovery_codes()
    every["change"] = change
    keys = [word for word in keyring.to_text().split() if len(word) == 52]
    uri = every["OtpauthUri"].as_str()
    secrets = [code(), RECORD, uri, *keys, SECRET.decode(), every["Secret"].to_base32()]
    secrets += [every["OtpauthContent"].secret.to_base32(), change.record, every["Enrollment"].record]
    assert len(keys) == 1
    for thing in every.values():
        for shown in (repr(thing), str(thing), f"{thing}", "%s" % (thing,)):
            assert len(shown) < 500
            assert not any(secret in shown for secret in secrets), type(thing)


def test_errors_show_nothing_that_was_given() -> None:
    odd = "topsecret\udc80"
    calls: List[Callable[[], object]] = [
        lambda: poterne.Secret.from_base32(odd),
        lambda: poterne.Secret.from_base32("topsecret!"),
        lambda: poterne.Keyring.parse(odd),
        lambda: poterne.OtpauthUri.parse(odd),
        lambda: poterne.OtpauthUri.from_text("topsecret"),
        lambda: VERIFIER.credential(ACCOUNT, odd).verify(code(), now=NOW),
        lambda: VERIFIER.credential(odd, RECORD).verify(code(), now=NOW),
        lambda: VERIFIER.enroll(odd),
        lambda: VERIFIER.enroll(ACCOUNT, algorithm="topsecret"),  # type: ignore[arg-type]
        lambda: VERIFIER.enroll(ACCOUNT, topsecret=1),  # type: ignore[call-arg]
        lambda: poterne.hotp("topsecret", 1),  # type: ignore[arg-type]
        lambda: poterne.Keyring.open("poterne-keyring-1\n1 primary topsecret"),
    ]
    for call in calls:
        with pytest.raises((poterne.Error, ValueError, TypeError)) as caught:
            call()
        exception: Any = caught.value
        while exception is not None:
            assert "topsecret" not in repr(exception) + str(exception) + repr(exception.__dict__)
            exception = exception.__cause__ or exception.__context__


@pytest.mark.parametrize("rows", [1, 0])
def test_an_attempt_is_used_once(rows: int) -> None:
    once = attempt()
    assert agent.refusal(once, rows) is (None if rows == 1 else Refusal.CONFLICT)
    for use in (lambda: once.outcome(1), lambda: once.record):
        with pytest.raises(poterne.Error) as caught:
            use()
        assert caught.value.kind is ErrorKind.ATTEMPT


def test_a_change_an_enrollment_and_a_renaming_are_used_once() -> None:
    change = CREDENTIAL.recovery_codes()
    assert len(set(change.outcome(1))) == 8
    rename = CREDENTIAL.rename("a.durand")
    assert VERIFIER.credential("a.durand", rename.record).inspect().state is poterne.State.ACTIVE
    rename.outcome(1)
    with VERIFIER.enroll(ACCOUNT) as enrollment:
        enrollment.otpauth_uri("poterne", ACCOUNT)
    enrollment.wipe()
    for use in (
        lambda: change.outcome(1),
        lambda: change.record,
        lambda: rename.outcome(1),
        lambda: enrollment.record,
        lambda: enrollment.otpauth_uri("poterne", ACCOUNT),
    ):
        with pytest.raises(poterne.Error) as caught:
            use()
        assert caught.value.kind is ErrorKind.ATTEMPT


@pytest.mark.parametrize("rows", [True, False, 1.0, 0.0, None, "1", b"1", [1], object()])
def test_what_is_no_number_of_rows_spends_nothing(rows: Any) -> None:
    once, change = attempt(), CREDENTIAL.suspend()
    with pytest.raises(TypeError):
        once.outcome(rows)
    with pytest.raises(TypeError):
        change.outcome(rows)
    assert once.outcome(1).code == "accepted.otp"
    change.outcome(1)


@pytest.mark.parametrize("rows", [-1, 2, 2**63, 2**64, 2**64 + 1, -(2**64), 10**40])
def test_a_wrong_number_of_rows_is_an_error(rows: int) -> None:
    for use in (attempt().outcome, CREDENTIAL.suspend().outcome):
        with pytest.raises(poterne.Error) as caught:
            use(rows)
        assert caught.value.kind is ErrorKind.ROWS


def test_a_conflict_of_a_change_cannot_be_overlooked() -> None:
    for change in (CREDENTIAL.suspend(), CREDENTIAL.recovery_codes(), CREDENTIAL.rename("a.durand")):
        with pytest.raises(poterne.Refused) as caught:
            change.outcome(0)
        assert caught.value.refusal is Refusal.CONFLICT


@pytest.mark.parametrize("now, kind", [(-1, "TIME"), (253402300800, "TIME"), (2**63 - 1, "TIME"), (-(2**63), "TIME")])
def test_an_impossible_time(now: int, kind: str) -> None:
    with pytest.raises(poterne.Error) as caught:
        CREDENTIAL.verify(code(), now=now)
    assert caught.value.kind is ErrorKind[kind]


def test_a_time_is_seconds_or_an_aware_datetime() -> None:
    utc = datetime.datetime.fromtimestamp(NOW, datetime.timezone.utc)
    there = utc.astimezone(datetime.timezone(datetime.timedelta(hours=-9.5))) + datetime.timedelta(microseconds=999_999)
    times: List[Any] = [NOW, NOW + 0.999, float(NOW), utc, there]
    for now in times:
        assert poterne.totp(SECRET, now) == code()
        assert agent.refusal(CREDENTIAL.verify(code(), now=now)) is None
        record = VERIFIER.enroll(ACCOUNT, now=now, not_before=now, not_after=now, confirm_by=now).record
        status = VERIFIER.credential(ACCOUNT, record).inspect(now=now)
        assert (status.not_before, status.not_after, status.confirm_by) == (NOW, NOW, NOW)
        given = VERIFIER.credential(ACCOUNT, new_record(CREDENTIAL.temporary_code(KEEP, expiry=now, now=now))).inspect(now=now)
        assert given.temporary_code is not None and given.temporary_code.expiry == NOW
    impossible: List[Any] = [math.nan, math.inf, -math.inf, -0.1, 1e300, utc.replace(year=1969)]
    for now in impossible:
        with pytest.raises(poterne.ArgumentError) as caught:
            poterne.totp(SECRET, now)
        assert caught.value.kind is ErrorKind.TIME
    with pytest.raises(TypeError, match=r"datetime.now\(timezone.utc\), or local.astimezone\(\)"):
        poterne.totp(SECRET, utc.replace(tzinfo=None))
    wrong: List[Any] = [True, "2026-11-21", utc.date(), b"1"]
    for now in wrong:
        with pytest.raises(TypeError, match="an aware datetime"):
            poterne.totp(SECRET, now)


def test_a_wrong_value_is_one_exception_which_is_a_value_error_too() -> None:
    calls: Dict[ErrorKind, List[Callable[[], object]]] = {
        ErrorKind.ARGUMENT: [
            lambda: poterne.hotp(SECRET, 1, digits=5), lambda: poterne.hotp(SECRET, -1), lambda: poterne.hotp(SECRET, 1, digits=2**40),
            lambda: poterne.Policy(max_failures=101), lambda: poterne.Policy(max_failures=2**70), lambda: VERIFIER.credential("", None),
            lambda: VERIFIER.credential("\ud800", None), lambda: ErrorKind.STORE.message("de"), lambda: poterne.Keyring.generate(0),
            lambda: poterne.sql.Column(connect=object, paramstyle="x"), lambda: CREDENTIAL.recovery_codes(11),
        ],
        ErrorKind.SECRET: [lambda: poterne.Secret(b""), lambda: poterne.Secret.from_hex("0x"), lambda: VERIFIER.enroll_token(ACCOUNT, b"1")],
        ErrorKind.URI: [lambda: poterne.OtpauthUri.parse("http://"), lambda: VERIFIER.enroll(ACCOUNT).otpauth_uri("a:b", "c")],
        ErrorKind.COUNTER: [lambda: VERIFIER.enroll_token(ACCOUNT, SECRET, counter=2**63)],
        ErrorKind.TIME: [lambda: poterne.totp(SECRET, -1), lambda: poterne.totp(SECRET, 2**70)],
    }
    for kind, each in calls.items():
        for call in each:
            with pytest.raises(poterne.ArgumentError) as caught:
                call()
            assert isinstance(caught.value, poterne.Error) and isinstance(caught.value, ValueError)
            assert caught.value.kind is kind
    # Of all kinds these, and no other; whoever makes one gets the same.
    for kind in ErrorKind:
        assert isinstance(poterne.Error(kind, "x"), ValueError) == (kind in calls)


def test_exceptions_are_pickled_and_named_by_the_package() -> None:
    exceptions: List[Exception] = [
        poterne.Error(ErrorKind.STATE, "x"), poterne.Error(ErrorKind.SECRET, "x"), poterne.Refused(Refusal.WAIT, 5), poterne.Refused(1),
    ]
    for exception in exceptions:
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            again = pickle.loads(pickle.dumps(exception, protocol))
            assert type(again) is type(exception) and vars(again) == vars(exception)
            assert (str(again), repr(again)) == (str(exception), repr(exception))
        shown = "".join(traceback.format_exception_only(type(exception), exception))
        assert re.match(r"poterne\.(Error|ArgumentError|Refused): ", shown), shown
    assert (poterne.Refused(Refusal.WAIT, 5).wait_seconds, poterne.Refused(Refusal.CLOCK_OFF, -4).clock_off_steps) == (5, -4)
    assert (poterne.Refused(Refusal.WAIT, 5).clock_off_steps, poterne.Refused(Refusal.CLOCK_OFF, -4).wait_seconds) == (0, 0)
    assert [poterne.Refused(Refusal.CLOCK_OFF, steps).is_clock_right for steps in (-2, -1, 0, 1)] == [False, True, True, False]
    assert not poterne.Refused(Refusal.WAIT, 0).is_clock_right


@pytest.mark.parametrize("name", ["Status", "TemporaryStatus"])
def test_a_status_shows_all_its_fields(name: str) -> None:
    status = objects()[name]
    fields = [each for each in dir(type(status)) if not each.startswith("_")]
    assert len(fields) == {"Status": 19, "TemporaryStatus": 2}[name]
    for field in fields:
        assert f" {field}={getattr(status, field)}" in str(status)


def test_a_choice_is_a_member_of_its_enumeration() -> None:
    wrong: List[Any] = ["SHA1", 1, True, None, poterne.State.ACTIVE, poterne.Algorithm]
    for each in wrong:
        with pytest.raises(TypeError, match="a member of poterne.Algorithm"):
            VERIFIER.enroll(ACCOUNT, algorithm=each)
        if each is not None:
            with pytest.raises(TypeError):
                poterne.hotp(SECRET, 1, algorithm=each)
    assert poterne.hotp(SECRET, 1, algorithm=poterne.Algorithm.SHA256) != poterne.hotp(SECRET, 1)
    status = CREDENTIAL.inspect(now=NOW)
    assert (status.authenticator, status.algorithm, status.moving_factor) == (
        Authenticator.APP, poterne.Algorithm.SHA1, poterne.MovingFactor.TIME,
    )


def test_the_clock_is_the_system_s() -> None:
    now = int(time.time())
    secret = poterne.Secret.generate()
    assert poterne.totp(secret) in (poterne.totp(secret, now), poterne.totp(secret, now + 1))
    assert agent.refusal(CREDENTIAL.verify(code())) is Refusal.WRONG_CODE


SIXTEEN_MIB = 16 * 1024 * 1024
TYPED = [
    "", " ", "\0", "123456\0", "\x00123456", "12345\udc80", "\ud800", "\udfff" * 6, "\ud83d\ude00", "é", "１２３４５６", "-1",
    "+12345", "123_456", "•" * 6, " " * 59 + "123456", "1" * 65, "\u3000" * 65, "1" * SIXTEEN_MIB, "\0" * SIXTEEN_MIB,
    " " * SIXTEEN_MIB + "123456", "\U0001f600" * (SIXTEEN_MIB // 4), "123456" + "\ud800" * SIXTEEN_MIB,
]


@pytest.mark.parametrize("typed", TYPED, ids=lambda typed: ascii(typed[:8]) + str(len(typed)))
def test_whatever_the_user_types_is_an_outcome(typed: str) -> None:
    """Semantics 2.1: malformed, at every place where somebody types."""
    pending = new_record(VERIFIER.import_credential(ACCOUNT, bytes(range(20)), state=poterne.State.PENDING, now=NOW))
    cases: List[Tuple[Any, Refusal]] = [
        (CREDENTIAL.verify(typed, now=NOW), Refusal.MALFORMED),
        (VERIFIER.credential(ACCOUNT, None).verify(typed, now=NOW), Refusal.NOT_ENROLLED),
        (VERIFIER.credential(ACCOUNT, pending).confirm(typed, now=NOW), Refusal.MALFORMED),
        (VERIFIER.replace(ACCOUNT, typed, old=RECORD, pending=pending, now=NOW), Refusal.MALFORMED),
        (CREDENTIAL.resynchronize(typed, code(), now=NOW), Refusal.MALFORMED),
        (CREDENTIAL.resynchronize(code(), typed, now=NOW), Refusal.MALFORMED),
    ]
    for attempt, refusal in cases:
        assert attempt.record is None
        assert agent.refusal(attempt, 0) is refusal
    assert poterne.match_otp(SECRET, typed, STEP, STEP).result is poterne.MatchResult.MALFORMED
    with pytest.raises(poterne.Refused) as caught:
        VERIFIER.login(ACCOUNT, typed, store=Table({ACCOUNT: RECORD}), now=NOW)
    assert caught.value.refusal is Refusal.MALFORMED


def test_what_is_typed_is_measured_in_characters_and_in_bytes() -> None:
    for typed in (
        " " * 58 + code(),
        "\u2003" * 58 + code(),  # 180 bytes
        "\u200b" * 58 + code(),
        "\ufeff" + code()[:3] + "\u2011" + code()[3:],
    ):
        assert len(typed) <= 64
        CREDENTIAL.verify(typed, now=NOW).outcome(1)


def test_what_is_no_record_is_an_error_and_nothing_is_not_enrolled() -> None:
    for damaged in ["x", RECORD[:-1], RECORD.lower(), RECORD + "A", "\udc80", "POTERNE1", "A" * 10_000_000]:
        with pytest.raises(poterne.Error) as caught:
            VERIFIER.credential(ACCOUNT, damaged).verify(code(), now=NOW)
        assert caught.value.kind is ErrorKind.RECORD


@pytest.mark.parametrize("nothing", [None, "", "   "])
def test_without_a_record_nobody_is_enrolled(nothing: Optional[str]) -> None:
    """Semantics 3.0: attempts are refused, and everything that needs a credential is an error."""
    absent = VERIFIER.credential(ACCOUNT, nothing)
    attempts: List[poterne.Attempt[Any]] = [
        absent.verify(code(), now=NOW), absent.confirm(code(), now=NOW), absent.resynchronize(code(), code(STEP + 1), now=NOW),
    ]
    for attempt in attempts:
        assert attempt.record is None
        assert agent.refusal(attempt, 0) is Refusal.NOT_ENROLLED
    calls: List[Callable[[], object]] = [
        lambda: VERIFIER.replace(ACCOUNT, code(), old=nothing, pending=RECORD, now=NOW),
        lambda: VERIFIER.replace(ACCOUNT, code(), old=RECORD, pending=nothing, now=NOW),
        lambda: absent.inspect(now=NOW),
        lambda: absent.otpauth_uri("poterne", "x", now=NOW),
        lambda: absent.recovery_codes(),
        lambda: absent.temporary_code(KEEP, now=NOW),
        lambda: absent.end_codes(CodeSet.BOTH),
        lambda: absent.unlock(),
        lambda: absent.repair_clock(now=NOW),
        lambda: absent.suspend(),
        lambda: absent.resume(),
        lambda: absent.revoke(),
        lambda: absent.forget(now=NOW),
        lambda: absent.reseal(),
        lambda: absent.rename("a.durand"),
    ]
    for call in calls:
        with pytest.raises(poterne.Error) as caught:
            call()
        assert caught.value.kind is ErrorKind.STATE


def test_unlock_knows_no_time_and_repair_clock_may_find_nothing() -> None:
    failed = RECORD
    for _ in range(3):
        failed = new_record(VERIFIER.credential(ACCOUNT, failed).verify(code(STEP + 9), now=NOW))
    with pytest.raises(TypeError):
        VERIFIER.credential(ACCOUNT, failed).unlock(now=NOW)  # type: ignore[call-arg]
    unlock = VERIFIER.credential(ACCOUNT, failed).unlock()
    assert unlock.record is not None and VERIFIER.credential(ACCOUNT, unlock.record).inspect(now=NOW).failures == 0
    # Nothing to repair, and nothing to store: the answer whatever the rows.
    for rows in (0, 1, 2, -1, 2**64):
        nothing = VERIFIER.credential(ACCOUNT, failed).repair_clock(now=NOW)
        assert nothing.record is None
        nothing.outcome(rows)
        with pytest.raises(poterne.Error) as caught:
            nothing.record
        assert caught.value.kind is ErrorKind.ATTEMPT
    # A thief's lock stays; failures of a clock that was ahead go.
    repair = VERIFIER.credential(ACCOUNT, failed).repair_clock(now=NOW - 901)
    assert repair.record is not None and VERIFIER.credential(ACCOUNT, repair.record).inspect(now=NOW).failures == 0
    assert agent.refusal(repair, 0) is Refusal.CONFLICT


@pytest.mark.parametrize("codes, left", [(1, (0, 1)), (2, (3, 0)), (3, (0, 0))])
def test_codes_are_ended_by_their_kind(codes: int, left: Tuple[int, int]) -> None:
    record = new_record(CREDENTIAL.recovery_codes(count=3))
    record = new_record(VERIFIER.credential(ACCOUNT, record).temporary_code(KEEP, now=NOW))
    status = VERIFIER.credential(ACCOUNT, new_record(VERIFIER.credential(ACCOUNT, record).end_codes(CodeSet(codes)))).inspect(now=NOW)
    temporary = status.temporary_code
    assert (status.recovery_codes_left, 0 if temporary is None else temporary.uses_left) == left
    wrong: List[Any] = [codes, str(codes), True, None, poterne.State.ACTIVE, CodeSet]
    for each in wrong:
        with pytest.raises(TypeError):
            VERIFIER.credential(ACCOUNT, record).end_codes(each)
    pending = VERIFIER.enroll(ACCOUNT, now=NOW).record
    with pytest.raises(poterne.Error) as caught:
        VERIFIER.credential(ACCOUNT, pending).end_codes(CodeSet(codes))
    assert caught.value.kind is ErrorKind.STATE


def test_recovery_and_temporary_codes_are_shown_in_groups() -> None:
    change = CREDENTIAL.temporary_code(KEEP, now=NOW)
    record = change.record
    shown = (*CREDENTIAL.recovery_codes().outcome(1), change.outcome(1))
    for each in shown:
        assert re.fullmatch("[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", each)
    typed = shown[-1].lower().replace("-", "\u2011")
    assert VERIFIER.credential(ACCOUNT, record).verify(typed, now=NOW).outcome(1).method is poterne.Method.TEMPORARY_CODE


def test_an_app_is_confirmed_in_time() -> None:
    day = 86_400
    enrollment = VERIFIER.enroll(ACCOUNT, now=NOW)
    assert VERIFIER.credential(ACCOUNT, enrollment.record).inspect(now=NOW).confirm_by == NOW + 30 * day
    policy = poterne.Policy(confirm_within_days=2)
    assert (policy.confirm_within_days, poterne.Policy().confirm_within_days) == (2, 30)
    verifier = poterne.Verifier(poterne.Keyring.generate(1), "tests", policy=policy)
    record = verifier.enroll(ACCOUNT, now=NOW).record
    last = NOW + 2 * day
    assert verifier.credential(ACCOUNT, record).inspect(now=NOW).confirm_by == last
    assert verifier.credential(ACCOUNT, record).otpauth_uri("poterne", "x", now=last).as_str().startswith("otpauth://totp/")
    with pytest.raises(poterne.Error) as caught:
        verifier.credential(ACCOUNT, record).otpauth_uri("poterne", "x", now=last + 1)
    assert caught.value.kind is ErrorKind.STATE
    assert agent.refusal(verifier.credential(ACCOUNT, record).confirm(code(), now=last)) is Refusal.WRONG_CODE
    assert agent.refusal(verifier.credential(ACCOUNT, record).confirm(code(), now=last + 1), 0) is Refusal.EXPIRED
    # By the system's clock it is long over, or far away.
    with pytest.raises(poterne.Error):
        verifier.credential(ACCOUNT, record).otpauth_uri("poterne", "x")
    assert verifier.credential(ACCOUNT, verifier.enroll(ACCOUNT).record).otpauth_uri("poterne", "x").as_str()
    for given, held in ((NOW + 5, NOW + 5), (None, last)):
        record = verifier.enroll(ACCOUNT, now=NOW, confirm_by=given).record
        assert verifier.credential(ACCOUNT, record).inspect(now=NOW).confirm_by == held
    begins = NOW + 40 * day
    record = verifier.enroll(ACCOUNT, now=NOW, not_before=begins).record
    assert verifier.credential(ACCOUNT, record).inspect(now=NOW).confirm_by == begins + 2 * day
    too_late: List[Callable[[], Any]] = [
        lambda: verifier.enroll(ACCOUNT, now=NOW, confirm_by=NOW - 1),
        lambda: verifier.enroll(ACCOUNT, now=NOW, confirm_by=begins - 1, not_before=begins),
        lambda: verifier.enroll_token(ACCOUNT, SECRET, now=NOW, confirm_by=NOW - 1),
    ]
    for late in too_late:
        with pytest.raises(poterne.Error) as caught:
            late()
        assert caught.value.kind is ErrorKind.ARGUMENT
    token = verifier.enroll_token(ACCOUNT, SECRET, now=NOW).record
    assert verifier.credential(ACCOUNT, token).inspect(now=NOW).confirm_by is None
    with pytest.raises(poterne.Error) as caught:
        verifier.import_credential(ACCOUNT, SECRET, confirm_by=NOW, now=NOW)  # active
    assert caught.value.kind is ErrorKind.ARGUMENT


def test_how_long_a_code_lives() -> None:
    policy = poterne.Policy()
    app, token = Authenticator.APP, Authenticator.TOKEN
    assert [policy.code_lifetime(app, 30), policy.code_lifetime(token, 30), policy.code_lifetime(token, 60)] == [390, 780, 1260]
    assert poterne.Policy(app_steps_backward=10).code_lifetime(app, 30) == 390 + 9 * 30
    with pytest.raises(poterne.Error) as caught:
        policy.code_lifetime(app, 29)
    assert caught.value.kind is ErrorKind.ARGUMENT
    with pytest.raises(TypeError, match="a member of poterne.Authenticator"):
        policy.code_lifetime("app", 30)  # type: ignore[arg-type]


def test_a_secret_in_hexadecimal() -> None:
    assert poterne.Secret.from_hex(SECRET.hex(" ").upper()).to_bytes() == SECRET
    for wrong in ("0x00", "123", "", "\ud800", "\0", "ab" * 1025, "a" * SIXTEEN_MIB):
        with pytest.raises(poterne.Error) as caught:
            poterne.Secret.from_hex(wrong)
        assert caught.value.kind is ErrorKind.SECRET


# Everything that Python can hand over, but for what would be right.
ODD = st.one_of(
    st.none(), st.booleans(), st.integers(), st.integers(min_value=2**62), st.floats(), st.binary(max_size=40),
    st.text(max_size=40), st.text(st.characters(categories=["Cs"]), min_size=1, max_size=3),
    st.lists(st.integers(), max_size=2), st.just(object()),
)
CALLS: List[Callable[..., Any]] = [
    lambda a, b, c, d: VERIFIER.credential(b, a).verify(c, now=d),
    lambda a, b, c, d: VERIFIER.credential(a, RECORD).verify(b, now=d),
    lambda a, b, c, d: CREDENTIAL.confirm(a, now=b),
    lambda a, b, c, d: CREDENTIAL.resynchronize(a, b, now=c),
    lambda a, b, c, d: VERIFIER.replace(c, d, old=a, pending=b),
    lambda a, b, c, d: VERIFIER.replace(ACCOUNT, a, old=RECORD, pending=RECORD, now=b),
    lambda a, b, c, d: VERIFIER.credential(a, RECORD).otpauth_uri(b, c, now=d),
    lambda a, b, c, d: VERIFIER.credential(b, a).end_codes(c),
    lambda a, b, c, d: CREDENTIAL.end_codes(a),
    lambda a, b, c, d: VERIFIER.credential(b, a).repair_clock(now=c),
    lambda a, b, c, d: CREDENTIAL.repair_clock(now=a),
    lambda a, b, c, d: VERIFIER.credential(b, a).inspect(now=c),
    lambda a, b, c, d: VERIFIER.enroll(ACCOUNT, confirm_by=a, now=b),
    lambda a, b, c, d: poterne.Policy(confirm_within_days=a),
    lambda a, b, c, d: poterne.Policy(ticket_seconds=a),
    lambda a, b, c, d: VERIFIER.ticket(a, purpose=b, context=c, now=d),
    lambda a, b, c, d: VERIFIER.dud_ticket(ACCOUNT, purpose=a, context=b, now=c),
    lambda a, b, c, d: CREDENTIAL.verify_with_ticket(a, b, purpose=c, context=d),
    lambda a, b, c, d: CREDENTIAL.verify_with_ticket(a, b, purpose="vpn", context=b"", now=c),
    lambda a, b, c, d: poterne.Policy().code_lifetime(a, b),
    lambda a, b, c, d: poterne.Secret.from_hex(a),
    lambda a, b, c, d: ErrorKind.STORE.message_to_user(a),
    lambda a, b, c, d: _poterne.is_conflict(a, b, c),
    lambda a, b, c, d: _poterne.database(a),
    lambda a, b, c, d: VERIFIER.enroll(a, now=b, digits=c, time_step=d),
    lambda a, b, c, d: VERIFIER.enroll(ACCOUNT, counter=a, secret_len=b, not_before=c, not_after=d),
    lambda a, b, c, d: VERIFIER.enroll(ACCOUNT, algorithm=a, authenticator=b, t0=c, now=d),
    lambda a, b, c, d: VERIFIER.enroll_token(ACCOUNT, a, now=b, counter=c),
    lambda a, b, c, d: VERIFIER.import_credential(ACCOUNT, SECRET, watermark=a, drift=b, last_sync=c, state=d),
    lambda a, b, c, d: CREDENTIAL.recovery_codes(count=a),
    lambda a, b, c, d: CREDENTIAL.temporary_code(a, expiry=b, uses=c, now=d),
    lambda a, b, c, d: VERIFIER.credential(a, RECORD).rename(b),
    lambda a, b, c, d: VERIFIER.login(a, b, store=c, now=d),
    lambda a, b, c, d: VERIFIER.check_store(a, store=b, second=c),
    lambda a, b, c, d: poterne.Verifier(a, b, policy=c),
    lambda a, b, c, d: poterne.Policy(max_failures=a, confirm_at_first_login=b, look_ahead=c),
    lambda a, b, c, d: poterne.hotp(a, b, digits=c, algorithm=d),
    lambda a, b, c, d: poterne.totp(SECRET, a, digits=b, time_step=c, t0=d),
    lambda a, b, c, d: poterne.match_otp(SECRET, a, b, c, watermark=d),
    lambda a, b, c, d: poterne.split_password_and_code(a, digits=b),
    lambda a, b, c, d: poterne.Keyring.generate(a),
    lambda a, b, c, d: poterne.Keyring.parse(a),
    lambda a, b, c, d: poterne.Keyring.open(a),
    lambda a, b, c, d: poterne.Secret(a),
    lambda a, b, c, d: poterne.Secret.generate(a),
    lambda a, b, c, d: poterne.Secret.from_base32(a),
    lambda a, b, c, d: poterne.OtpauthUri.build(SECRET, a, b, allow_incompatible=c, digits=d),
    lambda a, b, c, d: poterne.OtpauthUri.parse(a),
    lambda a, b, c, d: ErrorKind.STORE.message(a),
    lambda a, b, c, d: apps.markdown(a),
    lambda a, b, c, d: attempt().outcome(a),
    lambda a, b, c, d: CREDENTIAL.suspend().outcome(a),
]


@pytest.mark.parametrize("call", CALLS)
@settings(max_examples=150, deadline=None)
@given(a=ODD, b=ODD, c=ODD, d=ODD)
def test_no_argument_reaches_a_panic(call: Callable[..., Any], a: Any, b: Any, c: Any, d: Any) -> None:
    try:
        call(a, b, c, d)
    except (TypeError, poterne.Error, poterne.Refused):
        # Not a ValueError of Python's own: UnicodeEncodeError would carry the whole text.
        pass


@settings(max_examples=300, deadline=None)
@given(number=st.integers())
def test_numbers_are_whole_or_refused(number: int) -> None:
    try:
        given = poterne.match_otp(SECRET, poterne.hotp(SECRET, number), number, number).moving_factor
    except poterne.ArgumentError as error:
        assert error.kind is (ErrorKind.COUNTER if number == 2**64 - 1 else ErrorKind.ARGUMENT)
        assert not 0 <= number < 2**64 - 1
    else:
        assert given == number


@settings(max_examples=300, deadline=None)
@given(password=st.text(st.characters(), max_size=80), digits=st.sampled_from([6, 7, 8]))
def test_splitting_keeps_every_character(password: str, digits: int) -> None:
    typed = "0123456789"[:digits]
    assert poterne.split_password_and_code(password + typed, digits=digits) == (password, typed)
    assert poterne.split_password_and_code(password + "x", digits=digits) == (password + "x", None)
    # A code of section 5, with its hyphens and nothing else between.
    shown = "0123A-4567-89BC"
    assert poterne.split_password_and_code(password + shown, digits=digits) == (password, shown)
    other = shown.replace("-", "\u2010")
    assert poterne.split_password_and_code(password + other, digits=digits) == (password + other, None)


@settings(max_examples=300, deadline=None)
@given(password=st.binary(max_size=80), digits=st.sampled_from([6, 7, 8]))
def test_splitting_keeps_every_byte(password: bytes, digits: int) -> None:
    for typed in ("0123456789"[:digits], "0123a-4567-89BC"):
        assert poterne.split_password_and_code(password + typed.encode(), digits=digits) == (password, typed)
    assert poterne.split_password_and_code(password + b"\xe9", digits=digits) == (password + b"\xe9", None)


def test_a_field_is_text_or_bytes() -> None:
    # In Windows-1252, as a RADIUS client may send it: no UTF-8, and it comes back as it was.
    assert poterne.split_password_and_code("motdepass\xe9123456".encode("cp1252")) == (b"motdepass\xe9", "123456")
    assert poterne.split_password_and_code("\ud800\0" + "123456") == ("\ud800\0", "123456")
    assert poterne.split_password_and_code(b"") == (b"", None)
    wrong: List[Any] = [bytearray(b"123456"), memoryview(b"123456"), 123456, None]
    for field in wrong:
        with pytest.raises(TypeError):
            poterne.split_password_and_code(field)
    big = b"\xff" * SIXTEEN_MIB
    assert poterne.split_password_and_code(big + b"123456") == (big, "123456")


def test_enumerations_have_the_library_s_numbers() -> None:
    for kind in ErrorKind:
        for language in ("en", "fr", "fr-FR"):
            assert kind.message(language).endswith(".")
    assert len({kind.message("fr") for kind in ErrorKind}) == len(ErrorKind) == 24
    # A kind that is not the library's has no message.
    for number in set(range(-120, 10)) - {kind.value for kind in ErrorKind}:
        with pytest.raises(ValueError):
            _poterne.error_message(number, "en")
        with pytest.raises(ValueError):
            _poterne.error_message_to_user(number, "en")
    # The end user's text: one for all, and none that looks like a refused code.
    for language, begin in (("en", "The service is unavailable."), ("fr-FR", "Le service est indisponible.")):
        assert {kind.message_to_user(language).startswith(begin) for kind in ErrorKind} == {True}
        assert len({kind.message_to_user(language) for kind in ErrorKind}) == 1
    assert ErrorKind.STORE.message_to_user() == ErrorKind.STORE.message_to_user("en")
    for message in (ErrorKind.STORE.message, ErrorKind.STORE.message_to_user):
        with pytest.raises(ValueError):
            message("de")
    norm = (agent.__file__.rsplit("bindings", 1)[0]) + "src/guide/semantics.md"
    with open(norm, encoding="utf-8") as file:
        numbers = file.read().split("## 12.", 1)[1]
    enumerations: Dict[Any, str] = {
        Refusal: "Refusal:", ErrorKind: "ErrorKind:", poterne.Method: "Method:", CodeSet: "`end_codes` ends:",
        poterne.Algorithm: "Hash:", Authenticator: "Authenticator:", poterne.State: "State:",
        poterne.MissingAuthenticator: "of a temporary code:",
    }
    for enumeration, before in enumerations.items():
        listed = re.split(r"\.\s", numbers.split(before, 1)[1], maxsplit=1)[0]
        found = {}
        for item in listed.split(","):
            value, name = item.split()[:2]
            snake = re.sub("(?<=[a-z])(?=[A-Z])", "_", name.replace("-", "")).upper()
            found[snake] = int(value)
        assert {member.name: member.value for member in enumeration} == found


def test_messages_of_a_refusal() -> None:
    with pytest.raises(poterne.Refused) as caught:
        VERIFIER.login(ACCOUNT, code(STEP + 9), store=Table({ACCOUNT: RECORD}), now=NOW)
    refused = caught.value
    assert (refused.refusal, str(refused), refused.wait_seconds) == (Refusal.WRONG_CODE, "refused.wrong_code", 0)
    assert refused.message("fr").startswith("Le code est incorrect")
    assert refused.message_to_user("fr").startswith("Connexion refusée.")
    slow = poterne.Refused(Refusal.CLOCK_OFF, -4)
    assert slow.message_at_enrollment("fr").startswith("L'horloge du téléphone retarde d'environ 2 minutes.")
    assert slow.message_at_enrollment() == slow.message_at_enrollment("en")
    assert refused.message("en") == refused.message() and refused.message_to_user("en") == refused.message_to_user()
    assert not issubclass(poterne.Refused, poterne.Error)
    with pytest.raises(ValueError):
        refused.message("de")
    for refusal in Refusal:
        assert poterne.Refused(refusal).code == f"refused.{refusal.name.lower()}"


def test_french_messages_can_be_printed_in_iso_8859_15() -> None:
    """Terminals and logs of that character set have no curly apostrophe and no narrow space."""
    details = {Refusal.WAIT: (1, 40, 7200), Refusal.CLOCK_OFF: (-4, -1, 0, 1, 4)}
    refused = [poterne.Refused(refusal, detail) for refusal in Refusal for detail in details.get(refusal, (0,))]
    texts = {each("fr") for one in refused for each in (one.message, one.message_to_user, one.message_at_enrollment)}
    texts |= {each("fr") for kind in ErrorKind for each in (kind.message, kind.message_to_user)}
    assert len(texts) > 50 and any("'" in text for text in texts)
    for text in texts:
        assert text.encode("iso8859-15").decode("iso8859-15") == text
    # The control.
    for sign in ("’", "\u202f"):
        with pytest.raises(UnicodeEncodeError):
            sign.encode("iso8859-15")
    with pytest.raises(ValueError):
        poterne.Refused(17)


def test_a_wait_says_how_long() -> None:
    table = Table({ACCOUNT: RECORD})
    for _ in range(3):
        with pytest.raises(poterne.Refused):
            VERIFIER.login(ACCOUNT, code(STEP + 9), store=table, now=NOW)
    with pytest.raises(poterne.Refused) as caught:
        VERIFIER.login(ACCOUNT, code(), store=table, now=NOW)
    assert (caught.value.refusal, caught.value.wait_seconds) == (Refusal.WAIT, 5)
    assert "5 secondes" in caught.value.message_to_user("fr")


def test_the_policy_is_the_verifier_s() -> None:
    policy = poterne.Policy(max_failures=1, confirm_at_first_login=True)
    verifier = poterne.Verifier(poterne.Keyring.generate(1), "tests", policy=policy)
    assert verifier.policy == policy != poterne.Policy()
    assert (verifier.policy.max_failures, verifier.policy.confirm_at_first_login) == (1, True)
    assert (poterne.Policy().max_failures, poterne.Policy().recovery_codes) == (20, 8)
    with pytest.raises(poterne.Error) as caught:
        poterne.Policy(max_failures=101)
    assert caught.value.kind is ErrorKind.ARGUMENT
    with pytest.raises(TypeError):
        poterne.Policy(max_failure=1)  # type: ignore[call-arg]


def test_a_keyring_turns_over(tmp_path: Any) -> None:
    keyring = poterne.Keyring.generate(1)
    old = poterne.Verifier(keyring, "tests")
    record = agent.record(old)
    keyring.add(2)
    keyring.promote(2)
    # The verifier that was made before keeps its copy.
    assert not old.credential(ACCOUNT, record).inspect().needs_reseal
    new = poterne.Verifier(keyring, "tests")
    assert new.credential(ACCOUNT, record).inspect().needs_reseal
    resealed = new_record(new.credential(ACCOUNT, record).reseal())
    keyring.remove(1)
    last = poterne.Verifier(keyring, "tests")
    assert last.credential(ACCOUNT, resealed).inspect().key_id == 2
    with pytest.raises(poterne.Error) as caught:
        last.credential(ACCOUNT, record).inspect()
    assert caught.value.kind is ErrorKind.UNKNOWN_KEY
    # What a record says of its key needs no key.
    assert (poterne.key_id_of(record), poterne.key_id_of(resealed + "  ")) == (1, 2)
    with pytest.raises(poterne.Error) as caught:
        poterne.key_id_of(record[:-1])
    assert caught.value.kind is ErrorKind.RECORD and record[8:40] not in str(caught.value)
    file = tmp_path / "poterne.keys"
    file.write_text(keyring.to_text())
    file.chmod(0o644)
    with pytest.raises(poterne.Error) as caught:
        poterne.Keyring.open(file)
    assert caught.value.kind is ErrorKind.KEYRING_FILE
    file.chmod(0o600)
    assert poterne.Keyring.open(file).key_ids == poterne.Keyring.open(str(file)).key_ids == [2]


def test_a_keyring_file_that_cannot_be_opened_is_named_with_the_reason(tmp_path: Any, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    text = poterne.Keyring.generate(1).to_text()
    cases = {"absent.keys": FileNotFoundError, "folder": IsADirectoryError, "open.keys": None, "damaged.keys": None, "a\0b": ValueError}
    (tmp_path / "folder").mkdir(0o700)
    (tmp_path / "open.keys").write_text(text)
    (tmp_path / "open.keys").chmod(0o644)
    (tmp_path / "damaged.keys").touch(0o600)
    (tmp_path / "damaged.keys").write_text(text[:-5])
    for name, cause in cases.items():
        with pytest.raises(poterne.Error) as caught:
            poterne.Keyring.open(name)
        error = caught.value
        assert error.kind is (ErrorKind.KEYRING if name == "damaged.keys" else ErrorKind.KEYRING_FILE)
        assert repr(os.path.join(os.getcwd(), name)) in str(error)
        assert error.__cause__ is None if cause is None else type(error.__cause__) is cause
        if cause is not None:
            assert (getattr(error.__cause__, "strerror", None) or str(error.__cause__)) in str(error)
        assert "::" not in str(error)
        # No key, not even a part of one.
        assert not any(part in str(error) + repr(error) for part in re.findall("[A-Z2-7]{16,}", text))
    for confused in (text, text.splitlines()[1], text.splitlines()[1].split()[2]):
        with pytest.raises(poterne.Error, match="use Keyring.parse") as caught:
            poterne.Keyring.open(confused)
        assert confused not in repr(caught.value) + str(caught.value) and caught.value.__cause__ is None
    if os.geteuid() != 0:
        (tmp_path / "damaged.keys").chmod(0o000)
        with pytest.raises(poterne.Error, match="Permission denied"):
            poterne.Keyring.open(tmp_path / "damaged.keys")


def test_a_qr_code_has_three_forms() -> None:
    qr = VERIFIER.enroll(ACCOUNT).otpauth_uri("poterne", ACCOUNT).qr()
    assert qr.svg().startswith("<svg") and qr.png().startswith(b"\x89PNG") and "█" in qr.text()
    assert qr.width % 4 == 1


def test_the_table_of_applications() -> None:
    assert len(apps.APPS) == 19
    for app in apps.APPS:
        assert set(app.facts) == {
            "sha256", "sha512", "seven_digits", "eight_digits", "sixty_seconds", "hotp", "long_secret",
        }
        assert app.name in apps.markdown("fr") and app.name in apps.html()
        assert {type(fact.support) for fact in app.facts.values()} == {apps.Support}


def test_threads_share_a_verifier() -> None:
    failures: List[BaseException] = []
    accepted: List[int] = []
    once = [attempt() for _ in range(200)]
    begin = threading.Barrier(8)

    def work(number: int) -> None:
        try:
            begin.wait()
            for step in range(200):
                account = f"{number}.{step}"
                record = new_record(VERIFIER.import_credential(account, SECRET, now=NOW))
                assert VERIFIER.credential(account, record).verify(code(), now=NOW).outcome(1).code == "accepted.otp"
                VERIFIER.enroll(account).otpauth_uri("poterne", "x").as_str()
                # One attempt, eight threads: one of them gets the verdict.
                try:
                    accepted.append(once[step].outcome(1).moving_factor or 0)
                except poterne.Error as error:
                    assert error.kind is ErrorKind.ATTEMPT
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert accepted == [STEP] * 200


def test_nothing_leaks() -> None:
    def use() -> None:
        attempt().outcome(1)
        with pytest.raises(poterne.Refused):
            VERIFIER.login(ACCOUNT, "x", store=Table({ACCOUNT: RECORD}))

    for _ in range(50):
        use()
    gc.collect()
    before = len(gc.get_objects())
    for _ in range(500):
        use()
    gc.collect()
    assert len(gc.get_objects()) - before < 50
