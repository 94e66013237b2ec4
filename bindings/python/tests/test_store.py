"""The library's loops over stores in Python that work, fail, lie and race."""

from __future__ import annotations

import traceback
from typing import Any, Callable, Dict, List, Optional

import agent
import pytest
from agent import ACCOUNT, NOW, SECRET, STEP, Table, code, new_record

import poterne
from poterne import ErrorKind, Refusal, _poterne

VERIFIER = agent.verifier()


def table() -> Table:
    return Table({ACCOUNT: agent.record(VERIFIER)})


class Store:
    """Neither derived nor registered: two methods are enough."""

    def __init__(self, load: Any = None, swap: Any = None) -> None:
        self.table, self.answers, self.calls = table(), (load, swap), [0, 0]

    def load(self, account: str) -> Any:
        return self._answer(0, lambda: self.table.load(account))

    def swap(self, account: str, old: Optional[str], new: str) -> Any:
        return self._answer(1, lambda: self.table.swap(account, old, new))

    def _answer(self, which: int, truth: Any) -> Any:
        self.calls[which] += 1
        answer = self.answers[which]
        if isinstance(answer, BaseException) or (isinstance(answer, type) and issubclass(answer, BaseException)):
            raise answer
        return truth() if answer is None else answer


def login(store: Any, typed: Optional[str] = None) -> poterne.Accepted:
    return VERIFIER.login(ACCOUNT, code() if typed is None else typed, store=store, now=NOW)


def test_a_login_is_one_load_and_one_swap_and_its_code_is_spent() -> None:
    store = Store()
    accepted = login(store)
    assert accepted.code == "accepted.otp" and accepted.method is poterne.Method.OTP
    assert (accepted.moving_factor, accepted.failures_before, store.calls) == (STEP, 0, [1, 1])
    with pytest.raises(poterne.Refused) as caught:
        login(store)
    assert caught.value.refusal is Refusal.REPLAYED
    assert store.calls == [2, 1]


def test_a_failure_counts_before_it_is_told() -> None:
    store = Store()
    with pytest.raises(poterne.Refused):
        login(store, code(STEP + 9))
    assert VERIFIER.credential(ACCOUNT, store.table.rows[ACCOUNT]).inspect(now=NOW).failures == 1


def test_conflicts_are_tried_three_times() -> None:
    store = Store(swap=0)
    with pytest.raises(poterne.Refused) as caught:
        login(store)
    assert (caught.value.refusal, store.calls) == (Refusal.CONFLICT, [3, 3])


@pytest.mark.parametrize("raised", [OSError("away"), KeyError, ValueError, MemoryError, StopIteration])
@pytest.mark.parametrize("place", ["load", "swap"])
def test_an_exception_of_the_store_is_unavailable(place: str, raised: Any) -> None:
    store = Store(**{place: raised})
    sound = Table(store.table.rows)
    calls: List[Callable[[], object]] = [lambda: login(store), lambda: VERIFIER.check_store(ACCOUNT, store=store, second=sound)]
    if place == "load":
        calls.append(lambda: VERIFIER.check_store(ACCOUNT, store=sound, second=store))
    for call in calls:
        with pytest.raises(poterne.Error) as caught:
            call()
        assert caught.value.kind is ErrorKind.STORE
        # What it says may show a record: the class stays, and the place.
        name = (raised if isinstance(raised, type) else type(raised)).__name__
        assert f"{name})" in str(caught.value) and "away" not in str(caught.value)
        assert caught.value.__cause__ is None and caught.value.__context__ is None
        assert caught.traceback[-1].name == "_answer"


def test_a_refusal_from_within_is_no_verdict() -> None:
    inner = poterne.Refused(Refusal.NOT_ENROLLED)
    with pytest.raises(poterne.Error) as caught:
        login(Store(load=inner))
    assert caught.value.kind is ErrorKind.STORE and "poterne.Refused" in str(caught.value)


