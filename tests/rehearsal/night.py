"""The night and the calls of the next morning, by the command `poterne` with the real clock."""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys
import time
from typing import Any, Callable, List, Sequence

from engines import APPLICATION
from judge import MAX_FAILURES, Person
from record import Keyring, Records  # The second implementation of the norm, in tests/model.
from servers import Postgresql, stop


class Command:
    """`poterne`, with settings of its own for the present primary."""

    def __init__(self, folder: pathlib.Path, server: Postgresql, keys: pathlib.Path) -> None:
        self._folder, self._settings = folder, folder / "poterne.conf"
        self._settings.touch(0o600)
        self._settings.write_text(
            f"application = {APPLICATION}\nkeyring = {keys}\n"
            f"database = postgresql+psycopg2://poterne@/poterne?host={server.folder}&port={server.port}\n"
        )

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "poterne.admin", *arguments, "--config", str(self._settings), "--lang", "en"],
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
        )
        if done.returncode:
            stop(f"poterne {' '.join(arguments)}: {done.stdout}{done.stderr}")
        return done.stdout

    def forget(self) -> Any:
        return json.loads(self.run("forget", "--json", "--stamp", str(self._folder / "stamp")))


def telling(store: Any, keys: pathlib.Path, everybody: Sequence[Person]) -> List[str]:
    """Whose record tells the holder of the keys when they logged in last, or mistyped. The records are opened without the library."""
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


Ask = Callable[[str, str, int], str]


def calls(command: Command, ask: Ask, everybody: Sequence[Person]) -> int:
    """Each call, and what the person then types at a door. Returns how many called."""
    locked = [each for each in everybody if each.failures >= MAX_FAILURES]
    first = [each for each in everybody if not each.is_guessed_at and each.failures == 0]
    lost, forgotten, gone = first[:4], first[4:8], first[8:12]

    def expect(person: Person, text: str, due: str) -> None:
        said = ask(person.account, text, int(time.time()))
        if said != due:
            stop(f"{person.account}, after the call: {said}, not {due}")

    def right(person: Person) -> str:
        return person.code(int(time.time()))

    for person in locked:
        expect(person, right(person), "refused.locked")
        command.run("locked", person.account, "--password-changed", "--yes")
        expect(person, right(person), "accepted.otp")
    for person in lost:
        temporary = json.loads(command.run("lost", person.account, "--codes-gone", "--yes", "--json"))["code"]
        expect(person, right(person), "refused.suspended")
        expect(person, temporary, "accepted.temporary_code")
        expect(person, temporary, "accepted.temporary_code")
    for person in forgotten:
        temporary = json.loads(command.run("forgotten", person.account, "--yes", "--json"))["code"]
        expect(person, temporary, "accepted.temporary_code")
        # Once only; the phone stays in use.
        if (said := ask(person.account, temporary, int(time.time()))).startswith("accepted."):
            stop(f"{person.account}: a temporary code for one login gave two: {said}")
        expect(person, right(person), "accepted.otp")
    for person in gone:
        command.run("gone", person.account, "--yes")
        expect(person, right(person), "refused.revoked")
    return len(locked) + len(lost) + len(forgotten) + len(gone)
