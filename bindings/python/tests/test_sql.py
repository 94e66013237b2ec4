"""`poterne.sql.Column` on real databases that are busy, broken, or lie."""

from __future__ import annotations

import re
import sqlite3
import threading
import time
from typing import Any, Callable, Iterator, List, Optional

import agent
import pytest
import sqlalchemy
from agent import ACCOUNT, NOW, STEP, code
from databases import BACKENDS, Database
from proxy import Proxy
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

import poterne
from poterne import ErrorKind, Refusal
from poterne.sql import Column

VERIFIER = agent.verifier()


@pytest.fixture(params=BACKENDS)
def database(request: pytest.FixtureRequest, tmp_path: Any) -> Database:
    kind, isolation = BACKENDS[request.param]
    database = Database(kind, isolation, str(tmp_path / "poterne.sqlite"))
    database.create()
    return database


@pytest.fixture(params=[name for name in BACKENDS if name != "sqlite"])
def server(request: pytest.FixtureRequest) -> Database:
    """A database with a server, with rows that are locked one by one, and with lengths: SQLite has none of them."""
    database = Database(*BACKENDS[request.param])
    database.create()
    return database


@pytest.fixture(params=["engine", "connect"])
def store(request: pytest.FixtureRequest, database: Database) -> Iterator[Column]:
    """Both ways of giving the database."""
    if request.param == "connect":
        yield Column(connect=database.connect, paramstyle=database.paramstyle)
        return
    engine = database.engine()
    yield Column(engine)
    engine.dispose()


def enrolled(store: Column) -> str:
    record = agent.record(VERIFIER)
    assert store.swap(ACCOUNT, None, record) == 1
    return record


def login(store: Column, typed: Optional[str] = None) -> poterne.Outcome:
    return VERIFIER.login(ACCOUNT, code() if typed is None else typed, store=store, now=NOW)


def refusal(store: Column, typed: Optional[str] = None) -> Refusal:
    with pytest.raises(poterne.Refused) as caught:
        login(store, typed)
    return caught.value.refusal


def unavailable(call: Callable[[], Any], kind: ErrorKind = ErrorKind.STORE) -> poterne.Error:
    """The error, which shows no record wherever one looks."""
    with pytest.raises(poterne.Error) as caught:
        call()
    assert caught.value.kind is kind, caught.value
    exception: Optional[BaseException] = caught.value
    while exception is not None:
        assert "POTERNE1" not in repr(exception) + str(exception)
        exception = exception.__cause__ or exception.__context__
    return caught.value


def resealed(record: str) -> str:
    return VERIFIER.reseal(record, ACCOUNT).record


def stored(database: Database) -> str:
    rows = database.run("SELECT record FROM poterne")
    assert len(rows) == 1
    record: str = rows[0][0]
    return record


# What works.


def test_an_account_from_its_first_record_to_a_replay(database: Database, store: Column) -> None:
    assert store.load(ACCOUNT) is None
    assert refusal(store) is Refusal.NOT_ENROLLED
    record = enrolled(store)
    assert store.swap(ACCOUNT, None, resealed(record)) == 0
    assert store.load(ACCOUNT) == record == stored(database)
    store.check(VERIFIER, ACCOUNT)
    assert login(store).accepted
    # Committed: another connection sees it.
    assert stored(database) != record
    assert refusal(store) is Refusal.REPLAYED
    assert refusal(store, code(STEP + 9)) is Refusal.WRONG_CODE
    assert VERIFIER.inspect(stored(database), ACCOUNT, now=NOW).failures == 1
    codes = store.change(ACCOUNT, lambda record: VERIFIER.recovery_codes(record, ACCOUNT))
    assert login(store, codes[0]).method is poterne.Method.RECOVERY_CODE


def test_a_row_without_a_record_is_filled(database: Database, store: Column) -> None:
    database.run(f"INSERT INTO poterne (account) VALUES ('{ACCOUNT}')")
    assert store.load(ACCOUNT) is None
    enrolled(store)
    assert store.swap(ACCOUNT, None, agent.record(VERIFIER)) == 0
    assert login(store).accepted


