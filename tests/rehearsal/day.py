"""A department's day: plays it, judges it, prints its figures and paints it.

    day.py FOLDER PROGRAM [--people N] [--beside]
"""

from __future__ import annotations

import argparse
import datetime
import os
import pathlib
import random
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Dict, List, Sequence, Tuple

import poterne
from beside import Part, play_beside, prepare_django_otp, versions
from doors import Browser, Business, Web
from engines import APPLICATION, SynchronousPair, prepare
from enrollment import enroll, move_in
from failover import CONTROLS, FORGETFUL, HASTY, WAIT, Failover, quiet
from judge import COUNTER, STEP, Judge, Person
from night import Command, calls, night
from picture import paint
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from servers import say, stop
from visits import HOUR, Typed, day, people, visit, without_phone
from vpn import CARELESS, CLOCK_OF_THE_DAY, Vpn, at_the_vpn
from vpn import careless as careless_vpn

SEED = 20261129
DESKS = 4
# For the controls of doors that do not compare.
CARELESS_CROWD = [Person(f"careless{number:05}", "app") for number in range(20)]
# Each must be due somewhere in the day: a judge who never waits for an answer tells nothing of it.
ANSWERS = [
    *(f"accepted.{each}" for each in ("otp", "recovery_code", "temporary_code")),
    *(f"refused.{each}" for each in ("locked", "replayed", "revoked", "suspended", "wait", "wrong_code")),
]


class Desk:
    """One thread's connections to the doors, twice: for two clicks at once."""

    def __init__(self, doors: Sequence[Sequence[Any]]) -> None:
        self.doors = doors
        self._second = ThreadPoolExecutor(1)
        self._times: Dict[str, List[float]] = {}
        self.renew()
        self.silent = 0

    def renew(self) -> Dict[str, List[float]]:
        """Times begin again. Returns those up to now."""
        done, self._times = self._times, {each.name: [] for each in self.doors[0]}
        return done

    def type(self, typed: Typed) -> List[str]:
        if typed.doors == 1:
            return [self.ask(self.doors[0][typed.first], typed.person.account, typed.text, typed.now)]
        both = threading.Barrier(2)

        def at_once(door: Any) -> str:
            both.wait()
            return self.ask(door, typed.person.account, typed.text, typed.now)

        other = self._second.submit(at_once, self.doors[1][(typed.first + 1) % len(self.doors[1])])
        return [at_once(self.doors[0][typed.first]), other.result()]

    def ask(self, door: Any, account: str, text: str, now: int) -> str:
        for _ in range(10):
            begin = time.monotonic()
            said: str = door.ask(account, text, now)
            self._times[door.name].append(time.monotonic() - begin)
            # No verdict: the connection was to the server that died. The person types it again.
            if not said.startswith("error."):
                break
            self.silent += 1
        return said

    def ask_at(self, number: int, account: str, text: str, now: int) -> str:
        return self.ask(self.doors[0][number], account, text, now)

    def end(self) -> None:
        self._second.shutdown()
        for door in [*self.doors[0], *self.doors[1]]:
            door.end()


def conninfo(engine: SynchronousPair) -> str:
    """Whichever of the two writes."""
    hosts, ports = (",".join(each) for each in zip(*((str(server.folder), str(server.port)) for server in engine.pair)))
    return f"host={hosts} port={ports} user=poterne dbname=poterne target_session_attrs=read-write connect_timeout=2"


class Department:
    """The servers, the doors and the people's records."""

    def __init__(self, folder: pathlib.Path, program: pathlib.Path, number: int, begin: int) -> None:
        self.folder, self.program, self.begin = folder, program, begin
        self.people = people(number)
        self.engine = SynchronousPair(folder)
        self.engine.start()
        self.conninfo = conninfo(self.engine)
        keyring = poterne.Keyring.generate(1)
        self.keys = folder / "keys"
        database = "&".join(f"host={each.folder}:{each.port}" for each in self.engine.pair)
        self.settings = (
            f"application = {APPLICATION}\nissuer = Département\nhelp_desk_phone = 01 23 45 67 89\nconfirm_at_first_login = yes\n"
            f"database = postgresql+psycopg2://poterne@/poterne?{database}&target_session_attrs=read-write\n"
        )
        settings = folder / "poterne.conf"
        for file, text in ((self.keys, keyring.to_text()), (settings, f"{self.settings}keyring = {self.keys}\n")):
            file.touch(0o600)
            file.write_text(text)
        self.command = Command(settings)
        self.verifier = poterne.Settings.open(str(settings)).verifier()
        self.enrolled = enroll(self.command, self.verifier, self.store(), folder, self.people, begin - 2 * HOUR)
        move_in(self.verifier, self.store(), [*CONTROLS, *CARELESS_CROWD], begin - 2 * HOUR)
        FORGETFUL.recovery = set(self.store().apply(self.verifier, FORGETFUL.account, lambda credential: credential.recovery_codes()))
        self.vpn = self.open_vpn("vpn", *CLOCK_OF_THE_DAY)
        try:
            self.web, self.desks = self.open()
        except BaseException:
            self.vpn.stop()
            raise

    def store(self) -> Any:
        return self.engine.store(0)

    def open_vpn(self, name: str, *edits: Tuple[str, str]) -> Vpn:
        return Vpn(self.folder / name, self.settings, self.keys, [*self.people, *CONTROLS, *CARELESS_CROWD], list(edits))

    def open(self, *options: str) -> Tuple[Web, List[Desk]]:
        web = Web("web.py", str(self.folder / "poterne.conf"), self.conninfo, *options)

        def doors() -> List[Any]:
            return [*(Browser(port) for port in web.ports), self.business(*options), self.vpn]

        return web, [Desk([doors(), doors()]) for _ in range(DESKS)]

    def business(self, *options: str) -> Business:
        return Business(self.program, self.conninfo, self.keys, *options)

    def end(self) -> None:
        for desk in self.desks:
            desk.end()
        self.web.end()
        self.vpn.stop()
        self.engine.end()


