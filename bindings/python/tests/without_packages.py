"""The package on an interpreter that has nothing else: every vector, a login over SQLite, and what is refused."""

from __future__ import annotations

import os
import sqlite3
import sys
import tempfile
import types

import poterne
import poterne.apps
from poterne import sql
from poterne.sql import Column


class Mark:
    """What test_vectors.py asks of pytest, on a machine that does not have it."""

    def __getattr__(self, _: str):
        return lambda *arguments, **options: lambda function: function


def param(*values, **options):
    return values


sys.modules["pytest"] = types.SimpleNamespace(  # type: ignore[assignment]
    mark=Mark(), param=param, fixture=lambda *arguments, **options: lambda function: function,
    Parser=object, FixtureRequest=object,
)
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import conftest  # noqa: E402, F401  (where the vectors' reader is)
import test_vectors  # noqa: E402
from agent import ACCOUNT, NOW, code, record, verifier  # noqa: E402

passed = 0
for kind, case in test_vectors.cases():
    kind(case)
    passed += 1
assert passed > 2500, passed

with tempfile.TemporaryDirectory() as folder:
    file = os.path.join(folder, "poterne.sqlite")
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE poterne (account TEXT NOT NULL PRIMARY KEY, record TEXT NOT NULL)")
    connection.close()
    store = Column(connect=lambda: sqlite3.connect(file, timeout=1), paramstyle=sqlite3.paramstyle)
    one = verifier()
    assert store.swap(ACCOUNT, None, record(one)) == 1
    store.check(one, ACCOUNT)
    assert one.login(ACCOUNT, code(), store=store, now=NOW).code == "accepted.otp"
    try:
        one.login(ACCOUNT, code(), store=store, now=NOW)
    except poterne.Refused as refused:
        assert refused.refusal is poterne.Refusal.REPLAYED
    else:
        raise AssertionError("a replay was accepted")
    # What another class than the driver's says counts for nothing, whatever the words.
    assert not sql._is_conflict(ValueError("database is locked"), None, None)
    # A lock that somebody else holds, in whatever way this version of the driver says it.
    theirs = sqlite3.connect(file)
    theirs.execute("UPDATE poterne SET account = account")
    assert store.swap(ACCOUNT, store.load(ACCOUNT), record(one)) == 0
    theirs.rollback()
    theirs.close()
    # The same of connections that share a cache, which has another code and other words.
    shared = "file:poterne?mode=memory&cache=shared"
    theirs = sqlite3.connect(shared, uri=True)
    theirs.execute("CREATE TABLE poterne (account TEXT NOT NULL PRIMARY KEY, record TEXT NOT NULL)")
    store = Column(connect=lambda: sqlite3.connect(shared, uri=True, timeout=1), paramstyle=sqlite3.paramstyle)
    first = record(one)
    assert store.swap(ACCOUNT, None, first) == 1
    theirs.execute("UPDATE poterne SET account = account")
    assert store.swap(ACCOUNT, first, record(one)) == 0
    theirs.rollback()
    theirs.close()

for wrong in (True, None, 1.0):
    try:
        one.credential(ACCOUNT, None).verify("x").outcome(wrong)
    except TypeError:
        continue
    raise AssertionError(wrong)

print(f"without_packages: {passed} vectors and a login on Python {sys.version.split()[0]}")