def test_the_codes_of_an_exception_are_told_and_nothing_else() -> None:
    class Driver(Exception):
        pass

    def telling(**attributes: Any) -> Driver:
        driver = Driver(*attributes.pop("args", ()))
        for name, value in attributes.items():
            setattr(driver, name, value)
        return driver

    class Wrapping(Exception):
        def __init__(self, orig: Any) -> None:
            super().__init__("[parameters: ('POTERNE1', 'secret')]")
            self.orig = orig

    class Code:
        full_code = "ORA-00060"

    cyclic = telling()
    cyclic.__cause__ = cyclic
    for exception, told in (
        (telling(sqlstate="23514", args=("secret",)), "Driver, SQLSTATE 23514)"),
        (telling(pgcode="40P01"), "Driver, SQLSTATE 40P01)"),
        (telling(args=("42S02", "secret")), "Driver, SQLSTATE 42S02)"),
        (telling(args=(1213, "secret")), "Driver, error 1213)"),
        (telling(errno=1205, sqlstate="HY000"), "Driver, SQLSTATE HY000, error 1205)"),
        (telling(args=(Code(),)), "Driver, ORA-00060)"),
        (telling(sqlite_errorname="SQLITE_BUSY"), "Driver, SQLITE_BUSY)"),
        (telling(sqlstate="secret", pgcode=b"12345", errno="secret", sqlite_errorname="a secret"), "Driver)"),
        (Wrapping(telling(sqlstate="23514")), "Driver, SQLSTATE 23514)"),
        (Wrapping("secret"), "Wrapping)"),
        (OSError(111, "secret"), "(ConnectionRefusedError, error 111)"),
        (KeyError("ADMIN"), "(KeyError)"),
        (cyclic, "Driver)"),
    ):
        with pytest.raises(poterne.Error) as caught:
            login(Store(load=exception))
        text = str(caught.value)
        assert told in text and "secret" not in text and "POTERNE1" not in text, text


def test_an_error_of_this_package_and_an_interruption_come_out_as_they_are() -> None:
    for raised in (poterne.Error(ErrorKind.ROWS, "two rows"), KeyboardInterrupt(), SystemExit(3)):
        for place in ("load", "swap"):
            with pytest.raises(type(raised)) as caught:
                login(Store(**{place: raised}))
            assert caught.value is raised


@pytest.mark.parametrize("answer", [True, False, 1.0, "1", b"1", [1], object()])
def test_a_swap_that_returns_no_number_is_unavailable(answer: Any) -> None:
    with pytest.raises(poterne.Error) as caught:
        login(Store(swap=answer))
    assert caught.value.kind is ErrorKind.STORE and "the number of updated rows" in str(caught.value)


@pytest.mark.parametrize("answer", [-1, 2, 2**64, 10**30])
def test_a_swap_that_lies_is_an_error(answer: int) -> None:
    with pytest.raises(poterne.Error) as caught:
        login(Store(swap=answer))
    assert caught.value.kind is ErrorKind.ROWS


@pytest.mark.parametrize("answer", [b"POTERNE1", 1, 1.5, [], object()])
def test_a_load_that_returns_no_text_is_unavailable(answer: Any) -> None:
    with pytest.raises(poterne.Error) as caught:
        login(Store(load=answer))
    assert caught.value.kind is ErrorKind.STORE and "the record as text" in str(caught.value)


def test_a_load_that_returns_another_record_is_an_error() -> None:
    for answer in ("x", "\udc80", agent.record(VERIFIER, "b.durand")):
        with pytest.raises(poterne.Error) as caught:
            login(Store(load=answer))
        assert caught.value.kind is ErrorKind.RECORD


@pytest.mark.parametrize("store", [None, object(), {}, 1, "store"])
def test_what_is_no_store_is_unavailable(store: Any) -> None:
    with pytest.raises(poterne.Error) as caught:
        login(store)
    assert caught.value.kind is ErrorKind.STORE and "load and swap" in str(caught.value)


def test_an_attribute_that_a_store_misses_within_is_told_as_such() -> None:
    with pytest.raises(poterne.Error) as caught:
        login(Store(load=AttributeError("secret")))
    assert "(AttributeError)" in str(caught.value) and "load and swap" not in str(caught.value)


def test_an_account_without_a_row_is_not_enrolled() -> None:
    with pytest.raises(poterne.Refused) as caught:
        login(Table())
    assert caught.value.refusal is Refusal.NOT_ENROLLED


def test_a_store_may_call_the_verifier() -> None:
    class Nosy(Table):
        def load(self, account: str) -> Optional[str]:
            record = super().load(account)
            assert record is not None
            VERIFIER.credential(account, record).verify(code(), now=NOW).outcome(1)
            with pytest.raises(poterne.Refused):
                VERIFIER.login(account, "x", store=Table(self.rows), now=NOW)
            return record

    assert login(Nosy(table().rows)).code == "accepted.otp"


