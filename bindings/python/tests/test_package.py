"""What Python adds: types, one use, no truth values, nothing secret in sight, threads."""

from __future__ import annotations

import copy
import gc
import os
import pickle
import re
import threading
import time
from typing import Any, Callable, Dict, List, Optional, Tuple

import agent
import pytest
from agent import ACCOUNT, NOW, SECRET, STEP, Table, code
from hypothesis import given, settings
from hypothesis import strategies as st

import poterne
from poterne import CodeSet, ErrorKind, Refusal, _poterne, apps

VERIFIER = agent.verifier()
RECORD = agent.record(VERIFIER)


def attempt() -> poterne.Attempt:
    return VERIFIER.verify(RECORD, ACCOUNT, code(), now=NOW)


def objects() -> Dict[str, Any]:
    """One of every class."""
    enrollment = VERIFIER.enroll(ACCOUNT, now=NOW)
    uri = enrollment.otpauth_uri("poterne", ACCOUNT)
    return {
        "Attempt": attempt(),
        "Change": VERIFIER.temporary_code(RECORD, ACCOUNT, suspend=False, now=NOW),
        "Enrollment": enrollment,
        "Keyring": poterne.Keyring.generate(1),
        "Match": poterne.match_otp(SECRET, code(), STEP, STEP),
        "OtpauthContent": poterne.OtpauthUri.parse(uri.as_str()),
        "OtpauthUri": uri,
        "Outcome": attempt().outcome(1),
        "Policy": poterne.Policy(),
        "Qr": uri.qr(),
        "Rename": VERIFIER.rename(RECORD, ACCOUNT, "a.durand"),
        "Secret": poterne.Secret(SECRET),
        "Status": VERIFIER.inspect(RECORD, ACCOUNT, now=NOW),
        "TemporaryStatus": VERIFIER.inspect(
            VERIFIER.temporary_code(RECORD, ACCOUNT, suspend=False, now=NOW).record, ACCOUNT, now=NOW
        ).temporary_code,
        "Verifier": VERIFIER,
    }


def test_there_is_one_object_of_every_class() -> None:
    classes = {name for name in dir(_poterne) if isinstance(getattr(_poterne, name), type)}
    assert set(objects()) == classes and len(classes) == 15


@pytest.mark.parametrize("name", ["Attempt", "Change", "Enrollment", "Match", "Outcome", "Rename"])
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
    if name not in ("Secret", "Verifier"):
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
    keyring = every["Keyring"]
    keys = [word for word in keyring.to_text().split() if len(word) == 52]
    uri = every["OtpauthUri"].as_str()
    secrets = [code(), RECORD, uri, *keys, SECRET.decode(), every["Secret"].to_base32()]
    secrets += [every["OtpauthContent"].secret.to_base32(), every["Change"].record, every["Enrollment"].record]
    assert len(keys) == 1
    for thing in every.values():
        for shown in (repr(thing), str(thing), f"{thing}", "%s" % (thing,)):
            assert len(shown) < 300
            assert not any(secret in shown for secret in secrets), type(thing)


