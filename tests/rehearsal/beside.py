"""The part of the day that django-otp can play, there and here: apps at two nodes of a web host, with the failover. Counted, not judged.

Both have the same people, the same texts, the same HTTP server, and a pair of PostgreSQL servers of their own. What a failover loses is
typed again at once by half of the people, and after the runbook's wait by the others.
"""

from __future__ import annotations

import datetime
import importlib.metadata
import pathlib
import subprocess
import sys
import threading
import time
from collections import Counter
from typing import Any, Callable, List, Sequence, Tuple

from doors import HERE, Browser, Web
from engines import SynchronousPair
from failover import WAIT
from judge import Person
from servers import say, stop, wait_until
from visits import Typed

RIGHT = ("login", "double click")


class Tally:
    """What was accepted, and what a second time."""

    def __init__(self) -> None:
        self.answers: Counter[str] = Counter()
        self._seen: Counter[Tuple[str, str]] = Counter()
        self._lock = threading.Lock()

    def hear(self, person: Person, text: str, now: int, said: Sequence[str]) -> str:
        with self._lock:
            kinds = [each.split(".")[0] for each in said]
            self.answers.update(kinds)
            self._seen[person.account, text] += kinds.count("accepted")
        # Of two clicks one is enough.
        return min(kinds)

    @property
    def twice(self) -> int:
        return sum(each - 1 for each in self._seen.values() if each > 1)


class Part:
    """The plan's part: who has an app, and what they type of it."""

    def __init__(
        self, secrets: Sequence[Tuple[str, bytes]], morning: Sequence[Typed], lost: Sequence[Typed], afternoon: Sequence[Typed]
    ) -> None:
        self.people = {account: Person(account, "app") for account, _ in secrets}
        for account, secret in secrets:
            self.people[account].secret = secret
        self.morning, self.lost, self.afternoon = (
            [each for each in typed if each.person.account in self.people and each.text.isdigit()] for typed in (morning, lost, afternoon)
        )


Prepare = Callable[[SynchronousPair, Part], Web]


def prepare_django_otp(pair: SynchronousPair, part: Part) -> Web:
    pair.primary.sql("CREATE DATABASE django_otp")
    hosts, ports = (",".join(each) for each in zip(*((str(server.folder), str(server.port)) for server in pair.pair)))
    keys = "".join(f"{each.account}\t{each.secret.hex()}\n" for each in part.people.values())
    subprocess.run([sys.executable, str(HERE / "django_otp_site.py"), "prepare", hosts, ports], input=keys, text=True, check=True)
    return Web("django_otp_site.py", hosts, ports)


def play_beside(
    folder: pathlib.Path, name: str, part: Part, prepare: Prepare, play: Any, desk: Callable[[List[Any]], Any]
) -> None:
    folder.mkdir()
    pair = SynchronousPair(folder)
    web = None
    try:
        pair.start()
        web = prepare(pair, part)
        desks = [desk([Browser(web.ports[number % 2]) for number in range(4)]) for _ in range(4)]
        tally, refused = Tally(), Counter[str]()

        def told(each: Typed, said: str) -> None:
            if each.kind in RIGHT and not each.person.is_guessed_at:
                refused[said] += 1

        begin = time.monotonic()
        play(desks, part.morning, tally, told)
        took = time.monotonic() - begin
        pair.primary.sql("ALTER SYSTEM SET synchronous_standby_names = ''", "SELECT pg_reload_conf()")
        wait_until(lambda: pair.primary.is_followed_by(pair.standby), "the standby has everything so far")
        assert pair.primary.place
        pair.primary.place.cut()
        play(desks, part.lost, tally)
        pair.fail_over()
        again = []
        for number, later in ((0, 5), (1, WAIT)):
            half, heard = part.lost[number::2], Tally()
            play(desks, [Typed(each.person, each.text, each.now + later, each.first) for each in half], heard)
            again.append(f"{later} s later {heard.answers['accepted']} of {len(half)}")
        begin = time.monotonic()
        play(desks, part.afternoon, tally, told)
        took += time.monotonic() - begin
        times = sorted(each for one in desks for each in one.renew()[Browser.name])
        for one in desks:
            one.end()
        if not tally.answers["accepted"]:
            stop(f"{name}: nobody logged in")
        say(
            f"beside: {datetime.date.today()}: {name}: {len(part.people)} people, {sum(tally.answers.values())} answers in {took:.0f} s,"
            f" p50 {times[len(times) // 2] * 1000:.1f} ms, p99 {times[len(times) * 99 // 100] * 1000:.0f} ms;"
            f" {tally.answers['accepted']} accepted, {refused['refused']} right codes refused of people whom nobody guessed at;"
            f" without a failover {tally.twice} accepted twice; codes that the standby never heard of, accepted again: {', '.join(again)}"
        )
    finally:
        if web is not None:
            web.end()
        pair.end()


def versions() -> str:
    return ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("django-otp", "Django", "psycopg"))
