"""A PostgreSQL that stands still: its machine acknowledges what is sent, and nobody reads it."""

from __future__ import annotations

import contextlib
import os
import pathlib
import re
import signal
from typing import Iterator, List

import sqlalchemy


@contextlib.contextmanager
def frozen(engine: sqlalchemy.Engine) -> Iterator[None]:
    with engine.connect() as connection:
        backend = int(connection.execute(sqlalchemy.text("SELECT pg_backend_pid()")).scalar_one())
        # While the backend is there. 0 would be the tests themselves.
        first = parent(backend)
    assert first > 1, backend
    engine.dispose()
    stopped: List[int] = []
    try:
        # The first one forks the others.
        for pid in (first, *processes()):
            if pid == first or parent(pid) == first:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGSTOP)
                    stopped.append(pid)
        yield
    finally:
        for pid in stopped:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


def processes() -> List[int]:
    return [int(each.name) for each in pathlib.Path("/proc").iterdir() if each.name.isdigit()]


def parent(pid: int) -> int:
    try:
        found = re.search(r"(?m)^PPid:\s+(\d+)$", pathlib.Path(f"/proc/{pid}/status").read_text())
    except FileNotFoundError:
        return 0
    return int(found[1]) if found else 0
