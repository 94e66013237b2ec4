"""The VPN: FreeRADIUS with its module, as it is given out. With the real clock, or, by three changed lines, with that of the day, which the
gateway sends as NAS-Port (RFC 2865 section 5.5).
"""

from __future__ import annotations

import pathlib
import random
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Callable, List, Sequence, Tuple

from client import ACCEPT, CHALLENGE, REJECT, Client, Silence
from judge import Judge, Person
from radius_server import SECRET, own
from radius_server import Server as Radius
from servers import stop
from visits import slip

PASSWORD = b"password"
NAS_PORT = 5

Edits = List[Tuple[str, str]]

CLOCK_OF_THE_DAY: Edits = [
    ("    context = _context(request, control)\n", '    context, door.now = _context(request, control), int(request.text("NAS-Port"))\n'),
    ("purpose=PURPOSE, context=context)\n", "purpose=PURPOSE, context=context, now=door.now)\n"),
    ("context=context, store=door.store\n", "context=context, store=door.store, now=door.now\n"),
]
# The control: thinks for a moment, then writes over whatever is there.
CARELESS: Edits = [
    (
        "        self._files = (self._path, keyring)\n",
        "        self._files, swap = (self._path, keyring), store.swap\n"
        "        store.swap = lambda account, old, new: time.sleep(0.3) or swap(account, store.load(account), new)\n",
    )
]

Ask = Callable[[str, str, int], str]


class Vpn:
    """The server, and a gateway of it. `settings` is the text of a settings file but for the keyring's path."""

    name = "vpn"

    def __init__(self, folder: pathlib.Path, settings: str, keys: pathlib.Path, everybody: Sequence[Person], edits: Edits) -> None:
        folder.mkdir()
        folder.chmod(0o755)
        files = {folder / "poterne.keys": keys.read_text(), folder / "poterne.conf": f"{settings}keyring = {folder}/poterne.keys\n"}
        for file, text in files.items():
            file.touch(0o600)
            file.write_text(text)
        own(folder)
        # Where there is no verdict, the gateway asks again.
        self._server = Radius(
            folder / "radius", folder / "poterne.conf", module_edits=edits, poterne_passwords="users", poterne_without_verdict="silence"
        )
        users = [f'{each.account}\tCleartext-Password := "{PASSWORD.decode()}"\n' for each in everybody]
        (self._server.raddb / "passwords" / "users" / "users").write_text("".join(users))
        self._server.start()

    def ask(self, account: str, text: str, now: int) -> str:
        """Password, question, code; each login is a gateway's socket of its own."""
        port = (NAS_PORT, now.to_bytes(4, "big"))
        try:
            with Client(self._server.port, SECRET, timeout=10) as gateway:
                question = gateway.send(gateway.request(account.encode(), PASSWORD, None, port))
                if question.code != CHALLENGE:
                    return f"no question for the code: {question}"
                answer = gateway.send(gateway.request(account.encode(), text.encode(), question.state, port))
        except Silence:
            return "error.silence"
        return {ACCEPT: "accepted", REJECT: "refused"}.get(answer.code, f"{answer}")

    def end(self) -> None:
        """It is one server for all desks."""

    def stop(self) -> None:
        self._server.stop()


def at_the_vpn(vpn: Vpn, web: Ask, crowd: Sequence[Person], judge: Judge, chance: random.Random) -> None:
    """With the real clock: one code, the VPN and the web host, in all orders and at once."""

    def types(person: Person, text: str, *doors: Ask) -> None:
        now = int(time.time())
        at_once = [pool.submit(door, person.account, text, now) for door in doors]
        judge.hear(person, text, now, [each.result() for each in at_once])

    with ThreadPoolExecutor(2) as pool:
        for number, person in enumerate(crowd):
            now = int(time.time())
            code = person.code(now)
            if number % 4 == 0:
                types(person, code, vpn.ask)
                types(person, code, web)
            elif number % 4 == 1:
                types(person, code, web)
                types(person, code, vpn.ask)
            elif number % 4 == 2:
                types(person, slip(person, code, now, chance), vpn.ask)
                types(person, code, vpn.ask)
                types(person, code, vpn.ask)
            else:
                types(person, code, vpn.ask, web)


def careless(vpn: Vpn, web: Ask, crowd: Sequence[Person], begin: int) -> int:
    """The control: while the VPN is about to write over what it read, the code is typed at the web host. Returns after how many tries."""
    judge = Judge()
    with ThreadPoolExecutor(1) as pool:
        for number in range(400):
            person, now = crowd[number % len(crowd)], begin + number * 60
            code = person.code(now)
            there = pool.submit(vpn.ask, person.account, code, now)
            time.sleep(0.1)
            here = web(person.account, code, now)
            judge.hear(person, code, now, [there.result(), here])
            if judge.twice:
                return number + 1
    stop("a VPN whose swap does not compare accepted nothing twice: the judge is blind")
    return 0
