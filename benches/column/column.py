"""A login through `poterne.sql.Column` against a bare UPDATE and beside django-otp, by the same driver on the same server, from one thread.

    POTERNE_FLUSH=on tests/databases python benches/column/column.py [--rounds N] >column.tsv

Prints two lines for each contestant and round: clock or processor, CONTESTANT, DRIVER, ROUND, NANOSECONDS_PER_CALL, with tabs between.
Each login has a code of its own and must be accepted, and after the rounds the last code must be refused; each bare UPDATE compares and
swaps 504 characters, commits itself, and must update one row. The contestants take turns in short rounds, and another one begins each
round. Times of the clock are mostly the server's, which flushes each commit to the disk; those of the processor are this process's alone.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from typing import Any, Callable, List, Tuple

import sqlalchemy

import django_site
import poterne
from poterne.django import table
from poterne.sql import Column

SECRET = b"12345678901234567890"
BEGIN = 1_800_000_015
PER_ROUND = 4
DRIVERS = ("psycopg", "psycopg2", "PyMySQL")

# Waits for so many seconds, and then does its work: whether it was accepted.
Contestant = Callable[[int], bool]


def server(driver: str) -> Tuple[str, str, str]:
    """Its name, SQLAlchemy's for the driver, and the port."""
    kind, name = ("mysql", "mysql+pymysql") if driver == "PyMySQL" else ("postgresql", f"postgresql+{driver}")
    return kind, name, os.environ["POTERNE_MARIADB_PORT" if kind == "mysql" else "POTERNE_POSTGRESQL_PORT"]


def engine(driver: str) -> sqlalchemy.engine.Engine:
    _, name, port = server(driver)
    return sqlalchemy.create_engine(f"{name}://poterne:poterne@127.0.0.1:{port}/poterne")


def bare(driver: str) -> Contestant:
    connection: Any = engine(driver).raw_connection().driver_connection
    if driver == "PyMySQL":
        connection.autocommit(True)
    else:
        connection.autocommit = True
    cursor = connection.cursor()
    texts = ["A" * 504, "B" * 504]
    cursor.execute("INSERT INTO poterne (account, record) VALUES (%s, %s)", (f"bare {driver}", texts[0]))

    def update(_seconds: int) -> bool:
        cursor.execute(
            "UPDATE poterne SET record = %s WHERE account = %s AND record = %s", (texts[1], f"bare {driver}", texts[0])
        )
        texts.reverse()
        return bool(cursor.rowcount == 1)

    return update


def login(account: str, store: Callable[[], Column]) -> Contestant:
    verifier = poterne.Verifier(poterne.Keyring.generate(1), "bench")
    record = verifier.import_credential(account, poterne.Secret(SECRET), now=BEGIN).record
    assert record is not None and store().swap(account, None, record) == 1
    now = BEGIN

    def one(seconds: int) -> bool:
        nonlocal now
        now += seconds
        try:
            verifier.login(account, poterne.totp(SECRET, now), store=store(), now=now)
        except poterne.Refused:
            return False
        return True

    return one


def column(driver: str, is_alone: bool) -> Callable[[], Column]:
    store = Column(engine(driver))
    # As for a connection with an isolation level of its own.
    store._is_alone = is_alone
    return lambda: store


def contestants(driver: str) -> List[Tuple[str, Contestant]]:
    each = [("bare UPDATE", bare(driver)), ("a login", login("login", column(driver, True)))]
    if driver != "PyMySQL":
        each.append(("a login in transactions", login("in transactions", column(driver, False))))
    # Where psycopg is installed too, Django does not take psycopg2.
    if driver != "psycopg2":
        kind, _, port = server(driver)
        django_site.start(kind, port)
        each.append(("a login in Django", login("in Django", table.column)))
        each.append(("a login of django-otp in Django", django_site.django_otp_login(SECRET, BEGIN)))
    return each


def measure(driver: str, rounds: int) -> None:
    with engine(driver).begin() as connection:
        connection.exec_driver_sql("DROP TABLE IF EXISTS poterne")
        connection.exec_driver_sql("CREATE TABLE poterne (account VARCHAR(255) NOT NULL PRIMARY KEY, record VARCHAR(504))")
    each = contestants(driver)
    for number in range(rounds + 1):
        for index in range(len(each)):
            name, call = each[(index + number) % len(each)]
            clock, processor = time.perf_counter_ns(), time.process_time_ns()
            for _ in range(PER_ROUND):
                assert call(30), f"{driver}: {name} was refused"
            taken = {"processor": time.process_time_ns() - processor, "clock": time.perf_counter_ns() - clock}
            # The first round warms up.
            for kind, nanoseconds in taken.items() if number else ():
                print(kind, name, driver, number, f"{nanoseconds / PER_ROUND:.1f}", sep="\t")
    for name, call in each:
        assert name == "bare UPDATE" or not call(0), f"{driver}: {name} accepts a code twice"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=400)
    parser.add_argument("--driver", choices=DRIVERS, help="this one only")
    arguments = parser.parse_args()
    if arguments.driver:
        measure(arguments.driver, arguments.rounds)
        return
    # Each in a process of its own: Django has one default database in a process.
    for driver in DRIVERS:
        subprocess.run([sys.executable, __file__, "--driver", driver, "--rounds", str(arguments.rounds)], check=True)


if __name__ == "__main__":
    main()
