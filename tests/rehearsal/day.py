"""A department's day: plays it, judges it, prints its figures and paints it.

    day.py FOLDER PROGRAM [--people N]
"""

from __future__ import annotations

import argparse
import datetime
import os
import pathlib
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Dict, List, Sequence

import poterne
from doors import Browser, Business, Web
from engines import APPLICATION, SynchronousPair, column, prepare
from failover import CONTROLS, WAIT, Failover, quiet
from judge import STEP, Judge, Person
from night import Command, calls, night
from picture import paint
from poterne import Authenticator
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from servers import say, stop
from visits import HOUR, Typed, day, people, visit
from vpn import Vpn, at_the_vpn

SEED = 20261129
DESKS = 4


class Desk:
    """One thread's connections to the doors, twice: for two clicks at once."""

    def __init__(self, web: Web, program: pathlib.Path, conninfo: str, keys: pathlib.Path, *options: str) -> None:
        self.doors: List[List[Any]] = [
            [*(Browser(port) for port in web.ports), Business(program, conninfo, keys, *options)] for _ in range(2)
        ]
        self._second = ThreadPoolExecutor(1)
        self._times: Dict[str, List[float]] = {}
        self.renew()
        self.silent = 0

    def renew(self) -> Dict[str, List[float]]:
        """Times begin again. Returns those up to now."""
        done, self._times = self._times, {Browser.name: [], Business.name: []}
        return done

    def type(self, typed: Typed) -> List[str]:
        if typed.doors == 1:
            return [self._ask(self.doors[0][typed.first], typed)]
        both = threading.Barrier(2)

        def at_once(door: Any) -> str:
            both.wait()
            return self._ask(door, typed)

        other = self._second.submit(at_once, self.doors[1][(typed.first + 1) % 3])
        return [at_once(self.doors[0][typed.first]), other.result()]

    def _ask(self, door: Any, typed: Typed) -> str:
        for _ in range(10):
            begin = time.monotonic()
            said: str = door.ask(typed.person.account, typed.text, typed.now)
            self._times[door.name].append(time.monotonic() - begin)
            # No verdict: the connection was to the server that died. The person types it again.
            if not said.startswith("error."):
                break
            self.silent += 1
        return said

    def end(self) -> None:
        self._second.shutdown()
        for door in [*self.doors[0], *self.doors[1]]:
            door.end()


class Department:
    """The servers, the doors and the people's records."""

    def __init__(self, folder: pathlib.Path, program: pathlib.Path, begin: int) -> None:
        self.folder, self.program, self.begin = folder, program, begin
        self.engine = SynchronousPair(folder)
        self.engine.start()
        one, two = self.engine.pair
        self.conninfo = (
            f"host={one.folder},{two.folder} port={one.port},{two.port} user=poterne dbname=poterne"
            " target_session_attrs=read-write connect_timeout=2"
        )
        keyring = poterne.Keyring.generate(1)
        self.keys = folder / "keys"
        self.keys.touch(0o600)
        self.keys.write_text(keyring.to_text())
        self.verifier = poterne.Verifier(keyring, APPLICATION)
        self.web, self.desks = self.open()

    def store(self) -> Any:
        return column(lambda: self.engine.primary.connect(), "pyformat")

    def open(self, *options: str) -> Any:
        web = Web(self.conninfo, self.keys, *options)
        return web, [Desk(web, self.program, self.conninfo, self.keys, *options) for _ in range(DESKS)]

    def enroll(self, everybody: Sequence[Person]) -> None:
        store = self.store()
        for person in everybody:
            kind = Authenticator.TOKEN if person.authenticator == "token" else Authenticator.APP
            record = self.verifier.import_credential(
                person.account, person.secret, authenticator=kind, now=self.begin - 2 * HOUR
            ).record
            assert record is not None
            store.insert(person.account, record)

    def end(self) -> None:
        for desk in self.desks:
            desk.end()
        self.web.end()
        self.engine.end()


def play(desks: Sequence[Desk], typed: Sequence[Typed], judge: Judge, told: Any = None) -> None:
    """Each person is one desk's, so that their texts come in order. Everything else is at once."""
    lots: List[List[Typed]] = [[] for _ in desks]
    for each in typed:
        lots[int(each.person.account[-5:]) % len(desks)].append(each)

    def at(desk: Desk, lot: List[Typed]) -> None:
        for each in lot:
            due = judge.hear(each.person, each.text, each.now, desk.type(each))
            if told is not None:
                told(each, due)

    with ThreadPoolExecutor(len(desks)) as pool:
        for done in [pool.submit(at, desk, lot) for desk, lot in zip(desks, lots)]:
            done.result()


def careless(department: Department, chance: random.Random) -> int:
    """The control: doors that swap without comparing. The judge must find a second acceptance."""
    crowd = [Person(f"careless{number:05}", "app") for number in range(20)]
    department.enroll(crowd)
    web, desks = department.open("careless")
    try:
        judge = Judge()
        for hour in range(20):
            typed = [each for person in crowd for each in visit(person, department.begin + hour * HOUR, chance, doubles=1)]
            play(desks, typed, judge)
            if judge.twice:
                return judge.twice
        stop("doors that do not compare accepted nothing twice: the judge is blind")
        return 0
    finally:
        for desk in desks:
            desk.end()
        web.end()


