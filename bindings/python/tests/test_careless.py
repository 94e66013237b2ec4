"""The careless program: what a hurried developer writes by mistake raises where it stands, or the check at the start finds it."""

from __future__ import annotations

import gc
import multiprocessing
import sqlite3
import threading
from typing import Any, Callable, List, Optional

import agent
import pytest
import sqlalchemy
from agent import ACCOUNT, NOW, STEP, Table, code
from sqlalchemy import orm

import poterne
from poterne import ErrorKind, Refusal
from poterne.sql import Column

VERIFIER = agent.verifier()
WRONG = code(STEP + 9)


@pytest.fixture
def file(tmp_path: Any) -> str:
    """A table with one account."""
    name = str(tmp_path / "application.sqlite")
    connection = sqlite3.connect(name)
    connection.execute("CREATE TABLE poterne (account TEXT NOT NULL PRIMARY KEY, record TEXT NOT NULL CHECK (length(record) <= 504))")
    connection.execute("INSERT INTO poterne VALUES (?, ?)", (ACCOUNT, agent.record(VERIFIER)))
    connection.commit()
    connection.close()
    return name


@pytest.fixture
def store(file: str) -> Column:
    return Column(connect=lambda: sqlite3.connect(file, timeout=5), paramstyle="qmark")


def login(store: Any, typed: Optional[str] = None, account: str = ACCOUNT) -> str:
    try:
        return VERIFIER.login(account, code() if typed is None else typed, store=store, now=NOW).code
    except poterne.Refused as refused:
        return refused.code


class Careless(poterne.Store):
    """A store of somebody's own."""

    def __init__(self, file: str, update: str, commits: bool = True) -> None:
        self.connection, self.update, self.commits = sqlite3.connect(file, timeout=5), update, commits

    def load(self, account: str) -> Optional[str]:
        row = self.connection.execute("SELECT record FROM poterne WHERE account = ?", (account,)).fetchone()
        return None if row is None else str(row[0])

    def swap(self, account: str, old: Optional[str], new: str) -> int:
        rows = self.connection.execute(self.update, {"account": account, "old": old, "new": new}).rowcount
        if self.commits:
            self.connection.commit()
        return rows


SOUND = "UPDATE poterne SET record = :new WHERE account = :account AND record = :old"


def finds(store: Any, second: Any) -> ErrorKind:
    """What the check at the start says."""
    with pytest.raises(poterne.Error) as caught:
        VERIFIER.check_store(ACCOUNT, store=store, second=second)
    return caught.value.kind


def test_the_check_passes_what_is_right(file: str, store: Column) -> None:
    """The control of those below."""
    VERIFIER.check_store(ACCOUNT, store=Careless(file, SOUND), second=store)
    store.check(VERIFIER, ACCOUNT)
    assert login(store) == "accepted.otp"


def test_an_answer_that_nobody_looks_at_lets_nobody_in(store: Column) -> None:
    """The statement behind the call is not reached."""
    attempt = VERIFIER.credential(ACCOUNT, store.load(ACCOUNT)).verify(WRONG, now=NOW)
    calls: List[Callable[[], object]] = [
        lambda: VERIFIER.login(ACCOUNT, WRONG, store=store, now=NOW),
        lambda: store.apply(VERIFIER, ACCOUNT, lambda credential: credential.verify(WRONG, now=NOW)),
        lambda: attempt.outcome(1),
    ]
    for call in calls:
        with pytest.raises(poterne.Refused) as caught:
            call()
        assert caught.value.refusal is Refusal.WRONG_CODE


def test_no_answer_is_a_truth_value(store: Column) -> None:
    attempt = VERIFIER.credential(ACCOUNT, store.load(ACCOUNT)).verify(WRONG, now=NOW)
    accepted = VERIFIER.login(ACCOUNT, code(), store=store, now=NOW)
    for thing in (attempt, accepted, poterne.match_otp(agent.SECRET, WRONG, STEP, STEP)):
        with pytest.raises(TypeError):
            if thing:
                pass
    # `is not None` is reached by a login alone.
    with pytest.raises(poterne.Refused):
        assert VERIFIER.login(ACCOUNT, code(), store=store, now=NOW) is not None


def test_a_forgotten_commit_is_found(file: str, store: Column) -> None:
    assert finds(Careless(file, SOUND, commits=False), store) is ErrorKind.ROWS


@pytest.mark.parametrize(
    "update",
    [
        "UPDATE poterne SET record = :new WHERE account = :account",
        "INSERT OR REPLACE INTO poterne VALUES (:account, :new)",
        "UPDATE poterne SET record = :new WHERE account = :account AND substr(record, 1, 255) = substr(:old, 1, 255)",
    ],
)
def test_a_forgotten_comparison_is_found(update: str, file: str, store: Column) -> None:
    assert finds(Careless(file, update), store) is ErrorKind.ROWS


def test_an_object_of_an_orm_session_is_found(file: str, store: Column) -> None:
    class Base(orm.DeclarativeBase):
        pass

    class Row(Base):
        __tablename__ = "poterne"
        account: orm.Mapped[str] = orm.mapped_column(primary_key=True)
        record: orm.Mapped[str]

    engine = sqlalchemy.create_engine(f"sqlite:///{file}")
    session = orm.Session(engine, expire_on_commit=False)

    class Rows(poterne.Store):
        """Reads and writes objects: no statement compares."""

        def load(self, account: str) -> Optional[str]:
            row = session.get(Row, account)
            return None if row is None else row.record

        def swap(self, account: str, old: Optional[str], new: str) -> int:
            session.query(Row).filter(Row.account == account).one().record = new
            session.commit()
            return 1

    assert finds(Rows(), store) is ErrorKind.ROWS
    session.close()
    engine.dispose()


