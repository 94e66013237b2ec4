"""The runbooks of the guide, executed on real servers. Time is an argument: nobody waits for it.

    runbooks.py FOLDER

- failover: codes were used on a primary that its asynchronous standby never heard of. The primary dies, the standby is promoted. Doors
  closed as long as semantics 9.5 gives, then reopened: none of these codes is accepted a second time, and everybody logs in with the next
  one. The control: without the wait they are. One second less, on a server whose clock is five minutes behind, too.
- synchronous: the standby is lost, COMMIT waits; and somebody cancels the wait, so that it succeeds with a warning. Never a grant.
- backup: dump, then used codes, a revocation, a suspension, used recovery codes and counters; restore; the steps of the guide.
- keyring: one of two servers has lost its own.
"""

from __future__ import annotations

import os
import pathlib
import sys
import threading
import time
from typing import Any, Dict, List

import poterne
from engines import APPLICATION, BEGIN, STEP, TABLES, code, column, enroll, prepare, secret, submit
from poterne import Authenticator, CodeSet
from servers import Network, Postgresql, run, say, stop, wait_until

PEOPLE = [f"agent{number}" for number in range(40)]
LIFETIME = 390
# Rule 4.10: how far clocks may differ.
CLOCKS = 300
# The second at which codes live longest: used at once in the first second in which a server takes them.
USED = BEGIN - 15


def new_verifier() -> poterne.Verifier:
    return poterne.Verifier(poterne.Keyring.generate(1), APPLICATION)


def pair(folder: pathlib.Path) -> Any:
    network = Network()
    primary = Postgresql(folder / "a", network.join(), "a")
    standby = Postgresql(folder / "b", network.join(), "b")
    primary.create()
    primary.sql(TABLES["postgresql"], database="poterne")
    standby.copy_from(primary)
    return network, primary, standby


def accepted(results: List[str]) -> int:
    if strange := [each for each in results if not each.startswith(("accepted.", "refused."))]:
        stop(f"no verdict: {strange[0]}")
    return sum(each.startswith("accepted.") for each in results)


def expect(holds: bool, what: str) -> None:
    if not holds:
        stop(what)


def failover(folder: pathlib.Path) -> None:
    network, primary, standby = pair(folder)
    try:
        verifier = new_verifier()
        expect(verifier.policy.code_lifetime(Authenticator.APP, STEP) == LIFETIME, "the life of a code is not that of the guide")
        before = column(primary.connect, "pyformat")
        # Four times the same: rows are spent by what tries them.
        ways = ("closed", "control", "early", "tokens")
        for way in ways:
            for person in PEOPLE:
                more: Dict[str, Any] = {"authenticator": Authenticator.TOKEN} if way == "tokens" else {}
                enroll(verifier, before, f"{person}.{way}", **more)
        wait_until(lambda: primary.is_followed_by(standby), "the standby follows")
        assert primary.place is not None
        primary.place.cut()
        # The code of the next step, as soon as a server takes it: it lives longest.
        codes = {f"{person}.{way}": code(f"{person}.{way}", USED + STEP) for person in PEOPLE for way in ways}
        told = [submit(verifier, before, account, each, USED) for account, each in codes.items()]
        expect(accepted(told) == len(codes), f"not all logged in before the failover: {set(told)}")
        primary.kill()
        standby.promote()
        after = column(standby.connect, "pyformat")

        def replay(way: str, now: int) -> int:
            return accepted([submit(verifier, after, account, codes[account], now) for account in codes if account.endswith(way)])

        control = replay("control", USED + 1)
        expect(control > 0, "without the wait nothing was accepted twice: the check is blind")
        # A server five minutes behind, one second before the doors may open.
        early = replay("early", USED + LIFETIME - 1 - CLOCKS)
        expect(early > 0, "a second before the end nothing was accepted twice: the wait is longer than it must be, or the check blind")
        reopened = sum(replay("closed", USED + LIFETIME - behind) for behind in (0, CLOCKS))
        expect(reopened == 0, f"{reopened} codes were accepted twice after the wait")
        tokens = replay("tokens", USED + verifier.policy.code_lifetime(Authenticator.TOKEN, STEP) - CLOCKS)
        expect(tokens == 0, f"{tokens} codes of tokens were accepted twice after the wait")
        now = USED + LIFETIME + 10 * STEP
        fresh = accepted([submit(verifier, after, f"{person}.closed", code(f"{person}.closed", now), now) for person in PEOPLE])
        expect(fresh == len(PEOPLE), f"{len(PEOPLE) - fresh} people cannot log in after the failover")
        say(
            f"runbooks: failover to an asynchronous standby: {len(codes)} codes used that it never heard of; reopened after {LIFETIME} s"
            f" (tokens 780 s), clocks 0 and {CLOCKS} s behind: {reopened + tokens} accepted a second time, {fresh} of {len(PEOPLE)} people"
            f" logged in; control found ({control} of {len(PEOPLE)} without the wait; {early} one second early)"
        )
    finally:
        primary.end()
        standby.end()
        network.end()


