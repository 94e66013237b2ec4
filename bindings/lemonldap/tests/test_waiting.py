"""Many sessions that wait for a code: `waiting.py` has ten thousand of them."""

from __future__ import annotations

import contextlib
from typing import Any, Iterator, List

import pytest
import waiting
from department import Department

COUNT = 150
# A worker may grow so much meanwhile, in KiB.
GROWTH = 1024


@contextlib.contextmanager
def portal_with(department: Department, called: str, **extra: Any) -> Iterator[waiting.Portal]:
    class Portal(waiting.Portal):
        name = called
        workers = 2

    host = Portal()
    host.extra = {**host.extra, **extra}
    try:
        with department.setting("ticket_seconds", 600):
            host.start(department, nodes=1)
        yield host
    finally:
        host.stop()


def growth(before: waiting.Size, after: waiting.Size) -> List[int]:
    return [full - empty for empty, full in zip(before.memory, after.memory)]


def test_sessions_that_wait_cost_three_files(department: Department) -> None:
    people = [department.employee() for _ in range(20)]
    with portal_with(department, "waits") as host:
        waiting.wait(host, people, COUNT)
        before = waiting.size(host, department)
        all_of_them = waiting.wait(host, people, COUNT)
        after = waiting.size(host, department)
        assert max(growth(before, after)) < GROWTH
        # The session, which nobody has a cookie of, the token in front of it, and what was accepted.
        assert after.files - before.files == 3 * COUNT
        assert (after.bytes - before.bytes) / COUNT < 4096
        # Each has its own, and all wait.
        assert len({tab for _, _, tab in all_of_them}) == COUNT
        for person, client, tab in (*all_of_them[:10], *all_of_them[-10:]):
            assert not client.is_in() and client.code(tab, person.code())[0] == 302 and client.is_in()


def test_a_portal_that_keeps_what_waits_is_seen(department: Department) -> None:
    """The control."""
    people = [department.employee() for _ in range(20)]
    with portal_with(department, "keeps", useSafeJail=0, macros={"kept": "do { push @main::kept, 'x' x 50_000; 1 }"}) as host:
        waiting.wait(host, people, COUNT)
        before = waiting.size(host, department)
        waiting.wait(host, people, COUNT)
        with pytest.raises(AssertionError):
            assert max(growth(before, waiting.size(host, department))) < GROWTH