def test_a_session_or_a_connection_is_no_engine(file: str) -> None:
    engine = sqlalchemy.create_engine(f"sqlite:///{file}")
    with engine.connect() as connection, orm.Session(engine) as session:
        for shared in (connection, session):
            with pytest.raises(TypeError, match="give the Engine"):
                Column(shared)  # type: ignore[arg-type]
    engine.dispose()


def test_a_connection_inside_a_transaction_is_refused_and_its_rows_stay(file: str) -> None:
    shared = sqlite3.connect(file)
    shared.execute("CREATE TABLE own (number INTEGER)")
    shared.execute("INSERT INTO own VALUES (1)")
    with pytest.raises(poterne.Error, match="inside a transaction") as caught:
        VERIFIER.login(ACCOUNT, code(), store=Column(connect=lambda: shared, paramstyle="qmark"), now=NOW)
    assert caught.value.kind is ErrorKind.STORE
    shared.commit()
    assert shared.execute("SELECT count(*) FROM own").fetchone() == (1,)


def test_an_attempt_gives_one_answer_to_one_of_many_threads() -> None:
    attempt = VERIFIER.credential(ACCOUNT, agent.record(VERIFIER)).verify(code(), now=NOW)
    answers: List[str] = []
    begin = threading.Barrier(32)

    def ask() -> None:
        begin.wait()
        try:
            answers.append(attempt.outcome(1).code)
        except poterne.Error as error:
            answers.append(error.kind.name)

    threads = [threading.Thread(target=ask) for _ in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["ATTEMPT"] * 31 + ["accepted.otp"]


def test_children_of_a_fork_accept_one_code_once(file: str) -> None:
    engine = sqlalchemy.create_engine(f"sqlite:///{file}", connect_args={"timeout": 20})
    inherited = Column(engine)
    assert inherited.load(ACCOUNT) is not None  # the pool has a connection that the children inherit
    context = multiprocessing.get_context("fork")
    answers: Any = context.Queue()
    children = [context.Process(target=lambda: answers.put(login(inherited))) for _ in range(8)]
    for child in children:
        child.start()
    told = [answers.get(timeout=60) for _ in children]
    for child in children:
        child.join()
    assert told.count("accepted.otp") == 1 and set(told) <= {"accepted.otp", "refused.replayed", "refused.conflict"}, told
    engine.dispose()


def test_a_verifier_needs_its_keyring_no_more(store: Column) -> None:
    keyring = poterne.Keyring.generate(1)
    verifier = poterne.Verifier(keyring, "tests")
    record = agent.record(verifier)
    del keyring
    gc.collect()
    assert verifier.credential(ACCOUNT, record).verify(code(), now=NOW).outcome(1).code == "accepted.otp"


def test_a_column_that_is_too_narrow_is_an_error_and_one_that_cuts_is_found(file: str, store: Column) -> None:
    narrow = sqlite3.connect(file)
    narrow.execute("CREATE TABLE narrow (account TEXT NOT NULL PRIMARY KEY, record TEXT CHECK (length(record) <= 255))")
    narrow.close()
    with pytest.raises(poterne.Error) as caught:
        Column(connect=lambda: sqlite3.connect(file), paramstyle="qmark", table="narrow").insert(ACCOUNT, agent.record(VERIFIER))
    assert caught.value.kind is ErrorKind.STORE and "IntegrityError" in str(caught.value)

    class Cutting(Table):
        def swap(self, account: str, old: Optional[str], new: str) -> int:
            return super().swap(account, old, new[:255])

    rows = {ACCOUNT: agent.record(VERIFIER)}
    assert finds(Cutting(rows), Table(rows)) is ErrorKind.RECORD


def test_char_columns_work() -> None:
    """They fill up with spaces."""

    class Char(Table):
        def load(self, account: str) -> Optional[str]:
            record = super().load(account.rstrip())
            return None if record is None else record.ljust(600)

        def swap(self, account: str, old: Optional[str], new: str) -> int:
            return super().swap(account.rstrip(), old and old.rstrip(), new)

    char = Char({ACCOUNT: agent.record(VERIFIER)})
    VERIFIER.check_store(ACCOUNT, store=char, second=Char(char.rows))
    assert [login(char, account=ACCOUNT.ljust(20)) for _ in range(2)] == ["accepted.otp", "refused.replayed"]


def test_an_account_in_another_case_is_not_enrolled(store: Column) -> None:
    assert login(store, account=ACCOUNT.upper()) == "refused.not_enrolled"


def test_an_assertion_around_the_first_record_fails_at_its_first_run(store: Column) -> None:
    """Under `python -O` it would store nothing: so it must not pass without."""
    space = {"store": store, "record": agent.record(VERIFIER, "b.durand")}
    with pytest.raises(AssertionError):
        exec(compile("assert store.insert('b.durand', record)", "careless", "exec", optimize=0), space)


def test_a_pool_whose_connections_do_not_come_back_is_refused() -> None:
    class Pool:
        def getconn(self) -> Any:
            raise AssertionError

    with pytest.raises(TypeError, match="give_back=pool.putconn"):
        Column(connect=Pool().getconn, paramstyle="pyformat")
