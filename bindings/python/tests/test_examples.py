"""The examples of the package's docstrings, and those of the manual that stand in its text and tables: every one runs, with and
without assertions.
"""

from __future__ import annotations

import ast
import contextlib
import doctest
import pathlib
import re
import sqlite3
import textwrap
from typing import Any, Dict, Iterator, List, Tuple

import agent
import psycopg2.pool
import psycopg_pool
import pytest
import sqlalchemy
from agent import ACCOUNT, SECRET
from conftest import ROOT
from databases import Database

import poterne
import poterne.apps
from poterne.sql import Column

PACKAGE = ROOT / "bindings" / "python" / "python" / "poterne"
README, MANUAL = (ROOT / "bindings" / "python" / name for name in ("README.md", "MANUAL.md"))
VERIFIER = agent.verifier()
SIZE = 2


def docstrings() -> Iterator[Tuple[str, str]]:
    for file in sorted([*PACKAGE.glob("*.py"), *PACKAGE.glob("*.pyi")]):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
                text = ast.get_docstring(node, clean=False)
                margin = " " * (0 if isinstance(node, ast.Module) else node.col_offset + 4)
                if text:
                    yield f"{file.name}:{getattr(node, 'name', '')}", re.sub(f"^{margin}", "", text, flags=re.MULTILINE)


def blocks(text: str) -> List[str]:
    """The paragraphs that are indented."""
    paragraphs = re.split(r"\n\s*\n", text)
    return [textwrap.dedent(each).strip("\n") for each in paragraphs if each.startswith("    ")]


EXAMPLES = [(place, block) for place, text in docstrings() for block in blocks(text)]


def test_every_example_is_known() -> None:
    """A new one is run below, or this fails."""
    assert sorted(place for place, _ in EXAMPLES) == [
        "__init__.py:", "_store.py:apply", "apps.py:", "sql.py:", "sql.py:Column",
    ]


def test_no_example_and_no_module_lets_an_assertion_do_the_work() -> None:
    texts = [block for _, block in EXAMPLES if not block.startswith(">>>")]
    for page in (README, MANUAL):
        texts += re.findall(r"```python\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    texts += [file.read_text("utf-8") for file in PACKAGE.glob("*.py")]
    for text in texts:
        assert not [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Assert)]


class Pools:
    """`pool` in the examples: psycopg's has `connection`, psycopg2's `getconn` and `putconn`. Two connections each."""

    def __init__(self, first: Any, second: Any) -> None:
        self.connection, self.getconn, self.putconn = first.connection, second.getconn, second.putconn


@pytest.fixture
def space(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Dict[str, Any]]:
    """The names that the examples use, over a PostgreSQL, and a SQLite file of the application's name."""
    monkeypatch.chdir(tmp_path)
    database = Database("postgresql")
    database.create()
    Database("sqlite", file="application.sqlite").create()
    pathlib.Path("poterne.keys").touch(0o600)
    pathlib.Path("poterne.keys").write_text(poterne.Keyring.generate(1).to_text())
    dsn = f"host=127.0.0.1 port={database.port} user=poterne password=poterne dbname=poterne"
    with contextlib.ExitStack() as stack:
        first = stack.enter_context(psycopg_pool.ConnectionPool(dsn, min_size=SIZE, max_size=SIZE, timeout=20, open=True))
        second = psycopg2.pool.ThreadedConnectionPool(SIZE, SIZE, dsn)
        stack.callback(second.closeall)
        engine = database.engine(pool_size=SIZE, max_overflow=0, pool_timeout=20)
        stack.callback(engine.dispose)
        yield {"poterne": poterne, "Column": Column, "sqlite3": sqlite3, "pool": Pools(first, second), "engine": engine}


def logs_in_often(store: Column) -> None:
    """More often than a pool of the examples has connections."""
    old = store.load(ACCOUNT)
    assert store.swap(ACCOUNT, old, agent.record(VERIFIER)) == 1
    for step in range(2 * SIZE + 1):
        typed = poterne.hotp(SECRET, agent.STEP + step)
        assert VERIFIER.login(ACCOUNT, typed, store=store, now=agent.NOW + 30 * step).code == "accepted.otp"