def test_an_old_record_swaps_nothing(database: Database, store: Column) -> None:
    old = enrolled(store)
    attempt = VERIFIER.verify(old, ACCOUNT, code(), now=NOW)
    assert login(store).accepted
    between = stored(database)
    rows = store.swap(ACCOUNT, old, attempt.record)
    assert rows == 0 and attempt.outcome(rows).refusal is Refusal.CONFLICT
    assert stored(database) == between
    assert store.swap("b.durand", old, resealed(old)) == 0


def test_the_isolation_level_is_what_the_test_says(database: Database) -> None:
    if database.kind == "postgresql":
        for connection in (database.engine().raw_connection(), database.connect()):
            cursor = connection.cursor()
            cursor.execute("SHOW transaction_isolation")
            row: Any = cursor.fetchone()
            assert row[0].upper() == database.isolation
            connection.close()


def test_other_names(database: Database) -> None:
    schema = {"sqlite": "main", "postgresql": "public", "mariadb": "poterne"}[database.kind]
    database.run("DROP TABLE IF EXISTS Second_Factor", "CREATE TABLE Second_Factor (id_2 VARCHAR(255) PRIMARY KEY, r VARCHAR(504))")
    store = Column(database.engine(), table=f"{schema}.Second_Factor", account="id_2", record="r")
    enrolled(store)
    assert login(store).accepted


@pytest.mark.parametrize("style", ["qmark", "numeric", "named"])
def test_every_paramstyle_of_sqlite(style: str, tmp_path: Any) -> None:
    database = Database("sqlite", file=str(tmp_path / "poterne.sqlite"))
    database.create()
    store = Column(connect=database.connect, paramstyle=style)
    enrolled(store)
    assert login(store).accepted and refusal(store) is Refusal.REPLAYED


# What is refused from the start.


@pytest.mark.parametrize(
    "name", ["", "poterne; DROP TABLE agents", "a b", 'a"b', "a'b", "a.b.c.d", ".a", "a.", "a--", "é", "1a", "a\n", "a" * 129, None, 1]
)
def test_names_are_names(name: Any) -> None:
    places: List[Any] = ["table", "account", "record"]
    wrong = [{place: name} for place in places] + [{"account": "a.b"}, {"record": "a.b"}]
    for names in wrong:
        with pytest.raises(ValueError):
            Column(connect=lambda: None, paramstyle="qmark", **names)


def test_a_connection_or_session_is_no_engine(database: Database) -> None:
    engine = database.engine()
    with engine.connect() as connection, Session(engine) as session:
        for wrong in (connection, session, engine.pool, database.connect, "sqlite://"):
            with pytest.raises(TypeError):
                Column(wrong)  # type: ignore[arg-type]
    both: List[Any] = [{}, {"engine": engine, "connect": database.connect}, {"connect": database.connect}]
    for options in both:
        with pytest.raises(TypeError):
            Column(**options)
    with pytest.raises(TypeError):
        Column(engine, paramstyle="qmark")
    with pytest.raises(ValueError):
        Column(connect=database.connect, paramstyle="question")


# Connections that belong to somebody else.


def test_a_connection_inside_a_transaction_is_refused_and_left_alone(database: Database) -> None:
    record = enrolled(Column(database.engine()))
    theirs = database.connect()
    cursor = theirs.cursor()
    cursor.execute(f"UPDATE poterne SET record = '{resealed(record)}'")
    inside = Column(connect=lambda: theirs, paramstyle=database.paramstyle)
    unavailable(lambda: inside.load(ACCOUNT))
    unavailable(lambda: inside.swap(ACCOUNT, record, resealed(record)))
    unavailable(lambda: login(inside))
    # Neither committed nor rolled back nor closed.
    assert stored(database) == record
    theirs.commit()
    assert stored(database) != record
    theirs.close()


def test_one_connection_for_all_is_refused_inside_a_transaction() -> None:
    engine = sqlalchemy.create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    store = Column(engine)
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("CREATE TABLE poterne (account TEXT PRIMARY KEY, record TEXT)"))
    enrolled(store)
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("UPDATE poterne SET account = account"))
        unavailable(lambda: login(store))
    assert login(store).accepted


# Busy databases.