def test_errors_show_nothing_that_was_given() -> None:
    odd = "topsecret\udc80"
    calls: List[Callable[[], object]] = [
        lambda: poterne.Secret.from_base32(odd),
        lambda: poterne.Secret.from_base32("topsecret!"),
        lambda: poterne.Keyring.parse(odd),
        lambda: poterne.OtpauthUri.parse(odd),
        lambda: poterne.OtpauthUri.from_text("topsecret"),
        lambda: VERIFIER.verify(odd, ACCOUNT, code(), now=NOW),
        lambda: VERIFIER.verify(RECORD, odd, code(), now=NOW),
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
    assert once.outcome(rows).accepted == (rows == 1)
    for use in (lambda: once.outcome(1), lambda: once.record, lambda: once.changed):
        with pytest.raises(poterne.Error) as caught:
            use()
        assert caught.value.kind is ErrorKind.ATTEMPT


def test_a_change_an_enrollment_and_a_renaming_are_used_once() -> None:
    change = VERIFIER.recovery_codes(RECORD, ACCOUNT)
    assert len(set(change.stored(1))) == 8
    rename = VERIFIER.rename(RECORD, ACCOUNT, "a.durand")
    assert VERIFIER.inspect(rename.record, "a.durand").state is poterne.State.ACTIVE
    rename.stored(1)
    with VERIFIER.enroll(ACCOUNT) as enrollment:
        enrollment.otpauth_uri("poterne", ACCOUNT)
    enrollment.wipe()
    for use in (
        lambda: change.stored(1),
        lambda: change.record,
        lambda: rename.stored(1),
        lambda: enrollment.record,
        lambda: enrollment.otpauth_uri("poterne", ACCOUNT),
    ):
        with pytest.raises(poterne.Error) as caught:
            use()
        assert caught.value.kind is ErrorKind.ATTEMPT


@pytest.mark.parametrize("rows", [True, False, 1.0, 0.0, None, "1", b"1", [1], object()])
def test_what_is_no_number_of_rows_spends_nothing(rows: Any) -> None:
    once, change = attempt(), VERIFIER.suspend(RECORD, ACCOUNT)
    with pytest.raises(TypeError):
        once.outcome(rows)
    with pytest.raises(TypeError):
        change.stored(rows)
    assert once.outcome(1).accepted
    change.stored(1)


@pytest.mark.parametrize("rows", [-1, 2, 2**63, 2**64, 2**64 + 1, -(2**64), 10**40])
def test_a_wrong_number_of_rows_is_an_error(rows: int) -> None:
    for use in (attempt().outcome, VERIFIER.suspend(RECORD, ACCOUNT).stored):
        with pytest.raises(poterne.Error) as caught:
            use(rows)
        assert caught.value.kind is ErrorKind.ROWS


def test_a_conflict_of_a_change_cannot_be_overlooked() -> None:
    with pytest.raises(poterne.Conflict):
        VERIFIER.suspend(RECORD, ACCOUNT).stored(0)
    assert not issubclass(poterne.Conflict, (poterne.Error, poterne.Refused))


@pytest.mark.parametrize("now, kind", [(-1, "TIME"), (253402300800, "TIME"), (2**63 - 1, "TIME"), (-(2**63), "TIME")])
def test_an_impossible_time(now: int, kind: str) -> None:
    with pytest.raises(poterne.Error) as caught:
        VERIFIER.verify(RECORD, ACCOUNT, code(), now=now)
    assert caught.value.kind is ErrorKind[kind]


def test_the_clock_is_the_system_s() -> None:
    now = int(time.time())
    secret = poterne.Secret.generate()
    assert poterne.totp(secret) in (poterne.totp(secret, now), poterne.totp(secret, now + 1))
    assert VERIFIER.verify(RECORD, ACCOUNT, code()).outcome(1).refusal is Refusal.WRONG_CODE


SIXTEEN_MIB = 16 * 1024 * 1024
TYPED = [
    "", " ", "\0", "123456\0", "\x00123456", "12345\udc80", "\ud800", "\udfff" * 6, "\ud83d\ude00", "é", "１２３４５６", "-1",
    "+12345", "123_456", "•" * 6, " " * 59 + "123456", "1" * 65, "\u3000" * 65, "1" * SIXTEEN_MIB, "\0" * SIXTEEN_MIB,
    " " * SIXTEEN_MIB + "123456", "\U0001f600" * (SIXTEEN_MIB // 4), "123456" + "\ud800" * SIXTEEN_MIB,
]


@pytest.mark.parametrize("typed", TYPED, ids=lambda typed: ascii(typed[:8]) + str(len(typed)))
def test_whatever_the_user_types_is_an_outcome(typed: str) -> None:
    """Semantics 2.1: malformed, at every place where somebody types."""
    pending = VERIFIER.import_credential(ACCOUNT, bytes(range(20)), state=poterne.State.PENDING, now=NOW).record
    for attempt, refusal in (
        (VERIFIER.verify(RECORD, ACCOUNT, typed, now=NOW), Refusal.MALFORMED),
        (VERIFIER.verify(None, ACCOUNT, typed, now=NOW), Refusal.NOT_ENROLLED),
        (VERIFIER.verify_absent(ACCOUNT, typed, now=NOW), Refusal.NOT_ENROLLED),
        (VERIFIER.confirm(pending, ACCOUNT, typed, now=NOW), Refusal.MALFORMED),
        (VERIFIER.replace(RECORD, pending, ACCOUNT, typed, now=NOW), Refusal.MALFORMED),
        (VERIFIER.resynchronize(RECORD, ACCOUNT, typed, code(), now=NOW), Refusal.MALFORMED),
        (VERIFIER.resynchronize(RECORD, ACCOUNT, code(), typed, now=NOW), Refusal.MALFORMED),
    ):
        assert not attempt.changed
        assert attempt.outcome(0).refusal is refusal
    assert poterne.match_otp(SECRET, typed, STEP, STEP).result == "malformed"
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
        assert len(typed) <= 64 and VERIFIER.verify(RECORD, ACCOUNT, typed, now=NOW).outcome(1).accepted, ascii(typed)


def test_what_is_no_record_is_an_error_and_nothing_is_not_enrolled() -> None:
    for damaged in ["x", RECORD[:-1], RECORD.lower(), RECORD + "A", "\udc80", "POTERNE1", "A" * 10_000_000]:
        with pytest.raises(poterne.Error) as caught:
            VERIFIER.verify(damaged, ACCOUNT, code(), now=NOW)
        assert caught.value.kind is ErrorKind.RECORD


@pytest.mark.parametrize("nothing", [None, "", "   "])
def test_without_a_record_nobody_is_enrolled(nothing: Optional[str]) -> None:
    """Semantics 3.0: attempts are refused, and everything that needs a credential is an error."""
    for attempt in (
        VERIFIER.verify(nothing, ACCOUNT, code(), now=NOW),
        VERIFIER.confirm(nothing, ACCOUNT, code(), now=NOW),
        VERIFIER.resynchronize(nothing, ACCOUNT, code(), code(STEP + 1), now=NOW),
    ):
        assert not attempt.changed and attempt.record == ""
        assert attempt.outcome(0).refusal is Refusal.NOT_ENROLLED
    calls: List[Callable[[], object]] = [
        lambda: VERIFIER.replace(nothing, RECORD, ACCOUNT, code(), now=NOW),
        lambda: VERIFIER.replace(RECORD, nothing, ACCOUNT, code(), now=NOW),
        lambda: VERIFIER.inspect(nothing, ACCOUNT, now=NOW),
        lambda: VERIFIER.otpauth_uri(nothing, ACCOUNT, "poterne", "x", now=NOW),
        lambda: VERIFIER.recovery_codes(nothing, ACCOUNT),
        lambda: VERIFIER.temporary_code(nothing, ACCOUNT, suspend=False, now=NOW),
        lambda: VERIFIER.end_codes(nothing, ACCOUNT, CodeSet.BOTH),
        lambda: VERIFIER.unlock(nothing, ACCOUNT),
        lambda: VERIFIER.repair_clock(nothing, ACCOUNT, now=NOW),
        lambda: VERIFIER.suspend(nothing, ACCOUNT),
        lambda: VERIFIER.resume(nothing, ACCOUNT),
        lambda: VERIFIER.revoke(nothing, ACCOUNT),
        lambda: VERIFIER.forget(nothing, ACCOUNT, now=NOW),
        lambda: VERIFIER.reseal(nothing, ACCOUNT),
        lambda: VERIFIER.rename(nothing, ACCOUNT, "a.durand"),
    ]
    for call in calls:
        with pytest.raises(poterne.Error) as caught:
            call()
        assert caught.value.kind is ErrorKind.STATE


def test_unlock_knows_no_time_and_repair_clock_may_find_nothing() -> None:
    failed = RECORD
    for _ in range(3):
        failed = VERIFIER.verify(failed, ACCOUNT, code(STEP + 9), now=NOW).record
    with pytest.raises(TypeError):
        VERIFIER.unlock(failed, ACCOUNT, now=NOW)  # type: ignore[call-arg]
    unlock = VERIFIER.unlock(failed, ACCOUNT)
    assert unlock.changed and VERIFIER.inspect(unlock.record, ACCOUNT, now=NOW).failures == 0
    # Nothing to repair: the record that was given, and the answer whatever the rows.
    for rows in (0, 1, 2, -1, 2**64):
        nothing = VERIFIER.repair_clock(failed, ACCOUNT, now=NOW)
        assert not nothing.changed and nothing.record == failed
        nothing.stored(rows)
        with pytest.raises(poterne.Error) as caught:
            nothing.changed
        assert caught.value.kind is ErrorKind.ATTEMPT
    # A thief's lock stays; failures of a clock that was ahead go.
    repair = VERIFIER.repair_clock(failed, ACCOUNT, now=NOW - 901)
    assert repair.changed and VERIFIER.inspect(repair.record, ACCOUNT, now=NOW).failures == 0
    with pytest.raises(poterne.Conflict):
        repair.stored(0)


@pytest.mark.parametrize("codes, left", [(1, (0, 1)), (2, (3, 0)), (3, (0, 0))])
def test_codes_are_ended_by_their_kind(codes: int, left: Tuple[int, int]) -> None:
    record = VERIFIER.recovery_codes(RECORD, ACCOUNT, count=3).record
    record = VERIFIER.temporary_code(record, ACCOUNT, suspend=False, now=NOW).record
    status = VERIFIER.inspect(VERIFIER.end_codes(record, ACCOUNT, CodeSet(codes)).record, ACCOUNT, now=NOW)
    temporary = status.temporary_code
    assert (status.recovery_codes_left, 0 if temporary is None else temporary.uses_left) == left
    wrong: List[Any] = [codes, str(codes), True, None, poterne.State.ACTIVE, CodeSet]
    for each in wrong:
        with pytest.raises(TypeError):
            VERIFIER.end_codes(record, ACCOUNT, each)
    pending = VERIFIER.enroll(ACCOUNT, now=NOW).record
    with pytest.raises(poterne.Error) as caught:
        VERIFIER.end_codes(pending, ACCOUNT, CodeSet(codes))
    assert caught.value.kind is ErrorKind.STATE


def test_recovery_and_temporary_codes_are_shown_in_groups() -> None:
    change = VERIFIER.temporary_code(RECORD, ACCOUNT, suspend=False, now=NOW)
    record = change.record
    shown = (*VERIFIER.recovery_codes(RECORD, ACCOUNT).stored(1), change.stored(1))
    for each in shown:
        assert re.fullmatch("[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", each)
    typed = shown[-1].lower().replace("-", "\u2011")
    assert VERIFIER.verify(record, ACCOUNT, typed, now=NOW).outcome(1).method is poterne.Method.TEMPORARY_CODE


def test_an_app_is_confirmed_in_time() -> None:
    day = 86_400
    enrollment = VERIFIER.enroll(ACCOUNT, now=NOW)
    assert VERIFIER.inspect(enrollment.record, ACCOUNT, now=NOW).confirm_by == NOW + 30 * day
    policy = poterne.Policy(confirm_within_days=2)
    assert (policy.confirm_within_days, poterne.Policy().confirm_within_days) == (2, 30)
    verifier = poterne.Verifier(poterne.Keyring.generate(1), "tests", policy=policy)
    record = verifier.enroll(ACCOUNT, now=NOW).record
    last = NOW + 2 * day
    assert verifier.inspect(record, ACCOUNT, now=NOW).confirm_by == last
    assert verifier.otpauth_uri(record, ACCOUNT, "poterne", "x", now=last).as_str().startswith("otpauth://totp/")
    with pytest.raises(poterne.Error) as caught:
        verifier.otpauth_uri(record, ACCOUNT, "poterne", "x", now=last + 1)
    assert caught.value.kind is ErrorKind.STATE
    assert verifier.confirm(record, ACCOUNT, code(), now=last).outcome(1).refusal is Refusal.WRONG_CODE
    assert verifier.confirm(record, ACCOUNT, code(), now=last + 1).outcome(0).refusal is Refusal.EXPIRED
    # By the system's clock it is long over, or far away.
    with pytest.raises(poterne.Error):
        verifier.otpauth_uri(record, ACCOUNT, "poterne", "x")
    assert verifier.otpauth_uri(verifier.enroll(ACCOUNT).record, ACCOUNT, "poterne", "x").as_str()
    for given, held in ((NOW + 5, NOW + 5), (None, last)):
        record = verifier.enroll(ACCOUNT, now=NOW, confirm_by=given).record
        assert verifier.inspect(record, ACCOUNT, now=NOW).confirm_by == held
    begins = NOW + 40 * day
    record = verifier.enroll(ACCOUNT, now=NOW, not_before=begins).record
    assert verifier.inspect(record, ACCOUNT, now=NOW).confirm_by == begins + 2 * day
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
    assert verifier.inspect(token, ACCOUNT, now=NOW).confirm_by is None
    with pytest.raises(poterne.Error) as caught:
        verifier.import_credential(ACCOUNT, SECRET, confirm_by=NOW, now=NOW)  # active
    assert caught.value.kind is ErrorKind.ARGUMENT


def test_how_long_a_code_lives() -> None:
    policy = poterne.Policy()
    assert [policy.code_lifetime("app", 30), policy.code_lifetime("token", 30), policy.code_lifetime("token", 60)] == [390, 780, 1260]
    assert poterne.Policy(app_steps_backward=10).code_lifetime("app", 30) == 390 + 9 * 30
    with pytest.raises(poterne.Error) as caught:
        policy.code_lifetime("app", 29)
    assert caught.value.kind is ErrorKind.ARGUMENT
    with pytest.raises(ValueError):
        policy.code_lifetime("phone", 30)  # type: ignore[arg-type]


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
    lambda a, b, c, d: VERIFIER.verify(a, b, c, now=d),
    lambda a, b, c, d: VERIFIER.verify(RECORD, a, b, now=d),
    lambda a, b, c, d: VERIFIER.verify_absent(a, b, now=d),
    lambda a, b, c, d: VERIFIER.confirm(RECORD, ACCOUNT, a, now=b),
    lambda a, b, c, d: VERIFIER.resynchronize(RECORD, ACCOUNT, a, b, now=c),
    lambda a, b, c, d: VERIFIER.replace(a, b, c, d),
    lambda a, b, c, d: VERIFIER.replace(RECORD, RECORD, ACCOUNT, a, now=b),
    lambda a, b, c, d: VERIFIER.otpauth_uri(RECORD, a, b, c, now=d),
    lambda a, b, c, d: VERIFIER.end_codes(a, b, c),
    lambda a, b, c, d: VERIFIER.end_codes(RECORD, ACCOUNT, a),
    lambda a, b, c, d: VERIFIER.repair_clock(a, b, now=c),
    lambda a, b, c, d: VERIFIER.repair_clock(RECORD, ACCOUNT, now=a),
    lambda a, b, c, d: VERIFIER.inspect(a, b, now=c),
    lambda a, b, c, d: VERIFIER.enroll(ACCOUNT, confirm_by=a, now=b),
    lambda a, b, c, d: poterne.Policy(confirm_within_days=a),
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
    lambda a, b, c, d: VERIFIER.recovery_codes(RECORD, ACCOUNT, count=a),
    lambda a, b, c, d: VERIFIER.temporary_code(RECORD, ACCOUNT, suspend=a, expiry=b, uses=c, now=d),
    lambda a, b, c, d: VERIFIER.rename(RECORD, a, b),
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
    lambda a, b, c, d: VERIFIER.suspend(RECORD, ACCOUNT).stored(a),
]


@pytest.mark.parametrize("call", CALLS)
@settings(max_examples=150, deadline=None)
@given(a=ODD, b=ODD, c=ODD, d=ODD)
def test_no_argument_reaches_a_panic(call: Callable[..., Any], a: Any, b: Any, c: Any, d: Any) -> None:
    try:
        call(a, b, c, d)
    except (TypeError, ValueError, OverflowError, poterne.Error, poterne.Refused, poterne.Conflict):
        # UnicodeEncodeError is a ValueError, and would carry the whole text.
        pass


@settings(max_examples=300, deadline=None)
@given(number=st.integers())
def test_numbers_are_whole_or_refused(number: int) -> None:
    try:
        given = poterne.match_otp(SECRET, poterne.hotp(SECRET, number), number, number).moving_factor
    except OverflowError:
        assert not 0 <= number < 2**64
    except poterne.Error as error:
        assert (error.kind, number) == (ErrorKind.COUNTER, 2**64 - 1)
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
    for enumeration, before in ((Refusal, "Refusal:"), (ErrorKind, "ErrorKind:"), (poterne.Method, "Method:"), (CodeSet, "`end_codes` ends:")):
        listed = numbers.split(before, 1)[1].split("\n\n", 1)[0].replace("\n", " ").rstrip(".")
        found = {}
        for item in listed.split(","):
            value, name = item.split()[:2]
            snake = "".join("_" + letter if letter.isupper() else letter for letter in name).lstrip("_").upper()
            found[snake] = int(value)
        assert {member.name: member.value for member in enumeration} == found


def test_messages_of_a_refusal() -> None:
    with pytest.raises(poterne.Refused) as caught:
        VERIFIER.login(ACCOUNT, code(STEP + 9), store=Table({ACCOUNT: RECORD}), now=NOW)
    refused = caught.value
    assert (refused.refusal, str(refused), refused.wait_seconds) == (Refusal.WRONG_CODE, "refused.wrong_code", 0)
    assert refused.message("fr").startswith("Le code est incorrect")
    assert refused.message_to_user("fr").startswith("Connexion refusée.")
    assert refused.outcome.message("en") == refused.message()
    assert attempt().outcome(1).message("en") is None
    assert not issubclass(poterne.Refused, poterne.Error)
    with pytest.raises(TypeError):
        poterne.Refused(attempt().outcome(1))


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
    assert not old.inspect(record, ACCOUNT).needs_reseal
    new = poterne.Verifier(keyring, "tests")
    assert new.inspect(record, ACCOUNT).needs_reseal
    resealed = new.reseal(record, ACCOUNT).record
    keyring.remove(1)
    last = poterne.Verifier(keyring, "tests")
    assert last.inspect(resealed, ACCOUNT).key_id == 2
    with pytest.raises(poterne.Error) as caught:
        last.inspect(record, ACCOUNT)
    assert caught.value.kind is ErrorKind.UNKNOWN_KEY
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
        assert {fact.support for fact in app.facts.values()} <= {"honored", "ignored", "fails", "refused", "unknown"}


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
                record = VERIFIER.import_credential(account, SECRET, now=NOW).record
                assert VERIFIER.verify(record, account, code(), now=NOW).outcome(1).accepted
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