def examples(place: str) -> str:
    (block,) = [block for each, block in EXAMPLES if each == place]
    return block


def run(block: str, space: Dict[str, Any], optimize: int) -> None:
    exec(compile(block, "example", "exec", optimize=optimize), space)


@pytest.mark.parametrize("optimize", [0, 2])
@pytest.mark.parametrize("place, stores", [("sql.py:", 3), ("sql.py:Column", 1)])
def test_each_store_of_the_examples_logs_in_as_often_as_one_likes(
    place: str, stores: int, optimize: int, space: Dict[str, Any]
) -> None:
    statements = ast.parse(examples(place)).body
    assert len(statements) == stores
    for statement in statements:
        made: Any = statement
        run(f"store = {ast.unparse(made.value)}", space, optimize)
        logs_in_often(space["store"])


@pytest.mark.parametrize("optimize", [0, 2])
def test_the_first_example_of_the_package(optimize: int, space: Dict[str, Any]) -> None:
    store = Column(space["engine"])
    verifier = poterne.Verifier(poterne.Keyring.open("poterne.keys"), "grand-angle")
    assert store.swap(ACCOUNT, None, agent.new_record(verifier.import_credential(ACCOUNT, SECRET))) == 1
    space.update(user=ACCOUNT, code=poterne.totp(SECRET), store=store)
    run(examples("__init__.py:"), space, optimize)
    assert space["accepted"].code == "accepted.otp"
    # Once more: refused, which the example catches. Without a table: the error, which it catches too.
    del space["accepted"]
    run(examples("__init__.py:"), space, optimize)
    space["store"] = Column(space["engine"], table="nothing")
    run(examples("__init__.py:"), space, optimize)
    assert "accepted" not in space


@pytest.mark.parametrize("optimize", [0, 2])
def test_the_loops_of_the_examples(optimize: int, space: Dict[str, Any]) -> None:
    store = Column(space["engine"])
    with VERIFIER.enroll(ACCOUNT) as enrollment:
        assert store.swap(ACCOUNT, None, enrollment.record) == 1
        secret = poterne.OtpauthUri.parse(enrollment.otpauth_uri("poterne", ACCOUNT).as_str()).secret
    space.update(verifier=VERIFIER, store=store, code=poterne.totp(secret))
    run(examples("_store.py:apply"), space, optimize)
    assert space["confirmed"].code == "confirmed"
    assert len(space["codes"]) == 8


def test_the_example_of_the_table_of_applications() -> None:
    result = doctest.testmod(poterne.apps)
    assert (result.attempted, result.failed) == (2, 0)


# The manual's, outside of its blocks.


def test_the_stores_in_the_manual_s_table(space: Dict[str, Any]) -> None:
    stores = re.findall(r"`(Column\([^`]*\))`", MANUAL.read_text("utf-8"))
    assert len(stores) == 3
    for store in stores:
        run(f"store = {store}", space, 2)
        logs_in_often(space["store"])


@pytest.mark.parametrize("kind", ["sqlite", "postgresql", "mariadb"])
def test_the_manual_s_lock_timeouts_are_two_seconds(kind: str, tmp_path: Any) -> None:
    timeouts = [ast.literal_eval(text) for text in re.findall(r"`(?:connect_args=)?(\{\"[^`]*\})`", MANUAL.read_text("utf-8"))]
    assert len(timeouts) == 3
    database = Database(kind, file=str(tmp_path / "poterne.sqlite"))
    url = database.engine().url
    number = ["sqlite", "postgresql", "mariadb"].index(kind)
    engine = sqlalchemy.create_engine(url, connect_args=timeouts[number], pool_pre_ping=True)
    ask = {
        "sqlite": "PRAGMA busy_timeout", "postgresql": "SHOW lock_timeout", "mariadb": "SELECT @@innodb_lock_wait_timeout",
    }
    with engine.connect() as connection:
        told = connection.execute(sqlalchemy.text(ask[kind])).scalar_one()
    engine.dispose()
    assert told == {"sqlite": 2000, "postgresql": "2s", "mariadb": 2}[kind]
