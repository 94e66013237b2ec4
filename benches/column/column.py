"""A login through `poterne.sql.Column` against a bare UPDATE, by the same driver on the same server, from one thread.

    POTERNE_FLUSH=on tests/databases python benches/column/column.py [--rounds N] >column.tsv

Prints a line for each contestant and round: python, CONTESTANT, DRIVER, ROUND, NANOSECONDS_PER_CALL, with tabs between. Each login has
a code of its own and must be accepted; each bare UPDATE compares and swaps 504 characters, commits itself, and must update one row. The
contestants take turns in short rounds, and another one begins each round. Times are of the clock: they are mostly the server's, which
flushes each commit to the disk.
"""

from __future__ import annotations

import argparse
import os
import time
from typing import Any, Callable, Dict, List, Tuple

import psycopg
import psycopg2
import pymysql
import sqlalchemy

import poterne
from poterne.sql import Column

SECRET = b"12345678901234567890"
BEGIN = 1_800_000_015
PER_ROUND = 4
DRIVERS: Dict[str, Any] = {"psycopg": psycopg, "psycopg2": psycopg2, "PyMySQL": pymysql}


def engine(driver: str) -> sqlalchemy.engine.Engine:
    kind, name = ("MARIADB", "mysql+pymysql") if driver == "PyMySQL" else ("POSTGRESQL", f"postgresql+{driver}")
    port = os.environ[f"POTERNE_{kind}_PORT"]
    return sqlalchemy.create_engine(f"{name}://poterne:poterne@127.0.0.1:{port}/poterne")


def bare(driver: str) -> Callable[[], None]:
    connection: Any = engine(driver).raw_connection().driver_connection
    if driver == "PyMySQL":
        connection.autocommit(True)
    else:
        connection.autocommit = True
    cursor = connection.cursor()
    texts = ["A" * 504, "B" * 504]
    cursor.execute("INSERT INTO poterne (account, record) VALUES (%s, %s)", (f"bare {driver}", texts[0]))

    def update() -> None:
        cursor.execute(
            "UPDATE poterne SET record = %s WHERE account = %s AND record = %s", (texts[1], f"bare {driver}", texts[0])
        )
        assert cursor.rowcount == 1
        texts.reverse()

    return update


def login(driver: str, is_alone: bool) -> Callable[[], None]:
    store = Column(engine(driver))
    # As for a connection with an isolation level of its own.
    store._is_alone = is_alone
    verifier = poterne.Verifier(poterne.Keyring.generate(1), "bench")
    account = f"login {driver} {is_alone}"
    record = verifier.import_credential(account, poterne.Secret(SECRET), now=BEGIN).record
    assert record is not None and store.swap(account, None, record) == 1
    now = [BEGIN]

    def one() -> None:
        now[0] += 30
        verifier.login(account, poterne.totp(SECRET, now[0]), store=store, now=now[0])

    return one


def contestants(driver: str) -> List[Tuple[str, Callable[[], None]]]:
    one = ("a login", login(driver, True))
    if driver == "PyMySQL":
        return [("bare UPDATE", bare(driver)), one]
    return [("bare UPDATE", bare(driver)), one, ("a login in transactions", login(driver, False))]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=400)
    rounds: int = parser.parse_args().rounds
    for driver in DRIVERS:
        with engine(driver).begin() as connection:
            connection.exec_driver_sql("DROP TABLE IF EXISTS poterne")
            connection.exec_driver_sql("CREATE TABLE poterne (account VARCHAR(255) NOT NULL PRIMARY KEY, record VARCHAR(504))")
        each = contestants(driver)
        for number in range(rounds + 1):
            for index in range(len(each)):
                name, call = each[(index + number) % len(each)]
                begin = time.perf_counter_ns()
                for _ in range(PER_ROUND):
                    call()
                taken = (time.perf_counter_ns() - begin) / PER_ROUND
                # The first round warms up.
                if number:
                    print("python", name, driver, number, f"{taken:.1f}", sep="\t")


if __name__ == "__main__":
    main()