def test_a_login_looks_at_the_ticket_before_it_asks_the_store() -> None:
    bound: Dict[str, Any] = {"purpose": "vpn", "context": b"192.0.2.1"}
    store = Store()

    def said(ticket: str, typed: str, **more: Any) -> str:
        try:
            return VERIFIER.login_with_ticket(ACCOUNT, ticket, typed, store=store, now=NOW, **{**bound, **more}).code
        except poterne.Refused as refused:
            return refused.code

    ticket = VERIFIER.ticket(ACCOUNT, now=NOW, **bound)
    assert len(ticket) == 96
    late = VERIFIER.ticket(ACCOUNT, now=NOW - 301, **bound)
    for wrong in (VERIFIER.dud_ticket(ACCOUNT, now=NOW, **bound), late, "", "\ud800", ticket.lower(), ticket[:-1]):
        assert said(wrong, code()) == "refused.ticket"
    assert said(ticket, code(), purpose="portal") == said(ticket, code(), context=b"192.0.2.2") == "refused.ticket"
    assert store.calls == [0, 0]
    assert [said(ticket, typed) for typed in ("000000", code(), code())] == [
        "refused.wrong_code", "accepted.otp", "refused.replayed"
    ]
    with pytest.raises(poterne.ArgumentError):
        VERIFIER.login_with_ticket(ACCOUNT, ticket, code(), purpose="", context=b"", store=store, now=NOW)


