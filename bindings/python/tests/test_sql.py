"""`poterne.sql.Column` on real databases that are busy, broken, or lie."""

from __future__ import annotations

import collections
import io
import logging
import re
import sqlite3
import sys
import threading
import time
import traceback
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple

import agent
import psycopg
import psycopg2
import pymysql
import pytest
import sqlalchemy
from agent import ACCOUNT, NOW, STEP, code, new_record
from databases import BACKENDS, Database
from proxy import Proxy
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool, SingletonThreadPool, StaticPool

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


def login(store: Column, typed: Optional[str] = None) -> poterne.Accepted:
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
    assert "POTERNE1" not in shown(caught.value)
    return caught.value


def shown(exception: BaseException) -> str:
    """All that a log, a traceback or an operator can see of an exception."""
    log = io.StringIO()
    logger = logging.Logger("tests")
    logger.addHandler(logging.StreamHandler(log))
    logger.error("the login failed: %s", exception, exc_info=exception)
    seen = [log.getvalue()]
    each: Optional[BaseException] = exception
    while each is not None:
        seen += [repr(each), str(each), repr(each.args), repr(vars(each))]
        each = each.__cause__ or each.__context__
    return "\n".join(seen)


def resealed(record: str) -> str:
    return new_record(VERIFIER.credential(ACCOUNT, record).reseal())


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
    assert login(store).code == "accepted.otp"
    # Committed: another connection sees it.
    assert stored(database) != record
    assert refusal(store) is Refusal.REPLAYED
    assert refusal(store, code(STEP + 9)) is Refusal.WRONG_CODE
    assert VERIFIER.credential(ACCOUNT, stored(database)).inspect(now=NOW).failures == 1
    codes = store.apply(VERIFIER, ACCOUNT, lambda credential: credential.recovery_codes())
    assert login(store, codes[0]).method is poterne.Method.RECOVERY_CODE


@pytest.mark.parametrize("blank", ["NULL", "''", "' '", f"'{' ' * 504}'"])
def test_a_row_without_a_record_is_filled(database: Database, store: Column, blank: str) -> None:
    """Nothing and spaces are no record (semantics 3.0)."""
    database.run(f"INSERT INTO poterne (account, record) VALUES ('{ACCOUNT}', {blank})")
    assert (store.load(ACCOUNT) or "").strip() == ""
    assert refusal(store) is Refusal.NOT_ENROLLED
    enrolled(store)
    assert store.swap(ACCOUNT, None, agent.record(VERIFIER)) == 0
    assert store.swap(ACCOUNT, None, agent.record(VERIFIER)) == 0
    assert login(store).code == "accepted.otp"


def test_an_old_record_swaps_nothing(database: Database, store: Column) -> None:
    old = enrolled(store)
    attempt = VERIFIER.credential(ACCOUNT, old).verify(code(), now=NOW)
    assert login(store).code == "accepted.otp"
    between = stored(database)
    rows = store.swap(ACCOUNT, old, new_record(attempt))
    assert rows == 0 and agent.refusal(attempt, rows) is Refusal.CONFLICT
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
    assert login(store).code == "accepted.otp"


@pytest.mark.parametrize("style", ["qmark", "numeric", "named"])
def test_every_paramstyle_of_sqlite(style: str, tmp_path: Any) -> None:
    database = Database("sqlite", file=str(tmp_path / "poterne.sqlite"))
    database.create()
    store = Column(connect=database.connect, paramstyle=style)
    enrolled(store)
    assert login(store).code == "accepted.otp" and refusal(store) is Refusal.REPLAYED


# What is refused from the start.


@pytest.mark.parametrize(
    "name", ["", "poterne; DROP TABLE agents", "a b", 'a"b', "a'b", "a.b.c.d", ".a", "a.", "a--", "é", "1a", "a\n", "a" * 129, None, 1]
)
def test_names_are_names(name: Any) -> None:
    places: List[Any] = ["table", "account", "record"]
    wrong = [{place: name} for place in places] + [{"account": "a.b"}, {"record": "a.b"}]
    for names in wrong:
        with pytest.raises(poterne.ArgumentError):
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
    with pytest.raises(poterne.ArgumentError):
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
    assert login(store).code == "accepted.otp"


def test_nothing_that_may_ask_the_server_is_read_of_other_drivers(tmp_path: Any) -> None:
    class Asking(sqlite3.Connection):
        """As firebird-driver, whose `info` asks the server."""

        @property
        def info(self) -> Any:
            raise RuntimeError("asked")

    database = tmp_path / "application.sqlite"
    connection = sqlite3.connect(database)
    connection.execute("CREATE TABLE poterne (account TEXT PRIMARY KEY, record TEXT)")
    connection.close()
    store = Column(connect=lambda: sqlite3.connect(database, factory=Asking), paramstyle="qmark")
    enrolled(store)
    assert login(store).code == "accepted.otp"


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
    assert login(store).code == "accepted.otp"


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
    assert login(store).code == "accepted.otp"


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

    def execute(self, statement: str, values: Any = None) -> None:
        if statement.startswith("UPDATE"):
            self.owner.before(self.owner.connection)
        self.cursor.execute(statement, values)


