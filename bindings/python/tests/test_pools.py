"""`poterne.sql.Column` over the pools that applications have: no connection gets lost, none is lent again that is broken, and what
happens when requests and the store share one.
"""

from __future__ import annotations

import contextlib
import threading
from typing import Any, Callable, Iterator, List, Optional

import agent
import psycopg2.pool
import psycopg_pool
import pytest
import sqlalchemy
from agent import ACCOUNT, NOW, STEP, code, new_record
from databases import BACKENDS, Database
from sqlalchemy import event

import poterne
from poterne import ErrorKind, Refusal
from poterne.sql import Column

VERIFIER = agent.verifier()
SIZE = 2


class Pool:
    """A pool of two connections, the store over it, and how to lend and end one by hand."""

    def __init__(self, store: Callable[..., Column], lend: Callable[[], Any], give_back: Callable[[Any], object]) -> None:
        self.store, self.lend, self.give_back = store, lend, give_back

    def assert_whole(self) -> List[Any]:
        """As many connections as at the beginning; each works, and none is inside a transaction."""
        lent = [self.lend() for _ in range(SIZE)]
        assert len({id(connection) for connection in lent}) == SIZE
        for connection in lent:
            driver = getattr(connection, "dbapi_connection", connection)
            assert driver.info.transaction_status == 0
            cursor = connection.cursor()
            cursor.execute("SELECT pg_backend_pid()")
        pids = []
        for connection in lent:
            driver = getattr(connection, "dbapi_connection", connection)
            pids.append(driver.info.backend_pid)
            connection.rollback()
            self.give_back(connection)
        return pids


@pytest.fixture
def database() -> Database:
    database = Database("postgresql")
    database.create()
    return database


def dsn(database: Database) -> str:
    return f"host=127.0.0.1 port={database.port} user=poterne password=poterne dbname=poterne options='-c lock_timeout=300'"


@contextlib.contextmanager
def psycopg_pool_of(database: Database, size: int = SIZE) -> Iterator[Any]:
    with psycopg_pool.ConnectionPool(dsn(database), min_size=size, max_size=size, timeout=20, open=True) as pool:
        pool.wait()
        yield pool


@contextlib.contextmanager
def psycopg2_pool_of(database: Database, size: int = SIZE) -> Iterator[Any]:
    pool = psycopg2.pool.ThreadedConnectionPool(size, size, dsn(database))
    yield pool
    pool.closeall()


@pytest.fixture(params=["engine", "psycopg", "psycopg lent", "psycopg2", "by hand"])
def pool(request: pytest.FixtureRequest, database: Database) -> Iterator[Pool]:
    if request.param == "engine":
        engine = database.engine(pool_size=SIZE, max_overflow=0, pool_timeout=20)
        yield Pool(lambda **names: Column(engine, **names), engine.raw_connection, lambda lent: lent.close())
        engine.dispose()
    elif request.param == "psycopg2":
        with psycopg2_pool_of(database) as other:
            yield Pool(
                lambda **names: Column(connect=other.getconn, give_back=other.putconn, paramstyle="pyformat", **names),
                other.getconn, other.putconn,
            )
    else:
        with psycopg_pool_of(database) as pool:

            @contextlib.contextmanager
            def by_hand() -> Iterator[Any]:
                connection = pool.getconn()
                try:
                    yield connection
                finally:
                    pool.putconn(connection)

            ways = {
                "psycopg": {"connect": pool.connection},
                "psycopg lent": {"connect": pool.getconn, "give_back": pool.putconn},
                "by hand": {"connect": by_hand},
            }
            way = ways[request.param]
            yield Pool(lambda **names: Column(**way, paramstyle="pyformat", **names), pool.getconn, pool.putconn)


def enroll(store: Column, account: str = ACCOUNT) -> str:
    record = agent.record(VERIFIER, account)
    assert store.swap(account, None, record) == 1
    return record


def login(store: Column, typed: str, account: str = ACCOUNT) -> str:
    try:
        return VERIFIER.login(account, typed, store=store, now=NOW).code
    except poterne.Refused as refused:
        return refused.code


