"""The people of the tests: names, passwords, records."""

from __future__ import annotations

import itertools
import os
import pathlib
import time
from typing import Dict, List, Optional

import poterne
import poterne.sql
import sqlalchemy
from radius_server import own


class Person:
    """`code` gives each call a code that was never used: those of three time steps, or the next one of a counter."""

    def __init__(self, people: People, name: str, password: bytes) -> None:
        self.people, self.name, self.password = people, name, password
        self.secret = os.urandom(20)
        self._used: set[int] = set()

    @property
    def user(self) -> bytes:
        return self.name.encode()

    def code(self) -> bytes:
        while True:
            now = int(time.time())
            # Not at the very end of the window: a busy machine is slow.
            for at in (now, now + 30, now - 20):
                if at // 30 not in self._used and at // 30 > max(self._used, default=0):
                    self._used.add(at // 30)
                    return poterne.totp(self.secret, at).encode()
            time.sleep(1)

    def failures(self) -> int:
        return self.people.store.inspect(self.people.verifier, self.name).failures

    def record(self) -> Optional[str]:
        return self.people.store.load(self.name)


class People:
    def __init__(self, folder: pathlib.Path) -> None:
        folder.mkdir()
        self.folder, self.settings, self.keys = folder, folder / "poterne.conf", folder / "poterne.keys"
        self.keyring = poterne.Keyring.generate(20261128)
        private(self.keys, self.keyring.to_text())
        self.port = int(os.environ["POTERNE_POSTGRESQL_PORT"])
        private(self.settings, self.text())
        own(folder)
        self.verifier = poterne.Verifier(self.keyring, "vpn")
        self.engine = sqlalchemy.create_engine(f"postgresql+psycopg://poterne:poterne@127.0.0.1:{self.port}/poterne")
        with self.engine.begin() as connection:
            connection.execute(
                sqlalchemy.text("CREATE TABLE poterne (account VARCHAR(255) NOT NULL PRIMARY KEY, record VARCHAR(504) NOT NULL)")
            )
        self.store = poterne.sql.Column(self.engine)
        self.all: Dict[str, Person] = {}
        self._fresh: List[Person] = []
        for number in range(160):
            self._fresh.append(self._add(f"agent{number:03}", f"password of {number}".encode()))
        for name, password in [*ODD.items(), LONGEST]:
            self._add(name, password)
        self._numbers = itertools.count()

    def text(self, port: Optional[int] = None, language: str = "en", keys: Optional[pathlib.Path] = None) -> str:
        return (
            f"application = vpn\ndatabase = postgresql://poterne@127.0.0.1:{port or self.port}/poterne?tcp_user_timeout=2000\n"
            f"database_password_file = {self._password()}\nkeyring = {keys or self.keys}\nlanguage = {language}\n"
        )

    def fresh(self) -> Person:
        """A person whom no other test has."""
        return self._fresh.pop()

    def forget(self, person: Person) -> None:
        with self.engine.begin() as connection:
            connection.execute(sqlalchemy.text("DELETE FROM poterne WHERE account = :account"), {"account": person.name})

    def users_file(self) -> bytes:
        """The file of the module `files`: passwords as hexadecimal digits, so that any byte may stand there."""
        lines = [f'{each.name}\tCleartext-Password := "'.encode() + escaped(each.password) + b'"\n' for each in self.all.values()]
        return b"".join(lines)

    def _add(self, name: str, password: bytes) -> Person:
        person = Person(self, name, password)
        self.all[name] = person
        self.enroll(name, person.secret)
        return person

    def enroll(self, account: str, secret: bytes, *, counter: Optional[int] = None) -> None:
        """An app by time, or a token by counter."""
        if counter is None:
            record = self.verifier.import_credential(account, secret).record
        else:
            record = self.verifier.import_credential(account, secret, counter=counter).record
        assert record is not None
        self.store.insert(account, record)

    def _password(self) -> pathlib.Path:
        file = self.folder / "database_password"
        if not file.exists():
            private(file, "poterne\n")
        return file


def private(file: pathlib.Path, text: str) -> None:
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(text)


def escaped(password: bytes) -> bytes:
    return "".join(chr(each) if chr(each).isalnum() and each < 0x80 else f"\\{each:03o}" for each in password).encode()


# Passwords that something on the way could take apart.
ODD = {
    "latin": "pässwörd é".encode("latin-1"),
    "utf8": "pässwörd €".encode(),
    "quotes": b"a\"b'c\\d\\n%e",
    "expands": b"%{User-Name}%{sha256:x}",
    "digits": b"00123456",
    "spaces": b"  two before, two behind  ",
    "hyphens": b"ABCDE-FGHJ-KMNP",
    "long": b"x" * 122 + b"/" + b"y" * 5,
}

# Longer than the field of RFC 2865: inside EAP-TTLS it has room, with the code 240 bytes. FreeRADIUS drops what is padded to more.
LONGEST = ("longest", b"x" * 227 + "é".encode("latin-1") + b"y" * 6)
