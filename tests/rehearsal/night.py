"""The command `poterne`; the night; and the calls of the next morning, by the command and at the doors with the real clock."""

from __future__ import annotations

import base64
import json
import pathlib
import queue
import re
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable, List, Sequence, Tuple

from admin.installation import COMMAND, on_terminal
from engines import APPLICATION
from judge import MAX_FAILURES, STEP, Judge, Person, hotp
from record import Keyring, Records  # The second implementation of the norm, in tests/model.
from servers import stop
from visits import DOORS


class Command:
    """`poterne`, with the settings file of the department. The database is whichever of its servers writes."""

    def __init__(self, settings: pathlib.Path) -> None:
        self._settings = settings

    def run(self, *arguments: str, given: str = "") -> str:
        done = subprocess.run(
            [str(COMMAND), *arguments, "--config", str(self._settings), "--lang", "en"], input=given, capture_output=True, text=True
        )
        if done.returncode:
            stop(f"poterne {' '.join(arguments)}: {done.stdout}{done.stderr}")
        return done.stdout

    def json(self, *arguments: str) -> Any:
        return json.loads(self.run(*arguments, "--yes", "--json"))

    def forget(self) -> Any:
        return json.loads(self.run("forget", "--json", "--stamp", str(self._settings.parent / "stamp")))

    def new_phone(self, person: Person) -> List[str]:
        """At the desk, on a terminal: the person types the key that stands beside the QR code, and the code that the phone shows then.
        Returns the recovery codes.
        """
        seen: List[Tuple[bytes, int]] = []

        def first_code(shown: str) -> str:
            secret = base64.b32decode(re.findall(r"(?:[A-Z2-7]{4} ?){8}", shown)[-1].replace(" ", ""))
            seen.append((secret, int(time.time()) // STEP))
            return hotp(*seen[0])

        done = on_terminal([str(COMMAND), "new-phone", person.account, "--yes", "--config", str(self._settings)], [first_code, ""])
        codes = re.findall(r"\b[0-9A-Z]{5}-[0-9A-Z]{4}-[0-9A-Z]{4}\b", done.out)
        if done.code or len(codes) != 8:
            stop(f"poterne new-phone {person.account}: ended with {done.code} and {len(codes)} recovery codes")
        person.replaced(*seen[0], codes)
        return codes


def telling(store: Any, keys: pathlib.Path, everybody: Sequence[Person]) -> List[str]:
    """Whose record tells the holder of the keys when they logged in last, or mistyped. The records are opened without the library. A
    counter is no time.
    """
    records = Records(Keyring.parse(keys.read_bytes()), APPLICATION.encode())
    told = []
    for person in everybody:
        opened = records.open(store.load(person.account), person.account.encode())
        if opened is None or opened.watermark is not None or opened.last_failure is not None:
            told.append(person.account)
    return told


def night(command: Command, store: Any, keys: pathlib.Path, everybody: Sequence[Person]) -> int:
    """Returns how many records told a time before it: the control. Afterwards none does."""
    before = len(telling(store, keys, everybody))
    if not before:
        stop("no record told a time before the night: the look is blind")
    done = command.forget()
    if done["changed"] != done["records"] or done["records"] < len(everybody):
        stop(f"forget: {done} of {len(everybody)} people")
    if left := telling(store, keys, everybody):
        stop(f"after the night {len(left)} records tell a time, such as that of {left[0]}")
    return before


class Call:
    """Somebody who calls: what the help desk does with the command, and what the person, or somebody else, then types at the doors."""

    def __init__(self, command: Command, desk: Any, judge: Judge, person: Person) -> None:
        self._command, self._desk, self._judge, self._person = command, desk, judge, person
        self._account, self._door = person.account, int(person.account[-5:])

    def _types(self, text: str) -> None:
        """At one door after the other."""
        self._door, now = (self._door + 1) % DOORS, int(time.time())
        self._judge.hear(self._person, text, now, [self._desk.ask_at(self._door, self._account, text, now)])

    def _types_right(self) -> None:
        self._types(self._person.code(int(time.time())))

    def locked(self) -> None:
        self._types_right()
        self._command.run("locked", self._account, "--password-changed", "--yes")
        self._person.unlocked()
        self._types_right()

    def lost(self) -> None:
        """A temporary code, then a new phone. Whoever found the old one, or the temporary code, tries them."""
        person, old = self._person, self._person.secret
        given = self._command.json("lost", self._account, "--codes-gone")
        person.given(given["code"], given["uses"], suspends=True)
        person.recovery = set()
        self._types_right()
        self._types(given["code"])
        self._types(given["code"])
        codes = self._command.new_phone(person)
        self._types(hotp(old, int(time.time()) // STEP))
        self._types(given["code"])
        for code in (*codes[:3], codes[0]):
            self._types(code)
        # Its first code is used.
        self._types_right()

    def forgotten(self) -> None:
        """A code for one login; the phone stays in use."""
        given = self._command.json("forgotten", self._account)
        self._person.given(given["code"], given["uses"], suspends=False)
        self._types(given["code"])
        self._types(given["code"])
        self._types_right()

    def gone(self) -> None:
        self._command.run("gone", self._account, "--yes")
        self._person.revoked()
        self._types_right()


def calls(command: Command, desks: Sequence[Any], everybody: Sequence[Person], judge: Judge) -> int:
    """The next morning, at as many desks at once. Returns how many called."""
    apps = [each for each in everybody if not each.is_guessed_at and each.failures == 0 and each.authenticator == "app"]
    callers: List[Tuple[Person, Callable[[Call], None]]] = [(each, Call.locked) for each in everybody if each.failures >= MAX_FAILURES]
    often = max(1, len(everybody) // 1000)
    callers += zip(apps, (Call.lost, Call.lost, Call.forgotten, Call.gone) * often)
    free: "queue.Queue[Any]" = queue.Queue()
    for desk in desks:
        free.put(desk)

    def serve(person: Person, call: Callable[[Call], None]) -> None:
        desk = free.get()
        try:
            call(Call(command, desk, judge, person))
        finally:
            free.put(desk)

    with ThreadPoolExecutor(len(desks)) as pool:
        for done in [pool.submit(serve, *caller) for caller in callers]:
            done.result()
    return len(callers)