def test_a_row_that_somebody_else_changes_meanwhile_is_a_conflict(server: Database) -> None:
    """They hold the row, we wait for it, they commit: 0 rows, or a serialization failure, which is 0 rows."""
    store = Column(server.engine())
    old = enrolled(store)
    theirs = server.connect()
    cursor = theirs.cursor()
    cursor.execute(f"UPDATE poterne SET record = '{resealed(old)}'")
    rows: List[int] = []
    ours = threading.Thread(target=lambda: rows.append(store.swap(ACCOUNT, old, resealed(old))))
    ours.start()
    time.sleep(0.3)
    assert ours.is_alive()
    theirs.commit()
    ours.join()
    theirs.close()
    assert rows == [0]
    assert login(store).accepted


def test_a_lock_that_does_not_come_is_a_conflict(database: Database, store: Column) -> None:
    old = enrolled(store)
    theirs = database.connect()
    theirs.cursor().execute(f"UPDATE poterne SET record = '{resealed(old)}'")
    begin = time.monotonic()
    assert store.swap(ACCOUNT, old, resealed(old)) == 0
    assert 0.5 < time.monotonic() - begin < 5
    theirs.rollback()
    theirs.close()
    assert stored(database) == old
    assert login(store).accepted


class Wrapped:
    """A connection of a driver that does something else at its first update."""

    def __init__(self, connection: Any, before: Callable[[Any], None]) -> None:
        self.connection, self.before = connection, before

    def __getattr__(self, name: str) -> Any:
        return getattr(self.connection, name)

    def cursor(self) -> Any:
        return WrappedCursor(self)


class WrappedCursor:
    def __init__(self, owner: Wrapped) -> None:
        self.owner, self.cursor = owner, owner.connection.cursor()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.cursor, name)

    def execute(self, statement: str, values: Any) -> None:
        if statement.startswith("UPDATE"):
            self.owner.before(self.owner.connection)
        self.cursor.execute(statement, values)


def test_a_deadlock_is_a_conflict(server: Database) -> None:
    plain = Column(connect=server.connect, paramstyle=server.paramstyle)
    old = enrolled(plain)
    server.run(*(f"INSERT INTO poterne (account) VALUES ('other{number}')" for number in range(9)))
    theirs = server.connect()
    their_cursor = theirs.cursor()
    # Theirs is the larger transaction, and waits first: ours is the victim.
    their_cursor.execute(f"UPDATE poterne SET record = '{resealed(old)}' WHERE account = '{ACCOUNT}'")
    for number in range(2, 9):
        their_cursor.execute(f"UPDATE poterne SET record = 'x' WHERE account = 'other{number}'")
    waiting = threading.Thread(
        target=lambda: their_cursor.execute("UPDATE poterne SET record = 'y' WHERE account = 'other1'")
    )

    def lock_theirs(connection: Any) -> None:
        connection.cursor().execute("UPDATE poterne SET record = 'z' WHERE account = 'other1'")
        waiting.start()
        time.sleep(0.4)

    crossed = Column(connect=lambda: Wrapped(server.connect(), lock_theirs), paramstyle=server.paramstyle)
    assert crossed.swap(ACCOUNT, old, resealed(old)) == 0
    waiting.join()
    theirs.rollback()
    theirs.close()
    # Rolled back as a whole.
    assert server.run("SELECT COUNT(*) FROM poterne WHERE record IS NOT NULL")[0][0] == 1
    assert login(plain).accepted


def test_conflicts_that_last_are_a_refusal(database: Database) -> None:
    tries: List[int] = []

    def interfere(_: Any) -> None:
        tries.append(1)
        record = plain.load(ACCOUNT)
        assert record is not None and plain.swap(ACCOUNT, record, resealed(record)) == 1

    plain = Column(connect=database.connect, paramstyle=database.paramstyle)
    enrolled(plain)
    busy = Column(connect=lambda: Wrapped(database.connect(), interfere), paramstyle=database.paramstyle)
    assert refusal(busy) is Refusal.CONFLICT
    assert len(tries) == 3
    assert login(plain).accepted


# Broken connections.


def kill(database: Database, connection: Any) -> None:
    """Ends a connection at the server."""
    if database.kind == "postgresql":
        database.run(f"SELECT pg_terminate_backend({connection.info.backend_pid})")
    else:
        database.run(f"KILL {connection.thread_id()}")