def deadlock(server: Database, connect: Callable[[], Any]) -> int:
    """What a swap comes to that is the victim of a deadlock."""
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

    crossed = Column(connect=lambda: Wrapped(connect(), lock_theirs), paramstyle=server.paramstyle)
    try:
        return crossed.swap(ACCOUNT, old, resealed(old))
    finally:
        waiting.join()
        theirs.rollback()
        theirs.close()
        # Rolled back as a whole.
        assert server.run("SELECT COUNT(*) FROM poterne WHERE record IS NOT NULL")[0][0] == 1
        assert login(plain).code == "accepted.otp"


def test_a_deadlock_is_a_conflict(server: Database) -> None:
    assert deadlock(server, server.connect) == 0


class Numbered(Wrapped):
    """A driver that tells the number and no SQLSTATE: mysqlclient, and PyMySQL before 1.2."""

    def cursor(self) -> Any:
        return NumberedCursor(self)


class NumberedCursor(WrappedCursor):
    def execute(self, statement: str, values: Any = None) -> None:
        try:
            self.cursor.execute(statement, values)
        except pymysql.err.MySQLError as failure:
            raise type(failure)(*failure.args) from None


def held_lock(database: Database, connect: Callable[[], Any]) -> int:
    """What a swap comes to whose row somebody else keeps."""
    old = enrolled(Column(connect=database.connect, paramstyle=database.paramstyle))
    theirs = database.connect()
    theirs.cursor().execute(f"UPDATE poterne SET record = '{resealed(old)}'")
    try:
        return Column(connect=connect, paramstyle=database.paramstyle).swap(ACCOUNT, old, resealed(old))
    finally:
        theirs.rollback()
        theirs.close()


def changed_meanwhile(server: Database, connect: Callable[[], Any]) -> int:
    """What a swap comes to whose snapshot is older than the row."""
    plain = Column(connect=server.connect, paramstyle=server.paramstyle)
    old = enrolled(plain)

    def interfere(connection: Any) -> None:
        cursor = connection.cursor()
        cursor.execute("SELECT account FROM poterne")
        cursor.fetchall()
        assert plain.swap(ACCOUNT, old, resealed(old)) == 1

    store = Column(connect=lambda: Wrapped(connect(), interfere), paramstyle=server.paramstyle)
    return store.swap(ACCOUNT, old, resealed(old))


def shared_cache(_: Database, connect: Callable[[], Any]) -> int:
    """Connections that share a cache lock each other's tables, and do not wait."""
    theirs = connect()
    theirs.execute("CREATE TABLE poterne (account TEXT NOT NULL PRIMARY KEY, record TEXT)")
    theirs.commit()
    store = Column(connect=connect, paramstyle="qmark")
    old = enrolled(store)
    theirs.execute("UPDATE poterne SET record = record")
    try:
        return store.swap(ACCOUNT, old, resealed(old))
    finally:
        theirs.rollback()
        assert login(store).code == "accepted.otp"
        theirs.close()


# Each code of the table that a server here can be made to give, as its driver gives it.
CODES: List[Any] = [
    ("sqlite", 5, held_lock),
    ("sqlite", 6, shared_cache),
    ("postgresql-read-committed", "40P01", deadlock),
    ("postgresql-read-committed", "55P03", held_lock),
    ("postgresql-repeatable-read", "40001", changed_meanwhile),
    ("postgresql-serializable", "40001", changed_meanwhile),
    ("mariadb", 1205, held_lock),
    ("mariadb", 1213, deadlock),
    ("mariadb", 1020, changed_meanwhile),
]