def synchronous(folder: pathlib.Path) -> None:
    network, primary, standby = pair(folder)
    try:
        verifier = new_verifier()
        store = column(primary.connect, "pyformat")
        for person in ("lost", "cancelled", "control"):
            enroll(verifier, store, person)
        wait_until(lambda: primary.is_followed_by(standby), "the standby follows")
        primary.sql("ALTER SYSTEM SET synchronous_standby_names = 'b'", "SELECT pg_reload_conf()")
        wait_until(lambda: primary.sql("SELECT sync_state FROM pg_stat_replication") == [("sync",)], "the standby confirms")
        standby.kill()
        # Nobody cancels: the deadline of the client ends each wait, and the next try finds the code used.
        begin = time.monotonic()
        hung = submit(verifier, store, "lost", code("lost", BEGIN), BEGIN)
        took = time.monotonic() - begin
        expect(not hung.startswith("accepted."), f"a commit that waits for a lost standby granted: {hung}")

        def cancel_waits(until: threading.Event) -> None:
            while not until.wait(0.1):
                primary.sql("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")

        # A store that reads the rows and looks at no warning.
        def careless(account: str) -> int:
            connection = primary.connect()
            record = store.load(account)
            attempt = verifier.credential(account, record).verify(code(account, BEGIN), now=BEGIN)
            cursor = connection.cursor()
            cursor.execute(
                "UPDATE poterne SET record = %s WHERE account = %s AND record = %s", (attempt.record, account, record)
            )
            rows = int(cursor.rowcount)
            connection.commit()
            connection.close()
            attempt.outcome(rows)
            return rows

        over = threading.Event()
        thread = threading.Thread(target=cancel_waits, args=(over,))
        thread.start()
        try:
            cancelled = submit(verifier, store, "cancelled", code("cancelled", BEGIN), BEGIN)
            control = careless("control")
        finally:
            over.set()
            thread.join()
        expect(not cancelled.startswith("accepted."), f"a commit with a warning granted: {cancelled}")
        expect(control == 1, "a store that ignores the warning granted nothing: the check is blind")
        say(
            f"runbooks: synchronous standby lost: COMMIT waits, the client gives up after {took:.0f} s: {hung.split(':')[0]};"
            f" wait cancelled, COMMIT warns: {cancelled}; never a grant; control found (a store without an eye on warnings grants)"
        )
    finally:
        primary.end()
        standby.end()
        network.end()