def test_a_login_with_a_ticket_reads_the_clock_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ticket and code are judged at one second: here it is the only one in which both are right."""
    made = _poterne.Submission
    monkeypatch.setattr(_poterne, "Submission", lambda submitted, now: made(submitted, NOW + 300 if now is None else now))
    ticket = VERIFIER.ticket(ACCOUNT, purpose="vpn", context=b"", now=NOW)
    accepted = VERIFIER.login_with_ticket(ACCOUNT, ticket, code((NOW + 300) // 30), purpose="vpn", context=b"", store=Store())
    assert accepted.code == "accepted.otp"


def test_no_frame_of_a_loop_shows_a_code_or_a_record() -> None:
    """Those who report an exception show the variables of its frames."""
    bound: Dict[str, Any] = {"purpose": "vpn", "context": b"the cookie of the next request"}
    ticket, record = VERIFIER.ticket(ACCOUNT, now=NOW, **bound), table().rows[ACCOUNT]
    own = poterne.Error(ErrorKind.STORE, "of the store")

    def shown(call: Callable[[], object], is_everybodys: bool = False) -> str:
        with pytest.raises((poterne.Error, poterne.Refused)) as caught:
            call()
        frames = [frame for frame, _ in traceback.walk_tb(caught.value.__traceback__)]
        loops = [frame for frame in frames if is_everybodys or frame.f_globals["__name__"] == "poterne._store"]
        assert loops
        return repr([list(frame.f_locals.values()) for frame in loops])

    calls: List[Callable[[], object]] = [
        *(lambda raised=raised: login(Store(swap=raised)) for raised in (OSError(), own, "no number", 0)),
        *(lambda raised=raised: VERIFIER.check_store(ACCOUNT, store=Store(swap=raised), second=table()) for raised in (OSError(), own)),
        lambda: VERIFIER.login("", code(), store=Store(), now=NOW, record=record),
        lambda: VERIFIER.login_with_ticket("", ticket, code(), store=Store(), now=NOW, **bound),
        lambda: VERIFIER.login_with_ticket(ACCOUNT, ticket, code(), store=Store(), now=NOW, **{**bound, "purpose": ""}),
        lambda: VERIFIER.login_with_ticket(ACCOUNT, ticket, code(), store=Store(), now=NOW + 1000, **bound),
        lambda: VERIFIER.login_with_ticket(ACCOUNT, ticket, code(), store=Store(swap=own), now=NOW, **bound),
    ]
    secrets = (code(), "POTERNE", "cookie")
    for number, call in enumerate(calls):
        assert not [secret for secret in secrets if secret in shown(call)], number
    # The control: what a store of the application holds is seen.
    assert "POTERNE1" in shown(calls[1], is_everybodys=True)


def check(store: Table, account: str = ACCOUNT) -> None:
    """With a second handle on the same rows. Real stores and what is wrong with them are in test_sql.py."""
    VERIFIER.check_store(account, store=store, second=Table(store.rows))


def test_check_store_seals_the_record_anew_and_leaves_the_account_as_it_was() -> None:
    sound = table()
    old = sound.rows[ACCOUNT]
    check(sound)
    assert sound.rows[ACCOUNT] != old
    assert VERIFIER.credential(ACCOUNT, sound.rows[ACCOUNT]).inspect(now=NOW) == VERIFIER.credential(ACCOUNT, old).inspect(now=NOW)
    assert login(sound).code == "accepted.otp"


def test_check_store_wants_a_record_and_two_handles() -> None:
    with pytest.raises(poterne.Error) as caught:
        check(table(), "b.durand")
    assert caught.value.kind is ErrorKind.STATE
    sound = table()
    with pytest.raises(ValueError, match="another handle"):
        VERIFIER.check_store(ACCOUNT, store=sound, second=sound)
    with pytest.raises(TypeError):
        VERIFIER.check_store(ACCOUNT, store=sound)  # type: ignore[call-arg]
    for store, second in ((object(), sound), (sound, object())):
        with pytest.raises(poterne.Error) as caught:
            VERIFIER.check_store(ACCOUNT, store=store, second=second)  # type: ignore[arg-type]
        assert caught.value.kind is ErrorKind.STORE


class Busy(Table):
    """Somebody else changes the row before the first swaps."""

    def __init__(self, rows: Any, times: int) -> None:
        super().__init__(rows)
        self.times = times
        self.loads = 0

    def load(self, account: str) -> Optional[str]:
        self.loads += 1
        return super().load(account)

    def swap(self, account: str, old: Optional[str], new: str) -> int:
        if self.times:
            self.times -= 1
            self.rows[account] = new_record(VERIFIER.credential(account, self.rows[account]).reseal())
        return super().swap(account, old, new)


@pytest.mark.parametrize("times", [0, 1, 2])
def test_the_loops_around_every_call(times: int) -> None:
    enrollment = VERIFIER.enroll(ACCOUNT, now=NOW)
    secret = poterne.OtpauthUri.parse(enrollment.otpauth_uri("poterne", ACCOUNT).as_str()).secret
    store = Busy({ACCOUNT: enrollment.record}, times)
    typed = poterne.totp(secret, NOW)
    confirmed = store.apply(VERIFIER, ACCOUNT, lambda credential: credential.confirm(typed, now=NOW))
    assert confirmed.code == "confirmed" and len(confirmed.recovery_codes) == 8
    assert store.loads == times + 1

    store.times, store.loads = times, 0
    codes = store.apply(VERIFIER, ACCOUNT, lambda credential: credential.recovery_codes(count=3))
    assert len(codes) == 3 and store.loads == times + 1
    assert VERIFIER.login(ACCOUNT, codes[1], store=store, now=NOW).recovery_codes_left == 2

    store.times = times
    temporary = store.apply(VERIFIER, ACCOUNT, lambda credential: credential.temporary_code(poterne.MissingAuthenticator.SUSPEND, now=NOW)
    )
    assert VERIFIER.login(ACCOUNT, temporary, store=store, now=NOW).method is poterne.Method.TEMPORARY_CODE
    store.times = times
    store.apply(VERIFIER, ACCOUNT, lambda credential: credential.resume())
    assert VERIFIER.credential(ACCOUNT, store.rows[ACCOUNT]).inspect().state is poterne.State.ACTIVE


def test_a_change_gives_up_after_three_conflicts() -> None:
    store = Busy(table().rows, 3)
    with pytest.raises(poterne.Refused) as caught:
        store.apply(VERIFIER, ACCOUNT, lambda credential: credential.suspend())
    assert caught.value.refusal is Refusal.CONFLICT and store.loads == 3


def test_what_the_callers_function_raises_comes_out_as_it_is() -> None:
    store = table()
    raised = ZeroDivisionError()

    def fail(_: poterne.StoredCredential) -> Any:
        raise raised

    with pytest.raises(ZeroDivisionError) as caught:
        store.apply(VERIFIER, ACCOUNT, fail)
    assert caught.value is raised
    with pytest.raises(TypeError, match="must return an Attempt"):
        store.apply(VERIFIER, ACCOUNT, lambda credential: credential)  # type: ignore[arg-type, return-value]
    # A renaming would be stored in the row of the old name, and a replacement over a record that was suspended meanwhile.
    pending, old = VERIFIER.enroll(ACCOUNT, now=NOW).record, store.rows[ACCOUNT]
    with pytest.raises(TypeError, match="must return an Attempt"):
        store.apply(VERIFIER, ACCOUNT, lambda _: VERIFIER.replace(ACCOUNT, code(), old=old, pending=pending, now=NOW))  # type: ignore[arg-type, return-value]
    with pytest.raises(TypeError, match="must return an Attempt"):
        store.apply(VERIFIER, ACCOUNT, lambda credential: credential.rename("b.durand"))  # type: ignore[arg-type, return-value]
    with pytest.raises(poterne.Error) as error:
        store.apply(VERIFIER, "b.durand", lambda credential: credential.unlock())
    assert error.value.kind is ErrorKind.STATE


def test_a_change_that_finds_nothing_is_not_stored() -> None:
    store = Store(swap=0)
    sound = table()
    store.table = sound
    old = sound.rows[ACCOUNT]
    poterne.Store.apply(store, VERIFIER, ACCOUNT, lambda credential: credential.repair_clock(now=NOW))  # type: ignore[arg-type]
    assert store.calls == [1, 0] and sound.rows[ACCOUNT] == old
    # A watermark of a clock that was a day ahead.
    sound.rows[ACCOUNT] = new_record(VERIFIER.import_credential(ACCOUNT, SECRET, watermark=STEP + 2880, now=NOW))
    sound.apply(VERIFIER, ACCOUNT, lambda credential: credential.repair_clock(now=NOW))
    with pytest.raises(poterne.Refused) as caught:
        login(sound)
    assert caught.value.refusal is Refusal.CLOCK_BEHIND
    assert VERIFIER.login(ACCOUNT, code(STEP + 25), store=sound, now=NOW + 25 * 30).code == "accepted.otp"


def test_a_login_may_begin_with_a_record_that_was_loaded() -> None:
    """Semantics 7.7."""
    store = Store()
    record = store.table.rows[ACCOUNT]
    assert VERIFIER.login(ACCOUNT, code(), store=store, record=record, now=NOW).code == "accepted.otp"
    assert store.calls == [0, 1]
    # An old one: the swap finds it, and the store loads what is there.
    with pytest.raises(poterne.Refused) as caught:
        VERIFIER.login(ACCOUNT, code(), store=store, record=record, now=NOW)
    assert (caught.value.refusal, store.calls) == (Refusal.REPLAYED, [1, 2])
    # Without a record there is nothing to load or to swap.
    for nothing in (None, "", "  "):
        with pytest.raises(poterne.Refused) as caught:
            VERIFIER.login(ACCOUNT, code(), store=store, record=nothing, now=NOW)
        assert (caught.value.refusal, store.calls) == (Refusal.NOT_ENROLLED, [1, 2])
    wrong: List[Any] = [..., b"POTERNE1", 1, [record]]
    for each in wrong:
        with pytest.raises(TypeError):
            VERIFIER.login(ACCOUNT, code(), store=store, record=each, now=NOW)


@pytest.mark.parametrize("name", ["", "   ", "a\0", "a\nb", "é" * 128])
def test_a_wrong_name_does_not_reach_the_store(name: str) -> None:
    """To some databases it is a failure, and to the operators an alarm."""
    store = Store()
    calls: List[Callable[[], Any]] = [
        lambda: VERIFIER.login(name, code(), store=store, now=NOW),
        lambda: VERIFIER.login(name, code(), store=store, record=None, now=NOW),
        lambda: VERIFIER.check_store(name, store=store, second=Store()),
        lambda: poterne.Store.apply(store, VERIFIER, name, lambda credential: credential.unlock()),  # type: ignore[arg-type]
        lambda: poterne.Store.inspect(store, VERIFIER, name),  # type: ignore[arg-type]
    ]
    for call in calls:
        with pytest.raises(poterne.ArgumentError) as caught:
            call()
        assert caught.value.kind is ErrorKind.ARGUMENT
    assert store.calls == [0, 0]


def test_the_first_record_of_an_account_is_inserted_or_refused() -> None:
    store = table()
    with pytest.raises(poterne.Refused) as caught:
        store.insert(ACCOUNT, agent.record(VERIFIER))
    assert caught.value.refusal is Refusal.CONFLICT
    store.insert("b.durand", agent.record(VERIFIER, "b.durand"))
    assert store.inspect(VERIFIER, "b.durand", now=NOW).state is poterne.State.ACTIVE
    for answer, kind in ((OSError, ErrorKind.STORE), (True, ErrorKind.STORE), (2, ErrorKind.ROWS)):
        with pytest.raises(poterne.Error) as error:
            poterne.Store.insert(Store(swap=answer), ACCOUNT, "x")  # type: ignore[arg-type]
        assert error.value.kind is kind


def test_an_account_without_a_record_is_inspected_with_a_clear_error() -> None:
    with pytest.raises(poterne.Error, match="the account has no record: enroll it first") as caught:
        table().inspect(VERIFIER, "b.durand")
    assert caught.value.kind is ErrorKind.STATE