def test_a_killed_connection_is_unavailable_and_not_used_again(server: Database) -> None:
    engine = server.engine(pool_size=1, max_overflow=0)
    store = Column(engine)
    old = enrolled(store)
    for call in (lambda: store.load(ACCOUNT), lambda: store.swap(ACCOUNT, old, resealed(old)), lambda: login(store)):
        pooled = engine.raw_connection()
        connection = pooled.dbapi_connection
        pooled.close()
        kill(server, connection)
        assert unavailable(call).__cause__ is not None
        assert stored(server) == old
        assert store.load(ACCOUNT) == old
    assert login(store).accepted


def test_a_connection_killed_in_the_middle_is_unavailable(server: Database) -> None:
    plain = Column(connect=server.connect, paramstyle=server.paramstyle)
    old = enrolled(plain)
    broken = Column(
        connect=lambda: Wrapped(server.connect(), lambda connection: kill(server, connection)),
        paramstyle=server.paramstyle,
    )
    unavailable(lambda: login(broken))
    assert stored(server) == old
    assert login(plain).accepted


@pytest.mark.parametrize("way", ["engine", "connect"])
def test_a_commit_whose_answer_is_lost_grants_nothing(server: Database, way: str) -> None:
    """It has arrived: the next try finds the code replayed."""
    old = enrolled(Column(connect=server.connect, paramstyle=server.paramstyle))
    with Proxy(server.port, before=False) as proxy:
        engine = server.engine(proxy.port)
        store = Column(engine) if way == "engine" else Column(
            connect=lambda: server.connect(proxy.port), paramstyle=server.paramstyle
        )
        assert refusal(store) is Refusal.REPLAYED
        assert proxy.lost == 1
        assert stored(server) != old
        engine.dispose()


@pytest.mark.parametrize("way", ["engine", "connect"])
def test_a_commit_that_is_lost_is_tried_again(server: Database, way: str) -> None:
    """It has not arrived: the next try is the one that counts."""
    old = enrolled(Column(connect=server.connect, paramstyle=server.paramstyle))
    with Proxy(server.port, before=True) as proxy:
        engine = server.engine(proxy.port)
        store = Column(engine) if way == "engine" else Column(
            connect=lambda: server.connect(proxy.port), paramstyle=server.paramstyle
        )
        assert login(store).accepted
        assert proxy.lost == 1
        assert stored(server) != old
        engine.dispose()


def test_a_lost_commit_and_then_no_server_is_unavailable(server: Database) -> None:
    old = enrolled(Column(connect=server.connect, paramstyle=server.paramstyle))
    connections: List[int] = []
    with Proxy(server.port, before=False) as proxy:

        def connect() -> Any:
            connections.append(1)
            # One for the load, one for the swap; then nobody is there.
            return server.connect(proxy.port if len(connections) <= 2 else 1)

        unavailable(lambda: login(Column(connect=connect, paramstyle=server.paramstyle)))
    assert len(connections) == 3 and stored(server) != old


def test_a_commit_that_fails_is_a_conflict_and_rolled_back(database: Database) -> None:
    plain = Column(connect=database.connect, paramstyle=database.paramstyle)
    old = enrolled(plain)

    class Failing(Wrapped):
        def commit(self) -> None:
            raise OSError("the disk is full")

    failing = Column(connect=lambda: Failing(database.connect(), lambda _: None), paramstyle=database.paramstyle)
    assert failing.swap(ACCOUNT, old, resealed(old)) == 0
    assert stored(database) == old
    assert refusal(failing) is Refusal.CONFLICT
    assert login(plain).accepted


def test_an_interruption_comes_out_and_rolls_back(database: Database) -> None:
    plain = Column(connect=database.connect, paramstyle=database.paramstyle)
    old = enrolled(plain)

    class Interrupted(Wrapped):
        def commit(self) -> None:
            raise KeyboardInterrupt

    interrupted = Column(connect=lambda: Interrupted(database.connect(), lambda _: None), paramstyle=database.paramstyle)
    with pytest.raises(KeyboardInterrupt):
        login(interrupted)
    assert stored(database) == old
    assert login(plain).accepted