def backup(folder: pathlib.Path) -> None:
    server = Postgresql(folder / "pg")
    try:
        server.create()
        server.sql(TABLES["postgresql"], database="poterne")
        verifier = new_verifier()
        store = column(server.connect, "pyformat")
        kinds = ("used", "revoked", "suspended", "recovery", "counter")
        for way in ("steps", "control"):
            for kind in kinds:
                enroll(verifier, store, f"{kind}.{way}", **({"counter": 0} if kind == "counter" else {}))
        spare = {
            f"recovery.{way}": store.apply(verifier, f"recovery.{way}", lambda credential: credential.recovery_codes())[0]
            for way in ("steps", "control")
        }
        file = folder / "pg" / "backup"
        connect = ("-h", str(server.folder), "-p", str(server.port), "-U", "poterne", "-d", "poterne")
        run(server.program("pg_dump"), *connect, "-Fc", "-f", str(file))
        shown: Dict[str, str] = {}
        for way in ("steps", "control"):
            shown |= {
                f"used.{way}": code(f"used.{way}", USED + STEP),
                f"recovery.{way}": spare[f"recovery.{way}"],
                f"counter.{way}": poterne.hotp(secret(f"counter.{way}"), 0),
            }
        told = [submit(verifier, store, account, each, USED) for account, each in shown.items()]
        expect(accepted(told) == len(shown), f"not all logged in after the backup: {told}")
        for way in ("steps", "control"):
            store.apply(verifier, f"revoked.{way}", lambda credential: credential.revoke())
            store.apply(verifier, f"suspended.{way}", lambda credential: credential.suspend())
            for kind in ("revoked", "suspended"):
                shown[f"{kind}.{way}"] = code(f"{kind}.{way}", USED + LIFETIME + STEP)
        run(server.program("pg_restore"), *connect, "--clean", "--if-exists", str(file))

        def replay(way: str, now: int) -> int:
            return accepted([submit(verifier, store, account, each, now) for account, each in shown.items() if account.endswith(way)])

        # The control: the application is started at once, with what the backup says. Revoked and suspended people have a code of now.
        for kind in ("revoked", "suspended"):
            shown[f"{kind}.control"] = code(f"{kind}.control", USED + 1)
        control = replay("control", USED + 1)
        expect(control == len(kinds), f"without the steps {control} of {len(kinds)} came in: the check is blind")
        # The steps of the guide.
        store.apply(verifier, "revoked.steps", lambda credential: credential.revoke())
        store.apply(verifier, "suspended.steps", lambda credential: credential.suspend())
        store.apply(verifier, "recovery.steps", lambda credential: credential.end_codes(CodeSet.BOTH))
        two = [poterne.hotp(secret("counter.steps"), counter) for counter in (1, 2)]
        store.apply(verifier, "counter.steps", lambda credential: credential.resynchronize(*two, now=USED + LIFETIME))
        reopened = replay("steps", USED + LIFETIME)
        expect(reopened == 0, f"{reopened} of {len(kinds)} came in after the steps")
        expect(
            submit(verifier, store, "used.steps", code("used.steps", USED + LIFETIME + STEP), USED + LIFETIME + STEP) == "accepted.otp",
            "who may log in cannot after the steps",
        )
        say(
            "runbooks: restored from a backup: used code, used recovery code, used counter, revoked, suspended: after the steps"
            f" {reopened} come in; control found ({control} of {len(kinds)} without them)"
        )
    finally:
        server.end()


def keyring(folder: pathlib.Path) -> None:
    server = Postgresql(folder / "pg")
    try:
        server.create()
        server.sql(TABLES["postgresql"], database="poterne")
        store = column(server.connect, "pyformat")
        files = [folder / f"{name}.keys" for name in ("one", "two", "apart")]
        text = poterne.Keyring.generate(1).to_text()
        for file in files:
            file.touch(0o600)
            file.write_text(text)

        def node(number: int) -> poterne.Verifier:
            return poterne.Verifier(poterne.Keyring.open(files[number]), APPLICATION)

        one = node(0)
        for person in PEOPLE:
            enroll(one, store, person)
        files[1].unlink()
        try:
            node(1)
            stop("a server without a keyring starts")
        except poterne.Error:
            pass
        going_on = accepted([submit(one, store, person, code(person, BEGIN), BEGIN) for person in PEOPLE])
        expect(going_on == len(PEOPLE), "the other server does not go on")
        # The control: a new keyring instead of the old one, as a hasty operator makes it.
        hasty = poterne.Verifier(poterne.Keyring.generate(1), APPLICATION)
        later = BEGIN + 2 * STEP
        wrong = [submit(hasty, store, person, code(person, later), later) for person in PEOPLE]
        expect(all(each.startswith("error.") for each in wrong), f"a new keyring gave verdicts: {set(wrong)}")
        files[1].touch(0o600)
        files[1].write_text(files[2].read_text())
        expect(files[1].read_bytes() == files[0].read_bytes(), "the copy is not the others' keyring")
        two = node(1)
        again = accepted([submit(two, store, person, code(person, BEGIN), BEGIN) for person in PEOPLE])
        fresh = accepted([submit(two, store, person, code(person, later), later) for person in PEOPLE])
        expect(again == 0 and fresh == len(PEOPLE), f"with the copy: {again} second acceptances, {fresh} logins")
        say(
            f"runbooks: keyring lost on one server: it does not start, the other lets {going_on} in; the copy put back: {again} codes accepted"
            f" a second time, {fresh} of {len(PEOPLE)} people logged in; control found (a new keyring opens no record, nobody is counted)"
        )
    finally:
        server.end()


def main() -> None:
    folder = pathlib.Path(sys.argv[1])
    prepare()
    for each in (failover, synchronous, backup, keyring):
        place = folder / each.__name__
        place.mkdir(0o755)
        each(place)


if __name__ == "__main__":
    if os.geteuid() != 0:
        stop("root alone may make network namespaces")
    main()
