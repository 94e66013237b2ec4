"""How long the command `poterne` takes over a whole department, on SQLite and on PostgreSQL.

    tests/databases target/python/venv/bin/python benches/command.py [--employees 10000] [--records 100000]

Prints a line a run, fields between tabs: command, database, number, seconds, the goal in seconds for 10,000 employees or 100,000
records, megabytes at most. The seconds of enroll-all are those that it prints itself; those of forget have the start of Python in them.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
from typing import Any, Dict

import poterne

COMMAND = pathlib.Path(sys.executable).with_name("poterne")

SERVICES = ("Voirie", "Collèges", "Finances", "Solidarité", "Ressources humaines")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--employees", type=int, default=10_000)
    parser.add_argument("--records", type=int, default=100_000)
    given = parser.parse_args()
    for database in ("sqlite", "postgresql"):
        with tempfile.TemporaryDirectory() as folder:
            measure(pathlib.Path(folder), database, given.employees, given.records)


def measure(folder: pathlib.Path, database: str, employees: int, records: int) -> None:
    init(folder, database)
    staff(folder / "staff.csv", 0, employees)
    enrolled = run(folder, "enroll-all", "staff.csv", "--no-letters")
    tell("enroll-all", database, employees, enrolled["record_seconds"], 10, enrolled["memory_mb"])
    # The letters of those who are enrolled: with their records, the time of a run with letters.
    printed = run(folder, "enroll-all", "staff.csv", "--letters", "letters", "--include-pending")
    assert printed["letters"] == employees
    tell("enroll-all --letters", database, employees, enrolled["record_seconds"] + printed["letter_seconds"], 60, printed["memory_mb"])
    staff(folder / "more.csv", employees, records)
    run(folder, "enroll-all", "more.csv", "--no-letters")
    began = time.monotonic()
    forgotten = run(folder, "forget")
    assert forgotten["changed"] == forgotten["records"] >= employees, forgotten
    tell("forget", database, forgotten["records"], time.monotonic() - began, 60, 0)
    if database == "postgresql":
        import psycopg

        with psycopg.connect(host="127.0.0.1", port=int(os.environ["POTERNE_POSTGRESQL_PORT"]), user="poterne", password="poterne", dbname="poterne") as connection:
            connection.execute("DROP TABLE benchmark")


def init(folder: pathlib.Path, database: str) -> None:
    arguments = ["--application", "benchmark", "--table", "benchmark", "--set", "issuer=Département"]
    if database == "postgresql":
        password = folder / "password"
        password.touch(0o600)
        password.write_text("poterne\n")
        address = f"postgresql+psycopg://poterne@127.0.0.1:{os.environ['POTERNE_POSTGRESQL_PORT']}/poterne"
        arguments += ["--db", address, "--set", f"database_password_file={password}"]
    subprocess.run([COMMAND, "init", *arguments], cwd=folder, check=True, stdout=subprocess.DEVNULL)


def staff(path: pathlib.Path, first: int, last: int) -> None:
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["account", "name", "service", "language"])
        writer.writerows([f"{number:06}", f"Agent {number}", SERVICES[number % len(SERVICES)], "fr"] for number in range(first, max(last, first + 1)))


def run(folder: pathlib.Path, *arguments: str) -> Dict[str, Any]:
    done = subprocess.run([COMMAND, *arguments, "--json"], cwd=folder, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    found: Dict[str, Any] = json.loads(done.stdout)
    return found


def tell(command: str, database: str, number: int, seconds: float, goal: int, megabytes: int) -> None:
    print(command, database, number, f"{seconds:.1f}", goal, megabytes or "", sep="\t", flush=True)


if __name__ == "__main__":
    print(f"poterne {poterne.__version__}", file=sys.stderr)
    main()
