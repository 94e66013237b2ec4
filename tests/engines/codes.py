"""What the engines really say when two swaps meet and when they cannot answer, against the table of codes (norm 7.11).

    codes.py FOLDER [ENGINE ...]

- Firebird: an update conflict, and a lock that does not come. Galera: two nodes commit the same row; and a node without a majority.
- PgBouncer without its server, etcd without a leader: never a verdict, neither yes nor no.

The control: what is wrong with a statement is no conflict; and in peace the same login is accepted.
"""

from __future__ import annotations

import pathlib
import sys
import threading
from typing import Any, Callable, Dict, List, Optional, Tuple

import poterne
from engines import APPLICATION, BEGIN, ENGINES, BehindPgbouncer, Engine, EtcdCluster, Galera, OneFirebird, code, enroll, prepare, submit
from poterne._poterne import is_conflict
from servers import Trouble, say, stop, wait_until

UPDATE = "UPDATE poterne SET record = '{}' WHERE account = 'a.martin'"


def said(call: Callable[[], Any]) -> Tuple[Optional[str], List[int]]:
    """The SQLSTATE and the numbers of the error that must come."""
    try:
        call()
    except Exception as failure:
        numbers = [*getattr(failure, "gds_codes", ()), getattr(failure, "sqlcode", None), *failure.args[:1]]
        return getattr(failure, "sqlstate", None), [number for number in numbers if isinstance(number, int)]
    raise Trouble("there was no error")


def judge(engine: Engine, product: str, what: str, answer: Tuple[Optional[str], List[int]], expected: List[int], is_lost: bool) -> str:
    """A conflict by each of the expected codes alone, as different drivers tell different ones; or by none of all that was said."""
    state, numbers = answer
    if is_lost:
        is_right = all(is_conflict(product, None, number) for number in expected)
    else:
        is_right = not is_conflict(product, state, None) and not any(is_conflict(product, None, number) for number in numbers)
    if not is_right or not set(expected) <= set(numbers):
        stop(f"{engine.name}: {what}: SQLSTATE {state}, codes {numbers}; expected {expected}, a conflict: {is_lost}")
    return f"{what}: {', '.join(map(str, numbers))}{f' ({state})' if state else ''}"


def execute(connection: Any, statement: str) -> None:
    connection.cursor().execute(statement)


def firebird(engine: OneFirebird) -> List[str]:
    ours, theirs = engine.one.connect(), engine.one.connect()
    try:
        execute(theirs, UPDATE.format("theirs"))
        lock = said(lambda: execute(ours, UPDATE.format("ours")))
        ours.rollback()
        # Ours waits until theirs commits.
        committing = threading.Timer(0.5, theirs.commit)
        committing.start()
        update = said(lambda: execute(ours, UPDATE.format("ours")))
        committing.join()
        ours.rollback()
        nothing = said(lambda: execute(ours, "SELECT * FROM nothing"))
    finally:
        # While there is a server: the driver waits for its answer.
        ours.close()
        theirs.close()
    return [
        judge(engine, "firebird", "a lock that does not come", lock, [335_544_336, 335_544_451, 335_544_878, -913], True),
        judge(engine, "firebird", "an update conflict", update, [335_544_336, 335_544_451, 335_544_878, -913], True),
        judge(engine, "firebird", "control, no table", nothing, [-204], False),
    ]


def galera(engine: Galera) -> List[str]:
    ours, theirs = (node.connect() for node in engine.nodes[:2])
    found = []
    execute(ours, "BEGIN")
    execute(ours, UPDATE.format("ours"))
    execute(theirs, UPDATE.format("theirs"))
    theirs.commit()

    def late() -> None:
        ours.commit()
        raise Trouble("both commits passed")

    found.append(judge(engine, "mariadb", "two nodes commit one row", said(late), [1213], True))
    found.append(judge(engine, "mariadb", "control, no table", said(lambda: execute(theirs, "SELECT * FROM nothing")), [1146], False))
    # One of two nodes is no majority.
    place = engine.nodes[1].place
    assert place is not None
    place.cut()
    answers = []

    def is_alone() -> bool:
        answers.append(said(lambda: execute(theirs, "SELECT * FROM poterne")))
        return 1047 in answers[-1][1]

    wait_until(is_alone, "the node sees that it is alone", 20)
    found.append(judge(engine, "mariadb", "a node without a majority", answers[-1], [1047], False))
    return found


def pgbouncer(engine: BehindPgbouncer) -> List[str]:
    engine.one.kill()
    return ["the server behind it is gone"]


def etcd(engine: EtcdCluster) -> List[str]:
    for member in engine.members[1:]:
        member.kill()
    return ["two of three members are gone"]


PROVOKE: Dict[str, Any] = {"firebird": firebird, "galera": galera, "pgbouncer": pgbouncer, "etcd": etcd}


def main() -> None:
    folder = pathlib.Path(sys.argv[1])
    prepare()
    for name in sys.argv[2:] or list(PROVOKE):
        place = folder / name
        place.mkdir()
        engine = ENGINES[name](place)
        verifier = poterne.Verifier(poterne.Keyring.generate(1), APPLICATION)
        try:
            engine.start()
            stores = [engine.store(node) for node in range(2)]
            for account in ("a.martin", "a.durand"):
                enroll(verifier, stores[0], account)
                engine.settle(stores, account)
            # The last one is that of the node that is cut off; of etcd and PgBouncer all are alike.
            store = stores[1] if name == "galera" else stores[0]
            if (result := submit(verifier, store, "a.durand", code("a.durand", BEGIN - 60), BEGIN - 60)) != "accepted.otp":
                stop(f"{engine.name}: in peace a login is {result}")
            found = PROVOKE[name](engine)
            if name != "firebird":
                result = submit(verifier, store, "a.durand", code("a.durand", BEGIN), BEGIN)
                if not result.startswith("error.store"):
                    stop(f"{engine.name}: a login is {result}")
                found.append(f"a login is {result.partition(':')[0]}")
            say(f"codes: {engine.name}: {'; '.join(found)}")
        finally:
            engine.end()


if __name__ == "__main__":
    try:
        main()
    except Trouble as trouble:
        stop(str(trouble))
