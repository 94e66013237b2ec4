"""The third door, FreeRADIUS with its module, as it is given out. It has the real clock: people use it the next morning."""

from __future__ import annotations

import pathlib
import random
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Callable, List, Sequence

from client import ACCEPT, CHALLENGE, Client
from engines import APPLICATION
from judge import Person
from radius_server import SECRET, own
from radius_server import Server as Radius
from servers import Postgresql, stop
from visits import slip

PASSWORD = "password"


class Vpn:
    name = "vpn"

    def __init__(self, folder: pathlib.Path, server: Postgresql, keys: pathlib.Path, everybody: Sequence[Person]) -> None:
        folder.mkdir()
        folder.chmod(0o755)
        settings, copy = folder / "poterne.conf", folder / "poterne.keys"
        for file, text in (
            (copy, keys.read_text()),
            (
                settings,
                f"application = {APPLICATION}\nkeyring = {copy}\n"
                f"database = postgresql+psycopg2://poterne@/poterne?host={server.folder}&port={server.port}\n",
            ),
        ):
            file.touch(0o600)
            file.write_text(text)
        own(folder)
        self._server = Radius(folder / "radius", settings, poterne_passwords="users")
        users = [f'{each.account}\tCleartext-Password := "{PASSWORD}"\n' for each in everybody]
        (self._server.raddb / "passwords" / "users" / "users").write_text("".join(users))
        self._server.start()
        self.times: List[float] = []

    def ask(self, person: Person, text: str) -> bool:
        """Password, question, code; each login is a gateway's socket of its own."""
        with Client(self._server.port, SECRET) as gateway:
            begin = time.monotonic()
            question = gateway.ask(person.account.encode(), PASSWORD.encode())
            if question.code != CHALLENGE:
                stop(f"{person.account}: no question for the code: {question}")
            answer = gateway.ask(person.account.encode(), text.encode(), question.state)
            self.times.append(time.monotonic() - begin)
            return answer.code == ACCEPT

    def end(self) -> None:
        self._server.stop()


def at_the_vpn(vpn: Vpn, web: Callable[[str, str, int], str], crowd: Sequence[Person], chance: random.Random) -> int:
    """One code, the VPN and the web host, in all orders. Returns how many logged in."""

    def at_web(person: Person, text: str) -> str:
        return web(person.account, text, int(time.time()))

    def expect(holds: bool, person: Person, what: str) -> None:
        if not holds:
            stop(f"{person.account} at the VPN: {what}")

    with ThreadPoolExecutor(1) as pool:
        for number, person in enumerate(crowd):
            now = int(time.time())
            code = person.code(now)
            if number % 4 == 0:
                expect(vpn.ask(person, code), person, "the right code is refused")
                expect(at_web(person, code) == "refused.replayed", person, "its code is good again at the web host")
            elif number % 4 == 1:
                expect(at_web(person, code) == "accepted.otp", person, "the web host refuses the right code")
                expect(not vpn.ask(person, code), person, "the web host's code is good again")
            elif number % 4 == 2:
                expect(not vpn.ask(person, slip(person, now, chance)), person, "a typing error is accepted")
                expect(vpn.ask(person, code), person, "the right code behind a typing error is refused")
                expect(not vpn.ask(person, code), person, "a code is good twice")
            else:
                there = pool.submit(vpn.ask, person, code)
                here = at_web(person, code) == "accepted.otp"
                expect(here + there.result() == 1, person, "one code at both doors at once is not accepted once")
    return len(crowd)
