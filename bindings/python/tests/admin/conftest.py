"""An installation on each database."""

from __future__ import annotations

import pathlib
import uuid
from typing import Iterator

import pytest

from admin.installation import Home
from databases import Database


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the language of the machine is."""
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def home(request: pytest.FixtureRequest, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Home]:
    """An installation on each database."""
    yield from _home(request.param, tmp_path, capsys)


@pytest.fixture
def lite(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Home]:
    """On SQLite, for what concerns no database."""
    yield from _home("sqlite", tmp_path, capsys)


@pytest.fixture
def bare(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> Home:
    """Nothing yet."""
    return Home(tmp_path, Database("sqlite", None, str(tmp_path / "poterne.sqlite")), "poterne", capsys)


def _home(kind: str, folder: pathlib.Path, capture: pytest.CaptureFixture[str]) -> Iterator[Home]:
    folder.chmod(0o700)
    # A table of its own: the servers are shared by all tests.
    made = Home(folder, Database(kind, None, str(folder / "poterne.sqlite")), f"t_{uuid.uuid4().hex[:12]}", capture)
    done = made.init()
    assert done.code == 0, done.err
    yield made
    if kind != "sqlite":
        made.database.run(f"DROP TABLE IF EXISTS {made.table}")
