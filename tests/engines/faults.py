"""Faults under load: people log in on all nodes while servers are killed, stopped, cut off, filled up and replaced.

    faults.py FOLDER [ENGINE ...]              FAULTS=... in all, spread over the engines; SEED=... of what is random
    faults.py FOLDER --campaign [ENGINE ...]   as many counted over all runs, in target/campaigns/faults; MINUTES=... of this run

A campaign can be ended at any time, by a signal too: each fault is counted once it is judged, and the next run goes on from there, with
the engines that are behind.

During each fault every person logs in, mostly with each code sent from two nodes at once. Judged, by what the application was told:

- no code is accepted twice;
- no acceptance that was told is lost: after the fault the code is replayed at all nodes;
- nobody is locked out by a fault: after it everybody logs in with the next code, and no failure is left.

A server that does not come back gives no verdict about logins: it is said, and new servers take its place, but not more than twice, or
once in fifty faults.

The controls: a store that writes whatever is there accepts twice in the load; and a record that is put back to its state before an
acceptance is found by the replay, as is a locked person by the last login.
"""

from __future__ import annotations

import os
import pathlib
import random
import signal
import sys
import threading
import time
from typing import Any, Callable, Dict, Iterator, List, Tuple

import poterne
from engines import (
    APPLICATION,
    BEGIN,
    ENGINES,
    STEP,
    BehindPgbouncer,
    Engine,
    EtcdCluster,
    Galera,
    Naive,
    SynchronousPair,
    code,
    enroll,
    prepare,
    submit,
)
from ledger import Ledger
from servers import Place, Trouble, run, say, stop, wait_until

PEOPLE = 12
# How long a fault lasts while the load goes on.
LASTS = 0.6
# Faults of one engine before a campaign turns to another.
TURN = 12
# How often servers may fail to come back: so many times, or once in so many faults.
TROUBLES, FAULTS_A_TROUBLE = 2, 50


class Load:
    """People who log in, each with a time of their own that goes on by a step with each login."""

    def __init__(self, engine: Engine, verifier: poterne.Verifier, is_naive: bool = False) -> None:
        self.engine, self.verifier = engine, verifier
        wrap: Callable[[Any], Any] = Naive if is_naive else lambda store: store
        self.stores = [wrap(engine.store(node)) for node in range(3)]
        self.people = [f"load{engine.tag}{is_naive}{number}" for number in range(PEOPLE)]
        self.now: Dict[str, int] = dict.fromkeys(self.people, BEGIN)
        # By how much the clock of a node is wrong.
        self.clocks = [0, 0, 0]
        self.told: Dict[Tuple[str, int], int] = {}
        self.logins = 0
        self._over = threading.Event()
        self._threads: List[threading.Thread] = []
        self._lock = threading.Lock()
        for person in self.people:
            enroll(verifier, self.stores[0], person)
            engine.settle(self.stores, person)

    def begin(self) -> None:
        self._over.clear()
        # None of them keeps a campaign that is interrupted from its end.
        self._threads = [threading.Thread(target=self._person, args=(person,), daemon=True) for person in self.people]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._over.set()

    def end(self) -> None:
        self.stop()
        for thread in self._threads:
            thread.join()

    def _person(self, person: str) -> None:
        number = self.people.index(person)
        while not self._over.is_set():
            # Two at once, at two nodes.
            nodes = (number % 3, (number + 1) % 3)
            second = threading.Thread(target=self._submit, args=(person, nodes[1], self.now[person]), daemon=True)
            second.start()
            self._submit(person, nodes[0], self.now[person])
            second.join()
            self.now[person] += STEP
            time.sleep(0.02)

    def _submit(self, person: str, node: int, now: int) -> str:
        result = submit(self.verifier, self.stores[node], person, code(person, now), now + self.clocks[node])
        if result.startswith("accepted."):
            with self._lock:
                self.logins += 1
                self.told[person, now // STEP] = self.told.get((person, now // STEP), 0) + 1
        return result

    def twice(self) -> int:
        return sum(times > 1 for times in self.told.values())

    def lost(self) -> int:
        """How many of the last codes that were told to be accepted are accepted once more."""
        again = 0
        for person in self.people:
            factors = sorted(factor for each, factor in self.told if each == person)[-2:]
            for factor in factors:
                now = factor * STEP + STEP // 2
                again += sum(
                    submit(self.verifier, store, person, code(person, now), now).startswith("accepted.") for store in self.stores
                )
        return again

    def locked_out(self) -> List[str]:
        """Who cannot log in any more: with the next code, at a node of a right clock, as a person tries: three times."""
        out = []
        for number, person in enumerate(self.people):
            for _ in range(3):
                # Beyond every delay that wrong codes have brought.
                self.now[person] += 31 * STEP
                result = self._submit(person, number % 3, self.now[person])
                if result.startswith("accepted."):
                    break
            else:
                out.append(f"{person}: {result}")
        return out


def kill_one(engine: Any, choose: random.Random) -> Callable[[], None]:
    server = choose.choice(engine.servers if isinstance(engine, (BehindPgbouncer, Galera, EtcdCluster)) else [engine.one])
    server.kill()
    return lambda: server.start()


def freeze_one(engine: Any, choose: random.Random) -> Callable[[], None]:
    server = choose.choice(engine.servers)
    server.freeze()
    return lambda: (server.thaw(), server.wait())[1]


def step_clock(engine: Any, choose: random.Random) -> Callable[[], None]:
    load: Load = engine.load
    node = choose.randrange(3)
    load.clocks[node] = choose.choice((-3600, -300, -60, 60, 300, 3600))

    def right() -> None:
        load.clocks[node] = 0
        # What a node with a wrong clock has left: the help desk's call after the clock is right.
        time.sleep(0.1)

    return right


def cut_one(engine: Any, choose: random.Random) -> Callable[[], None]:
    server = engine.standby if isinstance(engine, SynchronousPair) else choose.choice(engine.nodes)
    place = server.place
    assert isinstance(place, Place)
    place.cut()

    def mend() -> None:
        place.join()
        if isinstance(engine, Galera):
            for node in engine.nodes:
                node.wait()
        else:
            wait_until(lambda: engine.primary.is_followed_by(server), "the standby follows again")

    return mend


def fail_over(engine: Any, choose: random.Random) -> Callable[[], None]:
    engine.fail_over()
    return lambda: engine.follow()


def fill_disk(engine: Any, choose: random.Random) -> Callable[[], None]:
    """The engine's folder is a small disk of its own. PostgreSQL ends when it cannot write its log."""
    ballast = engine.folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12):
            try:
                while file.write(b"x" * size):
                    pass
            except OSError:
                # It is full.
                pass
    try:
        # The next part of the log has no place.
        engine.one.sql("SELECT pg_switch_wal()", "CREATE TABLE more AS SELECT generate_series(1, 10000)", "DROP TABLE more")
    except Exception:
        pass

    def empty() -> None:
        ballast.unlink()
        if engine.one.is_up:
            engine.one.kill()
        engine.one.start()

    return empty