def look(department: Department, everybody: Sequence[Person], judge: Judge) -> int:
    """At the end: the records say what the judge knows. Returns how many are locked of those that nobody guessed at."""
    locked, store = 0, department.store()
    for person in everybody:
        status = store.inspect(department.verifier, person.account)
        if status.failures != person.failures:
            judge.found.append(f"{person.account}: {status.failures} failures in the record, {person.failures} typed")
        locked += status.is_locked and not person.is_guessed_at
    return locked


def share(times: Sequence[float], part: float) -> str:
    ordered = sorted(times)
    return f"{ordered[min(len(ordered) - 1, int(len(ordered) * part))] * 1000:.0f} ms"


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("folder", type=pathlib.Path)
    arguments.add_argument("program", type=pathlib.Path)
    arguments.add_argument("--people", type=int, default=400)
    options = arguments.parse_args()
    if options.people < 100:
        arguments.error("a department has at least 100 people: some are needed for each thing that happens")
    prepare()
    chance = random.Random(SEED)
    # Yesterday, so that what looks at the real clock comes after it.
    midnight = datetime.datetime.combine(datetime.date.today() - datetime.timedelta(1), datetime.time(), datetime.timezone.utc)
    begin = int(midnight.timestamp()) + 15 * HOUR // 2
    department = Department(options.folder, options.program, begin)
    try:
        everybody = people(options.people)
        department.enroll(everybody)
        department.enroll(CONTROLS)
        noon = begin + 19 * HOUR // 4
        typed = day(everybody, begin, chance)
        morning = [each for each in typed if each.now < noon - STEP]
        # The doors are closed between, and for two steps more those of the last logins alone are open.
        afternoon = [each for each in typed if each.now >= noon + WAIT + 2 * STEP]
        judge, lock = Judge(), threading.Lock()
        played: List[Any] = []
        started = time.monotonic()
        with Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), disable=not os.isatty(1)
        ) as progress:
            bar = progress.add_task("the day", total=len(morning) + len(afternoon))

            def told(each: Typed, due: str) -> None:
                with lock:
                    played.append((each.now - begin, each.kind, due))
                    progress.update(bar, advance=1, description=time.strftime("%H:%M", time.gmtime(each.now)))

            play(department.desks, morning, judge, told)
            early = sum(desk.silent for desk in department.desks)
            outside = [desk.renew() for desk in department.desks]
            failover = Failover(department.engine, lambda typed, judge: play(department.desks, typed, judge))
            lost, hasty = failover.lose(quiet(everybody, 40), noon, judge)
            failover.reopen(lost, judge)
            inside = [desk.renew() for desk in department.desks]
            play(department.desks, afternoon, judge, told)
            outside += [desk.renew() for desk in department.desks]
        took = time.monotonic() - started
        locked = look(department, everybody, judge)
        paint(played, begin, noon, pathlib.Path("target/rehearsal/day.svg"))
        command = Command(options.folder, department.engine.primary, department.keys)
        told_before = night(command, department.store(), department.keys, everybody)
        called = calls(command, department.desks[0].doors[0][0].ask, everybody)
        # Those who called are the first of them.
        crowd = quiet(everybody, 52)[12:]
        vpn = Vpn(options.folder / "vpn", department.engine.primary, department.keys, crowd)
        try:
            came = at_the_vpn(vpn, department.desks[0].doors[0][0].ask, crowd, chance)
        finally:
            vpn.end()
        control = careless(department, chance)
        kinds = {kind: sum(each[1] == kind for each in played) for kind in sorted({each[1] for each in played})}
        say(f"rehearsal: {options.people} people, {judge.typed} texts in {took:.0f} s: {kinds}")
        for when, parts in (("outside the failover", outside), ("inside it", inside)):
            for name in (Browser.name, Business.name):
                times = [each for part in parts for each in part[name]]
                say(f"rehearsal: {name}, {when}: {len(times)} answers, p50 {share(times, 0.5)}, p99 {share(times, 0.99)}")
        say(
            f"rehearsal: vpn, the next morning: {came} people, {len(vpn.times)} times password and code, p50 {share(vpn.times, 0.5)},"
            f" p99 {share(vpn.times, 0.99)}; one code there and at the web host: accepted once"
        )
        say(
            f"rehearsal: forget at night: {told_before} of {len(everybody)} records told a time, 0 do; {called} calls to the help desk"
        )
        silent = sum(desk.silent for desk in department.desks) - early
        say(
            f"rehearsal: failover at noon: {len(lost)} codes used that the standby never heard of; no verdict, typed again: {early} times"
            f" before it, {silent} from then on"
        )
        say(
            f"rehearsal: {judge.twice} accepted twice, {locked} locked of those that nobody guessed at,"
            f" {len(judge.found)} answers unlike the judge's;"
            f" controls found ({control} by doors that do not compare, {hasty} of {len(CONTROLS)} without the wait)"
        )
        if judge.found or judge.twice or locked:
            stop("\n".join(judge.found[:20]) or "see above")
    finally:
        department.end()


if __name__ == "__main__":
    main()