@pytest.mark.parametrize("is_in_table", [True, False])
@pytest.mark.parametrize("backend, code, provoke", CODES)
def test_each_code_is_what_makes_a_conflict(
    backend: str, code: Any, provoke: Any, is_in_table: bool, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And without it the same is an error: the control, which shows that the server gave this code and no other."""
    from poterne import sql

    database = Database(*BACKENDS[backend], str(tmp_path / "poterne.sqlite"))
    database.create()

    def connect() -> Any:
        if provoke is shared_cache:
            return sqlite3.connect(f"file:{tmp_path.name}?mode=memory&cache=shared", uri=True, timeout=1)
        connection = database.connect()
        if database.kind != "mariadb":
            return connection
        if code == 1020:
            # What later versions do from the start.
            connection.cursor().execute("SET SESSION innodb_snapshot_isolation = ON")
        return Numbered(connection, lambda _: None)

    if is_in_table:
        assert provoke(database, connect) == 0
        return
    told = sql._codes
    seen: List[Any] = []

    def without(failure: Exception) -> Any:
        state, numbers = told(failure)
        if database.kind == "sqlite":
            # Its extended codes: SQLITE_LOCKED_SHAREDCACHE is SQLITE_LOCKED.
            numbers = [number & 0xFF for number in numbers]
        seen.extend([state, *numbers])
        return None if state == code else state, [number for number in numbers if number != code]

    monkeypatch.setattr(sql, "_codes", without)
    unavailable(lambda: provoke(database, connect))
    assert code in seen


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
    assert login(plain).code == "accepted.otp"


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
        unavailable(call)
        assert stored(server) == old
        assert store.load(ACCOUNT) == old
    assert login(store).code == "accepted.otp"


def test_a_connection_killed_in_the_middle_is_unavailable(server: Database) -> None:
    plain = Column(connect=server.connect, paramstyle=server.paramstyle)
    old = enrolled(plain)
    broken = Column(
        connect=lambda: Wrapped(server.connect(), lambda connection: kill(server, connection)),
        paramstyle=server.paramstyle,
    )
    if server.kind == "postgresql":
        # The UPDATE commits itself: perhaps it is its answer that was lost. Each try is killed.
        assert refusal(broken) is Refusal.CONFLICT
    else:
        unavailable(lambda: login(broken))
    assert stored(server) == old
    assert login(plain).code == "accepted.otp"


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
        assert login(store).code == "accepted.otp"
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
    assert login(plain).code == "accepted.otp"


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
    assert login(plain).code == "accepted.otp"


def test_everything_else_is_unavailable(database: Database) -> None:
    enrolled(Column(database.engine()))
    wrong: Column
    missing = {"sqlite": "SQLITE_ERROR", "postgresql": "SQLSTATE 42", "mariadb": "SQLSTATE 42S"}[database.kind]
    for wrong, said in (
        (Column(database.engine(), table="nothing"), missing),
        (Column(database.engine(), record="nothing"), missing),
        (Column(connect=lambda: None, paramstyle="qmark"), "must return a DB-API connection"),
        (Column(connect=database.connect, give_back=print, paramstyle="named", table="nothing"), "Error"),
        (Column(connect=lambda: 1 // 0, paramstyle="qmark"), "ZeroDivisionError"),
    ):
        if sys.version_info < (3, 11) and said == "SQLITE_ERROR":
            said = "sqlite3.OperationalError"
        assert said in str(unavailable(lambda: wrong.load(ACCOUNT)))
        assert said in str(unavailable(lambda: wrong.swap(ACCOUNT, "old", "new")))
        assert said in str(unavailable(lambda: wrong.swap(ACCOUNT, None, "new")))
        unavailable(lambda: login(wrong))


def test_without_a_connection_the_driver_s_text_is_the_cause(server: Database) -> None:
    """Nothing was sent yet, and operators need to know what is in the way."""
    away = Column(connect=lambda: server.connect(port=1), paramstyle=server.paramstyle)
    for error in (unavailable(lambda: away.load(ACCOUNT)), unavailable(lambda: login(away))):
        assert "no connection" in str(error) and "OperationalError" in str(error)
        assert "refused" in str(error.__cause__)


def test_a_record_that_the_column_cannot_hold_is_unavailable(server: Database) -> None:
    server.run("DROP TABLE IF EXISTS short", "CREATE TABLE short (account VARCHAR(255) PRIMARY KEY, record VARCHAR(100))")
    unavailable(lambda: Column(server.engine(), table="short").swap(ACCOUNT, None, agent.record(VERIFIER)))


# What a driver says shows records; ours does not.


def make_talkative(database: Database) -> str:
    """A table whose database shows the record in the text of its error; and the code that stays."""
    if database.kind == "sqlite":
        # "JSON path error near 'POTERNE1...".
        database.run("CREATE TRIGGER talkative BEFORE UPDATE ON poterne BEGIN SELECT json_extract('{}', NEW.record); END")
        return "SQLITE_ERROR" if sys.version_info >= (3, 11) else "OperationalError"
    if database.kind == "postgresql":
        # "Failing row contains (a.martin, POTERNE1...".
        database.run("ALTER TABLE poterne ADD CHECK (record NOT LIKE 'POTERNE1%') NOT VALID")
        return "psycopg.errors.CheckViolation, SQLSTATE 23514"
    database.run(
        "CREATE TRIGGER talkative BEFORE UPDATE ON poterne FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = NEW.record"
    )
    return "SQLSTATE 45000, error 1644"


class Handmade:
    """A store as an application writes it: what the driver raises comes out."""

    def __init__(self, database: Database, engine: Optional[sqlalchemy.engine.Engine] = None) -> None:
        self.database, self.engine = database, engine

    def load(self, account: str) -> str:
        return stored(self.database)

    def swap(self, account: str, old: Optional[str], new: str) -> int:
        statement = f"UPDATE poterne SET record = '{new}' WHERE account = '{account}' AND record = '{old}'"
        if self.engine is None:
            connection = self.database.connect()
            try:
                connection.cursor().execute(statement)
                connection.commit()
            finally:
                connection.rollback()
                connection.close()
        else:
            with self.engine.begin() as connection:
                connection.execute(sqlalchemy.text(statement))
        return 1


def test_no_record_is_in_what_can_be_seen_of_an_error(database: Database, store: Column) -> None:
    old = enrolled(store)
    code_of_database = make_talkative(database)
    new = resealed(old)
    # The control: the driver's own text shows it.
    with pytest.raises(Exception) as caught:
        Handmade(database).swap(ACCOUNT, old, new)
    assert "POTERNE1" in shown(caught.value)
    engine = database.engine()
    by_hand, by_engine = Handmade(database), Handmade(database, engine)
    for call in (
        lambda: store.swap(ACCOUNT, old, new),
        lambda: login(store),
        lambda: login(store, code(STEP + 9)),
        lambda: store.apply(VERIFIER, ACCOUNT, lambda credential: credential.suspend()),
        lambda: VERIFIER.login(ACCOUNT, code(), store=by_hand, now=NOW),
        lambda: VERIFIER.login(ACCOUNT, code(), store=by_engine, now=NOW),
    ):
        error = unavailable(call)
        assert code_of_database in str(error)
        assert error.__cause__ is None and error.__context__ is None
        # The place is still there.
        assert "in swap" in "".join(traceback.format_exception(type(error), error, error.__traceback__))
    engine.dispose()
    assert stored(database) == old


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


def test_a_record_that_is_no_text_is_an_error(database: Database) -> None:
    """The driver gives bytes, of a record too."""
    column = {"sqlite": "BLOB", "postgresql": "BYTEA", "mariadb": "VARBINARY(504)"}[database.kind]
    database.run("DROP TABLE IF EXISTS poterne", f"CREATE TABLE poterne (account VARCHAR(255) PRIMARY KEY, record {column})")
    record = agent.record(VERIFIER).encode().hex()
    literal = f"'\\x{record}'" if database.kind == "postgresql" else f"x'{record}'"
    database.run(f"INSERT INTO poterne VALUES ('{ACCOUNT}', {literal})")
    store = Column(database.engine())
    for call in (lambda: store.load(ACCOUNT), lambda: login(store)):
        assert "make it VARCHAR" in str(unavailable(call))


# What `check` finds.


class Loose:
    """A store as an application may write it, on a connection that it keeps, with one fault."""

    def __init__(self, database: Database, fault: str) -> None:
        self.fault, self.connection, self.cached = fault, database.connect(), {}
        self.value = "?" if database.kind == "sqlite" else "%s"

    cached: Dict[str, str]

    def load(self, account: str) -> Optional[str]:
        if account in self.cached:
            return self.cached[account]
        rows = self.execute(f"SELECT record FROM poterne WHERE account = {self.value}", account).fetchall()
        if self.fault != "no commit":
            self.connection.rollback()
        return rows[0][0] if rows else None

    def swap(self, account: str, old: Optional[str], new: str) -> int:
        if old is None:
            return self.insert(account, new)
        if self.fault == "cache":
            rows = int(self.load(account) == old)
            if rows:
                self.cached[account] = new
            return rows
        record, same, values = self.value, f"record = {self.value}", [account, old]
        if self.fault == "cut":
            record = f"substr({self.value}, 1, 500)"
        elif self.fault == "prefix":
            same = f"substr(record, 1, 503) = substr({self.value}, 1, 503)"
        elif self.fault == "blind":
            same, values = "1 = 1", [account]
        elif self.fault == "other table":
            return 1
        elif self.fault == "nothing":
            return 0
        statement = f"UPDATE poterne SET record = {record} WHERE account = {self.value} AND {same}"
        rows = self.execute(statement, new, *values).rowcount
        if self.fault != "no commit":
            self.connection.commit()
        return 1 if self.fault == "always one" else rows

    def insert(self, account: str, new: str) -> int:
        """Only where nothing is, as it may be written: the database says 0, or it raises, and a row tells why."""
        if self.fault == "upsert":
            self.execute(f"DELETE FROM poterne WHERE account = {self.value}", account)
        try:
            insert = f"INSERT INTO poterne (account, record) VALUES ({self.value}, {self.value})"
            rows: int = self.execute(insert, account, new).rowcount
        except Exception:
            self.connection.rollback()
            if self.fault == "duplicate key raised":
                raise
            return 0
        self.connection.commit()
        return rows

    def execute(self, statement: str, *values: str) -> Any:
        cursor = self.connection.cursor()
        cursor.execute(statement, values)
        return cursor


@pytest.mark.parametrize(
    "fault, kind",
    [
        ("none", None), ("no commit", ErrorKind.ROWS), ("prefix", ErrorKind.ROWS), ("blind", ErrorKind.ROWS),
        ("cut", ErrorKind.RECORD), ("cache", ErrorKind.ROWS), ("other table", ErrorKind.ROWS), ("nothing", ErrorKind.ROWS),
        ("always one", ErrorKind.ROWS), ("upsert", ErrorKind.ROWS), ("duplicate key raised", ErrorKind.STORE),
    ],
)
@pytest.mark.parametrize("is_revoked", [False, True])
def test_check_store_finds_what_is_wrong_with_a_store(
    database: Database, fault: str, kind: Optional[ErrorKind], is_revoked: bool
) -> None:
    plain = Column(connect=database.connect, paramstyle=database.paramstyle)
    old = enrolled(plain)
    if is_revoked:
        # An account that is kept for the check.
        plain.apply(VERIFIER, ACCOUNT, lambda credential: credential.revoke())
    store, second = Loose(database, fault), Loose(database, fault)
    try:
        if kind is None:
            VERIFIER.check_store(ACCOUNT, store=store, second=second)
            assert stored(database) != old
        else:
            unavailable(lambda: VERIFIER.check_store(ACCOUNT, store=store, second=second), kind)
    finally:
        store.connection.rollback()
        store.connection.close()
        second.connection.close()


def test_check_needs_a_record_and_somebody_s_writes_prove_nothing(database: Database, store: Column) -> None:
    unavailable(lambda: store.check(VERIFIER, ACCOUNT), ErrorKind.STATE)
    enrolled(store)
    plain = Column(connect=database.connect, paramstyle=database.paramstyle)
    writes: List[int] = []

    class Hurried(Column):
        """Between its swap and the second look, somebody else swaps."""

        def swap(self, account: str, old: Optional[str], new: str) -> int:
            rows = super().swap(account, old, new)
            if rows == 1:
                writes.append(plain.swap(account, new, resealed(new)))
            return rows

    hurried = Hurried(connect=database.connect, paramstyle=database.paramstyle)
    with pytest.raises(poterne.Refused) as caught:
        hurried.check(VERIFIER, ACCOUNT)
    assert caught.value.refusal is Refusal.CONFLICT
    assert writes == [1] * 5
    store.check(VERIFIER, ACCOUNT)
    assert login(store).code == "accepted.otp"


class Pool:
    """Connections that are kept, and that someone has changed."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self.make, self.free, self.taken = make, [], 0

    free: List[Any]

    def getconn(self) -> Any:
        self.taken += 1
        return self.free.pop() if self.free else self.make()

    def putconn(self, connection: Any) -> None:
        self.taken -= 1
        try:
            connection.rollback()
        except Exception:
            return  # it was closed
        self.free.append(connection)


def test_check_finds_a_connection_that_does_not_commit(database: Database) -> None:
    """As the fixtures of test suites patch them."""

    class Uncommitting(Wrapped):
        def commit(self) -> None:
            pass

    plain = Pool(database.connect)
    store = Column(connect=plain.getconn, give_back=plain.putconn, paramstyle=database.paramstyle)
    old = enrolled(store)
    store.check(VERIFIER, ACCOUNT)
    between = stored(database)
    assert between != old and plain.taken == 0
    broken = Pool(lambda: Uncommitting(database.connect(), lambda _: None))
    wrong = Column(connect=broken.getconn, give_back=broken.putconn, paramstyle=database.paramstyle)
    unavailable(lambda: wrong.check(VERIFIER, ACCOUNT), ErrorKind.ROWS)
    assert broken.taken == 0 and stored(database) == between


def test_check_finds_a_column_that_is_too_short() -> None:
    database = Database("mariadb")
    database.create()
    relaxed = "SET SESSION sql_mode = ''"

    def connect() -> Any:
        connection = database.connect()
        connection.cursor().execute(relaxed)
        connection.commit()
        return connection

    store = Column(connect=connect, paramstyle="format")
    enrolled(store)
    store.check(VERIFIER, ACCOUNT)
    # Cut from 504 characters to 503, without an error: the record that is there opens no more.
    database.run(relaxed, "ALTER TABLE poterne MODIFY record VARCHAR(503) CHARACTER SET ascii")
    unavailable(lambda: store.check(VERIFIER, ACCOUNT), ErrorKind.RECORD)
    # So does one that a trigger alters.
    database.create()
    enrolled(store)
    database.run("CREATE TRIGGER lower BEFORE UPDATE ON poterne FOR EACH ROW SET NEW.record = LOWER(NEW.record)")
    unavailable(lambda: store.check(VERIFIER, ACCOUNT), ErrorKind.RECORD)


def test_check_finds_a_swap_that_does_not_compare(database: Database) -> None:
    class Blind(Column):
        def swap(self, account: str, old: Optional[str], new: str) -> int:
            return super().swap(account, old and self.load(account), new)

    class Upserting(Column):
        def swap(self, account: str, old: Optional[str], new: str) -> int:
            return super().swap(account, old or self.load(account), new)

    store = Column(database.engine())
    enrolled(store)
    store.check(VERIFIER, ACCOUNT)
    for wrong, message in ((Blind, "AND record"), (Upserting, "plain INSERT")):
        error = unavailable(lambda: wrong(database.engine()).check(VERIFIER, ACCOUNT), ErrorKind.ROWS)
        assert message in str(error)


def test_one_connection_for_all_proves_nothing() -> None:
    for pool in (StaticPool, SingletonThreadPool):
        engine = sqlalchemy.create_engine("sqlite://", poolclass=pool, connect_args={"check_same_thread": False})
        store = Column(engine)
        with engine.begin() as connection:
            connection.execute(sqlalchemy.text("CREATE TABLE poterne (account TEXT PRIMARY KEY, record TEXT)"))
        enrolled(store)
        assert "one connection for all" in str(unavailable(lambda: store.check(VERIFIER, ACCOUNT)))
        assert login(store).code == "accepted.otp"


def test_check_without_a_connection_is_unavailable(server: Database) -> None:
    away = Column(connect=lambda: server.connect(port=1), paramstyle=server.paramstyle)
    error = unavailable(lambda: away.check(VERIFIER, ACCOUNT))
    assert "no connection" in str(error) and "refused" in str(error.__cause__)


# A COMMIT that succeeds with a warning.


def postgresql2(database: Database, **options: Any) -> Any:
    return psycopg2.connect(
        host="127.0.0.1", port=database.port, user="poterne", password="poterne", dbname="poterne", **options
    )


def administer(database: Database, *statements: str) -> None:
    with psycopg.connect(
        f"host=127.0.0.1 port={database.port} user=poterne password=poterne dbname=poterne", autocommit=True
    ) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def automatic(connection: Any) -> Any:
    connection.autocommit = True
    return connection


def renoticed(connection: Any) -> Any:
    """As an application may, that wants all of them: psycopg2 keeps fifty."""
    connection.notices = collections.deque(["theirs"])
    return connection


SILENT = "-c client_min_messages=error"
WAYS: Dict[str, Callable[[Database], Column]] = {
    "psycopg": lambda database: Column(connect=database.connect, paramstyle="pyformat"),
    "psycopg, engine": lambda database: Column(database.engine(poolclass=NullPool)),
    "psycopg, autocommit": lambda database: Column(connect=lambda: automatic(database.connect()), paramstyle="pyformat"),
    "psycopg, silent": lambda database: Column(
        connect=lambda: psycopg.connect(
            f"host=127.0.0.1 port={database.port} user=poterne password=poterne dbname=poterne", options=SILENT
        ),
        paramstyle="pyformat",
    ),
    "psycopg2": lambda database: Column(connect=lambda: postgresql2(database), paramstyle="pyformat"),
    "psycopg2, engine": lambda database: Column(
        sqlalchemy.create_engine(database.engine().url.set(drivername="postgresql+psycopg2"), poolclass=NullPool)
    ),
    "psycopg2, autocommit": lambda database: Column(
        connect=lambda: automatic(postgresql2(database)), paramstyle="pyformat"
    ),
    "psycopg2, silent": lambda database: Column(connect=lambda: postgresql2(database, options=SILENT), paramstyle="pyformat"),
    "psycopg2, notices elsewhere": lambda database: Column(
        connect=lambda: renoticed(postgresql2(database)), paramstyle="pyformat"
    ),
}


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> Iterator[Tuple[Database, Column]]:
    database = Database("postgresql")
    database.create()
    yield database, WAYS[request.param](database)


@pytest.mark.parametrize("is_heard", [True, False])
def test_a_commit_that_the_standby_does_not_confirm_is_0_rows(
    way: Tuple[Database, Column], is_heard: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It waits for the standby until somebody cancels that. Then it succeeds, and is lost if the standby takes over."""
    from poterne import sql

    database, store = way
    enrolled(store)
    if not is_heard:
        # The control: the same login, and nobody listens.
        monkeypatch.setattr(sql._Notices, "has_warning", lambda _: False)
    administer(database, "ALTER SYSTEM SET synchronous_standby_names = 'nobody'", "SELECT pg_reload_conf()")
    came: List[object] = []
    try:
        ours = threading.Thread(target=lambda: came.append(login(store) if not is_heard else refusal(store)))
        ours.start()
        cancelled = 0
        while ours.is_alive():
            cancelled += len(database.run("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"))
        ours.join()
        assert cancelled, "no commit waited"
    finally:
        administer(database, "ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()")
    if is_heard:
        # Stored here: the next try found the code replayed.
        assert came == [Refusal.REPLAYED]
    else:
        assert isinstance(came[0], poterne.Accepted)
    assert refusal(store) is Refusal.REPLAYED


def raising(database: Database, level: str, when: str) -> None:
    """A table whose trigger says something, before or after each UPDATE, or at the end of its transaction."""
    constraint = "CONSTRAINT" if when == "COMMIT" else ""
    deferred = "DEFERRABLE INITIALLY DEFERRED" if when == "COMMIT" else ""
    order = "BEFORE" if when == "BEFORE" else "AFTER"
    administer(
        database,
        f"CREATE OR REPLACE FUNCTION saying() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE {level} $$said$$; RETURN NEW; END'",
        f"CREATE {constraint} TRIGGER saying {order} UPDATE ON poterne {deferred} FOR EACH ROW EXECUTE FUNCTION saying()",
    )


@pytest.mark.parametrize("when", ["BEFORE", "UPDATE", "COMMIT"])
@pytest.mark.parametrize("level", ["WARNING", "NOTICE"])
def test_a_warning_counts_at_commit_alone(way: Tuple[Database, Column], level: str, when: str, request: Any) -> None:
    """A statement that commits itself does not tell a trigger's warning from its commit's. That is learned from the first one: then a
    COMMIT of its own tells them apart, unless the application wants autocommit.
    """
    database, store = way
    old = enrolled(store)
    raising(database, level, when)
    name = request.node.callspec.params["way"]
    # psycopg2 does not tell a notice from a warning. The swap itself quiets notices, but what was said before it.
    is_heard = level == "WARNING" or (when == "BEFORE" and "psycopg2" in name)
    if when == "BEFORE" and "silent" in name:
        is_heard = False
    assert store.swap(ACCOUNT, old, resealed(old)) == (0 if is_heard else 1)
    new = stored(database)
    assert new is not None and new != old
    counts = is_heard if "autocommit" in name else level == "WARNING" and when == "COMMIT"
    assert store.swap(ACCOUNT, new, resealed(new)) == (0 if counts else 1)
    assert stored(database) != new


@pytest.mark.parametrize("driver", ["psycopg", "psycopg2"])
def test_what_a_connection_would_say_with_begin_holds(driver: str) -> None:
    """A statement that commits itself has no BEGIN; and the connection comes back as it was."""
    database = Database("postgresql")
    database.create()
    administer(
        database,
        "CREATE OR REPLACE FUNCTION level() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF current_setting($$transaction_isolation$$) <>"
        " $$serializable$$ THEN RAISE $$too low$$; END IF; RETURN NEW; END'",
        "CREATE TRIGGER level AFTER UPDATE ON poterne FOR EACH ROW EXECUTE FUNCTION level()",
    )
    connection = database.connect() if driver == "psycopg" else postgresql2(database)
    store = Column(connect=lambda: connection, give_back=lambda _: None, paramstyle="pyformat")
    old = enrolled(store)
    assert connection.autocommit is False
    # The control: without a level of its own.
    other = Column(connect=database.connect, paramstyle="pyformat")
    unavailable(lambda: other.swap(ACCOUNT, old, resealed(old)))
    connection.isolation_level = psycopg.IsolationLevel.SERIALIZABLE if driver == "psycopg" else "SERIALIZABLE"
    new = resealed(old)
    assert store.swap(ACCOUNT, old, new) == 1
    setattr(connection, "read_only" if driver == "psycopg" else "readonly", True)
    assert "SQLSTATE 25006" in str(unavailable(lambda: store.swap(ACCOUNT, new, old)))
    # It was closed: nobody knows how it is.
    assert connection.closed and stored(database) == new


@pytest.mark.parametrize("driver", ["psycopg", "psycopg2"])
def test_what_cannot_commit_itself_has_a_commit_of_its_own(driver: str) -> None:
    """A view whose rule gives nothing back takes no RETURNING, with which a statement that commits itself is told apart."""
    database = Database("postgresql")
    database.create()
    old = enrolled(Column(connect=database.connect, paramstyle="pyformat"))
    administer(
        database,
        "CREATE VIEW ruled AS SELECT * FROM poterne",
        "CREATE RULE ruled AS ON UPDATE TO ruled DO INSTEAD UPDATE poterne SET record = new.record"
        " WHERE account = old.account AND record = old.record",
    )
    connection = database.connect() if driver == "psycopg" else postgresql2(database)
    try:
        store = Column(connect=lambda: connection, give_back=lambda _: None, paramstyle="pyformat", table="ruled")
        for _ in range(2):
            new = resealed(old)
            assert store.swap(ACCOUNT, old, new) == 1
            assert store.swap(ACCOUNT, old, new) == 0
            assert stored(database) == new
            old = new
        # The connection was whole all the time.
        assert not connection.closed and connection.autocommit is False
    finally:
        connection.close()
        administer(database, "DROP VIEW ruled")


def test_what_the_driver_has_heard_before_stays() -> None:
    database = Database("postgresql")
    database.create()
    for theirs in (["before"], collections.deque(["before"])):
        connection = postgresql2(database)
        connection.notices = theirs
        store = Column(connect=lambda: connection, give_back=lambda _: None, paramstyle="pyformat")
        old = agent.record(VERIFIER)
        database.run("DELETE FROM poterne")
        assert store.swap(ACCOUNT, None, old) == 1
        raising(database, "WARNING", "COMMIT")
        assert store.swap(ACCOUNT, old, resealed(old)) == 0
        assert connection.notices is theirs
        assert theirs[0] == "before" and "said" in theirs[1] and len(theirs) == 2
        administer(database, "DROP TRIGGER saying ON poterne")
        # The session's own setting is what it was.
        cursor = connection.cursor()
        cursor.execute("SHOW client_min_messages")
        assert cursor.fetchall() == [("notice",)]
        connection.close()


def test_mariadb_counts_changed_rows(tmp_path: Any) -> None:
    """PyMySQL alone counts changed rows, SQLAlchemy asks for found ones. A new record always differs: both are 1."""
    database = Database("mariadb")
    database.create()
    plain = Column(connect=database.connect, paramstyle="format")
    record = enrolled(plain)
    # The control: the same record again is no changed row, but a found one.
    assert plain.swap(ACCOUNT, record, record) == 0
    assert Column(database.engine()).swap(ACCOUNT, record, record) == 1
    assert login(plain).code == "accepted.otp"


def test_sqlite_that_is_locked_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before Python 3.11 the driver gives no number; from then on its words do not count."""
    from poterne import sql

    def is_conflict(failure: Exception) -> bool:
        return sql._is_conflict(failure, None, None)

    locked = (sqlite3.OperationalError("database is locked"), sqlite3.OperationalError("database table is locked: poterne"))
    monkeypatch.setattr(sql, "_TELLS_IN_WORDS", True)
    assert all(is_conflict(failure) for failure in locked)
    for other in (
        sqlite3.OperationalError("no such table: poterne"),
        sqlite3.OperationalError("no such table: database is locked"),
        sqlite3.IntegrityError("database is locked"),  # a trigger may say that
        ValueError("database is locked"),
    ):
        assert not is_conflict(other)
    monkeypatch.setattr(sql, "_TELLS_IN_WORDS", False)
    assert not any(is_conflict(failure) for failure in locked)


def of_driver(module: str, *arguments: Any, **attributes: Any) -> Exception:
    """An exception of a driver that is not here, in the shape that its documentation gives."""
    made: Exception = type("DatabaseError", (Exception,), {"__module__": module, **attributes})(*arguments)
    return made


class OracleError:
    def __init__(self, code: int, full_code: Optional[str]) -> None:
        self.code = code
        if full_code is not None:
            self.full_code = full_code


@pytest.mark.parametrize(
    "failure, expected",
    [
        (of_driver("pymysql.err", 1205, "x"), True),
        (of_driver("MySQLdb", 1213, "x"), True),
        (of_driver("mysql.connector.errors", errno=1020, sqlstate="HY000"), True),
        (of_driver("mysql.connector.errors", errno=-1, sqlstate="40001"), True),
        (of_driver("mariadb", errno=1205), True),
        (of_driver("psycopg.errors", sqlstate="40P01"), True),
        (of_driver("psycopg2.errors", pgcode="55P03"), True),
        (of_driver("oracledb.exceptions", OracleError(60, "ORA-00060")), True),
        (of_driver("oracledb.exceptions", OracleError(0, "DPY-4024")), False),
        (of_driver("oracledb.exceptions", OracleError(60, "DPY-00060")), False),
        (of_driver("cx_Oracle", OracleError(8177, None)), True),
        (of_driver("pymssql", 1222, b"x"), True),
        (of_driver("firebird.driver.types", sqlstate="40001", gds_codes=(335544336,)), True),
        (of_driver("firebird.driver.types", sqlstate="42000", gds_codes=(335544569, 335544878)), True),
        (of_driver("firebird.driver.types", sqlcode=-104, gds_codes=(335544569,)), False),
        (of_driver("fdb.fbcore", "x", -913, 335544336), False),  # its codes have no name: unavailable
        (of_driver("ibm_db_dbi", "40001"), True),
        # The codes of one database mean other things on another.
        (of_driver("pymysql.err", 60, "x"), False),
        (of_driver("psycopg.errors", 1205), False),
        (of_driver("oracledb.exceptions", OracleError(1205, "ORA-01205")), False),
        (of_driver("pymssql", 1213), False),
        (of_driver("a.driver.that.nobody.knows", 1205, sqlstate="40P01"), False),
        (of_driver("a.driver.that.nobody.knows", sqlstate="40001"), True),
        (poterne.Error(ErrorKind.STORE, "40001"), False),
        # And odd ones.
        (of_driver("pymysql.err", 2**31 + 1205), False),
        (of_driver("firebird.driver.types", gds_codes=7), False),
        (of_driver("oracledb.exceptions", OracleError(0, "ORA-" + "9" * 30)), False),
        (of_driver("psycopg.errors", sqlstate=40001), False),
    ],
)
def test_the_library_is_asked_by_each_driver_s_codes(failure: Exception, expected: bool) -> None:
    from poterne import sql

    assert sql._is_conflict(failure, None, None) is expected
    # The application's own class, derived from the driver's.
    derived = type("Derived", (type(failure),), {"__module__": "application"})
    if not isinstance(failure, poterne.Error):
        assert sql._is_conflict(derived(*failure.args), None, None) is expected


def test_python_s_own_exceptions_are_no_conflict() -> None:
    """They have numbers too: EIO is 5, as SQLITE_BUSY is."""
    from poterne import sql

    assert sql._is_conflict(of_driver("pysqlite3", sqlite_errorcode=5), "sqlite", None)
    assert not sql._is_conflict(OSError(5, "x"), "sqlite", None)
    assert not sql._is_conflict(OSError(1205, "x"), "mysql", None)


def test_odbc_says_what_the_database_is() -> None:
    from poterne import sql

    class Connection:
        def getinfo(self, number: int) -> str:
            assert number == 17
            return "PostgreSQL"

    class Broken:
        def getinfo(self, number: int) -> str:
            raise OSError("gone")

    failure = of_driver("pyodbc", "55P03", "[55P03] [PostgreSQL]...")
    assert sql._is_conflict(failure, None, Connection())
    assert not sql._is_conflict(failure, None, Broken())
    # An engine knows by itself.
    assert sql._is_conflict(failure, "postgresql", Broken())
    assert sql._is_conflict(of_driver("pyodbc", "40001"), None, Broken())


def test_statements_bind_every_value() -> None:
    store = Column(connect=lambda: None, paramstyle="pyformat")
    for statement in (store._select, store._update, store._fill, store._insert):
        assert not re.search(r"['\"]", statement.text)
    assert store._update.text.endswith("WHERE account = %(account)s AND record = %(old)s")