def play(desks: Sequence[Desk], typed: Sequence[Typed], judge: Any, told: Any = None) -> None:
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
    """The control: web and application that swap without comparing. The judge must find a second acceptance."""
    web, desks = department.open("careless")
    try:
        judge = Judge()
        for hour in range(20):
            typed = [each for person in CARELESS_CROWD for each in visit(person, department.begin + hour * HOUR, chance, doubles=1)]
            play(desks, typed, judge)
            if judge.twice and judge.found:
                return judge.twice
        stop("doors that do not compare accepted nothing twice: the judge is blind")
        return 0
    finally:
        for desk in desks:
            desk.end()
        web.end()


def look(department: Department, judge: Judge) -> int:
    """At the end: the records say what the judge knows. Returns how many are locked of those that nobody guessed at."""
    locked, store = 0, department.store()
    for person in department.people:
        status = store.inspect(department.verifier, person.account)
        found = (status.failures, status.state.name.lower(), status.recovery_codes_left)
        if found != (person.failures, person.state, len(person.recovery)):
            judge.found.append(f"{person.account}: {found} in the record, {(person.failures, person.state, len(person.recovery))} typed")
        locked += status.is_locked and not person.is_guessed_at
    return locked


def share(times: Sequence[float], part: float) -> str:
    ordered = sorted(times)
    return f"{ordered[min(len(ordered) - 1, int(len(ordered) * part))] * 1000:.0f} ms"