FAULTS: Dict[str, List[Tuple[str, Any]]] = {
    "postgresql": [("kill", kill_one), ("full disk", fill_disk), ("stop", freeze_one), ("clock", step_clock)],
    "pgbouncer": [("kill", kill_one), ("stop", freeze_one), ("clock", step_clock)],
    "synchronous": [("failover", fail_over), ("partition", cut_one), ("stop", freeze_one), ("clock", step_clock)],
    "mariadb": [("kill", kill_one), ("stop", freeze_one), ("clock", step_clock)],
    "galera": [("kill", kill_one), ("partition", cut_one), ("stop", freeze_one), ("clock", step_clock)],
    "firebird": [("kill", kill_one), ("clock", step_clock)],
    "etcd": [("kill", kill_one), ("stop", freeze_one), ("clock", step_clock)],
}


def settle(load: Load) -> None:
    """Until every node answers again."""
    for store in load.stores:
        wait_until(lambda: store.load(load.people[0]), "every node answers again", 60)


def controls(engine: Engine, verifier: poterne.Verifier) -> str:
    naive = Load(engine, verifier, is_naive=True)
    naive.begin()
    end = time.monotonic() + 20
    while not naive.twice() and time.monotonic() < end:
        time.sleep(0.1)
    naive.end()
    load = Load(engine, verifier)
    person = load.people[0]
    before = load.stores[0].load(person)
    load._submit(person, 0, load.now[person])
    load.stores[0].swap(person, load.stores[0].load(person), before)
    lost = load.lost()
    for _ in range(60):
        submit(verifier, load.stores[0], person, "000000", load.now[person])
        load.now[person] += 31 * STEP
    locked = load.locked_out()
    if not naive.twice() or not lost or len(locked) != 1:
        stop(f"{engine.name}: a fault of the store was not found: {naive.twice()} twice, {lost} lost, {locked} locked out")
    return f"controls found ({naive.twice()} twice, {lost} lost, {len(locked)} locked out)"


