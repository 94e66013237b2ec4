"""One code, many threads and processes, real databases: one login a round, and a naive control that lets more in."""

from __future__ import annotations

import multiprocessing
import threading
from typing import Any, Callable, Iterator, List, Optional, Tuple

import agent
import pytest
from agent import NOW, code
from databases import BACKENDS, Database

import poterne
from poterne.sql import Column

THREADS = 50
PROCESSES = 8

# What a contender came to: the code of its outcome, or the name of an exception.
Result = str


def login(verifier: poterne.Verifier, store: Column, account: str) -> Result:
    try:
        return verifier.login(account, code(), store=store, now=NOW).code
    except poterne.Refused as refused:
        return str(refused)
    except Exception as exception:
        return repr(exception)


def naive(verifier: poterne.Verifier, database: Database, account: str) -> Result:
    """What is often written: read, check, write. Its swap does not compare."""
    connection = database.connect()
    try:
        cursor = connection.cursor()
        cursor.execute(f"SELECT record FROM poterne WHERE account = '{account}'")
        record = cursor.fetchone()[0]
        connection.commit()
        attempt = verifier.credential(account, record).verify(code(), now=NOW)
        if attempt.record is not None:
            cursor.execute(f"UPDATE poterne SET record = '{attempt.record}' WHERE account = '{account}'")
            connection.commit()
        return attempt.outcome(1).code
    except poterne.Refused as refused:
        return refused.code
    except poterne.Error as error:
        return repr(error)
    except Exception:
        # A lock or a serialization failure: the naive one gives up.
        return "database"
    finally:
        connection.close()


@pytest.fixture(params=BACKENDS)
def database(request: pytest.FixtureRequest, tmp_path: Any) -> Database:
    kind, isolation = BACKENDS[request.param]
    database = Database(kind, isolation, str(tmp_path / "poterne.sqlite"))
    database.create()
    if kind == "sqlite":
        database.run("PRAGMA journal_mode = WAL")
    return database


def race(count: int, contend: Callable[[], Result]) -> List[Result]:
    """All begin at once."""
    results: List[Result] = []
    begin = threading.Barrier(count)

    def run() -> None:
        begin.wait()
        results.append(contend())

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == count
    return results


def judge(results: List[Result]) -> None:
    assert results.count("accepted.otp") == 1, results
    assert set(results) <= {"accepted.otp", "refused.replayed", "refused.conflict"}, results


def enroll(verifier: poterne.Verifier, store: Column, number: int) -> str:
    account = f"agent{number}"
    assert store.swap(account, None, agent.record(verifier, account)) == 1
    return account


def test_threads(database: Database, rounds: int) -> None:
    verifier = agent.verifier()
    engine = database.engine(pool_size=THREADS, max_overflow=0)
    store = Column(engine)
    for number in range(rounds):
        account = enroll(verifier, store, number)
        judge(race(THREADS, lambda: login(verifier, store, account)))
        assert login(verifier, store, account) == "refused.replayed"
    engine.dispose()


# The keyring's text, the database, and how many rounds.
Task = Tuple[str, Tuple[str, Optional[str], str], int]


def contend(tasks: Any, begin: Any, results: Any) -> None:
    """A server process of its own: its keyring is the others', its connections are not."""
    for keyring, place, rounds in iter(tasks.get, None):
        verifier = poterne.Verifier(poterne.Keyring.parse(keyring), "tests")
        engine = Database(*place).engine(pool_size=1, max_overflow=0)
        store = Column(engine)
        for number in range(rounds):
            begin.wait(60)
            results.put((number, login(verifier, store, f"agent{number}")))
        engine.dispose()


class Contenders:
    """Processes that race on one database after the other: to start them takes longer than to race."""

    def __init__(self) -> None:
        spawn = multiprocessing.get_context("spawn")
        self.tasks: List[Any] = [spawn.SimpleQueue() for _ in range(PROCESSES)]
        self.results: Any = spawn.Queue()
        # Kept: a barrier that nobody here refers to is taken from those who wait at it.
        self.begin: Any = spawn.Barrier(PROCESSES)
        self.processes = [
            spawn.Process(target=contend, args=(tasks, self.begin, self.results)) for tasks in self.tasks
        ]
        for process in self.processes:
            process.start()

    def give(self, task: Optional[Task]) -> None:
        for tasks in self.tasks:
            tasks.put(task)


@pytest.fixture(scope="module")
def contenders() -> Iterator[Contenders]:
    contenders = Contenders()
    yield contenders
    contenders.give(None)
    for process in contenders.processes:
        process.join(60)
        assert process.exitcode == 0


def test_processes(database: Database, rounds: int, contenders: Contenders) -> None:
    keyring = poterne.Keyring.generate(1)
    verifier = poterne.Verifier(keyring, "tests")
    store = Column(connect=database.connect, paramstyle=database.paramstyle)
    for number in range(rounds):
        enroll(verifier, store, number)
    contenders.give((keyring.to_text(), (database.kind, database.isolation, database.file), rounds))
    found: List[List[Result]] = [[] for _ in range(rounds)]
    for _ in range(rounds * PROCESSES):
        number, result = contenders.results.get(timeout=60)
        found[number].append(result)
    for each in found:
        assert len(each) == PROCESSES
        judge(each)


def test_the_naive_way_lets_several_in(database: Database) -> None:
    """The control: if it never does, these races race nothing."""
    verifier = agent.verifier()
    store = Column(connect=database.connect, paramstyle=database.paramstyle)
    most = 0
    for number in range(20):
        account = enroll(verifier, store, number)
        results = race(THREADS, lambda: naive(verifier, database, account))
        assert set(results) <= {"accepted.otp", "refused.replayed", "database"}, results
        most = max(most, results.count("accepted.otp"))
        if most > 1:
            break
    assert most > 1, "the control accepted one code once only"
