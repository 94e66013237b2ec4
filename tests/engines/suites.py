"""Races, guessing and kills on one engine after the other, nodes of the application on all of its nodes.

    suites.py FOLDER [ENGINE ...]        ROUNDS=... of each race, KILLS=... of each engine

- One code, sent from 24 threads at once, is accepted once; in every other round all of them have the same record in hand first.
- 16 attackers at once: as many guesses are answered as rules 6.1 and 6.2 allow, to the unit.
- A process is killed while it logs in: what it told to be accepted is used.

The control of the first two is a store whose swap writes whatever is there; that of the third tells before it has stored.
"""

from __future__ import annotations

import os
import pathlib
import select
import signal
import sys
import threading
import time
from typing import Any, Callable, List

import poterne
from engines import APPLICATION, BEGIN, ENGINES, STEP, Engine, Galera, Naive, code, enroll, prepare, submit
from servers import Trouble, say, stop

THREADS, ATTACKERS = 24, 16
FINE = {"accepted.otp", "refused.replayed", "refused.conflict"}


class Meeting(poterne.Store):
    """A store at which all wait, once, with the loaded record in hand."""

    def __init__(self, store: Any, barrier: threading.Barrier) -> None:
        self._store, self._barrier, self._waits = store, barrier, True

    def load(self, account: str) -> Any:
        record = self._store.load(account)
        if self._waits:
            self._waits = False
            self._barrier.wait(30)
        return record

    def swap(self, account: str, old: Any, new: str) -> int:
        rows: int = self._store.swap(account, old, new)
        return rows


def at_once(count: int, work: Callable[[int], str]) -> List[str]:
    results = [""] * count

    def one(number: int) -> None:
        results[number] = work(number)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def race(engine: Engine, verifier: poterne.Verifier, rounds: int, is_naive: bool) -> List[int]:
    """How many were accepted, for each round."""
    stores = [engine.store(number) for number in range(6)]
    found = []
    for number in range(rounds):
        account = f"race{engine.tag}{number}{is_naive}"
        enroll(verifier, stores[0], account)
        engine.settle(stores, account)
        barrier = threading.Barrier(THREADS)

        def contend(who: int) -> str:
            store = stores[who % 6]
            store = Naive(store) if is_naive else store
            met = Meeting(store, barrier) if number % 2 == 0 or is_naive else store
            return submit(verifier, met, account, code(account, BEGIN), BEGIN)

        results = at_once(THREADS, contend)
        if strange := set(results) - FINE:
            stop(f"{engine.name}: a right code is {strange}")
        found.append(results.count("accepted.otp"))
    return found


def guess(engine: Engine, verifier: poterne.Verifier, is_naive: bool) -> Any:
    moments = [0, 1, 4, 5, 14, 15, 16]
    allowed, failures, last = [], 0, 0
    for moment in moments:
        before = failures
        while failures < 20 and moment - last >= (0 if failures < 3 else min(5 << (failures - 3), 900)):
            failures, last = failures + 1, moment
        allowed.append(failures - before)
    account = f"siege{engine.tag}{is_naive}"
    stores = [engine.store(number) for number in range(6)]
    enroll(verifier, stores[0], account)
    engine.settle(stores, account)
    answered = []
    for moment in moments:
        now = BEGIN + moment
        # None of the codes that would let in.
        right = {code(account, now + shift * STEP) for shift in range(-2, 3)}
        barrier = threading.Barrier(ATTACKERS)

        def attack(who: int) -> str:
            store = Naive(stores[who % 6]) if is_naive else stores[who % 6]
            count = 0
            barrier.wait(30)
            for number in range(200):
                guessed = f"{(who * 1000 + number) % 1_000_000:06}"
                result = submit(verifier, store, account, guessed, now) if guessed not in right else ""
                count += result == "refused.wrong_code"
                if result in ("refused.wait", "refused.locked"):
                    break
                if result and result not in ("refused.wrong_code", "refused.conflict"):
                    stop(f"{engine.name}: a guess is {result}")
            return str(count)

        answered.append(sum(int(each) for each in at_once(ATTACKERS, attack)))
    return answered, allowed


def kill(engine: Engine, verifier: poterne.Verifier, kills: int, is_naive: bool) -> Any:
    """Processes killed, acceptances told, accepted again."""
    told = again = 0
    for number in range(kills):
        account = f"kill{engine.tag}{number}{is_naive}"
        store = engine.store(number)
        enroll(verifier, store, account)
        engine.settle([engine.store(number + 1)], account)
        ours, theirs = os.pipe()
        child = os.fork()
        if child == 0:
            # In a process of its own, with connections of its own.
            mine = engine.store(number + 1)
            for step in range(1, 400):
                now = BEGIN + step * STEP
                if is_naive:
                    os.write(theirs, f"{now}\n".encode())
                    time.sleep(0.002)
                if submit(verifier, mine, account, code(account, now), now) == "accepted.otp" and not is_naive:
                    os.write(theirs, f"{now}\n".encode())
            os._exit(0)
        os.close(theirs)
        # Once it has begun to tell, however busy the machine is.
        select.select([ours], [], [], 20)
        time.sleep(0.011 * (number % 7))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with os.fdopen(ours) as lines:
            times = [int(line) for line in lines.read().splitlines()]
        told += len(times)
        # The last ones: those before are below them.
        for now in times[-2:]:
            again += submit(verifier, store, account, code(account, now), now) == "accepted.otp"
    return told, again


def check(engine: Engine, rounds: int, kills: int) -> None:
    verifier = poterne.Verifier(poterne.Keyring.generate(1), APPLICATION)
    # First, while there are no other threads.
    told, again = kill(engine, verifier, kills, is_naive=False)
    _, control = kill(engine, verifier, 10, is_naive=True)
    if again or not told or not control:
        stop(f"{engine.name}: {told} acceptances told, {again} of these codes accepted again, {control} in the control")
    found = race(engine, verifier, rounds, is_naive=False)
    naive = race(engine, verifier, 4, is_naive=True)
    if set(found) != {1} or max(naive) < 2:
        stop(f"{engine.name}: accepted in each round: {found}; by the naive store: {naive}")
    answered, allowed = guess(engine, verifier, is_naive=False)
    careless, _ = guess(engine, verifier, is_naive=True)
    if answered != allowed or sum(careless) <= sum(allowed):
        stop(f"{engine.name}: answered at each moment: {answered}, allowed: {allowed}, by the naive store: {careless}")
    say(
        f"suites: {engine.name}: races: {rounds} codes from {THREADS} threads at once, {sum(found)} accepted (control {sum(naive)} of 4);"
        f" guessing: {ATTACKERS} attackers, {sum(answered)} answered, {sum(allowed)} allowed (control {sum(careless)});"
        f" kills: {kills}, {told} acceptances told, {again} accepted again (control {control})"
    )


def main() -> None:
    folder = pathlib.Path(sys.argv[1])
    prepare()
    rounds, kills = (int(os.environ.get(name, default)) for name, default in (("ROUNDS", "6"), ("KILLS", "10")))
    for name in sys.argv[2:] or list(ENGINES):
        place = folder / name
        place.mkdir()
        engine = ENGINES[name](place)
        try:
            engine.start()
            check(engine, rounds, kills)
            if isinstance(engine, Galera):
                engine.grow()
                engine.name, engine.tag = "Galera, three nodes", "three"
                check(engine, rounds, kills)
        finally:
            engine.end()


if __name__ == "__main__":
    try:
        main()
    except Trouble as trouble:
        stop(str(trouble))