class Clock:
    """What each part of the rehearsal took, printed at its end."""

    def __init__(self) -> None:
        self._begin, self.parts = time.monotonic(), ""

    def over(self, name: str) -> float:
        took, self._begin = time.monotonic() - self._begin, time.monotonic()
        self.parts += f"{', ' if self.parts else ''}{name} {took:.0f}"
        return took


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("folder", type=pathlib.Path)
    arguments.add_argument("program", type=pathlib.Path)
    arguments.add_argument("--people", type=int, default=400)
    arguments.add_argument("--beside", action="store_true", help="what django-otp can play of it, there and here")
    options = arguments.parse_args()
    if options.people < 100:
        arguments.error("a department has at least 100 people: some are needed for each thing that happens")
    prepare()
    # FreeRADIUS does not end with its parent.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    chance, clock = random.Random(SEED), Clock()
    # Yesterday, so that what looks at the real clock comes after it.
    midnight = datetime.datetime.combine(datetime.date.today() - datetime.timedelta(1), datetime.time(), datetime.timezone.utc)
    begin = int(midnight.timestamp()) + 15 * HOUR // 2
    department = Department(options.folder, options.program, options.people, begin)
    try:
        everybody, command = department.people, department.command
        noon = begin + 19 * HOUR // 4
        typed = day(everybody, begin, chance)
        # Their phones lie at home: they come with the recovery codes that the help desk has given them. From noon on somebody else tries
        # these, since new ones were issued after the failover.
        at_home = [each for each in quiet(everybody, 100)[50:] if each.authenticator == "app" and each.state == "active"]
        at_home = at_home[: max(1, options.people // 1000)]
        typed = [each for each in typed if each.person not in at_home]
        for person in at_home:
            codes = command.json("recovery-codes", person.account)["recovery_codes"]
            person.recovery = set(codes)
            typed += without_phone(person, codes, begin + HOUR // 2, chance)
        typed.sort(key=lambda each: each.now)
        # As they were before anybody got a new phone.
        secrets = [(each.account, each.secret) for each in everybody if each.authenticator == "app" and each not in at_home]
        clock.over("enrollment")
        morning = [each for each in typed if each.now < noon - STEP]
        # The doors are closed between, and for two steps more those of the last logins alone are open.
        afternoon = [each for each in typed if each.now >= noon + WAIT + 2 * STEP]
        judge, lock = Judge(), threading.Lock()
        played: List[Any] = []
        with Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), disable=not os.isatty(1)
        ) as progress:
            bar = progress.add_task("the day", total=len(morning) + len(afternoon))

            def told(each: Typed, due: str) -> None:
                with lock:
                    played.append((each.now - begin, each.kind, due))
                    progress.update(bar, advance=1, description=time.strftime("%H:%M", time.gmtime(each.now)))

            play(department.desks, morning, judge, told)
            took = clock.over("morning")
            early = sum(desk.silent for desk in department.desks)
            # A busy machine may be late once; a door without a verdict at the first try would go unnoticed.
            if early * 100 > len(morning):
                stop(f"{early} of {len(morning)} texts had no verdict at first, and no server was down")
            outside = [desk.renew() for desk in department.desks]
            failover = Failover(department.engine, lambda typed, judge: play(department.desks, typed, judge), command)
            deaf = department.business("deaf")
            try:
                failover.doubt(department.desks[0].ask_at, deaf.ask, noon - STEP, judge)
            finally:
                deaf.end()
            counting = [each for each in quiet(everybody, len(everybody)) if each.authenticator == COUNTER][:2]
            last = [*counting, *(each for each in quiet(everybody, 40) if each not in counting)]
            lost = failover.lose(last, [(each, min(each.recovery)) for each in at_home], noon, judge)
            failover.reopen(lost, department.verifier, judge)
            inside = [desk.renew() for desk in department.desks]
            clock.over("failover")
            play(department.desks, afternoon, judge, told)
            took += clock.over("afternoon")
            outside += [desk.renew() for desk in department.desks]
        locked = look(department, judge)
        paint(played, begin, noon, pathlib.Path("target/rehearsal/day.svg"))
        told_before = night(command, department.store(), department.keys, everybody)
        clock.over("night")
        called = calls(command, department.desks, everybody, judge)
        clock.over("calls")
        # Those who called are the first of them.
        crowd = quiet(everybody, called + 20)[called:]
        web = department.desks[0].doors[0][0].ask
        real = department.open_vpn("real")
        try:
            at_the_vpn(real, web, crowd, judge, chance)
        finally:
            real.stop()
        locked += look(department, judge)
        clock.over("VPN with the real clock")
        control = careless(department, chance)
        naive = department.open_vpn("careless", *CLOCK_OF_THE_DAY, *CARELESS)
        try:
            tries = careless_vpn(naive, web, CARELESS_CROWD, begin + 24 * HOUR)
        finally:
            naive.stop()
        clock.over("controls")
        for answer in ANSWERS:
            if not judge.due[answer]:
                stop(f"{answer} was never due: the day does not try it")
        kinds = {kind: sum(each[1] == kind for each in played) for kind in sorted({each[1] for each in played})}
        letters, tokens = department.enrolled
        say(f"rehearsal: {options.people} people, {letters} by letter, {tokens} with a token by counter; texts in {took:.0f} s: {kinds}")
        say(f"rehearsal: {sum(judge.due.values())} answers due: {dict(sorted(judge.due.items()))}")
        for when, parts in (("outside the failover", outside), ("inside it", inside)):
            for name in inside[0]:
                times = [each for part in parts for each in part[name]]
                say(f"rehearsal: {name}, {when}: {len(times)} answers, p50 {share(times, 0.5)}, p99 {share(times, 0.99)}")
        say(
            f"rehearsal: forget at night: {told_before} of {len(everybody)} records told a time, 0 do; {called} calls to the help desk"
        )
        silent = sum(desk.silent for desk in department.desks) - early
        say(
            f"rehearsal: failover at noon: {len(lost.typed)} codes used that the standby never heard of; no verdict, typed again: {early}"
            f" times before it, {silent} from then on; check_store passed"
        )
        say(
            f"rehearsal: {judge.twice} accepted twice, {locked} locked of those that nobody guessed at,"
            f" {len(judge.found)} answers unlike the judge's;"
            f" controls found ({control} by doors that do not compare, 1 of {tries} by a VPN that does not, {lost.hasty} of {len(HASTY)}"
            f" without the wait, {len(lost.heedless)} without new counters and recovery codes, 1 by who does not hear COMMIT's warning)"
        )
        say(f"rehearsal: seconds: {clock.parts}")
        if options.beside:
            part = Part(secrets, morning, lost.typed, afternoon)

            def prepare_ours(pair: SynchronousPair, part: Part) -> Web:
                move_in(department.verifier, pair.store(0), list(part.people.values()), begin - 2 * HOUR)
                return Web("web.py", str(department.folder / "poterne.conf"), conninfo(pair))

            ways = ((f"poterne {poterne.__version__}, psycopg2", prepare_ours), (versions(), prepare_django_otp))
            for number, (name, way) in enumerate(ways):
                play_beside(options.folder / f"beside{number}", name, part, way, play, lambda doors: Desk([doors, doors]))
        if judge.found or judge.twice or locked:
            stop("\n".join(judge.found[:20]) or "see above")
    finally:
        department.end()


if __name__ == "__main__":
    main()