def test_everything_else_is_unavailable(database: Database) -> None:
    enrolled(Column(database.engine()))
    for wrong in (
        Column(database.engine(), table="nothing"),
        Column(database.engine(), record="nothing"),
        Column(connect=lambda: None, paramstyle="qmark"),
        Column(connect=lambda: 1 // 0, paramstyle="qmark"),
    ):
        assert unavailable(lambda: wrong.load(ACCOUNT)).__cause__ is not None
        assert unavailable(lambda: wrong.swap(ACCOUNT, "old", "new")).__cause__ is not None
        assert unavailable(lambda: wrong.swap(ACCOUNT, None, "new")).__cause__ is not None
        unavailable(lambda: login(wrong))


def test_a_record_that_the_column_cannot_hold_is_unavailable(server: Database) -> None:
    server.run("DROP TABLE IF EXISTS short", "CREATE TABLE short (account VARCHAR(255) PRIMARY KEY, record VARCHAR(100))")
    unavailable(lambda: Column(server.engine(), table="short").swap(ACCOUNT, None, agent.record(VERIFIER)))


# Tables and drivers that are wrong.


def test_several_rows_of_an_account_are_an_error(database: Database) -> None:
    database.create(key="")
    store = Column(database.engine())
    record = agent.record(VERIFIER)
    insert = f"INSERT INTO poterne VALUES ('{ACCOUNT}', '{record}')"
    database.run(insert, insert)
    unavailable(lambda: store.load(ACCOUNT), ErrorKind.ROWS)
    unavailable(lambda: store.swap(ACCOUNT, record, resealed(record)), ErrorKind.ROWS)
    unavailable(lambda: login(store), ErrorKind.ROWS)
    # Rolled back.
    assert [row[0] for row in database.run("SELECT record FROM poterne")] == [record, record]


@pytest.mark.parametrize("count", [-1, None, 2, "1"])
def test_a_driver_that_does_not_count_is_an_error(database: Database, count: Any) -> None:
    plain = Column(connect=database.connect, paramstyle=database.paramstyle)
    old = enrolled(plain)

    class Uncounted(Wrapped):
        def cursor(self) -> Any:
            cursor = super().cursor()
            cursor.rowcount = count
            return cursor

    uncounted = Column(connect=lambda: Uncounted(database.connect(), lambda _: None), paramstyle=database.paramstyle)
    unavailable(lambda: uncounted.swap(ACCOUNT, old, resealed(old)), ErrorKind.ROWS)
    unavailable(lambda: login(uncounted), ErrorKind.ROWS)
    assert stored(database) == old


def test_a_record_that_is_no_text_is_an_error(tmp_path: Any) -> None:
    database = Database("sqlite", file=str(tmp_path / "poterne.sqlite"))
    database.create()
    database.run(f"INSERT INTO poterne VALUES ('{ACCOUNT}', x'00ff')")
    unavailable(lambda: login(Column(database.engine())))


def test_check_finds_a_trigger_that_swaps_without_comparing(tmp_path: Any) -> None:
    """A view over the table, with a trigger that forgets the old record."""
    database = Database("sqlite", file=str(tmp_path / "poterne.sqlite"))
    database.create("real")
    store = Column(database.engine(), table="real")
    enrolled(store)
    store.check(VERIFIER, ACCOUNT)

    class Blind(Column):
        def swap(self, account: str, old: Optional[str], new: str) -> int:
            return super().swap(account, self.load(account), new)

    unavailable(lambda: Blind(database.engine(), table="real").check(VERIFIER, ACCOUNT), ErrorKind.ROWS)


def test_mariadb_counts_changed_rows(tmp_path: Any) -> None:
    """PyMySQL alone counts changed rows, SQLAlchemy asks for found ones. A new record always differs: both are 1."""
    database = Database("mariadb")
    database.create()
    plain = Column(connect=database.connect, paramstyle="format")
    record = enrolled(plain)
    # The control: the same record again is no changed row, but a found one.
    assert plain.swap(ACCOUNT, record, record) == 0
    assert Column(database.engine()).swap(ACCOUNT, record, record) == 1
    assert login(plain).accepted


def test_sqlite_that_is_locked_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before Python 3.11 the driver gives no number."""
    from poterne import sql

    locked = sqlite3.OperationalError("database is locked")
    assert sql._is_conflict(locked)
    assert not sql._is_conflict(sqlite3.OperationalError("no such table: poterne"))
    assert not sql._is_conflict(ValueError("database is locked"))


def test_statements_bind_every_value() -> None:
    store = Column(connect=lambda: None, paramstyle="pyformat")
    for statement in (store._select, store._update, store._fill, store._insert):
        assert not re.search(r"['\"]", statement.text)
    assert store._update.text.endswith("WHERE account = %(account)s AND record = %(old)s")
