"""What the second step takes, printed and not judged: the same site on PostgreSQL, with it and without. Run it under tests/databases.

    tests/databases target/venv/bin/python bindings/python/tests/django/figures.py [LOGINS]        300 by default
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from typing import Dict, List

os.environ["SITE_KIND"] = "postgresql"

import conftest
import psycopg
from people import Phone
from test_two_nodes import Browser, Nodes

import poterne


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    address, keyring = os.environ["SITE_DATABASE"], os.environ["SITE_KEYRING"]
    ours = Nodes(conftest.FOLDER, address, keyring=keyring, count=1)
    bare = Nodes(conftest.FOLDER, address, count=1)
    try:
        ours.users(count)
        verifier = poterne.Verifier(poterne.Keyring.open(keyring), "departement")
        secrets = {f"u{number}": poterne.Secret.generate() for number in range(count)}
        with psycopg.connect(address) as connection, connection.cursor() as cursor:
            rows = [(name, verifier.import_credential(name, secret).record) for name, secret in secrets.items()]
            cursor.executemany("INSERT INTO poterne VALUES (%s, %s)", rows)
        times: Dict[str, List[float]] = {}
        for name, secret in secrets.items():
            one = Browser(bare.ports[0])
            one.ask("GET", "/login/")
            timed(times, "password, without", lambda: one.ask("POST", "/login/", {"username": name, "password": f"s3cret-{name}"}))
            assert one.signed_in() == name
            one = Browser(ours.ports[0])
            one.ask("GET", "/login/")
            timed(times, "password, with", lambda: one.ask("POST", "/login/", {"username": name, "password": f"s3cret-{name}"}))
            timed(times, "page of the code", lambda: one.ask("GET", "/second-step/code/"))
            code = Phone(secret.to_base32()).code()
            timed(times, "code", lambda: one.ask("POST", "/second-step/code/", {"code": code}))
            assert one.signed_in() == name
            timed(times, "a page after it, with", lambda: one.ask("GET", "/"))
        # The first ones open connections and import.
        for title, found in times.items():
            found = sorted(found[20:])
            print(f"{title:<24}{len(found):>5}  p50 {statistics.median(found):6.1f} ms  p99 {found[int(len(found) * 0.99)]:6.1f} ms")
    finally:
        ours.stop()
        bare.stop()


def timed(times: Dict[str, List[float]], title: str, ask: object) -> None:
    begun = time.perf_counter()
    ask()  # type: ignore[operator]
    times.setdefault(title, []).append((time.perf_counter() - begun) * 1000)


main()