def test_a_pool_is_whole_after_all_that_can_happen(pool: Pool, database: Database) -> None:
    """More often than it has connections, each of them."""
    pool.assert_whole()
    store = pool.store()
    old = enroll(store)
    assert login(store, code()) == "accepted.otp"
    for _ in range(SIZE + 1):
        assert login(store, code()) == "refused.replayed"
        assert store.swap(ACCOUNT, old, new_record(VERIFIER.credential(ACCOUNT, old).reseal())) == 0
        assert store.swap(ACCOUNT, None, old) == 0
    pool.assert_whole()
    # A lock that does not come is a conflict.
    theirs = database.connect()
    theirs.cursor().execute("UPDATE poterne SET record = record")
    now = store.load(ACCOUNT)
    for _ in range(SIZE + 1):
        assert store.swap(ACCOUNT, now, old) == 0
    theirs.rollback()
    theirs.close()
    pool.assert_whole()
    # No table: an error.
    for _ in range(SIZE + 1):
        with pytest.raises(poterne.Error):
            pool.store(table="nothing").load(ACCOUNT)
    pool.assert_whole()
    # A commit that fails.
    database.run(
        "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'no'; END $$ LANGUAGE plpgsql",
        "CREATE CONSTRAINT TRIGGER refuse AFTER UPDATE ON poterne DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION refuse()",
    )
    for _ in range(SIZE + 1):
        assert store.swap(ACCOUNT, now, old) == 0
    database.run("DROP TRIGGER refuse ON poterne")
    pool.assert_whole()
    assert login(store, code(STEP + 1)) == "accepted.otp"


class Interruption(BaseException):
    pass