class Campaign:
    """What is still to be done: of this run, or counted over all of them."""

    def __init__(self, names: List[str], faults: int, is_long: bool) -> None:
        self.ledger = Ledger("faults") if is_long else None
        self.end = time.monotonic() + 60 * float(os.environ.get("MINUTES", "1e6"))
        self.goals = {name: faults // len(names) + (index < faults % len(names)) for index, name in enumerate(names)}
        self.done = {name: {kind: 0 for kind, _ in FAULTS[name]} for name in names}
        if self.ledger is not None:
            sums = self.ledger.sums()
            self.done = {name: {kind: sums.get(f"{name}: {kind}", 0) for kind in kinds} for name, kinds in self.done.items()}
        self._before = sum(sum(kinds.values()) for kinds in self.done.values())

    @property
    def faults(self) -> int:
        """Of this run so far."""
        return sum(sum(kinds.values()) for kinds in self.done.values()) - self._before

    def left(self, name: str) -> int:
        return max(0, self.goals[name] - sum(self.done[name].values()))

    def turns(self) -> Iterator[Tuple[str, int]]:
        """An engine and how many faults of it, until all is done or the time is over. A campaign changes the engine now and then."""
        if self.ledger is None:
            for name in self.goals:
                while self.left(name):
                    yield name, self.left(name)
            return
        while not self.is_over and (name := max(self.goals, key=self.left)) and self.left(name):
            yield name, min(self.left(name), TURN)

    @property
    def is_over(self) -> bool:
        return time.monotonic() > self.end

    def next(self, name: str) -> str:
        """The kind that was tried least."""
        return min(self.done[name], key=lambda kind: self.done[name][kind])

    def count(self, name: str, kind: str, logins: int) -> None:
        self.done[name][kind] += 1
        if self.ledger is not None:
            self.ledger.add("logins", logins)
            self.ledger.add(f"{name}: {kind}", 1)

    def say(self) -> None:
        if self.ledger is None:
            return
        sums = self.ledger.sums()
        logins = sums.pop("logins", 0)
        kinds = ", ".join(f"{what} {count}" for what, count in sorted(sums.items()))
        say(
            f"faults: {sum(sums.values())} of {sum(self.goals.values())} over all runs under {logins} logins, 0 codes accepted twice, 0 told"
            f" and lost, 0 people locked out: {kinds}; {'; '.join(self.ledger.tested())}"
        )


def try_engine(name: str, share: int, place: pathlib.Path, campaign: Campaign, choose: random.Random, seed: int) -> int:
    """How many logins there were."""
    verifier = poterne.Verifier(poterne.Keyring.generate(1), APPLICATION)
    place.mkdir()
    faults = dict(FAULTS[name])
    is_disk = fill_disk in faults.values()
    if is_disk:
        run("mount", "-t", "tmpfs", "-o", "size=200m,mode=755", "tmpfs", str(place))
    engine = ENGINES[name](place)
    tally: Dict[str, int] = {}
    try:
        engine.start()
        if isinstance(engine, Galera):
            engine.grow()
            engine.name = "Galera, three nodes"
        engine.tag = "control"
        found = controls(engine, verifier)
        engine.tag = ""
        load = engine.load = Load(engine, verifier)
        for number in range(share):
            if campaign.is_over:
                break
            kind = campaign.next(name)
            before = load.logins
            load.begin()
            time.sleep(0.1)
            mend = faults[kind](engine, choose)
            time.sleep(LASTS)
            mend()
            load.end()
            settle(load)
            twice, lost, out = load.twice(), load.lost(), load.locked_out()
            if twice or lost or out:
                stop(f"{engine.name}: {kind}, SEED={seed}: {twice} accepted twice, {lost} lost, locked out: {out}")
            campaign.count(name, kind, load.logins - before)
            tally[kind] = tally.get(kind, 0) + 1
            print(f"\r{engine.name}: {number + 1} of {share} faults, {load.logins} logins", end="", file=sys.stderr, flush=True)
        kinds = ", ".join(f"{count} {kind}" for kind, count in tally.items())
        print(file=sys.stderr)
        say(f"faults: {engine.name}: {kinds}: {load.logins} logins, 0 codes accepted twice, 0 told and lost, 0 people locked out; {found}")
        return load.logins
    finally:
        # Whoever waits for a server waits no longer once it is gone.
        if engine.load is not None:
            engine.load.stop()
        engine.end()
        if engine.load is not None:
            engine.load.end()
        if is_disk:
            run("umount", "--lazy", str(place))


def main() -> None:
    folder = pathlib.Path(sys.argv[1])
    is_long = "--campaign" in sys.argv[2:]
    names = [name for name in sys.argv[2:] if name != "--campaign"] or list(FAULTS)
    faults, seed = int(os.environ.get("FAULTS", "30")), int(os.environ.get("SEED", time.time_ns() % 10**9))
    # As Ctrl-C: the servers end, and a disk is unmounted.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    prepare()
    choose = random.Random(seed)
    campaign = Campaign(names, faults, is_long)
    logins = troubles = 0
    try:
        for number, (name, share) in enumerate(campaign.turns()):
            try:
                logins += try_engine(name, share, folder / f"{number}{name}", campaign, choose, seed)
            except Trouble as trouble:
                troubles += 1
                say(f"faults: {name}: no verdict, SEED={seed}: {trouble}")
                if troubles > max(TROUBLES, campaign.faults // FAULTS_A_TROUBLE):
                    raise
    except KeyboardInterrupt:
        print(file=sys.stderr)
        if not is_long:
            raise
        campaign.say()
        sys.stdout.flush()
        # Not the usual end: people of the load may be in the middle of a driver's call.
        os._exit(0)
    campaign.say()
    if not is_long:
        say(f"faults: {faults} in all under {logins} logins")


if __name__ == "__main__":
    try:
        main()
    except Trouble as trouble:
        stop(str(trouble))