def test_a_connection_that_may_be_broken_is_not_lent_again(
    pool: Pool, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It still answers, so that no pool finds out by itself: in the middle of an error or an interruption nobody knows what is on
    its way.
    """
    store = pool.store()
    enroll(store)
    before = pool.assert_whole()
    assert sorted(pool.assert_whole()) == sorted(before)
    with pytest.raises(poterne.Error):
        pool.store(table="nothing").load(ACCOUNT)
    between = pool.assert_whole()
    assert len(set(before) & set(between)) == SIZE - 1

    def interrupted(*_: Any) -> Any:
        raise Interruption

    with monkeypatch.context() as patched:
        patched.setattr("poterne.sql._Statement.bound", interrupted)
        with pytest.raises(Interruption):
            login(store, code())
    assert len(set(between) & set(pool.assert_whole())) == SIZE - 1
    # The control: a conflict is no reason, be it an exception of the driver or not.
    calm = pool.assert_whole()
    assert store.swap(ACCOUNT, "another", "record") == 0
    theirs = database.connect()
    theirs.cursor().execute("UPDATE poterne SET record = record")
    old = store.load(ACCOUNT)
    assert store.swap(ACCOUNT, old, "record") == 0
    theirs.rollback()
    theirs.close()
    assert sorted(pool.assert_whole()) == sorted(calm)
    assert login(store, code()) == "accepted.otp"


def test_a_connection_that_was_killed_is_replaced(pool: Pool, database: Database) -> None:
    store = pool.store()
    enroll(store)
    for pid in pool.assert_whole():
        database.run(f"SELECT pg_terminate_backend({pid})")
    errors = 0
    for _ in range(SIZE + 1):
        try:
            store.load(ACCOUNT)
        except poterne.Error as error:
            assert error.kind is ErrorKind.STORE
            errors += 1
    assert errors <= SIZE
    assert login(store, code()) == "accepted.otp"
    pool.assert_whole()


@pytest.mark.parametrize("raised", [OSError("away"), Interruption()])
def test_what_cannot_be_rolled_back_is_closed_and_goes_back(raised: BaseException, tmp_path: Any) -> None:
    """To a pool that looks at nothing. The commit has failed too, which alone would be a conflict."""
    database = Database("sqlite", file=str(tmp_path / "poterne.sqlite"))
    database.create()
    old = enroll(Column(connect=database.connect, paramstyle="qmark"))
    happened: List[str] = []

    class Broken:
        def __init__(self) -> None:
            self.connection = database.connect()

        def __getattr__(self, name: str) -> Any:
            return getattr(self.connection, name)

        def commit(self) -> None:
            raise OSError("away")

        def rollback(self) -> None:
            raise raised

        def close(self) -> None:
            happened.append("closed")
            self.connection.close()

    store = Column(connect=Broken, give_back=lambda _: happened.append("given back"), paramstyle="qmark")
    if isinstance(raised, Interruption):
        with pytest.raises(Interruption):
            store.swap(ACCOUNT, old, "new")
    else:
        assert store.swap(ACCOUNT, old, "new") == 0
    assert happened == ["closed", "given back"]


def test_a_manager_hears_of_a_failure_without_the_driver_s_text(database: Database) -> None:
    heard: List[Optional[BaseException]] = []

    class Manager:
        def __enter__(self) -> Any:
            self.connection = database.connect()
            return self.connection

        def __exit__(self, kind: Any, failure: Optional[BaseException], traceback: Any) -> bool:
            heard.append(failure)
            self.connection.close()
            # Whatever it says: a failure stays one.
            return True

    store = Column(connect=Manager, paramstyle="pyformat")
    record = enroll(store)
    assert heard == [None, None]
    database.run("ALTER TABLE poterne ADD CHECK (record NOT LIKE 'POTERNE1%') NOT VALID")
    with pytest.raises(poterne.Error):
        store.swap(ACCOUNT, record, new_record(VERIFIER.credential(ACCOUNT, record).reseal()))
    assert isinstance(heard[-1], poterne.Error) and "POTERNE1" not in repr(heard[-1])


def test_getconn_without_a_way_back_is_refused(database: Database) -> None:
    with psycopg_pool_of(database) as first, psycopg2_pool_of(database) as second:
        for pool in (first, second):
            with pytest.raises(TypeError, match="give_back=pool.putconn"):
                Column(connect=pool.getconn, paramstyle="pyformat")
    with pytest.raises(TypeError):
        Column(database.engine(), give_back=print)


# Hooks of a pool that begin a transaction.


@pytest.fixture(params=BACKENDS)
def hooked(request: pytest.FixtureRequest, tmp_path: Any) -> Iterator[Any]:
    kind, isolation = BACKENDS[request.param]
    database = Database(kind, isolation, str(tmp_path / "poterne.sqlite"))
    database.create()
    engine = database.engine(pool_size=1, max_overflow=0, pool_timeout=20)
    yield database, engine
    engine.dispose()


@pytest.mark.parametrize("name", ["connect", "checkout"])
def test_a_hook_that_begins_a_transaction_is_named_and_one_that_ends_it_is_fine(hooked: Any, name: str) -> None:
    database, engine = hooked
    store = Column(engine)
    enroll(store)
    engine.dispose()
    # SQLite begins with a change only, and PyMySQL tells of a transaction after one only; psycopg begins with anything.
    statement = "SELECT 1" if database.kind == "postgresql" else "UPDATE poterne SET account = account"
    does_commit = False

    def hook(connection: Any, *_: Any) -> None:
        cursor = connection.cursor()
        cursor.execute(statement)
        cursor.close()
        if does_commit:
            connection.commit()

    event.listen(engine, name, hook)
    for _ in range(2 if name == "checkout" else 1):
        with pytest.raises(poterne.Error) as caught:
            login(store, code())
        assert caught.value.kind is ErrorKind.STORE
        for word in ("hook of the pool", "SQLAlchemy", "let the hook commit"):
            assert word in str(caught.value)
    engine.dispose()
    does_commit = True
    assert login(store, code()) == "accepted.otp"
    assert login(store, code()) == "refused.replayed"


def test_a_pool_with_such_a_hook_is_not_emptied(database: Database) -> None:
    """What it has lent goes back, though there is an error each time."""
    Column(connect=database.connect, paramstyle="pyformat").swap(ACCOUNT, None, agent.record(VERIFIER))
    with psycopg_pool_of(database) as first, psycopg2_pool_of(database) as second:

        def hooked_getconn(pool: Any) -> Callable[[], Any]:
            def lend() -> Any:
                connection = pool.getconn()
                connection.cursor().execute("SELECT 1")
                return connection

            return lend

        @contextlib.contextmanager
        def hooked_connection() -> Iterator[Any]:
            with first.connection() as connection:
                connection.execute("SELECT 1")
                yield connection

        for way in (
            {"connect": hooked_connection},
            {"connect": hooked_getconn(first), "give_back": first.putconn},
            {"connect": hooked_getconn(second), "give_back": second.putconn},
        ):
            store = Column(**way, paramstyle="pyformat")
            for _ in range(SIZE + 1):
                with pytest.raises(poterne.Error, match="hook of the pool"):
                    store.load(ACCOUNT)
        Pool(lambda: store, first.getconn, first.putconn).assert_whole()
        Pool(lambda: store, second.getconn, second.putconn).assert_whole()


# One pool for the requests and the store.

REQUESTS = 10


@pytest.fixture(params=["postgresql", "mariadb"])
def server(request: pytest.FixtureRequest) -> Database:
    database = Database(request.param)
    database.create()
    store = Column(connect=database.connect, paramstyle=database.paramstyle)
    for number in range(REQUESTS):
        enroll(store, f"agent{number}")
    return database


def at_once(request: Callable[[int], str]) -> List[str]:
    """What ten requests at once come to."""
    came: List[str] = [""] * REQUESTS
    begin = threading.Barrier(REQUESTS)

    def work(number: int) -> None:
        begin.wait()
        try:
            came[number] = request(number)
        except Exception as failure:
            came[number] = type(failure).__name__

    threads = [threading.Thread(target=work, args=(number,)) for number in range(REQUESTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(came)


def looks_up(engine: sqlalchemy.engine.Engine) -> sqlalchemy.engine.Connection:
    """What a request does before the login: it looks the agent up, and keeps the connection."""
    connection = engine.connect()
    connection.execute(sqlalchemy.text("SELECT 1")).all()
    return connection


def test_requests_that_keep_a_connection_of_the_store_s_pool_let_nobody_in(server: Database) -> None:
    """Five have the five connections, and each waits for a sixth; five wait for their first."""
    engine = server.engine(pool_size=5, max_overflow=0, pool_timeout=1)
    store = Column(engine)
    # Those that gave up keep theirs until all have: so nobody is let in by somebody else's bad luck.
    end = threading.Barrier(REQUESTS)

    def request(number: int) -> str:
        connection: Optional[sqlalchemy.engine.Connection] = None
        try:
            connection = looks_up(engine)
            return login(store, code(), f"agent{number}")
        finally:
            end.wait()
            if connection is not None:
                connection.close()

    assert at_once(request) == ["Error"] * 5 + ["TimeoutError"] * 5
    assert login(store, code(), "agent0") == "accepted.otp"
    engine.dispose()


def test_a_small_pool_of_the_store_s_own_lets_everybody_in(server: Database) -> None:
    engine = server.engine(pool_size=5, max_overflow=0, pool_timeout=120)
    own = server.engine(pool_size=2, max_overflow=0, pool_timeout=120)
    store = Column(own)

    def request(number: int) -> str:
        with looks_up(engine):
            return login(store, code(), f"agent{number}")

    assert at_once(request) == ["accepted.otp"] * REQUESTS
    engine.dispose()
    own.dispose()


def test_requests_that_give_their_connection_back_before_let_everybody_in(server: Database) -> None:
    engine = server.engine(pool_size=5, max_overflow=0, pool_timeout=120)
    store = Column(engine)

    def request(number: int) -> str:
        looks_up(engine).close()
        return login(store, code(), f"agent{number}")

    assert at_once(request) == ["accepted.otp"] * REQUESTS
    engine.dispose()
